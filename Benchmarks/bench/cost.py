"""The model of cost: what `cajal2c check --cost` says that a model does."""
import re
import subprocess

from . import paths

SCALES = {"": 1, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12}
NUMBER = r"([\d.]+)(?: ([kMGT]?)(B?))?"
LINE = re.compile(rf"  (forward|backward) +{NUMBER} +{NUMBER} +{NUMBER}$")


def parse(text):
    """Of the last program or model in the text: pass -> operations and bytes, of a sample and once a batch."""
    found, part = {}, None
    for line in text.splitlines():
        line = line.rstrip()
        if line.strip().startswith("cost of a sample"):
            found, part = {}, "sample"
        elif line.strip() == "once a batch":
            part = "batch"
        match = LINE.match("  " + line.strip()) if part else None
        if match:
            which, *columns = match.groups()
            operations, read, written = (
                float(columns[i]) * SCALES[columns[i + 1] or ""] for i in range(0, len(columns), 3))
            found.setdefault(which, {})[part] = {"operations": operations, "bytes": read + written}
    return found


def of_batch(cost, batch):
    """The same of a whole batch: pass -> operations and bytes."""
    nothing = {"operations": 0, "bytes": 0}
    return {which: {name: batch * parts["sample"][name] + parts.get("batch", nothing)[name] for name in nothing}
            for which, parts in cost.items()}


def of_model(path, flags):
    done = subprocess.run([paths.COMPILER, "check", "--cost", *flags, path], capture_output=True, text=True, check=True)
    return parse(done.stdout)
