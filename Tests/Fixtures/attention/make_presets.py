#!/usr/bin/env python3
"""Writes greedily with published ways of strengthening the picture, on the tiny checkpoints of Tests/Fixtures/models.

    python3 Tests/Fixtures/attention/make_presets.py

Needs torch, safetensors and transformers 5.23 or later. Writes presets.safetensors, presets-vcd.safetensors and
presets.json; README.md beside this file describes them. Every step runs the whole sequence again in float64. Formulas from
the published code:

- VAF (ClearSight, `visaug/inference/AttnAdapter.py`): scores of visual keys times 1.15, of the system turn times 0.95, layers
  9 to 14 of 32; of a prompt only the rows after the picture, then every new row.
- PAI (`attention.py`, `CFG.py`): scores of visual keys z + 0.2 |z| in the last row, layers 2 to 31 of 32; then
  1.1 (log p - log p0) + log p0, p0 without the picture and without modulation; tokens with log p < log 0.1 + max log p dropped.
- VCD (`vcd_utils/vcd_sample.py`, `vcd_add_noise.py`): 2 l(v) - l(v'), v' the pixels with noise of a diffusion step; tokens with
  l(v) < log 0.1 + max l(v) dropped.
"""

import dataclasses
import json
import math
import pathlib

import torch
import transformers
from modulated_model import (PICTURE, RESPONSE, SYSTEM, Intervention, checkpoint, forward, make_models, modulated,
                             rows_after_image, rows_last)
from reference import Modulation
from safetensors.torch import save_file

HERE = pathlib.Path(__file__).resolve().parent
STEPS, LEAST_MARGIN = 12, 2e-4
PUBLISHED_LAYERS = 32
VAF = dict(visual=1.15, system=0.95, layers=(9, 14))
PAI_ATTENTION, PAI_LOGITS = dict(alpha=0.2, layers=(2, 31)), dict(gamma=1.1, cutoff=0.1)
VCD = dict(alpha=1.0, beta=0.1, step=500, steps=1000)
RUNS = [("grouped-4to1", "one"), ("grouped-4to1", "two"), ("equal-heads-odd", "two")]
VCD_RUN = ("grouped-4to1", "two", 71)


# Parts of the methods


