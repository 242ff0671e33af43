"""JAX: gradients, batching, tracing, buffers, and what is refused."""
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from conftest import TOLERANCE, compiled

jax = pytest.importorskip("jax")

import jax.numpy as jnp  # noqa: E402
import programs  # noqa: E402


@pytest.fixture(autouse=True)
def precision(request):
    """Double where the module is."""
    callspec = getattr(request.node, "callspec", None)
    real = callspec.params.get("real", "float") if callspec else "float"
    with jax.enable_x64(real == "double"):
        yield


def arrays(real, *shapes, seed=0):
    random = np.random.default_rng(seed)
    return [jnp.asarray(random.standard_normal(s) / 2, "float32" if real == "float" else "float64") for s in shapes]


def agree(found, expected, real):
    for a, b in zip(jax.tree.leaves(found), jax.tree.leaves(expected), strict=True):
        assert a.shape == b.shape and a.dtype == b.dtype
        scale = max(1, np.abs(b).max(initial=0))
        assert np.abs(np.asarray(a) - np.asarray(b)).max(initial=0) <= TOLERANCE[real] * scale


def hand(a, v, n):
    """programs.system in JAX, by Python's loop."""
    return programs.system(a, v, n)


def loss(f):
    return lambda *xs: (jnp.sin(f(*xs)) ** 2).sum()


SHAPES = [((3, 3), (3,), (4,)), ((3, 3), (5, 3), (5, 4)), ((5, 3, 3), (3,), (4,)), ((1, 3, 3), (5, 3), (4,)),
          ((3, 3), (0, 3), (4,))]


@pytest.mark.parametrize("shapes", SHAPES)
def test_values_and_gradients(system, real, shapes):
    inputs, f = arrays(real, *shapes), system.jax()
    agree(f(*inputs), hand(*inputs), real)
    for wanted in ((0, 1, 2), (1,)):
        agree(jax.jit(jax.grad(loss(f), wanted))(*inputs), jax.grad(loss(hand), wanted)(*inputs), real)


@pytest.mark.parametrize("in_axes, inner", [
    ((None, 0, None), None), ((0, None, None), None), ((0, 0, 0), None), ((None, 0, None), 2), ((None, 1, 0), 2)])
def test_vmap_of_grad(system, real, in_axes, inner):
    shapes = [(3, 3), (3,) if inner is None else (inner, 3), (4,)]
    inputs = arrays(real, *(s if d is None else (5, *s) for s, d in zip(shapes, in_axes)))
    inputs = [jnp.moveaxis(x, 0, d or 0) for x, d in zip(inputs, in_axes)]

    def of(f):
        g = jax.vmap(jax.grad(loss(f), (0, 1, 2)), in_axes)
        return [g(*inputs), jax.jit(g)(*inputs), jax.vmap(f, in_axes)(*inputs)]

    agree(of(system.jax()), of(hand), real)


@pytest.mark.parametrize("shapes", [((), (3,)), ((1,), (3,)), ((1,), (1, 3)), ((1,), (5, 3)), ((5,), (3,)), ((5, 1), (3,))])
def test_a_batch_of_one_number_is_a_batch(real, shapes):
    inputs, f = arrays(real, *shapes), compiled(programs.NUMBERS, real).scaled.jax()

    def by_hand(r, x):
        return (r if r.ndim == 0 else r.reshape(-1, 1)) * x

    agree(f(*inputs), by_hand(*inputs), real)
    agree(jax.grad(loss(f), (0, 1))(*inputs), jax.grad(loss(by_hand), (0, 1))(*inputs), real)
    doubled = compiled(programs.NUMBERS, real).doubled.jax()
    for r in arrays(real, (7,), (1,)):
        agree([doubled(r), jax.vmap(doubled)(r)], [2 * r, 2 * r], real)


