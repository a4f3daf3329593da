#!/usr/bin/env bash
# test.sh PRESET:LABEL,LABEL...: builds each preset and runs its tests with these labels. Goes on
# after failed tests, so that one run tells all; the last line sums up. KW_SOAK=1: the long forms.
set -euo pipefail
cd "$(dirname "$0")/.."

limit_s=600 # of one test program
if [ -n "${KW_SOAK:-}" ]; then
    limit_s=36000
    # How often the fault tests kill and start again; each names its default.
    export KW_TEST_KILLS=200 KW_KILL_ROUNDS=200
fi
PATH=$PWD/build/node/bin:$PATH # where tools/oracles.sh puts a Node of its own
failed=0
summary=()
for part in "$@"; do
    preset=${part%%:*}
    labels=${part#*:}
    echo "== $preset: $labels"
    tools/build.sh "$preset"
    log=build/$preset/test.log
    status=passed
    ctest --test-dir "build/$preset" -L "^(${labels//,/|})\$" --no-tests=error \
        --timeout "$limit_s" --output-on-failure -j"$(nproc)" | tee "$log" ||
        { status=FAILED; failed=1; }
    counts=$(sed -n 's/.*, \([0-9]* tests failed out of [0-9]*\)$/\1/p' "$log")
    summary+=("$preset $status (${counts:-no result})")
done
line=$(printf '%s; ' "${summary[@]}")
echo "== ${line%; }"
exit "$failed"
