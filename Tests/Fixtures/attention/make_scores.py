#!/usr/bin/env python3
"""Computes the Visual Attention Score of the golden masses in Tests/Fixtures/models, in its four forms, into scores.json.

    python3 Tests/Fixtures/attention/make_scores.py

Written from arXiv 2603.03825 and the definitions of the forms, with numpy in float64, apart from the Swift code. Queries
are the user tokens behind the first visual token, or the response tokens.
"""

import json
import pathlib

import numpy as np
from safetensors.numpy import load_file

HERE = pathlib.Path(__file__).resolve().parent
MODELS = ["grouped-4to1", "grouped-2to1-tied", "equal-heads-odd", "stored-bfloat16"]
SYSTEM, IMAGE, USER, RESPONSE = 0, 2, 3, 4


def forms(masses):
    """The forms from masses [layers, heads, queries, groups]."""
    visual, system = masses[..., IMAGE], masses[..., SYSTEM]
    ratio = visual / system
    over_heads = visual.mean(1) / (system.mean(1) + 1e-6)
    return {
        "paper": ratio.mean(),
        "per_layer": ratio.mean((1, 2)).tolist(),
        "pooled": (visual.mean((1, 2)) / system.mean((1, 2))).mean(),
        "reward": over_heads.mean(),
        "geometric": np.exp(np.log(ratio).mean()),
    }


def main():
    rows = []
    for model in MODELS:
        golden = load_file(HERE.parent / "models" / model / "golden.safetensors")
        for case in ("one", "two"):
            roles = golden[f"{case}.roles"]
            layers = sorted(
                (key for key in golden if key.startswith(f"{case}.masses.")), key=lambda key: int(key.split(".")[-1]))
            masses = np.stack([golden[key] for key in layers]).astype(np.float64)
            after = np.arange(len(roles)) > np.flatnonzero(roles == IMAGE)[0]
            for queries, role in (("user", USER), ("response", RESPONSE)):
                rows_of_role = masses[:, :, (roles == role) & after]
                shares = rows_of_role.mean((1, 2)).tolist()
                rows.append({"model": model, "case": case, "queries": queries, "shares": shares, **forms(rows_of_role)})
    (HERE / "scores.json").write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main()
