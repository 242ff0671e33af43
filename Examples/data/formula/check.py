"""Compares the compiled `value` and its gradient with exact rational arithmetic, on random formulas.

check.py FORMULA.so [COUNT [SEED]]: the module is of doubles. The value is computed as a person would, products first;
the derivative in an entry of a symbol is the value with that symbol in its place, and 0 where this is no formula.
"""
import ctypes
import random
import sys
from fractions import Fraction

ROWS, ROW = 32, 15  # a row: the weights of Empty and Symbol; then nine digits, +, -, *, /
PLUS, MINUS, TIMES, OVER = 9, 10, 11, 12
PLACES = range(13)


def value(symbols):
    """Of a formula, and the sum of the magnitudes of its products; 0 where it is none."""
    if len(symbols) % 2 == 0 or any((s < PLUS) != (i % 2 == 0) for i, s in enumerate(symbols)):
        return Fraction(0), Fraction(0)
    products = [Fraction(symbols[0] + 1)]
    for operator, digit in zip(symbols[1::2], symbols[2::2]):
        if operator == PLUS:
            products.append(Fraction(digit + 1))
        elif operator == MINUS:
            products.append(-Fraction(digit + 1))
        elif operator == TIMES:
            products[-1] *= digit + 1
        else:
            products[-1] /= digit + 1
    return sum(products), sum(map(abs, products))


def expected(symbols):
    """The value, and the gradient with the magnitudes that its entries are sums of."""
    whole, size = value(symbols)
    gradient = {}
    for i in range(len(symbols)):
        gradient[i * ROW] = value(symbols[:i])  # the formula ends here
        gradient[i * ROW + 1] = whole, size
        for s in PLACES:
            gradient[i * ROW + 2 + s] = value(symbols[:i] + [s] + symbols[i + 1 :])
    gradient[len(symbols) * ROW] = whole, size
    return (whole, size), gradient


class Compiled:
    def __init__(self, path):
        self.library = ctypes.CDLL(path)
        size = self.library.formula_value_workspace_bytes
        size.restype, size.argtypes = ctypes.c_size_t, [ctypes.c_size_t, ctypes.c_int]
        self.work = ctypes.create_string_buffer(size(1, 1) + 64)
        address = ctypes.addressof(self.work)
        self.aligned = ctypes.c_void_p(address + -address % 64)

    def __call__(self, symbols):
        """The value and the gradient."""
        table = (ctypes.c_double * (ROWS * ROW))()
        for i, s in enumerate(symbols):
            table[i * ROW + 1] = table[i * ROW + 2 + s] = 1
        table[len(symbols) * ROW] = 1
        count = ctypes.c_int32(len(symbols) + 1)
        result, one, gradient = ctypes.c_double(), ctypes.c_double(1), (ctypes.c_double * (ROWS * ROW))()
        link = [ctypes.c_size_t(1), table, ctypes.c_size_t(ROWS * ROW), ctypes.byref(count), ctypes.c_size_t(1)]
        status = self.library.formula_value_forward_keep(*link, ctypes.byref(result), self.aligned)
        status = status or self.library.formula_value_backward(*link, ctypes.byref(one), gradient, self.aligned)
        if status:
            sys.exit(f"check.py: the module answers {status}")
        return result.value, gradient


def error(found, exact):
    """Of a number, in parts of the magnitudes that it is a sum of."""
    value, size = exact
    difference = abs(Fraction(found) - value)
    return float(difference / size) if size else float(difference)


def main():
    compiled = Compiled(sys.argv[1])
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 1000
    source = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 0)
    worst, worst_gradient, entries = 0.0, 0.0, 0
    for _ in range(count):
        pairs = source.randrange(16)
        symbols = [source.randrange(9)]
        for _ in range(pairs):
            symbols += [source.randrange(PLUS, OVER + 1), source.randrange(9)]
        found, gradient = compiled(symbols)
        exact, exact_gradient = expected(symbols)
        worst = max(worst, error(found, exact))
        for place in range(ROWS * ROW):
            # The gradient in rows that do not count is 0.
            entry = exact_gradient.get(place)
            if entry is None and place // ROW == len(symbols):
                continue  # of the last row all but the weight of Empty stand for longer formulas
            worst_gradient = max(worst_gradient, error(gradient[place], entry or (Fraction(0), Fraction(0))))
            entries += 1
    print(f"{count} formulas of 1 to 31 symbols, {entries} entries of gradients")
    print(f"largest error of a value: {worst:.1e}, of an entry of a gradient: {worst_gradient:.1e}")
    if max(worst, worst_gradient) > 1e-13:
        sys.exit("check.py: this is more than rounding")


main()
