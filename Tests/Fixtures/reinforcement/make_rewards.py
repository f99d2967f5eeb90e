"""Goldens of the visual reward and of the shares of the variance, by numpy in float64.

    python make_rewards.py        (numpy)

Writes rewards.json beside itself:
  rollouts    group, sample, right, and of those with a picture layers, tokens, image, system: head-averaged masses, [layers][tokens]
              flat, float32 values; group 3 has one right answer, group 4 none, group 5 twins; one rollout has no picture and one no token
  ratio       per rollout mean_t mean_l image / (system + 1e-6) over all layers; null without a picture or a token
  cases       form (paper, clipped, tanh, rank, batch), parameter, gated, layers (null: all), values: one per rollout
  mix         parts (name, weight, values), groups (the number of each rollout's group), totals,
              by group in ascending order: deviation (n - 1; 0 of one), shares (one per part; null where all totals are equal),
              mean_shares, pooled_shares
"""
import json
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
rng = np.random.default_rng(20261201)
EPSILON = 1e-6


def rounded(x):
    return [float(v) for v in np.asarray(x, np.float32).ravel()]


# --- rollouts

LAYERS = 4
rights = {0: [1, 0, 1, 1, 0, 1], 1: [1, 1, 1, 1, 1, 1], 2: [0, 1, 0, 1, 1, 0], 3: [0, 0, 1, 0], 4: [0, 0, 0], 5: [1, 1, 1, 0]}
rollouts = []
for group, row in rights.items():
    for sample, right in enumerate(row):
        rollout = {"group": group, "sample": sample, "right": bool(right)}
        rollouts.append(rollout)
        if (group, sample) == (2, 3):
            continue
        tokens = 0 if (group, sample) == (1, 2) else int(rng.integers(1, 12))
        image = rng.uniform(0.001, 0.5, (LAYERS, tokens))
        system = 10.0 ** rng.uniform(-1.5, -0.31, (LAYERS, tokens))
        if (group, sample) == (0, 2):
            system[1, 0] = 0.0
        rollout |= {"layers": LAYERS, "tokens": tokens, "image": rounded(image), "system": rounded(system)}
for key in ("tokens", "image", "system"):  # equal ratios share their places
    rollouts[-3][key] = rollouts[-4][key]


def ratio(rollout, layers=None):
    if rollout.get("tokens", 0) == 0:
        return None
    shape = (LAYERS, rollout["tokens"])
    image = np.array(rollout["image"], np.float64).reshape(shape)
    system = np.array(rollout["system"], np.float64).reshape(shape)
    chosen = list(range(LAYERS)) if layers is None else layers
    return float((image / (system + EPSILON))[chosen].mean(axis=0).mean())


def mid_ranks(x):
    """Ranks from 1, equal values sharing the mean of theirs."""
    order = np.argsort(x, kind="stable")
    ranks = np.empty(len(x))
    ranks[order] = np.arange(1, len(x) + 1)
    for v in np.unique(x):
        ranks[x == v] = ranks[x == v].mean()
    return ranks


def values(form, parameter, gated, layers):
    ratios = [ratio(r, layers) for r in rollouts]
    paid = np.array([q is not None and (r["right"] or not gated) for q, r in zip(ratios, rollouts)])
    q = np.array([0.0 if v is None else v for v in ratios])
    groups = np.array([r["group"] for r in rollouts])
    out = np.zeros(len(rollouts))
    if form == "paper":
        out[paid] = q[paid]
    elif form == "clipped":
        out[paid] = np.minimum(q[paid], parameter)
    elif form == "tanh":
        out[paid] = np.tanh(q[paid] / parameter)
    elif form == "rank":
        for g in np.unique(groups):
            here = paid & (groups == g)
            n = here.sum()
            if n == 1:
                out[here] = 0.5
            elif n > 1:
                out[here] = (mid_ranks(q[here]) - 1) / (n - 1)
    elif form == "batch":
        out[paid] = (q[paid] - q[paid].mean()) / (q[paid].std(ddof=1) + 1e-6)
    return [float(v) for v in out]


cases = []
for form, parameter in [("paper", 0), ("clipped", 2.5), ("tanh", 10.0), ("rank", 0), ("batch", 0)]:
    for gated in (True, False):
        for layers in (None, [0, 2], [3]):
            cases.append({
                "form": form, "parameter": parameter, "gated": gated, "layers": layers,
                "values": values(form, parameter, gated, layers),
            })

# --- shares of the variance

sizes = [8, 8, 5, 3, 1, 4]
groups = np.repeat(np.arange(len(sizes)), sizes)
n = len(groups)
parts = [
    {"name": "accuracy", "weight": 1.0, "values": (rng.random(n) < 0.5).astype(float)},
    {"name": "visual", "weight": 0.3, "values": rng.gamma(2.0, 8.0, n)},
    {"name": "against", "weight": -0.7, "values": rng.normal(size=n)},
    {"name": "unpaid", "weight": 0.0, "values": rng.normal(size=n)},
]
for part in parts:  # the last group has equal rewards
    part["values"][groups == 5] = 0.25
weighted = np.array([p["weight"] * p["values"] for p in parts])
totals = weighted.sum(axis=0)
shares, deviation, covariances, variances = [], [], [], []
for g in range(len(sizes)):
    here = groups == g
    flat = sizes[g] < 2 or g == 5
    deviation.append(0.0 if sizes[g] < 2 or g == 5 else float(totals[here].std(ddof=1)))
    if flat:
        shares.append(None)
        continue
    sums = [float(np.cov(w[here], totals[here])[0, 1] * (here.sum() - 1)) for w in weighted]
    total = float(totals[here].var() * here.sum())
    covariances.append(sums)
    variances.append(total)
    shares.append([s / total for s in sums])
    assert abs(sum(shares[-1]) - 1) < 1e-12
mean_shares = np.mean([s for s in shares if s], axis=0)
pooled_shares = np.sum(covariances, axis=0) / np.sum(variances)

(HERE / "rewards.json").write_text(json.dumps({
    "rollouts": rollouts, "ratio": [ratio(r) for r in rollouts], "cases": cases,
    "mix": {
        "parts": [p | {"values": p["values"].tolist()} for p in parts], "groups": groups.tolist(),
        "totals": totals.tolist(), "deviation": deviation, "shares": shares, "mean_shares": mean_shares.tolist(),
        "pooled_shares": pooled_shares.tolist(),
    },
}, indent=None, separators=(",", ":")) + "\n")
