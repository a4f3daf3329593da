#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The sums of products in curve/ stay in their words, as the templates stand; and the proof of that
fails when a modulus is too large or a step is missing."""
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent / "tools"))
import curve_bounds  # noqa: E402 pylint: disable=wrong-import-position


class Bounds(unittest.TestCase):
    def expect_refusal(self, reason, curve, **change):
        with self.assertRaisesRegex(curve_bounds.Unproved, reason):
            curve_bounds.prove(curve, **change)

    def expect_edit(self, reason, curve, old, new):
        found = []

        def edit(text):
            found.append(text.count(old))
            return text.replace(old, new)

        self.expect_refusal(reason, curve, edit=edit)
        self.assertEqual(sum(found), 1, old)

    def test_both_curves(self):
        self.assertIn("one redc may close 9 products", curve_bounds.prove("bls"))
        self.assertIn("one redc may close 5 products", curve_bounds.prove("bn"))

    def test_moduli_that_are_too_large(self):
        for curve, limbs in curve_bounds.CURVES.items():
            r = 1 << 64 * limbs
            curve_bounds.prove(curve, p=r // 4 - 1)
            self.expect_refusal("one subtraction of p is not enough", curve, p=r // 4 + r // 1000)
            self.expect_refusal("a sum of two elements", curve, p=r // 2 + 1)

    def test_words_of_bmi2_and_adx(self):
        for limbs in curve_bounds.CURVES.values():
            r = 1 << 64 * limbs
            curve_bounds.rows_of_adx(r // 4 - 1, limbs)
            with self.assertRaisesRegex(curve_bounds.Unproved, "a row leaves its words"):
                curve_bounds.rows_of_adx(r // 3 + r // 1000, limbs)

    def test_rows_of_the_portable_loop(self):
        r = 1 << 256
        with self.assertRaisesRegex(curve_bounds.Unproved, "the carries of a row"):
            curve_bounds.rows_of_portable(r // 2, r // 2, r // 2 + r // 4, 4)

    def test_steps_that_are_left_out(self):
        # What Karatsuba leaves is too much where R is below 6 p.
        old = "    MONT(_sub_wide)(o->c1, o->c1, v0->c1);\n"
        self.expect_edit("a wide difference is negative", "bn", old, "")
        # A difference that may be negative, and a sum with one element too many.
        old = "MONT(_sub_words)(difference, fp_p, a->c1.w)"
        self.expect_edit("negative", "bls", old, "MONT(_sub_words)(difference, a->c0.w, a->c1.w)")
        old = "(void)MONT(_add_words)(twice, a->c0.w, a->c0.w);"
        self.expect_edit("a sum leaves its words", "bn", old,
                         old + old.replace("a->c0.w, a->c0.w", "twice, twice") * 2)
        old = "MONT(_sub_wide_mod)(o->c0, o->c0, v1, fp_p);\n}"
        self.expect_edit("a wide difference is negative", "bls", old,
                         "MONT(_sub_wide)(o->c0, o->c0, v1);\n}")

    def test_functions_that_no_entry_reaches(self):
        old = "KW_TEMPLATE void fp2_redc("
        new = ("KW_TEMPLATE void fp2_other(fp2 *o, const fp2 *a)\n{\n"
               "    MONT(_add_words)(o->c0.w, a->c0.w, a->c0.w);\n}\n\n")
        self.expect_edit("not looked at: {'fp2_other'}", "bls", old, new + old)

    def test_statements_that_it_cannot_read(self):
        old = "    fp2_redc(&o->c0, &x12);\n    fp2_redc(&o->c1, &x01);\n    fp2_redc(&o->c2, &x02);\n"
        with self.assertRaisesRegex(curve_bounds.Unproved, "cannot read"):
            curve_bounds.prove("bls", edit=lambda text: text.replace(old, "    x += 1;\n" + old))


if __name__ == "__main__":
    unittest.main()
