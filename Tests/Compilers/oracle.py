#!/usr/bin/env python3
"""oracle.py FILE.cajal: the results and gradients of its programs and models, as the C header that known.c includes.

An interpreter of the equations (docs/LANGUAGE.md, sections 4 to 6) that shares nothing with the compiler: it reads the
source itself, a function is a Python closure, and gradients come from a tape of scalars. It knows the part of the
language that known.cajal uses, and no types but those that are written. Needs Python alone.

    Tests/Compilers/oracle.py Tests/Compilers/known.cajal >Tests/Compilers/answers.h
"""
import math
import re
import sys
import textwrap

SAMPLES = 3

# ---- Scalars with a tape ----


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


# ---- Types and values: a vector is (shape, entries), a function a closure ----


def dimension(t, horizon):
    if t[0] == "fun":
        return dimension(t[1], horizon) * dimension(t[2], horizon)
    return {"bool": 2, "nat": horizon}.get(t[0]) or math.prod(t[1])


def from_entries(t, entries, horizon):
    if t[0] != "fun":
        return (t[1] if t[0] == "real" else [len(entries)], entries)
    columns = dimension(t[1], horizon)
    rows = len(entries) // columns

    def apply(argument):
        x = to_entries(t[1], argument, horizon)
        return from_entries(
            t[2], [total(entries[i * columns + j] * x[j] for j in range(columns)) for i in range(rows)], horizon)

    return apply


def to_entries(t, value, horizon):
    if t[0] != "fun":
        return value[1]
    size = dimension(t[1], horizon)
    columns = []
    for j in range(size):
        basis = [1.0 if i == j else 0.0 for i in range(size)]
        columns.append(to_entries(t[2], value(from_entries(t[1], basis, horizon)), horizon))
    return [columns[j][i] for i in range(len(columns[0])) for j in range(size)]


def plus(a, b):
    if callable(a):
        return lambda x: plus(a(x), b(x))
    return (a[0], [p + q for p, q in zip(a[1], b[1])])


def times(s, a):
    if callable(a):
        return lambda x: times(s, a(x))
    return (a[0], [s * p for p in a[1]])


