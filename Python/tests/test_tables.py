"""Lists and trees: tables in, results and gradients out."""
import copy
import dataclasses
import itertools
import pickle

import numpy as np
import pytest
from conftest import compiled

import cajal
import programs


@pytest.fixture
def tables(real):
    return compiled(programs.TABLES, real)


def word(letters):
    value = "End"
    for letter in reversed(letters):
        value = ("Letter", letter, value)
    return value


@pytest.mark.parametrize("letters", [[], [True], [True, False], [True, True, True], [False] * 5])
def test_a_list_is_folded(tables, close, letters):
    rows, nodes = cajal.encode(tables.even, "w", word(letters))
    assert rows.shape == (6, 4) and nodes.tolist() == [len(letters) + 1]
    is_even = sum(letters) % 2 == 0
    close(tables.even(rows, nodes), [1, 0] if is_even else [0, 1])
    close(tables.even(w=rows, w_nodes=len(letters) + 1), [1, 0] if is_even else [0, 1])


def test_a_batch_mixes_and_shares(tables, close):
    rows, nodes = cajal.encode(tables.even, "w", [word([True]), word([]), word([True, True])])
    close(tables.even(rows, nodes), [[0, 1], [1, 0], [1, 0]])
    # The same rows with other counts: what does not count is as if it were not there, whatever it holds.
    rows[2, 3:] = np.nan
    close(tables.even(rows[2], np.array([1, 2, 3])), [[0, 0], [0, 0], [1, 0]])


# x times the product of the leaves, halved by every Sub.
TREE = ("Node", 0, ("Leaf", 3.0), ("Node", 1, ("Leaf", 2.0), ("Leaf", 5.0)))


def test_a_tree_and_its_gradient(tables, close):
    rows, nodes = cajal.encode(tables.total, "t", TREE)
    assert nodes.tolist() == [[1, 2], [-1, -1], [3, 4]] + [[-1, -1]] * 4
    y, vjp = tables.total.vjp(rows, nodes, 2.0)
    close(y, 30.0)
    rows_bar, nodes_bar, x_bar = vjp(1.0)
    assert nodes_bar is None
    close(x_bar, 15.0)
    leaf = tables.total.inputs[0].table.parts["Leaf.1"].start
    close(rows_bar[[1, 3, 4], leaf], [10.0, 15.0, 6.0])
    # Of the operator's two entries, at the root: Add gives 30, Sub half of it.
    close(rows_bar[0, tables.total.inputs[0].table.parts["Node.1"]], [30.0, 15.0])
    assert not rows_bar[5:].any()


def test_soft_rows_by_differences():
    total = compiled(programs.TABLES, "double").total
    rows, nodes = cajal.encode(total, "t", TREE)
    random = np.random.default_rng(0)
    rows[:5] += 0.3 * random.standard_normal(rows[:5].shape)
    rows_bar = total.vjp(rows, nodes, 1.5)[1](1.0)[0]
    for _ in range(20):
        i, k = random.integers(5), random.integers(rows.shape[1])
        step = np.zeros_like(rows)
        step[i, k] = 1e-6
        difference = (total(rows + step, nodes, 1.5) - total(rows - step, nodes, 1.5)) / 2e-6
        assert abs(difference - rows_bar[i, k]) < 1e-6 * max(1, abs(difference))


@pytest.mark.parametrize("change, error", [
    (lambda nodes: nodes.astype(float), TypeError), (lambda nodes: nodes + 2 ** 40, ValueError),
    (lambda nodes: nodes[:3], ValueError), (lambda nodes: np.zeros_like(nodes), cajal.StatusError),
    (lambda nodes: nodes + 7, cajal.StatusError)])
def test_bad_children(tables, change, error):
    rows, nodes = cajal.encode(tables.total, "t", TREE)
    with pytest.raises(error):
        tables.total(rows, change(nodes.astype(np.int64)), 1.0)


@pytest.mark.parametrize("value, says", [
    (word([True] * 6), "at most 6 nodes"), (("Lettre", True, "End"), "no constructor"), (("Letter",), "has others"),
    (("Letter", 2, "End"), "below 2"), (("Letter", [1.0], "End"), "1 entries instead of 2")])
def test_bad_values(tables, value, says):
    with pytest.raises(ValueError, match=says):
        cajal.encode(tables.even, "w", value)


AUTOMATON = """
data Word = End | Letter Bool Word
program automaton (w : Word[6], start : Real[3], step : Bool -o Real[3] -o Real[3], end : Real[3]) : Real =
  dot end (fold { End => start | Letter b state => step b state } (w))
"""


