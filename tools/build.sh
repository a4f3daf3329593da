#!/usr/bin/env bash
# build.sh PRESET [TARGET...]: configures one preset and builds it, or these targets of it, into
# build/PRESET/.
set -euo pipefail
cd "$(dirname "$0")/.."
preset=$1
shift
targets=()
if [ $# -gt 0 ]; then
    targets=(--target "$@")
fi
mkdir -p "build/$preset"
log=build/$preset/configure.log
cmake --preset "$preset" >"$log" 2>&1 || { cat "$log" >&2; exit 1; }
cmake --build --preset "$preset" "${targets[@]}"
