#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Alert rules name metrics and labels that keywardd has, and the check can fail."""
import sys
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tools"))
import metrics  # noqa: E402  pylint: disable=wrong-import-position

ROWS = """
static const kw_metric_row one_row = {
    .name = "keyward_one_total", .kind = KW_METRIC_COUNTER, .labels = {"code", "who"},
    .help = "what came "
            "of it"};
static const kw_metric_row rows[2] = {{.name = "keyward_two_seconds",
     .kind = KW_METRIC_HISTOGRAM, .bounds = {1, 2}, .help = "how long"}};
static const struct { const char *name; } other = {.name = "keyward_other"};
"""


class Metrics(unittest.TestCase):
    def test_rows_are_read(self):
        self.assertEqual(list(metrics.metrics_of(ROWS)), [
            ("keyward_one_total", "counter", ("code", "who"), "what came of it"),
            ("keyward_two_seconds", "histogram", (), "how long")])

    def test_what_no_row_has_is_found(self):
        known = {row[0]: row[1:] for row in metrics.metrics_of(ROWS)}
        good = 'keyward_one_total{code="ok",job="x"} > 1 or keyward_two_seconds_bucket{le="1"}'
        self.assertEqual(list(metrics.problems(good, known)), [])
        for bad in ("keyward_three", "keyward_one_total_bucket", 'keyward_one_total{kode!="ok"}',
                    'keyward_two_seconds_sum{code=~"ok"}', "keyward_two_seconds_total"):
            self.assertEqual(len(list(metrics.problems(bad, known))), 1, bad)

    def test_alert_rules_name_what_there_is(self):
        known = metrics.all_metrics()
        self.assertGreater(len(known), 20)
        files = sorted((ROOT / "deploy" / "alerts").glob("*.yaml"))
        self.assertGreater(len(files), 1)
        for path in files:
            text = path.read_text(encoding="utf-8")
            self.assertGreater(len(metrics.USE.findall(text)), 2, path)
            self.assertEqual(list(metrics.problems(text, known)), [], path)


if __name__ == "__main__":
    unittest.main()
