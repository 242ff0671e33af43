"""Errors of predictions."""
from math import inf, isfinite, sqrt


def parts(header):
    """The columns of each component of the state: of `target[n]` one, of `target[n][i]` one for each i."""
    found = {}
    for column, name in enumerate(header):
        found.setdefault(name.split("[", 2)[2] if name.count("[") > 1 else "", []).append(column)
    return list(found.values())


def quotient(columns, predicted, target):
    pairs = [(p[c], t[c]) for p, t in zip(predicted, target) for c in columns]
    if not all(isfinite(p) for p, _ in pairs):
        return inf
    return sqrt(sum((p - t) ** 2 for p, t in pairs) / sum(t * t for _, t in pairs))


def relative(header, predicted, target):
    """|predicted - target| / |target|, Euclidean norms over all samples, times and components."""
    return quotient(range(len(header)), predicted, target)


def worst(header, predicted, target):
    """The largest of the components' relative errors."""
    return max(quotient(columns, predicted, target) for columns in parts(header))


def drift(header, predicted):
    """The largest relative change of the sum of a state along a trajectory."""
    components = parts(header)
    worst = 0.0
    for row in predicted:
        sums = [sum(row[c] for c in columns) for columns in zip(*components)]
        worst = max(worst, *(abs(s - sums[0]) / abs(sums[0]) for s in sums))
    return worst if isfinite(worst) else inf


def split(header, rows, name="target"):
    """The columns that belong to `name`, and the others."""
    mine = [i for i, column in enumerate(header) if column.split("[")[0] == name]
    others = [i for i in range(len(header)) if i not in set(mine)]
    pick = lambda chosen: ([header[i] for i in chosen], [[row[i] for i in chosen] for row in rows])
    return pick(mine), pick(others)
