#!/usr/bin/env python3
"""Writes what PyTorch computes, for the tests of the Torch module, into torch.safetensors.

    python3 Tests/Fixtures/torch/make_torch.py

Keys: `NAME.x0`, `NAME.x1`, ... are the inputs of an operation, `NAME.out` its result, and `NAME.g0`, ... the gradients
of the sum of the squares of the result with respect to the floating-point inputs, computed in float64 and stored in
float32. `attention.*`, `network.*`, `adamw.*` and `random.*` are larger cases, see below.
"""

import pathlib

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

HERE = pathlib.Path(__file__).resolve().parent
torch.manual_seed(7)
saved = {}


def keep(name, tensor):
    tensor = tensor.detach()
    if tensor.dtype == torch.float64:
        tensor = tensor.float()
    saved[name] = tensor.contiguous().clone()


def draw(*shape):
    """float64 numbers that float32 holds exactly."""
    return torch.randn(*shape).double()


def operation(name, function, *inputs, gradient=True):
    inputs = [x.clone() for x in inputs]
    leaves = [x.requires_grad_(True) for x in inputs if gradient and x.is_floating_point()]
    out = function(*inputs)
    for index, x in enumerate(inputs):
        keep(f"{name}.x{index}", x)
    keep(f"{name}.out", out)
    if leaves and out.is_floating_point():
        grads = torch.autograd.grad(out.square().sum(), leaves)
        for index, grad in enumerate(grads):
            keep(f"{name}.g{index}", grad)


def rms_norm(x, weight):
    return weight * (x * torch.rsqrt(x.square().mean(-1, keepdim=True) + 1e-6))


def rotary(x, cos, sin):
    a, b = x.chunk(2, -1)
    c, s = cos[:, :, None], sin[:, :, None]
    return torch.cat([a * c - b * s, b * c + a * s], -1)


def operations():
    a, b, positive = draw(3, 5), draw(3, 5), draw(3, 5).abs() + 0.5
    for name, function in {
        "add": torch.add, "sub": torch.sub, "mul": torch.mul, "maximum": torch.maximum, "minimum": torch.minimum,
    }.items():
        operation(name, function, a, b)
    operation("broadcast", torch.mul, a, draw(5))
    operation("div", torch.div, a, positive)
    for name, function in {
        "neg": torch.neg, "abs": torch.abs, "exp": torch.exp, "square": torch.square, "sin": torch.sin,
        "cos": torch.cos, "tanh": torch.tanh, "sigmoid": torch.sigmoid, "silu": F.silu, "gelu": F.gelu,
        "relu": torch.relu, "clamp": lambda x: x.clamp(-0.5, 0.75), "addScalar": lambda x: x + 1.5,
        "subScalar": lambda x: x - 1.5, "mulScalar": lambda x: x * -2.5, "divScalar": lambda x: x / 4,
        "sum": lambda x: x.sum(1), "sumAll": lambda x: x.sum(), "mean": lambda x: x.mean(0, keepdim=True),
        "amax": lambda x: x.amax(1), "amin": lambda x: x.amin(0), "variance": lambda x: x.var(1),
        "logSumExp": lambda x: torch.logsumexp(x, 1), "cumsum": lambda x: x.cumsum(1),
        "softmax": lambda x: x.softmax(-1), "logSoftmax": lambda x: x.log_softmax(-1),
        "reshape": lambda x: x.reshape(5, -1), "permute": lambda x: x.permute(1, 0), "flip": lambda x: x.flip(1),
        "slice": lambda x: x[:, 1:4], "select": lambda x: x[1], "repeatInterleave": lambda x: x.repeat_interleave(2, 0),
        "pad": lambda x: F.pad(x, (1, 2), value=0.5), "expand": lambda x: x[:1].expand(4, 5),
        "unsqueeze": lambda x: x.unsqueeze(1), "sortValues": lambda x: x.sort(1, descending=True).values,
        "topKValues": lambda x: x.topk(2, 1).values,
    }.items():
        operation(name, function, a)
    for name, function in {
        "log": torch.log, "sqrt": torch.sqrt, "rsqrt": torch.rsqrt, "reciprocal": torch.reciprocal,
        "pow": lambda x: x.pow(1.5),
    }.items():
        operation(name, function, positive)
    whole = torch.tensor([2, 0, 1])
    operation("argmax", lambda x: x.argmax(1), a, gradient=False)
    operation("equal", lambda x, y: x == y, a, torch.where(b > 0, a, b), gradient=False)
    operation("less", torch.lt, a, b, gradient=False)
    operation("greaterOrEqual", torch.ge, a, b, gradient=False)
    operation("isFinite", torch.isfinite, a / torch.relu(b), gradient=False)
    operation("nonzero", lambda x: torch.relu(x).nonzero(), a, gradient=False)
    operation("indexSelect", lambda x, i: x.index_select(0, i), a, whole)
    operation("embedding", lambda x, i: F.embedding(i, x), a, torch.tensor([[2, 0], [1, 1]]))
    operation("gather", lambda x, i: x.gather(1, i), a, torch.tensor([[0, 4], [1, 1], [3, 2]]))
    operation("indexCopy", lambda x, i, y: x.index_copy(0, i, y), a, torch.tensor([2, 0]), draw(2, 5))
    operation("scatter", lambda x, i, y: x.scatter(1, i, y), a, torch.tensor([[0, 4], [1, 0], [3, 2]]), draw(3, 2))
    operation("choose", lambda c, x, y: torch.where(c, x, y), a > 0, a, b)
    operation("masked", lambda x, m: x.masked_fill(m, 9), a, b > 0)
    operation("concatenate", lambda x, y: torch.cat([x, y], 1), a, b)
    operation("stack", lambda x, y: torch.stack([x, y], 1), a, b)
    operation("matmul", torch.matmul, draw(2, 3, 4), draw(2, 4, 5))
    for rows in (1, 3, 8, 9, 40):
        operation(f"linear{rows}", F.linear, draw(rows, 37), draw(21, 37), draw(21))
    operation("linearNoBias", F.linear, draw(2, 5, 32), draw(7, 32))
    operation("layerNorm", lambda x, w, c: F.layer_norm(x, (5,), w, c, 1e-5), a, draw(5), draw(5))
    operation("rmsNorm", rms_norm, draw(2, 4, 37), draw(37))
    operation("addingRMSNorm", lambda x, d, w: rms_norm(x + d, w), draw(2, 4, 37), draw(2, 4, 37), draw(37))
    operation("siluGate", lambda x, y: F.silu(x) * y, 4 * draw(5, 33), draw(5, 33))
    angles = draw(1, 6, 9)
    operation("rotary", lambda x: rotary(x, angles.cos().float().double(), angles.sin().float().double()), draw(2, 6, 3, 18))
    keep("rotary.cos", angles.cos())
    keep("rotary.sin", angles.sin())
    operation("crossEntropy", lambda x, t: F.cross_entropy(x, t, ignore_index=-100), a, torch.tensor([4, -100, 0]))
    picture = torch.randint(0, 256, (1, 3, 19, 23), dtype=torch.uint8)
    operation("resize", lambda x: F.interpolate(x, (28, 14), mode="bicubic", antialias=True), picture)


