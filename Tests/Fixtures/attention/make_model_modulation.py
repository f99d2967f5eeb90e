#!/usr/bin/env python3
"""Computes what modulated attention does to the tiny checkpoints of Tests/Fixtures/models: states, masses, scores, gradients.

    python3 Tests/Fixtures/attention/make_model_modulation.py

Needs torch, safetensors and transformers 5.23 or later. Writes model-modulation-*.safetensors, vas.json and
model-gradients.safetensors/.json; README.md beside this file describes them. transformers runs in float64 with the attention
of reference.py in its text layers, which is compared with one fused call on widened heads in every layer, and without a
modulation with transformers' own maps.
"""

import dataclasses
import json
import pathlib

import torch
import transformers
from modulated_model import (GROUPS, PICTURE, REFERENCE, RESPONSE, SYSTEM, Intervention, all_rows, checkpoint, forward,
                             make_models, membership, modulated, rows_after_image, rows_generated, rows_last,
                             user_queries)
from reference import Modulation, group_bits, reading
from safetensors.torch import save_file

HERE = pathlib.Path(__file__).resolve().parent
CHECKPOINTS = ["grouped-4to1", "equal-heads-odd"]
ENHANCE, SUPPRESS, ABSOLUTE, EPSILON = 0.15, 0.4, 0.2, 1e-6


@dataclasses.dataclass
class Setting:
    """What is asked for: a reading and its strengths, or absolute factors of the visual keys; where, and on which rows."""

    reading: str | None
    suppress: float = SUPPRESS
    layers: tuple | None = None
    heads: str | None = None
    rows: str = "all"


SETTINGS = {
    "plain": Setting(None),
    "scores": Setting("scores"),
    "renormalized": Setting("renormalized"),
    "raw": Setting("raw"),
    "removal_renormalized": Setting("renormalized", suppress=1),
    "removal_raw": Setting("raw", suppress=1),
    "layers": Setting("scores", layers=(1,)),
    "heads_scores": Setting("scores", heads="some"),
    "heads_renormalized": Setting("renormalized", heads="some"),
    "after_image_scores": Setting("scores", rows="after-image"),
    "after_image_raw": Setting("raw", rows="after-image"),
    "generated": Setting("scores", rows="generated"),
    "last": Setting("renormalized", rows="last"),
    "absolute": Setting("absolute"),
    "absolute_last": Setting("absolute", rows="last"),
    "narrow": Setting("scores", layers=(0, 2), heads="some", rows="after-image"),
}
GRADIENTS = ["plain", "scores", "renormalized", "raw", "after_image_scores", "heads_scores"]
FULL_GRADIENTS = ["q_proj.weight", "q_proj.bias", "k_proj.weight", "k_proj.bias"]
ROWS = {"all": all_rows, "after-image": rows_after_image, "generated": rows_generated, "last": rows_last}


def some_heads(heads):
    """Heads 0 and 3, or 0 and 2 of three."""
    return [0, min(3, heads - 1)]


def intervention(setting, heads, roles):
    if setting.reading is None:
        return None
    if setting.reading == "absolute":
        modulation = Modulation.neutral(heads)
        modulation.absolute_factor[:, PICTURE] = ABSOLUTE
    else:
        modulation = reading(setting.reading, heads, ENHANCE, setting.suppress, PICTURE, SYSTEM)
    if setting.heads:
        modulation = modulation.only(some_heads(heads))
    return Intervention(modulation, ROWS[setting.rows](roles), setting.layers and set(setting.layers))


# States and masses


@torch.no_grad()
def plain_masses(model, case):
    """Masses [layers, H, T, 6] from the maps that transformers returns."""
    with make_models.double_precision(model):
        maps = model(**make_models.keywords(case), output_attentions=True).attentions
    members = group_bits(membership(case["roles"]))[:, :GROUPS].double()
    return torch.stack([weights[0] @ members for weights in maps])


def check_plain(states, masses, own_masses, case):
    """Without a modulation the model is transformers' own, and what Tests/Fixtures/models has of it."""
    assert (masses - own_masses).abs().max() < 1e-12
    assert (states - case["final_norm"]).abs().max() < 1e-6 * states.abs().max()
    for layer, of_layer in enumerate(masses):
        assert (of_layer[..., :5] - case[f"masses.{layer}"]).abs().max() < 1e-6


def check_ratio(name, setting, masses, plain):
    """Weights multiplied by s leave the ratio of two masses multiplied by the ratio of their s, in the first layer changed."""
    if setting.reading not in ("renormalized", "raw") or setting.suppress == 1 or setting.heads or setting.rows != "all":
        return
    expected = (1 + ENHANCE) / (1 - SUPPRESS) * plain[0, ..., PICTURE] / plain[0, ..., SYSTEM]
    assert (masses[0, ..., PICTURE] / masses[0, ..., SYSTEM] - expected).abs().max() < 1e-12 * expected.max(), name


