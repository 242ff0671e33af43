"""How far forecasts are from what was measured. table.py DIR reads test.csv, forecast.csv and boxed.csv."""
import csv
import sys
from math import sqrt
from pathlib import Path

WINDOW = 24


def rows(path):
    with open(path, newline="") as file:
        return [[float(value) for value in row] for row in list(csv.reader(file))[1:]]


def error(forecasts, targets, months):
    squares = [(row[m] - target[m]) ** 2 for row, target in zip(forecasts, targets) for m in months]
    return sqrt(sum(squares) / len(squares))


folder = Path(sys.argv[1])
test = rows(folder / "test.csv")
past, targets = [row[:WINDOW] for row in test], [row[WINDOW:] for row in test]
# The rise of the last year, month by month of the year, once more and twice more.
rise = [sum(x[12:]) / 12 - sum(x[:12]) / 12 for x in past]
table = {
    "the last month again": [[0.0] * 24 for _ in past],
    "the last year again": [[x[12 + m % 12] for m in range(24)] for x in past],
    "the last year, and its rise": [
        [x[12 + m % 12] + (1 + m // 12) * r for m in range(24)] for x, r in zip(past, rise)],
    "state space, 186 parameters": rows(folder / "forecast.csv"),
    "black box, 808 parameters": rows(folder / "boxed.csv"),
}
print(f"RMSE in ppm of {len(test)} forecasts, 1994 to 2001   months 1 to 12   13 to 24")
for name, forecasts in table.items():
    print(f"{name:<46}   {error(forecasts, targets, range(12)):14.3f}   {error(forecasts, targets, range(12, 24)):8.3f}")
