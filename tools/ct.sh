#!/usr/bin/env bash
# ct.sh [COMPILER LEVEL]: runs the tests of label ct, which poison secrets, so that a branch or an
# address that depends on one is reported as a use of undefined memory. Constant time belongs to the
# machine code: gcc and clang make it at each level, and with LTO as for a release (-flto); valgrind
# looks. Level msan is clang's MemorySanitizer, which looks at the source before assembler and
# libraries, so at portable curves. With arguments, only that one.
set -euo pipefail
cd "$(dirname "$0")/.."

checks=("clang msan")
for level in -O0 -O1 -O2 -O3 -Os -flto; do
    checks+=("gcc $level" "clang $level")
done

# Options of CMake for one level, into `options`.
choose_options() { # COMPILER LEVEL
    options=(-DCMAKE_C_COMPILER="$1" -DCMAKE_C_FLAGS="$2" -DKW_CURVE_LEVEL="$2")
    case $2 in
    -flto)
        options=(-DCMAKE_C_COMPILER="$1" -DCMAKE_C_FLAGS=-O2
            -DCMAKE_INTERPROCEDURAL_OPTIMIZATION=ON)
        if [ "$1" = clang ]; then
            options+=(-DCMAKE_EXE_LINKER_FLAGS=-fuse-ld=lld)
        fi
        ;;
    msan)
        options=(-DCMAKE_C_COMPILER="$1" -DCMAKE_C_FLAGS="-O1 -DKW_CT_MSAN" -DKW_CURVE_LEVEL=-O1
            -DKW_SANITIZE=memory -DCMAKE_CROSSCOMPILING_EMULATOR=)
        ;;
    esac
}

# Tests of label ct that one level runs, into `programs`.
choose_programs() { # LEVEL
    programs=()
    for source in tests/ct/*_test.c; do
        name=$(basename "$source" .c)
        if [ "$1" != msan ] || [[ $name =~ ^(base|bls|bn|codec)_ ]]; then
            programs+=("ct.$name")
        fi
    done
}

check() { # COMPILER LEVEL
    local folder=build/ct-$1$2 options=() programs=() backend=()
    choose_options "$@"
    choose_programs "$2"
    if [ "$2" = msan ]; then
        backend=(env KW_CURVE_BACKEND=c)
    fi
    mkdir -p "$folder"
    cmake --preset ct -B "$folder" "${options[@]}" >"$folder/configure.log" 2>&1 ||
        { cat "$folder/configure.log" >&2; exit 1; }
    cmake --build "$folder" --target "${programs[@]}" >"$folder/build.log" ||
        { cat "$folder/build.log" >&2; exit 1; }
    "${backend[@]}" ctest --test-dir "$folder" -R "^($(IFS='|'; echo "${programs[*]}"))\$" \
        --no-tests=error --output-on-failure -j"$(nproc)"
}

if [ $# -eq 2 ]; then
    check "$@"
    exit
fi
for i in "${!checks[@]}"; do
    echo "== ct: $((i + 1)) of ${#checks[@]}: ${checks[i]}"
    # shellcheck disable=SC2086 # two words
    check ${checks[i]}
done
echo "ct: nothing depends on a secret"
