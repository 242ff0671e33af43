"""Safetensors of doubles and floats, in plain Python: {name: (shape, values)}."""
import json
import struct
from array import array
from pathlib import Path

TYPES = {"F32": "f", "F64": "d"}


def read(path):
    data = Path(path).read_bytes()
    (size,) = struct.unpack_from("<Q", data)
    header = json.loads(data[8 : 8 + size])
    found = {}
    for name, entry in header.items():
        if name != "__metadata__":
            begin, end = entry["data_offsets"]
            values = array(TYPES[entry["dtype"]])
            values.frombytes(data[8 + size + begin : 8 + size + end])
            found[name] = entry["shape"], list(values)
    return found


def write(path, tensors, dtype="F64"):
    header, data = {}, b""
    for name, (shape, values) in sorted(tensors.items()):
        stored = array(TYPES[dtype], values).tobytes()
        header[name] = {"dtype": dtype, "shape": list(shape), "data_offsets": [len(data), len(data) + len(stored)]}
        data += stored
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    Path(path).write_bytes(struct.pack("<Q", len(text)) + text + data)
