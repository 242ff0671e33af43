"""CasADi: its generated C, compiled by gcc -O3 -march=native, and run over the batch by a loop in the same file."""
import casadi

from . import loops, native, paths

NAME = "CasADi"


def start(threads):
    pass


class Operations:
    """On symbols for single reals, so that CasADi sees every operation."""

    def constant(self, entries):
        return casadi.SX(entries)

    def branch(self, c, if_true, if_false):
        return c[0] * if_true + c[1] * if_false

    def shift(self, v):
        return casadi.vertcat(0, v[:-1])

    def choose(self, choice, x, y):
        return casadi.vertcat(*(
            sum(choice[(r * 2 + j) * 2 + i] * x[i] * y[j] for i in range(2) for j in range(2)) for r in range(2)))

    def iterate(self, base, step, n):
        power, total = base, n[0] * base
        for k in range(1, n.numel()):
            power = step(power)
            total = total + n[k] * power
        return total


LOOP = """
void bench_loop(size_t batch, const float *const in[], float *const out[]) {{
  for (size_t i = 0; i < batch; i++) {{
    const float *arg[{args} + 1] = {{{arg}}};
    float *res[{results} + 1] = {{{res}}};
    casadi_int iw[{iw} + 1];
    float w[{w} + 1];
    f(arg, res, iw, w, 0);
  }}
}}
"""


def small(program, batch, inputs, out_bar, both):
    symbols = [casadi.SX.sym(name, size) for name, size in program.inputs.items()]
    result = casadi.densify(program.meaning(Operations(), *symbols))
    results, arguments = [result], list(symbols)
    if both:
        bar = casadi.SX.sym("bar", program.output)
        arguments.append(bar)
        results += [casadi.densify(casadi.jtimes(result, symbol, bar, True)) for symbol in symbols]
    path = compiled(casadi.Function("f", arguments, results), program.name)
    bars = [out_bar] if both else []
    return [loops.candidate(NAME, path, batch, inputs, bars, [r.numel() for r in results])]


def compiled(function, name):
    options = {"casadi_real": "float", "with_header": False, "include_math": True}
    text = casadi.CodeGenerator("f", options)
    text.add(function)
    sizes_in = [function.numel_in(i) for i in range(function.n_in())]
    sizes_out = [function.numel_out(i) for i in range(function.n_out())]
    source = text.dump() + "\n#include <stddef.h>\n" + LOOP.format(
        args=function.sz_arg(), results=function.sz_res(), iw=function.sz_iw(), w=function.sz_w(),
        arg=", ".join(f"in[{j}] + i * {size}" for j, size in enumerate(sizes_in)),
        res=", ".join(f"out[{j}] + i * {size}" for j, size in enumerate(sizes_out)))
    folder = paths.BUILD / "casadi"
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{name}.c"
    file.write_text(source)
    # What it generates is exported, and in a shared library that keeps gcc from inlining it into the loop.
    return native.compile_shared([file], folder, ["-O3", "-march=native", "-fno-semantic-interposition"])


# Both are inlined into a loop.
inlined = small
