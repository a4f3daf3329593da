#!/usr/bin/env python3
"""Conditional jumps in the machine code of functions that take secrets, as the release build links
them. tools/ct_jumps.txt says which functions these are and how many jumps each may have; more is an
error: a mask has become a branch, or a loop is new and needs a look. So is a function of the
curves' templates that no row names. Jumps to the end of a program (stack protector, assertions) do
not count.

Usage: tools/lint/jumps.py [PROGRAM]     default: build/release/bin/kw-curve, which has them all
"""
import glob
import os
import re
import sys

import commands

PROGRAM = os.path.join(commands.ROOT, "build", "release", "bin", "kw-curve")
TABLE = os.path.join(commands.ROOT, "tools", "ct_jumps.txt")
HEAD = re.compile(r"[0-9a-f]+ <(.+)>:$")
CODE = re.compile(r"\s*([0-9a-f]+):\t(\S+)\s*(.*)$")
CONDITIONAL = re.compile(r"(j(?!mp)|loop)")
LEAVES = re.compile(r"j|ret|loop")
TEMPLATE = re.compile(r"^\s*KW_TEMPLATE(?:_HOT)?\s[^;{=(]*?"
                      r"((?:\b[A-Z_0-9]+\([^()]*\))|[\w#]+)\s*\(", re.M)
# What the macros of a name become: parameters of a template are a field or a group.
GLUED = ((r"MONT\((\w+)\)", r"mont[46]\1"), (r"BATCH\((\w+)\)", r"batch_g[12]\1"),
         (r"KW_GLUE\((\w+), \w+\)", r"\1(fp2?|g[12])"), (r"[A-Z]\((\w+)\)", r"(fp2?|fr|g[12])_\1"),
         (r"##\w+", r"\\w+"))
ENDS = re.compile(r"__stack_chk_fail|kw_assert_failed")


def functions(listing):
    """(name, instructions) of each function; an instruction is (address, code, operands). The
    compiler's suffixes of a name (.constprop.0, .lto_priv.0) are dropped."""
    found = []
    for line in listing.split("\n"):
        if m := HEAD.match(line):
            found.append((m[1].split(".")[0], []))
        elif found and (m := CODE.match(line)):
            found[-1][1].append((int(m[1], 16), m[2], m[3]))
    return found


def is_end(instructions, at):
    """Whether the straight line from there calls what ends the program."""
    for _, code, operands in instructions[at:]:
        if LEAVES.match(code):
            return False
        if code == "call" and ENDS.search(operands):
            return True
    return False


def jumps(instructions):
    """How many conditional jumps lead on."""
    places = {address: at for at, (address, _, _) in enumerate(instructions)}
    count = 0
    for _, code, operands in instructions:
        if not CONDITIONAL.match(code):
            continue
        at = places.get(int(operands.split()[0], 16))
        count += at is None or not is_end(instructions, at)
    return count


def rules(text):
    """(pattern, allowed) of each row `PATTERN JUMPS REASON`."""
    rows = [line.split(None, 2) for line in text.split("\n") if line and not line.startswith("#")]
    return [(re.compile(row[0]), int(row[1])) for row in rows]


def templates(texts):
    """Matches what the functions of templates are called."""
    names = set()
    for text in texts:
        for name in TEMPLATE.findall(text):
            for macro, name_of_it in GLUED:
                name = re.sub(macro, name_of_it, name)
            names.add(name)
    return re.compile("|".join(sorted(names)))


def complaints(listing, table, listed):
    """What is wrong. The first row that matches a name counts; each must match one, and each name
    that `listed` matches must have one."""
    used = set()
    for name, instructions in functions(listing):
        at = next((i for i, (rule, _) in enumerate(table) if rule.fullmatch(name)), None)
        if at is None:
            if listed.fullmatch(name):
                yield f"{name}: not in tools/ct_jumps.txt, {jumps(instructions)} conditional jumps"
            continue
        used.add(at)
        count = jumps(instructions)
        if count > table[at][1]:
            yield f"{name}: {count} conditional jumps, {table[at][1]} allowed"
    for at, (rule, _) in enumerate(table):
        if at not in used:
            yield f"tools/ct_jumps.txt: {rule.pattern} matches no function"


def sources():
    """The text of each template."""
    pattern = os.path.join(commands.ROOT, "src", "curve", "**", "*.inc.c")
    for path in glob.glob(pattern, recursive=True):
        with open(path, encoding="utf-8") as file:
            yield file.read()


def main():
    program = sys.argv[1] if len(sys.argv) > 1 else PROGRAM
    status, listing = commands.run(["objdump", "-d", "--no-show-raw-insn", program])
    if status != 0:
        sys.exit(listing)
    with open(TABLE, encoding="utf-8") as file:
        table = rules(file.read())
    found = sorted(set(complaints(listing, table, templates(sources()))))
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
