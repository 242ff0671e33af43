"""Random trees of MAX, MIN and SUM modulo 10, with their values.

samples.py DIR PART COUNT SEED --leaves LEAST MOST [--depth D] [--rows N]: writes DIR/PART.safetensors with COUNT trees,
each number of leaves as likely, in tables of N rows (127). Trees are split at random places; with --depth they have just
that depth. Prints how many there are, and their mean depth.
"""
import argparse
import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "lib"))
import tensors  # noqa: E402

# A row: the weights of Leaf and Node; ten values; three operators.
LEAF, NODE, VALUE, OPERATOR, ROW = 0, 1, 2, 12, 15
OPERATORS = [max, min, lambda a, b: (a + b) % 10]


def any_shape(leaves, source):
    """Of a tree of so many leaves: None, or a pair."""
    if leaves == 1:
        return None
    left = source.randrange(1, leaves)
    return any_shape(left, source), any_shape(leaves - left, source)


def deep_shape(leaves, depth, source):
    """A path to a leaf at that depth, with smaller trees beside it."""
    beside = [1] * depth
    for _ in range(leaves - depth - 1):
        # A tree of k leaves has at most the depth k - 1.
        beside[source.choice([i for i in range(depth) if beside[i] < depth - i])] += 1
    shape = None
    for size in reversed(beside):
        pair = [shape, any_shape(size, source)]
        source.shuffle(pair)
        shape = tuple(pair)
    return shape


def write(shape, source, nodes):
    """Appends the nodes in pre-order; returns the value and the depth."""
    if shape is None:
        value = source.randrange(10)
        nodes.append(({LEAF: 1, VALUE + value: 1}, None))
        return value, 0
    operator, place = source.randrange(3), len(nodes)
    nodes.append(None)
    a, depth_a = write(shape[0], source, nodes)
    second = len(nodes)
    b, depth_b = write(shape[1], source, nodes)
    nodes[place] = ({NODE: 1, OPERATOR + operator: 1}, [place + 1, second])
    return OPERATORS[operator](a, b), 1 + max(depth_a, depth_b)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("part")
    parser.add_argument("count", type=int)
    parser.add_argument("seed", type=int)
    parser.add_argument("--leaves", type=int, nargs=2, required=True)
    parser.add_argument("--depth", type=int)
    parser.add_argument("--rows", type=int, default=127)
    given = parser.parse_args()
    source, depths = random.Random(given.seed), 0
    samples = tensors.Samples("t", given.rows, ROW, arity=2)
    for _ in range(given.count):
        leaves, nodes = source.randint(*given.leaves), []
        shape = deep_shape(leaves, given.depth, source) if given.depth else any_shape(leaves, source)
        value, depth = write(shape, source, nodes)
        depths += depth
        samples.add(nodes, [float(value == n) for n in range(10)])
    samples.write(f"{given.folder}/{given.part}.safetensors", [10])
    print(f"{given.count} trees of {given.leaves[0]} to {given.leaves[1]} leaves, mean depth {depths / given.count:.1f}")


main()
