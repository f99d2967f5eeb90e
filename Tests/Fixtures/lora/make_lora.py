#!/usr/bin/env python3
"""Makes the adapters of this folder with PEFT, and what PEFT computes with them on the small checkpoints of ../models.

Needs torch, safetensors, transformers 5.24 and peft 0.21:

    python3 Tests/Fixtures/lora/make_lora.py

Each folder is a checkpoint's name and holds adapter_config.json and adapter_model.safetensors as `save_pretrained` writes them (the
name of the base model excepted, which would be a path), and golden.safetensors, computed in float64 and stored in float32. `A` and
`B` are random, dropout is 0. The batch is the checkpoint's two cases, padded on the right.

    logits           [2, longest, vocabulary]    with the adapter
    merged           [2, longest, vocabulary]    after `merge_and_unload`
    loss             [1]                         mean cross-entropy over the tokens of role 4 (a row predicts the next)
    gradient.KEY     of the loss, for every tensor of adapter_model.safetensors
"""

import json
import math
import pathlib
import sys

import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import load_file, save_file
from transformers import Qwen2_5_VLForConditionalGeneration

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "models"))
from make_models import IMAGE, RESPONSE, double_precision  # noqa: E402

ADAPTERS = {
    # Both towers and the merger, ends of names.
    "grouped-2to1-tied": dict(r=4, lora_alpha=6, target_modules=["q_proj", "v_proj", "o_proj", "down_proj", "qkv", "attn.proj", "mlp.0"]),
    # Every layer and the output projection, other ranks and scales for some, scaled by the root of the rank.
    "grouped-4to1": dict(r=3, lora_alpha=5, target_modules=r".*(language_model|merger).*(_proj|mlp\.[02])|lm_head", use_rslora=True,
                         rank_pattern={"q_proj": 2, r"layers\.1\.mlp\.up_proj": 5}, alpha_pattern={"down_proj": 1.5}),
}


def batch(folder):
    """The two cases of a checkpoint padded to one batch, and which tokens are to be predicted."""
    golden = load_file(folder / "golden.safetensors")
    cases = [{key: golden[f"{name}.{key}"] for key in ("input_ids", "roles", "pixel_values", "image_grid_thw")}
             for name in ("one", "two")]
    width = max(case["input_ids"].numel() for case in cases)

    def padded(key, value):
        return torch.stack([torch.nn.functional.pad(case[key].flatten().long(), (0, width - case[key].numel()), value=value)
                            for case in cases])

    ids, roles = padded("input_ids", 0), padded("roles", -1)
    inputs = dict(input_ids=ids, attention_mask=(roles >= 0).long(),
                  pixel_values=torch.cat([case["pixel_values"] for case in cases]).double(),
                  image_grid_thw=torch.cat([case["image_grid_thw"].reshape(-1, 3) for case in cases]).long(),
                  mm_token_type_ids=(ids == IMAGE).int())
    return inputs, torch.where(roles == RESPONSE, ids, -100)


def draw(model, seed):
    """Random adapters, large enough to be seen in every logit, rounded to float32."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "lora_" in name:
                scale = 1 / math.sqrt(parameter.shape[1]) if "lora_A" in name else 0.3
                parameter.copy_(scale * torch.randn(parameter.shape, generator=generator))


def run(model, inputs, labels):
    logits = model(**inputs).logits
    rows = logits[:, :-1].reshape(-1, logits.shape[-1])
    loss = torch.nn.functional.cross_entropy(rows, labels[:, 1:].reshape(-1))
    loss.backward()
    golden = {"logits": logits.detach(), "loss": loss.detach().reshape(1)}
    for name, parameter in model.named_parameters():
        if "lora_" in name:
            golden["gradient." + name.replace(".default.", ".")] = parameter.grad
    with torch.no_grad():
        golden["merged"] = model.merge_and_unload()(**inputs).logits
    return golden


def make(name, settings, seed):
    source, target = HERE.parent / "models" / name, HERE / name
    inputs, labels = batch(source)
    base = Qwen2_5_VLForConditionalGeneration.from_pretrained(source, dtype=torch.float32, attn_implementation="eager")
    model = get_peft_model(base, LoraConfig(task_type="CAUSAL_LM", **settings))
    draw(model, seed)
    model.save_pretrained(target)
    (target / "README.md").unlink()
    config = json.loads((target / "adapter_config.json").read_text())
    config["base_model_name_or_path"] = name
    if isinstance(config["target_modules"], list):
        config["target_modules"].sort()
    (target / "adapter_config.json").write_text(json.dumps(config, indent=2) + "\n")
    with double_precision(model) as wide:
        golden = run(wide, inputs, labels)
    print(name, "merged differs by", (golden["merged"] - golden["logits"]).abs().max().item(), "loss", golden["loss"].item())
    save_file({key: value.float().contiguous() for key, value in golden.items()}, target / "golden.safetensors")


if __name__ == "__main__":
    for number, (name, settings) in enumerate(ADAPTERS.items()):
        make(name, settings, seed=700 + number)
