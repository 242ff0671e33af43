"""Calls, gradients and matrices on NumPy arrays."""
import threading

import numpy as np
import pytest
from conftest import compiled

import cajal
import programs


def arrays(real, *shapes, seed=0):
    random = np.random.default_rng(seed)
    return [random.standard_normal(shape).astype("f4" if real == "float" else "f8") for shape in shapes]


MIXED = [((2,), (10,)), ((2,), (7, 10)), ((7, 2), (10,)), ((7, 2), (7, 10)), ((1, 2), (7, 10)), ((1, 2), (1, 10)),
         ((0, 2), (10,)), ((0, 2), (0, 10))]


@pytest.mark.parametrize("shapes", MIXED)
def test_values_and_gradients(flip_from, real, close, shapes):
    x, n = arrays(real, *shapes)
    expected = programs.flip_from(x, n)
    close(flip_from(x, n), expected)
    y, vjp = flip_from.vjp(x, n)
    close(y, expected)
    y_bar, = arrays(real, y.shape, seed=1)
    found = vjp(y_bar)
    swapped = y_bar[..., [1, 0]]
    entries = np.stack([((y_bar if k % 2 == 0 else swapped) * x).sum(-1) for k in range(10)], -1)
    even, odd = n[..., ::2].sum(-1, keepdims=True), n[..., 1::2].sum(-1, keepdims=True)
    close(found[0], summed_to(even * y_bar + odd * swapped, x.shape))
    close(found[1], summed_to(entries, n.shape))
    for first, second in zip(found, vjp(y_bar)):
        assert np.array_equal(first, second)


def summed_to(array, shape):
    """The sum over a batch that an input shares."""
    if array.ndim > len(shape):
        return array.sum(0)
    return array.sum(0, keepdims=True) if array.shape != shape else array


def test_matrix_inputs_and_their_shapes(system, real, close):
    a, v, n = arrays(real, (3, 3), (3,), (5, 4))
    close(system(a, v, n), programs.system(a, v, n))
    close(system(a.reshape(9), v, n), programs.system(a, v, n))
    close(system(n=n, v=v, A=a), programs.system(a, v, n))
    batch, = arrays(real, (5, 3, 3))
    close(system(batch, v, n), programs.system(batch, v, n))
    _, vjp = system.vjp(a, v, n)
    assert [bar.shape for bar in vjp(np.ones((5, 3), a.dtype))] == [(3, 3), (3,), (5, 4)]


def test_gradients_by_differences():
    system = compiled(programs.SYSTEM, "double").system
    inputs = arrays("double", (3, 3), (2, 3), (4,))
    y, vjp = system.vjp(*inputs)
    y_bar, = arrays("double", y.shape, seed=1)
    for i, bar in enumerate(vjp(y_bar)):
        for index in np.ndindex(bar.shape):
            ends = []
            for step in (1e-6, -1e-6):
                moved = [x.copy() for x in inputs]
                moved[i][index] += step
                ends.append((system(*moved) * y_bar).sum())
            assert abs(bar[index] - (ends[0] - ends[1]) / 2e-6) < 1e-6


def test_layouts_that_are_not_contiguous(flip_from, real):
    wide, n = arrays(real, (7, 5), (7, 10))
    x = wide[:, 1:3]
    expected = flip_from(x.copy(), n)
    assert np.array_equal(flip_from(x, n), expected)
    assert np.array_equal(flip_from(np.asfortranarray(x), np.asfortranarray(n)), expected)
    assert np.array_equal(flip_from(x[::-1], n[::-1]), expected[::-1])
    assert np.array_equal(flip_from(x[::2], n[::2]), flip_from(x[::2].copy(), n[::2].copy()))
    shared = np.broadcast_to(x[0], (7, 2))
    assert np.array_equal(flip_from(shared, n), flip_from(x[0].copy(), n))
    _, vjp = flip_from.vjp(shared, n)
    assert vjp(np.ones((7, 2), x.dtype))[0].shape == (7, 2)
    misaligned = np.frombuffer(b"." + x.tobytes(), x.dtype, offset=1).reshape(x.shape)
    assert np.array_equal(flip_from(misaligned, n), expected)


