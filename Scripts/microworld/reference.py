#!/usr/bin/env python3
"""Answers questions of a data file with transformers and measures where the attention goes, to compare `avar` with.

Needs a Python environment with torch, torchvision, transformers and pillow, and a file as `avar microworld make` writes it or
Scripts/microworld/fetch-easy-vqa.sh lays it out, one picture to a question:

    python3 Scripts/microworld/reference.py --data DIR/data.jsonl --output reference.json [--questions 300]
        [--checkpoint Checkpoints/microworld] [--new-tokens 24]

Each of the first N questions is answered greedily, with its own picture and with that of question (i + 151) mod N
(the next one whose file differs). Attention is that of the prompt, with the right pictures: the explicit maps of eager
attention in float32, summed in float64. Queries are the text tokens of the user turn after the picture.

Forms of the score, from visual and system mass: `paper` is the mean of their ratio over layers, heads and queries;
`pooled` averages masses over heads and queries and divides per layer; `reward` averages masses over heads and divides
per layer and query, with 1e-6 added below; `geometric` is the exponential of the mean logarithm of the paper's ratios.
Every form is averaged over samples last, the geometric one as a logarithm; `geometric_all_tokens` averages logarithms
over the tokens of all samples at once. Ratios with a system mass of 0 are left out and counted in `undefined`.
"""

import argparse
import json
import math
import pathlib

import torch
from PIL import Image
from transformers import AutoTokenizer, Qwen2_5_VLForConditionalGeneration, Qwen2VLImageProcessor

ROOT = pathlib.Path(__file__).resolve().parents[2]
SYSTEM = "You are a helpful assistant."
GROUPS = ["system", "marker", "visual", "user", "response"]
SHIFT, EXTREME = 151, 1000


def read_questions(path, count):
    with open(path, encoding="utf-8") as lines:
        records = [json.loads(line) for _, line in zip(range(count), lines)]
    return [{"question": (record.get("problem") or record["question"]).removeprefix("<image>"),
             "image": record["images"][0] if "images" in record else record["image"], "answer": record["answer"]}
            for record in records]


def shuffled_pictures(samples):
    """For each sample the picture of a sample SHIFT further, or of the first one after it with another file."""
    pictures = []
    for index, sample in enumerate(samples):
        others = (samples[(index + SHIFT + more) % len(samples)]["image"] for more in range(len(samples)))
        pictures.append(next(image for image in others if image != sample["image"]))
    return pictures


