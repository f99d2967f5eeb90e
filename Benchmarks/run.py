#!/usr/bin/env python3
"""Runs the benchmarks against their peers, one after the other, and writes one table of what was reached beside every target.

    python3 run.py --avar ../.build/release/avar --python ../.peers/bin/python [--only NAME...] [--quick] [--fresh]
    python3 run.py --gather
    python3 run.py --list

What is done is kept in --work; the same command goes on where it was ended, and measures again what was measured with another avar,
another peer or another script. The table stands in README.md between two marks, its numbers in results.json; with --quick, which
takes fewer rounds and smaller shapes than the targets are set for, both are written into --work alone. --gather makes the table of
what lies in the repository, without measuring. Exits with 1 if a benchmark failed; a missed target is a result. Standard library only.
"""

import argparse
import hashlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time

import machine
import table
from benchmarks import BENCHMARKS

HERE, ROOT = machine.HERE, machine.ROOT


class Failed(Exception):
    """How a benchmark failed, in words."""


def write(path, text):
    """Whole or not at all."""
    partial = path.with_name(path.name + ".partial")
    partial.write_text(text)
    os.replace(partial, path)


def digest(*paths):
    found = hashlib.sha256()
    for path in paths:
        with open(path, "rb") as file:
            while piece := file.read(1 << 20):
                found.update(piece)
    return found.hexdigest()


def expanded(command, places):
    """A command with its words filled in; a word that is a list becomes several."""
    words = []
    for part in command:
        whole = places.get(part[1:-1]) if part.startswith("{") and part.endswith("}") else None
        words += map(str, whole) if isinstance(whole, list) else [part.format(**places)]
    return words


def last_line(path):
    lines = [line.strip() for line in path.read_text(errors="replace").splitlines() if line.strip()]
    return lines[-1][:300] if lines else "it said nothing"


def printed(path, lines):
    """The JSON that a command printed: every line of it, or what begins the last line."""
    found = []
    for line in path.read_text(errors="replace").splitlines():
        if line.startswith("{"):
            try:
                found.append(json.loads(line))
            except ValueError:
                continue
    return found if lines else (found[-1] if found else {})


def end(process):
    """Ends a command and whatever it started: it has a session of its own."""
    try:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    except ProcessLookupError:
        pass


def plain(reason, places):
    """A reason without the folders of this machine."""
    for folder in (places["work"], places["models"], places["work"].parent, places["python"].parent.parent, places["build"], ROOT):
        reason = reason.replace(f"{folder}/", "")
    return " ".join(reason.split())


def take(step, number, places, work, deadline):
    """Runs one step and returns what it is kept as."""
    output, errors = work / f"step-{number}.out", work / f"step-{number}.err"
    command = expanded(step.command, places)
    environment = dict(os.environ, HF_HUB_OFFLINE="1", TOKENIZERS_PARALLELISM="false", PYTHONUNBUFFERED="1")
    began = time.monotonic()
    with open(output, "w") as out, open(errors, "w") as err:
        process = subprocess.Popen(command, stdout=out, stderr=err, stdin=subprocess.DEVNULL, env=environment, cwd=ROOT,
                                   start_new_session=True)
        try:
            while True:
                ended, status, usage = os.wait4(process.pid, os.WNOHANG)
                if ended:
                    process.returncode = os.waitstatus_to_exitcode(status)
                    break
                if time.monotonic() > deadline:
                    raise Failed(f"{pathlib.Path(command[0]).name} had not ended when the time for it was over")
                time.sleep(0.05)
        except BaseException:
            end(process)
            raise
    name = " ".join(pathlib.Path(word).name for word in command[:2])
    if process.returncode < 0:
        raise Failed(f"{name} was ended by signal {-process.returncode}: {last_line(errors)}")
    if process.returncode != 0 and not (step.verdict and process.returncode == 1):
        raise Failed(f"{name} ended with status {process.returncode}: {last_line(errors)}")
    found = printed(output, step.lines)
    if step.lines:
        if not found:
            raise Failed(f"{name} printed no result: {last_line(errors)}")
        return found
    return {"peak_rss_mib": usage.ru_maxrss / 1024, "step_seconds": round(time.monotonic() - began, 2), **found}