def test_a_shared_input_is_not_copied():
    from cajal.arrays import lay_out
    from cajal.ports import Port
    port = Port("x", "Bool", (2,), 2, 1, True)
    x = np.ones(2, np.float32)
    single = lay_out(x, port, 7, None, packed=False)
    assert single.stride == 0 and np.shares_memory(single.array, x)
    spread = lay_out(np.broadcast_to(x, (7, 2)), port, 7, 7, packed=False)
    assert spread.stride == 0 and np.shares_memory(spread.array, x)
    apart = np.ones((7, 5), np.float32)
    part = lay_out(apart[:, :2], port, 7, 7, packed=False)
    assert part.stride == 5 and np.shares_memory(part.array, apart)


def test_types():
    f = compiled(programs.FLIP).flip_from
    expected = f(np.array([1, 0], np.float32), np.eye(10, dtype=np.float32)[3])
    for x in ([1, 0], (True, False), np.array([1, 0]), np.array([1, 0], np.float16), np.array([True, False])):
        assert np.array_equal(f(x, np.eye(10, dtype=np.float16)[3]), expected)
    with pytest.raises(TypeError, match=r"x is float64.*\.astype\(np\.float32\)"):
        f(np.array([1.0, 0.0]), [0] * 10)
    with pytest.raises(TypeError, match="complex"):
        f(np.array([1j, 0]), [0] * 10)
    assert compiled(programs.FLIP, "double").flip_from([1, 0], [0] * 10).dtype == np.float64


def test_wrong_shapes_and_names():
    f = compiled(programs.FLIP).flip_from
    x, n = np.zeros(2, np.float32), np.zeros(10, np.float32)
    for arguments, error, text in [
            ((x, x), ValueError, r"n has shape \(2,\): Nat has shape \(10,\)"),
            ((np.zeros((3, 2), "f4"), np.zeros((4, 10), "f4")), ValueError, "the batches differ: x 3, n 4"),
            ((np.zeros((3, 3, 2), "f4"), n), ValueError, "x has shape"),
            ((x,), TypeError, "n missing"), ((x, n, n), TypeError, "takes 2 inputs")]:
        with pytest.raises(error, match=text):
            f(*arguments)
    with pytest.raises(TypeError, match="no input 'z'"):
        f(x, z=n)
    with pytest.raises(TypeError, match="twice"):
        f(x, x=x)
    _, vjp = f.vjp(x, n)
    with pytest.raises(ValueError, match="gradient of flip_from's result"):
        vjp(np.zeros(3, np.float32))


NUMBERS = [((), (3,)), ((1,), (3,)), ((), (1, 3)), ((1,), (1, 3)), ((1, 1), (3,)), ((5,), (3,)), ((5,), (5, 3)),
           ((5, 1), (3,)), ((1,), (5, 3)), ((0,), (3,))]


@pytest.mark.parametrize("shapes", NUMBERS)
def test_a_batch_of_one_number_is_a_batch(real, close, shapes):
    scaled = compiled(programs.NUMBERS, real).scaled
    r, x = arrays(real, *shapes)
    expected = np.reshape(r, r.shape[:1] + (1,) * (r.ndim > 0)) * x
    close(scaled(r, x), expected)
    y, vjp = scaled.vjp(r, x)
    close(y, expected)
    y_bar, = arrays(real, y.shape, seed=1)
    r_bar, x_bar = vjp(y_bar)
    products = (y_bar * x).sum(-1)
    close(r_bar, (summed_to(products, r.shape[:1]) if products.ndim else products).reshape(r.shape))
    close(x_bar, summed_to(y_bar * np.reshape(r, r.shape[:1] + (1,) * (r.ndim > 0)), x.shape))


def test_the_last_batch_of_a_loader_may_be_one():
    m = compiled(programs.NUMBERS)
    r, rows, x = arrays("float", (7,), (7, 1, 3), (7, 3))
    parts = [slice(i, i + 3) for i in range(0, 7, 3)]
    assert np.array_equal(np.concatenate([m.doubled(r[part]) for part in parts]), m.doubled(r))
    assert m.doubled(r[0]).shape == m.doubled(2).shape == () and m.doubled([2]).tolist() == [4]
    whole = m.applied(rows, x)
    assert np.array_equal(np.concatenate([m.applied(rows[part], x[part]) for part in parts]), whole)
    # (1, 3) is one row. So (7, 3) is no batch of rows, or its last part would not be one.
    assert m.applied(rows[0], x[0]).shape == m.applied(rows[0, 0], x[0]).shape == ()
    with pytest.raises(ValueError, match=r"f has shape \(7, 3\): .*\(batch, 1, 3\)"):
        m.applied(rows[:, 0], x)


