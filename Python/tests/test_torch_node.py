"""The node of PyTorch's graph where it cannot be built: calls take Python's way."""
import pytest
from conftest import compiled

torch = pytest.importorskip("torch")

import programs  # noqa: E402
from cajal import torch_node  # noqa: E402


@pytest.fixture(autouse=True)
def fresh(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    torch_node.load.cache_clear()
    yield
    torch_node.load.cache_clear()


@pytest.fixture
def check():
    """That gradients are right, and did not come from the node."""
    layer = compiled(programs.FLIP).flip_from.torch()
    x, n = torch.ones(2, requires_grad=True), torch.ones(10)

    def run():
        y = layer(x, n)
        assert y.grad_fn.name() != "CajalBackward"
        found, = torch.autograd.grad(y.sum(), x)
        assert torch.equal(found, torch.full((2,), 10.0))

    return run


@pytest.mark.skipif(not torch_node.headers(), reason="Python's headers are not installed")
def test_a_build_that_fails_is_said_and_not_tried_again(check, monkeypatch, tmp_path):
    monkeypatch.setenv("CXX", "false")
    for _ in range(2):
        torch_node.load.cache_clear()
        with pytest.warns(UserWarning, match="slower way.*failure.txt"):
            check()
    failure, = tmp_path.glob("cajal/torch/*/failure.txt")
    assert "false" in failure.read_text()
    failure.write_text("kept")
    torch_node.load.cache_clear()
    with pytest.warns(UserWarning):
        check()
    assert failure.read_text() == "kept"


def test_without_a_compiler(check, monkeypatch, tmp_path):
    monkeypatch.delenv("CXX", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    check()
    assert torch_node.load() is None


def test_it_is_switched_off(check, monkeypatch):
    monkeypatch.setenv("CAJAL_TORCH_NODE", "0")
    check()
    assert torch_node.load() is None
