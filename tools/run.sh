#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# make run: keep the daemon in the foreground with a development configuration in build/run: own CA,
# key file, loopback only. What it made once, it uses again; delete build/run to start afresh.
# KEYWARD_RUN_PORT (8443) is the public port, the next is the administrators', 9464 the metrics'.
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
bin=$root/build/release/bin
run=$root/build/run
port=${KEYWARD_RUN_PORT:-8443}
metrics_port=${KEYWARD_RUN_METRICS_PORT:-9464}
daemon=
user=

stop() {
    local code=$?
    trap - EXIT INT TERM
    if [ -n "$daemon" ] && kill -0 "$daemon" 2>/dev/null; then
        kill "$daemon" 2>/dev/null || true
        wait "$daemon" 2>/dev/null || true
        printf '\nkeywardd has stopped.\n'
    fi
    exit "$code"
}
trap stop EXIT
trap 'exit 0' INT TERM

# The daemon refuses to serve as root; as nobody it may not reach a tree below /root.
if [ "$(id -u)" -eq 0 ]; then
    user=nobody
    mkdir -p "$root/build"
    if ! runuser -u "$user" -- test -x "$root/build"; then
        run=${TMPDIR:-/tmp}/keyward-run
        if [ -L "$run" ]; then
            echo "$run is a symbolic link; refusing to use it" >&2
            exit 1
        fi
    fi
fi

make_state() {
    mkdir -p "$run"
    chmod 700 "$run"
    "$bin/keyward" dev-ca init "$run/pki" >/dev/null
    "$bin/keyward" dev-ca issue "$run/pki" server \
        --server --host localhost --host 127.0.0.1 >/dev/null
    for name in officer security; do
        "$bin/keyward" dev-ca issue "$run/pki" "$name" --uri "keyward:$name" >/dev/null
    done
    mkdir -m 700 "$run/data"
    (umask 077 && head -c 32 /dev/urandom >"$run/seal.key")
}

write_configuration() {
    cat >"$run/keywardd.yaml" <<YAML
# Development only: written anew by tools/run.sh at each start.
daemon:
  user: "$user"
store:
  url: sqlite:$run/data/keyward.db
  seal: key_file
  seal_file: $run/seal.key
listen_public:
  address: 127.0.0.1:$port
  client_cert: optional
  certificate_file: $run/pki/server.pem
  key_file: $run/pki/server.key
  client_ca_file: $run/pki/ca.pem
listen_admin:
  address: 127.0.0.1:$((port + 1))
  client_cert: required
  certificate_file: $run/pki/server.pem
  key_file: $run/pki/server.key
  client_ca_file: $run/pki/ca.pem
listen_metrics:
  address: 127.0.0.1:$metrics_port
guard:
  node: development
  audit_dir: $run/data/audit
  bootstrap:
    - uri:keyward:officer=crypto_officer+operator
    - uri:keyward:security=security_admin
YAML
}

show_next_steps() {
    cat <<TEXT

  clients         https://localhost:$port          (API key or client certificate)
  administrators  https://localhost:$((port + 1))          (client certificate)
  metrics         http://127.0.0.1:$metrics_port/metrics

In another terminal, with $bin on the PATH:

  keyward emtp participants add clinic-a --api-key-out clinic-a.key \\
      --server https://localhost:$((port + 1)) --ca $run/pki/ca.pem \\
      --cert $run/pki/security.pem --cert-key $run/pki/security.key
  keyward emtp keys get --out keys.json --api-key-file clinic-a.key \\
      --server https://localhost:$port --ca $run/pki/ca.pem
  keyward emtp keys list --server https://localhost:$((port + 1)) --ca $run/pki/ca.pem \\
      --cert $run/pki/officer.pem --cert-key $run/pki/officer.key

Log lines follow. Ctrl-C stops the daemon.

TEXT
}

if [ ! -f "$run/seal.key" ]; then
    make_state
fi
write_configuration
# The daemon's own files are its user's; the administrators' keys stay with whoever runs this.
if [ -n "$user" ]; then
    chmod 711 "$run" "$run/pki"
    chown -R "$user" "$run/data" "$run/seal.key" "$run/pki/server.key"
fi
"$bin/keywardd" --config "$run/keywardd.yaml" > >(
    while read -r line; do
        printf '%s\n' "$line"
        if [ "$line" = ready ]; then
            show_next_steps
        fi
    done
) &
daemon=$!
wait "$daemon"
