#!/usr/bin/env python3
"""What guiding attention does to a cold start on the microworld: the same steps with and without it, over seeds.

    python3 guidance.py --avar ../../.build/release/avar --model ../../Checkpoints/microworld --work /tmp/guidance \
        [--seeds 1 2 3] [--arms ...] [--output guidance.json]

Every seed has samples of its own; within a seed all arms learn from the same questions, in the same order, for the same steps.
What a run leaves stays in --work, and a later call goes on from there. Afterwards each checkpoint is measured by `avar vas`
on the same held-out samples and asked the same questions of the test split. Intervals over seeds are Student's, 95 %; those of
one accuracy are Wilson's. Standard library only.
"""

import argparse
import json
import math
import pathlib
import statistics
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "speed"))
from compare import processor  # noqa: E402

NONE = dict(enhance=0, suppress=0)
PAPER = dict(enhance=0.15, suppress=0.15)
BOUNDED = dict(PAPER, guidance_target_image=0.5, guidance_target_system=0.1)
# name: the data's form and the guidance.
ARMS = {
    "anchored": ("anchored", NONE),
    "anchored, paper's form": ("anchored", PAPER),
    "anchored, bounded": ("anchored", BOUNDED),
    "multimodal": ("multimodal", NONE),
    "text": ("text", NONE),
}
# Student's t, two-sided 95 %, by degrees of freedom.
STUDENT = {1: 12.706, 2: 4.303, 3: 3.182, 4: 2.776, 5: 2.571, 6: 2.447, 7: 2.365, 8: 2.306, 9: 2.262}

RECIPE = """model: {model}
output: {output}
seed: {seed}
precision: float32
data:
  train:
    - path: {data}
guidance: {{{guidance}}}
training:
  steps: {steps}
  batch_size: 16
  learning_rate: {rate}
keeping:
  log_every: 10
  save_every: {steps}
  evaluate_every: 0
"""


def call(arguments, *parts):
    done = subprocess.run([arguments.avar, *map(str, parts)], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"avar {' '.join(map(str, parts))} failed: {done.stderr[-2000:]}")
    return done.stdout


def data(arguments, split, form, count, seed):
    folder = arguments.work / f"data-{split}-{seed}"
    path = folder / f"{form}.jsonl"
    if not path.exists():
        call(arguments, "microworld", "cold-start", "--split", split, "--count", count, "--seed", seed, "--form", form,
             "--output", folder)
    return path


def examined(arguments, model, folder):
    """Where the question's tokens look, and how often answers are right, thought and direct, with the picture and without."""
    path = folder / "found.json"
    if path.exists():
        return json.loads(path.read_text())
    held = data(arguments, "validation", "anchored", 200, 0)
    attention = json.loads(call(arguments, "vas", "--model", model, "--data", held, "--json"))
    layers = attention["layers"]
    mean = lambda key: statistics.fmean(layer[key] for layer in layers)
    found = dict(image=mean("visual"), system=mean("system"), text=mean("user"),
                 **{name: attention["scores"][name]["value"] for name in ("pooled", "geometric", "paper")})
    for style in ("reasoning", "direct"):
        exam = json.loads(call(arguments, "microworld", "exam", "--model", model, "--count", arguments.questions,
                               "--style", style, "--conditions", "picture,blind", "--json"))
        for row in exam["rows"]:
            found[f"{style} {row['condition']}"] = dict(right=row["total"]["right"], count=row["total"]["count"],
                                                        readable=row["readable"])
    path.write_text(json.dumps(found))
    return found


def trained(arguments, arm, seed):
    form, guidance = ARMS[arm]
    folder = arguments.work / f"{arm.replace(', ', '-').replace(' ', '-').replace(chr(39), '')}-{seed}"
    folder.mkdir(parents=True, exist_ok=True)
    output = folder / "run"
    if not (output / "checkpoint").exists():
        recipe = folder / "recipe.yaml"
        recipe.write_text(RECIPE.format(
            model=arguments.model.resolve(), output=output.resolve(), seed=seed, steps=arguments.steps, rate=arguments.rate,
            data=data(arguments, "train", form, 16 * arguments.steps, seed).resolve(),
            guidance=", ".join(f"{key}: {value}" for key, value in guidance.items())))
        call(arguments, "sft", "--config", recipe, *(["--resume"] if list(output.glob("step-*")) else []))
    found = examined(arguments, output / "checkpoint", folder)
    lines = [json.loads(line) for line in (output / "log.jsonl").read_text().splitlines()]
    last = lines[-1]["metrics"]
    return dict(found, language=last["language_loss"], saturated=last.get("saturated_heads"), arm=arm, seed=seed)