def test_gradients_do_not_follow_later_writes():
    f = compiled(programs.FLIP).flip_from
    x, n = np.array([1, 2], np.float32), np.ones(10, np.float32)
    _, vjp = f.vjp(x, n)
    before = vjp(np.ones(2, np.float32))
    x[:], n[:] = 7, 7
    assert all(np.array_equal(a, b) for a, b in zip(before, vjp(np.ones(2, np.float32))))


def test_matrix(flip_from, close):
    tensor = flip_from.matrix()
    assert tensor.shape == (2, 2, 10)
    expected = np.zeros((2, 2, 10))
    for i in range(2):
        for k in range(10):
            expected[(i + k) % 2, i, k] = 1
    close(tensor, expected)
    flip = compiled(programs.FLIP).flip
    assert np.array_equal(flip.matrix(), np.array([[1, 0] * 5, [0, 1] * 5]))
    assert compiled(programs.CONSTANT).truth.matrix().tolist() == [1, 0]
    with pytest.raises(ValueError, match=r"not linear in A \(degree 3\)"):
        compiled(programs.SYSTEM).system.matrix()


def test_a_program_without_inputs():
    truth = compiled(programs.CONSTANT).truth
    assert truth().tolist() == [1, 0]
    y, vjp = truth.vjp()
    assert vjp(np.ones_like(y)) == ()


def test_threads_share_a_function_and_a_gradient():
    system = compiled(programs.SYSTEM).system
    a, v, n = arrays("float", (3, 3), (200, 3), (200, 4))
    expected = system(a, v, n)
    y, vjp = system.vjp(a, v, n)
    bars = vjp(y)
    wrong = []

    def work():
        for _ in range(50):
            if not np.array_equal(system(a, v, n), expected):
                wrong.append("value")
            if not all(np.array_equal(p, q) for p, q in zip(vjp(y), bars)):
                wrong.append("gradient")

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_calls_release_the_gil():
    """Another thread runs while a call does: it sees that the call has begun and has not ended."""
    system = compiled("program f (A : Real[300] -o Real[300], v : Real[300], n : Nat) : Real[300] = "
                      "iter { v | y => A y } (n)").f
    a, v, n = arrays("float", (300, 300), (8000, 300), (8000, 10))
    running, seen = threading.Event(), threading.Event()
    ended = []

    def watch():
        running.wait()
        for _ in range(100):
            pass
        seen.set()
        ended.append("watch")

    thread = threading.Thread(target=watch)
    thread.start()
    import sys
    interval = sys.getswitchinterval()
    # With the GIL held by the call, nothing would let the other thread run before it ends.
    sys.setswitchinterval(1000)
    try:
        running.set()
        system(a, v, n)
        ended.append("call")
    finally:
        sys.setswitchinterval(interval)
    thread.join()
    assert ended[0] == "watch"


def test_flushed_denormals_are_noticed():
    import warnings

    from cajal import denormals
    assert not cajal.denormals_flushed()
    torch = pytest.importorskip("torch")
    same = cajal.compile(programs.SAME + "\nprogram again (x : Real[4]) : Real[4] = x").again
    double = cajal.compile("program twice (x : Real[4], r : Real) : Real[4] = scale r x").twice
    small = np.full(4, 1e-40, np.float32)
    assert np.array_equal(same(small), small)
    if not torch.set_flush_denormal(True):
        pytest.skip("this processor does not flush denormals")
    try:
        assert cajal.denormals_flushed()
        denormals._warned = False
        with pytest.warns(cajal.DenormalWarning, match="flushes denormal numbers"):
            assert not double(small, np.array(1, np.float32)).any()
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            double(np.stack([small] * 3), np.array(1, np.float32))
    finally:
        torch.set_flush_denormal(False)
    assert not cajal.denormals_flushed()
    assert double(small, np.array(1, np.float32)).all()
