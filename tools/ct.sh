#!/usr/bin/env bash
# Runs the tests of label ct under valgrind. They poison secrets (KW_CT_POISON), so that a branch or
# an address that depends on one is reported as a use of undefined memory.
set -euo pipefail
cd "$(dirname "$0")/.."
tools/build.sh ct
mapfile -t programs < <(find build/ct/tests -name 'ct.*' -type f -perm -u+x | sort)
if [ ${#programs[@]} -eq 0 ]; then
    echo "ct: no test" >&2
    exit 1
fi
for program in "${programs[@]}"; do
    echo "ct: ${program##*/}"
    (cd build/ct && valgrind --quiet --error-exitcode=99 --track-origins=no "tests/${program##*/}")
done
echo "ct: ${#programs[@]} programs, nothing depends on a secret"
