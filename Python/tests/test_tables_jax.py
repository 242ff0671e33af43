"""Lists and trees in JAX: gradients, batching, tracing, and what is refused."""
import numpy as np
import pytest
from conftest import compiled

jax = pytest.importorskip("jax")

import cajal  # noqa: E402
import jax.numpy as jnp  # noqa: E402
import programs  # noqa: E402
from test_jax import agree, arrays, loss, precision  # noqa: E402, F401
from test_tables import TREE, word  # noqa: E402


def children(*shape, seed=0):
    """Random children of tables, of this batch; NumPy's, so that programs.total can look at them."""
    random = np.random.default_rng(seed)
    nodes = [programs.random_nodes(random) for _ in range(int(np.prod(shape, dtype=int)))]
    return np.array(nodes, np.int32).reshape(*shape, 7, 2)


def by_hand(nodes):
    """programs.total of these children, for any batches."""
    def f(rows, x):
        sizes = {t.shape[0] for t, rank in ((rows, 2), (nodes, 2), (x, 0)) if t.ndim > rank}
        if not sizes:
            return programs.total(rows, nodes, x)
        return jnp.stack([programs.total(rows[s] if rows.ndim > 2 else rows, nodes[s] if nodes.ndim > 2 else nodes,
                                         x[s] if x.ndim else x) for s in range(max(sizes))])

    return f


@pytest.fixture
def total(real):
    return compiled(programs.TABLES, real).total.jax()


@pytest.mark.parametrize("batches", [((), (), ()), ((3,), (3,), ()), ((3,), (), (3,)), ((), (3,), ()), ((), (), (3,))])
def test_values_and_gradients(total, real, batches):
    rows, x = arrays(real, (*batches[0], 7, 5), batches[2])
    nodes = children(*batches[1])
    hand = by_hand(nodes)

    def f(rows, x):
        return total(rows, nodes, x)

    agree([f(rows, x), jax.jit(total)(rows, nodes, x)], [hand(rows, x)] * 2, real)
    agree(jax.jit(jax.grad(loss(f), (0, 1)))(rows, x), jax.grad(loss(hand), (0, 1))(rows, x), real)
    # The children traced, and not constants.
    agree(jax.jit(jax.grad(loss(total), (0, 2)))(rows, nodes, x), jax.grad(loss(hand), (0, 1))(rows, x), real)


def test_nodes_have_a_gradient_of_float0(total, real):
    rows, x = arrays(real, (3, 7, 5), ())
    nodes = children(3)
    found = jax.jit(jax.grad(loss(total), (0, 1, 2), allow_int=True))(rows, nodes, x)
    assert found[1].dtype == jax.dtypes.float0 and found[1].shape == nodes.shape
    agree((found[0], found[2]), jax.grad(loss(by_hand(nodes)), (0, 1))(rows, x), real)
    out, back = jax.vjp(total, rows, nodes, x)
    assert back(out)[1].dtype == jax.dtypes.float0
    with pytest.raises(TypeError, match="nteger"):
        jax.grad(loss(total), 1)(rows, nodes, x)


@pytest.mark.parametrize("in_axes", [(0, 0, None), (0, None, 0), (None, 0, None), (None, None, 0), (2, 1, 0)])
def test_vmap_of_grad(total, real, in_axes):
    rows, x = arrays(real, (4, 7, 5), (4,))
    nodes = children(4)
    given = [t if axis is not None else t[0] for t, axis in zip((rows, nodes, x), in_axes)]
    moved = [jnp.moveaxis(t, 0, axis or 0) if axis is not None else t for t, axis in zip(given, in_axes)]
    g = jax.vmap(jax.grad(loss(total), (0, 2)), in_axes)
    one = [[t if axis is None else t[s] for t, axis in zip(given, in_axes)] for s in range(4)]
    expected = [jnp.stack(parts) for parts in zip(*(
        jax.grad(loss(by_hand(np.asarray(n))), (0, 1))(r, y) for r, n, y in one))]
    agree([*g(*moved), *jax.jit(g)(*moved)], expected * 2, real)
    values = jnp.stack([programs.total(r, np.asarray(n), y) for r, n, y in one])
    agree(jax.vmap(total, in_axes)(*moved), values, real)


def test_scan_cond_remat_and_nested_vmap():
    real, total = "float", compiled(programs.TABLES).total.jax()
    rows, x = arrays(real, (5, 7, 5), (3,))
    nodes = children(5)

    def walk(rows, x):
        return jax.lax.scan(lambda c, each: (total(each[0], each[1], c), None), x, (rows, nodes))[0]

    def by_loop(rows, x):
        for r, n in zip(rows, nodes):
            x = programs.total(r, n, x)
        return x

    agree(jax.jit(jax.grad(lambda r: walk(r, x[0])))(rows), jax.grad(lambda r: by_loop(r, x[0]))(rows), real)
    agree(jax.vmap(jax.grad(walk, 1), (None, 0))(rows, x), jnp.stack([jax.grad(by_loop, 1)(rows, y) for y in x]), real)
    nested = jax.vmap(jax.vmap(total, (None, None, 0)), (0, 0, None))(rows, nodes, x)
    agree(nested, jnp.stack([by_hand(n)(r, x) for r, n in zip(rows, nodes)]), real)
    kept = jax.grad(jax.checkpoint(lambda r: loss(total)(r, nodes, x[0])))(rows)
    agree(kept, jax.grad(lambda r: loss(by_hand(nodes))(r, x[0]))(rows), real)
    either = jax.grad(lambda r: jax.lax.cond(x[0] > 9, lambda: r.sum(), lambda: total(r, nodes[0], x[0])))(rows[0])
    agree(either, jax.grad(lambda r: programs.total(r, nodes[0], x[0]))(rows[0]), real)
    agree(jax.jacrev(total)(rows, nodes, x[0]), jax.jacrev(by_hand(nodes))(rows, x[0]), real)


