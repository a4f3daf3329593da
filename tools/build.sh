#!/usr/bin/env bash
# build.sh PRESET: configures and builds one preset into build/PRESET/.
set -euo pipefail
cd "$(dirname "$0")/.."
preset=$1
mkdir -p "build/$preset"
log=build/$preset/configure.log
cmake --preset "$preset" >"$log" 2>&1 || { cat "$log" >&2; exit 1; }
cmake --build --preset "$preset"
