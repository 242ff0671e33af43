import unittest

from bench import cost, report

TEXT = """\
net f (x : Real[4]) : Real[2]
  in all        10 parameters

model m (x : Real[4]) : Real[2]
  10 parameters, in f
  cost of a sample, in floats    operations    bytes read     bytes written
    forward                       1.26 M       40.5 kB           7.20 kB
    backward                           6          60 B              20 B
  once a batch
    forward                            0       2.50 MB             10 kB
  workspace with gradients: 1.60 kB, and 12.7 kB a sample
"""


class Cost(unittest.TestCase):
    def test_reads_what_the_compiler_prints(self):
        found = cost.parse(TEXT)
        self.assertEqual(found["forward"]["sample"], {"operations": 1.26e6, "bytes": 47.7e3})
        self.assertEqual(found["forward"]["batch"], {"operations": 0, "bytes": 2.51e6})
        self.assertEqual(found["backward"], {"sample": {"operations": 6, "bytes": 80}})

    def test_a_batch_costs_its_samples_and_once_what_they_share(self):
        found = cost.of_batch(cost.parse(TEXT), 10)
        self.assertAlmostEqual(found["forward"]["bytes"], 10 * 47.7e3 + 2.51e6)
        self.assertEqual(found["backward"], {"operations": 60, "bytes": 800})

    def test_the_last_model_counts(self):
        self.assertEqual(cost.parse(TEXT + TEXT.replace("1.26 M", "2.00 k"))["forward"]["sample"]["operations"], 2000)

    def test_stands_beside_the_measurement(self):
        ours = {"name": "cajal-train", "seconds": 1e-2, "ratio": 1, "parts": {"forward": 2e-3, "backward": 5e-3},
                "cost": {"forward": {"operations": 1e8, "bytes": 4e6}}}
        limit = {"name": "cblas_sgemm", "seconds": 1e-3, "flops": 1e8, "ratio": 0.1}
        line = {"row": "d", "threads": 1, "key": {"model": "D", "batch": 64}, "results": [ours, limit]}
        table = report.costs([line, line | {"threads": 2}])
        self.assertEqual(table.splitlines()[-1].split("|")[1:-1], [
            " D                 ", " forward ", " 100 M      ", " 4 MB        ", " 1 ms            ", " 2 ms     ",
            " 2.0        "])


if __name__ == "__main__":
    unittest.main()
