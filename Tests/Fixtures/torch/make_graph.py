#!/usr/bin/env python3
"""Writes what PyTorch gives for the steps that have gradients of their own, in float64, into graph.safetensors.

    python3 Tests/Fixtures/torch/make_graph.py

Inputs are not stored: they are `numbers(seed, shape)`, which Tests/TorchTests/GraphGolden.swift makes alike, rounded to the type that
is tested. Every loss is the sum of the results times further such numbers. A long gradient is stored as `view` makes it: products
with two vectors along the last axis.

    attention.CASE.TYPE.out, .masses, .query, .key, .value     explicit maps of softmax with the rotary step before
    norm.TYPE.*, addNorm.TYPE.*, gate.TYPE.*                   out and the gradients of all inputs
    loss.CASE.TYPE.loss, .losses, .states, .weight             the weight's gradient of `large` as sums over 500 rows, times numbers
"""

import pathlib

import numpy as np
import torch
from safetensors.torch import save_file

HERE = pathlib.Path(__file__).resolve().parent
GROUPS = 3
TYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16}
# Sequences, heads, key/value heads, width, causal; sequences in rows of their own where `rows` are more than one.
CASES = {
    "padded": dict(rows=2, stretches=[(0, 2, 37)], lengths=[37, 21], heads=(4, 2), width=16, causal=True),
    "unequal": dict(rows=1, stretches=[(0, 1, 5), (5, 1, 31), (36, 1, 1), (37, 1, 50)], heads=(4, 2), width=16, causal=True),
    "equal": dict(rows=1, stretches=[(0, 3, 24), (72, 2, 17), (106, 1, 30)], heads=(3, 3), width=16, causal=True),
    "long40": dict(rows=1, stretches=[(0, 1, 700)], heads=(4, 2), width=40, causal=True),
    "long64": dict(rows=1, stretches=[(0, 1, 700)], heads=(4, 2), width=64, causal=True),
    "longRows": dict(rows=2, stretches=[(0, 2, 433)], heads=(2, 1), width=16, causal=True),
    "longPacked": dict(rows=1, stretches=[(0, 1, 440), (440, 2, 417)], heads=(2, 2), width=16, causal=True),
    "longest": dict(rows=1, stretches=[(0, 1, 1300)], heads=(2, 1), width=16, causal=True),
    "windows": dict(rows=1, stretches=[(0, 4, 16), (64, 2, 9), (82, 1, 4)], heads=(2, 2), width=20, causal=False),
    "longFull": dict(rows=1, stretches=[(0, 1, 500)], heads=(2, 2), width=16, causal=False),
}
kept = {}


def numbers(seed, shape):
    """float64 in -1 ..< 1 that float32 holds exactly."""
    count = int(np.prod(shape))
    with np.errstate(over="ignore"):
        z = (np.uint64(seed) << np.uint64(32)) + np.arange(count, dtype=np.uint64)
        z = z * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z ^= z >> np.uint64(31)
    return torch.tensor((z >> np.uint64(40)).astype(np.float64) / 2**23 - 1).reshape(shape)


def leaf(seed, shape, dtype, factor=1.0, offset=0.0):
    return (numbers(seed, shape) * factor + offset).to(dtype).double().requires_grad_(True)


def keep(name, tensor):
    kept[name] = tensor.detach().to(torch.float32).contiguous()


def view(tensor):
    """All of a tensor of up to 4,000 numbers, else products along the last axis."""
    if tensor.numel() <= 4000:
        return tensor
    return tensor @ numbers(99, (tensor.shape[-1], 2))


def rotary(x, cos, sin):
    a, b = x.chunk(2, -1)
    c, s = cos[:, :, None], sin[:, :, None]
    return torch.cat([a * c - b * s, b * c + a * s], -1)


