"""Safetensors files, and tables of lists and trees, without packages.

A tensor is (dtype, shape, array): "F32" with array("f"), "F64" with array("d"), "I32" with array("i").
"""
import json
import struct
from array import array

CODES = {"F32": "f", "F64": "d", "I32": "i"}


def write(path, tensors):
    header, offset = {}, 0
    order = sorted(tensors, key=lambda name: (-tensors[name][2].itemsize, name))
    for name in order:
        dtype, shape, values = tensors[name]
        end = offset + len(values) * values.itemsize
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [offset, end]}
        offset = end
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for name in order:
            tensors[name][2].tofile(file)


def read(path):
    with open(path, "rb") as file:
        data = file.read()
    size = struct.unpack("<Q", data[:8])[0]
    tensors = {}
    for name, entry in json.loads(data[8 : 8 + size]).items():
        if name == "__metadata__":
            continue
        values = array(CODES[entry["dtype"]])
        begin, end = entry["data_offsets"]
        values.frombytes(data[8 + size + begin : 8 + size + end])
        tensors[name] = (entry["dtype"], entry["shape"], values)
    return tensors


class Samples:
    """Samples for cajal-train's task `files`: one table, and what the model is to say of it."""

    def __init__(self, name, rows, row, arity=None):
        """A list, or, with an arity, a tree."""
        self.name, self.rows, self.row, self.arity = name, rows, row, arity
        self.cells, self.nodes, self.targets, self.count = array("f"), array("i"), array("f"), 0

    def add(self, nodes, target):
        """nodes: the entries of a row that are not 0, as {place: value}, in pre-order; of a tree with its children."""
        assert len(nodes) <= self.rows
        table = array("f", bytes(4 * self.rows * self.row))
        for number, node in enumerate(nodes):
            entries = node if self.arity is None else node[0]
            for place, value in entries.items():
                table[number * self.row + place] = value
        self.cells += table
        if self.arity is None:
            self.nodes.append(len(nodes))
        else:
            for node in nodes:
                self.nodes.extend(node[1] or [-1] * self.arity)
            self.nodes.extend([-1] * (self.arity * (self.rows - len(nodes))))
        self.targets.extend(target)
        self.count += 1

    def write(self, path, shape):
        """shape: of one target."""
        nodes = [self.count] if self.arity is None else [self.count, self.rows, self.arity]
        write(path, {
            self.name: ("F32", [self.count, self.rows, self.row], self.cells),
            self.name + ".nodes": ("I32", nodes, self.nodes),
            "target": ("F32", [self.count] + shape, self.targets),
        })
