#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Requests per CPU-second of the server beside nginx, over TLS 1.3, HTTP/1.1 and HTTP/2.

Both serve the same 256 bytes with one worker, the same certificate and the same cipher suite, which
is the one that keywardd prefers and not h2load's; the load is h2load for both.
CPU time is that of the server process alone (user and system, from /proc). Rounds alternate between
the two, so that a noisy machine disturbs both; the median counts. Prints one JSON document.
"""
import argparse
import json
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

NGINX_CONF = """
daemon off;
worker_processes 1;
pid {dir}/nginx.pid;
error_log {dir}/error.log;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    keepalive_requests 1000000000;
    open_file_cache max=16;
    client_body_temp_path {dir}/t1; proxy_temp_path {dir}/t2; fastcgi_temp_path {dir}/t3;
    uwsgi_temp_path {dir}/t4; scgi_temp_path {dir}/t5;
    default_type text/plain;
    ssl_protocols TLSv1.3;
    ssl_conf_command Ciphersuites TLS_AES_256_GCM_SHA384;  # what keywardd prefers
    ssl_certificate {certs}/server.pem;
    ssl_certificate_key {certs}/server.key;
    server {{ listen 127.0.0.1:{port} ssl http2; root {dir}/www; {more} }}
}}
"""


class Failure(Exception):
    """The bench cannot be run here."""


def cpu_seconds(pid):
    """User and system time of a process, seconds."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def child_of(pid):
    """The one child of a process."""
    for _ in range(100):
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as children:
            found = children.read().split()
        if found:
            return int(found[0])
        time.sleep(0.05)
    raise Failure("nginx has no worker")


def free_port():
    """A port that nobody listens on just now; nginx cannot be asked for any free one."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def load(url, protocol, seconds, clients, streams, headers=(), body=None):
    """Runs h2load, with POST when there is a file with a body; returns the number of answered
    requests."""
    argv = ["h2load", "-D", str(seconds), "-c", str(clients), "-m", str(streams), "-t", "1", url]
    for header in headers:
        argv += ["-H", header]
    if body is not None:
        argv += ["-d", str(body)]
    if protocol == "h1":
        argv.insert(1, "--h1")
    done = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=seconds + 30)
    counts = re.search(r"requests: (\d+) total, .* (\d+) succeeded, (\d+) failed", done.stdout)
    if done.returncode != 0 or counts is None or int(counts.group(3)) > 0:
        raise Failure("h2load failed: " + done.stdout + done.stderr)
    return int(counts.group(2))


def start_ours(program):
    """Our server: process, URL, folder of its certificates."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    process = subprocess.Popen([program, "1"], text=True, **pipes)
    words = process.stdout.readline().split()
    if len(words) != 3:
        raise Failure("the server under test does not start")
    return process, f"https://127.0.0.1:{words[0]}/small", words[2]


def start_nginx(folder, certs, body=bytes(256), more=""):
    """nginx with one worker: process and URL. `more`: directives of the server."""
    os.chmod(folder, 0o755)
    www = os.path.join(folder, "www")
    os.mkdir(www)
    with open(os.path.join(www, "small"), "wb") as small:
        small.write(body)
    port = free_port()
    conf = os.path.join(folder, "nginx.conf")
    with open(conf, "w", encoding="ascii") as text:
        text.write(NGINX_CONF.format(dir=folder, certs=certs, port=port, more=more))
    process = subprocess.Popen(["nginx", "-c", conf, "-e", os.path.join(folder, "error.log")])
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return process, f"https://127.0.0.1:{port}/small"
        except OSError:
            time.sleep(0.05)
    process.terminate()
    raise Failure("nginx does not start")


def measure(pid, url, protocol, args):
    """Requests per CPU-second of one round."""
    before = cpu_seconds(pid)
    streams = args.streams if protocol == "h2" else 1
    requests = load(url, protocol, args.seconds, args.clients, streams)
    return requests / (cpu_seconds(pid) - before)


def compare(ours, peer, args):
    """All rounds: lines of the report."""
    lines = []
    for protocol in ("h1", "h2"):
        rates = {"keyward": [], "nginx": []}
        for _ in range(args.rounds):
            rates["keyward"].append(measure(ours[0], ours[1], protocol, args))
            rates["nginx"].append(measure(peer[0], peer[1], protocol, args))
        medians = {name: statistics.median(values) for name, values in rates.items()}
        lines.append({
            "name": f"http/get/256/{protocol}",
            "unit": "requests per CPU-second of the server",
            "keyward": round(medians["keyward"]),
            "nginx": round(medians["nginx"]),
            "ratio": round(medians["keyward"] / medians["nginx"], 3),
            "spread": {name: [round(min(v)), round(max(v))] for name, v in rates.items()},
        })
    return lines


def main():
    """Starts both, measures, prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", default="build/release/bin/kw-bench-http")
    parser.add_argument("--seconds", type=int, default=3, help="of one round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--streams", type=int, default=16, help="of an HTTP/2 connection")
    args = parser.parse_args()
    for tool in ("h2load", "nginx"):
        if shutil.which(tool) is None:
            print(f"bench_http: {tool} is not installed", file=sys.stderr)
            return 1
    folder = tempfile.mkdtemp()
    running = []
    try:
        ours, url, certs = start_ours(args.program)
        running.append(ours)
        peer, peer_url = start_nginx(folder, certs)
        running.append(peer)
        lines = compare((ours.pid, url), (child_of(peer.pid), peer_url), args)
        report = {"clients": args.clients, "streams": args.streams, "lines": lines}
        print(json.dumps(report, indent=1))
        return 0
    except Failure as failure:
        print(f"bench_http: {failure}", file=sys.stderr)
        return 1
    finally:
        for process in running:
            if process.stdin is not None:
                process.stdin.close()
            else:
                process.send_signal(signal.SIGTERM)
            process.wait(timeout=30)
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
