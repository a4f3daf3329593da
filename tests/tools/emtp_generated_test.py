#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Generated files of match tokens equal what their generators write, and the oracle agrees with the
vectors beside the project when they are there."""
import subprocess
import sys
import unicodedata
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SHARED = ROOT.parent / "shared/vectors/emtp/v1_records.json"


def run(*command):
    return subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, text=True,
                          check=False)


@unittest.skipUnless(unicodedata.unidata_version == "14.0.0", "another Unicode than the pinned one")
class Generated(unittest.TestCase):
    def test_code_points_are_those_of_unicode(self):
        done = run("tools/emtp_codepoints.py", "--check")
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_vectors_are_those_of_the_oracle(self):
        done = run("tests/oracle/emtp_vectors.py", "--check")
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    @unittest.skipUnless(SHARED.exists(), "no vectors beside the project")
    def test_oracle_agrees_with_the_vectors_beside_the_project(self):
        done = run("tests/oracle/emtp_oracle.py", "--check", str(SHARED))
        self.assertEqual(done.returncode, 0, done.stdout)


if __name__ == "__main__":
    unittest.main()
