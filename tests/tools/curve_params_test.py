#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The constants of curve/ follow from x alone: the committed files equal what their script writes,
and what defines each number is checked here on the files, without any code of that script."""
import re
import subprocess
import sys
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
DECLARATION = re.compile(r"const \w+ (\w+)(?:\[\d+\])* = ([^;]*);")
WORD = 1 << 64


def is_prime(n):
    """Miller and Rabin to the first twelve primes: for numbers that no one chose against it."""
    odd, twos = n - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    return all(
        pow(base, odd, n) == 1 or any(pow(base, odd << i, n) == n - 1 for i in range(twos))
        for base in (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37)
    )


class Curve:
    """One file, read back; `p` and `r` come from x here, by the polynomials of their families."""

    def __init__(self, name, x, limbs, xi):
        text = (ROOT / f"src/curve/{name}_params.inc.h").read_text(encoding="ascii")
        self.words = {
            name: [int(word, 0) for word in re.findall(r"-?\b(?:0x[0-9a-f]+|\d+)\b", value)]
            for name, value in DECLARATION.findall(text)
        }
        self.x, self.limbs, self.xi = x, limbs, xi
        if name == "bls":
            self.r = x**4 - x**2 + 1
            self.p = (x - 1) ** 2 * self.r // 3 + x
        else:
            self.r = 36 * x**4 + 36 * x**3 + 18 * x**2 + 6 * x + 1
            self.p = self.r + 6 * x**2

    def number(self, name):
        return sum(word << 64 * i for i, word in enumerate(self.words[name]))

    def fp(self, name):
        """The elements of Fp of a constant, out of Montgomery form."""
        row, n = self.words[name], self.limbs
        values = [sum(w << 64 * i for i, w in enumerate(row[at : at + n]))
                  for at in range(0, len(row), n)]
        assert all(value < self.p for value in values)
        return [value * pow(WORD**n, -1, self.p) % self.p for value in values]

    def fp2(self, name):
        flat = self.fp(name)
        return list(zip(flat[::2], flat[1::2]))

    def mul(self, a, b):
        return ((a[0] * b[0] - a[1] * b[1]) % self.p, (a[0] * b[1] + a[1] * b[0]) % self.p)

    def power(self, a, exponent):
        result = (1, 0)
        for bit in bin(exponent)[2:]:
            result = self.mul(result, result)
            result = self.mul(result, a) if bit == "1" else result
        return result

    def conjugate(self, a):
        return (a[0], -a[1] % self.p)

    def is_on_twist(self, x, y):
        b = self.fp2("g2_b")[0]
        cube = self.mul(self.mul(x, x), x)
        return self.mul(y, y) == ((cube[0] + b[0]) % self.p, (cube[1] + b[1]) % self.p)


BLS = Curve("bls", -0xD201000000010000, 6, (1, 1))
BN = Curve("bn", 0x44E992B44A6909F1, 4, (9, 1))


class Generated(unittest.TestCase):
    def test_files_are_those_of_the_generator(self):
        done = subprocess.run([sys.executable, "tools/curve_params.py", "--check"], cwd=ROOT,
                              capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""))


class Derived(unittest.TestCase):
    def test_moduli_are_the_primes_of_x(self):
        for curve in (BLS, BN):
            self.assertEqual(curve.number("curve_x"), abs(curve.x))
            plus_minus = curve.number("curve_x_plus") - curve.number("curve_x_minus")
            self.assertEqual(plus_minus, abs(curve.x))
            self.assertEqual(curve.number("fp_p"), curve.p)
            self.assertEqual(curve.number("fr_p"), curve.r)
            self.assertTrue(is_prime(curve.p) and is_prime(curve.r))
            degrees = [k for k in range(1, 13) if (curve.p**k - 1) % curve.r == 0]
            self.assertEqual(degrees, [12])

    def test_words_of_a_modulus(self):
        for curve in (BLS, BN):
            for field, p, limbs in (("fp", curve.p, curve.limbs), ("fr", curve.r, 4)):
                n0, inverse = curve.number(f"{field}_n0"), curve.number(f"{field}_p62_inverse")
                self.assertEqual(n0 * p % WORD, WORD - 1)
                self.assertEqual(inverse * p % 2**62, 1)
                for power, name in ((1, "r"), (2, "r2"), (3, "r3")):
                    value = curve.number(f"{field}_{name}")
                    self.assertTrue(value < p and (value - WORD ** (limbs * power)) % p == 0)
                digits = curve.words[f"{field}_p62"]
                self.assertEqual(sum(digit << 62 * i for i, digit in enumerate(digits)), p)
                self.assertEqual(2 * curve.number(f"{field}_half_p") + 1, p)
                # Steps that suffice for every input of so many bits: see the generator.
                steps = (45907 * p.bit_length() + 26313) // 19929
                rounds, of_round = (curve.number(f"{field}_inv_{n}") for n in ("rounds", "steps"))
                self.assertTrue(steps <= rounds * of_round < steps + rounds and of_round <= 62)
            self.assertEqual(4 * curve.number("fp_sqrt_exponent") + 3, curve.p)

    def test_quotients_of_small_multiples(self):
        p, scale = BN.p, BN.number("xi_quotient")
        self.assertEqual(BN.number("fp_r_less_p"), 2**256 - p)
        self.assertEqual(BN.number("fp_p_times_r"), p << 256)
        for multiple in range(11):
            for value in (multiple * p - 1, multiple * p):
                if 0 <= value < 10 * p:
                    estimate = (value >> 248) * scale >> 16
                    self.assertIn(value // p - estimate, (0, 1))

    def test_roots_of_fr(self):
        for curve in (BLS, BN):
            r, twos = curve.r, curve.number("fr_twos")
            odd = 2 * curve.number("fr_sqrt_exponent") + 1
            self.assertEqual((twos, odd << twos), (32 if curve is BLS else 28, r - 1))
            root = curve.number("fr_root_of_unity") * pow(WORD**4, -1, r) % r
            self.assertEqual(pow(root, 1 << twos - 1, r), r - 1)

    def test_frobenius_factors_are_sixth_roots(self):
        for curve in (BLS, BN):
            first, third = curve.fp2("frobenius_1"), curve.fp2("frobenius_3")
            second = curve.fp("frobenius_2")
            # xi^p is the conjugate of xi, so the sixth power of the first is conj(xi) / xi.
            self.assertEqual(curve.mul(curve.power(first[0], 6), curve.xi),
                             curve.conjugate(curve.xi))
            for j in range(5):
                norm = curve.mul(first[j], curve.conjugate(first[j]))
                self.assertEqual(first[j], curve.power(first[0], j + 1))
                self.assertEqual(norm, (second[j], 0))
                self.assertEqual(third[j], curve.mul(first[j], norm))

    def test_groups(self):
        for curve in (BLS, BN):
            p = curve.p
            (b,), (beta,) = curve.fp("g1_b"), curve.fp("g1_beta")
            (twist_b,) = curve.fp2("g2_b")
            if curve is BLS:
                self.assertEqual(twist_b, curve.mul((b, 0), curve.xi))
            else:
                self.assertEqual(curve.mul(twist_b, curve.xi), (b, 0))
                self.assertEqual(curve.fp2("g2_3b")[0], tuple(3 * c % p for c in twist_b))
            x, y, z = curve.fp("g1_base_point")
            self.assertEqual(((y * y - x**3 - b) % p, z), (0, 1))
            self.assertTrue(beta != 1 and pow(beta, 3, p) == 1)
            x, y, z = curve.fp2("g2_base_point")
            self.assertTrue(curve.is_on_twist(x, y) and z == (1, 0))
            (psi_x,), (psi_y,) = curve.fp2("g2_psi_x"), curve.fp2("g2_psi_y")
            image = curve.mul(curve.conjugate(x), psi_x), curve.mul(curve.conjugate(y), psi_y)
            self.assertTrue(curve.is_on_twist(*image))
            self.assertEqual(curve.power(psi_x, 3), curve.power(psi_y, 2))


if __name__ == "__main__":
    unittest.main()
