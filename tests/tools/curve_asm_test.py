#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The words of curve/ for BMI2 and ADX equal what their generator writes, and are straight lines."""
import re
import subprocess
import sys
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
# mov, add, xor and the like; no jump, no call, nothing whose time depends on a value.
ALLOWED = {"movq", "xorl", "negq", "addq", "adcq", "subq", "sbbq", "cmovcq", "mulx", "imulq",
           "adcx", "adox"}


class Generated(unittest.TestCase):
    def test_files_are_those_of_the_generator(self):
        done = subprocess.run([sys.executable, "tools/curve_asm.py", "--check"], cwd=ROOT,
                              capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_no_instruction_branches(self):
        for path in sorted((ROOT / "src/curve/asm").glob("*.inc.h")):
            text = path.read_text(encoding="utf-8")
            used = set(re.findall(r'^ *"(\w+) [^"]*\\n\\t"$', text, re.MULTILINE))
            self.assertIn("mulx", used)
            self.assertEqual(used - ALLOWED, set(), path.name)


if __name__ == "__main__":
    unittest.main()
