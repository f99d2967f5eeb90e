#!/usr/bin/env python3
"""Makes guidance.json, gradients.safetensors and steps.safetensors: the guided objective of the cold start by transformers.

Needs torch, safetensors and transformers 5.23:

    python3 Tests/Fixtures/guidance/make_guidance.py

transformers runs in float64 with eager attention and returns its maps; samples go through it one by one. The samples are made of the
cases in ../models: `one` and `two` as they are, `text` is `two` without its pictures, `nosystem` is `one` without its system turn.

    L = L_LM + alpha L_enhance + beta L_suppress

L_LM is the mean cross-entropy over all response tokens, or over samples of the mean over each one's. With the queries Q of a sample
(of the chosen roles, from the first visual token on) a term is the mean over chosen layers and heads of
log(mean of A over Q and K + 1e-6), minus for the visual keys, plus for those of the system turn, and then the mean over the samples
that have such keys. In the bounded form heads whose running mean has passed the target give nothing to the loss.

guidance.json: rows with what was asked for and `loss`, `language`, `enhance`, `suppress` (both without the gate), `grad_norm`,
`image` and `system` (the masses [layer][head], means over the samples that have them), and for every parameter under its name on the
Hub [norm of its gradient, three projections]; projection k weighs entry i by sin((k + 1) (0.7 i + 1)).

gradients.safetensors: all gradients of the row named `mixed user` of equal-heads-odd, float32.

steps.safetensors: 20 steps of torch.optim.AdamW on the same, `loss` and `norm` [20] before each step, and `end.NAME` [3] the
projections of every parameter's change.
"""

import json
import pathlib
import sys

import torch
import transformers
from safetensors.torch import load_file, save_file
from transformers import Qwen2_5_VLForConditionalGeneration

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "models"))
from make_models import IMAGE, PICTURE, RESPONSE, SYSTEM, USER, VISION_END, VISION_START, double_precision  # noqa: E402

CHECKPOINTS = ["grouped-4to1", "grouped-2to1-tied", "equal-heads-odd"]
MIXED = ["one", "two", "text", "nosystem"]
QUERIES = {"user": [USER], "response": [RESPONSE], "both": [USER, RESPONSE]}
PLAIN = dict(samples=MIXED, enhance=0.15, suppress=0.15, queries="user", layers=None, heads=None, mean="tokens",
             target_image=None, target_system=None, gate=None)
STEPS = 20
ADAM = dict(lr=1e-3, betas=(0.9, 0.99), eps=1e-8)
DECAY, CLIP = 0.1, 1.0


def samples(folder):
    golden = load_file(folder / "golden.safetensors")
    found = {}
    for name in ("one", "two"):
        found[name] = dict(ids=golden[f"{name}.input_ids"].long(), roles=golden[f"{name}.roles"].long(),
                           pixels=golden[f"{name}.pixel_values"].double(),
                           grids=golden[f"{name}.image_grid_thw"].reshape(-1, 3).long())

    def only(sample, kept, **changes):
        return dict(sample, ids=sample["ids"][kept], roles=sample["roles"][kept], **changes)

    marks = torch.tensor([IMAGE, VISION_START, VISION_END])
    found["text"] = only(found["two"], ~torch.isin(found["two"]["ids"], marks), pixels=None, grids=None)
    found["nosystem"] = only(found["one"], found["one"]["roles"] != SYSTEM)
    return found


def run(model, sample):
    ids = sample["ids"][None]
    inputs = dict(input_ids=ids, attention_mask=torch.ones_like(ids), mm_token_type_ids=(ids == IMAGE).int())
    if sample["pixels"] is not None:
        inputs |= dict(pixel_values=sample["pixels"], image_grid_thw=sample["grids"])
    return model(**inputs, output_attentions=True)


def queries(sample, kind):
    roles = sample["roles"]
    first = (roles == PICTURE).nonzero()[0].item() if (roles == PICTURE).any() else 0
    return torch.isin(roles, torch.tensor(QUERIES[kind])) & (torch.arange(len(roles)) >= first)


