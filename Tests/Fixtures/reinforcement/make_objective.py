"""Goldens of policy objectives: losses and gradients by PyTorch's autograd in float64.

    python make_objective.py [--trl grpo_trainer.py] [--verl core_algos.py] [--easyr1 core_algos.py]

Written with torch 2.15.0. Each objective is transcribed from its paper, output by output and without padding; PyTorch
differentiates. With the options, the losses and gradients are also held against the named files' own functions, run as
they are. That was done with TRL f2cd577 (trl/trainer/grpo_trainer.py; 44 cases agree to 1e-9), verl b178a3c
(verl/trainer/ppo/core_algos.py; 53 cases) and EasyR1 b44b311 (verl/trainer/core_algos.py; 24 cases), both to 1e-7, for
they add 1e-8 to the lengths they divide by. Nothing of them goes into the fixtures.

The version matters for the batch "ties": in 2.15 torch.clamp has no gradient at its bounds, in 2.13 it had the whole
(pytorch issues 184572 and 184574). Everything else is the same in both.

Writes beside itself
  objective.json
    batches     name -> outputs: new, old, reference [token]; mask [token] or null; advantage
    cases       name, batch, settings, uses_reference, and
                outputs, tokens             the counts that are divided by
                loss, policy_loss, kl_loss
                gradients                   [output][token], of the loss by each of new
                metrics                     counts and sums, by the definitions in ObjectiveMetrics
  advantages.json   cases: groups of rewards, scale, epsilon, advantages (torch.std, n - 1)
"""

import argparse
import ast
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Callable, Literal, Optional

import numpy as np
import torch

HERE = Path(__file__).parent
torch.set_default_dtype(torch.float64)
SEED = 20261125


# Batches


def group_advantages(rewards, scale, epsilon=1e-6, everything=None):
    rewards = torch.tensor(rewards)
    if bool((rewards == rewards[0]).all()):
        return torch.zeros_like(rewards)
    centred = rewards - rewards.mean()
    if scale == "group":
        return centred / (torch.std(rewards) + epsilon)
    if scale == "batch":
        return centred / (torch.std(torch.tensor(everything)) + epsilon)
    return centred


def random_batch(generator, spread, shift=0.0, masked=False):
    """Two groups of four, rewards as AVAR's; `spread` is how far ratios of tokens differ, `shift` those of outputs."""
    normal = lambda *size: torch.randn(*size, generator=generator)
    outputs = []
    for rewards in ([1.0 + 0.3 * 5.7, 0.1, 0.0, 1.1], [0.0, 1.0 + 0.3 * 2.2 + 0.1, 0.1, 0.0]):
        for advantage in group_advantages(rewards, "group").tolist():
            length = int(torch.randint(1, 10, (1,), generator=generator))
            old = -(normal(length) * 1.5).abs() - 0.01
            new = old + spread * normal(length) + shift * normal(1)
            reference = old + 0.5 * normal(length)
            outputs.append(dict(new=new, old=old, reference=reference, mask=None, advantage=advantage))
    outputs[3]["advantage"] = 0.0  # as in a group of equal rewards
    if masked:
        for number, output in enumerate(outputs):
            output["mask"] = torch.rand(len(output["new"]), generator=generator) < 0.7
            if len(output["mask"]) and number != 2:
                output["mask"][0] = True
        outputs[2]["mask"][:] = False  # cut off at the length limit
    return outputs


def batches():
    generator = torch.Generator().manual_seed(SEED)
    two = torch.log(torch.tensor(2.0))
    assert two.exp() == 2 and (-two).exp() == 0.5, "ties need exact powers"
    zero = torch.zeros(1)
    at = lambda value, advantage: dict(
        new=value.reshape(1), old=zero, reference=value.reshape(1) - 0.25, mask=None, advantage=advantage
    )
    return {
        "mild": random_batch(generator, 0.2),
        "wide": random_batch(generator, 0.8, 0.4),
        "far": random_batch(generator, 1.5, 1.0, masked=True),
        "near": random_batch(generator, 3e-4, 4e-4, masked=True),
        # Ratios of exactly 1/2, 1 and 2, with either sign of the advantage.
        "ties": [at(value, advantage) for value in (-two, zero[0], two) for advantage in (-1.5, 0.75, 0.0)],
    }


