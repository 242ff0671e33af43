"""What is to be reached (docs/performance.md), and what was."""
from .report import share


def ratio(line, *names):
    """How many times as long as ours the fastest of these takes; None where none took part."""
    found = [r["ratio"] for r in line["results"] if "ratio" in r and r["name"].split(",")[0] in names]
    return min(found) if found else None


def least(lines, measure):
    """The smallest over these lines, and where; None where there is none."""
    found = [(measure(line), line) for line in lines]
    found = [(value, line) for value, line in found if value is not None]
    return min(found, key=lambda pair: pair[0]) if found else None


def of(lines, row, **wanted):
    return [line for line in lines if line["row"] == row and "refused" not in (line["results"] or [{}])[0]
            and all(line["key"].get(key) == value for key, value in wanted.items() if key != "threads")
            and wanted.get("threads", line["threads"]) == line["threads"]]


def goals(lines):
    """Rows of a table: goal, threshold, reached, and whether it is."""
    rows = []

    def add(text, threshold, found, unit="×", at=None):
        if found is None:
            return
        value, line = found
        place = f" ({line['key'][at]})" if at and line else ""
        percent = unit == "%"
        shown, wanted = (f"{100 * value:.0f} %", f"{100 * threshold:.0f} %") if percent else (
            f"{value:.3g}{unit}", f"{threshold:g}{unit}")
        rows.append([text, wanted, shown + place, "yes" if value >= threshold else "no"])

    small = of(lines, "a", batch=64, **{"pass": "both"})
    add("a: batch 64, both: PyTorch, closures", 500, least(small, lambda l: ratio(l, "PyTorch closures")), at="program")
    add("a: batch 64, both: JAX (jit, vmap, scan)", 20, least(small, lambda l: ratio(l, "JAX", "JAX scan")),
        at="program")
    add("a: the same, the faster of scan and unrolled", 20, least(
        small, lambda l: ratio(l, "JAX", "JAX scan", "JAX unrolled")), at="program")
    add("a: batch 1024, every row: JAX (jit, vmap, scan)", 10, least(
        of(lines, "a", batch=1024), lambda l: ratio(l, "JAX", "JAX scan")), at="program")

    add("a: one sample, both, inlined: CasADi", 1, least(
        of(lines, "a", batch=1, **{"pass": "both, inlined"}), lambda l: ratio(l, "CasADi")), at="program")
    add("a: one sample, both, by calls that check: CasADi", 0.4, least(
        of(lines, "a", batch=1, **{"pass": "both"}), lambda l: ratio(l, "CasADi")), at="program")

    for matrix in ("linked", "learnt"):
        add(f"b: one {matrix} 784×784, both: of sgemm", 0.85, least(of(
            lines, "b", A=matrix, matrices="one", dimension=784, horizon=10, **{"pass": "both"}), share), "%")
    rows.extend(memory_goals(lines))
    rows.extend(linear_goals(lines))

    for state, nodes, peer, threshold in ((8, 64, "JAX", 10), (8, 64, "PyTorch", 60), (128, 64, "JAX", 1.3)):
        add(f"h: chains, state {state}, {nodes} nodes, both: {peer}", threshold, least(of(
            lines, "h", data="chain", state=state, nodes=nodes, **{"pass": "both"}), lambda l, p=peer: ratio(l, p)))
    for peer, threshold in (("JAX", 10), ("PyTorch recursion", 200)):
        add(f"h: trees, state 8, both: {peer}", threshold, least(of(
            lines, "h", data="tree", state=8, **{"pass": "both"}), lambda l, p=peer: ratio(l, p)), at="nodes")

    for which in ("forward", "backward"):
        add(f"c: {which}: of sgemm", 0.5, least(of(lines, "c", threads=1, **{"pass": which}), share), "%")

    def step(model, text, threshold, *names):
        add(f"d: {model}, batch 64, two threads: {text}", threshold, least(
            of(lines, "d", model=model, batch=64, threads=2), lambda l: ratio(l, *names)))
    for model, threshold in (("Experiment 1, D", 2.5), ("Experiment 1, T", 1.7), ("Experiments 1 and 2, I", 2.5),
                             ("Experiment 2, D", 2.5), ("Experiment 2, T", 1.7), ("xor, D", 2)):
        step(model, "PyTorch eager", threshold, "PyTorch eager")
    step("Experiment 1, D", "JAX", 5, "JAX")
    add("d: Experiment 1, D, batch 64, two threads: of sgemm", 0.5, least(
        of(lines, "d", model="Experiment 1, D", batch=64, threads=2), share), "%")

    for line in of(lines, "e"):
        add(f"e: {line['key']['model']}, one sample: PyTorch eager", 5, least(
            [line], lambda l: ratio(l, "PyTorch eager")))
    models = of(lines, "fg", kind="model")
    examples = [line["results"][0]["seconds"] for line in of(lines, "fg", kind="example")]
    examples += [line["results"][0]["compiler"] for line in models]
    if examples:
        rows.append(["f: cajal2c alone, the slowest example", "below 100 ms", f"{1e3 * max(examples):.0f} ms",
                     "yes" if max(examples) < 0.1 else "no"])

    def compile_ratio(line):
        return next((r["seconds"] / line["results"][0]["seconds"] for r in line["results"]
                     if r["name"] == "torch.compile" and "seconds" in r), None)
    add("f: to a shared object: torch.compile's first call", 1, least(models, compile_ratio), at="model")
    for side, which, allowed in (("NumPy", "forward", 6e-6), ("PyTorch", "both", 25e-6)):
        calls = of(lines, "p", **{"from": side, "pass": which})
        add(f"p: a call from {side}, {which}: {1e6 * allowed:g} µs to what it costs beyond C", 1, least(
            calls, lambda l, allowed=allowed: allowed / l["results"][0]["beyond"]))
    xor = of(lines, "p", networks="xor", batch=64)
    for peer, threshold in (("PyTorch closures", 3), ("PyTorch by hand", 1)):
        add(f"p: a step of xor's networks, batch 64: {peer}", threshold, least(xor, lambda l, p=peer: ratio(l, p)))
    add("s: a run, the least: PyTorch eager", 20, least(
        of(lines, "s"), lambda l: ratio(l, "PyTorch eager")), at="model")
    return rows


def constant_systems(lines, dimension):
    return {line["key"]["horizon"]: line["results"][0]
            for line in of(lines, "b", A="constant", dimension=dimension, **{"pass": "both"})}


def memory_goals(lines):
    """One sample's n is as long as the horizon; beyond it the workspace of a constant step does not grow."""
    for dimension in (2, 16):
        found = constant_systems(lines, dimension)
        if len(found) > 1:
            first, last = min(found), max(found)
            beyond = {h: max(found[h]["workspace"] - 4 * h, 0) for h in (first, last)}
            # Buffers are rounded up to 64 bytes.
            yield [f"b: constant {dimension}×{dimension}: workspace beyond one n, horizon {first} and {last}",
                   "the same, to 128 bytes", f"{beyond[first]} and {beyond[last]} bytes",
                   "yes" if beyond[last] <= beyond[first] + 128 else "no"]


def linear_goals(lines):
    for dimension in (2, 16):
        found = constant_systems(lines, dimension)
        if 1000 in found and 10_000 in found:
            growth = found[10_000]["seconds"] / found[1000]["seconds"]
            yield [f"b: constant {dimension}×{dimension}: time at horizon 10 000 against 1 000", "at most 12 times",
                   f"{growth:.1f} times", "yes" if growth <= 12 else "no"]