def attention():
    """Grouped heads, with indicator columns behind the values; masses and log-sum-exp from the explicit map."""
    for name, heads, groups, queries, keys, width, causal in (
        ("causal", 8, 2, 7, 7, 16, True), ("full", 4, 2, 5, 9, 16, False), ("equal", 3, 3, 6, 6, 16, True),
        # More keys than a block of the kernel, a prefix before the queries, and a width that fills no vector.
        ("long", 4, 2, 53, 210, 20, True), ("wide", 2, 1, 49, 195, 40, False),
    ):
        q, k, v = draw(2, heads, queries, width), draw(2, groups, keys, width), draw(2, groups, keys, width)
        member = (torch.rand(1, 1, keys, 8) > 0.5).double().expand(2, groups, keys, 8)
        q, k, v = (x.requires_grad_(True) for x in (q, k, v))
        wide = lambda x: x.repeat_interleave(heads // groups, 1)
        scores = q @ wide(k).transpose(-1, -2) / 4
        if causal:
            scores = scores.masked_fill(torch.ones(queries, keys).triu(keys - queries + 1).bool(), float("-inf"))
        weights = scores.softmax(-1)
        out, masses = weights @ wide(v), weights @ wide(member)
        loss = out.square().sum() + masses.square().sum()
        grads = torch.autograd.grad(loss, (q, k, v))
        found = dict(q=q, k=k, v=v, member=member, out=out, masses=masses)
        if keys < 10:
            found |= dict(lse=scores.logsumexp(-1), gq=grads[0], gk=grads[1], gv=grads[2])
        for key, tensor in found.items():
            keep(f"attention.{name}.{key}", tensor)


def adamw():
    """Twenty steps on a quadratic with two parameters."""
    start, target = [draw(4, 3), draw(5)], [draw(4, 3), draw(5)]
    parameters = [x.clone().requires_grad_(True) for x in start]
    optimizer = torch.optim.AdamW(parameters, lr=0.05, betas=(0.9, 0.98), eps=1e-7, weight_decay=0.1)
    for _ in range(20):
        optimizer.zero_grad()
        sum(((p - t) ** 2).sum() for p, t in zip(parameters, target)).backward()
        optimizer.step()
    for index in range(2):
        keep(f"adamw.start{index}", start[index])
        keep(f"adamw.target{index}", target[index])
        keep(f"adamw.end{index}", parameters[index])


def main():
    operations()
    attention()
    adamw()
    torch.manual_seed(0)
    keep("random.normal", torch.randn(20))
    keep("random.uniform", torch.rand(20))
    save_file(saved, HERE / "torch.safetensors")
    print(len(saved), "tensors")


if __name__ == "__main__":
    main()
