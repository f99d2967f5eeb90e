"""What a figure was measured with: the machine, the versions of both sides, and what stands in the way of a peer."""

import datetime
import json
import os
import pathlib
import platform
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path.insert(0, str(HERE / "speed"))
from compare import processor  # noqa: E402

# What the header of the table names.
NAMED = ("torch", "transformers", "trl", "tokenizers", "llama-cpp-python")
ASK = """
import importlib.metadata, json, platform, sys
found = {}
for name in sys.argv[1:]:
    try:
        found[name] = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        pass
print(json.dumps({"python": platform.python_version(), "found": found}))
"""


def answer(*command):
    """What a command prints, without its line end; nothing if it fails."""
    try:
        done = subprocess.run([str(part) for part in command], capture_output=True, text=True, cwd=ROOT)
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def machine():
    cores = len(os.sched_getaffinity(0))
    gibibytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{processor()}, {cores} cores, {gibibytes:.0f} GiB, {platform.system()}"


def free_memory():
    """In GiB."""
    for line in open("/proc/meminfo"):
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) / 2**20
    raise OSError("/proc/meminfo does not say what memory is available")


def free_disk(folder):
    """In GiB."""
    return shutil.disk_usage(folder).free / 2**30


def commit():
    """The commit of the sources, with a mark if they differ from it."""
    found = answer("git", "rev-parse", "--short=10", "HEAD")
    changed = answer("git", "status", "--porcelain", "--", "Sources", "Package.swift")
    return found + ("+changes" if found and changed else "")


class Peers:
    """The Python environment of the peers."""

    def __init__(self, python):
        self.python, self.versions, self.interpreter = pathlib.Path(python), {}, None

    def look(self, names):
        """Finds the versions of distributions; an environment that is not there has none."""
        found = answer(self.python, "-c", ASK, *sorted({*names, *NAMED}))
        if found:
            found = json.loads(found)
            self.interpreter, self.versions = found["python"], found["found"]

    def missing(self, needs):
        """Why a benchmark that needs these cannot run, or nothing."""
        if self.interpreter is None:
            return f"{shown(self.python)} is not there; Scripts/setup-peers.sh makes it"
        missing = [name for name in needs if name not in self.versions]
        return "; ".join(self.reason(name) for name in missing)

    def reason(self, name):
        """What Scripts/setup-peers.sh wrote down where it could not install something."""
        note = self.python.parent.parent / "left-out" / name
        return f"{name} could not be installed: {note.read_text().strip()}" if note.exists() else f"{name} is not installed"

    def told(self):
        python = [f"Python {self.interpreter}"] if self.interpreter else []
        return python + [f"{name} {self.versions[name]}" for name in NAMED if name in self.versions]


def shown(path):
    """A path as the repository has it, if it lies there: results must not name a machine's folders."""
    path = pathlib.Path(path)
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else path.name


def today():
    return datetime.date.today().isoformat()


def date_of(path):
    """When a file was last committed."""
    return answer("git", "log", "-1", "--format=%as", "--", path) or None
