"""GRPO on the microworld from one cold start, with and without the visual reward, over seeds.

    python visual_reward.py --avar AVAR --model FOLDER --work FOLDER [--seeds 3] [--iterations 200] [--arms none paper] [--output visual_reward.json]

`FOLDER` of `--model` is a cold start, such as `.data/demo/cold-start/anchored/checkpoint` after `make demo`. Every arm pays accuracy and 0.1 of the
format; `paper` adds 0.3 of the visual reward in the paper's form, `rank` 0.3 of its rank within the group. Before and after, `avar microworld exam` asks
200 test questions with their picture, another's and none, answers thought out; attention is that of the answers' tokens over validation problems. What has been
made is kept, and the same command goes on. Standard library only; `--figure FILE.svg` needs matplotlib.
"""
import argparse
import json
import math
import os
import statistics
import subprocess

REWARDS = {
    "none": "{visual: {weight: 0}}", "paper": "{visual: {weight: 0.3}}", "rank": "{visual: {weight: 0.3, form: rank}}",
    "ungated": "{visual: {weight: 0.3, only_if_right: false}}",
}
# What the microworld's models are trained with.
INSTRUCTION = "Think first, then answer: <think>...</think><answer>...</answer>"


def exam(given, model, place):
    file = os.path.join(place, "summary.json")
    if not os.path.exists(file):
        command = [given.avar, "microworld", "exam", "--model", model, "--style", "reasoning", "--count", str(given.questions),
                   "--conditions", "picture,shuffled,blind"]
        subprocess.run(command + ["--output", place], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    rows = json.load(open(file))["rows"]
    return {row["condition"]: {"accuracy": row["total"]["accuracy"], "readable": row["readable"]} for row in rows}


def train(given, arm, seed):
    place = os.path.abspath(os.path.join(given.work, f"{arm}-{seed}"))
    template = os.path.join(given.work, "template.txt")
    with open(template, "w") as file:
        file.write("{{ content }}\n" + given.instruction)
    recipe = os.path.join(given.work, f"{arm}-{seed}.yaml")
    with open(recipe, "w") as file:
        file.write(
            f"model: '{os.path.abspath(given.model)}'\noutput: '{place}'\nseed: {seed}\nprecision: float32\nthreads: {given.threads}\n"
            f"data: {{train: [{{path: 'microworld:train', count: 4000}}], validation: [{{path: 'microworld:validation', count: 100}}], "
            f"prompt_template: '{os.path.abspath(template)}'}}\n"
            f"rollouts: {{problems: {given.problems}, group_size: 8, maximum_new_tokens: 160, keep_every: 20}}\n"
            f"rewards: {REWARDS[arm]}\n"
            f"training: {{iterations: {given.iterations}, learning_rate: {given.rate}, warmup_steps: 10}}\n"
            f"keeping: {{save_every: 25, evaluate_every: {max(1, given.iterations // 8)}, keep: 1, models: false}}\n")
    if not os.path.exists(os.path.join(place, "checkpoint")):
        resumes = ["--resume"] if os.path.exists(os.path.join(place, "settings.txt")) else []
        subprocess.run(
            [given.avar, "grpo", "--config", recipe] + resumes, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    entries = [json.loads(line) for line in open(os.path.join(place, "log.jsonl"))]
    return place, entries


def interval(values):
    """The mean over seeds with the half width of Student's 95 % interval."""
    values = [value for value in values if value is not None]
    if len(values) < 2:
        return {"mean": values[0] if values else None, "half": None, "values": values}
    quantile = {2: 12.706, 3: 4.303, 4: 3.182, 5: 2.776}[min(len(values), 5)]
    return {
        "mean": statistics.mean(values), "half": quantile * statistics.stdev(values) / math.sqrt(len(values)), "values": values}


def figure(given, runs):
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "avar"
    from matplotlib import pyplot

    panels = [("accuracy", "right rollouts"), ("vas", "VAS of rollouts, pooled"), ("reward/format", "right form")]
    drawing, axes = pyplot.subplots(1, len(panels), figsize=(12, 3.6))
    colours = {"none": "#1f5fa8", "paper": "#c9571a", "rank": "#2f8f5b", "ungated": "#7a4fa3"}
    for axis, (key, title) in zip(axes, panels):
        for arm, own in runs.items():
            curves = [[entry["metrics"].get(key) for entry in entries] for entries in own]
            window = 10
            smooth = [
                [statistics.mean(v for v in curve[max(0, i - window + 1):i + 1] if v is not None) for i in range(len(curve))]
                for curve in curves
            ]
            length = min(map(len, smooth))
            mean = [statistics.mean(curve[i] for curve in smooth) for i in range(length)]
            low = [min(curve[i] for curve in smooth) for i in range(length)]
            high = [max(curve[i] for curve in smooth) for i in range(length)]
            steps = range(1, length + 1)
            axis.plot(steps, mean, color=colours[arm], label=arm)
            axis.fill_between(steps, low, high, color=colours[arm], alpha=0.18, linewidth=0)
        axis.set_title(title)
        axis.set_xlabel("iteration")
        axis.grid(alpha=0.3)
    axes[0].legend(title="visual reward")
    drawing.tight_layout()
    drawing.savefig(given.figure, metadata={"Date": None})


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--avar", required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--name", default="the demo's cold start: anchored, guided, 100 steps", help="what the result calls the model")
    parser.add_argument("--work", required=True)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--iterations", type=int, default=200)
    parser.add_argument("--problems", type=int, default=4)
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rate", default="5e-5")
    parser.add_argument("--arms", nargs="+", default=["none", "paper"], choices=list(REWARDS))
    parser.add_argument("--instruction", default=INSTRUCTION)
    parser.add_argument("--only-train", nargs=2, metavar=("ARM", "SEED"), help="make one training and end, to run several side by side")
    parser.add_argument("--figure")
    parser.add_argument("--output")
    given = parser.parse_args()
    os.makedirs(given.work, exist_ok=True)
    if given.only_train:
        train(given, given.only_train[0], int(given.only_train[1]))
        return
    before = exam(given, given.model, os.path.join(given.work, "exam-before"))
    outcome = {"model": given.name, "iterations": given.iterations,
               "problems": given.problems, "rate": given.rate, "before": before, "arms": {}}
    runs = {}
    for arm in given.arms:
        own, exams, lasts = [], [], []
        for seed in range(1, given.seeds + 1):
            place, entries = train(given, arm, seed)
            own.append(entries)
            exams.append(exam(given, os.path.join(place, "checkpoint"), os.path.join(given.work, f"exam-{arm}-{seed}")))
            lasts.append([entry for entry in entries if entry.get("evaluation")][-1]["evaluation"])
        runs[arm] = own
        last = {key: [statistics.mean(entry["metrics"][key] for entry in entries[-20:] if key in entry["metrics"])
                      if any(key in entry["metrics"] for entry in entries[-20:]) else None for entries in own]
                for key in ["accuracy", "vas", "vas_right", "vas_wrong", "reward/format", "length", "entropy",
                            "groups/without_signal", "reward/visual/variance_share", "reward/accuracy/variance_share"]}
        outcome["arms"][arm] = {
            "exam": {condition: interval([e[condition]["accuracy"] for e in exams]) for condition in exams[0]},
            "readable": interval([e["picture"]["readable"] for e in exams]),
            "validation": {key: interval([v.get(key) for v in lasts]) for key in sorted(lasts[0])},
            "last_20_iterations": {key: interval(values) for key, values in last.items()},
            "first_20_iterations": {key: interval([statistics.mean(
                entry["metrics"][key] for entry in entries[:20] if key in entry["metrics"]) for entries in own])
                for key in ["accuracy", "vas", "reward/format", "length", "entropy"]},
        }
    if given.figure:
        figure(given, runs)
    text = json.dumps(outcome, indent=1)
    print(text)
    if given.output:
        with open(given.output, "w") as file:
            file.write(text + "\n")


if __name__ == "__main__":
    main()
