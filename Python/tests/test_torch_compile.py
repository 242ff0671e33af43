"""torch.compile: no break of the graph, right values, for batches of any size."""
import pytest
from conftest import compiled

torch = pytest.importorskip("torch")

import programs  # noqa: E402
from cajal import torch_node  # noqa: E402
from torch._dynamo.testing import CompileCounter  # noqa: E402


@pytest.fixture(autouse=True)
def fresh():
    torch._dynamo.reset()
    yield
    torch._dynamo.reset()


def step(f, *inputs):
    inputs = [x.detach().clone().requires_grad_() for x in inputs]
    y = f(*inputs)
    return [y.detach(), *torch.autograd.grad(y, inputs)]


def agree(found, expected):
    for a, b in zip(found, expected, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-5, atol=1e-5)


def test_fullgraph_with_gradients():
    layer = compiled(programs.FLIP).flip_from.torch()

    def f(x, n):
        return (layer(x * 2, n).sin() * 3).sum()

    fast = torch.compile(f, fullgraph=True)
    for batch in (4, 9, 17):
        x, n = torch.randn(2), torch.randn(batch, 10)
        agree(step(fast, x, n), step(f, x, n))


def test_fullgraph_of_a_model_and_of_vmap():
    net = compiled(programs.MODEL).rounds_of.torch()
    x = torch.randn(3, 6, 5)

    def loss(x):
        return net(x).square().sum()

    agree(step(torch.compile(loss, fullgraph=True), x), step(loss, x))
    layer = compiled(programs.SYSTEM).system.torch()
    a, v, n = torch.randn(3, 3), torch.randn(5, 3), torch.randn(4)

    def mapped(a, v, n):
        return torch.func.vmap(layer, in_dims=(None, 0, None))(a, v, n)

    agree([torch.compile(mapped)(a, v, n)], [mapped(a, v, n)])


def graphs(f, **options):
    """How many graphs there are, with the gradient compared."""
    counter = CompileCounter()
    x, n = torch.randn(2), torch.randn(3, 10)
    fast = torch.compile(f, backend=counter, **options)
    agree(step(fast, x, n), step(f, x, n))
    return counter.frame_count


class Plain(torch.autograd.Function):
    """The way without an operator, whose forward calls ctypes."""
    function = compiled(programs.FLIP).flip_from

    @staticmethod
    def forward(ctx, x, n):
        y, ctx.vjp = Plain.function.vjp(x.detach().numpy(), n.detach().numpy())
        return torch.from_numpy(y)

    @staticmethod
    def backward(ctx, bar):
        return tuple(torch.from_numpy(g) for g in ctx.vjp(bar.contiguous().numpy()))


def test_how_many_graphs():
    """The table of docs/pytorch.md."""
    layer = compiled(programs.FLIP).flip_from.torch()

    def ours(x, n):
        return (layer(x * 2, n) * 3).sum()

    assert graphs(ours) == 1
    assert graphs(ours, fullgraph=True) == 1
    hidden = torch.compiler.disable(layer)

    def disabled(x, n):
        return (hidden(x * 2, n) * 3).sum()

    assert graphs(disabled) == 2
    torch._dynamo.reset()
    with pytest.raises(torch._dynamo.exc.Unsupported):
        graphs(disabled, fullgraph=True)

    def plain(x, n):
        return (Plain.apply(x * 2, n) * 3).sum()

    torch._dynamo.reset()
    with pytest.raises(torch._dynamo.exc.Unsupported):
        graphs(plain, fullgraph=True)


def test_opcheck():
    """PyTorch's own test of an operator: schema, fake tensors, dispatch."""
    from cajal import torch_ops
    handle = torch_ops.handle(compiled(programs.SYSTEM).system)
    inputs = [torch.randn(9), torch.randn(5, 3), torch.randn(5, 4)]
    checks = ("test_schema", "test_faketensor")
    # The workspace is memory as it was found, so only its size can be compared.
    torch.library.opcheck(torch_ops.forward_op, (handle.key, 5, 1, None, inputs), test_utils=checks[:1])
    out, work = torch_ops.forward_op(handle.key, 5, 1, None, inputs)
    assert out.is_contiguous()
    fake = torch_ops.Handle.workspace_bytes(handle, 5, 1)
    assert work.numel() == fake
    wanted = "0111"
    found = torch_ops.backward_op(handle.key, 5, wanted, torch.ones(5, 3), work, None, inputs)
    torch.library.opcheck(torch_ops.backward_op, (handle.key, 5, wanted, torch.ones(5, 3), work, None, inputs),
                          test_utils=checks)
    assert [g.shape for g in found] == [x.shape for x in inputs]


def test_compiled_autograd():
    from torch._dynamo import compiled_autograd
    layer, net = compiled(programs.FLIP).flip_from.torch(), compiled(programs.MODEL).rounds_of.torch()

    def gradients(x, n, images, backward):
        x, n, images = (t.detach().clone().requires_grad_() for t in (x, n, images))
        net.zero_grad()
        backward(layer(x * 2, n).sin().sum() + net(images).square().sum())
        return [t.grad for t in (x, n, images, *net.parameters())]

    def compiling():
        return compiled_autograd._enable(torch.compile(backend="eager"))

    def later(loss):
        with compiling():
            loss.backward()

    for batch in (4, 9):
        inputs = torch.randn(2), torch.randn(batch, 10), torch.randn(batch, 6, 5)
        expected = gradients(*inputs, torch.Tensor.backward)
        with compiling():
            agree(gradients(*inputs, torch.Tensor.backward), expected)
    if torch_node.load() is not None:
        with pytest.raises(NotImplementedError, match="compiled autograd meets.*CAJAL_TORCH_NODE=0"):
            gradients(*inputs, later)
