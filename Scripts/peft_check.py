#!/usr/bin/env python3
"""Reads with PEFT and transformers what avar wrote, and compares the logits.

Needs torch, torchvision, transformers 5.24, peft 0.21 and safetensors, and a folder that a test has filled:

    AVAR_EXCHANGE=DIR swift test (with the flags of the Makefile) --filter AdapterExchangeTests
    python3 Scripts/peft_check.py DIR --avar .build/release/avar

Compared, each as a part of the largest logit: adapters that avar saved, loaded by PEFT; the same merged by `avar merge`, loaded by
transformers, and merged by PEFT; adapters that PEFT saved (Tests/Fixtures/lora), merged by `avar merge`; a checkpoint with new tokens,
as AutoTokenizer, AutoProcessor and the model read it. All in float32 with eager attention.
"""

import argparse
import json
import pathlib
import shutil
import subprocess
import sys
import warnings

import torch
from peft import PeftModel
from safetensors.torch import load_file
from transformers import AutoModelForImageTextToText, AutoProcessor, AutoTokenizer
from transformers.utils import logging

FIXTURES = pathlib.Path(__file__).resolve().parent.parent / "Tests" / "Fixtures"
LIMIT = 2e-5
IMAGE = 156


def load(folder):
    model = AutoModelForImageTextToText.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager")
    return model.eval()


@torch.no_grad()
def logits(model, name, case):
    golden = {key.removeprefix(case + "."): value for key, value in load_file(FIXTURES / "models" / name / "golden.safetensors").items()
              if key.startswith(case + ".")}
    ids = golden["input_ids"][None]
    return model(input_ids=ids, attention_mask=torch.ones_like(ids), pixel_values=golden["pixel_values"],
                 image_grid_thw=golden["image_grid_thw"], mm_token_type_ids=(ids == IMAGE).int()).logits[0]


class Report:
    failed = False

    def line(self, what, found, expected):
        difference = ((found - expected).abs().max() / expected.abs().max()).item()
        self.claim(f"{what}: {difference:.1e}", difference < LIMIT)

    def claim(self, what, holds):
        self.failed |= not holds
        print(f"{'ok  ' if holds else 'FAIL'} {what}")


def merged_by_avar(avar, name, adapter, place):
    shutil.rmtree(place, ignore_errors=True)
    subprocess.run([avar, "merge", "--model", FIXTURES / "models" / name, "--adapter", adapter, "--output", place], check=True,
                   stdout=subprocess.DEVNULL)
    return load(place)


def check_adapter(report, avar, folder, name, adapter, ours):
    """`ours` holds our logits with the adapter; None for those that PEFT made, whose logits tests compare."""
    base = load(FIXTURES / "models" / name)
    plain = logits(base, name, "one")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model = PeftModel.from_pretrained(base, adapter).eval()
    complaints = [str(warning.message) for warning in caught if "adapter" in str(warning.message).lower()]
    report.claim(f"{adapter.name}: no complaint of PEFT {complaints}", not complaints)
    # With B far from zero, an adapter that was not loaded would be seen.
    report.claim(f"{adapter.name}: changes the logits", (logits(model, name, "one") - plain).abs().max() > 0.1 * plain.abs().max())
    merged = merged_by_avar(avar, name, adapter, folder / f"merged-{name}")
    for case in ("one", "two"):
        expected = logits(model, name, case)
        if ours is not None:
            report.line(f"{adapter.name} {case}: PEFT's logits and ours", ours[case].reshape(expected.shape), expected)
        report.line(f"{adapter.name} {case}: PEFT's logits and those of avar merge", logits(merged, name, case), expected)
    own = model.merge_and_unload()
    report.line(f"{adapter.name} one: merged by PEFT and by avar", logits(merged, name, "one"), logits(own, name, "one"))


@torch.no_grad()
def check_tokens(report, folder):
    place, stored, told = folder / "enlarged", load_file(folder / "enlarged.safetensors"), json.loads(
        (folder / "enlarged.json").read_text())
    ids = stored["input_ids"][None]
    for tokenizer in (AutoTokenizer.from_pretrained(place), AutoProcessor.from_pretrained(place).tokenizer):
        for token, number in told["tokens"].items():
            report.claim(f"{type(tokenizer).__name__}: {token} is {number}", tokenizer(token)["input_ids"] == [number])
        report.claim(f"{type(tokenizer).__name__}: the same tokens", tokenizer(told["text"])["input_ids"] == ids[0].tolist())
    model = load(place)
    rows = max(told["tokens"].values()) + 1
    report.claim(f"config.json and the embedding have {rows} rows",
                 model.get_input_embeddings().weight.shape[0] == rows == model.config.text_config.vocab_size)
    report.line("new tokens: transformers' logits and ours", stored["logits"].reshape(1, -1, rows),
                model(input_ids=ids, attention_mask=torch.ones_like(ids)).logits)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--avar", required=True, type=pathlib.Path)
    arguments = parser.parse_args()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    report, folder = Report(), arguments.folder.resolve()
    for adapter in sorted(folder.glob("adapter-*")):
        name = adapter.name.removeprefix("adapter-")
        check_adapter(report, arguments.avar.resolve(), folder, name, adapter, load_file(folder / f"logits-{name}.safetensors"))
    for adapter in sorted((FIXTURES / "lora").glob("*/adapter_config.json")):
        check_adapter(report, arguments.avar.resolve(), folder, adapter.parent.name, adapter.parent, None)
    check_tokens(report, folder)
    sys.exit(report.failed)


if __name__ == "__main__":
    main()
