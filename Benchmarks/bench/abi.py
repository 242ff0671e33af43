"""The structures of Runtime/include/cajal.h for ctypes."""
from ctypes import CFUNCTYPE, POINTER, Structure, c_char_p, c_int, c_size_t, c_uint32, c_void_p

ALIGNMENT = 64


class Port(Structure):
    _fields_ = [("struct_size", c_uint32), ("linear", c_uint32), ("name", c_char_p), ("type", c_char_p),
                ("size", c_size_t), ("degree", c_size_t), ("rank", c_size_t), ("dims", c_size_t * 4)]


class Tensor(Structure):
    _fields_ = [("struct_size", c_uint32), ("name", c_char_p), ("rank", c_size_t), ("dims", c_size_t * 4),
                ("offset", c_size_t), ("count", c_size_t), ("fan_in", c_size_t)]


WORKSPACE_BYTES = CFUNCTYPE(c_size_t, c_size_t, c_int)


class Program(Structure):
    _fields_ = [("struct_size", c_uint32), ("horizon", c_uint32), ("real_bytes", c_uint32), ("name", c_char_p),
                ("judgement", c_char_p), ("input_count", c_size_t), ("inputs", POINTER(POINTER(Port))),
                ("output", POINTER(Port)), ("workspace_bytes", WORKSPACE_BYTES), ("forward", c_void_p),
                ("forward_keep", c_void_p), ("backward", c_void_p), ("backward_each", c_void_p)]


class Model(Structure):
    _fields_ = [("struct_size", c_uint32), ("horizon", c_uint32), ("real_bytes", c_uint32), ("name", c_char_p),
                ("signature", c_char_p), ("input_count", c_size_t), ("inputs", POINTER(POINTER(Port))),
                ("output", POINTER(Port)), ("parameter_count", c_size_t), ("tensor_count", c_size_t),
                ("tensors", POINTER(POINTER(Tensor))), ("weights", c_void_p), ("workspace_bytes", WORKSPACE_BYTES),
                ("forward", c_void_p), ("forward_keep", c_void_p), ("backward", c_void_p),
                ("backward_each", c_void_p)]


class Module(Structure):
    _fields_ = [("struct_size", c_uint32), ("abi", c_uint32), ("compiler", c_char_p), ("source", c_char_p),
                ("program_count", c_size_t), ("programs", POINTER(POINTER(Program))),
                ("model_count", c_size_t), ("models", POINTER(POINTER(Model)))]
