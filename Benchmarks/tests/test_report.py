import csv
import tempfile
import unittest
from pathlib import Path

from bench import goals, plot, report


def result(name, seconds, ratio, **more):
    return {"name": name, "seconds": seconds, "ratio": ratio, "low": ratio * 0.9, "high": ratio * 1.1, **more}


def line(row, key, *results, threads=1):
    return {"row": row, "threads": threads, "key": key, "results": list(results)}


def small(program, jax, closures=600, batch=64, which="both"):
    return line("a", {"program": program, "batch": batch, "pass": which}, result("cajal2c", 1e-6, 1),
                result("PyTorch closures", closures * 1e-6, closures), result("JAX scan", jax * 1e-6, jax))


def step(model, eager, flops=1e9):
    return line("d", {"model": model, "batch": 64}, result("cajal-train", 10e-3, 1, flops=flops),
                result("cblas_sgemm", 1e-3, 0.1, flops=2e8), result("PyTorch eager, sum", eager * 10e-3, eager),
                threads=2)


def latency(model, eager, reading=0.25):
    return line("e", {"model": model}, result("cajal2c", 1e-3, 1, flops=1e7, bytes=100),
                result("cblas_sgemm", 2e-3, 2, flops=2e8), result(report.READING, reading * 1e-3, reading, bytes=100),
                result("PyTorch eager", eager * 1e-3, eager))


def call(side, which, seconds, in_c, nothing=None):
    others = [] if nothing is None else [result(report.NOTHING, nothing, nothing / seconds)]
    return line("p", {"from": side, "pass": which, "batch": 64},
                result(side, seconds, 1, beyond=seconds - in_c), result(report.IN_C, in_c, in_c / seconds), *others)


def joined(networks, closures, by_hand):
    return line("p", {"networks": networks, "batch": 64}, result("cajal as a layer", 1e-3, 1),
                result("PyTorch closures, networks too", closures * 1e-3, closures),
                result("PyTorch by hand", by_hand * 1e-3, by_hand))


REFUSED = line("c", {"pass": "backward", "batch": 64}, {"name": "cajal2c", "refused": "not timed"},
               {"name": "PyTorch", "refused": "values differ from ours: gradient of k differs by 0.5"})