def scaled_layers(first, last, layers):
    """The layers of a model of `layers` that stand for some of one of 32: floor(l * layers / 32)."""
    return sorted({layer * layers // PUBLISHED_LAYERS for layer in range(first, last + 1)})


def vaf_modulation(heads):
    made = Modulation.neutral(heads)
    made.score_factor[:, PICTURE], made.score_factor[:, SYSTEM] = VAF["visual"], VAF["system"]
    return made


def pai_modulation(heads):
    made = Modulation.neutral(heads)
    made.absolute_factor[:, PICTURE] = PAI_ATTENTION["alpha"]
    return made


def dropped(combined, scores, share):
    """Tokens less likely than a share of the likeliest become impossible; and how far the nearest was from changing sides."""
    distance = scores - (math.log(share) + scores.max())
    return combined.masked_fill(distance < 0, -math.inf), distance.abs().min().item()


def pai_logits(logits, without):
    one, other = logits.log_softmax(-1), without.log_softmax(-1)
    return dropped(PAI_LOGITS["gamma"] * (one - other) + other, one, PAI_LOGITS["cutoff"])


def vcd_logits(logits, noised):
    return dropped((1 + VCD["alpha"]) * logits - VCD["alpha"] * noised, logits, VCD["beta"])


def kept_signal():
    """abar of every step from 0: the running product of 1 - beta."""
    beta = torch.linspace(-6, 6, VCD["steps"], dtype=torch.float64).sigmoid() * (5e-3 - 1e-5) + 1e-5
    return (1 - beta).cumprod(0)


def picture_noise(patches, seed):
    """Noise of the picture before its temporal copy, as patches: both copies [3, 2, 14, 14] of a channel have the same."""
    noise = torch.randn(patches, 3, 1, 14, 14, generator=torch.Generator().manual_seed(seed))
    return noise.expand(-1, -1, 2, -1, -1).reshape(patches, 1176)


def noised(pixels, noise):
    """x' = sqrt(abar) x + sqrt(1 - abar) e, rounded to float32."""
    kept = kept_signal()[VCD["step"]]
    return (kept.sqrt() * pixels.double() + (1 - kept).sqrt() * noise.double()).float()


# Writing


@dataclasses.dataclass
class Method:
    """How a step's logits come about."""

    modulation: Modulation | None = None
    layers: list | None = None
    rows: object = None
    contrast: str | None = None
    parameters: dict = dataclasses.field(default_factory=dict)


def methods(model):
    text = model.config.text_config
    heads = text.num_attention_heads
    vaf_layers, pai_layers = (scaled_layers(*one["layers"], text.num_hidden_layers) for one in (VAF, PAI_ATTENTION))
    attention = dict(modulation=pai_modulation(heads), layers=pai_layers, rows=rows_last)
    return {
        "plain": Method(),
        "vaf": Method(vaf_modulation(heads), vaf_layers, rows_after_image, parameters=VAF),
        "pai": Method(**attention, contrast="text", parameters=PAI_ATTENTION | PAI_LOGITS),
        "pai_attention": Method(**attention, parameters=PAI_ATTENTION),
        "pai_logits": Method(contrast="text", parameters=PAI_LOGITS),
        "vcd": Method(contrast="noise", parameters=VCD),
    }


def without_picture(ids):
    return ids[~torch.isin(ids, torch.tensor([make_models.IMAGE, make_models.VISION_START, make_models.VISION_END]))]


def step_logits(model, case, ids, roles, method, pixels):
    """What is kept of a step, its combined logits first, and the distance of the nearest token from the cut-off."""
    intervention = None
    if method.modulation:
        intervention = Intervention(method.modulation, method.rows(roles), set(method.layers))
    _, logits, masses = forward(model, case, ids, roles, intervention)
    logits, masses = logits[-1], masses[:, :, -1]
    if method.contrast is None:
        return {"logits": logits, "masses": masses}, math.inf
    if method.contrast == "text":
        text = without_picture(ids)
        other = forward(model, case, text, torch.zeros_like(text))[1][-1]
        combined, distance = pai_logits(logits, other)
    else:
        other = forward(model, case, ids, roles, pixels=pixels)[1][-1]
        combined, distance = vcd_logits(logits, other)
    return {"logits": combined, "masses": masses, "own_logits": logits, "other_logits": other}, distance


@torch.no_grad()
def write(model, case, method, pixels=None):
    """Greedy tokens from the prompt on, with what each was chosen from, and how near another choice was: the least margin of
    the best token over the second, and the least distance of a token from the cut-off."""
    ids = make_models.prompt(case)
    roles, steps, margin, cutoff_distance = case["roles"][:len(ids)], [], math.inf, math.inf
    for _ in range(STEPS):
        step, distance = step_logits(model, case, ids, roles, method, pixels)
        best = step["logits"].topk(2)
        margin = min(margin, (best.values[0] - best.values[1]).item())
        cutoff_distance = min(cutoff_distance, distance)
        assert best.indices[0] not in range(make_models.VISION_START, make_models.VIDEO + 1)
        steps.append({"tokens": best.indices[0], **step})
        ids = torch.cat([ids, best.indices[:1]])
        roles = torch.cat([roles, torch.tensor([RESPONSE])])
    assert margin > LEAST_MARGIN and cutoff_distance > LEAST_MARGIN, (margin, cutoff_distance)
    # Masses [layers, H, steps, 6].
    found = {key: torch.stack([step[key] for step in steps], 2 if key == "masses" else 0) for key in steps[0]}
    return found, {"margin": margin, "cutoff_distance": cutoff_distance if method.contrast else None}


def make_run(name, case_name, chosen, tensors, rows, pixels=None):
    model, cases = checkpoint(name)
    case = cases[case_name]
    for preset in chosen:
        method = methods(model)[preset]
        with modulated(model):
            found, distances = write(model, case, method, pixels)
        tokens = found["tokens"].tolist()
        assert preset != "plain" or tokens == case["generated"][:STEPS].tolist()
        print(name, case_name, preset, distances, tokens, flush=True)
        rows.append({"model": name, "case": case_name, "preset": preset, "parameters": method.parameters,
                     "layers": method.layers, "tokens": tokens, **distances})
        tensors.update({f"{name}.{case_name}.{preset}.{key}": tensor for key, tensor in found.items()})


def make_vcd(name, case_name, seed, tensors, rows):
    pixels = checkpoint(name)[1][case_name]["pixel_values"]
    noise = picture_noise(len(pixels), seed)
    changed = noised(pixels, noise)
    tensors.update({f"{name}.{case_name}.vcd.noise": noise, f"{name}.{case_name}.vcd.noised_pixel_values": changed})
    make_run(name, case_name, ["vcd"], tensors, rows, changed)


def schedule():
    """The noise schedule at a few steps, counted from 0."""
    kept = kept_signal()
    return {str(step): {"abar": kept[step].item(), "signal": kept[step].sqrt().item(),
                        "noise": (1 - kept[step]).sqrt().item()} for step in (0, 1, 250, 499, 500, 501, 750, 999)}


def save(tensors, name):
    made = f"transformers {transformers.__version__}, torch {torch.__version__}"
    save_file(tensors, HERE / name, metadata={"made_with": made})


def main():
    torch.set_num_threads(1)
    tensors, rows = {}, []
    for name, case_name in RUNS:
        make_run(name, case_name, ["plain", "vaf", "pai", "pai_attention", "pai_logits"], tensors, rows)
    save(tensors, "presets.safetensors")
    tensors = {}
    make_vcd(*VCD_RUN, tensors, rows)
    save(tensors, "presets-vcd.safetensors")
    text = json.dumps({"noise_schedule": schedule(), "runs": rows}, indent=1)
    (HERE / "presets.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
