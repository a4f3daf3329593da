#!/usr/bin/env bash
# Runs each fuzz target for FUZZ_SECONDS (60), two at a time. Seeds come from fuzz/corpus/<target>;
# new units go to build/fuzz/corpus/<target>, crashes to build/fuzz/crashes/. FUZZ_ONLY=regex picks.
# With Node and the packages of tools/oracles.sh, @noble/curves then judges what the targets of the
# curves were given: all that libFuzzer kept, and samples of the rest.
set -euo pipefail
cd "$(dirname "$0")/.."
export FUZZ_SECONDS=${FUZZ_SECONDS:-60}
PATH=$PWD/build/node/bin:$PATH # where tools/oracles.sh puts a Node of its own
tools/build.sh fuzz
mkdir -p build/fuzz/crashes build/fuzz/logs build/fuzz/samples

run_one() {
    target=${1##*/fuzz-}
    new=build/fuzz/corpus/$target
    folders=("$new")
    mkdir -p "$new"
    if [ -d "fuzz/corpus/$target" ]; then
        folders+=("fuzz/corpus/$target")
    fi
    log=build/fuzz/logs/$target.log
    rm -f "build/fuzz/samples/$target"
    if KW_FUZZ_SAMPLES=build/fuzz/samples/$target "$1" -max_total_time="$FUZZ_SECONDS" \
        -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
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

# The same verdicts and outputs from noble; nothing when it is not there.
compare_verdicts() {
    if ! command -v node >/dev/null || [ ! -e tests/oracle/node_modules/.package-lock.json ]; then
        echo "fuzz: the oracles are not installed (make oracles): verdicts are not compared"
        return 0
    fi
    local folder=build/fuzz/verdicts
    mkdir -p "$folder"
    node tests/oracle/curve_corpus.mjs fuzz/corpus build/fuzz/corpus build/fuzz/samples |
        sort -u >"$folder/requests"
    node tests/oracle/curve_oracle.mjs <"$folder/requests" >"$folder/noble"
    build/fuzz/bin/kw-curve <"$folder/requests" >"$folder/ours"
    paste -d '\n' "$folder/noble" "$folder/ours" "$folder/requests" |
        awk 'NR % 3 == 1 { noble = $0 } NR % 3 == 2 { ours = $0 }
            NR % 3 == 0 && noble != ours { print $0 "\n  noble: " noble "\n  ours:  " ours }' \
            >"$folder/differing"
    if [ -s "$folder/differing" ]; then
        head -n 30 "$folder/differing"
        echo "fuzz: noble judges otherwise, see $folder/differing" >&2
        return 1
    fi
    echo "fuzz: noble judges $(wc -l <"$folder/requests") inputs alike"
}

mapfile -t targets < <(find build/fuzz/bin -name 'fuzz-*' -type f |
    grep -E "${FUZZ_ONLY:-.}" | sort)
if [ ${#targets[@]} -eq 0 ]; then
    echo "fuzz: no target" >&2
    exit 1
fi
echo "fuzz: ${#targets[@]} targets, $FUZZ_SECONDS s each"
failed=0
# shellcheck disable=SC2016 # the inner shell expands it
printf '%s\0' "${targets[@]}" |
    xargs -0 -n 1 -P 2 bash -c 'set -euo pipefail; run_one "$1"' _ || failed=1
if [[ "${targets[*]}" == *fuzz-curve_* ]]; then
    compare_verdicts || failed=1
fi
if [ "$failed" -ne 0 ]; then
    echo "fuzz: FAILED" >&2
    exit 1
fi
echo "fuzz: ${#targets[@]} targets, no crash"
