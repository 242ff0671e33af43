"""Lists and trees in PyTorch: gradients, transforms, torch.compile, modules, and what is refused."""
import numpy as np
import pytest
from conftest import compiled

torch = pytest.importorskip("torch")

import cajal  # noqa: E402
import programs  # noqa: E402
from test_tables import TREE, word  # noqa: E402
from test_torch import agree, gradients, node, tensors  # noqa: E402, F401
from torch.func import functional_call, grad, jacrev, vmap, vjp  # noqa: E402


def children(*shape, seed=0):
    """Random children of tables, of this batch."""
    random = np.random.default_rng(seed)
    nodes = [programs.random_nodes(random) for _ in range(int(np.prod(shape, dtype=int)))]
    return torch.tensor(nodes, dtype=torch.int32).reshape(*shape, 7, 2)


def by_hand(rows, nodes, x):
    """programs.total for any batches."""
    sizes = {t.shape[0] for t, rank in ((rows, 2), (nodes, 2), (x, 0)) if t.dim() > rank}
    if not sizes:
        return programs.total(rows, nodes.tolist(), x)
    one = [[t[s if t.shape[0] > 1 else 0] if t.dim() > rank else t for t, rank in ((rows, 2), (nodes, 2), (x, 0))]
           for s in range(max(sizes))]
    return torch.stack([programs.total(r, n.tolist(), y) for r, n, y in one])


@pytest.fixture
def total(real):
    return compiled(programs.TABLES, real).total


BATCHES = [((), (), ()), ((3,), (3,), ()), ((3,), (), (3,)), ((), (3,), ()), ((), (), (3,)), ((1,), (3,), (3,))]


@pytest.mark.parametrize("batches", BATCHES)
def test_gradients_agree_with_autograd(total, real, batches):
    rows, x = tensors(real, (*batches[0], 7, 5), batches[2])
    nodes, layer = children(*batches[1]), total.torch()
    agree(gradients(lambda rows, x: layer(rows, nodes, x), [rows, x]),
          gradients(lambda rows, x: by_hand(rows, nodes, x), [rows, x]), real)


def test_no_sample_at_all(total, real):
    rows, x = (t.requires_grad_() for t in tensors(real, (0, 7, 5), ()))
    y = total.torch()(rows, children(), x)
    assert y.shape == (0,)
    assert [g.abs().sum().item() for g in torch.autograd.grad(y.sum(), (rows, x))] == [0, 0]


def test_what_encode_makes_is_taken_as_it_is(real):
    m = compiled(programs.TABLES, real)
    even = m.even.torch()
    assert even(*cajal.encode(m.even, "w", word([True, True]))).tolist() == [1, 0]
    batch = even(*cajal.encode(m.even, "w", [word([True]), word([]), word([True, False, True])]))
    assert batch.tolist() == [[0, 1], [1, 0], [1, 0]]
    rows, nodes = cajal.encode(m.even, "w", word([True, False]))
    # A count is a number too, and a batch of counts has one axis.
    assert even(rows, 2).tolist() == [0, 0] and even(w=rows, w_nodes=3).tolist() == [0, 1]
    assert even(rows, torch.tensor([1, 3], dtype=torch.int32)).tolist() == [[0, 0], [0, 1]]
    total = m.total.torch()
    assert total(*cajal.encode(m.total, "t", TREE), tensors(real, ())[0] * 0 + 2).item() == 30


@pytest.mark.parametrize("counts", [(), (1,), (4,), (4, 1)])
def test_lists(real, counts):
    even = compiled(programs.TABLES, real).even.torch()
    rows, = tensors(real, (4, 6, 4))
    how_many = torch.tensor([3, 0, 6, 5], dtype=torch.int32)[:counts[0]].reshape(counts) if counts else \
        torch.tensor(3, dtype=torch.int32)

    def hand(rows):
        results = []
        for s in range(4):
            count = int(how_many.reshape(-1)[s if how_many.numel() > 1 else 0])
            value = rows.new_zeros(2) + 0 * rows[s].sum()
            for row in reversed(rows[s, :count]):
                value = row[0] * torch.stack([value.new_ones(()), value.new_zeros(())]) + \
                    row[1] * (row[2] * value.flip(0) + row[3] * value)
            results.append(value)
        return torch.stack(results)

    agree(gradients(lambda rows: even(rows, how_many), [rows]), gradients(hand, [rows]), real)