def mean(values):
    """The mean, and half of Student's 95 % interval."""
    if len(values) < 2:
        return values[0], math.nan
    return statistics.fmean(values), STUDENT[len(values) - 1] * statistics.stdev(values) / math.sqrt(len(values))


def accuracy(found, key):
    return 100 * found[key]["right"] / found[key]["count"]


def shown(rows, value, decimals, scale=1):
    middle, half = mean([scale * value(row) for row in rows])
    return f"{middle:.{decimals}f}" + ("" if math.isnan(half) else f" ± {half:.{decimals}f}")


def table(base, rows, arms):
    columns = [
        ("loss", lambda r: r["language"], 3, 1), ("image %", lambda r: r["image"], 1, 100),
        ("system %", lambda r: r["system"], 2, 100), ("text %", lambda r: r["text"], 1, 100),
        ("log10 pooled VAS", lambda r: math.log10(r["pooled"]), 2, 1),
        ("log10 geometric", lambda r: math.log10(r["geometric"]), 2, 1),
        ("heads saturated %", lambda r: r["saturated"], 1, 100),
        ("reasoning, picture %", lambda r: accuracy(r, "reasoning picture"), 1, 1),
        ("reasoning, blind %", lambda r: accuracy(r, "reasoning blind"), 1, 1),
        ("direct, picture %", lambda r: accuracy(r, "direct picture"), 1, 1),
    ]
    print("| arm | seeds | " + " | ".join(name for name, *_ in columns) + " |")
    print("|---" * (len(columns) + 2) + "|")
    before = ["" if name in ("loss", "heads saturated %") else f"{scale * value(base):.{decimals}f}"
              for name, value, decimals, scale in columns]
    print("| base, before | | " + " | ".join(before) + " |")
    for arm in arms:
        own = [row for row in rows if row["arm"] == arm]
        if own:
            print(f"| {arm} | {len(own)} | " + " | ".join(shown(own, *column[1:]) for column in columns) + " |")


def differences(rows, arms, plain="anchored"):
    """Each guided arm less the unguided one of the same seed."""
    print("\nLess the same data without guidance, seed by seed:\n")
    print("| arm | image, points | log10 pooled VAS | loss | reasoning, points | direct, points |\n|---|---|---|---|---|---|")
    for arm in arms:
        if arm == plain or not arm.startswith(plain):
            continue
        pairs = [(row, other) for row in rows for other in rows
                 if row["arm"] == arm and other["arm"] == plain and row["seed"] == other["seed"]]
        if not pairs:
            continue
        values = [
            lambda r: 100 * r["image"], lambda r: math.log10(r["pooled"]), lambda r: r["language"],
            lambda r: accuracy(r, "reasoning picture"), lambda r: accuracy(r, "direct picture")]
        cells = []
        for value, decimals in zip(values, (1, 2, 3, 1, 1)):
            middle, half = mean([value(a) - value(b) for a, b in pairs])
            cells.append(f"{middle:+.{decimals}f} ± {half:.{decimals}f}")
        print(f"| {arm} | " + " | ".join(cells) + " |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--avar", required=True)
    parser.add_argument("--model", type=pathlib.Path, required=True)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--arms", nargs="+", default=list(ARMS)[:3], choices=list(ARMS), help="the first three unless given")
    parser.add_argument("--steps", type=int, default=250)
    parser.add_argument("--rate", default="5e-4")
    parser.add_argument("--questions", type=int, default=500)
    parser.add_argument("--output", type=pathlib.Path)
    arguments = parser.parse_args()
    arguments.work.mkdir(parents=True, exist_ok=True)
    base = examined(arguments, arguments.model, arguments.work)
    rows = []
    for seed in arguments.seeds:
        for arm in arguments.arms:
            rows.append(trained(arguments, arm, seed))
            print(f"seed {seed}, {arm}: {json.dumps(rows[-1])}", file=sys.stderr, flush=True)
    print(f"{processor()}; {arguments.steps} steps of 16 samples, learning rate {arguments.rate}, "
          f"{arguments.questions} questions\n")
    table(base, rows, arguments.arms)
    differences(rows, arguments.arms)
    if arguments.output:
        arguments.output.write_text(json.dumps(dict(
            processor=processor(), steps=arguments.steps, rate=arguments.rate, questions=arguments.questions, base=base,
            rows=rows), indent=1) + "\n")


if __name__ == "__main__":
    main()
