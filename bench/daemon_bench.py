#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The daemon as a whole: GET /keys beside nginx, memory of idle connections, time to ready.

GET /keys runs with authentication by API key, rate limits and the audit log on; nginx serves a
static file of the same bytes, with a head of about the same size, over the same TLS. What counts is
requests per CPU-second of the server process. Prints one JSON object a line for tools/bench.py.
"""
import argparse
import json
import os
import pathlib
import pwd
import re
import resource
import shutil
import signal
import socket
import ssl
import statistics
import struct
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))
import bench_http  # noqa: E402  pylint: disable=wrong-import-position

BIN = ROOT / "build" / "release" / "bin"
SERVICE_USER = "nobody"
READY_LIMIT_S = 60
DATA, HEADERS, SETTINGS = 0, 1, 4  # frames of HTTP/2
END_STREAM = ACK = 1
END_HEADERS = 4
STATUS_200 = 0x88  # in the static table of HPACK
TABLE_DYNAMIC = 62  # the first index behind it
TABLE_SIZE_0 = b"\x20"  # the server's encoder keeps no table
IDLE_BYTES_MAX = 20 * 1024  # what an idle connection may take
TOP = 4000000000  # tokens in 1000 s: no limit that this load reaches

CONFIG = """
store:
  url: sqlite:{data}/keyward.db
  seal: key_file
  seal_file: {data}/seal.key
net:
  loops: 1
  idle_ms: 3600000
  handshake_ms: 60000
  header_ms: 60000
  connections_max: 100000
  connections_per_network_max: 100000
listen_public:
  address: 127.0.0.1:0
  client_cert: optional
  certificate_file: {pki}/server.pem
  key_file: {pki}/server.key
  client_ca_file: {pki}/ca.pem
listen_admin:
  address: 127.0.0.1:0
  client_cert: required
  certificate_file: {pki}/server.pem
  key_file: {pki}/server.key
  client_ca_file: {pki}/ca.pem
guard:
  node: bench
  audit_dir: {data}/audit
  audit_disk_free_percent: 0
  preauth_rate: {top}
  preauth_burst: 65535
  read_rate: {top}
  read_burst: 65535
  admin_rate: {top}
  admin_burst: 65535
  bootstrap: ["uri:keyward:security=security_admin", "uri:keyward:officer=crypto_officer"]