def test_gradcheck():
    layer = compiled(programs.TABLES, "double").total.torch()
    rows, x = (t.requires_grad_() for t in tensors("double", (3, 7, 5), (3,)))
    nodes = children(3)
    assert torch.autograd.gradcheck(lambda rows, x: layer(rows, nodes, x), (rows, x))
    assert torch.autograd.gradcheck(lambda rows, x: vmap(layer)(rows, nodes, x), (rows, x))
    assert torch.autograd.gradcheck(lambda rows, x: vmap(layer, in_dims=(None, 0, 0))(rows, nodes, x), (rows[0], x))


@pytest.mark.parametrize("in_dims", [(0, 0, None), (0, None, 0), (None, 0, None), (None, None, 0), (2, 1, 0)])
def test_vmap_of_grad(total, real, in_dims):
    """Gradients of each sample, of shared rows too; what nothing maps over stays one array."""
    rows, x = tensors(real, (4, 7, 5), (4,))
    nodes, layer = children(4), total.torch()
    given = [t if dim is not None else t[0] for t, dim in zip((rows, nodes, x), in_dims)]
    moved = [t if not dim else t.movedim(0, dim) for t, dim in zip(given, in_dims)]
    found = vmap(grad(lambda *xs: layer(*xs).square(), argnums=(0, 2)), in_dims=in_dims)(*moved)

    def single(s):
        one = [t if dim is None else t[s] for t, dim in zip(given, in_dims)]
        return torch.func.grad(lambda r, y: programs.total(r, one[1].tolist(), y).square(), argnums=(0, 1))(one[0], one[2])

    agree(found, [torch.stack(g) for g in zip(*(single(s) for s in range(4)))], real)


def test_jacobians_and_nested_vmap(total, real):
    rows, x = tensors(real, (2, 7, 5), (3,))
    nodes, layer = children(2), total.torch()
    nested = vmap(vmap(lambda r, n, y: layer(r, n, y), in_dims=(None, None, 0)), in_dims=(0, 0, None))(rows, nodes, x)
    agree([nested], [torch.stack([by_hand(r, n, x) for r, n in zip(rows, nodes)])], real)
    agree(jacrev(lambda r: layer(r, nodes[0], x))(rows[0]), jacrev(lambda r: by_hand(r, nodes[0], x))(rows[0]), real)
    agree(vjp(lambda r: layer(r, nodes[0], x[0]), rows[0])[1](x[1]),
          vjp(lambda r: by_hand(r, nodes[0], x[0]), rows[0])[1](x[1]), real)


def test_nodes_have_no_gradient(total, real):
    rows, x = (t.requires_grad_() for t in tensors(real, (7, 5), ()))
    layer, nodes = total.torch(), children()
    with pytest.raises(RuntimeError, match="loating point"):
        grad(lambda n: layer(rows, n, x))(nodes)
    y = layer(rows, nodes, x)
    nodes.zero_()
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.backward()


def test_second_derivatives_are_refused(total, real):
    rows, x = (t.requires_grad_() for t in tensors(real, (7, 5), ()))
    first, = torch.autograd.grad(total.torch()(rows, children(), x), rows, create_graph=True)
    with pytest.raises(NotImplementedError, match="total: .*gradients have none"):
        first.sum().backward()