# Objectives

DEFAULTS = dict(
    clip_low=0.2,
    clip_high=0.2,
    dual_clip=None,
    ratio_level="token",
    aggregation="sequence_mean",
    length=None,
    kl_coefficient=0.0,
    kl_estimator="k3",
    log_ratio_clamp=None,
)

VARIANTS = {
    "grpo": {},
    "grpo with 0.04 k3, as DeepSeekMath": dict(kl_coefficient=0.04),
    "grpo with k1": dict(kl_coefficient=0.3, kl_estimator="k1"),
    "grpo with k2": dict(kl_coefficient=0.3, kl_estimator="k2"),
    "dapo": dict(clip_high=0.28, aggregation="token_mean"),
    "dapo with k2": dict(clip_high=0.28, aggregation="token_mean", kl_coefficient=0.1, kl_estimator="k2"),
    "dr_grpo": dict(aggregation="constant_length", length=10),
    "dr_grpo with k1": dict(aggregation="constant_length", length=10, kl_coefficient=0.1, kl_estimator="k1"),
    "gspo": dict(clip_low=3e-4, clip_high=4e-4, ratio_level="sequence"),
    "gspo with k3": dict(clip_low=3e-4, clip_high=4e-4, ratio_level="sequence", kl_coefficient=0.04),
    "gspo, clip 0.2": dict(ratio_level="sequence"),
    "sequence ratio, token mean, dual clip": dict(ratio_level="sequence", aggregation="token_mean", dual_clip=1.5),
    "sequence ratio, constant length": dict(ratio_level="sequence", aggregation="constant_length", length=7),
    "dual clip": dict(dual_clip=3.0),
    "the published AVAR script": dict(clip_high=0.3, dual_clip=3.0, aggregation="token_mean", kl_coefficient=0.01),
    "dual clip below the upper bound": dict(clip_high=1.0, dual_clip=1.5, aggregation="constant_length", length=10),
    "clamped log ratios": dict(clip_low=0.5, clip_high=0.9, log_ratio_clamp=0.5, kl_coefficient=0.2),
    "clamped log ratios of sequences": dict(
        clip_low=0.5, clip_high=0.9, log_ratio_clamp=0.5, ratio_level="sequence", kl_coefficient=0.2, dual_clip=1.3
    ),
}
TIES = {
    "ties at both bounds and the dual clip": dict(clip_low=0.5, clip_high=1.0, dual_clip=2.0),
    "ties at the dual clip inside": dict(clip_low=0.5, clip_high=3.0, dual_clip=2.0, aggregation="token_mean"),
    "ties at a clip of nothing": dict(clip_low=0.0, clip_high=0.0, kl_coefficient=0.1),
    "ties of sequences": dict(clip_low=0.5, clip_high=1.0, dual_clip=2.0, ratio_level="sequence"),
}


def clamped(x, settings):
    bound = settings["log_ratio_clamp"]
    return x if bound is None else torch.clamp(x, -bound, bound)


def surrogate(ratio, advantage, settings):
    """What is maximised: min(r A, clip(r) A) (PPO, 1707.06347), for A < 0 at least c A (1912.09729)."""
    value = torch.min(
        ratio * advantage, torch.clamp(ratio, 1 - settings["clip_low"], 1 + settings["clip_high"]) * advantage
    )
    if settings["dual_clip"] is not None and advantage < 0:
        value = torch.max(value, torch.full_like(value, settings["dual_clip"] * advantage))
    return value