def test_a_weighted_automaton_agrees_with_its_paths(real, close):
    """With its gradient: how often a path takes a transition, weighted by the rest of the path."""
    automaton = compiled(AUTOMATON, real).automaton
    random = np.random.default_rng(3)
    start, end = (random.integers(-4, 5, (2, 3)) / 4).astype(automaton.dtype)
    step = (random.integers(-4, 5, (3, 3, 2)) / 4).astype(automaton.dtype)  # [state, state before, letter]
    words = [list(w) for n in range(5) for w in itertools.product([True, False], repeat=n)]
    rows, nodes = cajal.encode(automaton, "w", [word(w) for w in words])
    y, vjp = automaton.vjp(rows, nodes, start, step.reshape(9, 2), end)
    expected, expected_bar = np.zeros(len(words)), np.zeros_like(step)
    for number, letters in enumerate(words):
        for path in itertools.product(range(3), repeat=len(letters) + 1):
            moves = [(path[i], path[i + 1], 0 if letter else 1) for i, letter in enumerate(letters)]
            weights = [step[move] for move in moves]
            ends = end[path[0]] * start[path[-1]]
            expected[number] += ends * np.prod(weights)
            for i, move in enumerate(moves):
                expected_bar[move] += ends * np.prod(weights[:i] + weights[i + 1:])
    close(y, expected)
    close(vjp(np.ones(len(words), automaton.dtype))[3], expected_bar.reshape(9, 2))


def test_bare_counts_of_int32_are_a_batch(tables, close):
    rows, _ = cajal.encode(tables.even, "w", word([True, True]))
    counts = np.array([1, 2, 3], np.int32)
    close(tables.even(rows, counts), [[0, 0], [0, 0], [1, 0]])
    close(tables.even(rows, counts[:, None]), [[0, 0], [0, 0], [1, 0]])
    close(tables.even(rows, np.int32(3)), [1, 0])


@pytest.mark.parametrize("place, child, says", [
    ((3, 1), 2, r"t\.nodes: child 1 of row 3 is 2; it has to be -1, or above 3 and below 7"),
    ((0, 0), 7, "child 0 of row 0 is 7"), ((6, 0), -2, "child 0 of row 6 is -2"), ((2, 1), 2, "child 1 of row 2 is 2")])
def test_the_child_that_is_refused_is_named(tables, place, child, says):
    rows, nodes = cajal.encode(tables.total, "t", [TREE, TREE])
    nodes[1][place] = child
    with pytest.raises(cajal.StatusError, match=says + r".*\(sample 1\)" if "below" in says else says) as caught:
        tables.total(rows, nodes, 1.0)
    assert caught.value.status == 1
    with pytest.raises(cajal.StatusError, match=says):
        tables.total.vjp(rows[1], nodes[1], 1.0)
    assert pickle.loads(pickle.dumps(caught.value)).args == caught.value.args


def test_the_count_that_is_refused_is_named(tables):
    rows, _ = cajal.encode(tables.even, "w", "End")
    for count in (-1, 7):
        with pytest.raises(cajal.StatusError, match=rf"w\.nodes says that {count} rows count, and there are 6"):
            tables.even(rows, count)


def test_what_is_known_of_a_table(tables):
    rows, nodes, x = tables.total.inputs
    assert rows.type == "Expr[7]" and rows.shape == (7, 5) and not rows.is_nodes and x.table is None
    assert (rows.table.rows, rows.table.arity, rows.table.row) == (7, 2, 5)
    assert nodes.is_nodes and nodes.name == "t.nodes" and nodes.shape == (7, 2)
    assert "tree with rows of Leaf 0, Node 1, Leaf.1 2, Node.1 3:5" in tables.total.__doc__
    assert "t.nodes : int32  shape (7, 2), the children of each row, -1 for none" in tables.total.__doc__
    assert "list with rows of End 0, Letter 1, Letter.1 2:4" in tables.even.__doc__
    assert "w.nodes : int32  shape (1,), how many rows count" in tables.even.__doc__
    assert "w : Word[6]" in tables.even.signature and tables.even.output.is_distribution
    assert not tables.total.output.is_distribution


def test_a_result_that_is_a_distribution_says_so(tables):
    even = copy.copy(tables.even)
    even.output = dataclasses.replace(even.output, is_distribution=True)
    assert "result : Bool  shape (2,), a distribution where the links are" in even._description()
