#!/usr/bin/env python3
"""Kills `avar sft` with SIGKILL again and again, goes on with it each time, and compares the end with an undisturbed training.

    python3 kill.py --avar ../../.build/release/avar --model ../../Checkpoints/microworld --work /tmp/kill \
        [--kills 50] [--inside 10] [--output kill.json]

Most kills come at a random moment after the start: while data are checked, in a step, while a state is written. Some are aimed:
as soon as a state, or the result, is seen to be in the making, after a random part of the time that takes; such a kill counts as
inside a checkpoint only if the half-written folder is there afterwards. After every kill each state that is there must be whole:
its files are those of the undisturbed training at that step, byte for byte. A training that comes to its end before all kills
are made must have the weights of the undisturbed one; then another begins. Exits with 1 at the first difference. Standard library
only.
"""

import argparse
import hashlib
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "speed"))
from compare import processor  # noqa: E402

RECIPE = """model: {model}
output: {output}
seed: 5
threads: 2
precision: float32
data:
  train:
    - path: data/anchored.jsonl
      weight: 0.7
    - path: data/text.jsonl
      weight: 0.3
  evaluation:
    - path: data/multimodal.jsonl
training:
  steps: {steps}
  batch_size: 4
  learning_rate: 1e-3
keeping:
  log_every: 1
  save_every: 2
  evaluate_every: 6
  keep: 1000
"""
# Seconds stand in the lines that a state has not yet logged, and so in the digests of its manifest.
TIMED = ("window.json", "manifest.json")
VOLATILE = ("seconds", "seconds_left", "resident_mebibytes", "live_tensors")


def digests(folder):
    """Of every file of a folder, without what clocks say."""
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(folder.rglob("*")) if path.is_file() and path.name not in TIMED}


def log(folder):
    entries = [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]
    return [{key: value for key, value in entry.items() if key not in VOLATILE} for entry in entries]


def start(arguments, recipe, *extra):
    return subprocess.Popen([arguments.avar, "sft", "--config", recipe, *extra], stdout=subprocess.DEVNULL,
                            stderr=subprocess.PIPE, cwd=arguments.work)


def partial(folder):
    try:
        return [name for name in os.listdir(folder) if name.startswith(".step-") or name == ".partial-checkpoint"]
    except FileNotFoundError:
        return []


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--avar", required=True)
    parser.add_argument("--model", type=pathlib.Path, required=True)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--inside", type=int, default=10)
    parser.add_argument("--steps", type=int, default=24)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--output", type=pathlib.Path)
    arguments = parser.parse_args()
    arguments.avar = str(pathlib.Path(arguments.avar).resolve())
    chance = random.Random(arguments.seed)
    arguments.work.mkdir(parents=True, exist_ok=True)
    for form, count in (("anchored", 40), ("text", 40), ("multimodal", 6)):
        subprocess.run([arguments.avar, "microworld", "cold-start", "--split", "train", "--count", str(count), "--form", form,
                        "--output", "data"], cwd=arguments.work, check=True, stdout=subprocess.DEVNULL)

    def recipe(name):
        path = arguments.work / f"{name}.yaml"
        path.write_text(RECIPE.format(model=arguments.model.resolve(), output=name, steps=arguments.steps))
        return path.name

    whole = arguments.work / "undisturbed"
    began = time.monotonic()
    if start(arguments, recipe("undisturbed")).wait() != 0:
        sys.exit("the undisturbed training failed")
    lasted = time.monotonic() - began
    states = {path.name: digests(path) for path in whole.glob("step-*")}
    wanted, wanted_log = digests(whole / "checkpoint"), log(whole)

    name = 0
    counts = dict(kills=0, inside=0, before_the_first_state=0, trainings=0)

    def checked(run):
        """Every state that can be seen is whole, and the undisturbed training's."""
        for path in run.glob("step-*"):
            found = digests(path)
            if found != states[path.name]:
                different = [key for key in found.keys() | states[path.name].keys() if found.get(key) != states[path.name].get(key)]
                sys.exit(f"{path}: {different} differ from the undisturbed training")

    while counts["kills"] < arguments.kills or counts["inside"] < arguments.inside:
        name += 1
        run, file = arguments.work / f"killed-{name}", recipe(f"killed-{name}")
        while True:
            process = start(arguments, file, *(["--resume"] if (run / "settings.txt").exists() else []))
            is_done = counts["kills"] >= arguments.kills and counts["inside"] >= arguments.inside
            aimed = not is_done and counts["inside"] < arguments.inside and chance.random() < 0.5
            deadline = float("inf") if is_done else time.monotonic() + chance.uniform(0.1, 0.8 * lasted)
            ignored = chance.randrange(3)
            seen = set()
            while process.poll() is None and time.monotonic() < deadline:
                new = [part for part in partial(run) if part not in seen] if aimed else []
                if new:
                    seen.update(new)
                    if len(seen) > ignored:
                        time.sleep(chance.uniform(0, 0.03))
                        break
                time.sleep(0.0005)
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
                process.wait()
                counts["kills"] += 1
                if partial(run):
                    counts["inside"] += 1
                elif not list(run.glob("step-*")):
                    counts["before_the_first_state"] += 1
                checked(run)
                print(f"kill {counts['kills']}: {sorted((p.name for p in run.glob('step-*')), key=lambda n: int(n[5:]))[-1:]}"
                      f"{' inside ' + partial(run)[0] if partial(run) else ''}", file=sys.stderr, flush=True)
                continue
            if process.returncode != 0:
                sys.exit(f"{file}: {process.stderr.read().decode()[-1000:]}")
            break
        checked(run)
        if digests(run / "checkpoint") != wanted:
            sys.exit(f"{run}: the weights differ from the undisturbed training")
        if log(run) != wanted_log:
            sys.exit(f"{run}: the log differs from the undisturbed training")
        if partial(run):
            sys.exit(f"{run}: {partial(run)} was left behind")
        counts["trainings"] += 1
    print(f"{processor()}\n{counts['kills']} kills, {counts['inside']} inside a checkpoint and {counts['before_the_first_state']} "
          f"before the first state, over {counts['trainings']} trainings of {arguments.steps} steps: weights, states and logs "
          "are the undisturbed training's, byte for byte")
    if arguments.output:
        arguments.output.write_text(json.dumps(dict(processor=processor(), steps=arguments.steps, **counts), indent=1) + "\n")


if __name__ == "__main__":
    main()