def kl(new, reference, settings):
    """Schulman's estimators of KL(new || reference), x drawn from new."""
    if settings["kl_estimator"] == "k1":
        return new - reference
    if settings["kl_estimator"] == "k2":
        return (new - reference) ** 2 / 2
    log_ratio = clamped(reference - new, settings)
    return log_ratio.exp() - log_ratio - 1


def objective(outputs, news, settings):
    """(policy loss, KL loss, outputs, tokens) by the papers' sums, each over the tokens of the mask."""
    per_output = []
    for output, new in zip(outputs, news):
        mask = output["mask"] if output["mask"] is not None else torch.ones(len(new), dtype=torch.bool)
        if not mask.any():
            continue
        new, old, reference = new[mask], output["old"][mask], output["reference"][mask]
        if settings["ratio_level"] == "token":
            gains = surrogate(clamped(new - old, settings).exp(), output["advantage"], settings)  # GRPO, equation 3
        else:  # GSPO, equations 5 and 7: one number per output
            s = clamped((new - old).mean(), settings).exp()
            gains = surrogate(s, output["advantage"], settings).expand(len(new))
        divergences = settings["kl_coefficient"] * kl(new, reference, settings)
        per_output.append((gains, divergences))
    counts = [len(gains) for gains, _ in per_output]
    G, tokens = len(counts), sum(counts)
    if settings["aggregation"] == "sequence_mean":  # 1/G sum_i 1/|o_i| sum_t
        reduce = lambda terms: sum(term.mean() for term in terms) / G
    elif settings["aggregation"] == "token_mean":  # 1/sum_i |o_i| sum_i sum_t
        reduce = lambda terms: torch.cat(list(terms)).mean()
    else:  # 1/G sum_i 1/L sum_t
        reduce = lambda terms: sum(term.sum() / settings["length"] for term in terms) / G
    return -reduce(g for g, _ in per_output), reduce(d for _, d in per_output), G, tokens


def metrics(outputs, settings):
    m = dict(
        tokens=0,
        outputs=0,
        low=[0, 0],
        high=[0, 0],
        dual=[0, 0],
        ratio=0.0,
        ratios=0,
        largest=0.0,
        largest_output=0.0,
        sampled_k1=0.0,
        sampled_k3=0.0,
        reference_k1=0.0,
        reference_k3=0.0,
    )
    low, high, dual = 1 - settings["clip_low"], 1 + settings["clip_high"], settings["dual_clip"]
    for output in outputs:
        mask = output["mask"] if output["mask"] is not None else torch.ones(len(output["new"]), dtype=torch.bool)
        if not mask.any():
            continue
        new, old, reference, A = (
            output["new"][mask],
            output["old"][mask],
            output["reference"][mask],
            output["advantage"],
        )
        d = new - old
        r = clamped(d if settings["ratio_level"] == "token" else d.mean().expand(len(d)), settings).exp()
        m["tokens"] += len(d)
        m["outputs"] += 1
        none = torch.zeros_like(r, dtype=torch.bool)
        over = (r > dual) if dual is not None and A < 0 else none
        for name, held in (
            ("low", (r < low) if A < 0 else none),
            ("high", (r > high) if A > 0 else none),
            ("dual", over),
        ):
            m[name][0] += int(held.sum())
            m[name][1] += int(held.any())
        single = r if settings["ratio_level"] == "token" else r[:1]
        m["ratio"] += float(single.sum())
        m["ratios"] += len(single)
        m["largest"] = max(m["largest"], float(d.abs().max()))
        m["largest_output"] = max(m["largest_output"], float(d.mean().abs()))
        m["sampled_k1"] += float((-d).sum())
        m["sampled_k3"] += float((d.exp() - 1 - d).sum())
        m["reference_k1"] += float((new - reference).sum())
        m["reference_k3"] += float(((reference - new).exp() - 1 - (reference - new)).sum())
    return m