def objective(model, batch, asked):
    """The loss with its graph, and numbers beside it."""
    tokens = sum((sample["roles"][1:] == RESPONSE).sum().item() for sample in batch)
    chosen = [queries(sample, asked["queries"]) for sample in batch]
    has = {role: [bool(own.any() and (sample["roles"] == role).any()) for sample, own in zip(batch, chosen)]
           for role in (PICTURE, SYSTEM)}
    text = model.config.text_config
    layers = asked["layers"] or list(range(text.num_hidden_layers))
    heads = asked["heads"] or list(range(text.num_attention_heads))
    language, logs, masses = 0, {PICTURE: 0, SYSTEM: 0}, {PICTURE: 0, SYSTEM: 0}
    for index, (sample, own) in enumerate(zip(batch, chosen)):
        output = run(model, sample)
        learned = sample["roles"][1:] == RESPONSE
        losses = torch.nn.functional.cross_entropy(output.logits[0, :-1][learned], sample["ids"][1:][learned],
                                                   reduction="sum")
        language = language + losses / (tokens if asked["mean"] == "tokens" else learned.sum() * len(batch))
        for role in (PICTURE, SYSTEM):
            if not has[role][index]:
                continue
            rows = torch.stack([weights[0][:, own] for weights in output.attentions])  # [layers, heads, queries, keys]
            keys = rows[..., sample["roles"] == role]
            logs[role] = logs[role] + torch.log(keys.mean((2, 3)) + 1e-6) / sum(has[role])
            masses[role] = masses[role] + keys.sum(3).mean(2).detach() / sum(has[role])
    picked = torch.zeros(text.num_hidden_layers, text.num_attention_heads, dtype=torch.float64)
    for layer in layers:
        picked[layer, heads] = 1 / (len(layers) * len(heads))
    open_heads = {PICTURE: torch.ones_like(picked), SYSTEM: torch.ones_like(picked)}
    if asked["gate"]:
        gate = {key: torch.tensor(value, dtype=torch.float64) for key, value in asked["gate"].items()}
        open_heads[PICTURE] = (gate["image"] / gate["imageWeight"] < asked["target_image"]).double()
        open_heads[SYSTEM] = (gate["system"] / gate["systemWeight"] > asked["target_system"]).double()
    loss, found = language, {"language": language.item()}
    for role, name, sign, masses_name in ((PICTURE, "enhance", -1, "image"), (SYSTEM, "suppress", 1, "system")):
        if not torch.is_tensor(logs[role]):
            continue
        loss = loss + asked[name] * sign * (logs[role] * picked * open_heads[role]).sum()
        found[name] = sign * (logs[role] * picked).sum().item()
        found[masses_name] = masses[role].tolist()
    return loss, {"loss": loss.item(), **found}


def stored_name(name):
    return name.replace("model.language_model.", "model.").replace("model.visual.", "visual.")


def projections(tensor):
    flat = tensor.detach().double().flatten()
    places = 0.7 * torch.arange(len(flat), dtype=torch.float64) + 1
    return [(flat * torch.sin((k + 1) * places)).sum().item() for k in range(3)]


def parameters(model):
    return {stored_name(name): parameter for name, parameter in model.named_parameters()}


def row(model, cases, name, asked):
    model.zero_grad(set_to_none=True)
    loss, found = objective(model, [cases[sample] for sample in asked["samples"]], asked)
    loss.backward()
    gradients = {key: parameter.grad for key, parameter in parameters(model).items() if parameter.grad is not None}
    found["grad_norm"] = sum(gradient.square().sum() for gradient in gradients.values()).sqrt().item()
    found["gradients"] = {key: [gradient.norm().item()] + projections(gradient) for key, gradient in gradients.items()}
    return dict(name=name, asked=asked, **found)


