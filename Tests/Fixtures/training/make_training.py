#!/usr/bin/env python3
"""Makes training.safetensors and optimizer.safetensors: what PyTorch and transformers give for a few steps of training.

Needs torch, safetensors and transformers 5.23:

    python3 Tests/Fixtures/training/make_training.py

training.safetensors is supervised fine-tuning. The checkpoint is ../models/grouped-2to1-tied, its two cases padded to one batch. Each step is the mean cross-entropy over the tokens
of role 4 (a row predicts the next token), backward, `clip_grad_norm_`, AdamW with matrices decaying and vectors not, and
the rate of `get_cosine_schedule_with_warmup`. Computed in float64.

    loss, norm, rate    [steps]     before the step
    end.NAME            some parameters after the last step, in the order of the checkpoint

optimizer.safetensors is the optimizer alone, over parameters of bfloat16 (one of float32 among them) with float32 masters kept by
hand: gradients are given, widened, clipped together, and a parameter is its master rounded. `tower.*` has a fifth of the rate, and
vectors do not decay.

    start.NAME, gradient.NAME       [...], [steps, ...] in the parameter's type
    master.NAME                     [steps, ...] float32, after every step
    norm                            [steps] before clipping
    rate.cosine, .linear, .constant [steps] with a warm-up of three steps
"""

import pathlib
import sys

import torch
from safetensors.torch import load_file, save_file
from transformers import (Qwen2_5_VLForConditionalGeneration, get_constant_schedule, get_cosine_schedule_with_warmup,
                          get_linear_schedule_with_warmup)

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "models"))
from make_models import IMAGE, RESPONSE, double_precision  # noqa: E402

MODEL = HERE.parent / "models" / "grouped-2to1-tied"
STEPS, WARMUP, PEAK, CLIP, DECAY = 8, 3, 5e-3, 0.5, 0.1
KEPT = ["visual.patch_embed.proj.weight", "visual.blocks.0.attn.qkv.bias", "visual.merger.mlp.2.weight",
        "model.embed_tokens.weight", "model.layers.0.self_attn.k_proj.weight", "model.layers.1.mlp.down_proj.weight",
        "model.norm.weight"]


def batch():
    golden = load_file(MODEL / "golden.safetensors")
    cases = [{key: golden[f"{name}.{key}"] for key in ("input_ids", "roles", "pixel_values", "image_grid_thw")}
             for name in ("one", "two")]
    width = max(len(case["input_ids"].flatten()) for case in cases)
    pad = lambda x, value: torch.nn.functional.pad(x.flatten().long(), (0, width - x.numel()), value=value)
    ids = torch.stack([pad(case["input_ids"], 0) for case in cases])
    roles = torch.stack([pad(case["roles"], -1) for case in cases])
    mask = (roles >= 0).long()
    labels = torch.where(roles == RESPONSE, ids, -100)
    inputs = dict(input_ids=ids, attention_mask=mask,
                  pixel_values=torch.cat([case["pixel_values"] for case in cases]).double(),
                  image_grid_thw=torch.cat([case["image_grid_thw"].reshape(-1, 3) for case in cases]).long(),
                  mm_token_type_ids=(ids == IMAGE).int())
    return inputs, labels


def stored_name(name):
    return name.replace("model.language_model.", "model.").replace("model.visual.", "visual.")