class Reference:
    """A checkpoint with its tokenizer and image processor."""

    def __init__(self, checkpoint, folder, new_tokens):
        self.folder, self.new_tokens = folder, new_tokens
        self.tokenizer = AutoTokenizer.from_pretrained(checkpoint)
        self.processor = Qwen2VLImageProcessor.from_pretrained(checkpoint)
        self.model = Qwen2_5_VLForConditionalGeneration.from_pretrained(
            checkpoint, dtype=torch.float32, attn_implementation="eager").eval()
        self.image_token = self.model.config.image_token_id
        self.ends = [self.tokenizer.convert_tokens_to_ids(token) for token in ("<|im_end|>", "<|endoftext|>")]
        self.pictures = {}

    def picture(self, path):
        if path not in self.pictures:
            image = Image.open(self.folder / path).convert("RGB")
            self.pictures[path] = self.processor(images=[image], return_tensors="pt")
        return self.pictures[path]

    def pieces(self, question, visual_tokens):
        """The prompt in stretches of one role: what the chat template renders, with a pad per visual token."""
        return [
            ("system", f"<|im_start|>system\n{SYSTEM}<|im_end|>"),
            ("marker", "\n<|im_start|>user\n<|vision_start|>"),
            ("visual", "<|image_pad|>" * visual_tokens),
            ("marker", "<|vision_end|>"),
            ("user", question),
            ("marker", "<|im_end|>\n<|im_start|>assistant\n"),
        ]

    def prompt(self, question, path):
        """The model's arguments and the roles of the tokens."""
        picture = self.picture(path)
        pieces = self.pieces(question, int(picture["image_grid_thw"].prod()) // 4)
        ids, roles = [], []
        for role, text in pieces:
            part = self.tokenizer.encode(text)
            ids += part
            roles += [GROUPS.index(role)] * len(part)
        messages = [{"role": "system", "content": SYSTEM},
                    {"role": "user", "content": [{"type": "image"}, {"type": "text", "text": question}]}]
        rendered = self.tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
        assert ids == self.tokenizer.encode(rendered.replace("<|image_pad|>", pieces[2][1])), question
        ids = torch.tensor([ids])
        arguments = dict(input_ids=ids, attention_mask=torch.ones_like(ids), pixel_values=picture["pixel_values"],
                         image_grid_thw=picture["image_grid_thw"], mm_token_type_ids=(ids == self.image_token).int())
        return arguments, torch.tensor(roles)

    @torch.no_grad()
    def answer(self, question, path):
        arguments, _ = self.prompt(question, path)
        output = self.model.generate(**arguments, do_sample=False, max_new_tokens=self.new_tokens, eos_token_id=self.ends,
                                     pad_token_id=self.ends[1])
        new = output[0, arguments["input_ids"].shape[1]:]
        return self.tokenizer.decode(new, skip_special_tokens=True)

    @torch.no_grad()
    def masses(self, question, path):
        """Attention of the user's tokens by group, [layers, heads, queries, 6]; last the system turn but position 0."""
        arguments, roles = self.prompt(question, path)
        maps = self.model(**arguments, output_attentions=True).attentions
        first_visual = int((roles == GROUPS.index("visual")).nonzero()[0])
        queries = [i for i in range(len(roles)) if roles[i] == GROUPS.index("user") and i > first_visual]
        groups = torch.nn.functional.one_hot(roles, len(GROUPS)).double()
        without_first = groups[:, :1].clone()
        without_first[0] = 0
        return torch.stack([layer[0][:, queries].double() for layer in maps]) @ torch.cat([groups, without_first], 1)


def mean(values):
    values = list(values)
    return sum(values) / len(values)


def sample_score(visual, system):
    """The forms of one sample from masses [layers, heads, queries]."""
    defined = system > 0
    ratios = torch.where(defined, visual / system, 0)
    logarithms = torch.where(ratios > 0, ratios.log(), 0)
    pooled = visual.mean((1, 2)) / system.mean((1, 2))
    reward = visual.mean(1) / (system.mean(1) + 1e-6)
    return {
        "paper": (ratios.sum() / defined.sum()).item(),
        "pooled": pooled.mean().item(),
        "reward": reward.mean().item(),
        "geometric": (logarithms.sum() / (ratios > 0).sum()).item(),
        "log_sum": logarithms.sum().item(),
        "log_count": (ratios > 0).sum().item(),
        "per_layer": (ratios.sum((1, 2)) / defined.sum((1, 2))).tolist(),
        "extreme_heads": (ratios.mean(2) > EXTREME).double().mean().item(),
        "undefined": (ratios <= 0).sum().item(),
    }


def score(samples):
    """The score over samples, from pairs of visual and system masses."""
    parts = [sample_score(visual, system) for visual, system in samples]
    result = {form: mean(part[form] for part in parts) for form in ("paper", "pooled", "reward", "extreme_heads")}
    result["geometric"] = math.exp(mean(part["geometric"] for part in parts))
    result["geometric_all_tokens"] = math.exp(sum(p["log_sum"] for p in parts) / sum(p["log_count"] for p in parts))
    result["per_layer"] = [mean(layer) for layer in zip(*(part["per_layer"] for part in parts))]
    result["undefined"] = sum(part["undefined"] for part in parts)
    return result


def report(reference, samples):
    right = [sample["image"] for sample in samples]
    result = {"questions": len(samples), "groups": GROUPS}
    for name, pictures in (("right", right), ("shuffled", shuffled_pictures(samples))):
        answers = [reference.answer(sample["question"], path) for sample, path in zip(samples, pictures)]
        hits = [answer == sample["answer"] for answer, sample in zip(answers, samples)]
        result[name] = {"accuracy": mean(hits), "answers": answers, "images": pictures}
    masses = [reference.masses(sample["question"], path) for sample, path in zip(samples, right)]
    visual, system = GROUPS.index("visual"), GROUPS.index("system")
    per_question = torch.stack([mass[..., :len(GROUPS)].mean((1, 2)) for mass in masses])  # [questions, layers, groups]
    result["shares"] = [dict(zip(GROUPS, layer)) for layer in per_question.mean(0).tolist()]
    result["vas"] = score([(mass[..., visual], mass[..., system]) for mass in masses])
    result["vas_without_first"] = score([(mass[..., visual], mass[..., -1]) for mass in masses])
    result["shares_per_question"] = per_question.tolist()
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--checkpoint", type=pathlib.Path, default=ROOT / "Checkpoints" / "microworld")
    parser.add_argument("--data", type=pathlib.Path, required=True)
    parser.add_argument("--new-tokens", type=int, default=24)
    parser.add_argument("--questions", type=int, default=300)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--output", type=pathlib.Path, required=True)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    samples = read_questions(options.data, options.questions)
    result = report(Reference(options.checkpoint, options.data.parent, options.new_tokens), samples)
    options.output.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(f"{len(samples)} questions: accuracy {result['right']['accuracy']:.4f}, with shuffled pictures "
          f"{result['shuffled']['accuracy']:.4f}; score {result['vas']['paper']:.4g} (paper), "
          f"{result['vas']['pooled']:.4f} (pooled), {result['vas']['reward']:.4f} (reward), "
          f"{result['vas']['geometric']:.4f} (geometric)")


if __name__ == "__main__":
    main()
