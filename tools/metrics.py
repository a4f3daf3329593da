#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Reads the metrics from the rows in src/, and says what an alert rule names that no row has.

    tools/metrics.py --reference FILE    writes the reference page
"""
import argparse
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NAME = re.compile(r'\.name = "(keyward_[a-z0-9_]+)"')
KIND = re.compile(r"\.kind = KW_METRIC_([A-Z]+)")
LABELS = re.compile(r"\.labels = \{([^}]*)\}")
HELP = re.compile(r'\.help = ((?:"(?:[^"\\]|\\.)*"\s*)+)')
TEXT = re.compile(r'"((?:[^"\\]|\\.)*)"')
# What a rule names: a metric, and the labels that it selects by.
USE = re.compile(r"\b(keyward_[a-z0-9_]+)(?:\{([^}]*)\})?")
SELECTOR = re.compile(r"([a-z_]+)\s*(?:=~|!~|!=|=)")
OWN_LABELS = {"job", "instance", "le"}  # Prometheus gives them
PARTS = ("_bucket", "_sum", "_count")


def row_around(text, at):
    """The braces that hold the offset."""
    depth, start = 0, at
    while depth >= 0:
        start -= 1
        depth += {"}": 1, "{": -1}.get(text[start], 0)
    depth, end = 1, start
    while depth > 0:
        end += 1
        depth += {"{": 1, "}": -1}.get(text[end], 0)
    return text[start:end]


def metrics_of(text):
    """(name, kind, labels, help) of each row in a C source."""
    for match in NAME.finditer(text):
        row = row_around(text, match.start())
        kind = KIND.search(row)
        if kind:
            labels = LABELS.search(row)
            yield (match.group(1), kind.group(1).lower(),
                   tuple(TEXT.findall(labels.group(1))) if labels else (),
                   "".join(TEXT.findall(HELP.search(row).group(1))))


def all_metrics(root=ROOT):
    found = {}
    for path in sorted((root / "src").rglob("*.c")):
        for name, kind, labels, text in metrics_of(path.read_text(encoding="utf-8")):
            found[name] = (kind, labels, text)
    return found


def problems(rules, metrics):
    """What the rules name and no row has."""
    for match in USE.finditer(rules):
        name, selectors = match.groups()
        base = next((name[: -len(part)] for part in PARTS if name.endswith(part)
                     and metrics.get(name[: -len(part)], ("",))[0] == "histogram"), name)
        if base not in metrics:
            yield f"no metric {name}"
            continue
        wanted = set(SELECTOR.findall(selectors or "")) - OWN_LABELS
        for label in sorted(wanted - set(metrics[base][1])):
            yield f"{name} has no label {label}"


def reference(metrics):
    lines = ["# Metrics", "", "`GET /metrics` of the listener `metrics`, in the text format of "
             "Prometheus; rules for alerts are in `deploy/alerts/`.", "",
             "| metric | kind | labels | meaning |", "|---|---|---|---|"]
    for name, (kind, labels, text) in sorted(metrics.items()):
        cells = ", ".join(f"`{label}`" for label in labels)
        lines.append(f"| `{name}` | {kind} | {cells} | {text} |")
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description="reads the metrics from the rows in src/")
    parser.add_argument("--reference", type=Path, required=True, help="file to write")
    options = parser.parse_args()
    options.reference.write_text(reference(all_metrics()), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
