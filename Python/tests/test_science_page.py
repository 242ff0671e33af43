"""docs/science.md, from its first block to its last: what is typed there is done here, in another folder."""
import os
import re
import shutil
import subprocess

import pytest
from conftest import REPOSITORY

PAGE = REPOSITORY / "docs/science.md"


def test_the_page_runs(tmp_path):
    if not (REPOSITORY / "bin/cajal-train").exists():
        pytest.skip("bin/cajal-train has not been built")
    text = PAGE.read_text().replace("cool/", f"{tmp_path}/").replace("-Icool", f"-I{tmp_path}").replace("mkdir -p cool\n", "true\n")
    printed = []
    # Blocks without a language are parts of programs.
    for language, block in re.findall(r"^```(\w+)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        if language == "cajal":
            (tmp_path / "cooling.cajal").write_text(block)
        elif language == "c":
            (tmp_path / "client.c").write_text(block)
        elif language == "sh":
            if shutil.which("gnuplot") is None:
                block = re.sub(r"^.* plot .*$", "", block, flags=re.MULTILINE)
            # What the make that runs the tests was told is not for the page's.
            environment = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL")}
            done = subprocess.run(["bash", "-euo", "pipefail", "-c", block], cwd=REPOSITORY, env=environment,
                                  capture_output=True, text=True)
            assert done.returncode == 0, done.stderr
            printed.append(done.stdout)
        else:
            exec(compile(block, str(PAGE), "exec"), {})
    assert "affine in t" in printed[2] and "best: step" in printed[2]
    learnt = float(re.search(r"^k = (.*)$", printed[2], re.MULTILINE).group(1))
    assert abs(learnt - 0.7) < 1e-4
    # 90, then 90 - 0.07 * 70; and 20 + 70 * 0.93^40.
    first, last = map(float, printed[-1].split())
    assert abs(first - 85.1) < 0.01 and abs(last - (20 + 70 * 0.93 ** 40)) < 0.05
    header, row = (tmp_path / "outputs.csv").read_text().split()
    assert header.startswith("cooling[0],cooling[1],") and abs(float(row.split(",")[1]) - 85.1) < 0.01


def test_the_parts_of_programs_compile_and_compute():
    """The blocks without a language, against the same in Python."""
    import cajal
    import numpy as np
    parts = [block for block in re.findall(r"^```(?:\w*)\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
             if "model rateof" in block or "model driven" in block]
    assert len(parts) == 2
    driven = cajal.compile("param k : Real = 0.7\n" + parts[1], real="double").driven
    around = 10 + np.sin(np.arange(40))
    t = [90.0]
    for a in around:
        t.append(t[-1] + 0.7 * 0.1 * (a - t[-1]))
    # The tensor of the parameter, as it starts.
    assert np.abs(driven(90.0, around, params=np.array([0.7])) - t).max() < 1e-12
    module = cajal.compile(parts[0], real="double")
    assert [model.name for model in (module.cooling, module.rateof)] == ["cooling", "rateof"]
