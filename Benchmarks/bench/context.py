"""What a row is run with."""
import importlib
import importlib.util
import os

from .harness import Candidate, reason

# Our module is called peers_NAME, the package that it needs NAME.
PEERS = ("torch", "jax", "casadi")


def chosen():
    """The peers that PEERS=... names; all where it is not there."""
    return {name for name in os.environ.get("PEERS", ",".join(PEERS)).replace(" ", "").split(",") if name}


def absences(wanted, installed):
    """Why peers take no part, by name. installed: whether the package of a name is there."""
    return {name: "not installed" if name in wanted else "left out" for name in PEERS
            if name not in wanted or not installed(name)}


class Context:
    def __init__(self, settings, threads, quick=False):
        self.settings = settings.quick() if quick else settings
        self.threads, self.quick = threads, quick
        # For a part of a row: only what has all of these words in its description, only these peers.
        self.words = os.environ.get("ONLY", "").split("+")
        self.loaded, self.absent = {}, absences(chosen(), lambda name: importlib.util.find_spec(name) is not None)
        for name in PEERS:
            if name not in self.absent:
                self.loaded[name] = importlib.import_module(f".peers_{name}", __package__)
                self.loaded[name].start(threads)

    def takes(self, key):
        text = " ".join(f"{name}={value}" for name, value in key.items())
        return all(word in text for word in self.words)

    def candidates(self, row, *arguments):
        """What the peers send into a contest: those that have a function of the row's name."""
        found = []
        for peer in self.loaded.values():
            if not hasattr(peer, row):
                continue
            try:
                found += getattr(peer, row)(*arguments)
            except Exception as error:  # a peer that cannot do it takes no part, and the report says why
                found.append(Candidate(peer.NAME, None, failed=reason(error)))
        return found
