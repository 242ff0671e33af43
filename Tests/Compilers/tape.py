"""Scalars that remember how they came about, for gradients."""


class Scalar:
    tape = []

    def __init__(self, value, parents=()):
        self.value, self.parents, self.bar = value, parents, 0.0
        Scalar.tape.append(self)

    def __add__(self, other):
        if not isinstance(other, Scalar):
            return self if other == 0 else Scalar(self.value + other, [(self, 1.0)])
        return Scalar(self.value + other.value, [(self, 1.0), (other, 1.0)])

    def __mul__(self, other):
        if not isinstance(other, Scalar):
            return 0.0 if other == 0 else Scalar(self.value * other, [(self, other)])
        return Scalar(self.value * other.value, [(self, other.value), (other, self.value)])

    __radd__, __rmul__ = __add__, __mul__


def value_of(x):
    return x.value if isinstance(x, Scalar) else float(x)


def by(f, slope, x):
    """f(x), where slope is given x and f(x)."""
    y = f(value_of(x))
    return Scalar(y, [(x, slope(value_of(x), y))]) if isinstance(x, Scalar) else y


def gradients(outputs, weights, inputs):
    """Of the weighted sum of the outputs, in each of the inputs."""
    for node in Scalar.tape:
        node.bar = 0.0
    for output, weight in zip(outputs, weights):
        if isinstance(output, Scalar):
            output.bar += weight
    for node in reversed(Scalar.tape):
        for parent, slope in node.parents:
            parent.bar += slope * node.bar
    return [x.bar for x in inputs]


def total(terms):
    result = 0.0
    for term in terms:
        result = result + term
    return result
