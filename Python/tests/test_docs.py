"""The documents' programs run. Those that are files of their own are run by the tests of what they show."""
import re

import pytest
from conftest import REPOSITORY

PAGES = {"README.md": ["torch", "jax"], "docs/pytorch.md": ["torch"], "docs/jax.md": ["jax"], "Python/README.md": []}


def programs_of(page):
    """(name, text) of each; the name is None but of one that begins with `# name.py:`, which is a file of its own."""
    text = (REPOSITORY / page).read_text()
    for match in re.finditer(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        name = re.match(r"# (\w+\.py):", match.group(1))
        # So that a failure says the line of the page.
        yield name and name.group(1), "\n" * text[:match.start(1)].count("\n") + match.group(1)


@pytest.mark.parametrize("page", PAGES)
def test_the_programs_of_a_page_run(page, tmp_path, monkeypatch):
    for package in PAGES[page]:
        pytest.importorskip(package)
    # They name files from the repository's root, and write where they run.
    (tmp_path / "Examples").symlink_to(REPOSITORY / "Examples")
    monkeypatch.chdir(tmp_path)
    if "torch" in PAGES[page]:
        import torch
        torch._dynamo.reset()
    programs, names = [text for name, text in programs_of(page) if name is None], {}
    assert programs
    for program in programs:
        exec(compile(program, str(REPOSITORY / page), "exec"), names)