def attention(name, dtype, rows, stretches, heads, width, causal, lengths=None):
    total = sum(count * length for _, count, length in stretches)
    tokens = total // rows
    query = leaf(1, (rows, tokens, heads[0], width), dtype, 2)
    key = leaf(2, (rows, tokens, heads[1], width), dtype, 2)
    value = leaf(3, (rows, tokens, heads[1], width), dtype)
    angles = numbers(4, (rows, tokens, width // 2)) * 3
    cos, sin = (f(angles).to(torch.float32).double() for f in (torch.cos, torch.sin))
    bits = (numbers(5, (total,)) * 4 + 4).long()  # 0 ... 7: some keys in no group, some in several
    sequence = torch.full((total,), -1)
    for number, (start, count, length) in enumerate(stretches):
        sequence[start:start + count * length] = 1000 * number + torch.arange(count).repeat_interleave(length)
    outs, masses = [], []
    turned = [rotary(x, cos, sin).flatten(0, 1) for x in (query, key)]
    values = value.flatten(0, 1)
    for part in sequence.unique():
        own = (sequence == part).nonzero().flatten()
        q = turned[0][own].transpose(0, 1)
        k, v = (x[own].repeat_interleave(heads[0] // heads[1], 1).transpose(0, 1) for x in (turned[1], values))
        scores = q @ k.transpose(1, 2) / width**0.5
        if causal:
            scores = scores.masked_fill(~torch.ones(len(own), len(own), dtype=torch.bool).tril(), -torch.inf)
        weights = scores.softmax(-1)
        outs.append((weights @ v).transpose(0, 1))
        masses.append(weights @ (bits[own][:, None] >> torch.arange(GROUPS) & 1).double())
    order = torch.argsort(torch.cat([(sequence == part).nonzero().flatten() for part in sequence.unique()]))
    out = torch.cat(outs)[order].reshape(query.shape)
    mass = torch.cat(masses, 1)[:, order].reshape(heads[0], rows, tokens, GROUPS).transpose(0, 1)
    of_out, of_mass = numbers(6, out.shape), numbers(7, mass.shape) * 4
    if lengths:
        real = torch.arange(tokens) < torch.tensor(lengths)[:, None]
        of_out, of_mass = of_out * real[:, :, None, None], of_mass * real[:, None, :, None]
        # What stands behind an input has no meaning.
        out, mass = out * real[:, :, None, None], mass * real[:, None, :, None]
    found = torch.autograd.grad((out * of_out).sum() + (mass * of_mass).sum(), [query, key, value])
    for part, tensor in zip(("out", "masses", "query", "key", "value"), (out, mass, *found)):
        keep(f"attention.{name}.{part}", view(tensor))


def rms(x, weight):
    return weight * (x * torch.rsqrt(x.square().mean(-1, keepdim=True) + 1e-6))


def steps(kind, dtype):
    shape = (3, 17, 40)
    x, y = leaf(11, shape, dtype, 2), leaf(12, shape, dtype, 2)
    weight = leaf(13, (40,), dtype, 0.5, 1)
    first, second = numbers(14, shape), numbers(15, shape)
    # The sum is rounded to its type before it is normed.
    total = (x + y) + ((x + y).to(dtype).double() - (x + y)).detach()
    for name, outs, inputs in (("norm", [rms(x, weight)], [x, weight]), ("addNorm", [total, rms(total, weight)], [x, y, weight]),
                               ("gate", [torch.nn.functional.silu(x) * y], [x, y])):
        loss = sum((out * seed).sum() for out, seed in zip(outs, (first, second)))
        for number, tensor in enumerate(outs):
            keep(f"{name}.{kind}.out{number}", tensor)
        for number, tensor in enumerate(torch.autograd.grad(loss, inputs, retain_graph=True)):
            keep(f"{name}.{kind}.gradient{number}", tensor)


def losses(name, kind, dtype, rows, hidden, vocabulary):
    states, weight = leaf(21, (rows, hidden), dtype, 2), leaf(22, (vocabulary, hidden), dtype, 2)
    targets = ((numbers(23, (rows,)) + 1) / 2 * vocabulary).long()
    targets[-1], targets[0] = vocabulary - 1, 0
    factors = numbers(24, (rows,))
    factors[1] = 0
    own = torch.nn.functional.cross_entropy(states @ weight.T, targets, reduction="none")
    loss = (own * factors).sum()
    found = list(torch.autograd.grad(loss * 3, [states, weight]))
    if vocabulary > 1000:
        found[1] = (found[1] * numbers(25, (vocabulary, 1))).reshape(vocabulary // 500, 500, hidden).sum(1)
    for part, tensor in zip(("loss", "losses", "states", "weight"), (loss, own, *found)):
        keep(f"loss.{name}.{kind}.{part}", tensor)


def main():
    torch.set_num_threads(1)
    for name, case in CASES.items():
        attention(f"{name}.float32", torch.float32, **case)
    for name in ("padded", "unequal", "long64", "windows"):
        attention(f"{name}.bfloat16", torch.bfloat16, **CASES[name])
    for kind, dtype in TYPES.items():
        steps(kind, dtype)
        losses("small", kind, dtype, 9, 12, 50)
    losses("large", "float32", torch.float32, 200, 8, 200_000)
    save_file(kept, HERE / "graph.safetensors")
    print(sum(tensor.nbytes for tensor in kept.values()), "bytes")


if __name__ == "__main__":
    main()
