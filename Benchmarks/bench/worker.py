"""One row in a process of its own: bench.worker ROW THREADS QUICK FILE COMMAND. Writes what it found as lines of JSON,
each with why peers take no part and with the command that asked for it."""
import importlib
import json
import sys

from .context import Context
from .harness import Settings

ROWS = {"limits": "rows_limits", "a": "rows_small", "b": "rows_systems", "c": "rows_convolution", "d": "rows_training",
        "e": "rows_inference", "fg": "rows_fresh", "h": "rows_folds", "p": "rows_python",
        "s": "rows_science"}


def main(row, threads, quick, path, command):
    context = Context(Settings(), int(threads), quick == "1")
    module = importlib.import_module(f".{ROWS[row]}", __package__)
    with open(path, "a", encoding="utf-8") as file:
        for key, results in module.rows(context):
            line = {"row": row, "threads": int(threads), "command": command, "absent": context.absent, "key": key,
                    "results": results}
            print(json.dumps(line), file=file, flush=True)
            print(summary(line), flush=True)


def summary(line):
    if not line["results"]:
        return "   " + ", ".join(f"{name} {value / 1e9:.4g} G/s" for name, value in line["key"].items())
    head = " ".join(str(value) for value in line["key"].values())
    parts = []
    for result in line["results"]:
        if "seconds" in result:
            ratio = f" ({result['ratio']:.3g}x)" if "ratio" in result else ""
            parts.append(f"{result['name']} {result['seconds'] * 1e6:.4g} us{ratio}")
        else:
            parts.append(f"{result['name']}: {result.get('refused') or result.get('failed')}")
    return f"   {head}: {', '.join(parts)}"


if __name__ == "__main__":
    main(*sys.argv[1:])
