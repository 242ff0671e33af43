"""Samples for `cajal-train`, as CSV: a row is a sample, a column an entry, `x[0]` or `target[3][1]`; plain Python."""
import csv
from pathlib import Path


def grid(first, last, count):
    """`count` numbers at equal distances, both ends included."""
    return [first + (last - first) * i / (count - 1) for i in range(count)]


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
    with open(Path(folder) / f"{name}.csv", "w", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        for index, (inputs, target) in enumerate(samples):
            columns = [column for each in inputs.items() for column in entries(*each)] + entries("target", target)
            if index == 0:
                table.writerow([column for column, _ in columns])
            table.writerow([repr(float(value)) for _, value in columns])


def read(path):
    """The columns' names, and the rows as numbers."""
    with open(path, newline="") as file:
        header, *rows = csv.reader(file)
    return header, [[float(value) for value in row] for row in rows]
