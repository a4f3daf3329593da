#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the benches of the release preset and writes one JSON document.

    tools/bench.py [--only WORD] [--out FILE]

Each build/release/bin/kw-bench-* program, each bench/*_bench.py and bench/peer_*.mjs prints JSON
objects, one a line: {"bench": "subject/operation/parameters", ...figures, and a "ratio" to a peer
of the same run}. This script adds machine, compiler and flags, and the ratios of rows to peers
under the same name (bench_ratio.py), prints a table, and writes build/bench.json. What computes on
one core is kept on one.
"""
import argparse
import json
import os
import pathlib
import platform
import shutil
import subprocess
import sys

import bench_ratio

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ROOT / "build" / "release"
BENCH_LIMIT_S = 900
PINNED = ("curve", "threshold", "zk")  # names that begin so
GOVERNOR = pathlib.Path("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")


def first_line(command):
    """First line that a command prints; "absent" when it cannot run."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return "absent"
    return (done.stdout or done.stderr).splitlines()[0] if done.stdout or done.stderr else "absent"


def machine():
    """What the figures depend on: processor, compiler, flags, kernel."""
    about = {}
    for line in pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        name, _, value = line.partition(":")
        about.setdefault(name.strip(), value.strip())
    flags = about.get("flags", "").split()
    cache = {}
    for line in (BUILD / "CMakeCache.txt").read_text(encoding="utf-8").splitlines():
        if "=" in line and not line.startswith(("#", "//")):
            name, value = line.split("=", 1)
            cache[name.split(":")[0]] = value
    return {
        "cpu": f"{about.get('model name', 'unknown')} (family {about.get('cpu family')}, "
               f"model {about.get('model')})",
        "isa": [name for name in ("bmi2", "adx", "avx512ifma") if name in flags],
        "governor": GOVERNOR.read_text(encoding="ascii").strip() if GOVERNOR.exists() else "absent",
        "rev": first_line(["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"]),
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
    node = shutil.which("node", path=f"{ROOT / 'build' / 'node' / 'bin'}:{os.environ['PATH']}")
    if node and (ROOT / "tests" / "oracle" / "node_modules").exists():
        for path in sorted((ROOT / "bench").glob("peer_*.mjs")):
            found[f"curve-{path.stem}"] = [node, str(path)]
    return {name: command for name, command in found.items() if only is None or only in name}


def stay_on_one_core():
    """In the child: the last core that it may use, where the system's own work is least."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


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
        before = stay_on_one_core if name.startswith(PINNED) else None
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT,
                              preexec_fn=before) as running:
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
    print("ratios (peer / ours):")
    for row in bench_ratio.add_ratios(document["results"]):
        show({name: row[name] for name in ("bench", "impl", "ns_min", "peer", "ratio", "ratio_mcl")
              if name in row})
    pathlib.Path(options.out).write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    print(f"wrote {os.path.relpath(options.out)}")
    if failed:
        sys.exit(f"bench: failed: {', '.join(failed)}")


if __name__ == "__main__":
    main()
