#!/usr/bin/env python3
"""Prints the generators' tables for the combs of src/curve/tmpl/comb.inc.c, as C initialisers.

    tools/curve_comb.py DIR    writes DIR/{bls,bn}_{g1,g2}_comb.inc.h, when the house is built"""
import os
import sys

from curve_math import BLS, BN

COMBS, TEETH, SPACING = 11, 6, 4
COMB_BITS = COMBS * TEETH * SPACING
WORD = 1 << 64


def element(curve, a):
    """An element of Fp or Fp2 in Montgomery form."""
    if isinstance(a, tuple):
        return "{" + ", ".join(element(curve, c) for c in a) + "}"
    value = a * WORD**curve.limbs % curve.p
    limbs = (f"0x{value >> 64 * i & WORD - 1:016x}" for i in range(curve.limbs))
    return "{{" + ", ".join(limbs) + "}}"


def comb_entries(group, teeth):
    """Sums of the teeth, the last with a plus, the others signed by the bits of the index."""
    line = [teeth[-1]]
    for tooth in teeth[:-1]:
        line[0] = group.add(line[0], group.neg(tooth))
    for tooth in teeth[:-1]:
        twice = group.add(tooth, tooth)
        line += [group.add(entry, twice) for entry in line]
    return line


def table(curve, group, base):
    teeth = [base]
    for _ in range(COMBS * TEETH - 1):
        teeth.append(group.mul(teeth[-1], 2**SPACING))
    combs = []
    for c in range(COMBS):
        entries = comb_entries(group, teeth[TEETH * c : TEETH * (c + 1)])
        rows = ",\n".join(
            "{" + ", ".join(element(curve, c) for c in entry) + "}" for entry in entries
        )
        combs.append("{" + rows + "}")
    return "{{" + ",\n".join(combs) + "}}\n"


def main():
    for curve in (BLS, BN):
        for name, group, base in (("g1", curve.e1, curve.g1), ("g2", curve.e2, curve.g2)):
            path = os.path.join(sys.argv[1], f"{curve.name}_{name}_comb.inc.h")
            with open(path, "w", encoding="ascii") as file:
                file.write(table(curve, group, base))


if __name__ == "__main__":
    main()
