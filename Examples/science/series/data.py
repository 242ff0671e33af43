"""The monthly means of Mauna Loa's carbon dioxide, as windows. data.py CO2.CSV DIR writes train, validation and test.

CO2.CSV is statsmodels' file of the datasets `co2`: weekly, 1958 to 2001, in ppm. A sample is 48 months without a gap; the
first 24 are the input, the others the target, all less the 24th. Training samples end before 1990, those of the
validation before 1994; tests begin in 1994 or later with what is forecast.
"""
import argparse
import csv
from pathlib import Path

WINDOW, AHEAD = 24, 24


def months(path):
    """Month, counted from year 0, to its mean."""
    weeks = {}
    with open(path, newline="") as file:
        for row in csv.DictReader(file):
            if row["co2"]:
                month = int(row["date"][:4]) * 12 + int(row["date"][4:6]) - 1
                weeks.setdefault(month, []).append(float(row["co2"]))
    return {month: sum(values) / len(values) for month, values in weeks.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("table", metavar="CO2.CSV", help="statsmodels' file")
    parser.add_argument("folder", metavar="DIR", type=Path, help="where the samples are written; made where it is missing")
    given = parser.parse_args()
    mean, folder = months(given.table), given.folder
    folder.mkdir(parents=True, exist_ok=True)
    samples = {"train": [], "validation": [], "test": []}
    for start in range(min(mean), max(mean) - WINDOW - AHEAD + 2):
        window = range(start, start + WINDOW + AHEAD)
        if not all(month in mean for month in window):
            continue
        last = mean[start + WINDOW - 1]
        values = [mean[month] - last for month in window]
        if window[-1] < 1990 * 12:
            samples["train"].append(values)
        elif window[WINDOW] >= 1990 * 12 and window[-1] < 1994 * 12:
            samples["validation"].append(values)
        elif window[WINDOW] >= 1994 * 12:
            samples["test"].append(values)
    header = [f"x[{i}]" for i in range(WINDOW)] + [f"target[{i}]" for i in range(AHEAD)]
    for name, rows in samples.items():
        with open(folder / f"{name}.csv", "w", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(header)
            writer.writerows([f"{value:.10g}" for value in row] for row in rows)


main()
