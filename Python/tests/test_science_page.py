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
    text = PAGE.read_text().replace("cool/", f"{tmp_path}/").replace("-Icool", f"-I{tmp_path}").replace(
        "mkdir -p cool\n", "")
    printed = []
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
    assert "affine in t" in printed[1] and "best: step" in printed[1]
    # 90, then 90 - 0.07 * 70; and 20 + 70 * 0.93^40.
    first, last = map(float, printed[-1].split())
    assert abs(first - 85.1) < 0.01 and abs(last - (20 + 70 * 0.93 ** 40)) < 0.05
    header, row = (tmp_path / "outputs.csv").read_text().split()
    assert header.startswith("cooling[0],cooling[1],") and abs(float(row.split(",")[1]) - 85.1) < 0.01