def test_what_encode_makes_is_taken_as_it_is(real):
    m = compiled(programs.TABLES, real)
    even, total = m.even.jax(), m.total.jax()
    batch = even(*cajal.encode(m.even, "w", [word([True]), word([]), word([True, False, True])]))
    assert batch.tolist() == [[0, 1], [1, 0], [1, 0]]
    rows, _ = cajal.encode(m.even, "w", word([True, False]))
    assert even(rows, 2).tolist() == [0, 0] and even(w=rows, w_nodes=3).tolist() == [0, 1]
    assert even(rows, jnp.array([1, 3], jnp.int32)).tolist() == [[0, 0], [0, 1]]
    assert jax.vmap(even, (None, 0))(rows, jnp.array([1, 3], jnp.int32)).tolist() == [[0, 0], [0, 1]]
    assert float(total(*cajal.encode(m.total, "t", TREE), 2)) == 30


@pytest.mark.parametrize("traced", [False, True])
def test_children_are_checked(total, real, traced):
    rows, x = arrays(real, (2, 7, 5), ())
    nodes = children(2)
    nodes[1, 3, 1] = 2
    f = jax.jit(total) if traced else total
    says = r"total: t\.nodes: child 1 of row 3 is 2; it has to be -1, or above 3 and below 7 \(sample 1\)"
    with pytest.raises(Exception, match=says):
        jax.block_until_ready(f(rows, nodes, x))
    with pytest.raises(Exception, match="child 1 of row 3"):
        jax.block_until_ready(jax.vmap(jax.grad(total), (0, 0, None))(rows, nodes, x))
    even = compiled(programs.TABLES, real).even.jax()
    with pytest.raises(Exception, match="w.nodes says that -1 rows count, and there are 6"):
        jax.block_until_ready(even(arrays(real, (6, 4))[0], -1))


def test_types_and_shapes_are_checked(total, real):
    rows, x = arrays(real, (7, 5), ())
    nodes = children()
    with pytest.raises(TypeError, match=r"t\.nodes is int64, and has to be int32: .*astype\(jnp\.int32\)"):
        total(rows, nodes.astype(np.int64), x)
    with pytest.raises(TypeError, match=r"t\.nodes is float"):
        jax.jit(total)(rows, nodes.astype(np.float32), x)
    with pytest.raises(TypeError, match=r"t\.nodes is float64, and has to be of whole numbers"):
        total(rows, [[0.5, 1.0]] * 7, x)
    with pytest.raises(TypeError, match="t is int32"):
        total(jnp.zeros((7, 5), jnp.int32), nodes, x)
    with pytest.raises(ValueError, match=r"t\.nodes has shape \(3, 2\)"):
        total(rows, nodes[:3], x)
    agree(total(rows, nodes.tolist(), x), programs.total(rows, nodes, x), real)


def of_tree(weights, rows, nodes):
    """programs.TREE_MODEL by hand, of one table."""
    def dense(net, x):
        return jnp.tanh(weights[f"{net}.0.weight"] @ x + weights[f"{net}.0.bias"])

    values = [None] * 5
    for i in range(4, -1, -1):
        values[i] = rows[i, 0] * dense("tip", rows[i, 2:5])
        left, right = nodes[i]
        if left >= 0 and right >= 0:
            values[i] = values[i] + rows[i, 1] * dense("fork", jnp.concatenate([values[left], values[right]]))
    return values[0]


def test_a_model(real):
    function = compiled(programs.TREE_MODEL, real).of_tree
    f = function.jax()
    params = {n: jnp.asarray(w) for n, w in function.unpack(function.initial(0)).items()}
    tip = [("Tip", v.tolist()) for v in arrays(real, (3, 3))[0]]
    trees = [tip[0], ("Fork", tip[0], tip[1]), ("Fork", ("Fork", tip[0], tip[1]), tip[2])]
    rows, nodes = cajal.encode(function, "t", trees)
    rows = jnp.asarray(rows)
    agree(f(params, rows, nodes), jnp.stack([of_tree(params, r, n) for r, n in zip(rows, nodes)]), real)
    found = jax.jit(jax.vmap(jax.grad(lambda p, r, n: loss(f)(p, r, n), (0, 1)), (None, 0, 0)))(params, rows, nodes)
    each = [jax.grad(lambda p, r: (jnp.sin(of_tree(p, r, n)) ** 2).sum(), (0, 1))(params, r)
            for r, n in zip(rows, nodes)]
    agree(found, jax.tree.map(lambda *parts: jnp.stack(parts), *each), real)
    whole = jax.grad(lambda p: loss(f)(p, rows, nodes))(params)
    agree(whole, jax.tree.map(lambda g: g.sum(0), found[0]), real)
