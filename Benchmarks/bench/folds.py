"""What row h folds: lists and trees over a learnt step, as tables."""
from dataclasses import dataclass, field

import numpy as np

BATCH = 64


@dataclass
class Fold:
    """inputs: the arrays of Cajal's program by name. children: of a tree, [batch, nodes, 2], -1 for none."""
    kind: str
    state: int
    nodes: int
    text: str
    inputs: dict
    children: np.ndarray | None = None
    wanted: list = field(default_factory=list)


def chain(state, nodes):
    """A weighted automaton over two letters, each row a distribution over them."""
    text = f"""
data Word = End | Letter Bool Word
program fold (w : Word[{nodes}], first : Real[{state}], step : Bool -o Real[{state}] -o Real[{state}]) : Real[{state}] =
  fold {{ End => first | Letter b rest => step b rest }} (w)
"""
    random = np.random.default_rng(1)
    rows = np.zeros((BATCH, nodes, 4), np.float32)
    rows[:, :, 1] = 1
    rows[:, -1, :2] = [1, 0]
    rows[:, :, 2:] = random.dirichlet([1, 1], (BATCH, nodes))
    # The weights' squares add up to 2/3 on average. Smaller steps would take long words to denormal numbers.
    step = random.normal(size=(state, state, 2)) / (state * 2 / 3) ** 0.5
    inputs = {"w": rows.reshape(BATCH, -1), "w.nodes": np.full((BATCH, 1), nodes, np.int32),
              "first": random.normal(size=state).astype(np.float32), "step": step.astype(np.float32).reshape(-1)}
    return Fold("chain", state, nodes, text, inputs, wanted=["w", "first", "step"])


def tree(state, nodes):
    """A binary tree of every sample's own shape over a bilinear step."""
    text = f"""
data Expr = Leaf Bool | Node Expr Expr
program fold (t : Expr[{nodes}], leaf : Bool -o Real[{state}],
              node : Real[{state}] -o Real[{state}] -o Real[{state}]) : Real[{state}] =
  fold {{ Leaf b => leaf b | Node l r => node l r }} (t)
"""
    random = np.random.default_rng(1)
    children = np.stack([shape(random, nodes) for _ in range(BATCH)])
    is_leaf = children[:, :, 0] < 0
    rows = np.zeros((BATCH, nodes, 4), np.float32)
    rows[:, :, 0], rows[:, :, 1] = is_leaf, ~is_leaf
    rows[:, :, 2:] = random.dirichlet([1, 1], (BATCH, nodes))
    node = random.normal(size=(state, state, state)) / state
    inputs = {"t": rows.reshape(BATCH, -1), "t.nodes": children.reshape(BATCH, -1),
              "leaf": random.normal(size=2 * state).astype(np.float32), "node": node.astype(np.float32).reshape(-1)}
    return Fold("tree", state, nodes, text, inputs, children, ["t", "leaf", "node"])


def shape(random, nodes):
    """The children of a random binary tree in pre-order, of an odd number of nodes."""
    children = np.full((nodes, 2), -1, np.int32)
    pending = [(0, nodes)]
    while pending:
        at, size = pending.pop()
        if size == 1:
            continue
        left = 1 + 2 * int(random.integers(0, (size - 1) // 2))
        children[at] = [at + 1, at + 1 + left]
        pending += [(at + 1, left), (at + 1 + left, size - 1 - left)]
    return children
