#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Documents against the tree: each test that the threat model names exists, each behaviour of kw-sim
has its row there, and the protocol of threshold keys has the labels that the code hashes."""
import re
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8")
PROTOCOL = (ROOT / "docs" / "protocol" / "threshold.md").read_text(encoding="utf-8")
LABEL = re.compile(r"KEYWARD-[A-Z0-9-]*[A-Z0-9]")
# A path, or a name of a case in backquotes, which belongs to the path before it.
PLACE = re.compile(r"((?:tests|fuzz|tools|bench)/[a-z0-9_/]+\.(?:c|py|txt|mjs|inc\.h))"
                   r"|`([a-z0-9_]+__[a-z0-9_]+)`")
FAULT = re.compile(r'\{\.name = "([^"]+)"(?:(?!\n    \{).)*?(?:\.proof = (FP\d))?\}', re.DOTALL)


def named_tests(page):
    """(file, case) of each test that the page names; case None: the file itself."""
    path = None
    for match in PLACE.finditer(page):
        path = match.group(1) or path
        yield path, match.group(2)


def problems(page):
    """What the page names and the tree does not have."""
    for path, case in named_tests(page):
        if path is None or not (ROOT / path).is_file():
            yield f"{path}: no such file"
        elif case and not re.search(rf"\b{case}\b", (ROOT / path).read_text(encoding="utf-8")):
            yield f"{path}: has no {case}"


def rows(page):
    """case -> proof, of the table of behaviours."""
    table = page.split("| case | what the member does |")[1].split("\n\n")[0]
    cells = [line.strip("|").split("|") for line in table.splitlines()[2:]]
    return {row[0].strip(): row[3].strip() for row in cells}


class Documents(unittest.TestCase):
    """What is checked of the page, and that the checks can fail."""

    def test_named_tests_exist(self):
        self.assertGreater(len(list(named_tests(PAGE))), 60)
        self.assertEqual(list(problems(PAGE)), [])

    def test_missing_tests_are_found(self):
        self.assertEqual(len(list(problems("tests/sim/nothing_test.c"))), 1)
        self.assertEqual(len(list(problems("tests/sim/deeds_test.c: `nothing__is_here`"))), 1)
        self.assertEqual(len(list(problems("`nobody__says_where`"))), 1)

    def test_every_behaviour_has_its_row(self):
        source = (ROOT / "tests" / "kw_sim" / "faults.c").read_text(encoding="utf-8")
        wanted = {name: proof or "" for name, proof in FAULT.findall(source)}
        self.assertGreater(len(wanted), 20)
        self.assertEqual(rows(PAGE), wanted)

    def test_labels_are_those_of_the_code(self):
        domain = ROOT / "src" / "threshold"
        code = "".join(path.read_text(encoding="utf-8") for path in sorted(domain.rglob("*.c")))
        hashed = set(re.findall(r'"(KEYWARD-[A-Z0-9-]+)[_"]', code))
        self.assertGreater(len(hashed), 20)
        self.assertEqual(hashed, set(LABEL.findall(PROTOCOL)))


if __name__ == "__main__":
    unittest.main()
