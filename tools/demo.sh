#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# make demo, first part: two organisations discover a common person by tokens made with keys of a
# key server.
# Starts a real daemon on loopback, shows what happens, and stops everything it started.
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=tools/demo_frame.sh
. "$root/tools/demo_frame.sh"
log=$work/keywardd.log
daemon=

stop_all() {
    if [ -n "$daemon" ] && kill -0 "$daemon" 2>/dev/null; then
        kill "$daemon" 2>/dev/null || true
        wait "$daemon" 2>/dev/null || true
    fi
}

# As an administrator: a crypto officer for keys, a security administrator for participants.
as() {
    local who=$1 server=$2
    shift 2
    keyward "$@" --server "$server" --ca "$pki/ca.pem" \
        --cert "$pki/$who.pem" --cert-key "$pki/$who.key"
}
officer() { as officer "$admin" "$@"; }
security() { as security "$admin" "$@"; }
# As a participant: clinic-a has an API key, payer-b a client certificate.
clinic_a() {
    keyward "$@" --server "$public" --ca "$pki/ca.pem" --api-key-file "$work/clinic-a.key"
}
payer_b() { as payer-b "$public" "$@"; }
key_stream() {
    keyward emtp stream get "$public/v1/emtp/stp/keys" --ca "$pki/ca.pem" \
        --cert "$pki/payer-b.pem" --cert-key "$pki/payer-b.key" "$@"
}

pki=$work/pki
data=$work/data

step "A development CA, and a key server on loopback over TLS 1.3"
keyward dev-ca init "$pki" >/dev/null
keyward dev-ca issue "$pki" server --server --host localhost --host 127.0.0.1 >/dev/null
for name in officer security payer-b; do
    keyward dev-ca issue "$pki" "$name" --uri "keyward:$name" >/dev/null
done
mkdir -m 700 "$data"
head -c 32 /dev/urandom >"$data/seal.key"
chmod 600 "$data/seal.key"
echo "2026-01-10T08:00:00Z" >"$work/clock"
user=
if [ "$(id -u)" -eq 0 ]; then
    user=nobody
fi
cat >"$work/keywardd.yaml" <<YAML
daemon:
  user: "$user"
store:
  url: sqlite:$data/keyward.db
  seal: key_file
  seal_file: $data/seal.key
listen_public:
  address: 127.0.0.1:0
  client_cert: optional
  certificate_file: $pki/server.pem
  key_file: $pki/server.key
  client_ca_file: $pki/ca.pem
listen_admin:
  address: 127.0.0.1:0
  client_cert: required
  certificate_file: $pki/server.pem
  key_file: $pki/server.key
  client_ca_file: $pki/ca.pem
listen_metrics:
  address: 127.0.0.1:0
guard:
  node: demo
  audit_dir: $data/audit
  admin_networks: [127.0.0.0/8]
  bootstrap:
    - uri:keyward:officer=crypto_officer+operator
    - uri:keyward:security=security_admin
test:
  allow: true
YAML
if [ -n "$user" ]; then
    # The daemon gives up root: what it reads and writes is its own, the rest stays ours.
    chown "$user" "$work" "$pki" "$pki/server.key" "$work/keywardd.yaml" "$work/clock"
    chown -R "$user" "$data"
fi
"$bin/keywardd" --config "$work/keywardd.yaml" --test-clock "$work/clock" \
    >"$work/keywardd.out" 2>"$work/keywardd.log" &
daemon=$!
tries=0
until grep -q '^ready$' "$work/keywardd.out"; do
    kill -0 "$daemon" 2>/dev/null || { echo "keywardd ended at its start" >&2; exit 1; }
    tries=$((tries + 1))
    [ "$tries" -le 400 ] || { echo "keywardd did not become ready" >&2; exit 1; }
    sleep 0.05
done
public=https://$(sed -n 's/^listening public //p' "$work/keywardd.out")
admin=https://$(sed -n 's/^listening admin //p' "$work/keywardd.out")
version=$(keyward --version | head -n 1 | awk '{print $NF}')
note "keywardd $version listens: clients at $public, administrators at $admin"
note "its clock stands at 10 January 2026, so that this demo can turn the month"

step "Two participants are registered"
security emtp participants add clinic-a --api-key-out "$work/clinic-a.key" | show
security emtp participants add payer-b --uri keyward:payer-b | show
note "the API key was shown once; the server keeps only a hash"

step "Both fetch the epoch keys of this month and the last"
clinic_a emtp keys get --out "$work/keys-a.json" | show
payer_b emtp keys get --out "$work/keys-b.json" | show
cmp "$work/keys-a.json" "$work/keys-b.json"
note "the files are the same, mode $(stat -c %a "$work/keys-a.json"), and never shown"

step "Each computes match tokens from its own records, on its own machine"
note "clinic-a knows:"
sed -n 1p "$root/examples/records/clinic_a.jsonl" | show
note "payer-b knows the same person, spelled otherwise:"
sed -n 2p "$root/examples/records/payer_b.jsonl" | show
keyward emtp tokens --in "$root/examples/records/clinic_a.jsonl" --keys "$work/keys-a.json" \
    --now 2026-01-10T08:00:00Z --format emtk >"$work/a.emtk"
keyward emtp tokens --in "$root/examples/records/payer_b.jsonl" --keys "$work/keys-b.json" \
    --now 2026-01-10T08:00:00Z --format emtk >"$work/b.emtk"
tell_size() {
    note "$(wc -l <"$root/examples/records/$1") records gave $(stat -c %s "$2") bytes of tokens"
}
tell_size clinic_a.jsonl "$work/a.emtk"
tell_size payer_b.jsonl "$work/b.emtk"

step "The matcher sees only tokens, and finds the common person"
keyward emtp match "$work/a.emtk" "$work/b.emtk" --tiers --quiet | tee "$work/matches" | show
[ "$(wc -l <"$work/matches")" -ge 1 ]
note "row 1 of clinic-a and row 2 of payer-b are a candidate: no name, no number was exchanged"

step "The month ends: the epoch rotates by the clock"
echo "2026-02-01T00:00:01Z" >"$work/clock"
# By its end: the key of January names the first of February, too.
until_shows 2026-03-01T00:00:00Z payer_b emtp keys get --out "$work/keys-b.json"
payer_b emtp keys get --out "$work/keys-b.json" | show
note "2026-02 is current, 2026-01 still counts, 2025-12 is gone"

step "clinic-a lost its credential: it is revoked, and refused from its next request"
security emtp participants revoke clinic-a | show
if clinic_a emtp keys get --out "$work/keys-a.json" 2>"$work/refusal"; then
    echo "a revoked participant got keys" >&2
    exit 1
fi
show <"$work/refusal"

step "The key of February leaked: it is revoked, and replaced at once"
officer emtp keys revoke 2026-02 | show
payer_b emtp keys get --out "$work/keys-b.json" | show
if grep -q '"2026-02"' "$work/keys-b.json"; then
    echo "a revoked key is still served" >&2
    exit 1
fi
note "the key stream tells it to everyone who follows:"
key_stream --since -3 | show

step "What happened is in the audit log, and nobody altered it"
kill "$daemon"
wait "$daemon"
daemon=
keyward audit verify "$data/audit" --vkey-file "$data/audit/vkey" | show

printf '\nEverything that ran has stopped; README.md has the five-minute tour.\n'
