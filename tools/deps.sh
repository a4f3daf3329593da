#!/usr/bin/env bash
# Installs the Debian 12 packages that are missing, and says which. When none is, it only looks.
set -euo pipefail

packages=(
    # build
    build-essential cmake ninja-build ccache pkg-config git python3
    # libraries (architecture.md says why each); node-llhttp ships the C sources of llhttp
    libuv1-dev libssl-dev libnghttp2-dev node-llhttp libcurl4-openssl-dev libjansson-dev
    libyaml-dev libsqlite3-dev libpq-dev libsodium-dev nettle-dev libseccomp-dev
    libsecp256k1-dev zlib1g-dev libzstd-dev libp11-kit-dev
    # tests: the server programs of PostgreSQL run on a temporary folder, tokens are SoftHSM's
    libcmocka-dev postgresql-15 softhsm2 openssl curl sqlite3 iproute2 libfaketime valgrind gcovr
    zsh fish
    # fuzz and lint
    clang libclang-rt-14-dev llvm-14 lld clang-tidy clang-format cppcheck shellcheck codespell
    # bench: the peers
    nginx-light nghttp2-client wrk casync
)

missing=()
# shellcheck disable=SC2016 # dpkg-query expands it
format='${db:Status-Status} ${Package}\n'
installed=$(dpkg-query -W -f "$format" "${packages[@]}" 2>/dev/null || true)
for package in "${packages[@]}"; do
    grep -qx "installed $package" <<<"$installed" || missing+=("$package")
done
if [ ${#missing[@]} -eq 0 ]; then
    exit 0
fi

echo "deps: installing ${missing[*]}"
root=()
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || { echo "deps: needs root or sudo" >&2; exit 1; }
    root=(sudo)
fi
quiet=(-qq -o Dpkg::Use-Pty=0)
"${root[@]}" apt-get "${quiet[@]}" update
# A machine may carry a newer Node or compiler; nothing that is there may be lost for our sake.
plan=$("${root[@]}" apt-get -s --no-install-recommends install "${missing[@]}")
removed=$(grep '^Remv' <<<"$plan" || true)
if [ -n "$removed" ]; then
    printf 'deps: refused, the installation would remove packages:\n%s\n' "$removed" >&2
    exit 1
fi
# RUNLEVEL=1: the packaged servers are for the tests and do not start as services.
"${root[@]}" env RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive \
    apt-get "${quiet[@]}" -y --no-install-recommends install "${missing[@]}"
echo "deps: done"