class Tables(unittest.TestCase):
    def test_numbers(self):
        self.assertEqual(report.microseconds(1.234e-7), "123 ns")
        self.assertEqual(report.microseconds(2e-3), "2 ms")
        self.assertEqual(report.microseconds(12), "12 s")
        self.assertEqual(report.spread(result("x", 1, 2.5)), "2.5× (2.25–2.75)")
        self.assertEqual(report.mebibytes(1536), "1.5 KiB")

    def test_a_table_of_ratios(self):
        lines = report.races([small("not", 30), small("xor", 8)]).splitlines()
        self.assertEqual([cell.strip() for cell in lines[0].strip("|").split("|")],
                         ["program", "batch", "pass", "ours", "PyTorch closures", "JAX scan"])
        self.assertEqual([cell.strip() for cell in lines[3].strip("|").split("|")],
                         ["xor", "64", "both", "1 µs", "600× (540–660)", "8× (7.2–8.8)"])
        self.assertEqual(len({len(text) for text in lines}), 1)

    def test_a_peer_that_takes_no_part_is_said_with_why(self):
        absent = {"jax": "left out", "casadi": "not installed"}
        lines = report.races([small("not", 30) | {"absent": absent}]).splitlines()
        self.assertTrue(lines[0].endswith("| JAX      | CasADi        |"))
        self.assertTrue(lines[2].endswith("| left out | not installed |"))

    def test_the_same_of_what_starts_in_fresh_processes(self):
        ours = {"name": "cajal2c", "compiler": 0.1, "seconds": 1, "peak_bytes": 1 << 20, "workspace": 0}
        compiled = {"name": "torch.compile", "failed": "no compiler"}
        found = line("fg", {"kind": "model", "model": "m"}, ours, compiled) | {"absent": {"jax": "left out"}}
        for text in (report.compile_tables([found]), report.memory_table([found])):
            cells = [cell.strip() for cell in text.splitlines()[2].strip("|").split("|")]
            self.assertEqual(cells[3:], ["–", "no compiler", "left out"])

    def test_a_refused_row_says_why_and_has_no_time(self):
        text = report.races([REFUSED])
        self.assertIn("PyTorch: values differ from ours: gradient of k differs by 0.5", text)
        self.assertNotIn("×", text)

    def test_the_share_of_sgemm(self):
        # 1e9 operations in 10 ms are 100 G/s; 2e8 in 1 ms are 200.
        self.assertAlmostEqual(report.share(step("m", 2)), 0.5)
        self.assertIn("| 100 ", report.races([step("m", 2)]))
        self.assertIn("| 50 % ", report.races([step("m", 2)]))
        self.assertIsNone(report.share(small("not", 3)))

    def test_the_shares_of_operations_and_of_reading(self):
        header, _, row = report.races([latency("m", 2)]).splitlines()
        self.assertEqual([cell.strip() for cell in header.strip("|").split("|")],
                         ["model", "ours", "GFLOP/s", "of sgemm", "of reading", "PyTorch eager"])
        # 1e7 operations in 1 ms are 10 G/s; 2e8 in 2 ms are 100.
        self.assertEqual([cell.strip() for cell in row.strip("|").split("|")],
                         ["m", "1 ms", "10", "10 %", "25 %", "2× (1.8–2.2)"])
        self.assertNotIn("of reading", report.races([step("m", 2)]))

    def test_calls_from_python_and_layers(self):
        text = report.python_rows([call("NumPy", "forward", 5e-6, 1e-6), call("PyTorch", "both", 40e-6, 2e-6, 20e-6),
                                   joined("xor", 4, 1)])
        calls, layers = (part.splitlines() for part in text.split("\n\n"))
        self.assertEqual([cell.strip() for cell in calls[2].strip("|").split("|")],
                         ["NumPy", "forward", "64", "5 µs", "1 µs", "4 µs", "–", "–"])
        self.assertEqual([cell.strip() for cell in calls[3].strip("|").split("|")],
                         ["PyTorch", "both", "64", "40 µs", "2 µs", "38 µs", "0.5× (0.45–0.55)", "–"])
        self.assertEqual([cell.strip() for cell in layers[2].strip("|").split("|")],
                         ["xor", "64", "1 ms", "4× (3.6–4.4) networks too", "1× (0.9–1.1)"])
        refused = line("p", {"from": "PyTorch", "pass": "both", "batch": 64},
                       {"name": "PyTorch", "refused": "not timed"},
                       {"name": report.IN_C, "refused": "values differ from ours: result differs by 0.5"})
        self.assertIn("in C: values differ from ours: result differs by 0.5", report.python_rows([refused]))

    def test_limits(self):
        text = report.limits_table([line("limits", {"sgemm": 1e11, "reading 25 MB": 2.5e10})])
        self.assertEqual([cell.strip() for cell in text.splitlines()[0].strip("|").split("|")],
                         ["threads", "cblas_sgemm, GFLOP/s", "reading 25 MB, GB/s"])
        self.assertIn("| 100.0                | 25.0 ", text)

    def test_csv(self):
        with tempfile.TemporaryDirectory() as folder:
            report.write_csv(Path(folder) / "r.csv", [small("not", 30), step("m", 2), REFUSED])
            with open(Path(folder) / "r.csv", encoding="utf-8") as file:
                rows = list(csv.DictReader(file))
        self.assertEqual(len(rows), 8)
        self.assertEqual((rows[1]["row"], rows[1]["program"], rows[1]["name"], rows[1]["ratio"], rows[1]["model"]),
                         ("a", "not", "PyTorch closures", "600", ""))
        self.assertEqual((rows[7]["seconds"], rows[7]["refused"][:13]), ("", "values differ"))

    def test_the_whole(self):
        text = report.markdown({"processor": "P"}, [small("not", 30), step("m", 2)], [["g", "1×", "2×", "yes"]])
        for part in ("- processor: P", "## a. Small programs", "## d. Training steps", "## Goals"):
            self.assertIn(part, text)


    def test_the_command_is_said_and_that_of_rows_from_other_runs(self):
        lines = [line("limits", {"sgemm": 1e11}) | {"command": "make bench ROWS=d"},
                 small("not", 30) | {"command": "make bench QUICK=1"}, step("m", 2) | {"command": "make bench ROWS=d"},
                 latency("m", 2)]
        text = report.markdown({"processor": "P"}, lines, [])
        self.assertIn("The last run was `make bench ROWS=d`.", text)
        self.assertEqual(text.count("Measured before, by `make bench QUICK=1`."), 1)
        self.assertEqual(text.count("Measured before."), 1)
        self.assertEqual(text.count("Measured before"), 2)


