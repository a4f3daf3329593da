#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# make demo, second part: seven operators make a key that none of them has, serve it, pass it on,
# erase it, and convict one of them that says two things. Real programs on loopback; everything that
# is started is stopped.
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=tools/demo_frame.sh
. "$root/tools/demo_frame.sh"
chmod 711 "$work" # daemons that root starts run as another user
log=$work/dev.log
interval=12
dev=

stop_all() {
    if [ -n "$dev" ] && kill -0 "$dev" 2>/dev/null; then
        resume_all
        kill -INT "$dev" 2>/dev/null || true
        wait "$dev" 2>/dev/null || true
    fi
}

cluster=$work/cluster
files() { python3 "$root/tools/demo_cluster.py" "$@"; }
# A member of the JSON that `cluster dev` printed: pid and URLs of node N.
of_node() { files get "$work/dev.json" nodes $(($1 - 1)) "$2"; }
ask() { keyward "$@" --cluster "$cluster/cluster.json" --operators "$cluster/operators.json" \
    --ca "$cluster/ca.pem"; }
resume_all() {
    local node
    for node in 1 2 3 4 5 6 7 8; do
        kill -CONT "$(of_node "$node" pid 2>/dev/null)" 2>/dev/null || true
    done
}
epoch_now() { ask epoch show --json 2>/dev/null | files epoch; }
# Waits for an epoch after the given one; prints its number.
wait_past() {
    local now=0 tries=0
    until [ "$now" -gt "$1" ]; do
        tries=$((tries + 1))
        [ "$tries" -le 300 ] || { echo "waited in vain for an epoch after $1" >&2; return 1; }
        sleep 0.2
        now=$(epoch_now || echo 0)
    done
    echo "$now"
}

step "Seven operators make a key that none of them has; an eighth waits"
"$bin/keyward" cluster dev "$cluster" --nodes 7 --spares 1 --interval-s "$interval" --json \
    >"$work/dev.json" 2>"$log" &
dev=$!
tries=0
until [ -s "$work/dev.json" ]; do
    kill -0 "$dev" || exit 1
    tries=$((tries + 1))
    [ "$tries" -le 600 ] || { echo "no key after two minutes" >&2; exit 1; }
    sleep 0.2
done
until_shows "serving: 7" ask cluster status
ask cluster status | show

step "An application is registered at each operator: without that, nobody gets a key"
for node in 1 2 3 4 5 6 7 8; do
    keyward app register payroll --access open --server "$(of_node "$node" admin_url)" \
        --ca "$cluster/ca.pem" --cert "$cluster/admin.pem" --cert-key "$cluster/admin.key" \
        >/dev/null
done
note "payroll: open to anybody, 10,000 requests in 1,000 s"

step "A file is encrypted to the application; nobody is asked for that"
printf 'name,salary\nalice,5000\nbob,4800\n' >"$work/pay.csv"
keyward app encrypt --cluster "$cluster/cluster.json" --app payroll \
    --in "$work/pay.csv" --out "$work/pay.kw" | show

step "Two of seven hang; five are enough to decrypt"
kill -STOP "$(of_node 6 pid)" "$(of_node 7 pid)"
ask app decrypt --in "$work/pay.kw" --out "$work/first.csv" | show
cmp "$work/pay.csv" "$work/first.csv"
resume_all

step "One operator leaves, one joins: the shares are new, the key is the same"
files keys "$cluster" >"$work/keys.before"
before=$(epoch_now)
files swap "$cluster"
joined=$(wait_past $((before + 1)))
note "epoch $before before, epoch $joined now: node1 is out, node8 is in"
until_shows "serving: 7" ask cluster status
ask cluster status | show

step "The old shares are gone from the disks"
after=$(wait_past "$joined")
wait_past "$after" >/dev/null
files erased "$cluster" "$work/keys.before" | show

step "The file still decrypts"
ask app decrypt --in "$work/pay.kw" --out "$work/second.csv" | show
cmp "$work/pay.csv" "$work/second.csv"

step "node3 says two things; the others have it in writing"
address=$(sed -n 's/^ *address: "\(0x.*\)"$/\1/p' "$cluster/node3/keywardd.yaml" | tail -n 1)
tries=0
until proof=$(find "$cluster/node2/data" -name '*.kwf' | grep .); do
    tries=$((tries + 1))
    [ "$tries" -le 300 ] || { echo "nobody filed a proof" >&2; exit 1; }
    rm -f "$work/epoch.kwc"
    ask epoch show --out "$work/epoch.kwc" >/dev/null 2>&1 || continue
    "$bin/kw-liar" "$cluster/cluster.json" "$cluster/operators.json" "$address" \
        "$cluster/node3/operator.key" "$work/epoch.kwc" \
        $(($(date +%s) / interval * interval)) >"$work/hello.json"
    curl --silent --cacert "$cluster/ca.pem" --cert "$cluster/node3/peer.pem" \
        --key "$cluster/node3/peer.key" --header 'Content-Type: application/json' \
        --data-binary "@$work/hello.json" --output /dev/null \
        "$(files get "$cluster/operators.json" operators 0 peer_url)/reshare/hello" ||
        true
    sleep 0.2
done
keyward fraud verify "$(printf '%s\n' "$proof" | head -n 1)" | show
note "node3 is $address"

kill -INT "$dev"
wait "$dev"
dev=
printf '\n%sDone.%s Everything that ran has stopped; docs/ops/cluster.md tells the rest.\n' \
    "$bold" "$plain"
