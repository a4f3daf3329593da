#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Threshold keys in real processes: keywardd for each operator, all on this machine.

From a boundary to the certificate of the epoch that begins there, as each operator's own histogram
has it (the last operator counts); decryption as a user meets it, with all operators and with f of
them gone; POST /app/sign of one operator in requests per CPU-second, beside the rate of partial
signatures alone in the same run; memory of one operator. What the reference system states for its 7
nodes, on other machines, stands beside the rows of 7. A member that is down costs the whole phase
of HELLOs, delta_ms. Prints one JSON object a line for tools/bench.py.
"""
import argparse
import ctypes
import json
import os
import pathlib
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import cluster_nodes as nodes  # noqa: E402  pylint: disable=wrong-import-position
from cluster_nodes import bench_http  # noqa: E402  pylint: disable=wrong-import-position

# n, suite, seconds from boundary to boundary: as few as the slowest phase of a busy machine allows
PLANS = ((4, 2, 5), (7, 2, 6), (7, 1, 6), (10, 2, 8), (15, 2, 12))
QUIET = (7, 2, 12)
QUIET_EVERY = 1000  # boundaries from epoch to epoch: it makes one, and then serves
STATED_N = 7
STATED_MS = {"dkg": (2000, 3000), "reshare": (1000, 2000), "decrypt": (500, 800)}
SHARE = "keyward_threshold_has_share"
APP = "bench"
TEXT_BYTES = 1024
LIBRARY = nodes.ROOT / "build" / "release" / "lib" / "libkeyward.so"


def emit(row):
    """One line for tools/bench.py."""
    print(json.dumps(row), flush=True)


def beside_stated(row, kind, n, ours_ms):
    """Adds what the reference states, and how many times as long its shortest is."""
    if n == STATED_N:
        low, high = STATED_MS[kind]
        row["stated_ms"] = f"{low}..{high}"
        row["stated_ratio"] = round(low / ours_ms, 2)
    return row


# ---- from a boundary to the certificate ----

def phases_text(epochs_of_nodes):
    """When operators said the first message of each type, on average; what an aborted session said
    counts, too."""
    by_type = {}
    for one in epochs_of_nodes:
        for said, ms in one.items():
            if said:
                by_type.setdefault(said, []).append(ms)
    means = sorted((statistics.mean(times), said) for said, times in by_type.items())
    return " ".join(f"{said}:{ms:.0f}" for ms, said in means)


def epochs_row(cluster, kind, count):
    """The next epochs: the time of the last operator; of several epochs the median."""
    plan = cluster.plan
    rounds = [cluster.next_epoch() for _ in range(count)]
    times = [[node[""] for node in one] for one in rounds]
    lasts = [max(one) for one in times]
    down = plan.nodes - len(cluster.running())
    row = {"bench": f"threshold/cluster/{kind}/n={plan.nodes},suite={plan.suite},down={down}",
           "last_ms": round(statistics.median(lasts)), "worst_ms": round(max(lasts)),
           "first_ms": round(statistics.median([min(one) for one in times])),
           "delta_ms": plan.delta_ms, "rounds": count, "aborted": cluster.aborted(),
           "said_ms": phases_text([node for one in rounds for node in one])}
    return beside_stated(row, kind, plan.nodes, row["last_ms"])


def epochs(cluster, args):
    """A key and reshares with all, reshares without f of them, a key without them."""
    plan = cluster.plan
    cluster.start(plan.nodes)
    emit(epochs_row(cluster, "dkg", 1))
    emit(epochs_row(cluster, "reshare", args.rounds))
    emit({"bench": f"threshold/cluster/memory/n={plan.nodes},suite={plan.suite}",
          **cluster.memory_kb()})
    cluster.stop(signal.SIGKILL, plan.nodes - plan.faulty)
    emit(epochs_row(cluster, "reshare", max(1, args.rounds // 2)))
    cluster.stop()
    cluster.start(plan.nodes - plan.faulty)
    emit(epochs_row(cluster, "dkg", 1))
    cluster.stop()


# ---- decryption ----

class Options(ctypes.Structure):
    """kw_threshold_client_options of include/keyward/threshold.h, as far as it is used here."""
    _fields_ = [("struct_bytes", ctypes.c_size_t)] + \
        [(name, ctypes.c_char_p) for name in ("cluster_file", "operators_file", "master_key",
                                              "ca_file", "api_key_file", "client_cert_file",
                                              "client_key_file")] + \
        [("timeout_ms", ctypes.c_uint32)]


class Library:
    """A program on libkeyward that keeps its client open."""

    def __init__(self, cluster, master_key):
        self.calls = ctypes.CDLL(str(LIBRARY))
        self.client = ctypes.c_void_p()
        folder = cluster.folder
        options = Options(ctypes.sizeof(Options), str(folder / "cluster.json").encode(),
                          str(folder / "operators.json").encode(), master_key.encode(),
                          str(folder / "ca.pem").encode())
        self._must(self.calls.kw_threshold_client_open(ctypes.byref(self.client),
                                                       ctypes.byref(options), None))

    @staticmethod
    def _must(status):
        if status != 0:
            raise bench_http.Failure(f"libkeyward: status {status}")

    def decrypt(self, sealed, text):
        """From file to file."""
        self._must(self.calls.kw_threshold_client_decrypt(self.client, None, str(sealed).encode(),
                                                          str(text).encode(), 0, None))

    def close(self):
        """Frees the client."""
        self.calls.kw_threshold_client_close(self.client)


def latency_row(cluster, how, rounds, decrypt):
    """Times of calls one after the other; each text is compared."""
    sealed, text = cluster.folder / "sealed.kw", cluster.folder / "text"
    plain = (cluster.folder / "plain").read_bytes()
    times_ms = []
    for _ in range(rounds):
        text.unlink(missing_ok=True)
        begin = time.monotonic()
        decrypt(sealed, text)
        times_ms.append(1000 * (time.monotonic() - begin))
        if text.read_bytes() != plain:
            raise bench_http.Failure("what was decrypted is not what was encrypted")
    times_ms.sort()
    n = cluster.plan.nodes
    row = {"bench": f"threshold/cluster/decrypt/n={n},down={n - len(cluster.running())},{how}",
           "p50_ms": round(statistics.median(times_ms), 1),
           "p99_ms": round(times_ms[rounds * 99 // 100 - 1], 1), "rounds": rounds}
    return beside_stated(row, "decrypt", n, row["p50_ms"])


def decryptions(cluster, args):
    """By the command, a program each time, and by a program that stays."""
    key = cluster.master_key()
    files = {"--in": "plain", "--out": "sealed.kw"}
    (cluster.folder / "plain").write_bytes(os.urandom(TEXT_BYTES))
    cluster.keyward("app", "encrypt", "--app", APP, "--master-key", key,
                    "--cluster", str(cluster.folder / "cluster.json"),
                    *(word for option, name in files.items()
                      for word in (option, str(cluster.folder / name))))
    library = Library(cluster, key)

    def by_command(sealed, text):
        cluster.keyward("app", "decrypt", "--in", str(sealed), "--out", str(text),
                        "--master-key", key, *cluster.who())
    yield latency_row(cluster, "command", args.decryptions, by_command)
    yield latency_row(cluster, "library", args.decryptions, library.decrypt)
    cluster.stop(signal.SIGKILL, cluster.plan.nodes - cluster.plan.faulty)
    yield latency_row(cluster, "command", args.decryptions, by_command)
    yield latency_row(cluster, "library", args.decryptions, library.decrypt)
    library.close()


# ---- signatures of one operator ----

def raw_rate(at_once):
    """Partial signatures per CPU-second of programs that do nothing else, `at_once` of them."""
    command = [nodes.BIN / "kw-bench-threshold", "partial.sign"]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
               for _ in range(at_once)]
    rates = []
    for one in running:
        said = one.communicate(timeout=nodes.LIMIT_S)[0]
        rates += [1e9 / row["ns_med"] for row in map(json.loads, said.splitlines())
                  if "partial.sign" in row["bench"]]
    if len(rates) != at_once:
        raise bench_http.Failure("kw-bench-threshold does not say how fast it signs")
    return statistics.mean(rates)


def signatures(cluster, args):
    """Requests per CPU-second of one operator. Under load no core is idle, so that signatures alone
    are measured on all cores at once, too."""
    node = cluster.nodes[0]
    body = cluster.folder / "sign.json"
    body.write_text(json.dumps({"appID": APP}), encoding="ascii")
    cores = len(os.sched_getaffinity(0))
    raw, rates = [], {"h1": [], "h2": []}
    for _ in range(args.rounds):
        raw.append(raw_rate(cores))
        for protocol, found in rates.items():
            clients, streams = (args.clients, 8) if protocol == "h2" else (args.clients * 8, 1)
            before = bench_http.cpu_seconds(node.process.pid)
            count = bench_http.load(node.urls["public"] + "/app/sign", protocol, args.seconds,
                                    clients, streams, ["content-type: application/json"], body)
            found.append(count / (bench_http.cpu_seconds(node.process.pid) - before))
    for protocol, found in rates.items():
        yield {"bench": f"threshold/cluster/app.sign/{protocol}",
               "per_cpu_s": round(statistics.median(found)),
               "partials_alone_per_cpu_s": round(statistics.median(raw)),
               "ratio": round(statistics.median(found) / statistics.median(raw), 3)}


def quiet(cluster, args):
    """What needs a cluster that makes no epochs meanwhile."""
    cluster.start(cluster.plan.nodes)
    cluster.next_epoch()
    while not all(node.metrics()[SHARE] for node in cluster.nodes):
        cluster.stop()  # who was late for the one epoch has no share of it: once more
        cluster.start(cluster.plan.nodes)
        cluster.next_epoch()
    cluster.register(APP)
    if args.only in (None, "sign"):
        for row in signatures(cluster, args):
            emit(row)
    if args.only in (None, "decrypt"):
        for row in decryptions(cluster, args):
            emit(row)


# ---- the tables of docs/performance.md ----

def table(title, columns, rows):
    """Lines of Markdown: a row of the bench each, without the first two parts of its name."""
    yield "| " + " | ".join([title] + [name.replace("_", " ") for name in columns]) + " |"
    yield "|" + "---|" * (len(columns) + 1)
    for row in rows:
        cells = [row["bench"].removeprefix("threshold/cluster/")]
        yield "| " + " | ".join(cells + [str(row.get(name, "")) for name in columns]) + " |"
    yield ""


def tables(path):
    """All of them, from what tools/bench.py wrote."""
    document = json.loads(pathlib.Path(path).read_text(encoding="utf-8"))
    rows = [row for row in document["results"] if row["bench"].startswith("threshold/cluster/")]
    for title, part, columns in (
            ("epoch", ("dkg", "reshare"),
             ("last_ms", "worst_ms", "delta_ms", "aborted", "stated_ms", "stated_ratio")),
            ("decryption", ("decrypt",), ("p50_ms", "p99_ms", "stated_ms", "stated_ratio")),
            ("POST /app/sign", ("app.sign",), ("per_cpu_s", "partials_alone_per_cpu_s", "ratio")),
            ("memory of a node", ("memory",), ("rss_kb", "pss_kb", "locked_kb"))):
        yield from table(title, columns,
                         [row for row in rows if row["bench"].split("/")[2] in part])


def with_cluster(plan, use, args):
    """Files in a folder of their own; whatever happens, nothing runs afterwards."""
    folder = tempfile.mkdtemp(prefix="keyward-bench.")
    os.chmod(folder, 0o711)  # daemons that root starts run as another user
    cluster = None
    try:
        cluster = nodes.Cluster(folder, plan)
        use(cluster, args)
    finally:
        if cluster is not None:
            cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)


def main():
    """One cluster after the other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=2, help="reshares, and rounds of a load")
    parser.add_argument("--seconds", type=int, default=3, help="of a load")
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--decryptions", type=int, default=100)
    parser.add_argument("--nodes", type=int, help="clusters of so many operators only")
    parser.add_argument("--interval-s", type=int, help="of all, for a machine that is busy")
    parser.add_argument("--only", choices=("epochs", "sign", "decrypt"), help="one part of it")
    parser.add_argument("--tables", metavar="FILE", help="print tables of a build/bench.json")
    args = parser.parse_args()
    if args.tables is not None:
        print("\n".join(tables(args.tables)))
        return
    if shutil.which("h2load") is None:
        sys.exit("cluster_bench: h2load is not installed")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("cluster_bench: told to end"))
    runs = []
    if args.only in (None, "epochs"):
        runs += [(plan, 1, epochs) for plan in PLANS if args.nodes in (None, plan[0])]
    if args.only != "epochs":
        runs += [(QUIET, QUIET_EVERY, quiet)]
    failed = False
    for (n, suite, interval_s), reshare_every, use in runs:
        plan = nodes.Plan(n, suite, args.interval_s or interval_s, reshare_every)
        try:
            with_cluster(plan, use, args)
        except bench_http.Failure as failure:
            failed = True
            print(f"cluster_bench: n={n}, suite={suite}: {failure}", file=sys.stderr)
    if failed:
        sys.exit("cluster_bench: a busy machine needs longer phases: see --interval-s")


if __name__ == "__main__":
    main()
