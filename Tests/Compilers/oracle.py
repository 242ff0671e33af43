#!/usr/bin/env python3
"""oracle.py FILE.cajal: the results and gradients of its programs and models, as the C header that known.c includes.

An interpreter of the equations (docs/LANGUAGE.md, sections 4 to 6) that shares nothing with the compiler: it reads the
source itself, a function is a Python closure, and gradients come from a tape of scalars. It knows the part of the
language that known.cajal uses, and no types but those that are written. Needs Python alone.

    Tests/Compilers/oracle.py Tests/Compilers/known.cajal >Tests/Compilers/answers.h
    Tests/Compilers/oracle.py Tests/Compilers/known.cajal --check Tests/Compilers/answers.h
"""
import re
import sys
import textwrap

from equations import dimension, evaluate, from_entries, to_entries
from nets import net_shape, nets_in, run_net, weight_sizes
from source import Parser
from tape import Scalar, gradients, value_of

SAMPLES = 3

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


def header(path):
    with open(path) as source:
        horizon, declarations = Parser(source.read()).file()
    nets = {d[1]: d for d in declarations if d[0] == "net"}
    constants = {}
    for kind, name, _, _, body in declarations:
        if kind == "def":
            constants[name] = evaluate(body, constants, horizon)
    text = [
        "/* Written by oracle.py: for each program, with inputs of its own for each sample and then with every other",
        " * input shared, for each sample: the result, and its gradients in the inputs and the parameters. */"]
    table = []
    for number, d in enumerate(d for d in declarations if d[0] in ("program", "model")):
        sizes, count, size, lines = answers(number, d, nets, constants, horizon)
        text.append(f"static const double {d[1]}_answers[] = {{")
        for line in lines:
            numbers = ", ".join(f"{x:.17g}" for x in line) + ","
            text.append(textwrap.fill(numbers, 120, initial_indent="  ", subsequent_indent="  "))
        text.append("};")
        table.append(f'  {{"{d[1]}", {int(d[0] == "model")}, {len(sizes)}, {{{", ".join(map(str, sizes))}}}, {count}, '
                     f"{size}, {d[1]}_answers}},")
    return "\n".join(text + ["static const known programs[] = {", *table, "};", ""])


def same(a, b):
    """Equal but for the last digits of numbers, which may depend on the machine's exp and tanh."""
    number = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:e-?[0-9]+)?")
    p, q = number.findall(a), number.findall(b)
    return number.sub("", a).split() == number.sub("", b).split() and len(p) == len(q) and all(
        abs(float(x) - float(y)) <= 1e-13 * max(1.0, abs(float(y))) for x, y in zip(p, q))


def main():
    text = header(sys.argv[1])
    if "--check" not in sys.argv:
        sys.stdout.write(text)
        return 0
    with open(sys.argv[3]) as answers_file:
        if same(answers_file.read(), text):
            return 0
    print(f"{sys.argv[3]} is not what {sys.argv[0]} computes", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
