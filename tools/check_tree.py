#!/usr/bin/env python3
"""Checks the house rules of the tree: prints `file:line: rule: text`, exits 1 when one is broken.

    tools/check_tree.py [--root FOLDER] [RULE...]

tools/exceptions.txt holds rows `path rule reason`; a row that excuses nothing, or gives no reason,
is an error itself. Rows of the rule `symbols` are for tools/lint/symbols.py."""
import argparse
import functools
import os
import sys

from tree import code, places, words
from tree.source import Finding, Source

RULES = {
    "layers": places.layers,
    "third-party": places.third_party,
    "readme": places.readme,
    "size": code.size,
    "banned": code.banned,
    "homes": code.homes,
    "goto": code.goto,
    "guards": places.guards,
    "names": places.names,
    "one-home": places.one_home,
    "contracts": code.contracts,
    "twins": places.twins,
    "text": words.text,
    "named": words.named,
}
NOT_OURS = {"build", ".git", "node_modules", "__pycache__", ".cache"}
TEXT_ENDINGS = (".c", ".h", ".py", ".sh", ".cmake", ".txt", ".md", ".yaml", ".mjs", ".js")
FOLDERS = "src include tests fuzz bench examples tools sdk docs deploy".split()
EXCEPTIONS = "tools/exceptions.txt"
SYMBOLS = "symbols"


class Tree:
    """All files below a folder, read once."""

    def __init__(self, root):
        self.root = root
        self.paths = set()
        for folder, folders, files in os.walk(root):
            folders[:] = [name for name in folders if name not in NOT_OURS]
            for name in files:
                self.paths.add(os.path.relpath(os.path.join(folder, name), root))
        self.layers, self.layer_lines = {}, {}
        for number, row in enumerate(self.text_of("tools/layers.txt").split("\n"), 1):
            name, colon, below = row.partition(":")
            if colon and not row.startswith("#"):
                self.layers[name] = below.split()
                self.layer_lines[name] = number

    def text_of(self, path):
        if path not in self.paths:
            return ""
        with open(os.path.join(self.root, path), encoding="utf-8", errors="replace") as file:
            return file.read()

    @functools.cached_property
    def texts(self):
        """What people write: sources, scripts, documents; no test data."""
        chosen = (
            path
            for path in sorted(self.paths)
            if path.endswith(TEXT_ENDINGS) or os.path.basename(path) == "Makefile"
        )
        return [
            Source(path, self.text_of(path))
            for path in chosen
            if ("/" not in path or path.split("/")[0] in FOLDERS)
            and not path.startswith("fuzz/corpus/")
        ]

    @functools.cached_property
    def c_files(self):
        return [source for source in self.texts if source.is_c]


def excused(tree, findings):
    """Findings without those that exceptions.txt excuses, and with the faults of that file."""
    rows = {}
    for number, row in enumerate(tree.text_of(EXCEPTIONS).split("\n"), 1):
        words_of_row = row.split(maxsplit=2)
        if not words_of_row or row.startswith("#"):
            continue
        if len(words_of_row) < 3 or words_of_row[1] not in {*RULES, SYMBOLS}:
            yield Finding(EXCEPTIONS, number, "exceptions", "a row is: path rule reason")
            continue
        if words_of_row[1] != SYMBOLS:
            rows[words_of_row[0], words_of_row[1]] = number
    used = set()
    for finding in findings:
        key = (finding.path, finding.rule)
        if key in rows:
            used.add(key)
        else:
            yield finding
    for key in rows.keys() - used:
        yield Finding(EXCEPTIONS, rows[key], "exceptions", f"{key[0]} {key[1]} excuses nothing")


def check(root):
    """All findings in a tree, in the order of files and lines."""
    tree = Tree(root)
    found = [finding for rule in RULES.values() for finding in rule(tree)]
    return sorted(excused(tree, found), key=lambda one: (one.path, one.line, one.rule, one.text))


def main():
    parser = argparse.ArgumentParser(description="checks the house rules of the tree")
    here = os.path.dirname(os.path.abspath(__file__))
    parser.add_argument("--root", default=os.path.dirname(here))
    parser.add_argument("rules", nargs="*", metavar="RULE", help="only these: " + " ".join(RULES))
    args = parser.parse_args()
    unknown = set(args.rules) - RULES.keys()
    if unknown:
        parser.error(f"no such rule: {', '.join(sorted(unknown))}")
    found = check(args.root)
    if args.rules:
        found = [finding for finding in found if finding.rule in args.rules]
    for finding in found:
        print(finding)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
