# SPDX-License-Identifier: Apache-2.0
"""Rows of the Montgomery multiplications of src/curve/, one for each word of a factor: how large
what they add up may become. For curve_bounds.py."""
import curve_asm

WORD = 1 << 64


class Unproved(Exception):
    """Something may be larger, or smaller, than its place bears."""


def must(holds, text):
    if not holds:
        raise Unproved(text)


def rows_of_portable(a, b, p, limbs):
    """Most that mul_loose gives for factors up to a and b. Each row makes t = (t + a b_i + m p) /
    2^64; the two carries of its end fit one word when t stays below R."""
    r, t = WORD**limbs, 0
    for _ in range(limbs):
        t = (t + (WORD - 1) * (a + p)) // WORD
        must(t < r, "the carries of a row do not fit one word")
    return (a * b + (r - 1) * p) // r


class Rows(curve_asm.Function):
    """A function of the generator, of which the size of the accumulator is kept beside the text.
    `factor` bounds what a row multiplies, `high` what a reduced low half is added to."""

    factor, modulus, high = 0, 0, 0

    def __init__(self, n, *rest):
        super().__init__(n, *rest)
        self.most = WORD**n - 1  # where a reduction comes first: any low half

    def grow(self, by, count):
        self.most += by
        must(self.most < WORD**count, f"mont{self.n}_{self.name}: a row leaves its words")

    def first_row(self, multiplier, factors, acc):
        super().first_row(multiplier, factors, acc)
        self.most = 0
        self.grow((WORD - 1) * self.factor, len(acc))

    def next_row(self, multiplier, factors, acc):
        """The last word of acc begins as zero: what there is must fit the others."""
        super().next_row(multiplier, factors, acc)
        self.grow(0, len(acc) - 1)
        self.grow((WORD - 1) * self.factor, len(acc))

    def second_row(self, multiplier, factors, acc):
        super().second_row(multiplier, factors, acc)
        self.grow((WORD - 1) * self.factor, len(acc))

    def reduce_row(self, acc):
        self.grow((WORD - 1) * self.modulus, len(acc))
        self.most //= WORD
        return super().reduce_row(acc)

    def chain(self, op, pointer, acc):
        super().chain(op, pointer, acc)
        if op == "add":
            self.grow(self.high, len(acc))


def rows_of_adx(p, limbs):
    """The sums of products and the reductions of the generated words, each with the largest
    arguments of its contract."""
    r, loose = WORD**limbs, 2 * p - 1
    words = ["o", "a", "b", "p", "n0"]
    both = [(0, 0), (limbs, limbs)]  # of what is below p, and p - b1 is at most p
    saved, curve_asm.Function = curve_asm.Function, Rows
    try:
        Rows.modulus = p
        for name, pairs, largest, product in (
                ("mul", both[:1], loose, loose**2), ("real_part", both, p, (p - 1) * (2 * p - 1)),
                ("imaginary_part", both, p, 2 * (p - 1) ** 2)):
            Rows.factor, Rows.high = largest, 0
            f = curve_asm.product_sum(limbs, name, words, pairs)
            f.grow(0, limbs)
            must((product + (r - 1) * p) // r < 2 * p, f"mont{limbs}_{name}: not below 2 p")
        for name, largest in (("redc", p * r - 1), ("sqr", loose**2)):
            Rows.high = largest // r
            f = (curve_asm.redc(limbs) if name == "redc" else reduced_square(limbs))
            f.grow(0, limbs)
            must(f.most < 2 * p, f"mont{limbs}_{name}: not below 2 p")
    finally:
        curve_asm.Function = saved


def reduced_square(n):
    """As sqr of the generator ends, whatever its registers."""
    f = Rows(n, "sqr", ["o", "a", "p", "n0"], curve_asm.names("t", n + 1))
    acc = [curve_asm.reg(x) for x in curve_asm.names("t", n + 1)]
    curve_asm.reduce_low_half(f, acc, curve_asm.behind("a", n))
    return f
