#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The check of conditional jumps counts those that lead on, under the row that comes first."""
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent / "tools" / "lint"))
import jumps  # noqa: E402 pylint: disable=wrong-import-position

# As objdump prints: a loop, a choice, and the check of the stack protector.
LISTING = """
0000000000001000 <fp_copy.lto_priv.0>:
    1000:|xor    %eax,%eax
    1002:|inc    %eax
    1004:|cmp    $0x6,%eax
    1007:|jne    1002 <fp_copy.lto_priv.0+0x2>
    1009:|jmp    100b <fp_copy.lto_priv.0+0xb>
    100b:|ret

0000000000001010 <fp_add>:
    1010:|test   %rdx,%rdx
    1013:|je     1020 <fp_add+0x10>
    1015:|sub    %fs:0x28,%rax
    101e:|jne    1021 <fp_add+0x11>
    1020:|ret
    1021:|call   6050 <__stack_chk_fail@plt>
""".replace("|", "\t")


class Jumps(unittest.TestCase):
    def complaints(self, table, source="KW_TEMPLATE int none(void)"):
        listed = jumps.templates([source])
        return list(jumps.complaints(LISTING, jumps.rules(table), listed))

    def test_more_than_is_allowed(self):
        self.assertEqual(self.complaints("fp_copy 1 words\nfp_\\w+ 0 fields\n"),
                         ["fp_add: 1 conditional jumps, 0 allowed"])

    def test_what_is_allowed(self):
        self.assertEqual(self.complaints("# text\nfp_copy 1 words\nfp_\\w+ 1 fields\n"), [])

    def test_rows_that_match_nothing(self):
        self.assertEqual(self.complaints("fp_\\w+ 1 fields\nfp_copy 1 words\n"),
                         ["tools/ct_jumps.txt: fp_copy matches no function"])
        self.assertEqual(self.complaints("fp 9 no whole name\n"),
                         ["tools/ct_jumps.txt: fp matches no function"])

    def test_functions_of_templates_that_no_row_names(self):
        row = "fp_copy 1 words\n"
        wanted = ["fp_add: not in tools/ct_jumps.txt, 1 conditional jumps"]
        self.assertEqual(self.complaints(row, "KW_TEMPLATE_HOT void F(add)(int a)"), wanted)
        self.assertEqual(self.complaints(row, "KW_TEMPLATE kw_mask fp_add(fp *o)"), wanted)
        self.assertEqual(self.complaints(row, "KW_TEMPLATE void\nG(add)(int a)"), wanted)
        self.assertEqual(self.complaints(row, "    KW_TEMPLATE void fp_##name(T(g1) * a)"), wanted)
        self.assertEqual(self.complaints(row, "KW_TEMPLATE const uint64_t fp_add[6] = {f(1)};"), [])
        self.assertEqual(self.complaints(row, "KW_TEMPLATE void add(int a)"), [])
        self.assertEqual(self.complaints(row, "static void fp_add(int a)"), [])


if __name__ == "__main__":
    unittest.main()
