"""The nine: what is trained, for how long, what is learnt, and what data cannot tell."""
from dataclasses import dataclass, field
from math import exp


@dataclass(frozen=True)
class Function:
    """A model of the file that is a learnt function, and NAME/SAMPLES.csv with the true one."""

    model: str
    samples: str
    argument: str
    label: str
    # The arguments that training data have.
    inside: tuple


@dataclass(frozen=True)
class Constant:
    name: str
    tensor: str
    entry: int
    truth: float
    value: object = lambda stored: stored


@dataclass(frozen=True)
class Example:
    name: str
    steps: int
    rate: float
    # Inputs that stay the same along a trajectory; what else the model takes is its first state.
    conditions: tuple = ()
    functions: tuple = ()
    constants: tuple = ()
    # What `param`s start from.
    start: dict = field(default_factory=dict)
    # The model with the longer trajectories of outside.csv.
    outside_model: str = ""
    # The model whose invariants are shown, where that is not the one that is trained.
    conserving: str = ""
    # Whether there is a sparse.csv, with the conditions of which there are too few, and what it has.
    sparse: str = ""
    pools: tuple = ()
    open: str = "nothing"

    @property
    def outside(self):
        return self.outside_model or self.name


def sigmoid(x):
    return 1 / (1 + exp(-x))


EXAMPLES = {
    example.name: example
    for example in (
        Example(
            "decay", 2000, 0.02, constants=(Constant("w", "w", 0, 0.97),), start={"w": [0.5]},
            outside_model="longer", pools=("C",),
            open="rate and time step apart: only w = 1 - k dt",
        ),
        Example(
            "pools", 2000, 0.02, constants=(Constant("alpha", "a", 0, 0.4, sigmoid),), start={"a": [0.0]},
            outside_model="longer", conserving="budget", pools=("L", "S"),
        ),
        Example(
            "moisture", 40000, 0.005, conditions=("m",), pools=("C",),
            functions=(Function("response", "f", "m", "f(m)", (0.05, 1)),),
            open="k and f apart: only k f; f below m = 0.05",
        ),
        Example(
            "soil", 30000, 0.005, conditions=("t", "m"), pools=("F", "S", "P"), conserving="budget",
            functions=(
                Function("rate", "temperature", "t", "f(T) g(0.5)", (5, 25)),
                Function("rate", "moisture", "m", "f(15) g(M)", (0.2, 0.8)),
            ),
            sparse="3 temperatures, 3 moistures",
            open="f and g apart: only f g",
        ),
        Example(
            "chain", 2000, 0.02, pools=("A", "B", "C", "D"), outside_model="longer",
            constants=(Constant("f", "p", 0, 0.7, sigmoid), Constant("g", "p", 1, 0.85, sigmoid)),
            start={"p": [0.0, 0.0]},
        ),
        Example(
            "battery", 40000, 0.01, pools=("L", "Q"),
            functions=(
                Function("growth", "f", "l", "f(L)", (0.05, 1.54)),
                Function("fade", "g", "q", "g(Q)", (0.13, 1)),
            ),
            sparse="Q starts at 1 only",
            open="f and g where L and Q have not been",
        ),
        Example(
            "kinetics", 20000, 0.005, conditions=("t",), pools=("A", "B"),
            functions=(Function("rate", "k", "t", "k(T)", (3, 15)),),
            open="k outside of the temperatures",
        ),
        Example(
            "litter", 20000, 0.005, conditions=("t", "psi"),
            pools=("protein", "carbohydrate", "cellulose", "lignin", "dissolved"),
            functions=(
                Function("rate", "temperature", "t", "f(T) h(-0.14)", (278, 308)),
                Function("rate", "potential", "psi", "f(293) h(psi)", (-0.4, -0.01)),
            ),
            sparse="3 temperatures",
            open="f and h apart: only f h",
        ),
        Example(
            "sorption", 50000, 0.01, conditions=("s",), pools=("up", "down", "sorbed"),
            functions=(Function("permeability", "k", "s", "k(S)", (0.32, 0.84)),),
            sparse="3 saturations",
            open="k outside of the saturations",
        ),
    )
}
