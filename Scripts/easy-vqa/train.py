#!/usr/bin/env python3
"""Trains a small checkpoint with transformers, on easy-VQA, into Checkpoints/easy-vqa.

Needs a Python environment with torch, torchvision, transformers and pillow, and the set (Scripts/easy-vqa/fetch.sh):

    python3 Scripts/easy-vqa/train.py [--steps 2500] [--output Checkpoints/easy-vqa]

The architecture is Qwen2.5-VL itself at 1.8 M parameters. Two things decide whether so small a model learns to look:
weights drawn at 1/sqrt(fan-in), with what is added to the residual stream scaled by 0.35, and early batches half of
which ask for colour and shape together, so that the picture is worth reading before the questions are understood.
The checkpoint with the best accuracy on 1,000 test questions is kept; the last line says what it scores on all of them.
"""

import argparse
import json
import math
import pathlib
import random
import time

import torch
from PIL import Image
from transformers import Qwen2_5_VLConfig, Qwen2_5_VLForConditionalGeneration, Qwen2VLImageProcessor

from qwen_files import special_ids, train_tokenizer, write_json, write_processor_files

ROOT = pathlib.Path(__file__).resolve().parents[2]
DATA = ROOT / ".data" / "easy-vqa"
VOCABULARY, CONTEXT, PIXELS = 600, 512, 84 * 84
SYSTEM = "You are a helpful assistant."


