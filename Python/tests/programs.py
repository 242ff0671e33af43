"""Programs that the tests compile, and the same by hand, for any library whose arrays are indexed and multiplied."""

FLIP = """
def not : Bool -o Bool = fun x => if x then false else true
program flip (n : Nat) : Bool = iter { true | y => not y } (n)
program flip_from (x : Bool, n : Nat) : Bool = iter { x | y => not y } (n)
"""

# Of degree 3 in A, at horizon 4.
SYSTEM = """
horizon 4
program system (A : Real[3] -o Real[3], v : Real[3], n : Nat) : Real[3] = iter { v | y => A y } (n)
"""

MODEL = """
horizon 4
net kernel (x : Real[6, 5]) : Real[3, 3] = dense
net rounds (x : Real[6, 5]) : Nat = dense 7 | relu | dense | softmax
model rounds_of (x : Real[6, 5]) : Real[6, 5] = iter { x | y => conv2d (kernel x) y } (rounds x)
"""

CONSTANT = "program truth ( ) : Bool = true"
# Inputs whose samples are one number, and one row.
NUMBERS = """
program scaled (r : Real, x : Real[3]) : Real[3] = scale r x
program doubled (r : Real) : Real = 2 * r
program applied (f : Real[3] -o Real, x : Real[3]) : Real = f x
"""
SAME = "program same (x : Real[4]) : Real[4] = x"


def flip_from(x, n):
    """[..., 2] of x [..., 2] and n [..., 10]; an odd number of rounds swaps."""
    total = 0
    for k in range(10):
        total = total + n[..., k:k + 1] * (x if k % 2 == 0 else x[..., [1, 0]])
    return total


def system(a, v, n):
    """[..., 3] of A [..., 3, 3], v [..., 3] and n [..., 4]: the sum of n[k] A^k v."""
    total, y = n[..., 0:1] * v, v
    for k in range(1, 4):
        y = (a @ y[..., None])[..., 0]
        total = total + n[..., k:k + 1] * y
    return total


# A list of letters, and a tree of operations, as tables.
TABLES = """
data Word = End | Letter Bool Word
data Op   = Add | Sub
data Expr = Leaf Real | Node Op Expr Expr
def not : Bool -o Bool = fun x => if x then false else true
program even (w : Word[6]) : Bool = fold { End => true | Letter b rest => if b then not rest else rest } (w)
program total (t : Expr[7], x : Real) : Real =
  scale x (fold { Leaf d => d | Node op l r => scale l (case { Add => r | Sub => 0.5 * r } (op)) } (t))
"""

# A network on trees, at horizon 10: the state of a node is what a net makes of those of its children.
TREE_MODEL = """
data Tree = Tip Real[3] | Fork Tree Tree
net tip (x : Real[3]) : Real[2] = dense | tanh
net fork (l : Real[2], r : Real[2]) : Real[2] = dense | tanh
model of_tree (t : Tree[5]) : Real[2] = fold { Tip x => tip x | Fork l r => fork l r } (t)
"""


def total(rows, nodes, x):
    """Of one table [7, 5] in any library, and nodes that are numbers; a term with a missing child is left out."""
    values = [None] * 7
    for i in range(6, -1, -1):
        leaf, node, number, add, sub = (rows[i, k] for k in range(5))
        values[i] = leaf * number
        left, right = (int(child) for child in nodes[i])
        if left >= 0 and right >= 0:
            values[i] = values[i] + node * values[left] * (add + 0.5 * sub) * values[right]
    return x * values[0]


def random_nodes(random):
    """Children of a table of 7 rows, some with several parents, some missing."""
    return [[int(random.choice([-1, *range(i + 1, 7)], p=_odds(6 - i))) for _ in range(2)] for i in range(7)]


def _odds(rows):
    return [1.0] if rows == 0 else [0.2] + [0.8 / rows] * rows
