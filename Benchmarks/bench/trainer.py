"""Our trainer as a process that takes its turn when it is told: cajal-train bench --wait."""
import subprocess

from . import paths, tensor_files


def on_batch(model, module_path, batch, threads, inputs, target, weights):
    """A trainer on one batch, from the same parameters as the peers."""
    folder = paths.BUILD / "training" / f"{model.kind}-{batch}"
    folder.mkdir(parents=True, exist_ok=True)
    tensor_files.write(folder / "train.safetensors", {**inputs, "target": target})
    tensor_files.write(folder / "weights.safetensors", weights)
    clip = ["--clip", str(model.clip)] if model.clip else []
    return Trainer([module_path, "--data", folder, "--loss", model.loss, "--batch", batch, "--threads", threads,
                    "--pieces", threads, "--weights", folder / "weights.safetensors", *clip])


class Trainer:
    """Does steps, as many as it is told at a time. arguments: of `cajal-train bench`."""

    def __init__(self, arguments):
        self.process = subprocess.Popen(
            [str(paths.TRAINER), "bench", *map(str, arguments), "--rounds", "1000000", "--wait"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.header = self.line().split(",")
        self.rounds = []

    def line(self):
        text = self.process.stdout.readline()
        if not text:
            raise RuntimeError(f"cajal-train ended with {self.process.wait()}")
        return text.strip()

    def round(self, steps):
        """Does so many steps; returns the columns of `cajal-train bench`."""
        self.process.stdin.write(f"{steps}\n")
        self.process.stdin.flush()
        self.rounds.append({name: float(value) for name, value in zip(self.header, self.line().split(","))})
        return self.rounds[-1]

    def seconds(self, steps):
        return self.round(steps)["seconds"] * steps

    def parts(self):
        """The median seconds of each part of a step."""
        def median(name):
            ordered = sorted(r[name] for r in self.rounds[1:])
            return ordered[len(ordered) // 2]
        return {name: median(name) for name in self.header[3:]}

    def peak_bytes(self):
        return peak_bytes(self.process.pid)

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def peak_bytes(process):
    """The largest part of memory that a process has used so far."""
    with open(f"/proc/{process}/status", encoding="utf-8") as file:
        for line in file:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return 0
