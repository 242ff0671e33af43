"""The equations of docs/LANGUAGE.md, sections 4 and 5: a vector is (shape, entries), a function a closure."""
import math

from tape import total


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
        yes, no = evaluate(e[2], env, horizon), evaluate(e[3], env, horizon)
        return plus(times(condition[0], yes), times(condition[1], no))
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
        if e[4][0] == "number":  # a natural where it counts
            count = [float(k == e[4][1]) for k in range(horizon)]
        result = times(count[0], state)
        for k in range(1, horizon):
            state = evaluate(e[3], {**env, e[2]: state}, horizon)
            result = plus(result, times(count[k], state))
        return result
    raise ValueError(tag)