def test_torch_compile():
    torch._dynamo.reset()
    layer = compiled(programs.TABLES).total.torch()

    def f(rows, nodes, x):
        return layer(2 * rows, nodes, x).sin().sum()

    def mapped(rows, nodes, x):
        return vmap(layer, in_dims=(0, 0, None))(2 * rows, nodes, x)

    fast = torch.compile(f, fullgraph=True)
    for batch in (3, 5):
        rows, x = tensors("float", (batch, 7, 5), ())
        nodes = children(batch)
        agree(gradients(lambda r, y: fast(r, nodes, y), [rows, x]), gradients(lambda r, y: f(r, nodes, y), [rows, x]),
              "float")
    agree([torch.compile(mapped)(rows, nodes, x)], [mapped(rows, nodes, x)], "float")
    nodes[1, 4, 0] = 4
    with pytest.raises(cajal.StatusError, match=r"child 0 of row 4 is 4.*\(sample 1\)"):
        fast(rows, nodes, x)
    torch._dynamo.reset()


@pytest.mark.parametrize("records", [False, True])
def test_children_are_checked(total, real, records):
    layer, (rows, x) = total.torch(), tensors(real, (2, 7, 5), ())
    rows.requires_grad_(records)
    nodes = children(2)
    nodes[1, 3, 1] = 2
    says = r"total: t\.nodes: child 1 of row 3 is 2; it has to be -1, or above 3 and below 7 \(sample 1\)"
    with pytest.raises(cajal.StatusError, match=says):
        layer(rows, nodes, x)
    with pytest.raises(cajal.StatusError, match="child 1 of row 3"):
        vmap(layer, in_dims=(0, 0, None))(rows, nodes, x)
    with pytest.raises(cajal.StatusError, match="w.nodes says that 7 rows count, and there are 6"):
        compiled(programs.TABLES, real).even.torch()(tensors(real, (6, 4))[0].requires_grad_(records), 7)
    # Nothing is the worse for it.
    nodes[1, 3, 1] = -1
    agree([layer(rows, nodes, x).detach()], [by_hand(rows, nodes, x).detach()], real)


def test_types_shapes_and_devices_are_checked():
    m = compiled(programs.TABLES)
    layer, nodes, (rows, x) = m.total.torch(), children(), tensors("float", (7, 5), ())
    with pytest.raises(TypeError, match=r"t\.nodes is torch\.int64, and has to be torch\.int32: .*\.to\(torch\.int32\)"):
        layer(rows, nodes.long(), x)
    with pytest.raises(TypeError, match=r"t\.nodes is torch\.float32"):
        layer(rows, nodes.float(), x)
    with pytest.raises(TypeError, match="t is torch.float64.*real='double'"):
        layer(rows.double().numpy(), nodes, x)
    with pytest.raises(TypeError, match=r"t\.nodes is a list: give a tensor"):
        layer(rows, nodes.tolist(), x)
    with pytest.raises(TypeError, match="x is a ndarray: give a tensor"):
        layer(rows, nodes, np.zeros((), np.float32))
    with pytest.raises(ValueError, match=r"t\.nodes is on meta"):
        layer(rows, nodes.to("meta"), x)
    with pytest.raises(ValueError, match=r"t\.nodes has shape \(3, 2\)"):
        layer(rows, nodes[:3], x)
    with pytest.raises(ValueError, match="the batches differ: t 2, t.nodes 3"):
        layer(rows.expand(2, 7, 5), children(3), x)
    with pytest.raises(TypeError, match=r"t\.nodes missing"):
        layer(rows, x=x)


LANES = """
data Op   = Plus | Times
data Tree = Leaf Bool | Node Op Tree Tree
program value (t : Tree[15], table : Op -o Bool -o Bool -o Bool) : Bool =
  fold { Leaf b => b | Node op l r => table op l r } (t)
"""


@pytest.mark.parametrize("source", [LANES, programs.TABLES, programs.SYSTEM, programs.MODEL, programs.NUMBERS])
def test_workspaces_are_large_enough(real, source):
    """For every batch, also where lanes make them grow in steps; and what a call of its own way allocates is exact."""
    from cajal import torch_ops
    module = compiled(source, real)
    for name in module:
        h = torch_ops.handle(module[name])
        for keep in (1, 2):
            for batch in (*range(1, 300), 511, 1000, 4099, 100_000):
                assert h.workspace_bytes(batch, keep) >= h.calls.workspace_bytes(batch, h.calls.keep(keep == 2))