def made_by(step, places):
    return pathlib.Path(step.makes.format(**places)) if step.makes else None


def result_of(benchmark, places, work):
    """Runs all steps of a benchmark and returns its result."""
    deadline = time.monotonic() + 3600 * benchmark.hours
    file = pathlib.Path(benchmark.result.format(**places)) if benchmark.result else None
    if file:
        file.unlink(missing_ok=True)
    kept = {"settings": {key: places[key] for key in benchmark.settings}}
    for number, step in enumerate(benchmark.steps, 1):
        made = made_by(step, places)
        if made and made.exists():
            continue
        if made:
            partial = made.with_name(made.name + ".partial")
            shutil.rmtree(partial, ignore_errors=True)
            found = take(step, number, dict(places, partial=partial), work, deadline)
            partial.rename(made)
        else:
            found = take(step, number, places, work, deadline)
        if step.keep:
            kept[step.keep] = found
    if file is None:
        return kept
    if not file.exists():
        raise Failed(f"no result was written: {last_line(work / f'step-{len(benchmark.steps)}.err')}")
    return json.loads(file.read_text())


def hindrance(benchmark, places, peers, arguments):
    """Why a benchmark is left out, or nothing."""
    if reason := peers.missing(benchmark.needs) if benchmark.needs else "":
        return reason
    for path, how in benchmark.files.items():
        if not pathlib.Path(path.format(**places)).exists():
            return f"{machine.shown(path.format(**places))} is missing: {how}"
    if not arguments.quick:
        made = [made_by(step, places) for step in benchmark.steps if step.makes]
        is_made = bool(made) and all(path.exists() for path in made)
        if not is_made and (free := machine.free_disk(arguments.work)) < benchmark.disk:
            return f"it needs {benchmark.disk:.0f} GiB of disk, {free:.0f} are free"
        if (free := machine.free_memory()) < benchmark.memory:
            return f"it needs {benchmark.memory:.0f} GiB of memory, {free:.0f} are free"
    return ""


def fingerprint(benchmark, places, peers, avar):
    """What a result hangs on: the commands, the scripts, avar and the peers."""
    scripts = sorted((HERE / benchmark.folder).glob("*.py")) + [HERE / "peer" / "hf_peer.py", HERE / "speed" / "compare.py"]
    versions = {name: peers.versions.get(name) for name in benchmark.needs}
    places = dict(places, partial="")
    said = json.dumps([[expanded(step.command, places) for step in benchmark.steps], avar, digest(*scripts), versions])
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def places_of(benchmark, arguments):
    models, microworld = arguments.work / "models", arguments.work / "microworld"
    return {"avar": arguments.avar, "build": arguments.avar.parent, "python": arguments.python, "stdlib": sys.executable, "here": HERE,
            "root": ROOT, "models": models, "microworld": microworld, "work": arguments.work / benchmark.name,
            "coldstart": ROOT / ".data/demo/cold-start/anchored/checkpoint", **benchmark.settings,
            **(benchmark.quick if arguments.quick else {})}


