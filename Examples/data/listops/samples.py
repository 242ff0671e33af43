"""Random trees of MAX, MIN and SUM modulo 10, with their values.

samples.py DIR PART COUNT LEAST MOST SEED: writes DIR/PART.safetensors with COUNT trees of LEAST to MOST leaves, each
number as likely. Trees are split at random places. Prints how many trees there are, and their mean depth.
"""
import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "lib"))
import tensors  # noqa: E402

ROWS = 127
# A row: the weights of Leaf and Node; ten values; three operators.
LEAF, NODE, VALUE, OPERATOR, ROW = 0, 1, 2, 12, 15
OPERATORS = [max, min, lambda a, b: (a + b) % 10]


def tree(leaves, source, nodes):
    """Appends the nodes in pre-order; returns the value and the depth."""
    if leaves == 1:
        value = source.randrange(10)
        nodes.append(({LEAF: 1, VALUE + value: 1}, None))
        return value, 0
    operator, left = source.randrange(3), source.randrange(1, leaves)
    place = len(nodes)
    nodes.append(None)
    a, depth_a = tree(left, source, nodes)
    second = len(nodes)
    b, depth_b = tree(leaves - left, source, nodes)
    nodes[place] = ({NODE: 1, OPERATOR + operator: 1}, [place + 1, second])
    return OPERATORS[operator](a, b), 1 + max(depth_a, depth_b)


def main():
    folder, part = sys.argv[1:3]
    count, least, most, seed = map(int, sys.argv[3:])
    source, depths = random.Random(seed), 0
    samples = tensors.Samples("t", ROWS, ROW, arity=2)
    for _ in range(count):
        nodes = []
        value, depth = tree(source.randint(least, most), source, nodes)
        depths += depth
        samples.add(nodes, [float(value == n) for n in range(10)])
    samples.write(f"{folder}/{part}.safetensors", [10])
    print(f"{count} trees of {least} to {most} leaves, mean depth {depths / count:.1f}")


main()