def check_peer(model, sample, found):
    """The plain case of one sample is what is published: transformers' own loss, and the terms of its maps."""
    labels = torch.where(sample["roles"] == RESPONSE, sample["ids"], -100)
    ids = sample["ids"][None]
    output = model(input_ids=ids, attention_mask=torch.ones_like(ids), pixel_values=sample["pixels"],
                   image_grid_thw=sample["grids"], mm_token_type_ids=(ids == IMAGE).int(), labels=labels[None],
                   output_attentions=True)
    rows = [weights[0][:, sample["roles"] == USER] for weights in output.attentions]
    term = lambda role: sum(torch.log(r[..., sample["roles"] == role].mean((1, 2)) + 1e-6).mean() for r in rows) / len(rows)
    assert abs(output.loss.item() - found["language"]) < 1e-7
    assert abs(-term(PICTURE).item() - found["enhance"]) < 1e-12
    assert abs(term(SYSTEM).item() - found["suppress"]) < 1e-12


def gate(model, seed):
    """Running means of which about half have passed the targets."""
    text = model.config.text_config
    generator = torch.Generator().manual_seed(seed)
    draw = lambda: torch.rand(text.num_hidden_layers, text.num_attention_heads, generator=generator).tolist()
    weight = 1 - 0.9**2
    return dict(image=[[weight * x for x in heads] for heads in draw()], imageWeight=weight,
                system=[[weight * x for x in heads] for heads in draw()], systemWeight=weight)


def rows(model, cases):
    bounded = dict(target_image=0.5, target_system=0.4, gate=gate(model, 7))
    settings = {
        "one user": dict(samples=["one"]),
        "mixed user": {},
        "mixed response": dict(queries="response"),
        "mixed both": dict(queries="both", mean="samples"),
        "chosen": dict(layers=[0, 2], heads=[1, 2], enhance=0.4, suppress=0.7),
        "bounded": bounded,
        "bounded chosen": dict(bounded, queries="both", layers=[1, 2], heads=[0, 2], enhance=1.0),
        "without": dict(enhance=0.0, suppress=0.0),
        "text only": dict(samples=["text"]),
    }
    return [row(model, cases, name, PLAIN | changed) for name, changed in settings.items()]


def train(model, cases):
    named = parameters(model)
    start = {name: parameter.detach().clone() for name, parameter in named.items()}
    optimizer = torch.optim.AdamW(
        [dict(params=[p for p in named.values() if (p.dim() > 1) == decays], weight_decay=DECAY if decays else 0.0)
         for decays in (True, False)], **ADAM)
    losses, norms = [], []
    for _ in range(STEPS):
        optimizer.zero_grad(set_to_none=True)
        loss, _ = objective(model, [cases[sample] for sample in MIXED], PLAIN)
        loss.backward()
        norms.append(torch.nn.utils.clip_grad_norm_(model.parameters(), CLIP).item())
        optimizer.step()
        losses.append(loss.item())
    kept = {f"end.{name}": torch.tensor(projections(parameter.detach() - start[name]), dtype=torch.float64)
            for name, parameter in named.items()}
    save_file(kept | {"loss": torch.tensor(losses, dtype=torch.float64), "norm": torch.tensor(norms, dtype=torch.float64)},
              HERE / "steps.safetensors")
    print(losses[0], losses[-1], norms[0], norms[-1])


def main():
    torch.set_num_threads(1)
    made = {}
    for name in CHECKPOINTS:
        folder = HERE.parent / "models" / name
        small = Qwen2_5_VLForConditionalGeneration.from_pretrained(
            folder, dtype=torch.float32, attn_implementation="eager").eval()
        cases = samples(folder)
        with double_precision(small) as model:
            made[name] = rows(model, cases)
            check_peer(model, cases["one"], made[name][0])
            if name == "equal-heads-odd":
                row(model, cases, "mixed user", PLAIN)
                save_file({key: p.grad.to(torch.float32).contiguous() for key, p in parameters(model).items()},
                          HERE / "gradients.safetensors")
                train(model, cases)
        print(name, [(r["name"], r["loss"], r["grad_norm"]) for r in made[name]])
    lines = [f'"{name}": [\n' + ",\n".join(json.dumps(r) for r in found) + "\n]" for name, found in made.items()]
    (HERE / "guidance.json").write_text("{" + ",\n".join(lines) + "}\n", encoding="utf-8")
    print(transformers.__version__, torch.__version__)


if __name__ == "__main__":
    main()
