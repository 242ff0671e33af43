"""From source to a module: what is taken, what is refused, what is kept."""
import multiprocessing
import os
import pickle
import shutil
import struct
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from conftest import REPOSITORY, compiled

import cajal
import programs
from cajal import cache, toolchain

TWICE = "program twice (f : Bool -o Bool -o Bool, a : Bool) : Bool = f a a"


def test_a_file_is_compiled_as_its_text_is():
    module = cajal.compile(REPOSITORY / "Examples/paper/flip.cajal")
    assert module.source == "flip.cajal"
    assert sorted(module) == ["flip", "flip_from"]
    assert cajal.compile(str(REPOSITORY / "Examples/paper/flip.cajal")) is module


def test_attributes_and_help():
    module = compiled(programs.FLIP)
    assert {"flip", "flip_from"} <= set(dir(module))
    assert module.flip_from.signature == "flip_from (x : Bool, n : Nat) : Bool"
    assert "program flip_from (x : Bool, n : Nat) : Bool" in repr(module)
    import pydoc
    text = pydoc.plain(pydoc.render_doc(module.flip_from))
    assert "flip_from (x : Bool, n : Nat) : Bool" in text and "shape (10,), linear" in text
    with pytest.raises(AttributeError, match="has no program or model 'flop': it has flip, flip_from"):
        module.flop


def test_ports_have_shapes_and_degrees():
    system = compiled(programs.SYSTEM).system
    assert [(p.name, p.shape, p.degree, p.linear) for p in system.inputs] == [
        ("A", (3, 3), 3, False), ("v", (3,), 1, True), ("n", (4,), 1, True)]
    assert not system.linear and compiled(programs.FLIP).flip_from.linear


def test_an_error_has_the_rendered_message_and_json():
    with pytest.raises(cajal.CompileError) as caught:
        cajal.compile(TWICE)
    assert "error[E0101]: `a` is used twice" in str(caught.value) and "used here first" in str(caught.value)
    diagnostic, = caught.value.diagnostics
    assert (diagnostic["code"], diagnostic["severity"], diagnostic["line"]) == ("E0101", "error", 1)
    again = pickle.loads(pickle.dumps(caught.value))
    assert again.diagnostics == caught.value.diagnostics


def test_warnings_come_from_the_cache_too():
    source = "horizon 4\nprogram six ( ) : Nat = iter { 0 | y => succ (succ y) } (3)"
    for _ in range(2):
        with pytest.warns(cajal.CompileWarning, match="E0403|W0403|may drop"):
            cajal.compile(source)


def test_wrong_arguments():
    for arguments, error in [({"real": "half"}, ValueError), ({"blas": "mkl"}, ValueError),
                             ({"flags": "--strict-linear"}, TypeError)]:
        with pytest.raises(error):
            cajal.compile(programs.FLIP, **arguments)
    with pytest.raises(FileNotFoundError):
        cajal.compile("no/such/file.cajal")
    with pytest.raises(cajal.CompileError, match="horizon"):
        cajal.compile(programs.FLIP, horizon=-1)


def test_horizon_and_flags():
    assert cajal.compile(programs.FLIP, horizon=3).flip.inputs[0].shape == (3,)
    with pytest.raises(cajal.CompileError):
        cajal.compile(programs.SYSTEM, flags=["--strict-linear"])
    finite = cajal.compile(programs.FLIP, flags=["--check-finite"])
    with pytest.raises(cajal.StatusError, match="NaN") as caught:
        finite.flip(np.full(10, np.nan, np.float32))
    assert caught.value.status == 2


def test_no_c_compiler(monkeypatch):
    monkeypatch.setenv("CC", "no-such-compiler")
    with pytest.raises(cajal.BuildError, match="no-such-compiler"):
        cajal.compile(programs.SAME)


def test_blas_none_and_default():
    assert cajal.compile(programs.FLIP, blas="none").blas == "none"
    wide = "program wide (A : Real[64] -o Real[64], v : Real[64], n : Nat) : Real[64] = iter { v | y => A y } (n)"
    expected = toolchain.default_blas(toolchain.cc(), toolchain.CFLAGS)
    module = cajal.compile(wide)
    assert module.blas == expected