class Figure(unittest.TestCase):
    def test_the_limit_does_as_many_operations_as_we_do(self):
        found = plot.points(step("Experiment 1, D", 3))
        self.assertAlmostEqual(found["cblas_sgemm"][0], 0.5)
        self.assertAlmostEqual(found["PyTorch"][0], 3)

    def test_no_limit_is_drawn_beside_latencies(self):
        self.assertEqual(list(plot.points(latency("m", 2))), ["PyTorch"])


class Goals(unittest.TestCase):
    def found(self, *lines):
        return {row[0]: row[1:] for row in goals.goals(list(lines))}

    def test_the_worst_row_counts(self):
        found = self.found(small("not", 30), small("xor", 8), small("xor", 2, which="forward"))
        self.assertEqual(found["a: batch 64, both: JAX (jit, vmap, scan)"], ["20×", "8× (xor)", "no"])
        self.assertEqual(found["a: batch 64, both: PyTorch, closures"], ["500×", "600× (not)", "yes"])

    def test_steps(self):
        found = self.found(step("Experiment 1, D", 3))
        self.assertEqual(found["d: Experiment 1, D, batch 64, two threads: PyTorch eager"], ["2.5×", "3×", "yes"])
        self.assertEqual(found["d: Experiment 1, D, batch 64, two threads: of sgemm"], ["50 %", "50 %", "yes"])

    def test_calls_from_python_are_held_to_microseconds(self):
        found = self.found(call("NumPy", "forward", 5e-6, 1e-6), call("NumPy", "both", 90e-6, 1e-6),
                           call("PyTorch", "both", 52e-6, 2e-6), joined("xor", 4, 0.5), joined("none", 20, 20))
        self.assertEqual(found, {
            "p: a call from NumPy, forward: 6 µs to what it costs beyond C": ["1×", "1.5×", "yes"],
            "p: a call from PyTorch, both: 25 µs to what it costs beyond C": ["1×", "0.5×", "no"],
            "p: a step of xor's networks, batch 64: PyTorch closures": ["3×", "4×", "yes"],
            "p: a step of xor's networks, batch 64: PyTorch by hand": ["1×", "0.5×", "no"]})

    def test_every_model_has_its_latency(self):
        found = self.found(latency("xor, D", 3), latency("I", 6))
        self.assertEqual(found, {"e: xor, D, one sample: PyTorch eager": ["5×", "3×", "no"],
                                 "e: I, one sample: PyTorch eager": ["5×", "6×", "yes"]})

    def test_what_was_not_measured_or_refused_is_no_goal_reached(self):
        self.assertEqual(self.found(REFUSED), {})
        self.assertEqual(self.found(), {})

    def system(self, horizon, workspace, seconds):
        return line("b", {"A": "constant", "matrices": "one", "dimension": 2, "horizon": horizon, "batch": 64,
                          "pass": "both"}, result("cajal2c", seconds, 1, flops=1.0, workspace=workspace))

    def test_memory_that_grows_with_the_horizon_is_seen(self):
        name = "b: constant 2×2: workspace beyond one n, horizon 10 and 10000"
        flat = self.found(self.system(10, 128, 1e-6), self.system(10_000, 40_064, 1e-3))
        self.assertEqual(flat[name][2], "yes")
        grown = self.found(self.system(10, 128, 1e-6), self.system(10_000, 80_064, 1e-3))
        self.assertEqual(grown[name][2], "no")

    def test_time_that_is_not_linear_is_seen(self):
        name = "b: constant 2×2: time at horizon 10 000 against 1 000"
        self.assertEqual(self.found(self.system(1000, 1, 1e-3), self.system(10_000, 1, 1e-2))[name][2], "yes")
        self.assertEqual(self.found(self.system(1000, 1, 1e-3), self.system(10_000, 1, 5e-2))[name][2], "no")


if __name__ == "__main__":
    unittest.main()
