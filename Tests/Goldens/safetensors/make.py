"""Wrote the files of this folder, with safetensors 0.8.0 and numpy: python3 make.py FOLDER"""
import sys

import numpy as np
from safetensors.numpy import save_file

folder = sys.argv[1]
reals = {
    "kernel.0.weight": np.arange(6, dtype=np.float32).reshape(2, 3) / 4,
    "kernel.0.bias": np.array([-1.5, 0.1], np.float32),
    "a double": np.array([[1e300, -0.0]], np.float64),
    "scalar": np.array(3, np.float32),
    "empty": np.zeros((0, 2), np.float32),
    'é\n\x01"\\/\x7f\u2028': np.array([1], np.float32),
    "é": np.array([2], np.float64),
}
save_file(reals, f"{folder}/reals.safetensors", metadata={"trained": "für \"blur\""})
save_file({"x": np.array([7], np.float32)}, f"{folder}/plain.safetensors")
others = {
    "bool": np.array([True, False, True]),
    "u8": np.arange(5, dtype=np.uint8),
    "i16": np.arange(3, dtype=np.int16),
    "f16": np.arange(3, dtype=np.float16),
    "i64": np.arange(2, dtype=np.int64),
    "f32": np.arange(2, dtype=np.float32),
}
save_file(others, f"{folder}/others.safetensors", metadata={"b": "2", "a": "1", "c": "3"})
save_file({}, f"{folder}/nothing.safetensors")
