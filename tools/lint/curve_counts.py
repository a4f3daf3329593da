#!/usr/bin/env python3
"""The column `takes` of docs/performance.md is what kw-bench-curve counts today, row by row: a
table of other code is an error. Counts are the same on every machine.

Usage: tools/lint/curve_counts.py [PROGRAM]     default: build/release/bin/kw-bench-curve
"""
import json
import os
import sys

import commands

sys.path.insert(0, os.path.join(commands.ROOT, "tools"))
import bench_ratio  # noqa: E402  pylint: disable=wrong-import-position

PROGRAM = os.path.join(commands.ROOT, "build", "release", "bin", "kw-bench-curve")
DOCUMENT = os.path.join(commands.ROOT, "docs", "performance.md")


def committed(text):
    """Name -> counts, of each row of the table that has the column."""
    found, takes = {}, None
    for line in text.split("\n"):
        cells = [cell.strip() for cell in line.split("|")[1:-1]]
        if "takes" in cells:
            takes = cells.index("takes")
        elif not cells:
            takes = None
        elif takes is not None and not set(cells[0]) <= {"-"}:
            found[cells[0]] = cells[takes]
    return found


def counted(lines):
    """Name -> counts, of each line that the program prints."""
    rows = [json.loads(line) for line in lines if line.startswith("{")]
    return {row["bench"]: bench_ratio.calls_text(row) for row in rows}


def complaints(table, counts):
    for name in sorted(table.keys() - counts.keys()):
        yield f"{name} is no row of the bench"
    for name, text in counts.items():
        if name not in table:
            yield f"{name} is missing"
        elif table[name] != text:
            yield f"{name} takes {text}, not {table[name]}"


def main():
    program = sys.argv[1] if len(sys.argv) > 1 else PROGRAM
    status, output = commands.run([program, "--counts"])
    if status != 0:
        sys.exit(output)
    with open(DOCUMENT, encoding="utf-8") as file:
        found = list(complaints(committed(file.read()), counted(output.split("\n"))))
    for line in found:
        print(f"docs/performance.md: {line}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
