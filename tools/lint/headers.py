#!/usr/bin/env python3
"""Compiles each header alone; the public ones as C11, C17 and C++11, without our own flags."""
import os
import sys

import commands

STRICT = ["-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only", "-Iinclude"]
PUBLIC = [
    ["gcc", "-std=c11", "-x", "c", "-Wstrict-prototypes", *STRICT],
    ["clang", "-std=c17", "-x", "c", "-Wstrict-prototypes", *STRICT],
    ["g++", "-std=c++11", "-x", "c++", *STRICT],
]


def headers_below(folder):
    for base, _, files in os.walk(os.path.join(commands.ROOT, folder)):
        for name in sorted(files):
            if name.endswith(".h") and not name.endswith(".inc.h"):
                yield os.path.relpath(os.path.join(base, name), commands.ROOT)


def main():
    known = commands.database()
    jobs = []
    for path in headers_below("include"):
        jobs += [([*words, "-"], path.removeprefix("include/")) for words in PUBLIC]
    for folder in ("src", "tests/support"):
        for path in headers_below(folder):
            flags = commands.flags_near(known, path)
            words = [*flags, "-Wno-psabi", "-fsyntax-only", "-Itests", "-x", "c", "-"]
            jobs.append((words, path.removeprefix("src/").removeprefix("tests/")))

    def compile_alone(job):
        words, name = job
        twice = f'#include "{name}"\n' * 2 + "extern int not_an_empty_unit;\n"
        status, output = commands.run(words, input=twice)
        return None if status == 0 else f"{name} does not compile alone ({words[0]}):\n{output}"

    return 1 if commands.each(compile_alone, jobs) else 0


if __name__ == "__main__":
    sys.exit(main())
