"""A model under torchrun and DistributedDataParallel: docs/pytorch.md's program, by two processes and by one."""
import runpy
import subprocess
import sys

import pytest
from test_docs import programs_of

torch = pytest.importorskip("torch")

if not torch.distributed.is_available() or not torch.distributed.is_gloo_available():
    pytest.skip("this PyTorch has no gloo", allow_module_level=True)

PROCESSES = 2
SECONDS = 300  # after which two processes that wait for each other are ended
# What a rank ends with, beside what the program itself does.
RANK = """
import os, runpy, torch
found = runpy.run_path("ddp.py")
torch.save((found["net"].state_dict(), found["part"]), f"rank{os.environ['RANK']}.pt")
"""


@pytest.fixture
def program(tmp_path, monkeypatch):
    """The page's program, in a folder of its own."""
    text, = (text for name, text in programs_of("docs/pytorch.md") if name == "ddp.py")
    (tmp_path / "ddp.py").write_text(text)
    (tmp_path / "rank.py").write_text(RANK)
    monkeypatch.chdir(tmp_path)
    # No name of this machine has to be known to anybody.
    monkeypatch.setenv("GLOO_SOCKET_IFNAME", "lo")
    return tmp_path


def torchrun(processes, file):
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={processes}", file]
    started = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        output, _ = started.communicate(timeout=SECONDS)
    except subprocess.TimeoutExpired:
        started.terminate()  # which torchrun hands on to its processes
        pytest.fail(f"torchrun did not end: {started.communicate()[0]}")
    assert started.returncode == 0, output


def alone(monkeypatch):
    """The program as the only process of its group, here."""
    for name, value in {"RANK": "0", "WORLD_SIZE": "1", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": "0"}.items():
        monkeypatch.setenv(name, value)
    return runpy.run_path("ddp.py")


def test_two_processes_are_one(program, monkeypatch):
    torchrun(PROCESSES, "rank.py")
    ranks = [torch.load(program / f"rank{rank}.pt") for rank in range(PROCESSES)]
    parameters = [state for state, _ in ranks]
    assert (program / "denoise.safetensors").exists()
    whole = alone(monkeypatch)
    assert sorted(torch.cat([part for _, part in ranks]).flatten().tolist()) == sorted(whole["part"].flatten().tolist())
    start, expected = whole["start"], whole["net"].state_dict()
    assert expected
    for name, value in expected.items():
        assert torch.equal(parameters[0][name], parameters[1][name])
        assert not torch.equal(value, start[name]), f"{name} was not trained"
        assert (parameters[0][name] - value).abs().max() <= 1e-5 * value.abs().max()
