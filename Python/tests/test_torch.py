"""PyTorch: gradients, transforms, modules, and what is refused."""
import copy
import io
import pickle
import threading

import numpy as np
import pytest
from conftest import TOLERANCE, compiled

torch = pytest.importorskip("torch")

import programs  # noqa: E402
from torch.func import functional_call, grad, jacrev, vmap, vjp  # noqa: E402


@pytest.fixture(autouse=True, params=["C++", "Python"])
def node(request, monkeypatch):
    """Calls that record gradients, by either way."""
    from cajal import torch_node
    if request.param == "Python":
        monkeypatch.setattr(torch_node, "load", lambda: None)
    elif torch_node.load() is None:
        pytest.skip("torch_node.cc cannot be built: g++ or Python's headers are missing")
    return request.param


def dtype_of(real):
    return torch.float32 if real == "float" else torch.float64


def tensors(real, *shapes, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return [torch.randn(shape, generator=generator, dtype=dtype_of(real)) for shape in shapes]


def agree(found, expected, real):
    for a, b in zip(found, expected, strict=True):
        assert a.shape == b.shape and a.dtype == b.dtype
        scale = max(1, b.abs().max().item()) if b.numel() else 1
        assert a.numel() == 0 or (a - b).abs().max() <= TOLERANCE[real] * scale


def gradients(f, inputs, seed=1):
    """The result of f and the gradients of a random combination of it."""
    inputs = [x.detach().clone().requires_grad_() for x in inputs]
    y = f(*inputs)
    bar, = tensors("double", y.shape, seed=seed)
    (y * bar.to(y.dtype)).sum().backward()
    return [y.detach(), *(x.grad for x in inputs)]


SYSTEM_SHAPES = [((3, 3), (3,), (4,)), ((3, 3), (3,), (5, 4)), ((3, 3), (5, 3), (5, 4)), ((5, 3, 3), (3,), (4,)),
                 ((5, 3, 3), (5, 3), (5, 4)), ((1, 3, 3), (5, 3), (4,)), ((0, 3, 3), (3,), (4,)), ((3, 3), (0, 3), (4,))]


@pytest.mark.parametrize("shapes", SYSTEM_SHAPES)
def test_gradients_agree_with_autograd(system, real, shapes):
    inputs = tensors(real, *shapes)
    agree(gradients(system.torch(), inputs), gradients(programs.system, inputs), real)


@pytest.mark.parametrize("shapes", [((), (3,)), ((1,), (3,)), ((1,), (1, 3)), ((1,), (5, 3)), ((5,), (3,)), ((5, 1), (3,))])
def test_a_batch_of_one_number_is_a_batch(real, shapes):
    layer = compiled(programs.NUMBERS, real).scaled.torch()

    def by_hand(r, x):
        return (r if r.dim() == 0 else r.reshape(-1, 1)) * x

    agree(gradients(layer, tensors(real, *shapes)), gradients(by_hand, tensors(real, *shapes)), real)


def test_the_last_batch_of_a_loader_may_be_one():
    m = compiled(programs.NUMBERS)
    layer, applied = m.doubled.torch(), m.applied.torch()
    r, f, x = tensors("float", (7,), (3,), (7, 3))
    loader = torch.utils.data.DataLoader(r, batch_size=3)
    assert [layer(part).shape for part in loader] == [(3,), (3,), (1,)]
    assert torch.equal(torch.cat([layer(part) for part in loader]), layer(r))
    assert torch.equal(vmap(layer)(r), layer(r)) and torch.equal(vmap(layer)(r[:1]), layer(r[:1]))
    with pytest.raises(ValueError, match=r"\(batch, 1, 3\)"):
        applied(f.expand(7, 3), x)


def model_by_hand(x, weights):
    """The model of programs.MODEL for a batch x [b, 6, 5]."""
    flat = x.reshape(len(x), 30)
    kernel = torch.nn.functional.linear(flat, weights["kernel.0.weight"], weights["kernel.0.bias"])
    hidden = torch.relu(torch.nn.functional.linear(flat, weights["rounds.0.weight"], weights["rounds.0.bias"]))
    second = [name for name in weights if name.startswith("rounds.") and not name.startswith("rounds.0")]
    weight, bias = sorted(second, reverse=True)
    n = torch.softmax(torch.nn.functional.linear(hidden, weights[weight], weights[bias]), -1)
    total, y = n[:, 0, None, None] * x, x
    for k in range(1, 4):
        y = torch.nn.functional.conv2d(y[None], kernel.reshape(-1, 1, 3, 3), padding=1, groups=len(x))[0]
        total = total + n[:, k, None, None] * y
    return total


@pytest.mark.parametrize("batch", [1, 4])
def test_a_model_agrees_with_autograd(rounds_of, real, batch):
    net = rounds_of.torch()
    x, = tensors(real, (batch, 6, 5))
    names = [name for name, _ in net.named_parameters()]
    values = [p.detach() for p in net.parameters()]

    def ours(x, *values):
        return functional_call(net, dict(zip(names, values)), (x,))

    def by_hand(x, *values):
        return model_by_hand(x, dict(zip(names, values)))

    agree(gradients(ours, [x, *values]), gradients(by_hand, [x, *values]), real)
    # Single parameter gradients through the parameters themselves.
    net(x).square().sum().backward()
    weights = {n: p.detach().clone().requires_grad_() for n, p in net.named_parameters()}
    model_by_hand(x, weights).square().sum().backward()
    agree([p.grad for p in net.parameters()], [w.grad for w in weights.values()], real)


def test_gradcheck():
    layer = compiled(programs.SYSTEM, "double").system.torch()
    inputs = [x.requires_grad_() for x in tensors("double", (3, 3), (2, 3), (4,))]
    assert torch.autograd.gradcheck(layer, inputs)
    assert torch.autograd.gradcheck(lambda a, v, n: vmap(layer, in_dims=(None, 0, None))(a, v, n), inputs)
    assert torch.autograd.gradcheck(lambda a, v, n: vmap(layer, in_dims=(None, 1, None))(a, v.T, n), inputs)


IN_DIMS = [(None, 0, None), (0, None, None), (None, None, 0), (0, 0, 0), (None, 0, 0)]


@pytest.mark.parametrize("in_dims", IN_DIMS)
@pytest.mark.parametrize("inner", [None, 2])
def test_vmap_of_grad(system, real, in_dims, inner):
    """Gradients of each sample, of shared inputs too, of single samples and of batches within."""
    shapes = [(3, 3), (3,) if inner is None else (inner, 3), (4,)]
    inputs = tensors(real, *(s if d is None else (5, *s) for s, d in zip(shapes, in_dims)))
    layer = system.torch()

    def of(f):
        return vmap(grad(lambda *xs: f(*xs).square().sum(), argnums=(0, 1, 2)), in_dims=in_dims)(*inputs)

    agree(of(layer), of(programs.system), real)
    agree([vmap(layer, in_dims=in_dims)(*inputs)], [vmap(programs.system, in_dims=in_dims)(*inputs)], real)


def test_nested_vmap_and_jacobians(system, real):
    a, v, n = tensors(real, (3, 3), (2, 3), (5, 4))
    layer = system.torch()

    def of(f):
        g = grad(lambda *xs: f(*xs).square().sum(), argnums=(0, 1, 2))
        nested = vmap(vmap(g, in_dims=(None, None, 0)), in_dims=(None, 0, None))(a, v, n)
        return [*nested, *jacrev(f, argnums=(0, 1, 2))(a, v[0], n[0]), *vmap(jacrev(f), in_dims=(None, 0, None))(a, v, n[0]),
                *vjp(f, a, v, n[0])[1](v)]

    agree(of(layer), of(programs.system), real)


def test_per_sample_gradients_of_parameters(rounds_of, real):
    net = rounds_of.torch()
    parameters = {n: p.detach() for n, p in net.named_parameters()}
    x, = tensors(real, (3, 6, 5))

    def loss(parameters, sample):
        return functional_call(net, parameters, (sample,)).square().sum()

    def by_hand(parameters, sample):
        return model_by_hand(sample[None], parameters).square().sum()

    found = vmap(grad(loss), in_dims=(None, 0))(parameters, x)
    expected = vmap(grad(by_hand), in_dims=(None, 0))(parameters, x)
    agree(found.values(), [expected[name] for name in found], real)
    # An ensemble: several vectors of parameters.
    several = {n: torch.stack([p, 2 * p]) for n, p in parameters.items()}
    found = vmap(grad(loss), in_dims=(0, None))(several, x[0])
    expected = vmap(grad(by_hand), in_dims=(0, None))(several, x[0])
    agree(found.values(), [expected[name] for name in found], real)


def test_an_unmapped_input_stays_shared():
    from cajal import torch_ops
    a, v = torch.ones(9), torch.ones(5, 3)
    flat = torch_ops._flatten(5, 1, [a, v], [None, 0])
    assert flat[0].shape == (9,) and flat[0].data_ptr() == a.data_ptr()
    assert flat[1].shape == (5, 3) and flat[1].data_ptr() == v.data_ptr()


def test_layouts(flip_from, real):
    wide, n = tensors(real, (7, 5), (10, 7))
    layer = flip_from.torch()
    views = [lambda w, n: (w[:, 1:3], n.T), lambda w, n: (w[0, :2].expand(7, 2), n.T),
             lambda w, n: (w[0, :1].expand(7, 2), n.T), lambda w, n: (w.flip(0)[:, :2], n.T[:7]),
             lambda w, n: (w[:0, :2], n.T[:0]), lambda w, n: (w[::2, ::3], n.T[::2])]
    for view in views:
        agree(gradients(lambda w, n: layer(*view(w, n)), [wide, n]),
              gradients(lambda w, n: programs.flip_from(*view(w, n)), [wide, n]), real)
    assert layer(wide[:, 1:3], n.T).is_contiguous()


def test_forward_mode_is_refused(flip_from, real):
    x, n = tensors(real, (2,), (3, 10))
    layer = flip_from.torch()
    refused = pytest.raises(NotImplementedError, match="flip_from: .*no forward mode")
    with refused:
        torch.func.jvp(layer, (x, n), (x, n))
    with refused:
        torch.func.jacfwd(layer)(x, n)
    with refused, torch.autograd.forward_ad.dual_level():
        layer(torch.autograd.forward_ad.make_dual(x, x), n)


def test_second_derivatives_are_refused(flip_from, real):
    x, n = tensors(real, (2,), (3, 10))
    layer = flip_from.torch()
    a, b = x.clone().requires_grad_(), n.clone().requires_grad_()
    first, = torch.autograd.grad(layer(a, b).square().sum(), a, create_graph=True)
    refused = pytest.raises(NotImplementedError, match="flip_from: .*gradients have none")
    with refused:
        first.sum().backward()
    with refused:
        grad(lambda x: grad(lambda x: layer(x, n).square().sum())(x).sum())(x)
    # Of the first derivative nothing is lost by create_graph.
    agree([first], torch.autograd.grad(layer(a, b).square().sum(), a), real)


def test_types_and_devices_are_checked():
    layer = compiled(programs.FLIP).flip_from.torch()
    x, n = torch.ones(2), torch.ones(10)
    with pytest.raises(TypeError, match="x is torch.float64.*float32.*real='double'"):
        layer(x.double(), n)
    with pytest.raises(TypeError, match="n is torch.bfloat16"):
        layer(x, n.bfloat16())
    with pytest.raises(TypeError, match="give a tensor"):
        layer(x, [0] * 10)
    with pytest.raises(ValueError, match=r"on meta.*\.cpu\(\)"):
        layer(x.to("meta"), n)
    with pytest.raises(ValueError, match="n has shape"):
        layer(x, n[:9])
    with pytest.raises(TypeError, match="n missing"):
        layer(x)
    agree([layer(n=n, x=x)], [layer(x, n)], "float")


def test_autocast_computes_in_the_modules_type():
    layer = compiled(programs.FLIP).flip_from.torch()
    linear = torch.nn.Linear(3, 10)
    x, data = torch.ones(2, requires_grad=True), torch.randn(4, 3)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        n = linear(data)
        assert n.dtype is torch.bfloat16
        y = layer(x, n)
        with pytest.raises(TypeError):
            layer(x.double(), n)
    assert y.dtype is torch.float32
    agree([y], [programs.flip_from(x, n.float())], "float")
    y.sum().backward()
    assert linear.weight.grad.dtype is torch.float32 and linear.weight.grad.abs().sum() > 0


def test_checkpoint_and_reentrance(system, real):
    from torch.utils.checkpoint import checkpoint
    layer = system.torch()
    inputs = tensors(real, (3, 3), (5, 3), (5, 4))

    def twice(a, v, n, call):
        return call(a, call(a, v, n), n)

    expected = gradients(lambda *xs: twice(*xs, programs.system), inputs)
    for reentrant in (False, True):
        agree(gradients(lambda *xs: twice(*xs, lambda *ys: checkpoint(layer, *ys, use_reentrant=reentrant)), inputs),
              expected, real)
    # One layer twice, and its backward pass in another order.
    agree(gradients(lambda *xs: twice(*xs, layer), inputs), expected, real)
    a, v, n = (x.requires_grad_() for x in inputs)
    first, second = layer(a, v, n), layer(a, 2 * v, n)
    kept = torch.autograd.grad(first.sum(), a, retain_graph=True)
    torch.autograd.grad(second.sum(), a)
    agree(torch.autograd.grad(first.sum(), a), kept, real)


def test_inputs_changed_in_place_are_noticed():
    layer = compiled(programs.FLIP).flip_from.torch()
    x, n = torch.ones(2), torch.ones(10, requires_grad=True)
    y = layer(x, n)
    x.zero_()
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.sum().backward()


def test_the_graph_has_the_node(node):
    layer = compiled(programs.FLIP).flip_from.torch()
    y = layer(torch.ones(2, requires_grad=True), torch.ones(10))
    assert (y.grad_fn.name() == "CajalBackward") == (node == "C++")
    assert layer(torch.ones(2), torch.ones(10)).grad_fn is None
    with torch.no_grad():
        assert not layer(torch.ones(2, requires_grad=True), torch.ones(10)).requires_grad


def test_a_graph_is_freed_by_backward(system, real):
    inputs = [x.requires_grad_() for x in tensors(real, (3, 3), (5, 3), (5, 4))]
    y = system.torch()(*inputs).sum()
    y.backward()
    with pytest.raises(RuntimeError, match="backward through the graph a second time"):
        y.backward()


def test_gradients_of_a_part_of_the_inputs(system, real):
    a, v, n = (x.requires_grad_() for x in tensors(real, (3, 3), (5, 3), (5, 4)))

    def of(f):
        return [*torch.autograd.grad(f(a, v.detach(), n).sum(), (n,)),
                *torch.autograd.grad(f(a, v, n.detach()).sum(), (a, v))]

    agree(of(system.torch()), of(programs.system), real)


def test_batches_of_gradients_are_refused(system, real):
    inputs = [x.requires_grad_() for x in tensors(real, (3, 3), (3,), (4,))]
    layer = system.torch()
    refused = pytest.raises(NotImplementedError, match="system: .*is_grads_batched.*jacrev")
    with refused:
        torch.autograd.grad(layer(*inputs), inputs, torch.eye(3, dtype=dtype_of(real)), is_grads_batched=True)
    with refused:
        torch.autograd.functional.jacobian(layer, tuple(inputs), vectorize=True)
    agree(torch.autograd.functional.jacobian(layer, tuple(inputs)), jacrev(programs.system, argnums=(0, 1, 2))(*inputs),
          real)


def test_gradients_mapped_by_torch_func(system, real):
    """A graph that was recorded before, and a vmap over the gradient of its result."""
    inputs = [x.requires_grad_() for x in tensors(real, (3, 3), (3,), (4,))]

    def of(f):
        y = f(*inputs)
        return vmap(lambda bar: torch.autograd.grad(y, inputs, bar, retain_graph=True))(
            torch.eye(3, dtype=dtype_of(real)))

    agree(of(system.torch()), of(programs.system), real)


def test_statuses_are_errors():
    import cajal
    m = cajal.compile(programs.SYSTEM, flags=["--check-finite"])
    a, v, n = (x.requires_grad_() for x in tensors("float", (3, 3), (5, 3), (5, 4)))
    layer = m.system.torch()
    with pytest.raises(cajal.StatusError, match="system: an input or a result holds a NaN") as caught:
        layer(a, v * float("nan"), n)
    assert caught.value.status == 2
    y = layer(a, v, n)
    with pytest.raises(cajal.StatusError, match="NaN"):
        torch.autograd.grad(y, a, y * float("nan"))


def test_threads():
    """Forward and backward in several threads, and backward of one graph in several."""
    layer = compiled(programs.SYSTEM).system.torch()
    a, v, n = (x.requires_grad_() for x in tensors("float", (3, 3), (300, 3), (300, 4)))
    y = layer(a, v, n)
    expected = torch.autograd.grad(y.sum(), (a, v, n), retain_graph=True)
    wrong = []

    def work():
        for _ in range(30):
            for found in (torch.autograd.grad(y.sum(), (a, v, n), retain_graph=True),
                          torch.autograd.grad(layer(a, v, n).sum(), (a, v, n))):
                if not all(torch.equal(p, q) for p, q in zip(found, expected)):
                    wrong.append(found)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_replicas_in_threads():
    """What DataParallel does: a thread for each replica, which share their parameters."""
    net = compiled(programs.MODEL).rounds_of.torch()
    inputs = tensors("float", (2, 6, 5), (3, 6, 5))
    found = [None, None]

    def work(i):
        found[i] = net(inputs[i])

    threads = [threading.Thread(target=work, args=(i,)) for i in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    agree(found, [net(x) for x in inputs], "float")
    agree([torch.nn.DataParallel(net, device_ids=[])(inputs[0])], [found[0]], "float")
    sum(y.sum() for y in found).backward()
    together = [p.grad.clone() for p in net.parameters()]
    net.zero_grad()
    net(torch.cat(inputs)).sum().backward()
    agree(together, [p.grad for p in net.parameters()], "float")


def test_modules_have_named_parameters(rounds_of, real):
    torch.manual_seed(0)
    net = rounds_of.torch()
    shapes = {t.name: t.shape for t in rounds_of.tensors}
    assert {n: tuple(p.shape) for n, p in net.state_dict().items()} == shapes
    assert {n: tuple(p.shape) for n, p in net.named_parameters()} == shapes
    for tensor, parameter in zip(rounds_of.tensors, [dict(net.named_parameters())[t.name] for t in rounds_of.tensors]):
        assert parameter.dtype is dtype_of(real)
        assert 0 < parameter.abs().max() <= max(tensor.fan_in, 1) ** -0.5
    torch.manual_seed(0)
    again = rounds_of.torch()
    assert all(torch.equal(p, q) for p, q in zip(net.parameters(), again.parameters()))
    x, = tensors(real, (2, 6, 5))
    state = net.state_dict()
    assert np.array_equal(net(x).detach().numpy(), rounds_of(x.numpy(), params=state))
    assert rounds_of.signature in repr(net)


def test_state_dicts_go_both_ways(rounds_of, real, tmp_path):
    import cajal
    net, other = rounds_of.torch(), rounds_of.torch()
    rounds_of.save(tmp_path / "net.safetensors", net.state_dict())
    loaded = {n: torch.from_numpy(w) for n, w in cajal.weights.load(tmp_path / "net.safetensors").items()}
    other.load_state_dict(loaded)
    x, = tensors(real, (2, 6, 5))
    assert torch.equal(net(x), other(x))
    embedded = cajal.compile(programs.MODEL, real=real, weights=net.state_dict()).rounds_of
    assert np.array_equal(embedded(x.numpy()), net(x).detach().numpy())
    assert torch.equal(embedded.torch()(x), net(x))


def test_modules_are_copied_and_pickled():
    net = compiled(programs.MODEL).rounds_of.torch()
    x, = tensors("float", (2, 6, 5))
    for other in (copy.deepcopy(net), pickle.loads(pickle.dumps(net))):
        assert torch.equal(other(x), net(x))
        with torch.no_grad():
            for parameter in other.parameters():
                parameter.zero_()
        assert not torch.equal(other(x), net(x))
    buffer = io.BytesIO()
    torch.save(net.state_dict(), buffer)
    buffer.seek(0)
    assert set(torch.load(buffer)) == set(net.state_dict())


def test_training_a_model():
    torch.manual_seed(1)
    net = compiled(programs.MODEL).rounds_of.torch()
    x, = tensors("float", (16, 6, 5))
    target = 0.5 * x
    optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
    losses = []
    for _ in range(60):
        optimizer.zero_grad()
        loss = (net(x) - target).square().mean()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0] / 4


def test_a_program_without_inputs():
    assert compiled(programs.CONSTANT).truth.torch()().tolist() == [1, 0]
