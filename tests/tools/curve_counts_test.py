#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The check of counts finds rows that differ, that are missing, and that are no more."""
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent / "tools" / "lint"))
import curve_counts  # noqa: E402  pylint: disable=wrong-import-position

TABLE = """| operation | adx | takes | peer |
|---|---|---|---|
| a/mul | 1 ns | 3M 5S | |
| a/sign | 2 ns |  | |

| operation | blst |
|---|---|
| fp mul | 3 |
"""
LINES = ['{"bench":"a/mul","mul":3,"sqr":5}', '{"bench":"a/sign"}']


class Counts(unittest.TestCase):
    def complaints(self, lines):
        table = curve_counts.committed(TABLE)
        return list(curve_counts.complaints(table, curve_counts.counted(lines)))

    def test_rows_that_agree(self):
        self.assertEqual(self.complaints(LINES), [])

    def test_a_row_that_takes_more(self):
        lines = ['{"bench":"a/mul","mul":4,"sqr":4}', LINES[1]]
        self.assertEqual(self.complaints(lines), ["a/mul takes 4M 4S, not 3M 5S"])

    def test_rows_that_are_missing_or_no_more(self):
        lines = [LINES[0], '{"bench":"a/check","mul":1}']
        self.assertEqual(self.complaints(lines),
                         ["a/sign is no row of the bench", "a/check is missing"])


if __name__ == "__main__":
    unittest.main()
