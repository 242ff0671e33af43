"""Whether learnt tables are the operations, and what trees give where they are rounded to operations.

exact.py LISTOPS.so MODEL.safetensors SAMPLES.safetensors: prints how many of the 300 columns, one for each operation and
two values, have their largest entry where it belongs; and of how many trees the program `linked` gives another value, with
the largest entries for tables.
"""
import ctypes
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "lib"))
import tensors  # noqa: E402

OPERATORS = [max, min, lambda a, b: (a + b) % 10]
ROWS, ROW = 127, 15


def learnt(path):
    """For each operation and two values the value that the net finds most likely."""
    weights = tensors.read(path)
    weight, bias = weights["table.0.weight"][2], weights["table.0.bias"][2]

    def logit(operator, a, b, value):
        # A matrix has a column for each left value, of which entry (value, b) stands at 10 value + b.
        place = (10 * value + b) * 10 + a
        return weight[3 * place + operator] + bias[place]

    return [[[max(range(10), key=lambda v: logit(o, a, b, v)) for b in range(10)] for a in range(10)] for o in range(3)]


def values(module, tables, samples):
    """What `linked` makes of each tree."""
    count = samples["t"][1][0]
    rows, nodes = samples["t"][2], samples["t.nodes"][2]
    table = (ctypes.c_float * 3000)()
    for o, of_operation in enumerate(tables):
        for a, of_left in enumerate(of_operation):
            for b, value in enumerate(of_left):
                table[(100 * value + 10 * b + a) * 3 + o] = 1
    library = ctypes.CDLL(module)
    size = library.listops_linked_workspace_bytes
    size.restype, size.argtypes = ctypes.c_size_t, [ctypes.c_size_t, ctypes.c_int]
    work = ctypes.create_string_buffer(size(1, 0) + 64)
    result = (ctypes.c_float * 10)()
    for s in range(count):
        t = (ctypes.c_float * (ROWS * ROW)).from_buffer(rows, s * ROWS * ROW * 4)
        children = (ctypes.c_int32 * (ROWS * 2)).from_buffer(nodes, s * ROWS * 2 * 4)
        status = library.listops_linked_forward(
            ctypes.c_size_t(1), t, ctypes.c_size_t(ROWS * ROW), children, ctypes.c_size_t(ROWS * 2), table,
            ctypes.c_size_t(3000), result, ctypes.c_void_p(-(-ctypes.addressof(work) // 64) * 64))
        if status:
            sys.exit(f"exact.py: the module answers {status}")
        yield max(range(10), key=lambda v: result[v])


def main():
    module, model, path = sys.argv[1:]
    tables, samples = learnt(model), tensors.read(path)
    right = sum(tables[o][a][b] == operation(a, b) for o, operation in enumerate(OPERATORS)
                for a in range(10) for b in range(10))
    targets = samples["target"][2]
    wrong = sum(targets[10 * s + v] != 1 for s, v in enumerate(values(module, tables, samples)))
    print(right, wrong)


main()
