"""A whole update of `avar grpo` beside the same made by PyTorch on transformers' model: log-probabilities, gradient norm, weights.

    python update.py --avar AVAR --model FOLDER --data FOLDER --work FOLDER [--output update.json]

`FOLDER` of `--data` is what `avar microworld make --split train --count 64 --output FOLDER` writes. `avar grpo` makes one iteration of 4
problems with 8 answers, keeps its rollouts with their tokens and advantages, and makes one AdamW update of all parameters in float32. This then
reads the same pictures and problems with transformers' processor, scores the same tokens with transformers' model, and makes the update of GRPO
(arXiv 2603.03825 section on VARS; at a ratio of 1 the clip is idle) with PyTorch's own AdamW. Needs torch, transformers, safetensors, Pillow.
"""
import argparse
import json
import os
import platform
import shutil
import subprocess

import torch
import transformers
from PIL import Image
from safetensors.torch import load_file
from transformers import AutoProcessor, Qwen2_5_VLForConditionalGeneration

RATE, DECAY = 1e-4, 0.01
TEMPLATE = "{{ content }}\nThink first, then answer: <think>...</think><answer>...</answer>\n"


def train(given):
    out = os.path.join(given.work, "update")
    shutil.rmtree(out, ignore_errors=True)
    os.makedirs(given.work, exist_ok=True)
    template = os.path.join(given.work, "template.txt")
    open(template, "w").write(TEMPLATE)
    recipe = os.path.join(given.work, "update.yaml")
    open(recipe, "w").write(
        f"model: '{os.path.abspath(given.model)}'\noutput: '{os.path.abspath(out)}'\nprecision: float32\nsave_as: float32\nthreads: 2\n"
        f"data: {{train: [{{path: '{os.path.abspath(os.path.join(given.data, 'data.jsonl'))}'}}], prompt_template: '{template}'}}\n"
        "rollouts: {problems: 4, group_size: 8, maximum_new_tokens: 64, keep_every: 1}\n"
        f"training: {{iterations: 1, learning_rate: {RATE}, weight_decay: {DECAY}, clip_norm: 1e9}}\n"
        "keeping: {models: false}\n")
    subprocess.run([given.avar, "grpo", "--config", recipe], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    log = json.loads(open(os.path.join(out, "log.jsonl")).readline())
    rollouts = [json.loads(line) for line in open(os.path.join(out, "rollouts.jsonl"))]
    return log, rollouts, load_file(os.path.join(out, "checkpoint", "model.safetensors"))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ["--avar", "--model", "--data", "--work"]:
        parser.add_argument(name, required=True)
    parser.add_argument("--output")
    given = parser.parse_args()
    log, rollouts, ours = train(given)

    torch.set_num_threads(2)
    rows = [json.loads(line) for line in open(os.path.join(given.data, "data.jsonl"))]
    processor = AutoProcessor.from_pretrained(given.model)
    model = Qwen2_5_VLForConditionalGeneration.from_pretrained(given.model, dtype=torch.float32, attn_implementation="sdpa")
    config = model.config
    banned = torch.tensor([config.image_token_id, config.video_token_id, config.vision_start_token_id, config.vision_end_token_id])
    instruction = TEMPLATE.split("}}")[1].rstrip("\n")
    optimizer = torch.optim.AdamW([
        # As avar grpo has it: vectors do not decay.
        {"params": [p for p in model.parameters() if p.dim() > 1], "weight_decay": DECAY},
        {"params": [p for p in model.parameters() if p.dim() <= 1], "weight_decay": 0},
    ], lr=RATE, betas=(0.9, 0.999), eps=1e-8)
    loss = 0.0
    for rollout in rollouts:
        row = rows[rollout["problem"]]
        image = Image.open(os.path.join(given.data, row["images"][0])).convert("RGB")
        content = [{"type": "image"}, {"type": "text", "text": row["problem"].replace("<image>", "") + instruction}]
        text = processor.apply_chat_template([{"role": "user", "content": content}], add_generation_prompt=True, tokenize=False)
        inputs = processor(text=[text], images=[image], return_tensors="pt")
        answer = torch.tensor([rollout["token_ids"]])
        prompt = inputs["input_ids"].shape[1]
        for key, value in list(inputs.items()):
            if key in ("input_ids", "attention_mask", "mm_token_type_ids"):
                tail = answer if key == "input_ids" else torch.ones_like(answer) if key == "attention_mask" else torch.zeros_like(answer)
                inputs[key] = torch.cat([value, tail.to(value.dtype)], 1)
        logits = model(**inputs).logits[0, prompt - 1:-1].index_fill(1, banned, float("-inf"))
        logp = logits.log_softmax(-1).gather(1, answer[0][:, None]).squeeze(1)
        ratio = (logp - logp.detach()).exp()
        advantage = rollout["advantage"]
        surrogate = torch.minimum(ratio * advantage, ratio.clamp(0.8, 1.2) * advantage)
        part = -surrogate.mean() / len(rollouts)
        part.backward()
        loss += part.item()
    norm = torch.sqrt(sum((p.grad.double() ** 2).sum() for p in model.parameters() if p.grad is not None)).item()
    optimizer.step()
    theirs = model.state_dict()

    def stored(name):
        # The names of the file, which transformers maps to others in memory.
        for prefix, other in [("model.visual.", "visual."), ("model.language_model.", "model.")]:
            if name.startswith(prefix):
                return other + name[len(prefix):]
        return name

    before = Qwen2_5_VLForConditionalGeneration.from_pretrained(given.model, dtype=torch.float32).state_dict()
    moved, apart, largest = 0.0, 0.0, 0.0
    for name, value in theirs.items():
        if stored(name) not in ours:
            assert name == "lm_head.weight", name
            continue
        mine = ours[stored(name)].double()
        moved += ((value.double() - before[name].double()) ** 2).sum().item()
        apart += ((value.double() - mine) ** 2).sum().item()
        largest = max(largest, (value.double() - mine).abs().max().item())
    outcome = {
        "processor": next(line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")),
        "python": platform.python_version(), "torch": torch.__version__, "transformers": transformers.__version__,
        "rollouts": len(rollouts), "advantages_of_zero": sum(r["advantage"] == 0 for r in rollouts),
        "loss": {"ours": log["loss"], "pytorch": loss},
        "gradient_norm": {"ours": log["gradient_norm"], "pytorch": norm, "relative_difference": abs(log["gradient_norm"] / norm - 1)},
        "weights_after": {
            "relative_difference_of_the_change": (apart / moved) ** 0.5, "largest_difference": largest, "rate": RATE},
    }
    text = json.dumps(outcome, indent=1)
    print(text)
    if given.output:
        open(given.output, "w").write(text + "\n")


if __name__ == "__main__":
    main()
