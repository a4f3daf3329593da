#!/usr/bin/env bash
# levels.sh [COMPILER LEVEL]: runs the tests of the curves, unit, vectors and property, under ASan
# and UBSan as gcc and clang compile them at -O0, -O2 and -O3; with arguments, only that one. The
# presets have one level each; what depends on it, such as undefined behaviour that an optimiser
# makes use of, shows here.
set -euo pipefail
cd "$(dirname "$0")/.."

mapfile -t programs < <(find tests -path '*/curve/*_test.c' | sed 's,^tests/,,; s,\.c$,,; s,/,.,g' |
    sort)

check() { # COMPILER LEVEL
    local folder=build/levels-$1$2
    mkdir -p "$folder"
    cmake --preset dev -B "$folder" -DCMAKE_C_COMPILER="$1" -DCMAKE_C_FLAGS_DEBUG="$2 -g1" \
        -DKW_CURVE_LEVEL="$2" >"$folder/configure.log" 2>&1 ||
        { cat "$folder/configure.log" >&2; exit 1; }
    cmake --build "$folder" --target "${programs[@]}" >"$folder/build.log" ||
        { tail -n 40 "$folder/build.log" >&2; exit 1; }
    ctest --test-dir "$folder" -R '^(unit|vectors|property)\.curve\.' --no-tests=error \
        --output-on-failure -j"$(nproc)"
}

if [ $# -eq 2 ]; then
    check "$@"
    exit
fi
for compiler in gcc clang; do
    for level in -O0 -O2 -O3; do
        echo "== levels: $compiler $level"
        check "$compiler" "$level"
    done
done
echo "levels: the curves pass at each"
