"""One GRPO iteration by this package and by TRL's GRPOTrainer: samples per second on the same checkpoint, problems, group size and limit.

    python iteration.py compare --avar AVAR --model FOLDER --data FOLDER --work FOLDER [--rounds 3] [--output iteration.json]
    python iteration.py peer --model FOLDER --data FOLDER [--problems 8] [--iterations 4]

`FOLDER` of `--data` is what `avar microworld make --split train --count 64 --output FOLDER` writes. Both draw groups of 8 for 8 problems an
iteration at temperature 1 with at most 64 new tokens, reward them, and make one AdamW update of all parameters in float32 on the CPU with the same
number of threads. TRL generates with transformers. The rewards differ in what they pay, which costs nothing on either side; TRL's has no attention in it,
because its sampler does not return any. The first iteration is left out of the rate on both sides. `peer` needs torch, transformers, trl,
accelerate, datasets and Pillow; marks of pictures are never drawn on either side.
"""
import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import time

GROUP, LIMIT = 8, 64


def peer(given):
    import torch
    import transformers
    import trl
    from datasets import Dataset
    from PIL import Image
    from transformers import AutoProcessor, Qwen2_5_VLForConditionalGeneration
    from trl import GRPOConfig, GRPOTrainer

    torch.set_num_threads(given.threads)
    rows = [json.loads(line) for line in open(os.path.join(given.data, "data.jsonl"))]
    count = given.problems * given.iterations
    instruction = open(given.template).read().split("}}")[1].rstrip("\n") if given.template else ""
    examples = [
        {
            "prompt": [{"role": "user", "content": row["problem"].replace("<image>", "") + instruction}],
            "image": Image.open(os.path.join(given.data, row["images"][0])).convert("RGB"),
            "solution": row["answer"],
        }
        for row in (rows * (count // len(rows) + 1))[:count]
    ]
    processor = AutoProcessor.from_pretrained(given.model, padding_side="left")
    model = Qwen2_5_VLForConditionalGeneration.from_pretrained(given.model, dtype=torch.float32, attn_implementation="sdpa")
    lengths, stamps = [], []

    def reward(completions, solution, completion_ids=None, **_):
        texts = [c[0]["content"] if isinstance(c, list) else c for c in completions]
        if completion_ids is not None:
            lengths.extend(len(ids) for ids in completion_ids)
        return [1.0 if f"<answer>{answer}</answer>" in text else 0.1 * (len(text) % 7) for text, answer in zip(texts, solution)]

    class Watch(transformers.TrainerCallback):
        def on_step_end(self, *_, **__):
            stamps.append(time.perf_counter())

    config = GRPOConfig(
        output_dir=given.work, use_cpu=True, bf16=False, per_device_train_batch_size=given.problems * GROUP // given.accumulation,
        gradient_accumulation_steps=given.accumulation,
        num_generations=GROUP, max_completion_length=LIMIT, temperature=1.0, learning_rate=1e-6, max_steps=given.iterations,
        beta=0.0, loss_type="grpo", save_strategy="no", logging_steps=1000, report_to=[], gradient_checkpointing=False,
        disable_dropout=True,
        # As on our side: transformers cannot read a text again in which a mark of a picture was drawn.
        generation_kwargs={"suppress_tokens": [
            model.config.image_token_id, model.config.video_token_id, model.config.vision_start_token_id,
            model.config.vision_end_token_id]},
        lr_scheduler_type="constant", shuffle_dataset=False, seed=1,
    )
    trainer = GRPOTrainer(
        model=model, processing_class=processor, reward_funcs=reward, args=config, train_dataset=Dataset.from_list(examples),
        callbacks=[Watch()])
    trainer.train()
    seconds = stamps[-1] - stamps[0]
    samples = given.problems * GROUP * (len(stamps) - 1)
    print(json.dumps({
        "trl": trl.__version__, "transformers": transformers.__version__, "torch": torch.__version__, "iterations": len(stamps),
        "samples_per_second": samples / seconds, "seconds_per_iteration": seconds / (len(stamps) - 1),
        "mean_length": statistics.mean(lengths) if lengths else None,
    }))


def ours(given, place):
    shutil.rmtree(place, ignore_errors=True)
    recipe = os.path.join(given.work, "recipe.yaml")
    with open(recipe, "w") as file:
        file.write(
            f"model: '{os.path.abspath(given.model)}'\noutput: '{place}'\nprecision: float32\nthreads: {given.threads}\n"
            f"data: {{train: [{{path: '{os.path.abspath(os.path.join(given.data, 'data.jsonl'))}'}}], "
            f"prompt_template: '{os.path.abspath(given.template)}'}}\n"
            f"rollouts: {{problems: {given.problems}, group_size: {GROUP}, maximum_new_tokens: {LIMIT}, keep_every: 0}}\n"
            f"training: {{iterations: {given.iterations}, learning_rate: 1e-6}}\n"
            "keeping: {save_every: 1000000, models: false}\n")
    subprocess.run(
        [given.avar, "grpo", "--config", recipe, "--json"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    entries = [json.loads(line) for line in open(os.path.join(place, "log.jsonl"))][1:]
    seconds = sum(entry["seconds"] for entry in entries)
    return {
        "samples_per_second": given.problems * GROUP * len(entries) / seconds, "seconds_per_iteration": seconds / len(entries),
        "mean_length": statistics.mean(entry["metrics"]["length"] for entry in entries),
        "drawing_seconds": sum(entry["metrics"]["rollout_seconds"] for entry in entries) / len(entries),
    }


def compare(given):
    os.makedirs(given.work, exist_ok=True)
    given.template = os.path.join(given.work, "template.txt")
    with open(given.template, "w") as file:
        file.write(
            "{{ content }}\nThink first, then answer: <think>...</think><answer>...</answer>\n")
    theirs = [
        sys.executable, __file__, "peer", "--model", given.model, "--data", given.data, "--work", os.path.join(given.work, "trl"),
        "--problems", str(given.problems), "--iterations", str(given.iterations), "--threads", str(given.threads),
        "--template", given.template, "--accumulation", str(given.accumulation),
    ]
    runs = {"ours": [], "trl": []}
    for number in range(given.rounds):
        runs["ours"].append(ours(given, os.path.join(given.work, f"ours-{number}")))
        run = subprocess.run(theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if run.returncode != 0:
            sys.exit(run.stderr[-3000:])
        runs["trl"].append(json.loads(run.stdout.strip().splitlines()[-1]))
        print(runs["ours"][-1], runs["trl"][-1], file=sys.stderr)
    rate = {name: statistics.median(run["samples_per_second"] for run in own) for name, own in runs.items()}
    processor = next(line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name"))
    outcome = {
        "processor": processor, "python": platform.python_version(), "problems": given.problems, "group": GROUP,
        "limit": LIMIT, "threads": given.threads, "samples_per_second": rate, "ratio": rate["ours"] / rate["trl"], "runs": runs,
    }
    text = json.dumps(outcome, indent=1)
    print(text)
    if given.output:
        with open(given.output, "w") as file:
            file.write(text + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    for name, function in [("peer", peer), ("compare", compare)]:
        command = commands.add_parser(name)
        command.set_defaults(function=function)
        command.add_argument("--avar")
        command.add_argument("--model", required=True)
        command.add_argument("--data", required=True)
        command.add_argument("--work", default="work")
        command.add_argument("--template")
        command.add_argument("--problems", type=int, default=8)
        command.add_argument("--iterations", type=int, default=5)
        command.add_argument("--threads", type=int, default=2)
        command.add_argument("--accumulation", type=int, default=1)
        command.add_argument("--rounds", type=int, default=3)
        command.add_argument("--output")
    given = parser.parse_args()
    given.function(given)


if __name__ == "__main__":
    main()
