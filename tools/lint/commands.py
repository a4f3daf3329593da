"""The compile commands of the dev preset: lint sees each file with the flags that build it."""
import concurrent.futures
import json
import os
import shlex
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(ROOT, "build", "dev")
JOBS = 2


def database():
    """Path in the tree -> compiler arguments without source and output."""
    found = {}
    with open(os.path.join(BUILD, "compile_commands.json"), encoding="utf-8") as file:
        for row in json.load(file):
            path = os.path.relpath(row["file"], ROOT)
            if path.startswith(".."):
                continue
            words = [word for word in shlex.split(row["command"]) if not word.endswith("ccache")]
            for flag in ("-o", "-c"):
                at = words.index(flag)
                del words[at : at + 2]
            found[path] = words
    return found


def flags_near(commands, path):
    """Arguments of a source in the folder of `path`, or in the nearest folder above it."""
    folder = os.path.dirname(path)
    while folder:
        for source in sorted(commands):
            if source.startswith(folder + "/"):
                return commands[source]
        folder = os.path.dirname(folder)
    raise LookupError(f"no compile command near {path}")


def run(words, **options):
    """Exit status and everything that was printed."""
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          cwd=ROOT, check=False, env={**os.environ, "LC_ALL": "C"}, **options)
    return done.returncode, done.stdout


def each(work, items):
    """Runs work(item) on all, a few at a time; prints what they return, counts those not None."""
    failures = 0
    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        for text in pool.map(work, items):
            if text is not None:
                failures += 1
                print(text.rstrip(), flush=True)
    return failures