def test_openblas_gets_one_thread():
    if toolchain.default_blas(toolchain.cc(), toolchain.CFLAGS) == "none":
        pytest.skip("OpenBLAS is not installed")
    code = ("import cajal, ctypes, sys\n"
            "if sys.argv[2] == 'leave': cajal.set_openblas_threads(None)\n"
            "m = cajal.compile(sys.argv[1], blas='openblas')\n"
            "print(ctypes.CDLL(str(m.path)).openblas_get_num_threads())")
    wide = "program wide (A : Real[64] -o Real[64], v : Real[64], n : Nat) : Real[64] = iter { v | y => A y } (n)"

    def threads(mode):
        return int(subprocess.run([sys.executable, "-c", code, wide, mode], check=True, capture_output=True, text=True,
                                  env=environment(OPENBLAS_NUM_THREADS="2")).stdout)

    assert threads("one") == 1
    if len(os.sched_getaffinity(0)) > 1:
        assert threads("leave") == 2


def environment(**more):
    return {**os.environ, "PYTHONPATH": str(Path(cajal.__file__).parents[1]), **more}


def test_a_build_of_another_source_answers_anew(tmp_path):
    """Rebuilt at the same path of the source, in one process."""
    file = tmp_path / "answer.cajal"
    for number in (1, 2, 3):
        file.write_text(f"program answer ( ) : Nat = {number}")
        assert np.argmax(cajal.compile(file).answer()) == number


def test_processes_and_threads_compile_the_same_at_once(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    (tmp_path / "cajal").mkdir()
    built = []

    def build(draft):
        built.append(draft)
        (draft / "file").write_text("whole")

    threads = [threading.Thread(target=cache.folder, args=("modules", "name", build)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(built) == 1
    assert sorted(p.name for p in (tmp_path / "cajal/modules").iterdir()) == ["name", "name.lock"]

    def fails(draft):
        (draft / "file").write_text("half")
        raise OSError("full")

    with pytest.raises(OSError, match="full"):
        cache.folder("modules", "other", fails)
    assert not (tmp_path / "cajal/modules/other").exists()


def test_what_is_no_module(tmp_path):
    file = tmp_path / "no.so"
    with pytest.raises(cajal.LoadError, match="cannot read"):
        cajal.load(file)
    file.write_text("text")
    with pytest.raises(cajal.LoadError, match="not an ELF file"):
        cajal.load(file)
    # The machine's number of a module: 62 is x86-64, 183 is aarch64.
    whole = bytearray(compiled(programs.SAME).path.read_bytes())
    other = 62 if struct.unpack("<H", whole[18:20])[0] != 62 else 183
    whole[18:20] = struct.pack("<H", other)
    file.write_bytes(whole)
    with pytest.raises(cajal.LoadError, match="was built for .* compile it here"):
        cajal.load(file)
    source = tmp_path / "empty.c"
    source.write_text("int nothing;")
    subprocess.run([*toolchain.cc(), "-shared", "-fPIC", source, "-o", tmp_path / "empty.so"], check=True)
    with pytest.raises(cajal.LoadError, match="no cajal_module_info"):
        cajal.load(tmp_path / "empty.so")


def _call(function):
    return function(np.ones(4, np.float32)).tolist()


def test_functions_go_to_other_processes():
    same = compiled(programs.SAME).same
    assert pickle.loads(pickle.dumps(same)) is same
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.apply(_call, (same,)) == [1, 1, 1, 1]


def test_the_cache_may_be_removed(tmp_path, monkeypatch):
    source = "program gone ( ) : Bool = true"
    first = cajal.compile(source)
    shutil.rmtree(first.path.parent)
    assert cajal.compile(source).gone().tolist() == [1, 0]


def test_types_are_understood():
    from cajal.ports import matrix_shape
    assert matrix_shape("Bool -o Nat", 10) == (10, 2)
    assert matrix_shape("Real[28,28] -o Real[28,28]", 10) == (784, 784)
    assert matrix_shape("Bool -o Bool -o Bool", 10) == (4, 2)
    assert matrix_shape("(Bool -o Bool) -o Real", 10) == (1, 4)
    assert matrix_shape("Real[2,3]", 10) is None and matrix_shape("Strange -o Bool", 10) is None