@pytest.mark.parametrize("batch", [1, 15, 16, 17, 40, 200])
def test_batches_of_trees_in_lanes(real, batch):
    value = compiled(LANES, real).value
    random = np.random.default_rng(batch)
    tree = ("Node", 0, ("Node", 1, ("Leaf", True), ("Leaf", False)), ("Leaf", True))
    rows, nodes = cajal.encode(value, "t", [tree if random.random() < 0.5 else ("Leaf", False) for _ in range(batch)])
    table = torch.from_numpy(random.random(16).astype(value.dtype))
    layer = value.torch()
    alone = [gradients(lambda r, t: layer(r, n, t), [r, table]) for r, n in zip(torch.from_numpy(rows), nodes)]
    y = gradients(lambda r, t: layer(r, nodes, t), [torch.from_numpy(rows), table])[0]
    agree([y], [torch.stack([found[0] for found in alone])], real)
    bar = torch.ones(batch, 2, dtype=y.dtype)
    each = vmap(grad(lambda r, n, t: layer(r, n, t).sum()), in_dims=(0, 0, None))(
        torch.from_numpy(rows), torch.from_numpy(nodes), table)
    r, t = torch.from_numpy(rows).requires_grad_(), table.clone().requires_grad_()
    agree([each], torch.autograd.grad(layer(r, nodes, t), r, bar), real)


def of_tree(weights, rows, nodes):
    """programs.TREE_MODEL by hand, of one table."""
    def dense(net, x):
        return torch.tanh(torch.nn.functional.linear(x, weights[f"{net}.0.weight"], weights[f"{net}.0.bias"]))

    values = [None] * 5
    for i in range(4, -1, -1):
        values[i] = rows[i, 0] * dense("tip", rows[i, 2:5])
        left, right = nodes[i].tolist()
        if left >= 0 and right >= 0:
            values[i] = values[i] + rows[i, 1] * dense("fork", torch.cat([values[left], values[right]]))
    return values[0]


def test_a_model(real):
    function = compiled(programs.TREE_MODEL, real).of_tree
    net = function.torch()
    parameters = {n: p.detach() for n, p in net.named_parameters()}
    tip = [("Tip", v.tolist()) for v in tensors(real, (3, 3))[0]]
    trees = [tip[0], ("Fork", tip[0], tip[1]), ("Fork", ("Fork", tip[0], tip[1]), tip[2])]
    rows, nodes = (torch.from_numpy(a) for a in cajal.encode(function, "t", trees))
    agree([net(rows, nodes).detach()], [torch.stack([of_tree(parameters, r, n) for r, n in zip(rows, nodes)])], real)

    # The gradient of the parameters, of each sample, and of rows.
    def loss(parameters, rows, nodes):
        return functional_call(net, parameters, (rows, nodes)).square().sum()

    def hand(parameters, rows, nodes):
        return of_tree(parameters, rows, nodes).square().sum()

    found = vmap(grad(loss, argnums=(0, 1)), in_dims=(None, 0, 0))(parameters, rows, nodes)
    expected = [grad(hand, argnums=(0, 1))(parameters, r, n) for r, n in zip(rows, nodes)]
    agree([found[1]], [torch.stack([e[1] for e in expected])], real)
    agree([found[0][n] for n in parameters], [torch.stack([e[0][n] for e in expected]) for n in parameters], real)
    net(rows, nodes).square().sum().backward()
    agree([p.grad for p in net.parameters()], [found[0][n].sum(0) for n, _ in net.named_parameters()], real)


def test_training_a_model_on_trees():
    torch.manual_seed(0)
    function = compiled(programs.TREE_MODEL).of_tree
    net = function.torch()
    tip = [("Tip", v) for v in np.eye(3).tolist()]
    trees = [("Fork", a, b) for a in tip for b in tip]
    rows, nodes = cajal.encode(function, "t", trees)
    target = torch.from_numpy(function(rows, nodes, params=2 * function.initial(7)))
    optimizer = torch.optim.Adam(net.parameters(), lr=0.05)
    losses = []
    for _ in range(150):
        optimizer.zero_grad()
        loss = (net(rows, nodes) - target).square().mean()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0] / 4
