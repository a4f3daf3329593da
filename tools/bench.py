#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the benches of the release preset and writes one JSON document.

    tools/bench.py [--only WORD] [--out FILE]

Each build/release/bin/kw-bench-* program and each bench/*_bench.py prints JSON objects, one a line:
{"bench": "subject/operation/parameters", ...figures, and a "ratio" to a peer of the same run}. This
script adds machine, compiler and flags, prints a table, and writes build/bench.json.
"""
import argparse
import json
import os
import pathlib
import platform
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ROOT / "build" / "release"
BENCH_LIMIT_S = 900


def first_line(command):
    """First line that a command prints; "absent" when it cannot run."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return "absent"
    return (done.stdout or done.stderr).splitlines()[0] if done.stdout or done.stderr else "absent"


def machine():
    """What the figures depend on: processor, compiler, flags, kernel."""
    cpu = "unknown"
    for line in pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            cpu = line.split(":", 1)[1].strip()
            break
    cache = {}
    for line in (BUILD / "CMakeCache.txt").read_text(encoding="utf-8").splitlines():
        if "=" in line and not line.startswith(("#", "//")):
            name, value = line.split("=", 1)
            cache[name.split(":")[0]] = value
    return {
        "cpu": cpu,
        "cores": os.cpu_count(),
        "kernel": platform.release(),
        "compiler": first_line([cache.get("CMAKE_C_COMPILER", "cc"), "--version"]),
        "flags": cache.get("CMAKE_C_FLAGS_RELEASE", "") +
                 (" -flto" if cache.get("CMAKE_INTERPROCEDURAL_OPTIMIZATION") == "ON" else ""),
        "openssl": first_line(["openssl", "version"]),
    }


def programs(only):
    """Benches as command lines, by name."""
    found = {path.name.removeprefix("kw-bench-"): [str(path)]
             for path in sorted((BUILD / "bin").glob("kw-bench-*"))}
    for path in sorted((ROOT / "bench").glob("*_bench.py")):
        found[path.stem.removesuffix("_bench")] = [sys.executable, str(path)]
    return {name: command for name, command in found.items() if only is None or only in name}


def show(row):
    """One line of the table: the name, then every figure."""
    figures = [f"{name}={value:,.3g}" if isinstance(value, float) else f"{name}={value}"
               for name, value in row.items() if name != "bench"]
    print(f"  {row.get('bench', '?'):<44} {'  '.join(figures)}", flush=True)


def main():
    parser = argparse.ArgumentParser(description="run the benches")
    parser.add_argument("--only", help="only benches whose name holds this word")
    parser.add_argument("--out", default=str(ROOT / "build" / "bench.json"))
    options = parser.parse_args()
    document = {"machine": machine(), "results": []}
    failed = []
    for name, command in programs(options.only).items():
        print(f"{name}:", flush=True)
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as running:
            for line in running.stdout:
                if not line.startswith("{"):
                    continue
                row = json.loads(line)
                document["results"].append(row)
                show(row)
            try:
                running.wait(timeout=BENCH_LIMIT_S)
            except subprocess.TimeoutExpired:
                running.kill()
        if running.returncode != 0:
            failed.append(name)
    pathlib.Path(options.out).write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    print(f"wrote {os.path.relpath(options.out)}")
    if failed:
        sys.exit(f"bench: failed: {', '.join(failed)}")


if __name__ == "__main__":
    main()