def read_split(split):
    with open(DATA / f"{split}.jsonl", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def descriptions(samples):
    """One extra question per picture whose colour and shape the set's own questions give away."""
    colour, shape = {}, {}
    for sample in samples:
        if sample["question"].startswith("what color"):
            colour[sample["image"]] = sample["answer"]
        elif sample["question"].startswith("what shape") or sample["question"].startswith("what is the"):
            shape[sample["image"]] = sample["answer"]
        elif sample["answer"] in ("circle", "rectangle", "triangle"):
            shape[sample["image"]] = sample["answer"]
    return [
        {"image": image, "question": "describe the image", "answer": f"{colour[image]} {shape[image]}"}
        for image in sorted(colour) if image in shape
    ]


def configuration(tokenizer):
    ids = special_ids(tokenizer)
    return Qwen2_5_VLConfig(
        text_config=dict(
            vocab_size=VOCABULARY, hidden_size=128, intermediate_size=384, num_hidden_layers=4, num_attention_heads=4,
            num_key_value_heads=2, max_position_embeddings=CONTEXT, max_window_layers=4, use_sliding_window=False,
            rms_norm_eps=1e-6, tie_word_embeddings=True, hidden_act="silu",
            rope_parameters={"type": "mrope", "rope_type": "default", "mrope_section": [4, 6, 6], "rope_theta": 10000.0},
            bos_token_id=ids["bos_token_id"], eos_token_id=ids["eos_token_id"], pad_token_id=ids["bos_token_id"]),
        vision_config=dict(
            depth=3, hidden_size=128, intermediate_size=256, num_heads=4, out_hidden_size=128, patch_size=14,
            temporal_patch_size=2, spatial_merge_size=2, window_size=56, fullatt_block_indexes=[2], in_channels=3,
            hidden_act="silu", tokens_per_second=2),
        image_token_id=ids["image_token_id"], video_token_id=ids["video_token_id"],
        vision_start_token_id=ids["vision_start_token_id"], vision_end_token_id=ids["vision_end_token_id"],
        tie_word_embeddings=True)


def initialise(model):
    residual = ("o_proj.weight", "down_proj.weight", "attn.proj.weight")
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if parameter.dim() > 1:
                fan_in = parameter[0].numel()
                scale = 0.02 if "embed_tokens" in name else 1 / math.sqrt(fan_in)
                parameter.normal_(0, scale * (0.35 if name.endswith(residual) else 1))
            elif name.endswith("bias"):
                parameter.zero_()


def shorten(config):
    """The fields a Qwen2.5-VL config.json on the Hub has, in its flat layout."""
    text, vision = config.text_config, config.vision_config
    return {
        "architectures": ["Qwen2_5_VLForConditionalGeneration"],
        "model_type": "qwen2_5_vl",
        "torch_dtype": "float32",
        "vocab_size": text.vocab_size,
        "hidden_size": text.hidden_size,
        "intermediate_size": text.intermediate_size,
        "num_hidden_layers": text.num_hidden_layers,
        "num_attention_heads": text.num_attention_heads,
        "num_key_value_heads": text.num_key_value_heads,
        "hidden_act": "silu",
        "max_position_embeddings": text.max_position_embeddings,
        "max_window_layers": text.max_window_layers,
        "sliding_window": text.max_position_embeddings,
        "use_sliding_window": False,
        "use_cache": True,
        "attention_dropout": 0.0,
        "initializer_range": 0.02,
        "rms_norm_eps": 1e-6,
        "rope_theta": 10000.0,
        "rope_scaling": {"type": "mrope", "mrope_section": [4, 6, 6]},
        "tie_word_embeddings": True,
        "bos_token_id": text.bos_token_id,
        "eos_token_id": text.eos_token_id,
        "image_token_id": config.image_token_id,
        "video_token_id": config.video_token_id,
        "vision_start_token_id": config.vision_start_token_id,
        "vision_end_token_id": config.vision_end_token_id,
        "vision_config": {
            "model_type": "qwen2_5_vl", "depth": vision.depth, "hidden_act": "silu", "hidden_size": vision.hidden_size,
            "intermediate_size": vision.intermediate_size, "num_heads": vision.num_heads, "in_chans": 3,
            "out_hidden_size": vision.out_hidden_size, "patch_size": 14, "spatial_merge_size": 2,
            "spatial_patch_size": 14, "window_size": vision.window_size,
            "fullatt_block_indexes": list(vision.fullatt_block_indexes), "tokens_per_second": 2,
            "temporal_patch_size": 2,
        },
    }


class Batches:
    """Prompts, answers and pixels as tensors. A prompt is the chat template's own text, one picture before the question."""

    def __init__(self, tokenizer, images):
        self.tokenizer, self.images = tokenizer, images
        self.pad = tokenizer.token_to_id("<|endoftext|>")
        self.image_token = tokenizer.token_to_id("<|image_pad|>")
        self.encoded = {}

    def prompt(self, question):
        if question not in self.encoded:
            text = (f"<|im_start|>system\n{SYSTEM}<|im_end|>\n<|im_start|>user\n<|vision_start|>{'<|image_pad|>' * 9}"
                    f"<|vision_end|>{question}<|im_end|>\n<|im_start|>assistant\n")
            self.encoded[question] = self.tokenizer.encode(text).ids
        return self.encoded[question]

    def answer(self, answer):
        return self.tokenizer.encode(f"{answer}<|im_end|>").ids

    def make(self, samples):
        rows, targets = [], []
        for sample in samples:
            prompt, answer = self.prompt(sample["question"]), self.answer(sample["answer"])
            rows.append(prompt + answer)
            targets.append([-100] * len(prompt) + answer)
        width = max(map(len, rows))
        ids = torch.tensor([row + [self.pad] * (width - len(row)) for row in rows])
        labels = torch.tensor([row + [-100] * (width - len(row)) for row in targets])
        mask = torch.tensor([[1] * len(row) + [0] * (width - len(row)) for row in rows])
        pixels = torch.cat([self.images[sample["image"]] for sample in samples])
        grid = torch.tensor([[1, 6, 6]] * len(samples))
        return dict(input_ids=ids, attention_mask=mask, pixel_values=pixels, image_grid_thw=grid,
                    mm_token_type_ids=(ids == self.image_token).int()), labels


def accuracy(model, batches, samples, pictures=None):
    """Greedy answers in one forward each: right when every token of the answer and the end token is the likeliest."""
    model.eval()
    right = 0
    with torch.no_grad():
        for start in range(0, len(samples), 128):
            chosen = samples[start:start + 128]
            if pictures:
                chosen = [dict(s, image=p) for s, p in zip(chosen, pictures[start:start + 128])]
            inputs, labels = batches.make(chosen)
            predicted = model(**inputs).logits[:, :-1].argmax(-1)
            wanted = labels[:, 1:]
            right += ((predicted == wanted) | (wanted == -100)).all(1).sum().item()
    model.train()
    return right / len(samples)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=2500)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--output", type=pathlib.Path, default=ROOT / "Checkpoints" / "easy-vqa")
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    draw = random.Random(options.seed)

    train, test = read_split("train"), read_split("test")
    described = descriptions(train)
    texts = [f"{s['question']} {s['answer']}" for s in train] + [s["question"] for s in train]
    texts += [f"system\n{SYSTEM}\n", "user\n", "assistant\n", "describe the image"] * 500
    tokenizer = train_tokenizer(texts, VOCABULARY)
    assert tokenizer.get_vocab_size() <= VOCABULARY, tokenizer.get_vocab_size()

    processor = Qwen2VLImageProcessor(min_pixels=PIXELS, max_pixels=PIXELS)
    images = {}
    for sample in train + test:
        if sample["image"] not in images:
            picture = Image.open(DATA / sample["image"]).convert("RGB")
            images[sample["image"]] = processor(images=[picture], return_tensors="pt")["pixel_values"]
    assert next(iter(images.values())).shape == (36, 1176)

    model = Qwen2_5_VLForConditionalGeneration(configuration(tokenizer))
    initialise(model)
    count = sum(p.numel() for p in model.parameters())
    print(f"{count:,} parameters, vocabulary {tokenizer.get_vocab_size()}, {len(described)} described pictures", flush=True)
    assert count <= 2_000_000

    batches = Batches(tokenizer, images)
    optimizer = torch.optim.AdamW(model.parameters(), lr=options.rate, weight_decay=0.01, betas=(0.9, 0.99))
    warm = 100
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: min(
        (step + 1) / warm, 0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * min(1, step / options.steps)))))
    check = random.Random(0).sample(test, 1000)
    best, began, order = -1.0, time.time(), []
    for step in range(options.steps):
        share = options.batch // 2 if step < options.steps * 0.3 else options.batch // 16
        chosen = draw.sample(described, share)
        while len(chosen) < options.batch:
            if not order:
                order = train[:]
                draw.shuffle(order)
            chosen.append(order.pop())
        inputs, labels = batches.make(chosen)
        hidden = model.model(**inputs).last_hidden_state[:, :-1]
        wanted = labels[:, 1:] != -100
        logits = model.lm_head(hidden[wanted])
        loss = torch.nn.functional.cross_entropy(logits, labels[:, 1:][wanted])
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad(set_to_none=True)
        if step % 50 == 0:
            print(f"step {step} loss {loss.item():.4f} {time.time() - began:.0f} s", flush=True)
        if (step + 1) % 250 == 0 or step + 1 == options.steps:
            score = accuracy(model, batches, check)
            print(f"step {step + 1}: {score:.3f} of {len(check)} test questions", flush=True)
            if score >= best:
                best = score
                options.output.mkdir(parents=True, exist_ok=True)
                model.save_pretrained(options.output)
                write_json(options.output / "config.json", shorten(model.config))
                write_processor_files(options.output, tokenizer, PIXELS, PIXELS, CONTEXT)

    model = Qwen2_5_VLForConditionalGeneration.from_pretrained(options.output, dtype=torch.float32)
    shuffled = [s["image"] for s in test]
    random.Random(0).shuffle(shuffled)
    print(f"all {len(test)} test questions: {accuracy(model, batches, test):.4f}, "
          f"with shuffled pictures {accuracy(model, batches, test, shuffled):.4f}")


if __name__ == "__main__":
    main()
