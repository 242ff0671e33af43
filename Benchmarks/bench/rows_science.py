"""Row s: training runs of Examples/science, whole trajectories in double precision, beside the same equations in PyTorch."""
import subprocess
import sys

from . import modules, paths
from .harness import Candidate, Settings, contest, python_seconds, reason, refusals
from .trainer import Trainer

EXAMPLES = paths.ROOT / "Examples" / "science"
# Of the loss of each of the first STEPS steps.
STEPS, TOLERANCE = 100, 1e-3

# The examples' own readers and models.
sys.path.insert(0, str(EXAMPLES / "lib"))
import samples  # noqa: E402
from examples import EXAMPLES as MODELS  # noqa: E402
from experiment import initial_weights  # noqa: E402


def rows(context):
    settings = Settings(block=0.1, turns=9, budget=8, pause=0.02)
    if context.quick:
        settings = settings.quick()
    for example in MODELS.values():
        key = {"model": example.name, "steps": example.steps}
        if context.takes(key):
            yield key, race(context, settings, example)


def race(context, settings, example):
    folder = paths.BUILD / "science" / example.name
    (folder / "data").mkdir(parents=True, exist_ok=True)
    subprocess.run([sys.executable, EXAMPLES / example.name / "data.py", folder / "data"], check=True)
    source = EXAMPLES / example.name / f"{example.name}.cajal"
    initial_weights(example, source, folder / "init.safetensors", "double")
    module = modules.build(f"science-{example.name}", source.read_text(), ["--real", "double"]).path
    count = len(samples.read(folder / "data/train.csv")[1])
    # One piece: the same sums as one process's.
    trainer = Trainer([module, "--model", example.name, "--data", folder / "data/train.csv", "--loss", "mse", "--lr",
                       example.rate, "--batch", count, "--threads", context.threads, "--pieces", 1, "--weights",
                       folder / "init.safetensors"])
    try:
        losses = [trainer.round(1)["last_loss"] for _ in range(STEPS)]
        ours = Candidate("cajal-train", trainer.seconds)
        found, wrong = [], {}
        for entrant in context.candidates("science", example, folder):
            if entrant.failed:
                found.append(entrant)
                continue
            try:
                step = entrant.make()
                difference = max(abs(step() - loss) / loss for loss in losses)
            except Exception as error:  # whatever a peer throws is its failure, and no reason to end the run
                found.append(Candidate(entrant.name, None, failed=reason(error)))
                continue
            found.append(Candidate(entrant.name, python_seconds(step)))
            found[-1].difference = difference
            if not difference <= TOLERANCE:
                wrong[entrant.name] = f"a loss of the first {STEPS} steps differs by {difference:.2g}"
        if wrong:
            return refusals(["cajal-train", *wrong], wrong)
        results = contest([ours, *found], settings)
        for candidate, result in zip([c for c in found if not c.failed], results[1:]):
            result["losses"] = candidate.difference
        return results
    finally:
        trainer.close()