def test_nested_vmap_jacobian_scan_cond_and_remat():
    real = "float"
    system = compiled(programs.SYSTEM, real).system
    a, v, n = arrays(real, (3, 3), (2, 3), (5, 4))

    def of(f):
        def walk(v):
            return jax.lax.scan(lambda c, m: (0.1 * f(a, c, m), c), v, n)[0].sum()

        def either(v, m):
            return jax.lax.cond(v[0] > 0, lambda: loss(f)(a, v, m), lambda: v.sum() * m.sum())

        g = jax.grad(loss(f), (0, 1, 2))
        return [jax.vmap(jax.vmap(g, (None, None, 0)), (None, 0, None))(a, v, n), jax.jacrev(f, (0, 1, 2))(a, v[0], n[0]),
                jax.vmap(jax.jacrev(f), (None, 0, None))(a, v, n[0]), jax.grad(walk)(v[0]), jax.vmap(jax.grad(walk))(v),
                jax.vmap(jax.grad(either, (0, 1)), (0, None))(v, n), jax.grad(jax.checkpoint(loss(f)), (0, 1))(a, v[0], n),
                jax.grad(lambda v: jax.vjp(f, a, v, n[0])[0].sum())(v[0])]

    agree(of(system.jax()), of(hand), real)


def test_an_unmapped_operand_is_not_copied():
    """Nothing in the traced program has a batch of the shared matrix."""
    f = compiled(programs.SYSTEM).system.jax()
    a, v, n = arrays("float", (3, 3), (50, 3), (4,))
    mapped = jax.jit(jax.vmap(f, (None, 0, None)))
    text = mapped.lower(a, v, n).as_text()
    assert "50x9x" not in text and "50x3x3x" not in text and "50x4x" not in text
    assert "cajal_forward" in text
    agree(mapped(a, v, n), hand(a, v, n), "float")


def test_donation():
    f = compiled(programs.SAME).same.jax()
    x = jnp.arange(4, dtype=jnp.float32)
    y = jax.jit(f, donate_argnums=0)(x)
    assert y.tolist() == [0, 1, 2, 3] and x.is_deleted()
    step = jax.jit(lambda x: x - 0.1 * jax.grad(lambda x: (f(x) ** 2).sum())(x), donate_argnums=0)
    for _ in range(3):
        y = step(y)
    np.testing.assert_allclose(y, np.arange(4) * 0.8 ** 3, rtol=1e-5)


def test_the_workspace_survives_what_backward_writes():
    """Two gradients of one result: the second is as right as the first."""
    f = compiled(programs.SYSTEM).system.jax()
    a, v, n = arrays("float", (3, 3), (5, 3), (4,))

    def both(a, v, n, bar):
        _, back = jax.vjp(f, a, v, n)
        return back(bar), back(2 * bar), back(bar)

    first, second, third = jax.jit(both)(a, v, n, v)
    agree(first, third, "float")
    agree(second, jax.tree.map(lambda x: 2 * x, first), "float")


def test_a_model(rounds_of, real):
    f = rounds_of.jax()
    vector = jnp.asarray(rounds_of.initial(0))
    named = {n: jnp.asarray(w) for n, w in rounds_of.unpack(rounds_of.initial(0)).items()}
    x, = arrays(real, (3, 6, 5))
    agree(f(vector, x), rounds_of(np.asarray(x), params=np.asarray(vector)), real)
    by_name = jax.grad(lambda p: loss(f)(p, x))(named)
    assert set(by_name) == set(named)
    by_vector = jax.jit(jax.grad(lambda p: loss(f)(p, x)))(vector)
    agree(by_name, {n: jnp.asarray(w) for n, w in rounds_of.unpack(np.asarray(by_vector)).items()}, real)
    # By differences, and per sample, and an ensemble.
    _, vjp = rounds_of.vjp(np.asarray(x), params=np.asarray(vector))
    agree(jax.vjp(f, vector, x)[1](x), vjp(np.asarray(x))[:1] + tuple(vjp(np.asarray(x))[1]), real)
    single = jax.grad(lambda p, x: loss(f)(p, x))
    agree(jax.vmap(single, (None, 0))(vector, x).sum(0), by_vector, real)
    agree(jax.vmap(single, (0, None))(jnp.stack([vector, vector]), x)[1], by_vector, real)
    with pytest.raises(KeyError, match="kernel.0.bias"):
        f({n: w for n, w in named.items() if n != "kernel.0.bias"}, x)


