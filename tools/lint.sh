#!/usr/bin/env bash
# All that a script can say about the tree, cheapest first. Goes on after a failed check, so that
# one run tells all. `tools/lint.sh CHECK...` runs only these, by the names below.
set -euo pipefail
cd "$(dirname "$0")/.."

format() {
    tools/c_files.sh | xargs -0 clang-format --dry-run -Werror
}

tree() {
    local status=0
    tools/check_tree.py || status=1
    for test in tests/tools/*_test.py; do
        python3 "$test" 2>build/lint/python.log || { cat build/lint/python.log; status=1; }
    done
    return "$status"
}

shell() {
    shellcheck .ci/run tools/*.sh
}

spelling() {
    git ls-files -z --cached --others --exclude-standard -- \
        '*.[ch]' '*.md' '*.sh' '*.py' '*.mjs' '*.txt' '*.cmake' '*.yaml' Makefile .ci/run \
        ':!*.inc.h' ':!sdk/js/codepoints.mjs' ':!tests/vectors/*' |
        xargs -0 codespell --ignore-words tools/codespell.txt
}

headers() {
    tools/lint/headers.py
}

refusals() {
    local status=0
    tools/lint/must_not_compile.py || status=1
    tools/lint/secret_to_var.py || status=1
    return "$status"
}

cpp() { # a template is seen where it is included
    find src examples -name '*.c' ! -name '*.inc.c' |
        cppcheck --quiet --std=c11 --language=c --enable=warning,performance,portability \
            --inline-suppr --suppressions-list=tools/cppcheck.txt --error-exitcode=1 -j2 \
            --cppcheck-build-dir=build/lint/cppcheck --template='{file}:{line}: {id}: {message}' \
            -Isrc -Iinclude -D_GNU_SOURCE '-DKW_VERSION="0"' --file-list=-
}

tidy() {
    cmake --build --preset dev --target generated/emtp/code_sources.inc.h >build/lint/generated.log
    tools/lint/tidy.py
}

symbols() {
    tools/build.sh release keyward keywardd keyward_shared kw-curve && tools/lint/symbols.py
}

jumps() {
    tools/build.sh release kw-curve && tools/lint/jumps.py
}

counts() {
    tools/build.sh release kw-bench-curve && tools/lint/curve_counts.py
}

docs() {
    tools/docs.sh --check
}

mkdir -p build/lint/cppcheck
cmake --preset dev >build/lint/configure.log || { cat build/lint/configure.log >&2; exit 1; }
failed=()
checks=("$@")
if [ ${#checks[@]} -eq 0 ]; then
    checks=(format tree shell spelling headers refusals cpp tidy symbols jumps counts docs)
fi
for check in "${checks[@]}"; do
    echo "== lint: $check"
    "$check" || failed+=("$check")
done
if [ ${#failed[@]} -gt 0 ]; then
    echo "== lint: FAILED: ${failed[*]}" >&2
    exit 1
fi
echo "== lint: clean"
