"""table.py FOLDER NAME...: the table of the examples that were run, and results.csv beside it."""
import json
import sys
from pathlib import Path

folder = Path(sys.argv[1])
results = [json.loads((folder / name / "errors.json").read_text()) for name in sys.argv[2:]]


def number(value):
    return "-" if value is None else f"{value:.1e}"


def recovered(result):
    """The largest relative error of what is learnt: functions over the training range, constants."""
    constants = [abs(value - truth) / truth for value, truth in result["constants"].values()]
    return max([*result["functions"].values(), *constants])


def row(result):
    get = lambda kind, name: result.get(kind, {}).get(name)
    return [
        result["name"], str(result["parameters"]), str(result["steps"]),
        number(get("ours", "test")), number(result["worst"]), number(get("equations", "test")), number(get("box", "test")),
        number(get("ours", "outside")), number(get("equations", "outside")), number(get("box", "outside")),
        number(recovered(result)), number(result.get("first_losses")),
    ]


def aligned(rows):
    widths = [max(len(line[i]) for line in rows) for i in range(len(rows[0]))]
    for line in rows:
        print("  ".join([line[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(line[1:], widths[1:]))]).rstrip())


header = [
    "example", "parameters", "steps", "test", "worst pool", "PyTorch", "black box", "outside", "PyTorch", "black box",
    "learnt", "losses"]
aligned([header, *map(row, results)])
print()
for result in results:
    proved = result["proved"]
    conserved = ", ".join(proved["conserves"]) or "nothing is"
    print(f"{result['name']:9} conserved: {conserved}{'; stays nonnegative' if proved['nonnegative'] else ''}")
    if "drift" in result:
        changes = ", ".join(f"{kind} {number(value)}" for kind, value in result["drift"].items())
        print(f"{'':9} its sum changes outside of the training range by: {changes}")
    print(f"{'':9} not identifiable: {result['open']}")
    if "sparse" in result:
        print(f"{'':9} with {result['sparse_conditions']}: test {number(result['sparse'])}")
(folder / "results.csv").write_text(
    "\n".join(
        [
            "example,parameters,steps,test,worst_pool,equations_test,box_test,outside,equations_outside,box_outside,learnt,"
            "losses,box_parameters",
            *(",".join(["" if c == "-" else c for c in row(r)] + [str(r.get("box_parameters", ""))]) for r in results),
        ]
    )
    + "\n"
)
