#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Ratios prefer a peer of the same run, scale what it lacks, and leave alone what has no peer."""
import json
import sys
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tools"))
import bench_ratio  # noqa: E402  pylint: disable=wrong-import-position

BASELINES = json.loads(bench_ratio.BASELINES.read_text(encoding="utf-8"))
SCALE = BASELINES["scale"]


def ours(name, ns):
    return {"bench": name, "impl": "keyward-adx", "ns_min": ns}


def peer(name, ns):
    return {"bench": name, "impl": SCALE["impl"] + "-1.0", "ns_min": ns}


class Ratios(unittest.TestCase):
    def test_a_peer_of_the_same_run_is_preferred(self):
        rows = [ours(SCALE["bench"], 500), peer(SCALE["bench"], 1000)]
        done = bench_ratio.add_ratios(rows)
        self.assertEqual([(row["peer"], row["ratio"]) for row in done],
                         [(SCALE["impl"] + "-1.0", 2.0)])

    def test_what_the_peer_lacks_is_scaled(self):
        name = "bls12-381/fp.mul/n=1"
        rows = [ours(name, 100), peer(SCALE["bench"], 2 * SCALE["ns_min"])]
        done = bench_ratio.add_ratios(rows)
        wanted = round(2 * BASELINES["peers"]["blst-dece82ea"][name] / 100, 3)
        self.assertEqual([(row["peer"], row["ratio"]) for row in done],
                         [("blst-dece82ea, scaled", wanted)])
        self.assertIn("ratio_mcl", done[0])

    def test_without_the_peer_nothing_is_scaled(self):
        self.assertEqual(bench_ratio.add_ratios([ours("bls12-381/fp.mul/n=1", 100)]), [])

    def test_rows_without_a_peer_or_an_implementation_stay(self):
        rows = [ours("bls12-381/nothing/n=1", 1), {"bench": "other", "ratio": 3}]
        before = json.dumps(rows)
        self.assertEqual(bench_ratio.add_ratios(rows), [])
        self.assertEqual(json.dumps(rows), before)

    def test_the_table_leaves_out_rows_without_a_least_time(self):
        timing = {"bench": "bls12-381/timing/g1.mul.ct", "impl": "keyward-adx", "t": 1.5}
        rows = list(bench_ratio.table([timing, ours("bls12-381/other/n=1", 2000)]))
        self.assertEqual(rows[2:], ["| bls12-381/other/n=1 | 2.00 us |  |  |  |  |  |"])

    def test_the_table_shows_counts_of_one_item(self):
        row = ours("bls12-381/pairing.product/n=32", 5) | {"mul": 1320.03125, "sqr": 0.25}
        self.assertEqual(bench_ratio.calls_text(row), "1320M")


if __name__ == "__main__":
    unittest.main()
