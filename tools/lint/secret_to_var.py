#!/usr/bin/env python3
"""No secret reaches a function of src/curve/ whose time depends on it: for each function `_var` in
its headers, and each value that it takes, a call with the secret type in its place. Each must fail
for that reason, and compile with the type that the function asks for. Structs of arguments are
asked member by member."""
import glob
import os
import re
import sys

import commands

FUNCTION = re.compile(r"\b(kw_(?:bls|bn)_\w+_var)\s*\(([^;]*?)\);", re.S)
STRUCT = re.compile(r"typedef struct (\w+_in) \{(.*?)\n\}", re.S)
POINTER = re.compile(r"const (\w+) \*\s*(\w+)$")
WANTED = re.compile(r"<stdin>:(\d+):.*incompatible pointer type")


def without_comments(text):
    return re.sub(r"/\*.*?\*/", "", text, flags=re.S)


def secret_of(kind, curve):
    """The secret type that someone could try there. BN254 has no secret points."""
    group = re.fullmatch(rf"{curve}_(g[12])", kind)
    return f"{curve}_secret_{group[1]}" if group and curve == "kw_bls" else f"{curve}_secret"


def pointers(text, separator):
    """(type, name) of each `const type *name`, None for what is not one."""
    for part in text.split(separator):
        found = POINTER.search(" ".join(part.split()))
        yield found.groups() if found else None


def functions(header):
    """(name, parameters) of each function with _var in its name."""
    for name, params in FUNCTION.findall(without_comments(header)):
        yield name, [" ".join(param.split()) for param in params.split(",")]


def calls(header, structs):
    """Functions of C, one a line: each passes a secret where it must not, unless KW_COMPILES."""
    for name, params in functions(header):
        curve = "_".join(name.split("_")[:2])
        names = [re.search(r"\w+$", param)[0] for param in params]
        for at, pointer in enumerate(pointers(",".join(params), ",")):
            if pointer is None:
                continue
            members = [found for found in pointers(structs.get(pointer[0], ""), ";") if found]
            for kind, member in members:
                yield (f"void f(struct {pointer[0]} *in, const TRIED({secret_of(kind, curve)}, "
                       f"{kind}) *s) {{ in->{member} = s; }}")
            tried = list(params)
            tried[at] = f"const TRIED({secret_of(pointer[0], curve)}, {pointer[0]}) *{pointer[1]}"
            yield f"void f({', '.join(tried)}) {{ (void){name}({', '.join(names)}); }}"


def program(path, header, structs):
    """The C text, and the lines in it that must not compile."""
    head = [f'#include "{path}"', "#ifdef KW_COMPILES", "#define TRIED(secret, public) public",
            "#else", "#define TRIED(secret, public) secret", "#endif"]
    tries = list(calls(header, structs))
    lines = [line.replace("void f(", f"static inline void f{at}(", 1)
             for at, line in enumerate(tries)]
    return "\n".join(head + lines) + "\n", range(len(head) + 1, len(head) + 1 + len(lines))


def complaints(path, flags):
    """What is wrong with the functions of one header."""
    with open(os.path.join(commands.ROOT, "src", path), encoding="utf-8") as file:
        header = file.read()
    text, wanted = program(path, header, dict(STRUCT.findall(without_comments(header))))
    words = [*flags, "-x", "c", "-c", "-", "-o", "/dev/null"]
    _, output = commands.run(words, input=text)
    refused = {int(line) for line in WANTED.findall(output)}
    for line in sorted(set(wanted) - refused):
        yield f"src/{path}: compiles, but must not: {text.splitlines()[line - 1]}"
    status, output = commands.run([*words, "-DKW_COMPILES"], input=text)
    if status != 0:
        yield f"src/{path}: fails even with -DKW_COMPILES:\n{output}"


def main():
    flags = commands.flags_near(commands.database(), "tests/unit/base/span_test.c")
    failures = 0
    folder = os.path.join(commands.ROOT, "src", "curve")
    paths = glob.glob(os.path.join(folder, "b*.h"))
    for path in sorted(set(paths) - set(glob.glob(os.path.join(folder, "*.inc.h")))):
        for line in complaints(os.path.relpath(path, os.path.join(commands.ROOT, "src")), flags):
            print(line)
            failures += 1
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
