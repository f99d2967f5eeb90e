#!/usr/bin/env python3
"""Writes what the small checkpoint has beside its weights: configuration, tokenizer, chat template, picture settings.

Needs a Python environment with tokenizers; the tokenizer is trained on what the oracle writes and on easy-VQA's questions:

    .build/release/avar microworld oracle --split train --count 20000 --seed 1 --hints some --json > oracle.jsonl
    Scripts/microworld/fetch-easy-vqa.sh
    python3 Scripts/microworld/prepare.py --oracle oracle.jsonl [--output Checkpoints/microworld]

`avar microworld pretrain --config Checkpoints/microworld/recipe.yaml` then trains the weights, without Python.
"""

import argparse
import json
import pathlib

from qwen_files import train_tokenizer, write_configuration, write_processor_files

ROOT = pathlib.Path(__file__).resolve().parents[2]
SYSTEM = "You are a helpful assistant."
VOCABULARY, CONTEXT, PIXELS = 1024, 1024, 112 * 112
TEXT = dict(hidden=192, intermediate=512, layers=4, heads=6, key_value_heads=2, mrope_section=[4, 6, 6])
VISION = dict(hidden=128, intermediate=256, depth=4, heads=4, full_attention=[1, 3])


def texts(path):
    """Every text of every line but names."""
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            yield from (text for key, text in json.loads(line).items() if key not in ("id", "image"))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--oracle", type=pathlib.Path, required=True)
    parser.add_argument("--easy-vqa", type=pathlib.Path, default=ROOT / ".data" / "easy-vqa")
    parser.add_argument("--output", type=pathlib.Path, default=ROOT / "Checkpoints" / "microworld")
    options = parser.parse_args()
    corpus = list(texts(options.oracle)) + list(texts(options.easy_vqa / "train.jsonl"))
    corpus += [f"system\n{SYSTEM}\n", "user\n", "assistant\n", "List what you see.", "Describe the picture.",
               "Think first, then answer: <think>...</think><answer>...</answer>"] * 500
    options.output.mkdir(parents=True, exist_ok=True)
    tokenizer = train_tokenizer(corpus, VOCABULARY)
    write_configuration(options.output, tokenizer, TEXT, VISION, CONTEXT)
    write_processor_files(options.output, tokenizer, PIXELS, PIXELS, CONTEXT)
    print(f"{tokenizer.get_vocab_size()} tokens")


if __name__ == "__main__":
    main()