def train(model):
    named = {stored_name(name): parameter for name, parameter in model.named_parameters()}
    matrices = [p for p in named.values() if p.dim() > 1]
    vectors = [p for p in named.values() if p.dim() == 1]
    optimizer = torch.optim.AdamW([dict(params=matrices, weight_decay=DECAY), dict(params=vectors, weight_decay=0.0)],
                                  lr=PEAK, betas=(0.9, 0.99), eps=1e-8)
    # Its first step has a rate of 0; ours are one further, so that no step is lost.
    rates = [PEAK * (step + 1) / WARMUP for step in range(WARMUP)]
    probe = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    cosine = get_cosine_schedule_with_warmup(probe, 0, STEPS - WARMUP)
    for _ in range(STEPS - WARMUP):
        rates.append(PEAK * cosine.get_last_lr()[0])
        probe.step()
        cosine.step()
    inputs, labels = batch()
    losses, norms = [], []
    for step in range(STEPS):
        for group in optimizer.param_groups:
            group["lr"] = rates[step]
        logits = model(**inputs).logits[:, :-1]
        loss = torch.nn.functional.cross_entropy(logits.reshape(-1, logits.shape[-1]), labels[:, 1:].reshape(-1))
        loss.backward()
        norms.append(torch.nn.utils.clip_grad_norm_(model.parameters(), CLIP).item())
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        losses.append(loss.item())
    kept = {f"end.{name}": named[name].detach().float().contiguous() for name in KEPT}
    kept |= {"loss": torch.tensor(losses), "norm": torch.tensor(norms), "rate": torch.tensor(rates)}
    save_file(kept, HERE / "training.safetensors")
    print(losses, norms, sum(value.numel() for value in kept.values()) * 4, "bytes")


def rates(schedule):
    """A warm-up whose first step is not lost, and what transformers gives from its end on."""
    steps, warmup = 20, 3
    result = [PEAK * (step + 1) / warmup for step in range(warmup)]
    probe = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    scheduler = schedule(probe, steps - warmup)
    for _ in range(steps - warmup):
        result.append(PEAK * scheduler.get_last_lr()[0])
        probe.step()
        scheduler.step()
    return result


def optimize():
    torch.manual_seed(5)
    shapes = {"tower.weight": (6, 5), "tower.bias": (6,), "text.weight": (7, 6), "text.norm": (7,)}
    types = {name: torch.float32 if name == "text.norm" else torch.bfloat16 for name in shapes}
    start = {name: torch.randn(shape).to(types[name]) for name, shape in shapes.items()}
    cosine = rates(lambda probe, steps: get_cosine_schedule_with_warmup(probe, 0, steps))
    gradients = {name: torch.randn(len(cosine), *shape).to(types[name]) for name, shape in shapes.items()}
    masters = {name: torch.nn.Parameter(value.float().clone()) for name, value in start.items()}
    optimizer = torch.optim.AdamW(
        [dict(params=[masters[name]], weight_decay=DECAY if masters[name].dim() > 1 else 0.0,
              factor=0.2 if name.startswith("tower.") else 1.0) for name in shapes],
        lr=PEAK, betas=(0.9, 0.99), eps=1e-8, fused=True)
    history, norms = {name: [] for name in shapes}, []
    for step, rate in enumerate(cosine):
        for group in optimizer.param_groups:
            group["lr"] = rate * group["factor"]
        for name, master in masters.items():
            # Some steps are small enough not to be clipped.
            gradients[name][step] *= 0.02 if step % 3 == 0 else 1
            master.grad = gradients[name][step].float().clone()  # clipped in place
        norms.append(torch.nn.utils.clip_grad_norm_(masters.values(), CLIP).item())
        optimizer.step()
        for name, master in masters.items():
            history[name].append(master.detach().clone())
    kept = {f"start.{name}": value for name, value in start.items()}
    kept |= {f"gradient.{name}": value for name, value in gradients.items()}
    kept |= {f"master.{name}": torch.stack(values) for name, values in history.items()}
    kept |= {"norm": torch.tensor(norms), "rate.cosine": torch.tensor(cosine),
             "rate.linear": torch.tensor(rates(lambda probe, steps: get_linear_schedule_with_warmup(probe, 0, steps))),
             "rate.constant": torch.tensor(rates(lambda probe, steps: get_constant_schedule(probe)))}
    save_file(kept, HERE / "optimizer.safetensors")
    print(norms)


if __name__ == "__main__":
    optimize()
    small = Qwen2_5_VLForConditionalGeneration.from_pretrained(MODEL, dtype=torch.float32, attn_implementation="eager")
    with double_precision(small) as wide:
        train(wide)
