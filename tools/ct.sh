#!/usr/bin/env bash
# ct.sh [COMPILER LEVEL]: runs the tests of label ct under valgrind. They poison secrets
# (KW_CT_POISON), so that a branch or an address that depends on one is reported as a use of
# undefined memory. Constant time belongs to the machine code, so gcc and clang make it, each at
# three levels; with arguments, only that one.
set -euo pipefail
cd "$(dirname "$0")/.."

programs=()
for source in tests/ct/*_test.c; do
    programs+=("ct.$(basename "$source" .c)")
done

check() { # COMPILER LEVEL
    local folder=build/ct-$1$2
    echo "== ct: $1 $2"
    mkdir -p "$folder"
    cmake --preset ct -B "$folder" -DCMAKE_C_COMPILER="$1" -DCMAKE_C_FLAGS="$2" \
        -DKW_CURVE_LEVEL="$2" >"$folder/configure.log" 2>&1 ||
        { cat "$folder/configure.log" >&2; exit 1; }
    cmake --build "$folder" --target "${programs[@]}"
    ctest --test-dir "$folder" -L '^ct$' --no-tests=error --output-on-failure -j"$(nproc)"
}

if [ $# -eq 2 ]; then
    check "$@"
    exit
fi
for compiler in gcc clang; do
    for level in -O1 -O2 -O3; do
        check "$compiler" "$level"
    done
done
echo "ct: nothing depends on a secret"
