#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Ratios of our rows to those of peers under the same name; above 1 we are faster.

A peer of the same run is preferred. What it does not offer is compared with times of libraries
built from source on another machine (bench/baselines/curve.json), scaled by one operation of a peer
that was measured there and is measured here: an estimate, for which rows say "scaled".

Usage: tools/bench_ratio.py [FILE]     prints the table of docs/performance.md from build/bench.json
"""
import json
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
BASELINES = ROOT / "bench" / "baselines" / "curve.json"


def least_by_name(rows, is_ours):
    """Least times of the peers: (implementation, ns) by bench name."""
    found = {}
    for row in rows:
        if "impl" in row and not is_ours(row):
            found[row["bench"]] = (row["impl"], row["ns_min"])
    return found


def scaled(document, peers):
    """Times of each library of the baselines as they would be here: {library: {name: ns}}."""
    scale = document["scale"]
    impl, here = peers.get(scale["bench"], ("", 0))
    if not impl.startswith(scale["impl"]):
        return {}
    factor = here / scale["ns_min"]
    return {library: {name: ns * factor for name, ns in times.items()}
            for library, times in document["peers"].items()}


def add_ratios(rows):
    """Puts "peer" and "ratio", and "ratio_mcl" where that is another, into rows that have an
    "impl" of ours. Returns the rows that have a ratio."""
    def is_ours(row):
        return row["impl"].startswith("keyward")

    peers = least_by_name(rows, is_ours)
    libraries = scaled(json.loads(BASELINES.read_text(encoding="utf-8")), peers)
    done = []
    for row in rows:
        if "impl" not in row or not is_ours(row):
            continue
        options = [peers[row["bench"]]] if row["bench"] in peers else []
        options += [(f"{library}, scaled", times[row["bench"]])
                    for library, times in libraries.items() if row["bench"] in times]
        if not options:
            continue
        row["peer"], ns = options[0]
        row["ratio"] = round(ns / row["ns_min"], 3)
        if len(options) > 1 and options[-1][0].startswith("mcl"):
            row["ratio_mcl"] = round(options[-1][1] / row["ns_min"], 3)
        done.append(row)
    return done


def time_text(ns):
    """Three digits and a unit."""
    for unit, size in (("ms", 1e6), ("us", 1e3), ("ns", 1)):
        if ns >= size or unit == "ns":
            digits = 0 if ns / size >= 100 else 1 if ns / size >= 10 else 2
            return f"{ns / size:.{digits}f} {unit}"
    return ""


def calls_text(row):
    """What one item takes of the word layer."""
    short = {"mul": "M", "sqr": "S", "complex_mul": "M2", "mul_wide": "W", "redc": "R"}
    counts = {mark: round(row.get(name, 0)) for name, mark in short.items()}
    return " ".join(f"{count}{mark}" for mark, count in counts.items() if count > 0)


def table(rows):
    """Lines of Markdown: one for each operation, both back-ends beside each other. Rows that tell
    no least time, those of bench/curve_timing_bench.c, are not for this table."""
    by_name = {}
    for row in rows:
        if row.get("impl", "").startswith("keyward-") and "ns_min" in row:
            by_name.setdefault(row["bench"], {})[row["impl"].removeprefix("keyward-")] = row
    yield "| operation | adx | median | c | takes | peer / adx | mcl / adx |"
    yield "|---|---|---|---|---|---|---|"
    for name, impls in by_name.items():
        ours = impls.get("adx", impls.get("c"))
        plain = time_text(impls["c"]["ns_min"]) if "c" in impls else ""
        ratio = f"{ours['ratio']:.2f}" if "ratio" in ours else ""
        ratio += " *" if "scaled" in ours.get("peer", "") else ""
        mcl = f"{ours['ratio_mcl']:.2f} *" if "ratio_mcl" in ours else ""
        if ours.get("peer", "").startswith("mcl"):
            ratio, mcl = "", ratio
        median = time_text(ours["ns_med"]) if "ns_med" in ours else ""
        cells = (name, time_text(ours["ns_min"]), median, plain, calls_text(ours), ratio, mcl)
        yield "| " + " | ".join(cells) + " |"


def main():
    path = sys.argv[1] if len(sys.argv) > 1 else ROOT / "build" / "bench.json"
    document = json.loads(pathlib.Path(path).read_text(encoding="utf-8"))
    print(f"rev {document['machine']['rev']}\n")
    print("\n".join(table(document["results"])))


if __name__ == "__main__":
    main()
