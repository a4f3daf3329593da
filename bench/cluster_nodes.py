# SPDX-License-Identifier: Apache-2.0
"""Operators of a threshold key as processes, for cluster_bench.py.

`keyward cluster dev` makes keys and files; the daemons are started here, so that some of them can
be left out from the first boundary on, and so that their store can be emptied in between."""
import json
import os
import pathlib
import pwd
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))
import bench_http  # noqa: E402  pylint: disable=wrong-import-position

BIN = ROOT / "build" / "release" / "bin"
SERVICE_USER = "nobody"
LIMIT_S = 60  # of a start or an end
BOUNDARIES_MAX = 6  # to wait for a certificate
LOOK_S = 0.05
DELTAS = 24  # of an interval
TOP = 4000000000  # requests in 1000 s: no limit that a load reaches
OPTIONS = [f"guard.{name}_{kind}={value}" for name in ("preauth", "read", "crypto")
           for kind, value in (("rate", TOP), ("burst", 65535))]
CERTIFICATE = "keyward_threshold_certificate_seconds"
CERTIFICATES = CERTIFICATE + "_count"
PHASE = "keyward_threshold_phase_seconds"
ABORTED = 'keyward_threshold_sessions_total{outcome="aborted"}'


def mean_ms(before, now):
    """What two histograms took in between, by the label of a series ("": the certificate)."""
    found = {}
    for name, count in now.items():
        if not name.startswith((CERTIFICATES, PHASE + "_count")):
            continue
        total = name.replace("_count", "_sum")
        count -= before.get(name, 0)
        if count > 0:
            said = re.search('"(.*)"', name)
            found[said.group(1) if said else ""] = \
                1000 * (now[total] - before.get(total, 0)) / count
    return found


class Plan:
    """What distinguishes clusters."""

    def __init__(self, nodes, suite, interval_s, reshare_every=1):
        self.nodes = nodes
        self.suite = suite
        self.interval_s = interval_s
        self.reshare_every = reshare_every
        self.faulty = (nodes - 1) // 3
        self.delta_ms = min(5000, interval_s * 1000 // DELTAS)


class Node:
    """One keywardd."""

    def __init__(self, folder):
        self.folder = folder
        self.process = None
        self.urls = {}
        self.seen = {}  # metrics at the epoch before

    def start(self):
        """Starts it; `wait` says when it is ready."""
        command = [BIN / "keywardd", "--config", self.folder / "keywardd.yaml"]
        for option in OPTIONS:
            command += ["--set", option]
        self.seen = {}
        with open(self.folder / "keywardd.log", "ab") as err:
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=err, text=True)

    def wait(self):
        """Until it listens."""
        for line in self.process.stdout:
            words = line.split()
            if words[0] == "ready":
                return
            self.urls[words[1]] = ("http://" if words[1] == "metrics" else "https://") + words[2]
        log = (self.folder / "keywardd.log").read_text(encoding="utf-8")
        raise bench_http.Failure("an operator does not start: " + log[-2000:])

    def kill(self, signal_number=signal.SIGTERM):
        """Tells it to end; `reap` waits for that."""
        if self.process is not None:
            self.process.send_signal(signal_number)

    def reap(self):
        """Waits for the end of one that was told."""
        if self.process is not None:
            self.process.wait(timeout=LIMIT_S)
            self.process.stdout.close()
            self.process = None

    def metrics(self):
        """Values by name and labels."""
        with urllib.request.urlopen(self.urls["metrics"] + "/metrics", timeout=10) as answer:
            text = answer.read().decode("ascii")
        return {name: float(value) for name, value in
                re.findall(r"^(keyward_threshold_\S+) (\S+)$", text, re.MULTILINE)}

    def memory_kb(self):
        """Resident memory, that part of it which others do not share, and what is locked."""
        found = {}
        for file in ("status", "smaps_rollup"):
            with open(f"/proc/{self.process.pid}/{file}", encoding="ascii") as text:
                found.update(re.findall(r"^(\w+):\s+(\d+) kB", text.read(), re.MULTILINE))
        return {"rss_kb": int(found["VmRSS"]), "pss_kb": int(found["Pss"]),
                "locked_kb": int(found["VmLck"])}


