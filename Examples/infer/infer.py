#!/usr/bin/env python3
"""infer.py MODEL.so INDEX <IMAGES.idx >OUTPUT.pgm: the output of a trained model for one image of an IDX file."""
import os, sys
from ctypes import *

class Port(Structure):
    _fields_ = [("struct_size", c_uint32), ("linear", c_uint32), ("name", c_char_p), ("type", c_char_p),
                ("size", c_size_t), ("degree", c_size_t), ("rank", c_size_t), ("dims", c_size_t * 4)]

class Model(Structure):
    _fields_ = [("struct_size", c_uint32), ("horizon", c_uint32), ("real_bytes", c_uint32), ("name", c_char_p),
                ("signature", c_char_p), ("input_count", c_size_t), ("inputs", POINTER(POINTER(Port))),
                ("output", POINTER(Port)), ("parameter_count", c_size_t), ("tensor_count", c_size_t),
                ("tensors", c_void_p), ("weights", c_void_p), ("workspace_bytes", CFUNCTYPE(c_size_t, c_size_t, c_int)),
                ("forward", CFUNCTYPE(c_int, c_size_t, c_void_p, c_void_p, c_void_p, c_void_p, c_void_p))]

class Module(Structure):
    _fields_ = [("struct_size", c_uint32), ("abi", c_uint32), ("compiler", c_char_p), ("source", c_char_p),
                ("program_count", c_size_t), ("programs", c_void_p), ("model_count", c_size_t),
                ("models", POINTER(POINTER(Model)))]

def require(condition, message):
    if not condition: sys.exit("infer: " + message)

require(len(sys.argv) == 3, "usage: infer.py MODEL.so INDEX <IMAGES.idx >OUTPUT.pgm")
require(sys.argv[2].isdecimal(), "INDEX is a number from 0")
library = CDLL(os.path.abspath(sys.argv[1]))
library.cajal_module_info.restype = POINTER(Module)
module = library.cajal_module_info().contents
require(module.abi == 1 and module.model_count > 0, "this is no module with a model")
model = module.models[0].contents
require(model.weights, "the model holds no trained weights")
output = model.output.contents
require(model.input_count == 1 and output.rank == 2 and model.real_bytes == 4, "no map of images of floats")
size, (height, width) = model.inputs[0].contents.size, output.dims[:2]
file, start = sys.stdin.buffer.read(), 16 + int(sys.argv[2]) * size
require(16 <= start <= len(file) - size, "the file has fewer images")
image, result = (c_float * size)(*(byte / 255 for byte in file[start:start + size])), (c_float * (height * width))()
work = create_string_buffer(model.workspace_bytes(1, 0) + 64)
inputs, strides = (c_void_p * 1)(addressof(image)), (c_size_t * 1)(size)
require(model.forward(1, model.weights, inputs, strides, result, addressof(work) + -addressof(work) % 64) == 0, "refused")
pixels = bytes(int(min(max(0, x), 1) * 255 + 0.5) for x in result)  # a NaN is black
sys.stdout.buffer.write(b"P5\n%d %d\n255\n" % (width, height) + pixels)
