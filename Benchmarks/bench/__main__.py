"""The command behind `make bench`: runs the rows, each in a process of its own, one after another; then reports."""
import argparse
import json
import os
import shlex
import shutil
import subprocess
import sys
import time

from . import context, goals, machine, paths, plot, report

ALL_ROWS = "a,b,c,d,e,f,g,h,p,s"
# Row, threads.
RUNS = [("limits", 1), ("limits", 2), ("a", 1), ("b", 1), ("c", 1), ("d", 1), ("d", 2), ("e", 1), ("fg", 2), ("h", 1), ("p", 1), ("s", 1)]

# Alone on its cores: nobody's threads but those that are stated.
ONE_THREAD = {"XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"}


def main():
    arguments = parse()
    paths.BUILD.mkdir(parents=True, exist_ok=True)
    file = paths.BUILD / "results.jsonl"
    if not arguments.report:
        run_rows(arguments, file)
    lines = read(file)
    found = goals.goals([line for line in lines if "ended" not in line])
    text = report.markdown(machine.describe(), lines, found)
    (paths.BUILD / "results.md").write_text(text, encoding="utf-8")
    report.write_csv(paths.BUILD / "results.csv", lines)
    drawn = plot.draw([line for line in lines if "ended" not in line], paths.BUILD)
    if found:
        print(report.goals_table(found))
    print(f"Tables: {paths.BUILD / 'results.md'}, {paths.BUILD / 'results.csv'}"
          + (f"; figure: {paths.BUILD / 'bench.png'}, bench.svg" if drawn else "; no figure: gnuplot is missing"))
    if arguments.publish:
        target = paths.ROOT / "Benchmarks" / "results"
        target.mkdir(exist_ok=True)
        for name in ("results.md", "results.csv", *(("bench.png", "bench.svg") if drawn else ())):
            shutil.copy(paths.BUILD / name, target / name)
        print(f"Published to {target}")


def parse():
    parser = argparse.ArgumentParser(prog="make bench", description="Times compiled Cajal beside its peers.")
    parser.add_argument("--rows", default=ALL_ROWS, help="some of " + ALL_ROWS + "; the others keep what was "
                        "measured last")
    parser.add_argument("--quick", action="store_true", help="shorter, and less certain")
    parser.add_argument("--report", action="store_true", help="measure nothing, report what was measured last")
    parser.add_argument("--publish", action="store_true", help="copy tables and figure to Benchmarks/results")
    return parser.parse_args()


def command(arguments):
    """What was asked for, as a user types it."""
    settings = {"ROWS": arguments.rows if arguments.rows != ALL_ROWS else None,
                "QUICK": "1" if arguments.quick else None, "ONLY": os.environ.get("ONLY"),
                "PEERS": os.environ.get("PEERS")}
    return " ".join(["make bench", *(f"{name}={shlex.quote(value)}" for name, value in settings.items()
                                     if value is not None)])


def run_rows(arguments, file):
    load = os.getloadavg()[0]
    if load > 0.5:
        print(f"The machine is busy (load {load:.1f}): ratios hold better than times, both less than on a quiet one.")
    wanted = set(arguments.rows.replace(" ", "").split(","))
    if unknown := wanted - set(ALL_ROWS.split(",")):
        sys.exit(f"make bench: there is no row {', '.join(sorted(unknown))}: rows are {ALL_ROWS}")
    if unknown := context.chosen() - set(context.PEERS):
        sys.exit(f"make bench: there is no peer {', '.join(sorted(unknown))}: peers are {', '.join(context.PEERS)}")
    cores = sorted(os.sched_getaffinity(0))
    runs = [run for run in RUNS if (run[0] == "limits" or wanted & set(run[0])) and run[1] <= len(cores)]
    kept = [line for line in read(file) if line["row"] not in {row for row, _ in runs}]
    file.write_text("".join(json.dumps(line) + "\n" for line in kept), encoding="utf-8")
    for row, threads in runs:
        start = time.monotonic()
        print(f"== {report.TITLES[row[0] if row == 'fg' else row]}, threads: {threads}", flush=True)
        environment = os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": str(threads),
                                    "MKL_NUM_THREADS": str(threads), "JAX_PLATFORMS": "cpu",
                                    "TORCHINDUCTOR_CACHE_DIR": str(paths.BUILD / "inductor"),
                                    "XDG_CACHE_HOME": str(paths.BUILD / "cache")}
        if threads == 1:
            environment |= ONE_THREAD
        used = set(cores[-threads:])
        done = subprocess.run(
            [sys.executable, "-m", "bench.worker", row, str(threads), str(int(arguments.quick)), str(file),
             command(arguments)],
            env=environment, preexec_fn=lambda used=used: os.sched_setaffinity(0, used), check=False)
        if done.returncode != 0:
            text = f"Threads {threads}: the row ended early, with status {done.returncode}. The rest was not measured."
            print("  ", text, flush=True)
            with open(file, "a", encoding="utf-8") as found:
                print(json.dumps({"row": row, "threads": threads, "command": command(arguments), "ended": text,
                                  "key": {}, "results": []}), file=found)
        print(f"   {time.monotonic() - start:.0f} s", flush=True)


def read(file):
    if not file.exists():
        return []
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


if __name__ == "__main__":
    main()
