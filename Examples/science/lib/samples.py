"""Samples for `cajal-train`, as CSV: a row is a sample, a column an entry, `x[0]` or `target[3][1]`; plain Python."""
import argparse
import csv
from math import cos, pi
from pathlib import Path


def folder_argument(description):
    """The folder that is the program's one argument."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("folder", metavar="DIR", help="where the samples are written as CSV; made where it is missing")
    return parser.parse_args().folder


def grid(first, last, count):
    """`count` numbers at equal distances, both ends included."""
    return [first + (last - first) * i / (count - 1) for i in range(count)]


def geometric(first, last, count):
    """`count` numbers of which each is the same multiple of the one before, both ends included."""
    return [first * (last / first) ** (i / (count - 1)) for i in range(count)]


def denser_at_ends(first, last, count):
    """`count` numbers, both ends included, at the distances of Chebyshev's points: for what is interpolated."""
    return [(first + last) / 2 - (last - first) / 2 * cos(pi * i / (count - 1)) for i in range(count)]


def between(values):
    """The middle of each two neighbours."""
    return [(a + b) / 2 for a, b in zip(values, values[1:])]


def trajectory(step, start, steps):
    """All states, the first included."""
    states = [start]
    for _ in range(steps):
        states.append(step(states[-1]))
    return states


def entries(name, value):
    """The columns of a number or of nested lists of numbers, with their values."""
    if isinstance(value, (list, tuple)):
        return [column for i, part in enumerate(value) for column in entries(f"{name}[{i}]", part)]
    return [(name, value)]


def write(folder, name, samples):
    """A sample is its inputs, by name, and its target, each a number or nested lists of numbers."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    columns = [
        [column for each in inputs.items() for column in entries(*each)] + entries("target", target)
        for inputs, target in samples
    ]
    write_table(
        Path(folder) / f"{name}.csv", [column for column, _ in columns[0]],
        [[value for _, value in row] for row in columns])


def write_table(path, header, rows):
    with open(path, "w", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(header)
        table.writerows([repr(float(value)) for value in row] for row in rows)


def read(path):
    """The columns' names, and the rows as numbers."""
    with open(path, newline="") as file:
        header, *rows = csv.reader(file)
    return header, [[float(value) for value in row] for row in rows]
