#!/usr/bin/env python3
"""Computes modulated attention, its masses and their gradients with explicit maps in float64, into modulation.safetensors.

    python3 Tests/Fixtures/attention/make_modulation.py

Needs torch and safetensors. reference.py beside this file says what a modulation is, README.md what the keys hold. Every case
is computed a second time number by number, and, where it has no absolute factors, a third time by one fused call on widened
heads whose gradients are compared too; with absolute factors the gradients are compared with differences.
"""

import dataclasses
import pathlib

import torch
from reference import (BITS, Modulation, attention, augmented_attention, looped_attention, reading)
from safetensors.torch import save_file

HERE = pathlib.Path(__file__).resolve().parent
SYSTEM, MARKER, VISUAL, USER, RESPONSE, BEHIND_FIRST = range(6)
EPSILON = 1e-6


@dataclasses.dataclass
class Shape:
    """Sizes of one set of cases; the last `padding` keys of the second sequence are padding."""

    name: str
    heads: int
    kv_heads: int
    width: int
    keys: int
    queries: int
    groups: int
    padding: int


SHAPES = [
    Shape("square", heads=4, kv_heads=2, width=8, keys=13, queries=13, groups=6, padding=3),
    Shape("cached", heads=4, kv_heads=2, width=8, keys=11, queries=5, groups=6, padding=2),
    Shape("single", heads=4, kv_heads=2, width=8, keys=8, queries=1, groups=6, padding=0),
    Shape("equal", heads=3, kv_heads=3, width=6, keys=9, queries=9, groups=3, padding=2),
]


# Inputs


def membership(shape, draw):
    """Two sequences: system, marker, picture, user and response keys, the second with a longer system turn; or, where there
    are too few groups for these, any three bits behind three keys of the first group."""
    if shape.groups < 6:
        bits = torch.randint(0, 2**shape.groups, (2, shape.keys), generator=draw)
        bits[:, :3] = 1
    else:
        bits = torch.full((2, shape.keys), 1 << RESPONSE)
        for row, (marker, picture, user) in enumerate(((2, 3, 6), (4, 5, 7))):
            bits[row, :marker] = 1 << SYSTEM | 1 << BEHIND_FIRST
            bits[row, 0] = 1 << SYSTEM
            bits[row, marker:picture] = 1 << MARKER
            bits[row, picture:user] = 1 << VISUAL
            bits[row, user:user + 1] = 1 << USER
        bits[0, 5] |= 1 << USER
        bits[0, 7] = 0
    bits[1, shape.keys - shape.padding:] = 0
    return bits.to(torch.uint8)


def inputs(shape, draw):
    """Queries, keys, values and the weights of the loss, which leave the rows of padding out."""
    def noise(*sizes):
        return torch.randn(2, *sizes, dtype=torch.float64, generator=draw)

    made = {
        "q": 1.5 * noise(shape.queries, shape.heads, shape.width),
        "k": noise(shape.keys, shape.kv_heads, shape.width),
        "v": noise(shape.keys, shape.kv_heads, shape.width),
        "membership": membership(shape, draw),
        "output_weights": noise(shape.queries, shape.heads, shape.width),
        "mass_weights": noise(shape.heads, shape.queries, shape.groups),
    }
    made["mass_weights"][:, :, torch.arange(shape.queries) % 3 == 1] = 0
    padding = slice(shape.queries - shape.padding, shape.queries)
    made["output_weights"][1, padding] = 0
    made["mass_weights"][1, :, padding] = 0
    return made


# Cases


def drawn(shape, draw, absolute=False):
    """Numbers for every head and group: all but the absolute factors, or these too."""
    def between(low, high):
        return low + (high - low) * torch.rand(shape.heads, BITS, dtype=torch.float64, generator=draw)

    made = Modulation(between(0.5, 1.5), between(-0.3, 0.5), between(-1, 1), between(0.4, 1.6))
    if not absolute:
        made.absolute_factor.zero_()
    return made