"""


def keyward(*words):
    """Runs the command line."""
    subprocess.run([BIN / "keyward", *words], check=True, stdout=subprocess.DEVNULL)


class Daemon:
    """keywardd in a folder of its own; `more`: sections of its configuration."""

    def __init__(self, folder, more=""):
        self.folder = folder
        self.pki = os.path.join(folder, "pki")
        self.data = os.path.join(folder, "data")
        self.process = None
        self.urls = {}
        self.api_key = None
        self._make(more)

    def _make(self, more):
        keyward("dev-ca", "init", self.pki)
        keyward("dev-ca", "issue", self.pki, "server", "--server", "--host", "localhost",
                "--host", "127.0.0.1")
        for name in ("security", "officer"):
            keyward("dev-ca", "issue", self.pki, name, "--uri", f"keyward:{name}")
        os.mkdir(self.data, 0o700)
        seal = os.path.join(self.data, "seal.key")
        with open(os.open(seal, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as out:
            out.write(os.urandom(32))
        text = CONFIG.format(data=self.data, pki=self.pki, top=TOP) + more
        owned = [self.folder, self.pki, os.path.join(self.pki, "server.key"), self.data, seal]
        if os.geteuid() == 0:
            text += f"daemon:\n  user: {SERVICE_USER}\n"
            for path in owned:
                os.chown(path, pwd.getpwnam(SERVICE_USER).pw_uid, -1)
        with open(os.path.join(self.folder, "config.yaml"), "w", encoding="ascii") as out:
            out.write(text)

    def start(self):
        """Starts it; returns the seconds until it said that it is ready."""
        log = os.path.join(self.folder, "keywardd.log")
        begin = time.monotonic()
        with open(log, "ab") as err:
            self.process = subprocess.Popen(
                [BIN / "keywardd", "--config", os.path.join(self.folder, "config.yaml")],
                stdout=subprocess.PIPE, stderr=err, text=True)
        for line in self.process.stdout:
            words = line.split()
            if words[0] == "ready":
                return time.monotonic() - begin
            self.urls[words[1]] = "https://" + words[2]
        with open(log, encoding="utf-8") as text:
            raise bench_http.Failure("keywardd does not start: " + text.read())

    def stop(self):
        """SIGTERM, and waits for the end."""
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(timeout=READY_LIMIT_S)
            self.process.stdout.close()
            self.process = None

    def register(self):
        """Adds the client whose API key the load uses."""
        path = os.path.join(self.folder, "client.key")
        keyward("emtp", "participants", "add", "client", "--api-key-out", path,
                "--server", self.urls["admin"], "--ca", os.path.join(self.pki, "ca.pem"),
                "--cert", os.path.join(self.pki, "security.pem"),
                "--cert-key", os.path.join(self.pki, "security.key"))
        with open(path, encoding="ascii") as text:
            self.api_key = text.read().strip()

    def resident_bytes(self):
        """Memory of the process."""
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as status:
            return int(re.search(r"VmRSS:\s+(\d+)", status.read()).group(1)) * 1024

    def context(self, name=None):
        """TLS of a client that trusts it, with the certificate of that name."""
        context = ssl.create_default_context(cafile=os.path.join(self.pki, "ca.pem"))
        if name is not None:
            context.load_cert_chain(os.path.join(self.pki, f"{name}.pem"),
                                    os.path.join(self.pki, f"{name}.key"))
        return context

    def address(self):
        """Host and port of the public listener."""
        host, port = self.urls["public"].removeprefix("https://").split(":")
        return host, int(port)


def ask(connection, api_key):
    """One GET /keys by hand: head and body."""
    request = f"GET /keys HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {api_key}\r\n\r\n"
    connection.sendall(request.encode("ascii"))
    received = b""
    while b"\r\n\r\n" not in received:
        received += connection.recv(65536)
    head, body = received.split(b"\r\n\r\n", 1)
    length = int(re.search(rb"(?i)content-length: (\d+)", head).group(1))
    while len(body) < length:
        body += connection.recv(65536)
    if not head.startswith(b"HTTP/1.1 200"):
        raise bench_http.Failure("GET /keys failed: " + head.decode("latin-1"))
    return head, body


def frame(kind, flags, stream, payload=b""):
    """An HTTP/2 frame (RFC 9113 section 4.1)."""
    return struct.pack("!HBBBI", len(payload) >> 8, len(payload) & 255, kind, flags, stream) + payload


def receive(connection, count):
    """Exactly `count` bytes."""
    received = b""
    while len(received) < count:
        piece = connection.recv(count - len(received))
        if not piece:
            raise bench_http.Failure("the daemon closed an idle connection")
        received += piece
    return received


def head_h2(api_key, is_first):
    """GET /keys in HPACK, as curl says it: four fields join the table of the connection at first."""
    fields = ((1, "localhost"), (58, "curl/7.88.1"), (19, "*/*"), (23, "Bearer " + api_key))
    head = b"\x82\x87\x04\x05/keys"
    for place, (name, text) in enumerate(fields):
        if is_first:
            head += bytes([0x40 | name, len(text)]) + text.encode("ascii")
        else:
            head += bytes([0x80 | TABLE_DYNAMIC + len(fields) - 1 - place])
    return head


def ask_h2(connection, api_key, stream):
    """One GET /keys by hand on a stream: reads to its end."""
    head = head_h2(api_key, stream == 1)
    preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(SETTINGS, 0, 0) if stream == 1 else b""
    connection.sendall(preface + frame(HEADERS, END_STREAM | END_HEADERS, stream, head))
    while True:
        high, low, kind, flags, owner = struct.unpack("!HBBBI", receive(connection, 9))
        payload = receive(connection, high << 8 | low)
        if kind == SETTINGS and flags == 0:
            connection.sendall(frame(SETTINGS, ACK, 0))
        if kind == HEADERS and payload.removeprefix(TABLE_SIZE_0)[0] != STATUS_200:
            raise bench_http.Failure("GET /keys failed over HTTP/2")
        if kind in (HEADERS, DATA) and owner == stream and flags & END_STREAM:
            return


def dial(daemon, context):
    """One TLS connection."""
    return context.wrap_socket(socket.create_connection(daemon.address(), 30),
                               server_hostname="localhost")


def beside_nginx(daemon, folder, args):
    """GET /keys over both protocols, rounds alternating between the two servers."""
    with dial(daemon, daemon.context()) as connection:
        head, body = ask(connection, daemon.api_key)
    # nginx's own head: status, Server, Date, Content-Type, Content-Length, Last-Modified,
    # Connection, ETag, Accept-Ranges, about 240 bytes.
    pad = max(1, len(head) - 240 - len("X-Pad: \r\n"))
    nginx, url = bench_http.start_nginx(folder, daemon.pki, body, f"add_header X-Pad {'x' * pad};")
    keys = daemon.urls["public"] + "/keys"
    headers = [f"Authorization: Bearer {daemon.api_key}"]
    sides = {"keyward": (daemon.process.pid, keys), "nginx": (bench_http.child_of(nginx.pid), url)}
    try:
        for protocol in ("h1", "h2"):
            # As many requests under way in both: the audit log syncs once for all of them.
            clients, streams = (args.clients, args.streams) if protocol == "h2" else \
                (args.clients * args.streams, 1)
            rates = {name: [] for name in sides}
            for _ in range(args.rounds):
                for name, (pid, target) in sides.items():
                    before = bench_http.cpu_seconds(pid)
                    count = bench_http.load(target, protocol, args.seconds, clients, streams,
                                            headers)
                    rates[name].append(count / (bench_http.cpu_seconds(pid) - before))
            medians = {name: statistics.median(values) for name, values in rates.items()}
            yield {"bench": f"emtp/keys/get/{protocol}",
                   "keyward_per_cpu_s": round(medians["keyward"]),
                   "nginx_per_cpu_s": round(medians["nginx"]),
                   "ratio": round(medians["keyward"] / medians["nginx"], 3),
                   "bytes": len(body), "clients": clients, "streams": streams}
    finally:
        nginx.terminate()
        nginx.wait(timeout=30)


def idle_connections(daemon, protocol, args):
    """Memory of connections that only wait after a request, and load while they do."""
    daemon.stop()  # memory that others freed would hide what these take
    daemon.start()
    context = daemon.context()
    if protocol == "h2":
        context.set_alpn_protocols(["h2"])
    headers = [f"Authorization: Bearer {daemon.api_key}"]
    url = daemon.urls["public"] + "/keys"
    bench_http.load(url, "h1", 1, args.clients, 1, headers)
    before = daemon.resident_bytes()
    idle = [dial(daemon, context) for _ in range(args.idle)]

    def ask_all(stream):
        for connection in idle:
            if protocol == "h2":
                ask_h2(connection, daemon.api_key, stream)
            else:
                ask(connection, daemon.api_key)
    try:
        ask_all(1)
        per_connection = (daemon.resident_bytes() - before) / args.idle
        count = bench_http.load(url, "h2", args.seconds, args.clients, args.streams, headers)
        ask_all(3)
    finally:
        for connection in idle:
            connection.close()
    return {"bench": f"net/connection/idle/{protocol},n={args.idle}",
            "bytes_per_connection": round(per_connection), "bytes_max": IDLE_BYTES_MAX,
            "is_within": per_connection <= IDLE_BYTES_MAX,
            "requests_meanwhile": count, "failures": 0}


def starts(daemon, name, rounds=5):
    """Time from the start of the program to its word that it is ready."""
    times_ms = []
    for _ in range(rounds):
        daemon.stop()
        times_ms.append(daemon.start() * 1000)
    return {"bench": f"daemon/start/{name}", "min_ms": round(min(times_ms), 1),
            "median_ms": round(statistics.median(times_ms), 1)}


def main():
    """Makes the folder, measures, stops everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=3, help="of one round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--streams", type=int, default=8, help="of an HTTP/2 connection")
    parser.add_argument("--idle", type=int, default=5000, help="idle connections")
    parser.add_argument("--only", choices=("nginx", "idle", "start"), help="one part of it")
    args = parser.parse_args()
    for tool in ("h2load", "nginx"):
        if shutil.which(tool) is None:
            sys.exit(f"daemon_bench: {tool} is not installed")
    files_max = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (files_max, files_max))
    folder = tempfile.mkdtemp(prefix="keyward-bench.")
    daemon = None
    try:
        daemon = Daemon(folder)
        daemon.start()
        daemon.register()
        if args.only in (None, "start"):
            print(json.dumps(starts(daemon, "seal=key_file")), flush=True)
        if args.only in (None, "nginx"):
            with tempfile.TemporaryDirectory(prefix="keyward-bench.") as peer_folder:
                for row in beside_nginx(daemon, peer_folder, args):
                    print(json.dumps(row), flush=True)
        if args.only in (None, "idle"):
            for protocol in ("h1", "h2"):
                print(json.dumps(idle_connections(daemon, protocol, args)), flush=True)
        if args.only is None:  # the audit log of the load is read again
            print(json.dumps(starts(daemon, "seal=key_file,after=load")), flush=True)
    except bench_http.Failure as failure:
        sys.exit(f"daemon_bench: {failure}")
    finally:
        if daemon is not None:
            daemon.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