def conv2d(kernel):
    def of(image):
        (kh, kw), k = kernel
        (h, w), x = image
        return ([h, w], [
            total(k[i * kw + j] * x[(r + i - kh // 2) * w + s + j - kw // 2]
                  for i in range(kh) for j in range(kw)
                  if 0 <= r + i - kh // 2 < h and 0 <= s + j - kw // 2 < w)
            for r in range(h) for s in range(w)])
    return of


CONSTANTS = {
    "conv2d": conv2d,
    "scale": lambda s: lambda v: times(s[1][0], v),
    "dot": lambda a: lambda b: ([1], [total(p * q for p, q in zip(a[1], b[1]))]),
    "outer": lambda a: lambda b: (a[0] + b[0], [p * q for p in a[1] for q in b[1]]),
    "apply": lambda m: lambda x: from_entries(("fun", ("real", x[0]), ("real", m[0][:1])), m[1], 0)(x),
}

# ---- Layers ----


def dense(size, shape, x, weights):
    w, b = weights
    return [size], [total([b[i]] + [w[i * len(x) + j] * x[j] for j in range(len(x))]) for i in range(size)]


def conv(outputs, kh, kw, shape, x, weights):
    (c, h, w), (k, b) = shape, weights
    return [outputs, h, w], [
        total([b[o]] + [
            k[((o * c + n) * kh + i) * kw + j] * x[(n * h + r + i - kh // 2) * w + s + j - kw // 2]
            for n in range(c) for i in range(kh) for j in range(kw)
            if 0 <= r + i - kh // 2 < h and 0 <= s + j - kw // 2 < w])
        for o in range(outputs) for r in range(h) for s in range(w)]


def maxpool(size, shape, x):
    c, h, w = shape
    return [c, h // size, w // size], [
        max((x[(n * h + r * size + i) * w + s * size + j] for i in range(size) for j in range(size)), key=value_of)
        for n in range(c) for r in range(h // size) for s in range(w // size)]


def softmax(x):
    powers = [by(math.exp, lambda _, y: y, p) for p in x]
    inverse = by(lambda t: 1 / t, lambda _, y: -y * y, total(powers))
    return [p * inverse for p in powers]


def weight_sizes(layers, shape, result):
    """Sizes of all tensors of a net, in their order."""
    sizes = []
    for layer in layers:
        if layer[0] == "dense":
            size = layer[1] or result
            sizes += [size * math.prod(shape), size]
            shape = [size]
        elif layer[0] == "conv":
            sizes += [layer[1] * shape[0] * layer[2] * layer[3], layer[1]]
            shape = [layer[1]] + shape[1:]
        elif layer[0] == "maxpool":
            shape = [shape[0], shape[1] // layer[1], shape[2] // layer[1]]
    return sizes


def run_net(layers, shape, x, tensors, result):
    tensors = list(tensors)
    for layer in layers:
        if layer[0] == "dense":
            shape, x = dense(layer[1] or result, shape, x, [tensors.pop(0), tensors.pop(0)])
        elif layer[0] == "conv":
            shape, x = conv(layer[1], layer[2], layer[3], shape, x, [tensors.pop(0), tensors.pop(0)])
        elif layer[0] == "maxpool":
            shape, x = maxpool(layer[1], shape, x)
        elif layer[0] == "relu":
            x = [by(lambda v: max(v, 0.0), lambda v, _: 1.0 if v > 0 else 0.0, p) for p in x]
        elif layer[0] == "tanh":
            x = [by(math.tanh, lambda _, y: 1 - y * y, p) for p in x]
        elif layer[0] == "softmax":
            x = softmax(x)
    return x


# ---- The source ----

TOKEN = re.compile(r"\s+|--[^\n]*|(?P<token>-o|=>|[0-9]+x[0-9]+|[0-9]+(?:\.[0-9]+)?|[A-Za-z_][A-Za-z0-9_']*|.)")
WORDS = {"in", "then", "else", "program", "model", "net", "def", "horizon"}


class Parser:
    def __init__(self, text):
        self.tokens = [m["token"] for m in TOKEN.finditer(text) if m["token"]] + [""]
        self.at = 0

    def next(self):
        self.at += 1
        return self.tokens[self.at - 1]

    def sees(self, token):
        return self.tokens[self.at] == token

    def take(self, token):
        if not self.sees(token):
            sys.exit(f"oracle.py: {token!r} expected before {' '.join(self.tokens[self.at:self.at + 5])}")
        self.at += 1

    def accept(self, token):
        if self.sees(token):
            self.at += 1
            return True
        return False

    def type(self):
        if self.accept("("):
            left = self.type()
            self.take(")")
        else:
            name, extents = self.next(), [1]
            if self.accept("["):
                extents = [int(self.next())]
                while self.accept(","):
                    extents.append(int(self.next()))
                self.take("]")
            left = {"Bool": ("bool",), "Nat": ("nat",), "Real": ("real", extents)}[name]
        return ("fun", left, self.type()) if self.accept("-o") else left

    def expression(self):
        if self.accept("fun"):
            has_type = self.accept("(")
            name = self.next()
            if has_type:
                self.take(":")
                self.type()
                self.take(")")
            self.take("=>")
            return ("fun", name, self.expression())
        if self.accept("if"):
            condition = self.expression()
            self.take("then")
            yes = self.expression()
            self.take("else")
            return ("if", condition, yes, self.expression())
        if self.accept("let"):
            name = self.next()
            self.take("=")
            value = self.expression()
            self.take("in")
            return ("apply", ("fun", name, self.expression()), value)
        return self.sum()

    def sum(self):
        left = ("times", -1.0, self.product()) if self.accept("-") else self.product()
        while self.sees("+") or self.sees("-"):
            sign = -1.0 if self.next() == "-" else 1.0
            left = ("plus", left, ("times", sign, self.product()))
        return left

    def product(self):
        if self.tokens[self.at][:1].isdigit() and self.tokens[self.at + 1] == "*":
            factor = float(self.next())
            self.take("*")
            return ("times", factor, self.product())
        left = self.atom()
        while self.tokens[self.at] in ("(", "[") or self.is_name() or self.tokens[self.at][:1].isdigit():
            left = ("apply", left, self.atom())
        return left

    def is_name(self):
        return re.match(r"[A-Za-z_]", self.tokens[self.at]) is not None and self.tokens[self.at] not in WORDS

    def atom(self):
        if self.accept("("):
            inner = self.expression()
            if self.accept(":"):
                self.type()
            self.take(")")
            return inner
        if self.accept("["):
            items = [self.sum()]
            while self.accept(","):
                items.append(self.sum())
            self.take("]")
            return ("list", items)
        if self.accept("succ"):
            return ("succ", self.atom())
        if self.accept("iter"):
            self.take("{")
            base = self.expression()
            self.take("|")
            name = self.next()
            self.take("=>")
            step = self.expression()
            self.take("}")
            return ("iter", base, name, step, self.atom())
        token = self.next()
        return ("number", float(token)) if token[:1].isdigit() else ("name", token)

    def layers(self):
        layers = []
        while not layers or self.accept("|"):
            kind, numbers = self.next(), []
            while re.fullmatch(r"[0-9]+|[0-9]+x[0-9]+", self.tokens[self.at]):
                numbers += [int(n) for n in self.next().split("x")]
            layers.append((kind, *(numbers or [0])))
        return layers

    def file(self):
        horizon, declarations = 10, []
        while not self.sees(""):
            kind = self.next()
            if kind == "horizon":
                horizon = int(self.next())
                continue
            name, parameters = self.next(), []
            if self.accept("("):
                while not self.accept(")"):
                    self.accept(",")
                    parameter = self.next()
                    self.take(":")
                    parameters.append((parameter, self.type()))
            self.take(":")
            result = self.type()
            self.take("=")
            body = self.layers() if kind == "net" else self.expression()
            declarations.append((kind, name, parameters, result, body))
        return horizon, declarations


# ---- The equations ----


def evaluate(e, env, horizon):
    tag = e[0]
    if tag == "name":
        if e[1] in ("true", "false"):
            return ([2], [1.0, 0.0] if e[1] == "true" else [0.0, 1.0])
        return env[e[1]] if e[1] in env else CONSTANTS[e[1]]
    if tag == "number":
        return ([1], [e[1]])
    if tag == "fun":
        return lambda x: evaluate(e[2], {**env, e[1]: x}, horizon)
    if tag == "apply":
        return evaluate(e[1], env, horizon)(evaluate(e[2], env, horizon))
    if tag == "if":
        condition = evaluate(e[1], env, horizon)[1]
        return plus(times(condition[0], evaluate(e[2], env, horizon)), times(condition[1], evaluate(e[3], env, horizon)))
    if tag == "plus":
        return plus(evaluate(e[1], env, horizon), evaluate(e[2], env, horizon))
    if tag == "times":
        return times(e[1], evaluate(e[2], env, horizon))
    if tag == "succ":
        return ([horizon], [0.0] + evaluate(e[1], env, horizon)[1][:-1])
    if tag == "list":
        items = [evaluate(item, env, horizon)[1] for item in e[1]]
        if e[1][0][0] != "list":
            return ([len(items)], [item[0] for item in items])
        columns = len(items[0])
        t = ("fun", ("real", [columns]), ("real", [len(items)]))
        return from_entries(t, [entry for item in items for entry in item], horizon)
    if tag == "iter":
        state, count = evaluate(e[1], env, horizon), evaluate(e[4], env, horizon)[1]
        result = times(count[0], state)
        for k in range(1, horizon):
            state = evaluate(e[3], {**env, e[2]: state}, horizon)
            result = plus(result, times(count[k], state))
        return result
    raise ValueError(tag)


def nets_in(e, nets, found):
    """The nets that a term mentions, in the order of their parameters: as they are declared."""
    if isinstance(e, (tuple, list)):
        if len(e) == 2 and e[0] == "name" and e[1] in nets:
            found.add(e[1])
        for part in e:
            nets_in(part, nets, found)
    return [name for name in nets if name in found]


def net_shape(parameters, horizon):
    t = parameters[0][1]
    if t[0] == "real" and len(t[1]) in (2, 3):
        return [1] * (3 - len(t[1])) + t[1]
    return [dimension(t, horizon)]


# ---- The samples: known.c has the same formula ----


def entries(program, port, sample, size):
    """Multiples of 1/32 between -1 and 1, exact in every precision."""
    state = (program * 64 + port) * 1024 + sample + 1
    result = []
    for _ in range(2 * size):
        state = (state * 1103515245 + 12345) % 2**31
        result.append((state // 2**16 % 65 - 32) / 32)
    return result[size:]


PARAMETERS, RESULT = 62, 63  # as ports


def answers(number, declaration, nets, constants, horizon):
    _, _, parameters, result, body = declaration
    sizes = [dimension(t, horizon) for _, t in parameters]
    used = nets_in(body, nets, set()) if declaration[0] == "model" else []
    tensors = {
        name: weight_sizes(nets[name][4], net_shape(nets[name][2], horizon), dimension(nets[name][3], horizon))
        for name in used}
    count = sum(sum(s) for s in tensors.values())
    size = dimension(result, horizon)
    lines = []
    for is_mixed in (False, True):
        for sample in range(SAMPLES):
            Scalar.tape = []
            ports = [
                [Scalar(x) for x in entries(number, i, 0 if is_mixed and i % 2 else sample, n)]
                for i, n in enumerate(sizes)]
            weights = [Scalar(x) for x in entries(number, PARAMETERS, 0, count)]
            env, place = dict(constants), 0
            for name in used:
                split = []
                for n in tensors[name]:
                    split.append(weights[place:place + n])
                    place += n
                env[name] = lambda x, net=nets[name], split=split: from_entries(
                    net[3],
                    run_net(net[4], net_shape(net[2], horizon), x[1], split, dimension(net[3], horizon)), horizon)
            for (name, t), port in zip(parameters, ports):
                env[name] = from_entries(t, port, horizon)
            out = to_entries(result, evaluate(body, env, horizon), horizon)
            bars = gradients(out, entries(number, RESULT, sample, size), [x for p in ports for x in p] + weights)
            lines.append([value_of(x) for x in out] + bars)
    return sizes, count, size, lines


def main():
    with open(sys.argv[1]) as source:
        horizon, declarations = Parser(source.read()).file()
    nets = {d[1]: d for d in declarations if d[0] == "net"}
    constants = {}
    for kind, name, _, _, body in declarations:
        if kind == "def":
            constants[name] = evaluate(body, constants, horizon)
    print("/* Written by oracle.py: for each program, with inputs of its own for each sample and then with every other")
    print(" * input shared, for each sample: the result, and its gradients in the inputs and the parameters. */")
    table = []
    for number, d in enumerate(d for d in declarations if d[0] in ("program", "model")):
        sizes, count, size, lines = answers(number, d, nets, constants, horizon)
        print(f"static const double {d[1]}_answers[] = {{")
        for line in lines:
            print(textwrap.fill(", ".join(f"{x:.17g}" for x in line) + ",", 120, initial_indent="  ", subsequent_indent="  "))
        print("};")
        table.append(f'  {{"{d[1]}", {int(d[0] == "model")}, {len(sizes)}, {{{", ".join(map(str, sizes))}}}, {count}, '
                     f"{size}, {d[1]}_answers}},")
    print("static const known programs[] = {\n" + "\n".join(table) + "\n};")


if __name__ == "__main__":
    main()
