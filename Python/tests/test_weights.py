"""Models, their parameters, and safetensors files."""
import ctypes

import numpy as np
import pytest
from conftest import compiled

import cajal
import programs


def test_a_transposed_array_is_written_as_it_is(tmp_path):
    array = np.array([[0, 1, 2], [3, 4, 5]], np.float32).T
    assert not array.flags.c_contiguous
    cajal.weights.save(tmp_path / "w.safetensors", {"a": array})
    assert cajal.weights.load(tmp_path / "w.safetensors")["a"].tolist() == [[0, 3], [1, 4], [2, 5]]


def test_others_read_and_write_the_same(tmp_path):
    numpy_files = pytest.importorskip("safetensors.numpy")
    arrays = {"b.1": np.arange(6, dtype=np.float64).reshape(2, 3).T, "a": np.array(3, np.int64),
              "c": np.zeros((0, 4), np.float16), "d": np.array([True, False])}
    cajal.weights.save(tmp_path / "w.safetensors", arrays, {"made": "here"})
    for found in (numpy_files.load_file(tmp_path / "w.safetensors"), cajal.weights.load(tmp_path / "w.safetensors")):
        assert {n: (a.dtype, a.tolist()) for n, a in found.items()} == {
            n: (a.dtype, a.tolist()) for n, a in arrays.items()}
    numpy_files.save_file({n: np.ascontiguousarray(a) for n, a in arrays.items()}, tmp_path / "o.safetensors")
    assert cajal.weights.load(tmp_path / "o.safetensors")["b.1"].tolist() == arrays["b.1"].tolist()


def test_narrow_types_of_others(tmp_path):
    torch = pytest.importorskip("torch")
    torch_files = pytest.importorskip("safetensors.torch")
    values = torch.tensor([1.5, -2, 3e38, 1e-40])
    torch_files.save_file({"a": values.to(torch.bfloat16)}, tmp_path / "b.safetensors")
    assert np.array_equal(cajal.weights.load(tmp_path / "b.safetensors")["a"],
                          values.to(torch.bfloat16).to(torch.float32).numpy())
    torch_files.save_file({"a": values[:2].to(torch.float8_e4m3fn)}, tmp_path / "c.safetensors")
    with pytest.raises(ValueError, match="F8_E4M3, which NumPy has not: convert it to F32"):
        cajal.weights.load(tmp_path / "c.safetensors")


def test_damaged_files():
    whole = cajal.weights.dumps({"a": np.ones(3, np.float32)})
    for data in (b"", whole[:7], whole[:20], whole[:-1], b"\xff" * 16, whole.replace(b"[3]", b"[4]")):
        with pytest.raises(ValueError):
            cajal.weights.loads(data)
    with pytest.raises(TypeError, match="complex64"):
        cajal.weights.dumps({"a": np.ones(3, np.complex64)})


def test_a_failed_save_leaves_the_file(tmp_path):
    file = tmp_path / "w.safetensors"
    cajal.weights.save(file, {"a": np.ones(3)})
    before = file.read_bytes()
    with pytest.raises(TypeError):
        cajal.weights.save(file, {"a": np.array(["text"])})
    assert file.read_bytes() == before and [p.name for p in tmp_path.iterdir()] == ["w.safetensors"]


def test_parameters_by_vector_and_by_name(rounds_of, tmp_path):
    vector = rounds_of.initial(0)
    assert vector.dtype == rounds_of.dtype and len(vector) == rounds_of.parameter_count
    for tensor in rounds_of.tensors:
        piece = vector[tensor.offset:tensor.offset + tensor.count]
        assert 0 < np.abs(piece).max() <= tensor.fan_in ** -0.5
    named = rounds_of.unpack(vector)
    assert set(named) == {"kernel.0.weight", "kernel.0.bias", "rounds.0.weight", "rounds.0.bias", "rounds.1.weight",
                          "rounds.1.bias"} or len(named) == 6
    assert np.array_equal(rounds_of.pack({n: np.asfortranarray(a) for n, a in named.items()}), vector)
    x = np.random.default_rng(1).standard_normal((3, 6, 5)).astype(rounds_of.dtype)
    y = rounds_of(x, params=vector)
    assert y.shape == (3, 6, 5)
    assert np.array_equal(rounds_of(x, params=named), y)
    rounds_of.save(tmp_path / "w.safetensors", named)
    assert np.array_equal(rounds_of.load(tmp_path / "w.safetensors"), vector)
    with pytest.raises(TypeError, match="holds no weights"):
        rounds_of(x)
    with pytest.raises(KeyError, match="is missing"):
        rounds_of.pack({})
    with pytest.raises(ValueError, match="a vector of"):
        rounds_of(x, params=vector[1:])


def test_gradient_of_parameters_by_differences():
    model = compiled(programs.MODEL, "double").rounds_of
    random = np.random.default_rng(2)
    vector, x = model.initial(0), random.standard_normal((2, 6, 5))
    y, vjp = model.vjp(x, params=vector)
    y_bar = random.standard_normal(y.shape)
    params_bar, (x_bar,) = vjp(y_bar)
    assert x_bar.shape == x.shape
    for i in random.choice(len(vector), 20, replace=False):
        step = np.zeros_like(vector)
        step[i] = 1e-6
        difference = (model(x, params=vector + step) - model(x, params=vector - step)) * y_bar / 2e-6
        assert abs(params_bar[i] - difference.sum()) < 1e-6


@pytest.fixture
def trained(real):
    model = compiled(programs.MODEL, real).rounds_of
    named = model.unpack(model.initial(3))
    # What is in a file is in its own layout; transposed, to be sure.
    return cajal.compile(programs.MODEL, real=real, weights={n: np.asfortranarray(a) for n, a in named.items()}), named


def test_embedded_weights_are_views_that_nobody_writes(trained, real):
    module, named = trained
    model = module.rounds_of
    weights = model.weights
    assert {n: w.tolist() for n, w in weights.items()} == {n: w.tolist() for n, w in named.items()}
    library = ctypes.CDLL(str(module.path))
    assert library is not None
    first = model.vector
    assert first.ctypes.data == model.vector.ctypes.data, "no copy"
    for array in (first, *weights.values()):
        assert not array.flags.writeable
        with pytest.raises(ValueError):
            array[...] = 0
        with pytest.raises(ValueError):
            array.flags.writeable = True
    x = np.ones((6, 5), model.dtype)
    assert np.array_equal(model(x), model(x, params=named))


def test_embedded_weights_for_jax_and_torch(trained, real):
    weights = trained[0].rounds_of.weights
    name, array = next(iter(weights.items()))
    before = array.copy()
    try:
        import jax
        import jax.numpy as jnp
        with jax.enable_x64(real == "double"):
            copied = jnp.array(array)
            assert np.array_equal(copied, array) and copied.dtype == array.dtype
            for moved in (copied.at[0].set(7), jax.device_put(array) + 1):
                assert not np.array_equal(moved, array)
            with pytest.raises(BufferError):
                jnp.from_dlpack(array)
    except ImportError:
        pass
    torch = pytest.importorskip("torch")
    tensor = torch.tensor(array)
    tensor.zero_()
    net = trained[0].rounds_of.torch()
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.zero_()
    assert np.array_equal(weights[name], before)