@torch.no_grad()
def make_case(model, case, scores):
    """States and masses of every setting; appends to the scores."""
    heads, roles, plain = model.config.text_config.num_attention_heads, case["roles"], plain_masses(model, case)
    tensors = {}
    for name, setting in SETTINGS.items():
        with modulated(model):
            states, _, masses = forward(model, case, case["input_ids"], roles, intervention(setting, heads, roles))
        if name == "plain":
            check_plain(states, masses, plain, case)
        check_ratio(name, setting, masses, plain)
        tensors[f"{name}.final_norm"] = states.float().contiguous()
        tensors[f"{name}.masses"] = masses.float().contiguous()
        if setting.suppress < 1:
            scores.extend({"setting": name, **score} for score in score_rows(masses, roles))
    return tensors


# Scores


def score_rows(masses, roles):
    """The forms of the score that a benchmark prints, with user and with response queries."""
    for queries, chosen in (("user", user_queries(roles)), ("response", roles == RESPONSE)):
        visual, system = masses[:, :, chosen, PICTURE], masses[:, :, chosen, SYSTEM]
        ratio = visual / system
        yield {
            "queries": queries,
            "vas": ratio.mean().item(),
            "vas_layer0": ratio[0].mean().item(),
            "vas_pooled": (visual.mean((1, 2)) / system.mean((1, 2))).mean().item(),
            "vas_geometric": ratio.log().mean().exp().item(),
        }


# Gradients


def guidance(masses, roles):
    """The losses that enhance the picture and suppress the system turn, of the user queries."""
    chosen = user_queries(roles)

    def mean_log(group):
        mean = masses[:, :, chosen, group].mean(2) / (roles == group).sum()
        return (mean + EPSILON).log().mean()

    return -mean_log(PICTURE), mean_log(SYSTEM)


def gradients(model, case, setting):
    """Losses, gradient norms of every parameter, and the gradients of a few, by the names of the checkpoint."""
    heads, roles = model.config.text_config.num_attention_heads, case["roles"]
    model.zero_grad(set_to_none=True)
    with modulated(model):
        REFERENCE.checks = False
        masses = forward(model, case, case["input_ids"], roles, intervention(setting, heads, roles))[2]
        REFERENCE.checks = True
        enhance, suppress = guidance(masses, roles)
        (enhance + suppress).backward()
        found = {make_models.hub_key(name): torch.zeros_like(parameter) if parameter.grad is None else parameter.grad.clone()
                 for name, parameter in model.named_parameters()}
    model.zero_grad(set_to_none=True)
    norms = {name: gradient.norm().item() for name, gradient in found.items()}
    rows = {"enhance": enhance.item(), "suppress": suppress.item(), "loss": (enhance + suppress).item(), "norms": norms}
    kept = {name: found[name] for layer in (0, 1) for part in FULL_GRADIENTS
            if (name := f"model.layers.{layer}.self_attn.{part}") in found}
    used = case["input_ids"].unique()
    embedding = found["model.embed_tokens.weight"]
    others = torch.ones(len(embedding), dtype=torch.bool)
    others[used] = False
    assert not embedding[others].any()
    return rows, {**kept, "embedding_rows": embedding[used]}


def check_gradients(model, case, row):
    """Without a modulation they are those of the maps that transformers returns."""
    with make_models.double_precision(model):
        maps = model(**make_models.keywords(case), output_attentions=True).attentions
        masses = torch.stack([weights[0] for weights in maps]) @ torch.nn.functional.one_hot(case["roles"], 5).double()
        sum(guidance(masses, case["roles"])).backward()
        for name, parameter in model.named_parameters():
            norm = 0 if parameter.grad is None else parameter.grad.norm().item()
            assert abs(norm - row["norms"][make_models.hub_key(name)]) <= 1e-12 * max(1, norm), name
    model.zero_grad(set_to_none=True)


def make_gradients(name, case_name):
    model, cases = checkpoint(name)
    case, tensors, rows = cases[case_name], {}, {}
    for setting in GRADIENTS:
        rows[setting], found = gradients(model, case, SETTINGS[setting])
        tensors.update({f"{setting}.{key}": tensor.contiguous() for key, tensor in found.items()})
    check_gradients(model, case, rows["plain"])
    tensors["embedding_tokens"] = case["input_ids"].unique()
    save(tensors, "model-gradients.safetensors")
    write_json({"model": name, "case": case_name, "settings": rows}, "model-gradients.json")


# Files


def save(tensors, name):
    made = f"transformers {transformers.__version__}, torch {torch.__version__}"
    save_file(tensors, HERE / name, metadata={"made_with": made})


def write_json(value, name):
    (HERE / name).write_text(json.dumps(value, indent=1) + "\n", encoding="utf-8")


def main():
    torch.set_num_threads(1)
    rows = []
    for name in CHECKPOINTS:
        model, cases = checkpoint(name)
        for case_name, case in cases.items():
            scores = []
            save(make_case(model, case, scores), f"model-modulation-{name}-{case_name}.safetensors")
            rows += [{"model": name, "case": case_name, **score} for score in scores]
    write_json(rows, "vas.json")
    make_gradients("grouped-4to1", "two")


if __name__ == "__main__":
    main()
