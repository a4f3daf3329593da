#!/usr/bin/env bash
# Runs all tests with coverage counters and prints the line coverage of src/ by folder.
# Fails when a test fails or the whole is under COV_MIN (90) percent.
set -euo pipefail
cd "$(dirname "$0")/.."
min=${COV_MIN:-90}
tools/build.sh cov
find build/cov -name '*.gcda' -delete
tests=passed
ctest --test-dir build/cov -LE '^ct$' --no-tests=error --output-on-failure -j"$(nproc)" ||
    tests=FAILED
gcovr --root . --filter src/ --object-directory build/cov -j "$(nproc)" \
    --json-summary build/cov/coverage.json --txt build/cov/coverage.txt build/cov
python3 - build/cov/coverage.json "$min" <<'PY'
import collections, json, os, sys

lines = collections.defaultdict(lambda: [0, 0])
for row in json.load(open(sys.argv[1]))["files"]:
    for name in (os.path.dirname(row["filename"]), "src (all)"):
        lines[name][0] += row["line_covered"]
        lines[name][1] += row["line_total"]
for name, (covered, total) in sorted(lines.items()):
    print(f"{100 * covered / max(total, 1):6.1f} %  {covered:6} of {total:6}  {name}")
covered, total = lines["src (all)"]
sys.exit(0 if total and 100 * covered / total >= float(sys.argv[2]) else 1)
PY
echo "cov: tests $tests; lines of each file are in build/cov/coverage.txt"
[ "$tests" = passed ]