def solve(outputs, settings):
    news = [output["new"].clone().requires_grad_() for output in outputs]
    policy, divergence, G, tokens = objective(outputs, news, settings)
    gradients = torch.autograd.grad(policy + divergence, news, allow_unused=True)
    gradients = [torch.zeros_like(n) if g is None else g for g, n in zip(gradients, news)]
    return policy, divergence, G, tokens, gradients


# The peers' own functions


def extracted(path, names):
    """Functions of a file by name, decorators off, in a namespace that has what they call."""

    def masked_sum(values, mask, axis=None):
        return (values * mask).sum(axis)

    def masked_mean(values, mask, axis=None, dim=None, eps=1e-8):
        axis = dim if axis is None else axis
        return (values * mask).sum(axis) / (mask.sum(axis) + eps)

    helpers = SimpleNamespace(masked_sum=masked_sum, masked_mean=masked_mean)
    space = dict(
        torch=torch,
        np=np,
        Any=Any,
        Callable=Callable,
        Literal=Literal,
        Optional=Optional,
        verl_F=helpers,
        VF=helpers,
        ActorConfig=SimpleNamespace,
        AlgoConfig=dict,
        F=torch.nn.functional,
        nanmin=lambda x: x[~x.isnan()].min(),
        nanmax=lambda x: x[~x.isnan()].max(),
    )
    for node in ast.walk(ast.parse(Path(path).read_text())):
        if isinstance(node, ast.FunctionDef) and node.name in names:
            node.decorator_list = []
            exec("from __future__ import annotations\n" + ast.unparse(node), space)
    return space


def padded(outputs):
    width = max(len(o["new"]) for o in outputs)
    full = lambda x, fill: torch.cat([x, torch.full((width - len(x),), fill, dtype=x.dtype)])
    stack = lambda key: torch.stack([full(o[key], 0.0) for o in outputs])
    mask = torch.stack(
        [
            full(o["mask"] if o["mask"] is not None else torch.ones(len(o["new"]), dtype=torch.bool), False)
            for o in outputs
        ]
    )
    advantages = torch.tensor([o["advantage"] for o in outputs])
    return stack("new").requires_grad_(), stack("old"), stack("reference"), mask.double(), advantages


def ragged(gradient, outputs):
    return [row[: len(o["new"])] for row, o in zip(gradient, outputs)]


def trl(space, outputs, settings):
    """TRL's `_compute_loss`, on a stand-in for its trainer; None where it has no such objective."""
    if settings["log_ratio_clamp"] is not None or settings["kl_estimator"] != "k3":
        return None
    outputs = [
        o for o in outputs if o["mask"] is None or o["mask"].any()
    ]  # TRL counts those that are masked throughout
    new, old, reference, mask, advantages = padded(outputs)
    if settings["dual_clip"] is not None and settings["dual_clip"] <= 1 + settings["clip_high"]:
        return None
    names = {"sequence_mean": "grpo", "token_mean": "dapo", "constant_length": "dr_grpo"}
    accelerator = SimpleNamespace(
        num_processes=1, gather=lambda x: x, reduce=lambda x, reduction: x, sync_gradients=True
    )
    metrics = {
        "train": {
            key: []
            for key in ["kl", "entropy"]
            + [f"clip_ratio/{k}" for k in ("low_mean", "high_mean", "region_mean", "low_min", "high_max")]
        }
    }
    me = SimpleNamespace(
        _get_per_token_logps_and_entropies=lambda *a, **k: (new, torch.zeros_like(new), None),
        aux_loss_enabled=False,
        top_entropy_quantile=1.0,
        off_policy_mask_threshold=None,
        importance_sampling_level=settings["ratio_level"],
        beta=settings["kl_coefficient"],
        args=SimpleNamespace(use_bias_correction_kl=False, delta=settings["dual_clip"]),
        loss_type=names[settings["aggregation"]],
        epsilon_low=settings["clip_low"],
        epsilon_high=settings["clip_high"],
        use_vllm=False,
        vllm_importance_sampling_correction=False,
        model=SimpleNamespace(training=True),
        current_gradient_accumulation_steps=1,
        max_completion_length=settings["length"],
        accelerator=accelerator,
        _entropy_bonus_enabled=False,
        _metrics=metrics,
    )
    empty = torch.zeros(len(outputs), 0)
    inputs = dict(
        prompt_ids=empty,
        prompt_mask=empty,
        completion_ids=torch.zeros_like(mask),
        completion_mask=mask,
        advantages=advantages,
        old_per_token_logps=old,
        ref_per_token_logps=reference,
        num_items_in_batch=mask.sum(),
    )
    loss = space["_compute_loss"](me, None, inputs)
    (gradient,) = torch.autograd.grad(loss, new)
    return float(loss.detach()), ragged(gradient, outputs), outputs


