"""Words with their values under an automaton with 8 states: the probability to come back to the first one.

samples.py DIR LENGTH COUNT SEED PART...: writes DIR/PART.safetensors with COUNT words of LENGTH letters; of at most
LENGTH letters, all of them, where COUNT is `all`.
"""
import itertools
import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "lib"))
import tensors  # noqa: E402

ROWS, STATES = 33, 8


def automaton():
    """A letter takes a state to one of two, with chances of 0.9 and 0.1."""
    source = random.Random(8)
    letters = []
    for letter in range(2):
        likely, other = list(range(STATES)), list(range(STATES))
        source.shuffle(likely)
        source.shuffle(other)
        letters.append(
            [[0.9 * (j == likely[i]) + 0.1 * (j == other[i]) for j in range(STATES)] for i in range(STATES)]
        )
    return letters


def value(word, letters):
    state = [1.0] + [0.0] * (STATES - 1)
    for letter in word:
        state = [sum(state[i] * letters[letter][i][j] for i in range(STATES)) for j in range(STATES)]
    return state[0]


def rank(letters, length=4):
    """Of the matrix of the values of u v, for all u and v of so many letters at most: the least number of states."""
    words = [w for n in range(length + 1) for w in itertools.product(range(2), repeat=n)]
    rows = [[value(u + v, letters) for v in words] for u in words]
    found = 0
    for column in range(len(words)):
        pivot = max(range(found, len(rows)), key=lambda r: abs(rows[r][column]), default=None)
        if pivot is None or abs(rows[pivot][column]) < 1e-9:
            continue
        rows[found], rows[pivot] = rows[pivot], rows[found]
        for row in rows[found + 1 :]:
            factor = row[column] / rows[found][column]
            for k in range(column, len(row)):
                row[k] -= factor * rows[found][k]
        found += 1
    return found


def main():
    folder, length, count, seed, parts = sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4]), sys.argv[5:]
    letters = automaton()
    source = random.Random(seed)
    for part in parts:
        if count == "all":
            words = [w for n in range(length + 1) for w in itertools.product(range(2), repeat=n)]
        else:
            words = [tuple(source.randrange(2) for _ in range(length)) for _ in range(int(count))]
        samples = tensors.Samples("w", ROWS, 4)
        for word in words:
            # A row: the weights of End and Letter; then true and false.
            nodes = [{1: 1, 2 + letter: 1} for letter in word] + [{0: 1}]
            samples.add(nodes, [value(word, letters)])
        samples.write(f"{folder}/{part}.safetensors", [])
    values = [value(word, letters) for word in words]
    mean = sum(values) / len(values)
    spread = sum(abs(v - mean) for v in values) / len(values)
    print(f"{len(words)} words; the automaton needs {rank(letters)} states; mean |value - mean|: {spread:.5f}")


main()
