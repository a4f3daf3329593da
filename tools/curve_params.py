#!/usr/bin/env python3
"""Derives the constants of src/curve/ from the one number x of each curve.

    tools/curve_params.py            writes src/curve/{bls,bn}_params.inc.h
    tools/curve_params.py --check    exits 1 when a file differs from what would be written

What is printed was checked on the way: orders, twists, eigenvalues. Field elements are printed in
Montgomery form, least limb first."""
import argparse
import os
import sys
from math import gcd

from curve_comb import COMB_BITS
from curve_maps import put_sswu, put_svdw
from curve_math import BLS, BN

WORD = 1 << 64
ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
SAFEGCD_BITS = 62


def words(value, count):
    """`value` as C words, least first."""
    assert 0 <= value < WORD**count
    parts = [f"0x{value // WORD**i % WORD:016x}" for i in range(count)]
    return "{" + ", ".join(parts) + "}"


class Printer:
    """Collects declarations; knows how elements of one curve look in C."""

    def __init__(self, curve):
        self.curve = curve
        self.lines = []

    def fp(self, a):
        n = self.curve.limbs
        return "{" + words(a % self.curve.p * WORD**n % self.curve.p, n) + "}"

    def fr(self, a):
        return "{" + words(a % self.curve.r * WORD**4 % self.curve.r, 4) + "}"

    def fp2(self, a):
        return "{" + f"{self.fp(a[0])}, {self.fp(a[1])}" + "}"

    def point(self, point, element):
        one = 1 if isinstance(point[0], int) else (1, 0)
        return "{" + ", ".join(element(c) for c in (*point, one)) + "}"

    def put(self, kind, name, value, comment=""):
        if comment:
            self.lines.append(f"/* {comment} */")
        self.lines.append(f"KW_TEMPLATE const {kind} {name} = {value};")

    def put_list(self, kind, name, items, comment=""):
        self.put(kind, f"{name}[{len(items)}]", "{" + ", ".join(items) + "}", comment)

    def put_table(self, name, rows, width, comment=""):
        """Rows of `width` words, already printed."""
        self.put("uint64_t", f"{name}[{len(rows)}][{width}]", "{" + ", ".join(rows) + "}", comment)

    def put_words(self, name, value, count, comment=""):
        self.put("uint64_t", f"{name}[{count}]", words(value, count), comment)