def run(arguments, chosen):
    """Runs what is chosen and not done yet; returns the state of all that this folder holds."""
    arguments.work.mkdir(parents=True, exist_ok=True)
    (arguments.work / "models").mkdir(exist_ok=True)
    file = arguments.work / "state.json"
    state = json.loads(file.read_text()) if file.exists() else {}
    peers = machine.Peers(arguments.python)
    peers.look(name for benchmark in BENCHMARKS for name in benchmark.needs)
    facts = {"date": machine.today(), "machine": machine.machine(),
             "versions": [f"avar {machine.answer(arguments.avar, '--version')} ({machine.commit() or 'no commit'})", *peers.told()]}
    for benchmark in chosen:
        places, avar = places_of(benchmark, arguments), digest(arguments.avar)
        mark = fingerprint(benchmark, places, peers, avar)
        before = state.get(benchmark.name)
        if before and before["status"] == "measured" and before["mark"] == mark and not arguments.fresh:
            print(f"{benchmark.name}: done before ({before['date']})", flush=True)
            continue
        entry = dict(facts, mark=mark, quick=arguments.quick, load=round(os.getloadavg()[0], 2))
        reason = hindrance(benchmark, places, peers, arguments)
        began = time.monotonic()
        if reason:
            entry.update(status="left out", reason=reason)
        else:
            print(f"{benchmark.name}: {benchmark.about} ...", flush=True)
            # Nothing of an interrupted run may be met again; studies go on with what they made themselves.
            if not benchmark.study:
                shutil.rmtree(places["work"], ignore_errors=True)
            places["work"].mkdir(parents=True, exist_ok=True)
            try:
                entry.update(status="measured", result=result_of(benchmark, places, places["work"]))
                if digest(arguments.avar) != avar:
                    raise Failed("avar was built anew while it was measured")
            except (Failed, OSError, ValueError) as error:
                entry.update(status="failed", reason=plain(str(error), places))
        entry["seconds"] = round(time.monotonic() - began, 1)
        state[benchmark.name] = entry
        write(file, json.dumps(state, indent=1) + "\n")
        print(f"{benchmark.name}: {entry['status']}, {entry['seconds']:.0f} s" + (f": {entry['reason']}" if reason or
              entry["status"] == "failed" else ""), flush=True)
    return state, facts


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--avar", type=pathlib.Path, default=ROOT / ".build/release/avar")
    parser.add_argument("--python", type=pathlib.Path, default=ROOT / ".peers/bin/python", help="the interpreter of the peers")
    parser.add_argument("--work", type=pathlib.Path, help="where checkpoints, inputs and results stay; .data/bench unless given")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="these benchmarks, studies too")
    parser.add_argument("--quick", action="store_true", help="fewer rounds and smaller shapes, to see that everything runs")
    parser.add_argument("--fresh", action="store_true", help="measure again what is done")
    parser.add_argument("--gather", action="store_true", help="measure nothing; make the table of the results in the repository")
    parser.add_argument("--list", action="store_true", help="say what there is")
    arguments = parser.parse_args()
    names = [benchmark.name for benchmark in BENCHMARKS]
    if unknown := [name for name in arguments.only or [] if name not in names]:
        parser.error(f"no benchmark is named {', '.join(unknown)}; there are {', '.join(names)}")
    if arguments.list:
        for benchmark in BENCHMARKS:
            print(f"{benchmark.name:14} {benchmark.about}{' (a study of hours: only if named)' if benchmark.study else ''}")
        return
    if arguments.gather:
        rows = table.gathered({})
        table.publish(rows, None)
        print(f"{len(rows)} figures gathered; {table.summary(rows)}")
        return
    arguments.work = (arguments.work or ROOT / ".data" / ("bench-quick" if arguments.quick else "bench")).absolute()
    # Not resolved: an environment's interpreter is a link, and would be another's without it.
    arguments.avar, arguments.python = arguments.avar.absolute(), arguments.python.absolute()
    if not arguments.avar.exists():
        parser.error(f"{arguments.avar} is not there; `make build` makes it")
    chosen = [b for b in BENCHMARKS if (b.name in arguments.only if arguments.only else not b.study)]
    try:
        state, facts = run(arguments, chosen)
    except KeyboardInterrupt:
        print("interrupted; the same command goes on with what is not done", file=sys.stderr)
        sys.exit(130)
    rows = table.gathered(state)
    if arguments.quick:
        write(arguments.work / "table.md", table.text(rows, facts, quick=True))
        write(arguments.work / "results.json", json.dumps(dict(facts, rows=rows), indent=1) + "\n")
        print(f"the table is {machine.shown(arguments.work)}/table.md")
    else:
        table.publish(rows, facts)
        print("the table is Benchmarks/README.md")
    print(table.summary(rows))
    broken = [name for name, entry in state.items() if entry["status"] == "failed"]
    broken += [row["benchmark"] for row in rows if row["status"] == "failed" and row["benchmark"] not in broken]
    if broken:
        sys.exit(f"failed: {', '.join(dict.fromkeys(broken))}")


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    main()
