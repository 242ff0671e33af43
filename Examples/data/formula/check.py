"""Compares the compiled `value` and its gradient with exact rational arithmetic, on random formulas.

check.py FORMULA.so [COUNT [SEED]] [--values FILE]: the module is of doubles or of floats. The value is computed as a
person would, products first; the derivative in an entry of a symbol is the value with that symbol in its place, and 0
where this is no formula. With --values gradients are left out, and FILE gets the errors by the number of symbols.
"""
import argparse
import ctypes
import random
import statistics
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
        self.real = self.real_of_module()
        # Rounding may reach this, in parts of the magnitudes that are added up.
        self.tolerance = 1e-13 if self.real is ctypes.c_double else 1e-5
        size = self.library.formula_value_workspace_bytes
        size.restype, size.argtypes = ctypes.c_size_t, [ctypes.c_size_t, ctypes.c_int]
        self.work = ctypes.create_string_buffer(size(1, 1) + 64)
        address = ctypes.addressof(self.work)
        self.aligned = ctypes.c_void_p(address + -address % 64)

    def real_of_module(self):
        """By cajal.h: behind the first field of a module, 32 bits each, and two texts, the programs; of one of these the
        third field is the size of a real."""
        info = self.library.formula_module_info
        info.restype = ctypes.POINTER(ctypes.c_void_p)
        programs = ctypes.cast(info()[4], ctypes.POINTER(ctypes.c_void_p))
        size = ctypes.cast(programs[0], ctypes.POINTER(ctypes.c_uint32))[2]
        return {4: ctypes.c_float, 8: ctypes.c_double}[size]

    def __call__(self, symbols, wants_gradient=True):
        """The value and the gradient."""
        table = (self.real * (ROWS * ROW))()
        for i, s in enumerate(symbols):
            table[i * ROW + 1] = table[i * ROW + 2 + s] = 1
        table[len(symbols) * ROW] = 1
        count = ctypes.c_int32(len(symbols) + 1)
        result, one, gradient = self.real(), self.real(1), (self.real * (ROWS * ROW))()
        link = [ctypes.c_size_t(1), table, ctypes.c_size_t(ROWS * ROW), ctypes.byref(count), ctypes.c_size_t(1)]
        status = self.library.formula_value_forward_keep(*link, ctypes.byref(result), self.aligned)
        if wants_gradient:
            status = status or self.library.formula_value_backward(*link, ctypes.byref(one), gradient, self.aligned)
        if status:
            sys.exit(f"check.py: the module answers {status}")
        return result.value, gradient


def error(found, exact):
    """Of a number, in parts of the magnitudes that it is a sum of."""
    value, size = exact
    difference = abs(Fraction(found) - value)
    return float(difference / size) if size else float(difference)


def formula(source):
    symbols = [source.randrange(9)]
    for _ in range(source.randrange(16)):
        symbols += [source.randrange(PLUS, OVER + 1), source.randrange(9)]
    return symbols


def compare_values(compiled, count, source, path):
    """Of each formula the error in parts of its magnitudes, and in parts of its value."""
    errors, zeros, relatives = {}, [], []
    for _ in range(count):
        symbols = formula(source)
        found, exact = compiled(symbols, wants_gradient=False)[0], value(symbols)
        errors.setdefault(len(symbols), []).append(error(found, exact))
        if exact[0]:
            relatives.append((float(abs(Fraction(found) - exact[0]) / abs(exact[0])), symbols))
        else:
            zeros.append(abs(found))
    worst = max(max(of_length) for of_length in errors.values())
    kind = "floats" if compiled.real is ctypes.c_float else "doubles"
    within = sum(relative <= 1e-4 for relative, _ in relatives)
    largest, symbols = max(relatives)
    text = " ".join(str(s + 1) if s < PLUS else "+-*/"[s - PLUS] for s in symbols)
    print(f"{count} formulas of 1 to 31 symbols, in {kind}: largest error {worst:.1e} of the magnitudes that are added up")
    print(f"  in parts of the value: {within} of {len(relatives)} within 1e-4, the largest error {largest:.1e}:")
    print(f"    {text} = {float(value(symbols)[0]):.6g}")
    print(f"  {len(zeros)} have the value 0, where the largest error is {max(zeros, default=0):.1e}")
    with open(path, "a") as file:
        for length in sorted(errors):
            file.write(f"{kind},{length},{statistics.fmean(errors[length])},{max(errors[length])}\n")
    return worst


def compare_gradients(compiled, count, source):
    worst, worst_gradient, entries = 0.0, 0.0, 0
    for _ in range(count):
        symbols = formula(source)
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
    return max(worst, worst_gradient)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("module")
    parser.add_argument("count", type=int, nargs="?", default=1000)
    parser.add_argument("seed", type=int, nargs="?", default=0)
    parser.add_argument("--values", metavar="FILE")
    given = parser.parse_args()
    compiled, source = Compiled(given.module), random.Random(given.seed)
    if given.values:
        worst = compare_values(compiled, given.count, source, given.values)
    else:
        worst = compare_gradients(compiled, given.count, source)
    if worst > compiled.tolerance:
        sys.exit("check.py: this is more than rounding")


main()
