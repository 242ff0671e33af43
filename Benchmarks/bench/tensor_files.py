"""Writes safetensors: the trainer reads its weights and its samples from there (docs/training.md)."""
import json
import struct

import numpy as np


def write(path, tensors):
    """tensors: arrays of floats by name."""
    header, at = {}, 0
    ordered = sorted(tensors.items())
    for name, array in ordered:
        size = 4 * array.size
        header[name] = {"dtype": "F32", "shape": list(array.shape), "data_offsets": [at, at + size]}
        at += size
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for _, array in ordered:
            file.write(np.ascontiguousarray(array, "<f4").tobytes())
