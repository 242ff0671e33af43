"""What a row is run with."""
import importlib
import importlib.util

# Module of ours, package that it needs.
PEERS = {"torch": "torch", "jax": "jax", "casadi": "casadi"}


class Context:
    def __init__(self, settings, threads, quick=False):
        self.settings = settings.quick() if quick else settings
        self.threads, self.quick = threads, quick
        self.loaded, self.missing = {}, []
        for name, package in PEERS.items():
            if importlib.util.find_spec(package) is None:
                self.missing.append(name)
                continue
            peer = importlib.import_module(f".peers_{name}", __package__)
            peer.start(threads)
            self.loaded[name] = peer

    def peers(self, row):
        """The peers that take part in a kind of row: those that have a function of that name."""
        return [peer for peer in self.loaded.values() if hasattr(peer, row)]
