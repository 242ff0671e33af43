"""Row h: folds over lists and trees, batch 64, forward, and forward with backward."""
import numpy as np

from . import folds, modules, native
from .harness import Candidate, contest

TOLERANCE = 1e-3
CHAINS = [(state, nodes) for state in (8, 32, 128) for nodes in (16, 64, 512)]
TREES = [(state, nodes) for state in (8, 32) for nodes in (15, 63, 255)]


def rows(context):
    for kind, sizes in ((folds.chain, CHAINS), (folds.tree, TREES)):
        for state, nodes in sizes:
            for both in (False, True):
                key = {"data": kind.__name__, "state": state, "nodes": nodes, "pass": "both" if both else "forward"}
                if context.takes(key):
                    yield key, contest_of(context, kind(state, nodes), both)


def contest_of(context, fold, both):
    name = f"{fold.kind}_{fold.state}_{fold.nodes}"
    loaded = modules.Loaded(modules.build(name, fold.text).path)
    out_bar = np.random.default_rng(2).normal(size=(folds.BATCH, fold.state)).astype(np.float32)
    call = modules.Call(loaded, folds.BATCH, fold.inputs, out_bar, wanted=fold.wanted)
    which = native.BOTH if both else native.FORWARD
    ours = Candidate("cajal2c", lambda repeats: call.seconds(which, repeats), lambda: call.values(both))
    return contest([ours, *context.candidates("folds", fold, out_bar, both)], context.settings, TOLERANCE)
