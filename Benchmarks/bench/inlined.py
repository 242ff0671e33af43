"""Our functions of one sample, inlined from a module's header into a loop over a batch, as CasADi's are."""
import ctypes

import numpy as np

from . import modules, native, paths
from .harness import Candidate

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
    bars = [f"in[{len(sizes)}] + b * {program.output}"] + [
        f"out[{i + 1}] + b * {size}" for i, size in enumerate(sizes)] if both else []
    suffix = "_with_gradient" if both else ""
    folder = build.path.parent
    file = folder / f"loop{suffix}.c"
    prefix = f"{program.name}_{program.name}"
    file.write_text(LOOP.format(name=program.name, prefix=prefix, suffix=suffix,
                                arguments=", ".join(given + results + bars)))
    path = native.compile_shared(
        [file, folder / f"{program.name}.h"], folder, ["-O3", "-march=native", "-I", str(paths.INCLUDE)])
    library = ctypes.CDLL(str(path))
    loop = ctypes.cast(library.bench_loop, ctypes.c_void_p)
    arrays = [*inputs.values(), *([out_bar] if both else [])]
    outs = [np.zeros((batch, size), np.float32) for size in [program.output, *(sizes if both else [])]]
    in_pointers = modules.pointers([a.ctypes.data for a in arrays])
    out_pointers = modules.pointers([o.ctypes.data for o in outs])

    def seconds(repeats):
        return native.library().bench_loop_seconds(loop, batch, in_pointers, out_pointers, repeats)

    def compare():
        seconds(1)
        names = ["result", *(f"gradient of {name}" for name in program.inputs)]
        return dict(zip(names, (o.copy() for o in outs)))

    found = Candidate("cajal2c, inlined", seconds, compare)
    found.keep = (library, arrays)  # as long as it may be called
    return found
