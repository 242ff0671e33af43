"""The models whose training is timed: those of Examples/experiments, and the data that they are given."""
from dataclasses import dataclass

import numpy as np

from . import cost, modules, paths

SIZE, CLASSES = 28, 10
EXAMPLES = paths.ROOT / "Examples" / "experiments"


@dataclass
class TrainingModel:
    name: str     # a file of Examples/experiments
    kind: str     # what the peers write: "d", "t", "i", "d-even", "t-even", "xor-d", "xor-t", "xor-i"
    label: str
    loss: str

    @property
    def clip(self):
        return 1.0 if self.loss == "l1" else None

    def text(self):
        return (EXAMPLES / f"{self.name}.cajal").read_text()

    def flags(self):
        return ["--type-preserving"] if self.kind in ("t", "t-even", "xor-t") else []

    def cost(self):
        return cost.of_model(EXAMPLES / f"{self.name}.cajal", self.flags())

    def loaded(self):
        return modules.Loaded(self.build().path)

    def build(self, **options):
        return modules.build(self.name.replace("/", "_").replace("-", "_"), self.text(), self.flags(), **options)


MODELS = [
    TrainingModel("iterative/d", "d", "Experiment 1, D", "l1"),
    TrainingModel("iterative/t", "t", "Experiment 1, T", "l1"),
    TrainingModel("iterative/i", "i", "Experiments 1 and 2, I", "l1"),
    TrainingModel("conditional/d", "d-even", "Experiment 2, D", "l1"),
    TrainingModel("conditional/t", "t-even", "Experiment 2, T", "l1"),
    TrainingModel("logic/xor-d", "xor-d", "xor, D", "cross-entropy"),
    TrainingModel("logic/xor-t", "xor-t", "xor, T", "cross-entropy"),
    TrainingModel("logic/xor-i", "xor-i", "xor, I", "cross-entropy"),
]


def images(count, random):
    """Spots on a dark ground: as sparse and as smooth as pictures of clothes."""
    y, x = np.mgrid[0:SIZE, 0:SIZE]
    found = np.zeros((count, SIZE, SIZE))
    for _ in range(4):
        cy, cx = random.uniform(6, 22, (2, count, 1, 1))
        height, width = random.uniform(2, 6, (2, count, 1, 1))
        found += random.uniform(0.3, 1, (count, 1, 1)) * np.exp(-((y - cy) / height) ** 2 - ((x - cx) / width) ** 2)
    found[found < 0.05] = 0
    return np.minimum(found, 1).astype(np.float32)


def blurred(image, rounds):
    padded = image
    for _ in range(rounds):
        padded = np.pad(padded, ((1, 1), (0, 0)))
        padded = 0.25 * padded[:-2] + 0.5 * padded[1:-1] + 0.25 * padded[2:]
    return padded


def samples(model, batch):
    """Inputs by name, and targets: one batch."""
    random = np.random.default_rng(5)
    first = images(batch, random)
    if model.loss == "l1":
        target = np.stack([blurred(image, i % CLASSES) for i, image in enumerate(first)])
        return {"x": first}, target.astype(np.float32)
    answers = random.integers(0, 2, batch)
    return {"x": first, "y": images(batch, random)}, np.eye(2, dtype=np.float32)[answers]


def taps(size, kernel):
    """How many products of a tap and a pixel fall inside, along one axis."""
    half = kernel // 2
    return sum(min(i + half, size - 1) - max(i - half, 0) + 1 for i in range(size))


def convolution(outputs, inputs, kernel):
    """Two operations for each product, on an image of SIZE x SIZE."""
    return 2 * outputs * inputs * taps(SIZE, kernel) ** 2


STEPS = [(convolution(8, 1, 5), False), (convolution(16, 8, 5), True), (2 * 10 * 1296, True)]
KERNEL = [(convolution(8, 1, 5), False), (convolution(16, 8, 5), True), (2 * 169 * 1296, True)]
EVEN = [(2 * 400 * 784, False), (2 * 2 * 400, True)]
# Operations of a sample's forward pass, piece by piece, and whether the gradient of its input is needed too.
# Of Model T's map the gradient is, that of what it is applied to is not: the map times the image, which is data, gives
# the result and the gradient in the nets' results. So two products of its size are needed, where peers compute three.
WORK = {
    "d": [*STEPS, *KERNEL, ((CLASSES - 1) * convolution(1, 1, 13), True)],
    "t": [*STEPS, (2 * 784 * 784 * 10, False)],
    "i": [(convolution(6, 1, 13), False), (convolution(6, 6, 13), True), (convolution(1, 6, 13), True)],
    "d-even": [*EVEN, *STEPS, *KERNEL, ((CLASSES - 1) * convolution(1, 1, 13), True)],
    "t-even": [*EVEN, *STEPS, (2 * 784 * 2 * 784 * 10, False)],
    "xor-d": [*EVEN, *EVEN],
    "xor-t": [*EVEN, *EVEN],
    "xor-i": [(2 * 400 * 1568, False), (2 * 400 * 400, True), (2 * 2 * 400, True)],
}


def flops(model, batch):
    """Operations of a step that are products of a weight or tap and an entry: forward, and twice that backward, but for
    layers that the input's gradient is not asked of."""
    return batch * sum(work * (3 if all_ else 2) for work, all_ in WORK[model.kind])


def forward_flops(model):
    """The same of a sample's forward pass alone."""
    return sum(work for work, _ in WORK[model.kind])


def no_bar(loaded):
    """A cotangent for calls that need none."""
    return np.zeros((1, loaded.output_size), np.float32)
