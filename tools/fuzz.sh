#!/usr/bin/env bash
# Runs each fuzz target for FUZZ_SECONDS (60), two at a time. Seeds come from fuzz/corpus/<target>;
# new units go to build/fuzz/corpus/<target>, crashes to build/fuzz/crashes/. FUZZ_ONLY=regex picks.
set -euo pipefail
cd "$(dirname "$0")/.."
export FUZZ_SECONDS=${FUZZ_SECONDS:-60}
tools/build.sh fuzz
mkdir -p build/fuzz/crashes build/fuzz/logs

run_one() {
    target=${1##*/fuzz-}
    new=build/fuzz/corpus/$target
    folders=("$new")
    mkdir -p "$new"
    if [ -d "fuzz/corpus/$target" ]; then
        folders+=("fuzz/corpus/$target")
    fi
    log=build/fuzz/logs/$target.log
    if "$1" -max_total_time="$FUZZ_SECONDS" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
        -artifact_prefix="build/fuzz/crashes/$target-" "${folders[@]}" >"$log" 2>&1; then
        runs=$(sed -n 's/stat::number_of_executed_units: *//p' "$log")
        cov=$(sed -n 's/.* cov: \([0-9]*\) .*/\1/p' "$log" | tail -n 1)
        printf 'ok    %-32s %10s runs, %6s edges\n' "$target" "${runs:-?}" "${cov:-?}"
    else
        printf 'CRASH %-32s see %s\n' "$target" "$log"
        tail -n 30 "$log"
        return 1
    fi
}
export -f run_one

mapfile -t targets < <(find build/fuzz/bin -name 'fuzz-*' -type f |
    grep -E "${FUZZ_ONLY:-.}" | sort)
if [ ${#targets[@]} -eq 0 ]; then
    echo "fuzz: no target" >&2
    exit 1
fi
echo "fuzz: ${#targets[@]} targets, $FUZZ_SECONDS s each"
# shellcheck disable=SC2016 # the inner shell expands it
if printf '%s\0' "${targets[@]}" |
    xargs -0 -n 1 -P 2 bash -c 'set -euo pipefail; run_one "$1"' _; then
    echo "fuzz: ${#targets[@]} targets, no crash"
else
    echo "fuzz: FAILED" >&2
    exit 1
fi