def verl(space, outputs, settings):
    """verl's vanilla or GSPO loss, and its KL penalty aggregated alike, as its actor does."""
    if settings["log_ratio_clamp"] is not None:
        return None
    new, old, reference, mask, advantages = padded(outputs)
    sequence = settings["ratio_level"] == "sequence"
    if sequence and (settings["aggregation"] != "sequence_mean" or settings["dual_clip"] is not None):
        return None
    mode = {
        "sequence_mean": "seq-mean-token-mean",
        "token_mean": "token-mean",
        "constant_length": "seq-mean-token-sum-norm",
    }
    mode = mode[settings["aggregation"]]
    outputs_in = int((mask.sum(1) > 0).sum())
    # verl's fourth mode divides by the constant alone.
    info = dict(loss_scale_factor=settings["length"] * outputs_in) if settings["length"] else {}
    config = SimpleNamespace(
        clip_ratio=0.2,
        clip_ratio_low=settings["clip_low"],
        clip_ratio_high=settings["clip_high"],
        global_batch_info=info,
        get=lambda key, default: settings["dual_clip"] or 1e9,
    )
    name = "compute_policy_loss_gspo" if sequence else "compute_policy_loss_vanilla"
    loss, _ = space[name](old, new, advantages.unsqueeze(1).expand_as(new), mask, mode, config)
    if settings["kl_coefficient"]:
        if settings["kl_estimator"] == "k3" and float((kl(new, reference, settings) * mask).detach().max()) > 10:
            return None  # verl cuts k3 off at 10
        penalty = space["kl_penalty_forward"](new, reference, settings["kl_estimator"])
        loss = loss + settings["kl_coefficient"] * space["agg_loss"](penalty, mask, mode, **info)
    (gradient,) = torch.autograd.grad(loss, new)
    return float(loss.detach()), ragged(gradient, outputs), outputs


def easyr1(space, outputs, settings):
    """EasyR1's loss, which the published AVAR code uses, without KL (float32 there) and outputs masked throughout."""
    if settings["log_ratio_clamp"] is not None or settings["kl_coefficient"] or settings["length"]:
        return None
    outputs = [o for o in outputs if o["mask"] is None or o["mask"].any()]
    new, old, _, mask, advantages = padded(outputs)
    mode = {"sequence_mean": "seq", "token_mean": "token"}[settings["aggregation"]]
    loss, _ = space["compute_policy_loss"](
        old,
        new,
        advantages.unsqueeze(1).expand_as(new),
        mask,
        settings["clip_low"],
        settings["clip_high"],
        settings["dual_clip"] or 1e9,
        1.0,
        1.0,
        "gspo" if settings["ratio_level"] == "sequence" else "default",
        mode,
    )
    (gradient,) = torch.autograd.grad(loss, new)
    return float(loss.detach()), ragged(gradient, outputs), outputs


def check(peer, name, tolerance, found, outputs, loss, gradients):
    if found is None:
        return 0
    their_loss, theirs, kept = found
    ours = torch.cat([g for g, o in zip(gradients, outputs) if any(o is k for k in kept)])
    theirs = torch.cat(theirs)
    scale = max(float(ours.abs().max()), 1e-300)
    assert abs(their_loss - loss) <= tolerance * max(abs(loss), 0.1), (peer, name, their_loss, loss)
    assert float((ours - theirs).abs().max()) <= tolerance * scale, (peer, name, ours, theirs)
    return 1


