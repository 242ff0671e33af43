"""Side by side: all take turns in one process, and what counts is the ratio within a turn."""
import statistics
import time

from . import native


class Candidate:
    """Something that is timed.

    seconds: a function from a number of repeats to the seconds that they took.
    values: a function to named arrays, to be compared; None for a limit, which computes something else.
    failed: a text where it could not be made: it takes no part, and the report says why.
    """

    def __init__(self, name, seconds, values=None, failed=None):
        self.name, self.seconds, self.values, self.failed = name, seconds, values, failed


class Entrant:
    """A peer's way of training: its name, and what makes its steps, objects with `gradients` and `step`."""
    failed = None

    def __init__(self, name, make):
        self.name, self.make = name, make


def reason(error):
    """The first line of an exception's text, with its type."""
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0][:150]}" if lines else type(error).__name__


def python_seconds(function):
    """For what is called from Python: `function` returns when its work is done."""
    def seconds(repeats):
        start = time.perf_counter()
        for _ in range(repeats):
            function()
        return time.perf_counter() - start
    return seconds


def quartiles(numbers):
    """The median, and the first and third quartile."""
    ordered = sorted(numbers)
    if len(ordered) < 2:
        return ordered[0], ordered[0], ordered[0]
    first, _, third = statistics.quantiles(ordered, n=4, method="inclusive")
    return statistics.median(ordered), first, third


def disagreements(found, expected, tolerance):
    """What of `found` is not as expected: a list of texts, empty where all agrees."""
    wrong = [f"{name} is missing" for name in expected if name not in found]
    wrong += [f"{name} is not expected" for name in found if name not in expected]
    for name in expected:
        if name in found:
            difference = native.difference(found[name], expected[name])
            if not difference <= tolerance:
                wrong.append(f"{name} differs by {difference:.2g}")
    return wrong


class Settings:
    """How long a contest takes."""

    def __init__(self, block=5e-3, turns=11, budget=8.0, pause=0.0):
        self.block = block    # seconds of a candidate in a turn, at least
        self.turns = turns
        self.budget = budget  # seconds of a contest, about
        self.pause = pause    # seconds before each, in which the threads of the one before go to sleep

    def quick(self):
        return Settings(self.block / 2, 5, self.budget / 4, self.pause)


def repeats_for(candidate, block):
    """How many repeats take about `block` seconds; also warms up."""
    seconds = candidate.seconds(1)
    repeats = 1
    while seconds < block / 2 and repeats < 1 << 24:
        repeats = max(repeats * 2, int(repeats * block / max(seconds, 1e-9) / 2))
        seconds = candidate.seconds(repeats)
    return max(1, round(repeats * block / max(seconds, 1e-9))) if repeats > 1 else 1


def refusals(names, wrong):
    """The results of a contest that does not take place. wrong: texts by name, for those that differ from the first."""
    return [{"name": name, "refused": f"values differ from ours: {wrong[name]}" if name in wrong else "not timed"}
            for name in names]


def contest(candidates, settings, tolerance=None):
    """Times all candidates in turns, the first of which is the one that ratios refer to.

    Returns for each candidate a dictionary with the name, and either `seconds` (median of a repeat), `ratio`, `low` and
    `high` (how many times as long as the first it takes: median and quartiles over the turns), or a text: `refused`
    where somebody's values are not the first one's and so nobody is timed, `failed` where it alone takes no part.
    """
    first = candidates[0]
    refused = {}
    if tolerance is not None:
        expected = first.values()
        for candidate in candidates[1:]:
            if candidate.values is None or candidate.failed:
                continue
            try:
                found = candidate.values()
            except Exception as error:  # whatever a peer throws is its failure, and no reason to end the run
                candidate.failed = reason(error)
                continue
            wrong = disagreements(found, expected, tolerance)
            if wrong:
                refused[candidate.name] = "; ".join(wrong)
    if refused:
        return refusals([candidate.name for candidate in candidates], refused)

    failures = [{"name": candidate.name, "failed": candidate.failed} for candidate in candidates if candidate.failed]
    candidates = [candidate for candidate in candidates if not candidate.failed]
    repeats = [repeats_for(candidate, settings.block) for candidate in candidates]
    times = [[] for _ in candidates]
    start = time.perf_counter()
    for turn in range(settings.turns):
        for offset in range(len(candidates)):
            index = (turn + offset) % len(candidates)
            time.sleep(settings.pause)
            if repeats[index] > 1:
                candidates[index].seconds(1)  # what the one before left in the caches
            times[index].append(candidates[index].seconds(repeats[index]) / repeats[index])
        if turn >= 2 and (time.perf_counter() - start) * (turn + 2) / (turn + 1) > settings.budget:
            break
    results = []
    for candidate, own in zip(candidates, times):
        ratio, low, high = quartiles([mine / base for mine, base in zip(own, times[0])])
        results.append({"name": candidate.name, "seconds": statistics.median(own), "ratio": ratio, "low": low,
                        "high": high, "turns": len(own)})
    return results + failures
