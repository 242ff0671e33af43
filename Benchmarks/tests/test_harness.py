import argparse
import time
import unittest
import unittest.mock
from array import array

from bench import __main__, context, harness, native
from bench.harness import Candidate, Settings


def floats(*numbers):
    return array("f", numbers)


def clock(seconds):
    """A candidate's clock on which a repeat always takes so long."""
    return lambda repeats: seconds * repeats


class Agreement(unittest.TestCase):
    def values(self, *gradient):
        return {"result": floats(1, 2), "gradient of x": floats(*gradient)}

    def test_what_agrees(self):
        self.assertEqual(harness.disagreements(self.values(1, -3), self.values(1, -3), 0), [])
        self.assertEqual(harness.disagreements(self.values(1, -3.00001), self.values(1, -3), 1e-5), [])

    def test_a_wrong_gradient(self):
        wrong = harness.disagreements(self.values(1, -3.001), self.values(1, -3), 1e-5)
        self.assertEqual(len(wrong), 1)
        self.assertIn("gradient of x differs by 0.00033", wrong[0])

    def test_a_small_tensor_is_not_hidden_by_a_large_one(self):
        expected = {"a": floats(1000), "b": floats(0.001)}
        self.assertEqual(len(harness.disagreements({"a": floats(1000), "b": floats(0.002)}, expected, 1e-3)), 1)

    def test_what_cannot_be_compared(self):
        self.assertTrue(harness.disagreements({"result": floats(1, 2)}, self.values(1), 1))
        self.assertTrue(harness.disagreements(self.values(1, 2, 3), self.values(1, 2), 1))
        self.assertTrue(harness.disagreements(self.values(float("nan"), 1), self.values(1, 1), 1))
        self.assertTrue(harness.disagreements(self.values(1, 1), self.values(float("inf"), 1), 1))
        self.assertTrue(harness.disagreements(self.values(1e-9), self.values(0), 1))


class Reading(unittest.TestCase):
    def test_every_entry_is_read(self):
        for count in (1, 63, 64, 65, 200):
            seconds, total = native.read(floats(*range(1, count + 1)), 3)
            self.assertGreater(seconds, 0)
            self.assertEqual(total, count * (count + 1) / 2)


class Statistics(unittest.TestCase):
    def test_quartiles(self):
        self.assertEqual(harness.quartiles([5, 1, 4, 2, 3]), (3, 2, 4))
        self.assertEqual(harness.quartiles([7]), (7, 7, 7))

    def test_repeats_fill_a_block(self):
        self.assertAlmostEqual(harness.repeats_for(Candidate("x", clock(1e-6)), 5e-3), 5000, delta=5)
        self.assertEqual(harness.repeats_for(Candidate("x", clock(1)), 5e-3), 1)


class Contest(unittest.TestCase):
    settings = Settings(block=1e-3, turns=5, budget=10)

    def test_ratios_refer_to_the_first(self):
        results = harness.contest([Candidate("ours", clock(1e-3)), Candidate("peer", clock(4e-3))], self.settings)
        self.assertEqual([result["name"] for result in results], ["ours", "peer"])
        self.assertAlmostEqual(results[1]["ratio"], 4)
        self.assertAlmostEqual(results[1]["seconds"], 4e-3)
        self.assertEqual(results[1]["turns"], 5)

    def test_the_ratio_is_within_a_turn(self):
        """What slows all of a turn down, as another program does, changes no ratio."""
        turns = [1, 1, 9, 1, 1, 7, 1, 1, 1]

        def slowed(seconds):
            calls = iter([1, *(factor for factor in turns)])
            return lambda repeats: seconds * next(calls)

        settings = Settings(block=1e-9, turns=9, budget=10)
        results = harness.contest([Candidate("ours", slowed(1)), Candidate("peer", slowed(3))], settings)
        self.assertEqual((results[1]["ratio"], results[1]["low"], results[1]["high"]), (3, 3, 3))

    def test_nobody_is_timed_where_values_differ(self):
        def never(repeats):
            raise AssertionError("this was timed")

        right, wrong = {"gradient of x": floats(1, 2)}, {"gradient of x": floats(1, -2)}
        results = harness.contest(
            [Candidate("ours", never, lambda: right), Candidate("same", never, lambda: right),
             Candidate("peer", never, lambda: wrong)], self.settings, tolerance=1e-3)
        self.assertFalse(any("seconds" in result for result in results))
        self.assertIn("gradient of x differs by 2", results[2]["refused"])
        self.assertEqual(results[1]["refused"], "not timed")

    def test_a_peer_that_fails_takes_no_part_and_says_why(self):
        def broken():
            raise OSError("no compiler\nand more")

        right = {"result": floats(1)}
        results = harness.contest(
            [Candidate("ours", clock(1e-3), lambda: right), Candidate("peer", clock(1e-3), broken),
             Candidate("other", None, failed="no"), Candidate("same", clock(2e-3), lambda: right)], self.settings, 1e-3)
        self.assertEqual([(r["name"], r.get("failed")) for r in results], [
            ("ours", None), ("same", None), ("peer", "OSError: no compiler"), ("other", "no")])

    def test_the_budget_ends_it_after_three_turns(self):
        def slow(repeats):
            time.sleep(0.01)
            return 1.0

        results = harness.contest([Candidate("ours", slow)], Settings(block=1e-9, turns=1000, budget=0.01))
        self.assertEqual(results[0]["turns"], 3)


class Command(unittest.TestCase):
    def test_it_is_what_a_user_types(self):
        def command(rows, quick, **environment):
            with unittest.mock.patch.dict("os.environ", environment, clear=True):
                return __main__.command(argparse.Namespace(rows=rows, quick=quick))

        self.assertEqual(command(__main__.ALL_ROWS, False), "make bench")
        self.assertEqual(command("a,c", True, ONLY="Experiment 1, T", PEERS="torch"),
                         "make bench ROWS=a,c QUICK=1 ONLY='Experiment 1, T' PEERS=torch")


class Peers(unittest.TestCase):
    def test_who_takes_no_part_and_why(self):
        self.assertEqual(context.absences({"torch", "jax"}, lambda name: name != "torch"),
                         {"torch": "not installed", "casadi": "left out"})
        self.assertEqual(context.absences({"torch"}, lambda name: False)["jax"], "left out")

    def test_they_are_chosen_by_name(self):
        for text, names in (("jax, torch", {"jax", "torch"}), ("", set())):
            with unittest.mock.patch.dict("os.environ", PEERS=text):
                self.assertEqual(context.chosen(), names)


if __name__ == "__main__":
    unittest.main()
