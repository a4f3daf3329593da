#!/usr/bin/env python3
"""Looks into the linked programs of the release build. No writable data of ours: what is unique is
owned by node/ or the caller. Allowed are the fault hook of a thread (base/heap.c, os/fault.c), a
zero-initialised thread-local word, and what a row `path:name symbols reason` of
tools/exceptions.txt names; a row that no program needs is an error. libkeyward.so exports what
include/keyward marks KW_API, no more and no less."""
import glob
import os
import re
import sys

import commands

RELEASE = os.path.join(commands.ROOT, "build", "release")
PROGRAMS = ("keyward", "keywardd", "kw-curve")
WRITABLE = {".data", ".bss", ".tdata"}
HOOK_BYTES_MAX = 8
# What the C run-time puts into every program; symbols with @ are copies from shared libraries.
RUNTIME = re.compile(r"(_\w*|completed\.\d+|data_start|program_invocation_\w*)$|.*@")


def allowed():
    """Names that tools/exceptions.txt allows to be writable."""
    with open(os.path.join(commands.ROOT, "tools", "exceptions.txt"), encoding="utf-8") as file:
        return set(re.findall(r"^\S+:(\w+) symbols \S", file.read(), re.M))


def writable_data(path):
    """(name, section, bytes) of our symbols that a running program could change."""
    _, output = commands.run(["nm", "--format=sysv", "--defined-only", path])
    for row in output.split("\n"):
        cells = [cell.strip() for cell in row.split("|")]
        if len(cells) != 7 or RUNTIME.match(cells[0]):
            continue
        # What the linker adds to names of files that it joined: detected.lto_priv.0.
        name, size, section = cells[0].split(".")[0], int(cells[4] or "0", 16), cells[6]
        if section in WRITABLE or (section == ".tbss" and size > HOOK_BYTES_MAX):
            yield name, section, size


def exported(path):
    _, output = commands.run(["nm", "--dynamic", "--defined-only", "--format=posix", path])
    return {row.split()[0].split("@")[0] for row in output.split("\n") if row.strip()}


def declared():
    names = set()
    for path in glob.glob(os.path.join(commands.ROOT, "include", "keyward", "*.h")):
        with open(path, encoding="utf-8") as file:
            text = re.sub(r"^#.*$", "", file.read(), flags=re.M)
        names |= set(re.findall(r"\bKW_API\b[^;(]*?(\w+)\s*\(", text))
    return names


def main():
    failures = 0
    excused, needed = allowed(), set()
    library = os.path.join(RELEASE, "lib", "libkeyward.so")
    programs = [os.path.join(RELEASE, "bin", name) for name in PROGRAMS]
    for path in [*programs, library]:
        if not os.path.exists(path):
            print(f"{os.path.relpath(path, commands.ROOT)} is not built")
            failures += 1
            continue
        for name, section, size in writable_data(path):
            if name in excused:
                needed.add(name)
                continue
            print(f"{os.path.basename(path)}: {name} is writable: {size} bytes in {section}")
            failures += 1
    for name in sorted(excused - needed):
        print(f"tools/exceptions.txt: {name} excuses nothing")
        failures += 1
    if os.path.exists(library):
        for name in sorted(exported(library) ^ declared()):
            print(f"libkeyward.so: {name} must be exported if, and only if, a header says KW_API")
            failures += 1
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
