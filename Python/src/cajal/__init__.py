"""Cajal's compiled programs for NumPy, PyTorch and JAX.

    m = cajal.compile("flip.cajal")
    y = m.flip_from(x, n)             # NumPy arrays, one sample or a batch
    y, vjp = m.flip_from.vjp(x, n)    # and gradients
    layer = m.flip_from.torch()       # for PyTorch
    f = m.flip_from.jax()             # for JAX
    m.even(*cajal.encode(m.even, "w", ("Letter", True, "End")))   # a list as the table of its nodes

PyTorch and JAX are imported when they are asked for.
"""
from . import weights
from .compiler import compile
from .denormals import denormals_flushed
from .errors import (BuildError, CajalError, CompileError, CompileWarning, DenormalWarning, LoadError, StatusError)
from .model import Model
from .module import Module, load, set_openblas_threads
from .ports import Port, Table, Tensor
from .program import Program
from .tables import encode

__version__ = "0.1.0"
__all__ = ["BuildError", "CajalError", "CompileError", "CompileWarning", "DenormalWarning", "LoadError", "Model",
           "Module", "Port", "Program", "StatusError", "Table", "Tensor", "compile", "denormals_flushed", "encode", "load",
           "set_openblas_threads", "weights"]
