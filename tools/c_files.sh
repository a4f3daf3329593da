#!/usr/bin/env bash
# Prints the C files of the tree, NUL between them; generated ones say so on line one.
set -euo pipefail
cd "$(dirname "$0")/.."
find src include tests fuzz bench examples -name '*.[ch]' -print0 2>/dev/null |
    while IFS= read -r -d '' file; do
        head -n 1 "$file" | grep -qi 'generated' || printf '%s\0' "$file"
    done
