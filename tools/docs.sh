#!/usr/bin/env bash
# Writes the reference pages from the tables: docs/reference/, docs/openapi.json, docs/man/.
# With --check it compares instead, and fails when what is committed says something else.
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p build
log=build/docs.log
tools/build.sh release keyward kw-reference >"$log" 2>&1 || { cat "$log" >&2; exit 1; }
bin=build/release/bin
new=build/docs
rm -rf "$new"
mkdir -p "$new/reference" "$new/man"
"$bin/kw-reference" "$new/reference"
python3 -m json.tool --indent 1 "$new/reference/openapi.json" "$new/openapi.json"
rm "$new/reference/openapi.json"
tools/metrics.py --reference "$new/reference/metrics.md"
"$bin/keyward" --quiet man "$new/man"

pages=(reference openapi.json man)
if [ "${1:-}" = --check ]; then
    for page in "${pages[@]}"; do
        diff -ru "docs/$page" "$new/$page" || { echo "run make docs" >&2; exit 1; }
    done
    exit 0
fi
for page in "${pages[@]}"; do
    rm -rf "docs/$page"
    cp -r "$new/$page" "docs/$page"
done
echo "docs: wrote ${pages[*]} below docs/"
