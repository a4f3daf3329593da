#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Proves that no number in the fields and towers of src/curve/ outgrows its words, and that every
result is reduced.

Usage: tools/curve_bounds.py     prints what was proved; exit 1 and the first reason when something
                                 is not.

Products in the towers are summed before they are reduced, so the size of what is in between decides
whether they are right. This reads the straight-line functions of the templates as they stand and
runs them over polynomials in their inputs, each of which lies between 0 and its bound: so it sees
that (a0 + a1)(b0 + b1) - a0 b0 - a1 b1 is never negative. What a word function wants of its
arguments (tmpl/mont.inc.c) is asked at each call. curve_rows.py follows the rows inside the
multiplications.

All functions of these templates that call a word function must be reached so or be among LEAVES.
"""
import pathlib
import re
import sys

from curve_rows import WORD, Unproved, must, rows_of_adx, rows_of_portable

ROOT = pathlib.Path(__file__).resolve().parent.parent
CURVE = ROOT / "src" / "curve"
CURVES = {"bls": 6, "bn": 4}
TEMPLATES = ("mont", "field", "field_inv", "fp_root", "fp2", "fp2_wide", "fp6", "fp12")
# Each is run on reduced inputs, and must give reduced outputs.
ENTRIES = ("fp_add", "fp_sub", "fp_neg", "fp_mul", "fp_sqr", "fp2_mul", "fp2_sqr", "fp2_mul_fp",
           "fp2_mul_xi", "fp2_norm", "fp2_inv", "fp6_mul", "fp6_mul_01", "fp6_mul_1", "fp6_inv",
           "fp12_mul", "fp12_sqr", "fp12_inv", "fp4_sqr", "fp12_cyclotomic_sqr")
PARTS = {"fp": [""], "fp2": [".c0", ".c1"]}
PARTS["fp6"] = [f".c{i}{part}" for i in range(3) for part in PARTS["fp2"]]
PARTS["fp12"] = [f".c{i}{part}" for i in range(2) for part in PARTS["fp6"]]
# Functions with loops and masks, which are not read: words alone, whose contracts are methods of
# Run; elements to words and back, where every sum is below 2 p; xi_reduce, of whose estimate
# tools/curve_params.py asserts what it needs; fp_inverse_root, which prove_root looks after.
LEAVES = {"fp_half", "fp_to_words", "fp_from_words", "fp_is_reduced", "fp_cmp", "fp_is_larger",
          "fp_inverse_of_d", "fp_inverse_root", "xi_reduce", "mont_sub", "mont_sub_wide_mod",
          "mont_add_wide_mod", "mont_redc", "mont_reduce_once", "mont_sqr_loose"}


class Number:
    """A polynomial with integer coefficients in unknowns between 0 and a bound."""

    def __init__(self, terms):
        self.terms = {key: factor for key, factor in terms.items() if factor != 0}

    @staticmethod
    def unknown(bound):
        return Number({(Unknown(bound),): 1})

    @staticmethod
    def constant(value):
        return Number({(): value})

    def __add__(self, other):
        terms = dict(self.terms)
        for key, factor in other.terms.items():
            terms[key] = terms.get(key, 0) + factor
        return Number(terms)

    def __mul__(self, other):
        terms = {}
        for a, f in self.terms.items():
            for b, g in other.terms.items():
                key = tuple(sorted(a + b, key=id))
                terms[key] = terms.get(key, 0) + f * g
        return Number(terms)

    def __sub__(self, other):
        return self + other * Number.constant(-1)

    def end(self, sign):
        """The sum of what is positive or negative in it: a bound above or below."""
        total = 0
        for key, factor in self.terms.items():
            if not key or factor * sign > 0:
                size = factor
                for unknown in key:
                    size *= unknown.bound
                total += size
        return total

    def most(self):
        return self.end(1)

    def least(self):
        return self.end(-1)


class Unknown:
    """One that lies between 0 and `bound`."""

    def __init__(self, bound):
        self.bound = bound


# ---- the templates as they are written

FUNCTION = re.compile(r"^(?:KW_TEMPLATE(?:_HOT)?|static inline) [\w ]*?(\w+)\(([^{;]*)\)\n\{\n"
                      r"(.*?)^\}", re.M | re.S)
DECLARATION = re.compile(r"(?:const )?(?:uint64_t|fp\d*|fp2_wide|fp2_sum) \w+(?:\[[^]]*\])?$")
CALL = re.compile(r"(?:\(void\))?(\w+)\((.*)\)$", re.S)
COPY = re.compile(r"(\S+) = ([\w.>-]+)$")
PAIR = re.compile(r"\(const fp2 \*const\[\]\)\{(.*?), (.*?)\}$")


class Function:
    """Parameters by name, (type, whether it is written) of each, and statements without their
    semicolons."""

    def __init__(self, parameters, body):
        parts = [" ".join(part.split()) for part in parameters.split(",")]
        self.parameters = [re.search(r"(\w+)(?:\[\d*\])?$", part)[1] for part in parts]
        self.types = [(part.removeprefix("const ").split()[0],
                       "*" in part and not part.startswith("const ")) for part in parts]
        body = re.sub(r"/\*.*?\*/", "", body, flags=re.S)
        self.body = [" ".join(line.split()) for line in body.split(";") if line.strip()]


def read(curve, edit):
    """The functions of the fields and towers of a curve, by name; `edit` may change their text."""
    found = {}
    for name in [*(f"tmpl/{part}" for part in TEMPLATES), f"{curve}_xi"]:
        text = edit((CURVE / f"{name}.inc.c").read_text(encoding="ascii"))
        text = re.sub(r"\bMONT\((\w+)\)", r"mont\1", text)
        text = re.sub(r"\bF\((\w+)\)", r"fp_\1", text)
        text = re.sub(r"\bFIELD\b", "fp", text)
        found.update({m[1]: Function(m[2], m[3]) for m in FUNCTION.finditer(text)})
    return found


def modulus(curve):
    text = (CURVE / f"{curve}_params.inc.h").read_text(encoding="ascii")
    row = re.search(r"const uint64_t fp_p\[\d\] = \{([^}]*)\};", text)[1]
    return sum(int(word, 16) << 64 * i for i, word in enumerate(row.split(", ")))


def split(arguments):
    """At commas outside brackets."""
    parts, depth = [""], 0
    for c in arguments:
        depth += (c in "({[") - (c in ")}]")
        if c == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += c
    return [part.strip() for part in parts]


class Run:
    """Runs functions over numbers, which live under paths such as `3.v0.c1`: what is local to a
    call has a number of its own. Word functions are methods of the name that the templates use."""

    def __init__(self, functions, p, limbs):
        self.functions = functions
        self.p, self.r = p, WORD**limbs
        self.limbs = limbs
        self.values = {"fp_p": Number.constant(p), "fp_p_times_r": Number.constant(p * self.r)}
        self.calls = 0
        self.reached = set()

    # ---- what is read

    def place(self, text, names):
        """Where an argument points."""
        if m := PAIR.match(text):
            return [self.place(m[1], names), self.place(m[2], names)]
        text = re.sub(r"^\((?:const )?\w+ \*\)", "", text).lstrip("&")
        if m := re.match(r"(\w+) \+ LIMBS$", text):
            return self.place(m[1], names).removesuffix(".c0") + ".c1"
        m = re.match(r"(\w+)(?:\[(\d)\])?((?:(?:->|\.)\w+)*)$", text)
        must(m, f"cannot read {text}")
        base = names.get(m[1], m[1])
        base = base[int(m[2])] if m[2] else base
        return base + m[3].replace("->", ".").removesuffix(".w") if m[3] else base

    def call(self, name, places):
        self.reached.add(name)
        if hasattr(self, name):
            getattr(self, name)(*places)
            return
        must(name in self.functions, f"{name} is not known")
        self.calls += 1
        own = f"{self.calls}."
        function = self.functions[name]
        if name == "mont_complex_mul":  # it takes both parts of an element as words in a row
            places = [place + ".c0" if place + ".c0" in self.values or i == 0 else place
                      for i, place in enumerate(places)]
        names = dict(zip(function.parameters, places))
        for statement in function.body:
            self.step(name, own, statement, names)

    def step(self, name, own, statement, names):
        if DECLARATION.match(statement):
            local = re.search(r"(\w+)(?:\[[^]]*\])?$", statement)[1]
            names[local] = own + local
        elif m := CALL.match(statement):
            arguments = split(m[2])
            if m[1] == "memcpy":
                self.copy(self.place(arguments[0], names), self.place(arguments[1], names))
                return
            self.call(m[1], [self.place(x, names) for x in arguments])
        elif m := COPY.match(statement):
            self.copy(self.place(m[1], names), self.place(m[2], names))
        else:
            raise Unproved(f"{name}: cannot read: {statement}")

    def copy(self, to, source):
        found = {key: value for key, value in self.values.items()
                 if key == source or key.startswith(source + ".")}
        must(found, f"{source} has no value")
        for key, value in found.items():
            self.values[to + key[len(source):]] = value

    # ---- values, and what is asked of them

    def at(self, place):
        must(place in self.values, f"{place} has no value")
        return self.values[place]

    def put(self, place, bound):
        self.values[place] = Number.unknown(bound)

    def below(self, value, bound, text):
        must(value.most() < bound, f"{text}: {value.most() / bound:.3f} of its bound")

    def reduced(self, place):
        self.below(self.at(place), self.p, f"{place} is not reduced")

    # ---- word functions; their contracts are in tmpl/mont.inc.c

    def mont_add_words(self, o, a, b):
        self.values[o] = self.at(a) + self.at(b)
        self.below(self.values[o], self.r, "a sum leaves its words")

    def mont_sub_words(self, o, a, b):
        self.values[o] = self.at(a) - self.at(b)
        must(self.values[o].least() >= 0, "a difference is negative")

    def mont_reduce_once(self, o, a, _p):
        self.below(self.at(a), min(2 * self.p, self.r), "one subtraction of p is not enough")
        self.put(o, self.p - 1)

    def mont_sub(self, o, a, b, _p):
        self.reduced(a)
        self.reduced(b)
        self.put(o, self.p - 1)

    def mont_mul_wide(self, o, a, b):
        self.values[o] = self.at(a) * self.at(b)
        self.below(self.values[o], self.r**2, "a product leaves its words")

    def mont_sub_wide(self, o, a, b):
        self.values[o] = self.at(a) - self.at(b)
        must(self.values[o].least() >= 0, "a wide difference is negative")

    def mont_sub_wide_mod(self, o, a, b, _p):
        self.below(self.at(a), self.p * self.r, "what is subtracted from")
        self.below(self.at(b), self.p * self.r, "what is subtracted")
        self.put(o, self.p * self.r - 1)

    mont_add_wide_mod = mont_sub_wide_mod

    def mont_redc(self, o, t, _p, _n0):
        self.below(self.at(t), self.p * self.r, "redc")
        self.put(o, self.p - 1)

    def mont_mul_loose(self, o, a, b, _p, _n0):
        most = rows_of_portable(self.at(a).most(), self.at(b).most(), self.p, self.limbs)
        self.put(o, most)

    # ---- leaves of the fields; all but xi are the same for elements of any size below p

    def fp_inv(self, o, a):
        self.reduced(a)
        self.put(o, self.p - 1)

    def fp_mul_small(self, o, a, _k):
        self.fp_inv(o, a)  # additions alone

    def fp_neg(self, o, a):
        self.fp_inv(o, a)  # zero - a

    def fp_nine_times_plus(self, o, a, b):
        sum_ = self.at(a) * Number.constant(9) + self.at(b)
        self.below(sum_, 10 * self.p, "xi")
        self.put(o, self.p - 1)

    def wide_nine_times_plus(self, o, a, b):
        sum_ = self.at(a) * Number.constant(9) + self.at(b)
        self.below(sum_, 10 * self.p * self.r, "xi")
        self.put(o, self.p * self.r - 1)


# ---- what is proved

def prove_entry(run, name):
    """Runs it on reduced inputs."""
    types = run.functions[name].types
    places = [f"in{i}" for i in range(len(types))]
    for place, (kind, _) in zip(places, types):
        for part in PARTS.get(kind, []):
            run.put(place + part, run.p - 1)
    run.call(name, places)
    for place, (kind, is_output) in zip(places, types):
        for part in PARTS[kind] if is_output else []:
            run.reduced(place + part)


def prove_root(p, limbs):
    """fp_inverse_root multiplies what is only below 2 p, and gets the same again."""
    must(rows_of_portable(2 * p - 1, 2 * p - 1, p, limbs) < 2 * p, "a loose power grows")


def prove(curve, p=None, edit=lambda text: text):
    """One line about a curve; Unproved when something fails. Tests put in another modulus, or edit
    the templates."""
    limbs = CURVES[curve]
    p, r = p or modulus(curve), WORD**limbs
    must(2 * p < r, "a sum of two elements leaves its words")
    run = Run(read(curve, edit), p, limbs)
    for name in ENTRIES:
        prove_entry(run, name)
    prove_root(p, limbs)
    rows_of_adx(p, limbs)
    callers = {name for name, f in run.functions.items() if any("mont_" in x for x in f.body)}
    must(callers <= run.reached | LEAVES, f"not looked at: {callers - run.reached - LEAVES}")
    return (f"{curve}: {run.calls} calls from {len(ENTRIES)} entries stay in their words; "
            f"R/p = {r / p:.2f}, so one redc may close {p * r // (p - 1) ** 2} products")


def main():
    try:
        for curve in CURVES:
            print(prove(curve))
    except Unproved as reason:
        sys.exit(f"curve_bounds.py: {reason}")


if __name__ == "__main__":
    main()
