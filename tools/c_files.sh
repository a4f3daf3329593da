#!/usr/bin/env bash
# Prints the C files of the tree, NUL between them; generated ones (the first two lines say
# GENERATED) are left out.
set -euo pipefail
cd "$(dirname "$0")/.."
find src include tests fuzz bench examples tools -name '*.[ch]' -print0 2>/dev/null |
    while IFS= read -r -d '' file; do
        head -n 2 "$file" | grep -q GENERATED || printf '%s\0' "$file"
    done
