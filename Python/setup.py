"""Puts the compiler and the runtime's sources into the package, and names the wheel after the platform."""
import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.bdist_wheel import bdist_wheel
from setuptools.command.build_py import build_py
from setuptools.dist import Distribution

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent


class BuildWithCompiler(build_py):
    """Copies bin/cajal2c and Runtime/ of the repository to cajal/native of what is built."""

    def run(self) -> None:
        if self.editable_mode:
            super().run()
            return  # the repository's own are used
        # What an earlier build left would become part of this one.
        package = Path(self.build_lib) / "cajal"
        shutil.rmtree(package, ignore_errors=True)
        super().run()
        native = package / "native"
        for folder, files in self._native():
            (native / folder).mkdir(parents=True)
            for file in files:
                shutil.copy2(file, native / folder)

    def _native(self):
        compiler = REPOSITORY / "bin" / "cajal2c"
        if not compiler.exists():
            raise SystemExit(f"{compiler} is missing: run `make` in {REPOSITORY} first (it needs Swift), "
                             "and then `pip install ./Python`")
        return [("bin", [compiler]),
                ("include", sorted((REPOSITORY / "Runtime/include").glob("*.h"))),
                ("src", sorted(f for f in (REPOSITORY / "Runtime/src").iterdir() if f.suffix in (".c", ".h")))]


class PlatformWheel(bdist_wheel):
    """For any Python 3, since modules are loaded through ctypes; for this machine, since cajal2c is in it."""

    def get_tag(self):
        return "py3", "none", super().get_tag()[2]


class WithBinary(Distribution):
    def has_ext_modules(self) -> bool:
        return True


setup(cmdclass={"build_py": BuildWithCompiler, "bdist_wheel": PlatformWheel}, distclass=WithBinary)