def test_what_is_refused():
    f = compiled(programs.FLIP).flip_from.jax()
    x, n = jnp.ones(2), jnp.ones((3, 10))
    with pytest.raises(TypeError, match="forward-mode"):
        jax.jvp(f, (x, n), (x, n))
    with pytest.raises(NotImplementedError, match="flip_from: .*gradients have none"):
        jax.grad(lambda x: jax.grad(loss(f))(x, n).sum())(x)
    with pytest.raises(TypeError, match=r"n is bfloat16.*\.astype\(jnp\.float32\)"):
        f(x, n.astype(jnp.bfloat16))
    with pytest.raises(TypeError, match="n is float64"):
        f(x, np.ones(10))
    with pytest.raises(TypeError, match="n is int32"):
        jax.jit(f)(x, jnp.ones(10, int))
    with pytest.raises(ValueError, match="n has shape"):
        f(x, jnp.ones(9))
    agree(f([1, 1], n=n), f(x, n), "float")


def test_double_needs_x64():
    f = compiled(programs.FLIP, "double").flip_from.jax()
    for call in (f, jax.jit(f)):
        with pytest.raises(TypeError, match="computes in float64, and JAX has x64 switched off.*enable_x64"):
            call([1, 0], [1] * 10)
        with jax.enable_x64(True):
            assert call(jnp.array([1.0, 0]), jnp.ones(10)).dtype == jnp.float64


def test_a_failing_call_is_an_error():
    import cajal
    f = cajal.compile(programs.SAME, flags=["--check-finite"]).same.jax()
    with pytest.raises(Exception, match="same: an input or a result holds a NaN"):
        jax.block_until_ready(f(jnp.full(4, jnp.nan)))


def test_denormals_are_kept():
    """XLA's threads flush them, compiled programs do not; values are arguments, since constants are not flushed."""
    twice = compiled("program twice (x : Real[4], r : Real) : Real[4] = scale r x").twice
    small = jnp.asarray(np.full(4, 1e-40, np.float32))
    found = np.asarray(jax.jit(twice.jax())(small, jnp.ones(())))
    assert np.array_equal(found, np.full(4, 1e-40, np.float32))
    both = jax.jit(lambda x, one: (twice.jax()(x, one), x * one))(small, jnp.ones(()))
    assert np.asarray(both[0]).all()


@pytest.mark.parametrize("offset", [0, 4, 16])
def test_numpy_buffers_that_are_filled_again(offset):
    """jnp.asarray copies, where device_put may share memory that the host writes into."""
    memory = np.zeros(64 + 16 + 4, np.float32)
    start = (-memory.ctypes.data % 64 + offset) // 4
    buffer = memory[start:start + 4]
    assert buffer.ctypes.data % 64 == offset
    f = jax.jit(compiled(programs.SAME).same.jax())
    buffer[:] = 1
    first = jnp.asarray(buffer)
    y = f(first)
    buffer[:] = 2
    assert np.asarray(f(first)).tolist() == [1] * 4 and np.asarray(y).tolist() == [1] * 4
    assert np.asarray(f(buffer)).tolist() == [2] * 4


def test_threads():
    f = jax.jit(jax.grad(loss(compiled(programs.SYSTEM).system.jax()), (0, 1, 2)))
    inputs = arrays("float", (3, 3), (100, 3), (4,))
    expected = f(*inputs)
    wrong = []

    def work():
        for _ in range(20):
            if not all(np.array_equal(p, q) for p, q in zip(f(*inputs), expected)):
                wrong.append(1)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_handlers_have_no_unique_names():
    """What g++ makes unique in a process would answer for later builds: nothing but three functions is exported."""
    from cajal import jax_ops
    library = jax_ops._library()._name
    listed = subprocess.run(["nm", "-D", "--defined-only", library], check=True, capture_output=True, text=True).stdout
    exported = {line.split()[-1]: line.split()[-2] for line in listed.splitlines()}
    assert {"CajalForward", "CajalBackward", "cajal_ffi_register"} <= set(exported)
    assert "u" not in exported.values()


def test_a_rebuild_in_one_process_answers_anew(tmp_path):
    file = tmp_path / "answer.cajal"
    import cajal
    for number in (1, 2):
        file.write_text(f"program answer (x : Real) : Real = scale {number} x")
        assert float(cajal.compile(file).answer.jax()(jnp.ones(()))) == number


def test_importing_cajal_imports_no_framework():
    code = "import sys, cajal; sys.exit(any(m in sys.modules for m in ('jax', 'torch')))"
    import cajal
    subprocess.run([sys.executable, "-c", code], check=True,
                   env={"PYTHONPATH": str(Path(cajal.__file__).parents[1]), "PATH": "/usr/bin:/bin"})
