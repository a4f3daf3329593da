# SPDX-License-Identifier: Apache-2.0
# What the parts of `make demo` share; sourced, with `root` set. When a part fails, the end of `log`
# is shown; stop_all, which it redefines, runs in any case.
# shellcheck shell=bash disable=SC2154
bin=$root/build/release/bin
work=$(mktemp -d "${TMPDIR:-/tmp}/keyward-demo.XXXXXX")
log=

stop_all() { :; }
finish() {
    local code=$?
    trap - EXIT INT TERM
    stop_all
    if [ "$code" -ne 0 ] && [ -s "$log" ]; then
        printf '\nThe demo failed. This was said last:\n' >&2
        tail -n 20 "$log" >&2
    fi
    rm -rf "$work"
    exit "$code"
}
trap finish EXIT
trap 'exit 130' INT TERM

bold=
plain=
if [ -t 1 ]; then
    bold=$(printf '\033[1m')
    plain=$(printf '\033[0m')
fi
step_number=0
step() {
    step_number=$((step_number + 1))
    printf '\n%s%d. %s%s\n' "$bold" "$step_number" "$1" "$plain"
}
note() { printf '   %s\n' "$1"; }
show() { sed 's/^/   | /'; }

keyward() { "$bin/keyward" "$@"; }

# Runs a command until its output holds a text: what it looks at changes by itself.
until_shows() {
    local text=$1 tries=0
    shift
    until "$@" 2>/dev/null | grep -qF -- "$text"; do
        tries=$((tries + 1))
        if [ "$tries" -gt 400 ]; then
            echo "waited in vain for: $text" >&2
            return 1
        fi
        sleep 0.05
    done
}
