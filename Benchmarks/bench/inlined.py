"""Our functions of one sample, inlined from a module's header into a loop over a batch, as CasADi's are."""
from . import loops, modules, native, paths

LOOP = """#include "{name}.h"

void bench_loop(size_t batch, const float *const in[], float *const out[]);
void bench_loop(size_t batch, const float *const in[], float *const out[]) {{
  for (size_t b = 0; b < batch; b++) {{
    {prefix}_one{suffix}({arguments});
  }}
}}
"""


def candidate(program, batch, inputs, out_bar, both):
    build = modules.build(program.name, program.text, ["--emit-inline"])
    sizes = list(program.inputs.values())
    given = [f"in[{i}] + b * {size}" for i, size in enumerate(sizes)]
    results = [f"out[0] + b * {program.output}"]
    gradients = [f"in[{len(sizes)}] + b * {program.output}"] + [
        f"out[{i + 1}] + b * {size}" for i, size in enumerate(sizes)] if both else []
    suffix = "_with_gradient" if both else ""
    folder = build.path.parent
    file = folder / f"loop{suffix}.c"
    prefix = f"{program.name}_{program.name}"
    file.write_text(LOOP.format(name=program.name, prefix=prefix, suffix=suffix,
                                arguments=", ".join(given + results + gradients)))
    path = native.compile_shared(
        [file, folder / f"{program.name}.h"], folder, ["-O3", "-march=native", "-I", str(paths.INCLUDE)])
    bars = [out_bar] if both else []
    return loops.candidate(
        "cajal2c, inlined", path, batch, inputs, bars, [program.output, *(sizes if both else [])])
