"""One figure: how many times as long as ours the peers take, as PNG and SVG."""
import shutil
import subprocess

from . import paths
from .report import LIMITS, column_of

# A peer has the same colour everywhere: Okabe and Ito's.
COLOURS = {"cblas_sgemm": "0x555555", "PyTorch": "0xD55E00", "PyTorch with own adjoint": "0xE69F00",
           "torch.compile": "0xCC79A7", "JAX": "0x0072B2", "JAX unrolled": "0x56B4E9", "CasADi": "0x009E73"}
SERIES = {"PyTorch closures": "PyTorch", "PyTorch eager": "PyTorch",
          "PyTorch eager with own adjoint": "PyTorch with own adjoint", "JAX scan": "JAX"}


def chosen(lines):
    """The contests that are drawn, with a label: few enough to read."""
    for line in lines:
        key, row, threads = line["key"], line["row"], line["threads"]
        if row == "a" and key["pass"] == "both" and key["batch"] in (64, 1024):
            yield f"a: {key['program']}, batch {key['batch']}", line
        elif row == "b" and key["pass"] == "both" and key["A"] == "learnt" and key["horizon"] == 10:
            yield f"b: {key['dimension']}×{key['dimension']}, {key['matrices']}", line
        elif row == "c":
            yield f"c: recurrence, {key['pass']}", line
        elif row == "d" and key["batch"] == 64 and threads == 2:
            yield f"d: {key['model']}", line
        elif row == "e":
            yield f"e: {key['model']}, one sample", line


def points(line):
    """Ratio and quartiles by series. The limit is drawn where it would be if it did as many operations as we do, but
    for row e, where it is far away."""
    ours, found = line["results"][0], {}
    for result in line["results"][1:]:
        if "ratio" not in result or line["row"] == "e" and result["name"] in LIMITS:
            continue
        scale = ours["flops"] / result["flops"] if "flops" in result else 1
        name = column_of(result["name"])
        found[SERIES.get(name, name)] = [scale * result[of] for of in ("ratio", "low", "high")]
    return found


def draw(lines, folder):
    """Writes bench.png and bench.svg; answers whether there was something to draw, and gnuplot to do it."""
    data = [(label, points(line)) for label, line in chosen(lines)]
    data = [(label, found) for label, found in data if found]
    if not data or not shutil.which("gnuplot"):
        return False
    peers = []
    for _, found in data:
        peers += [peer for peer in found if peer not in peers]
    table = folder / "bench.dat"
    with open(table, "w", encoding="utf-8") as file:
        for peer in peers:
            for index, (_, found) in enumerate(data):
                if peer in found:
                    ratio, low, high = found[peer]
                    print(ratio, len(data) - index, low, high, file=file)
            print("\n", file=file)
    tics = ", ".join(f'"{label}" {len(data) - index}' for index, (label, _) in enumerate(data))
    plots = ", ".join(
        f'"{table}" index {index} using 1:2:3:4 with xerrorbars pointtype 7 pointsize 0.8 '
        f'linecolor rgb {COLOURS.get(peer, "0x111111")} title "{peer}"' for index, peer in enumerate(peers))
    for format_ in ("png", "svg"):
        target = folder / f"bench.{format_}"
        height = 120 + 17 * len(data)
        script = f"""
format = "{format_}"; output_file = "{target}"; width = 900; height = {height}
load "{paths.ROOT / 'Benchmarks' / 'bench.gp'}"
set ytics ({tics})
set yrange [0.4:{len(data) + 0.6}]
plot {plots}
"""
        subprocess.run(["gnuplot"], input=script, text=True, check=True)
    return True
