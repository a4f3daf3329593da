#!/usr/bin/env python3
"""Runs clang-tidy on each source that changed since it was last found clean. "Changed" is a hash of
the source, all headers of ours that it reaches, its flags and the configuration."""
import functools
import hashlib
import os
import re
import sys

import commands

CLEAN = os.path.join(commands.ROOT, "build", "lint", "tidy")
# A template may get the name of a part that it includes as a macro.
INCLUDE = re.compile(rb'^[ \t]*#[ \t]*(?:include|define[ \t]+\w+)[ \t]+"([^"]+)"', re.M)
# The build has refused the warnings of gcc already; those of clang 14 come and go with its version.
NOT_FOR_CLANG = ("-Werror", "-fno-sanitize-recover")


@functools.cache
def content(path):
    with open(os.path.join(commands.ROOT, path), "rb") as file:
        return file.read()


@functools.cache
def direct_includes(path):
    found = []
    for name in INCLUDE.findall(content(path)):
        for root in ("src", "include", "tests"):
            candidate = f"{root}/{name.decode()}"
            if os.path.isfile(os.path.join(commands.ROOT, candidate)):
                found.append(candidate)
                break
    return found


def reached(path):
    seen, todo = {path}, [path]
    while todo:
        for name in direct_includes(todo.pop()):
            if name not in seen:
                seen.add(name)
                todo.append(name)
    return sorted(seen)


def main():
    known = commands.database()
    _, version = commands.run(["clang-tidy", "--version"])
    os.makedirs(CLEAN, exist_ok=True)

    def tidy(path):
        flags = [word for word in known[path][1:] if not word.startswith(NOT_FOR_CLANG)]
        key = hashlib.sha256(repr((version, flags)).encode())
        key.update(content(".clang-tidy") + content("tests/.clang-tidy"))
        for name in reached(path):
            key.update(name.encode() + b"\0" + content(name) + b"\0")
        stamp = os.path.join(CLEAN, key.hexdigest())
        if os.path.exists(stamp):
            return None
        status, output = commands.run(["clang-tidy", "--quiet", path, "--", *flags])
        if status != 0:
            return output
        with open(stamp, "w", encoding="utf-8") as file:
            file.write(path + "\n")
        return None

    # Files named on the command line, else all that the build compiles.
    return 1 if commands.each(tidy, sys.argv[1:] or sorted(known)) else 0


if __name__ == "__main__":
    sys.exit(main())