# Files


def main():
    parser = argparse.ArgumentParser()
    for peer in ("trl", "verl", "easyr1"):
        parser.add_argument(f"--{peer}")
    arguments = parser.parse_args()
    peers = {}
    if arguments.trl:
        peers["TRL"] = (trl, extracted(arguments.trl, ["_compute_loss"]), 1e-9)
    if arguments.verl:
        wanted = ["agg_loss", "compute_policy_loss_vanilla", "compute_policy_loss_gspo", "kl_penalty_forward"]
        peers["verl"] = (verl, extracted(arguments.verl, wanted), 1e-7)
    if arguments.easyr1:
        peers["EasyR1"] = (easyr1, extracted(arguments.easyr1, ["average_loss", "compute_policy_loss"]), 1e-7)

    data = batches()
    cases, checked = [], {peer: 0 for peer in peers}
    for variant, changes in {**VARIANTS, **TIES}.items():
        settings = {**DEFAULTS, **changes}
        names = ["ties"] if variant in TIES else ["mild", "wide", "far", "near"]
        held = {"low": 0, "high": 0, "dual": 0}
        for name in names:
            outputs = data[name]
            policy, divergence, G, tokens, gradients = solve(outputs, settings)
            found = metrics(outputs, settings)
            for key in held:
                held[key] += found[key][0]
            loss = float((policy + divergence).detach())
            assert torch.isfinite(torch.cat(gradients)).all()
            cases.append(
                dict(
                    name=f"{variant}, {name}",
                    batch=name,
                    settings=settings,
                    uses_reference=settings["kl_coefficient"] > 0,
                    outputs=G,
                    tokens=tokens,
                    loss=loss,
                    policy_loss=float(policy.detach()),
                    kl_loss=float(divergence.detach()),
                    gradients=[g.tolist() for g in gradients],
                    metrics=found,
                )
            )
            if name != "ties":  # EasyR1 clips in log space, TRL clamps at delta: they differ at ties alone
                for peer, (function, space, tolerance) in peers.items():
                    checked[peer] += check(
                        peer, cases[-1]["name"], tolerance, function(space, outputs, settings), outputs, loss, gradients
                    )
        if variant in VARIANTS:
            # Clamped ratios stay inside their clip, so that what acts on them is the clamp.
            assert (held["low"] and held["high"]) or settings["log_ratio_clamp"], (variant, held)
            assert held["dual"] or settings["dual_clip"] is None, (variant, held)
    plain = lambda value: None if value is None else value.tolist()
    write(
        "objective.json",
        dict(
            batches={
                name: [
                    {**{key: plain(o[key]) for key in ("new", "old", "reference", "mask")}, "advantage": o["advantage"]}
                    for o in outputs
                ]
                for name, outputs in data.items()
            },
            cases=cases,
        ),
    )

    generator = torch.Generator().manual_seed(SEED + 1)
    advantages = []
    for scale in ("group", "batch", "none"):
        for epsilon in (1e-6, 1e-4):
            groups = [torch.rand(size, generator=generator).mul(2).tolist() for size in (8, 2, 5)]
            groups += [[1.0, 0.1, 0.0, 1.1], [0.1, 0.1, 0.1], [0.7], [0.0, 1e-7, 0.0, 0.0]]
            everything = [r for group in groups for r in group]
            advantages.append(
                dict(
                    groups=groups,
                    scale=scale,
                    epsilon=epsilon,
                    advantages=[group_advantages(group, scale, epsilon, everything).tolist() for group in groups],
                )
            )
    write("advantages.json", dict(cases=advantages))
    print(len(cases), "cases; agreed with", checked or "no peers")


def write(name, content):
    (HERE / name).write_text(json.dumps(content, separators=(",", ":")) + "\n")


main()
