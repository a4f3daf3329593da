#!/usr/bin/env bash
# Runs the tests of label ct under valgrind. They poison secrets (KW_CT_POISON), so that a branch or
# an address that depends on one is reported as a use of undefined memory. Constant time belongs to
# the machine code: those of the curves are built by gcc and clang at three levels.
set -euo pipefail
cd "$(dirname "$0")/.."

check() { # FOLDER PROGRAM...
    local folder=$1
    shift
    for program in "$@"; do
        echo "ct: $folder ${program##*/}"
        (cd "$folder" && valgrind --quiet --error-exitcode=99 --track-origins=no "$program")
    done
}

tools/build.sh ct
mapfile -t programs < <(find build/ct/tests -name 'ct.*' -type f -perm -u+x | sort)
if [ ${#programs[@]} -eq 0 ]; then
    echo "ct: no test" >&2
    exit 1
fi
check build/ct "${programs[@]/#build\/ct\//}"

curve=(tests/ct.bls_test tests/ct.bn_test)
for compiler in gcc clang; do
    for level in -O1 -O2 -O3; do
        folder=build/ct$level-$compiler
        flags="$level -g1 -DKW_CT_POISON"
        mkdir -p "$folder"
        cmake --preset ct -B "$folder" -DCMAKE_C_COMPILER="$compiler" \
            -DCMAKE_C_FLAGS_DEBUG="$flags" -DKW_CURVE_LEVEL="$level" >"$folder/configure.log" ||
            { cat "$folder/configure.log" >&2; exit 1; }
        cmake --build "$folder" --target ct.bls_test ct.bn_test
        check "$folder" "${curve[@]}"
    done
done
echo "ct: nothing depends on a secret"
