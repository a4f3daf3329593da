#!/usr/bin/env python3
"""Compiles tests/must_not_compile/*.c with the real flags. Each must fail, and the compiler must
say what its line `/* expect: text */` holds; with -DKW_COMPILES it must compile, so that it fails
for that reason and no other."""
import os
import re
import sys

import commands

FOLDER = "tests/must_not_compile"


def main():
    known = commands.database()
    flags = commands.flags_near(known, "tests/unit/base/span_test.c")
    names = sorted(os.listdir(os.path.join(commands.ROOT, FOLDER)))
    paths = [f"{FOLDER}/{name}" for name in names if name.endswith(".c")]

    def refuse(path):
        with open(os.path.join(commands.ROOT, path), encoding="utf-8") as file:
            wanted = re.search(r"/\* expect: (.+?) \*/", file.read())
        if wanted is None:
            return f"{path}: has no line /* expect: text */"
        words = [*flags, "-c", path, "-o", "/dev/null"]
        status, output = commands.run(words)
        if status == 0:
            return f"{path}: compiles, but must not"
        if wanted.group(1) not in output:
            return f"{path}: fails without saying \"{wanted.group(1)}\":\n{output}"
        status, output = commands.run([*words, "-DKW_COMPILES"])
        return None if status == 0 else f"{path}: fails even with -DKW_COMPILES:\n{output}"

    return 1 if not paths or commands.each(refuse, paths) else 0


if __name__ == "__main__":
    sys.exit(main())
