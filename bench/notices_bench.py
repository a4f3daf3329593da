#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""From the revocation of a key to the last notice of it (docs/protocol/emtp.md, section 9.4).

Registers participants with a notify URL each, revokes the current key again and again, and waits
until all have been told. The receivers are one process, kw-bench-notices. With a host for each of
them a notice costs a TCP connection and a full TLS handshake on both sides, all on this machine:
the figures say how much processor time each side took for one round. With one host the connections
are shared. Prints one JSON object a line for tools/bench.py.
"""
import argparse
import http.client
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import daemon_bench  # noqa: E402  pylint: disable=wrong-import-position
from daemon_bench import bench_http  # noqa: E402  pylint: disable=wrong-import-position

CONFIG = """
test:
  allow: true
emtp:
  notify_private: true
  notify_ca_file: {ca}
"""


class Receivers:
    """The process that takes the notices."""

    def __init__(self, count, hosts):
        self.count = count
        self.hosts = hosts
        self.process = subprocess.Popen([daemon_bench.BIN / "kw-bench-notices", str(count)],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        words = self.process.stdout.readline().split()
        if len(words) != 2:
            raise bench_http.Failure("the receivers do not start")
        self.port, self.folder = words

    def host(self, index):
        """Name of one of them."""
        return f"r{index % self.hosts}.receivers.localhost"

    def wait(self):
        """The moment of the last notice of a round, seconds as time.monotonic()."""
        return int(self.process.stdout.readline()) / 1e9

    def stop(self):
        """Ends its input, and waits for its end."""
        self.process.stdin.close()
        self.process.wait(timeout=daemon_bench.READY_LIMIT_S)
        self.process.stdout.close()


class Caller:
    """Requests to a listener of the daemon over one connection."""

    def __init__(self, url, context):
        self.connection = http.client.HTTPSConnection(url.removeprefix("https://"), timeout=60,
                                                      context=context)

    def ask(self, method, path, body=None, **fields):
        """The answer, read as JSON when there is some."""
        self.connection.request(method, path, body, fields)
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status >= 300:
            raise bench_http.Failure(f"{method} {path}: {answer.status} {text.decode()}")
        return json.loads(text) if text else None


def register(daemon, receivers):
    """A participant and a handshake for each receiver."""
    security = Caller(daemon.urls["admin"], daemon.context("security"))
    public = Caller(daemon.urls["public"], daemon.context())
    for i in range(receivers.count):
        participant = {"id": f"p{i}", "hosts": [receivers.host(i)]}
        added = security.ask("POST", "/v1/emtp/participants", json.dumps(participant),
                             **{"Content-Type": "application/json"})
        form = f"keys=https://{receivers.host(i)}:{receivers.port}/n/{i}"
        public.ask("POST", "/v1/emtp/notify", form,
                   **{"Content-Type": "application/x-www-form-urlencoded",
                      "Authorization": f"Bearer {added['api_key']}"})


def revoke(officer):
    """Revokes the current key: the moments when it was asked for and acknowledged."""
    keys = officer.ask("GET", "/v1/emtp/keys/list")["keys"]
    kid = [key["kid"] for key in keys if key["is_served"]][-1]
    begin = time.monotonic()
    officer.ask("POST", f"/v1/emtp/keys/{kid}/revoke")
    return begin, time.monotonic()


def measure(daemon, receivers, rounds):
    """Times of all rounds, and the processor time of both sides."""
    officer = Caller(daemon.urls["admin"], daemon.context("officer"))
    processes = {"daemon": daemon.process.pid, "receivers": receivers.process.pid}
    after_ms, whole_ms = [], []
    before = {name: bench_http.cpu_seconds(pid) for name, pid in processes.items()}
    for _ in range(rounds):
        begin, acknowledged = revoke(officer)
        last = receivers.wait()
        after_ms.append((last - acknowledged) * 1000)
        whole_ms.append((last - begin) * 1000)
    cpu_ms = {name: (bench_http.cpu_seconds(pid) - before[name]) * 1000 / rounds
              for name, pid in processes.items()}
    return {"bench": f"emtp/notices/receivers={receivers.count},hosts={receivers.hosts}",
            "last_after_ack_ms": round(statistics.median(after_ms), 1),
            "min_after_ack_ms": round(min(after_ms), 1),
            "max_after_ack_ms": round(max(after_ms), 1),
            "last_after_request_ms": round(statistics.median(whole_ms), 1),
            "daemon_cpu_ms": round(cpu_ms["daemon"]),
            "receivers_cpu_ms": round(cpu_ms["receivers"])}


def bench(count, hosts, rounds):
    """Starts both, registers, measures, stops both."""
    folder = tempfile.mkdtemp(prefix="keyward-bench.")
    receivers = daemon = None
    try:
        receivers = Receivers(count, hosts)
        ca = shutil.copy(os.path.join(receivers.folder, "ca.pem"), folder)
        daemon = daemon_bench.Daemon(folder, CONFIG.format(ca=ca))
        daemon.start()
        register(daemon, receivers)
        return measure(daemon, receivers, rounds)
    finally:
        if daemon is not None:
            daemon.stop()
        if receivers is not None:
            receivers.stop()
        shutil.rmtree(folder, ignore_errors=True)


def main():
    """One line for each number of hosts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--receivers", type=int, default=1000)
    parser.add_argument("--hosts", type=int, nargs="+", help="default: one for each, then one")
    parser.add_argument("--rounds", type=int, default=7)
    args = parser.parse_args()
    try:
        for hosts in args.hosts or (args.receivers, 1):
            print(json.dumps(bench(args.receivers, hosts, args.rounds)), flush=True)
    except bench_http.Failure as failure:
        sys.exit(f"notices_bench: {failure}")


if __name__ == "__main__":
    main()
