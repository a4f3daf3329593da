#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What tools/demo_threshold.sh does with the files of `keyward cluster dev`.

Usage:
  demo_cluster.py get FILE LIST INDEX MEMBER   a member of an object of a list in a JSON file
  demo_cluster.py epoch                        member "epoch" of a JSON object on standard input
  demo_cluster.py swap CLUSTER                 the first operator leaves, the first spare joins
  demo_cluster.py keys CLUSTER                 keys of sealed records now, in hex
  demo_cluster.py erased CLUSTER KEYS          those of them that are gone stand in no file
"""
import json
import pathlib
import sys


def get(file, name, index, member):
    print(json.loads(pathlib.Path(file).read_text())[name][int(index)][member])


def epoch():
    print(json.load(sys.stdin)["epoch"])


def swap(cluster):
    folder = pathlib.Path(cluster)
    file = folder / "operators.json"
    listed = json.loads(file.read_text())
    spares = json.loads((folder / "spares.json").read_text())
    listed["operators"] = listed["operators"][1:] + spares["operators"][:1]
    new = folder / "operators.json.new"
    new.write_text(json.dumps(listed))
    new.chmod(0o644)
    new.replace(file)


def slots_of(node):
    """Keys of erasable slots: 32 bytes each, in files of that length."""
    files = (f for f in (node / "data" / "slots").iterdir() if f.is_file())
    return {f.name: f.read_bytes().hex() for f in files if f.stat().st_size == 32}


def nodes_of(cluster):
    return sorted(pathlib.Path(cluster).glob("node*"))


def keys(cluster):
    print(json.dumps({node.name: slots_of(node) for node in nodes_of(cluster)}))


def erased(cluster, noted_file):
    noted = json.loads(pathlib.Path(noted_file).read_text())
    gone = files = 0
    for node in nodes_of(cluster):
        now = slots_of(node)
        lost = [bytes.fromhex(key) for name, key in noted[node.name].items() if name not in now]
        gone += len(lost)
        for file in (f for f in node.rglob("*") if f.is_file()):
            content = file.read_bytes()
            files += 1
            if any(key in content for key in lost):
                sys.exit(f"{file} holds a key that was erased")
    if gone == 0:
        sys.exit("no key was erased")
    print(f"{gone} keys that sealed shares and sessions were destroyed; in {files} files, byte by "
          "byte, there is none of them")


COMMANDS = {"get": get, "epoch": epoch, "swap": swap, "keys": keys, "erased": erased}


def main():
    if len(sys.argv) < 2 or sys.argv[1] not in COMMANDS:
        sys.exit(__doc__)
    COMMANDS[sys.argv[1]](*sys.argv[2:])


if __name__ == "__main__":
    main()
