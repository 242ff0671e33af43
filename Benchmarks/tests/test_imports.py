import ast
import graphlib
import unittest
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1] / "bench"
MODULES = {file.stem for file in PACKAGE.glob("*.py")}


def imported(file):
    """The modules of the package that a file imports, in functions too."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            yield from [node.module] if node.module else [alias.name for alias in node.names]


class Imports(unittest.TestCase):
    def test_there_is_no_circle(self):
        graph = {name: set(imported(PACKAGE / f"{name}.py")) for name in MODULES}
        self.assertLessEqual(set().union(*graph.values()), MODULES)
        self.assertGreater(len(graph["peers_torch"]), 2)
        graphlib.TopologicalSorter(graph).prepare()  # raises CycleError, which names the circle


if __name__ == "__main__":
    unittest.main()