def suffix(shape):
    """The second half of the rows, one fewer in the second sequence."""
    first = torch.tensor([[shape.queries // 2], [min(shape.queries // 2 + 1, shape.queries - 1)]])
    return (torch.arange(shape.queries) >= first).to(torch.uint8)


def scattered(shape):
    """Every third row, from another one on in each sequence."""
    return ((torch.arange(shape.queries) + torch.tensor([[0], [1]])) % 3 == 0).to(torch.uint8)


def last(shape):
    """The last row; in the second sequence the last that is no padding."""
    rows = torch.zeros(2, shape.queries, dtype=torch.uint8)
    rows[0, -1] = rows[1, shape.queries - 1 - shape.padding] = 1
    return rows


def cases(shape, draw):
    """Name, modulation and rows of every case."""
    every = torch.ones(2, shape.queries, dtype=torch.uint8)
    visual = min(VISUAL, shape.groups - 1)

    def read(name, suppress=0.4):
        return reading(name, shape.heads, 0.15, suppress, visual, SYSTEM)

    absolute = Modulation.neutral(shape.heads)
    absolute.absolute_factor[:, visual] = 0.2
    everything = drawn(shape, draw, absolute=True)
    everything.bias[0, SYSTEM] = everything.bias[-1, MARKER] = -torch.inf
    everything.value_factor[0, MARKER] = everything.value_factor[-1, SYSTEM] = 0
    return {
        "plain": (Modulation.neutral(shape.heads), every),
        "scores": (read("scores"), every),
        "renormalized": (read("renormalized"), every),
        "raw": (read("raw"), every),
        "absolute": (absolute, every),
        "combined": (drawn(shape, draw), every),
        "heads_scores": (read("scores").only([1]), every),
        "heads_combined": (drawn(shape, draw, absolute=True).only([1, 2]), every),
        "rows_suffix": (drawn(shape, draw), suffix(shape)),
        "rows_scattered": (read("scores"), scattered(shape)),
        "rows_last": (absolute, last(shape)),
        "removal_renormalized": (read("renormalized", suppress=1), every),
        "removal_raw": (read("raw", suppress=1), every),
        "removal_heads_suffix": (read("renormalized", suppress=1).only([0, 2]), suffix(shape)),
        "everything": (everything.only([0, shape.heads - 1]), scattered(shape)),
    }


# Goldens


def loss(output, masses, given):
    return (given["output_weights"] * output).sum() + (given["mass_weights"] * (masses + EPSILON).log()).sum()


def leaves(given):
    return [given[name].clone().requires_grad_() for name in "qkv"]


def computed(implementation, given, modulation, rows, groups):
    """Output, masses and the gradients of the loss."""
    states = leaves(given)
    output, masses = implementation(*states, given["membership"], modulation, rows, groups)
    gradients = torch.autograd.grad(loss(output, masses, given), states)
    return [output.detach(), masses.detach(), *gradients]


def check(found, given, modulation, rows, groups):
    """Other ways of computing a case give the same."""
    with torch.no_grad():
        others = looped_attention(*(given[name] for name in "qkv"), given["membership"], modulation, rows, groups)
    agree(found[:2], others)
    if modulation.absolute_factor.any():
        check_by_differences(found[2:], given, modulation, rows, groups)
    else:
        agree(found, computed(augmented_attention, given, modulation, rows, groups))


def agree(found, others):
    for one, other in zip(found, others):
        assert (one - other).abs().max() <= 1e-12 * max(1, one.abs().max()), (one - other).abs().max()


@torch.no_grad()
def check_by_differences(gradients, given, modulation, rows, groups, step=1e-5):
    draw = torch.Generator().manual_seed(7)
    for _ in range(3):
        way = [torch.randn(one.shape, dtype=one.dtype, generator=draw) for one in gradients]

        def at(length):
            states = [given[name] + length * toward for name, toward in zip("qkv", way)]
            return loss(*attention(*states, given["membership"], modulation, rows, groups), given)

        slope = (at(step) - at(-step)) / (2 * step)
        expected = sum((one * toward).sum() for one, toward in zip(gradients, way))
        assert abs(slope - expected) < 1e-6 * max(1, abs(expected)), (slope, expected)


def make_shape(shape, seed):
    """The goldens of a set of cases."""
    draw = torch.Generator().manual_seed(seed)
    given = inputs(shape, draw)
    tensors = {f"{shape.name}.{name}": tensor for name, tensor in given.items()}
    for name, (modulation, rows) in cases(shape, draw).items():
        found = computed(attention, given, modulation, rows, shape.groups)
        assert all(tensor.isfinite().all() for tensor in found), name
        check(found, given, modulation, rows, shape.groups)
        found = dict(zip(("output", "masses", "q_gradient", "k_gradient", "v_gradient"), found))
        for key, tensor in {**modulation.tables(), "rows": rows, **found}.items():
            tensors[f"{shape.name}.{name}.{key}"] = tensor.clone(memory_format=torch.contiguous_format)
    return tensors


def main():
    torch.set_num_threads(1)
    tensors = {}
    for seed, shape in enumerate(SHAPES, 41):
        tensors.update(make_shape(shape, seed))
    save_file(tensors, HERE / "modulation.safetensors", metadata={"made_with": f"torch {torch.__version__}"})


if __name__ == "__main__":
    main()
