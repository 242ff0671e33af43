"""The programs of row a: their text, and what they mean to each peer.

`meaning` is written once for JAX and CasADi, over the operations `m` of a peer; `closures` is the same for PyTorch, as
a composition of closures. A `Choice`, Bool -o Bool -o Bool, is a tensor [result, second argument, first argument].
"""
from dataclasses import dataclass
from typing import Callable

HORIZON = 10


@dataclass
class SmallProgram:
    name: str
    text: str
    inputs: dict  # sizes by name
    output: int
    meaning: Callable
    closures: Callable  # from the module `closures` to a term


def meaning_of_not(m, x):
    return m.branch(x, m.constant([0, 1]), m.constant([1, 0]))


def meaning_of_xor(m, a, b):
    return m.branch(a, meaning_of_not(m, b), m.branch(b, m.constant([1, 0]), m.constant([0, 1])))


def meaning_of_flip(m, x, n):
    return m.iterate(x, lambda y: meaning_of_not(m, y), n)


def meaning_of_double(m, n):
    return m.iterate(m.constant([1] + [0] * (HORIZON - 1)), lambda y: m.shift(m.shift(y)), n)


def meaning_of_and(m, p, q):
    true, false = m.constant([1, 0]), m.constant([0, 1])
    return m.choose(p, m.choose(q, true, false), false)


def closures_of_not(c, x="x"):
    return c.branch(c.variable(x), c.false, c.true)


def closures_of_xor(c):
    b = c.variable("b")
    return c.branch(c.variable("a"), c.branch(b, c.false, c.true), c.branch(b, c.true, c.false))


def closures_of_flip(c):
    negate = c.function("x", closures_of_not(c))
    return c.iterate(c.variable("x"), "y", c.apply(negate, c.variable("y")), c.variable("n"), HORIZON)


def closures_of_double(c):
    return c.iterate(c.zero(HORIZON), "y", c.successor(c.successor(c.variable("y"))), c.variable("n"), HORIZON)


def closures_of_and(c):
    inner = c.apply(c.apply(c.linked("q", 2, 2, 2), c.true), c.false)
    return c.apply(c.apply(c.linked("p", 2, 2, 2), inner), c.false)


NOT = "def negate : Bool -o Bool = fun x => if x then false else true\n"

SMALL_PROGRAMS = [
    SmallProgram("not", "program not (x : Bool) : Bool = if x then false else true\n", {"x": 2}, 2,
                 meaning_of_not, closures_of_not),
    SmallProgram("xor", """program xor (a : Bool, b : Bool) : Bool =
  if a then (if b then false else true) else (if b then true else false)
""", {"a": 2, "b": 2}, 2, meaning_of_xor, closures_of_xor),
    SmallProgram("flip", f"horizon {HORIZON}\n{NOT}"
                 "program flip (x : Bool, n : Nat) : Bool = iter { x | y => negate y } (n)\n",
                 {"x": 2, "n": HORIZON}, 2, meaning_of_flip, closures_of_flip),
    SmallProgram("double", f"horizon {HORIZON}\n"
                 "program double (n : Nat) : Nat = iter { 0 | y => succ (succ y) } (n)\n",
                 {"n": HORIZON}, HORIZON, meaning_of_double, closures_of_double),
    SmallProgram("and", """type Choice = Bool -o Bool -o Bool
def first : Choice = fun x y => if y then x else x
def second : Choice = fun x y => if x then y else y
program and (p : Choice, q : Choice) : Bool = p (q true false) false
""", {"p": 8, "q": 8}, 2, meaning_of_and, closures_of_and),
]


def named(name):
    return next(program for program in SMALL_PROGRAMS if program.name == name)