def put_modulus(out, name, p, limbs):
    """What field.inc.c and field_inv.inc.c ask of a modulus."""
    r = WORD**limbs
    count = -(-(limbs * 64) // SAFEGCD_BITS)
    mask = (1 << SAFEGCD_BITS) - 1
    limbs62 = [f"0x{p >> SAFEGCD_BITS * i & mask:016x}" for i in range(count)]
    # Half-delta divsteps that suffice for inputs of so many bits: Pornin, "Optimized Binary GCD",
    # and Wuille's bound of the safegcd implementation notes: (45907 b + 26313) / 19929.
    steps = (45907 * p.bit_length() + 26313) // 19929
    out.put_words(f"{name}_p", p, limbs)
    out.put("uint64_t", f"{name}_n0", f"0x{-pow(p, -1, WORD) % WORD:016x}", "-1/p mod 2^64")
    out.put_words(f"{name}_r", r % p, limbs, "R mod p: one in Montgomery form")
    out.put_words(f"{name}_r2", r**2 % p, limbs)
    out.put_words(f"{name}_r3", r**3 % p, limbs)
    out.put_words(f"{name}_half_p", (p - 1) // 2, limbs, "(p - 1) / 2, not in Montgomery form")
    out.put_list("int64_t", f"{name}_p62", limbs62, "p in digits of 62 bits")
    out.put("uint64_t", f"{name}_p62_inverse", f"0x{pow(p, -1, mask + 1):016x}", "1/p mod 2^62")
    rounds = -(-steps // SAFEGCD_BITS)
    out.put("int", f"{name}_inv_rounds", str(rounds))
    out.put("int", f"{name}_inv_steps", str(-(-steps // rounds)), "of a round: no more than needed")


def put_fr_root(out):
    """What fr_root.inc.c asks: r - 1 = odd 2^twos, and a root of unity of the order 2^twos."""
    r = out.curve.r
    twos = ((r - 1) & (1 - r)).bit_length() - 1
    odd = (r - 1) >> twos
    no_square = next(a for a in range(2, r) if pow(a, (r - 1) // 2, r) == r - 1)
    root = pow(no_square, odd, r)
    assert odd % 2 == 1 and pow(root, 2 ** (twos - 1), r) == r - 1
    out.put("int", "fr_twos", str(twos), "r - 1 = odd 2^twos")
    out.put_words("fr_sqrt_exponent", (odd - 1) // 2, 4)
    out.put("fr", "fr_root_of_unity", out.fr(root), "of the order 2^twos")


def put_xi(out):
    """What bn_xi.inc.c asks to reduce less than 10 p, given its bits from 248 on."""
    p, r, scale = out.curve.p, WORD**4, 2**16
    quotient = scale * 2**248 // p
    largest = 10 * p // 2**248
    # The estimate is too small by less than what lies below these bits, and what the scale loses.
    assert 2**248 / p + largest / scale < 1 and 2 * p < r
    out.put("uint64_t", "xi_quotient", str(quotient), "2^16 2^248 / p")
    out.put_words("fp_r_less_p", r - p, 4, "R - p")
    out.put_words("fp_p_times_r", p * r, 8, "p R")


def put_towers(out):
    curve, f = out.curve, out.curve.fp2
    for power in (1, 2, 3):
        factors = [f.power(curve.xi, j * (curve.p**power - 1) // 6) for j in range(1, 6)]
        if power == 2:
            assert all(c1 == 0 for _, c1 in factors)
            items = [out.fp(c0) for c0, _ in factors]
            out.put_list("fp", "frobenius_2", items, "xi^(j (p^2 - 1) / 6), j = 1..5: all in Fp")
        else:
            text = f"xi^(j (p^{power} - 1) / 6), j = 1..5" if power > 1 else "xi^(j (p - 1) / 6)"
            out.put_list("fp2", f"frobenius_{power}", [out.fp2(c) for c in factors], text)


def cube_root_of_unity(field, p):
    for base in range(2, 20):
        root = field.power(base, (p - 1) // 3)
        if root != 1:
            return root
    raise AssertionError("no cube root of unity")


def put_groups(out):
    curve = out.curve
    b1, b2 = curve.e1.b, curve.e2.b
    out.put("fp", "g1_b", out.fp(b1))
    out.put("fp2", "g2_b", out.fp2(b2))
    if not curve.is_bls:  # 3 b of BLS12-381 is 12 xi, without a product
        out.put("fp2", "g2_3b", out.fp2(tuple(3 * c % curve.p for c in b2)))
    out.put("g1", "g1_base_point", out.point(curve.g1, out.fp))
    out.put("g2", "g2_base_point", out.point(curve.g2, out.fp2))
    # phi(x, y) = (beta x, y) has the eigenvalue lambda on G1.
    x = curve.x
    value = -x * x if curve.is_bls else 36 * x**3 + 18 * x**2 + 6 * x + 1
    assert (value * value + value + 1) % curve.r == 0
    beta = cube_root_of_unity(curve.fp, curve.p)
    wanted = curve.e1.mul(curve.g1, value % curve.r)
    if (beta * curve.g1[0] % curve.p, curve.g1[1]) != wanted:
        beta = beta * beta % curve.p
    assert (beta * curve.g1[0] % curve.p, curve.g1[1]) == wanted
    text = "-x^2" if curve.is_bls else "36 x^3 + 18 x^2 + 6 x + 1"
    out.put("fp", "g1_beta", out.fp(beta), f"(x, y) -> (beta x, y) is multiplication by {text}")
    # psi has the eigenvalue p on G2, which is x (BLS) or 6 x^2 (BN) modulo r.
    assert curve.psi(curve.g2) == curve.e2.mul(curve.g2, curve.p % curve.r)
    assert (curve.p - (x if curve.is_bls else 6 * x * x)) % curve.r == 0
    cx, cy = curve.psi_factors()
    out.put("fp2", "g2_psi_x", out.fp2(cx), "psi(x, y) = (conj(x) psi_x, conj(y) psi_y)")
    out.put("fp2", "g2_psi_y", out.fp2(cy))


# Signed windows of 5 bits reach from -16/31 to 15/31 of this (curve/tmpl/recode.inc.c).
REACH = {2: 2 ** (5 * 26), 4: 2 ** (5 * 13)}
PART_WORDS = 3
SPLIT_SHIFT = 256


def two_lattice(r, eigenvalue):
    """Two short rows (a, b) with a + b eigenvalue = 0 modulo r: Lagrange and Gauss."""

    def norm(v):
        return v[0] * v[0] + v[1] * v[1]

    one, two = (r, 0), (-eigenvalue % r, 1)
    while True:
        if norm(one) < norm(two):
            one, two = two, one
        dot = one[0] * two[0] + one[1] * two[1]
        times = (2 * dot + norm(two)) // (2 * norm(two))
        if times == 0:
            return [one, two]
        one = (one[0] - times * two[0], one[1] - times * two[1])


def bn_four_lattice(x):
    """Four short rows (a, b, c, d) with a + b psi + c psi^2 + d psi^3 = 0 on G2."""
    return [
        (x + 1, x, x, -2 * x),
        (2 * x, x + 1, -x, x),
        (2 * x + 1, 0, 2 * x, 1),
        (-1, 2 * x + 1, 1, 2 * x),
    ]


def determinant(rows):
    if len(rows) == 1:
        return rows[0][0]
    minors = ([row[:i] + row[i + 1 :] for row in rows[1:]] for i in range(len(rows)))
    return sum((-1) ** i * rows[0][i] * determinant(m) for i, m in enumerate(minors))


def put_split(out, group, rows, eigenvalue):
    """k less its nearest lattice point: c = k times the first row of rows^-1, rounded."""
    r, count = out.curve.r, len(rows)
    for row in rows:
        assert sum(a * eigenvalue**i for i, a in enumerate(row)) % r == 0
    det = determinant(rows)
    assert abs(det) == r
    # Rounding is off by 1/2, and the scale by 1/2 in 2^256, which makes r / 2^257 < 1/8 more.
    for i in range(count):
        assert sum(abs(row[i]) for row in rows) * 5 * 31 < 8 * 15 * REACH[count]
    scales, negated = [], []
    for i, row in enumerate(rows):
        minor = [other[1:] for j, other in enumerate(rows) if j != i]
        numerator = (-1) ** i * determinant(minor) * (1 if det > 0 else -1)
        scales.append(words((2 * abs(numerator) * 2**SPLIT_SHIFT + r) // (2 * r), 4))
        sign = -1 if numerator >= 0 else 1
        negated += [words(sign * a % WORD**PART_WORDS, PART_WORDS) for a in row]
    out.put_table(f"{group}_split_scales", scales, 4, "2^256 times the first row of 1 / lattice")
    out.put_table(f"{group}_split_rows", negated, PART_WORDS, "the negated lattice")


def put_scalars(out):
    """x as a chain of doublings, and how scalars are split."""
    curve, x = out.curve, abs(out.curve.x)
    plus, minus = (x, 0) if curve.is_bls else (3 * x & ~x, x & ~(3 * x))
    plus, minus = (plus, minus) if curve.is_bls else (plus >> 1, minus >> 1)
    assert plus - minus == x and plus & minus == 0 and plus < WORD
    out.put("uint64_t", "curve_x_plus", f"0x{plus:016x}", "|x| = plus - minus, few bits in both")
    out.put("uint64_t", "curve_x_minus", f"0x{minus:016x}")
    out.put("fr", "fr_comb_offset", out.fr(2**COMB_BITS - 1), f"2^{COMB_BITS} - 1")
    if curve.is_bls:
        assert x >= WORD // 2 and curve.r < x**4
        # The remainder of divide_by_x before its correction: high k + low (2^64 - x) + low x, in
        # words, where k = 2^128 - (2^64 + inverse) x. Below 2 x one correction is enough.
        inverse = (WORD * WORD - 1) // x - WORD
        assert x * (WORD * WORD - (WORD + inverse) * x) + WORD * WORD < 2 * x * WORD
        assert x * 31 < 15 * REACH[4] and x * x * 31 < 15 * REACH[2]
        out.put("uint64_t", "curve_x_inverse", f"0x{inverse:016x}", "(2^128 - 1) / |x| - 2^64")
        return
    value = 36 * x**3 + 18 * x**2 + 6 * x + 1
    rows = two_lattice(curve.r, value)
    put_split(out, "g1", rows, value)
    # No vector of the lattice is shorter than the shorter row, so words a, b make distinct scalars.
    assert min(a * a + b * b for a, b in rows) > 2 * WORD**2
    out.put("fr", "g1_phi", out.fr(value), "what phi multiplies by")
    put_split(out, "g2", bn_four_lattice(x), curve.p)


def signed_digits(value, width):
    """Odd digits below 2^(width - 1) or 0, most significant first: width 2 gives the NAF."""
    digits = []
    while value > 0:
        digit = 0
        if value & 1:
            digit = value % (1 << width)
            digit -= (1 << width) if digit >> (width - 1) else 0
        digits.append(digit)
        value = (value - digit) // 2
    return digits[::-1]


def put_pairing(out):
    """The loop of the optimal ate pairing as a list of steps; digits of x."""
    x, p, r = out.curve.x, out.curve.p, out.curve.r
    assert (p**4 - p**2 + 1) % r == 0
    hard = (p**4 - p**2 + 1) // r
    if out.curve.is_bls:
        digits, end = [int(bit) for bit in bin(-x)[2:]], []
        assert 3 * hard == (x - 1) ** 2 * (x + p) * (x * x + p * p - 1) + 3
        assert abs(x) == (0xD201 << 48) + (1 << 16)
        assert (p - x) % r == 0 and gcd((p - x) // r, hard) == 1
    else:
        digits = signed_digits(6 * x + 2, 2)
        end = ["MILLER_ADD_PSI", "MILLER_SUB_PSI_PSI"]
        l2 = 12 * x**3 + 6 * x**2 + 6 * x
        l1, l0 = l2 - 2 * x, l2 + 6 * x**2 + 1
        power = l0 + l1 * p + l2 * p**2 + (l1 - 1) * p**3
        assert 2 * x * (6 * x * x + 3 * x + 1) * hard == power
        assert p - 6 * x * x == r
        digits_of_x = [str(digit) for digit in signed_digits(x, 4)]
        out.put_list("int8_t", "curve_x_digits", digits_of_x, "x, most significant digit first")
    names = {1: ["MILLER_ADD"], 0: [], -1: ["MILLER_SUB"]}
    steps = [step for digit in digits[1:] for step in ["MILLER_DOUBLE", *names[digit]]]
    out.put_list("miller_step", "miller_steps", steps + end)


def render(curve):
    out = Printer(curve)
    put_modulus(out, "fp", curve.p, curve.limbs)
    put_modulus(out, "fr", curve.r, 4)
    out.put_words("fp_sqrt_exponent", (curve.p - 3) // 4, curve.limbs, "p = 3 mod 4")
    assert curve.p % 4 == 3
    put_fr_root(out)
    out.put("uint64_t", "curve_x", f"0x{abs(curve.x):016x}", "|x|")
    put_scalars(out)
    if not curve.is_bls:
        put_xi(out)
    put_towers(out)
    put_groups(out)
    put_pairing(out)
    if curve.is_bls:
        put_sswu(out)
    else:
        put_svdw(out)
    head = [
        "/* SPDX-License-Identifier: Apache-2.0; GENERATED by tools/curve_params.py",
        " * Elements are in Montgomery form, least limb first. */",
    ]
    return "\n".join(head + out.lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    arguments = parser.parse_args()
    stale = []
    for curve in (BLS, BN):
        path = os.path.join(ROOT, "src", "curve", f"{curve.name}_params.inc.h")
        text = render(curve)
        if arguments.check:
            with open(path, encoding="ascii") as file:
                stale += [path] if file.read() != text else []
        else:
            with open(path, "w", encoding="ascii") as file:
                file.write(text)
    for path in stale:
        print(f"{os.path.relpath(path, ROOT)} differs from tools/curve_params.py", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