class Cluster:
    """Its files, and those operators of it that run."""

    def __init__(self, folder, plan):
        self.folder = pathlib.Path(folder) / "cluster"
        self.plan = plan
        self._make()
        self.nodes = [Node(self.folder / f"node{i + 1}") for i in range(plan.nodes)]

    def _make(self):
        """Files by `keyward cluster dev`, which is ended when its operators run."""
        command = [BIN / "keyward", "cluster", "dev", self.folder, "--nodes", str(self.plan.nodes),
                   "--suite", str(self.plan.suite), "--interval-s", str(self.plan.interval_s),
                   "--user", SERVICE_USER]
        said = ""
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                              text=True) as dev:
            for line in dev.stderr:
                said += line
                if "operators run" in line:
                    break
            dev.send_signal(signal.SIGINT)
            said += dev.stderr.read()
        if "operators run" not in said:
            raise bench_http.Failure("keyward cluster dev: " + said)
        cluster = json.loads((self.folder / "cluster.json").read_text(encoding="utf-8"))
        cluster.pop("master_key", None)
        cluster["reshare_every"] = self.plan.reshare_every
        self._publish("cluster.json", cluster)
        self.rows = cluster["genesis"]

    def _publish(self, name, document):
        new = self.folder / f"{name}.new"
        new.write_text(json.dumps(document), encoding="utf-8")
        new.chmod(0o644)
        new.replace(self.folder / name)

    def running(self):
        """Operators that run."""
        return [node for node in self.nodes if node.process is not None]

    def start(self, count):
        """Starts the first `count` of them, without a key or a store from before."""
        for node in self.nodes:
            shutil.rmtree(node.folder / "data")
            os.mkdir(node.folder / "data", 0o700)
            if os.geteuid() == 0:
                os.chown(node.folder / "data", pwd.getpwnam(SERVICE_USER).pw_uid, -1)
        for node in self.nodes[:count]:
            node.start()
        for node, row in zip(self.nodes[:count], self.rows):
            node.wait()
            row["peer_url"], row["public_url"] = node.urls["peer"], node.urls["public"]
        self._publish("operators.json", {"version": 1, "operators": self.rows})

    def stop(self, signal_number=signal.SIGTERM, first=0):
        """Ends them, from that one on: all are told before one is waited for."""
        for node in self.nodes[first:]:
            node.kill(signal_number)
        for node in self.nodes[first:]:
            node.reap()

    def next_epoch(self):
        """Waits until all that run have one certificate more. For each: milliseconds from the
        boundary, to the certificate and to its own first message of each type."""
        deadline = time.monotonic() + BOUNDARIES_MAX * self.plan.interval_s
        epochs = []
        for node in self.running():
            while (now := node.metrics()).get(CERTIFICATES, 0) == node.seen.get(CERTIFICATES, 0):
                if time.monotonic() > deadline:
                    raise bench_http.Failure(f"no new epoch at {node.folder.name}")
                time.sleep(LOOK_S)
            epochs.append(mean_ms(node.seen, now))
            node.seen = now
        return epochs

    def aborted(self):
        """Sessions that came to nothing, at the operator that saw most."""
        return int(max(node.seen.get(ABORTED, 0) for node in self.running()))

    def memory_kb(self):
        """The most that one of them takes, of each kind."""
        taken = [node.memory_kb() for node in self.running()]
        return {name: max(one[name] for one in taken) for name in taken[0]}

    def keyward(self, *words):
        """Runs the command line as a client of the cluster; what it printed."""
        command = [BIN / "keyward", *words]
        done = subprocess.run(command, capture_output=True, text=True, check=False,
                              timeout=LIMIT_S)
        if done.returncode not in (0, 1):  # 1: `epoch show` without a pinned key
            raise bench_http.Failure(f"keyward {' '.join(words[:2])}: {done.stderr}")
        return done.stdout

    def who(self):
        """Options that name it."""
        return ["--cluster", str(self.folder / "cluster.json"), "--operators",
                str(self.folder / "operators.json"), "--ca", str(self.folder / "ca.pem")]

    def master_key(self):
        """The key that its operators show."""
        return json.loads(self.keyward("epoch", "show", "--json", *self.who()))["master_key"]

    def register(self, app):
        """An application that is open to anybody, at each operator that runs."""
        for node in self.running():
            self.keyward("app", "register", app, "--access", "open", "--rate", "100000000",
                         "--burst", "65535", "--server", node.urls["admin"],
                         "--ca", str(self.folder / "ca.pem"),
                         "--cert", str(self.folder / "admin.pem"),
                         "--cert-key", str(self.folder / "admin.key"))
