"""Goldens of correlation: scipy's values, and p-values by mpmath.

    python make_statistics.py        (numpy, scipy, mpmath)

Writes statistics.json beside itself:
  beta        I_x(a, 1/2): x, complement (1 - x, each exact in its own right), a, value; mpmath with 120 digits
  samples     x, y (float64), and of them
                r, p                    Pearson; p by mpmath from the very numbers, scipy agrees within what float64 allows
                rho, rho_p              Spearman; p by scipy (Student's t) for n > 9, over all orders of the ranks for n <= 9
                slope, intercept, residual
  rungs       items of a ladder with runs: between and within with p-values (within: n - rungs - 1 degrees of freedom)
  bootstrap   x, y, groups, and the exact distribution of r over every resample, each as likely as the other:
                quantiles at 0.025 and 0.975, and the share below some values; undefined is the share without a correlation
No stream of random numbers is compared: the bootstrap is held against what it estimates.
"""
import itertools
import json
import warnings
from pathlib import Path

import numpy as np
from mpmath import mp, mpf
from scipy import stats

HERE = Path(__file__).parent
mp.dps = 120  # enough that 1 - I keeps 60 digits where I is almost 1
rng = np.random.default_rng(20261124)


def half(x, complement, a):
    """I_x(a, 1/2) by a series of positive terms (DLMF 8.17.8), on the side of x unless x is almost 1."""
    swapped = complement < mpf("1e-3")
    p, q, z, rest = (mpf(1) / 2, a, complement, x) if swapped else (a, mpf(1) / 2, x, complement)
    front = mp.exp(p * mp.log(z) + q * mp.log(rest) + mp.loggamma(p + q) - mp.loggamma(p) - mp.loggamma(q)) / p
    term, total, n = mpf(1), mpf(1), 0
    while n < z * (p + q) or term > total * mpf(10) ** -mp.dps:
        term *= z * (p + q + n) / (p + 1 + n)
        total += term
        n += 1
    value = front * total
    return 1 - value if swapped else value


def exact_r(x, y):
    x, y = [mpf(v) for v in x], [mpf(v) for v in y]
    n = len(x)
    mx, my = sum(x) / n, sum(y) / n
    sxy = sum((a - mx) * (b - my) for a, b in zip(x, y))
    return sxy / mp.sqrt(sum((a - mx) ** 2 for a in x) * sum((b - my) ** 2 for b in y))


def exact_p(r, freedom):
    return half(1 - r * r, r * r, mpf(freedom) / 2) if r * r < 1 else mpf(0)


def permutation_p(x, y):
    a = (2 * stats.rankdata(x)).astype(int) - len(x) - 1
    b = (2 * stats.rankdata(y)).astype(int) - len(x) - 1
    observed = abs(int(a @ b))
    orders = np.array(list(itertools.permutations(b)))
    return float(np.mean(np.abs(orders @ a) >= observed))


def sample(x, y):
    x, y = [float(v) for v in x], [float(v) for v in y]
    r = exact_r(x, y)
    p = exact_p(r, len(x) - 2)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = stats.pearsonr(x, y)
        rho = stats.spearmanr(x, y)
    assert abs(theirs[0] - float(r)) < 1e-12, (theirs, r)
    # float64 knows 1 - r^2 only to 1e-16.
    known = 2e-15 / float(1 - r * r) * len(x) + 1e-10 if r * r < 1 else 1
    assert theirs[1] == 0 or abs(theirs[1] / float(p) - 1) < known, (theirs, p)
    line = stats.linregress(x, y)
    residuals = np.array(y) - (line.intercept + line.slope * np.array(x))
    return {
        "x": x, "y": y, "r": float(r), "p": float(p), "rho": float(rho[0]),
        "rho_p": permutation_p(x, y) if len(x) <= 9 else float(rho[1]),
        "slope": float(line.slope), "intercept": float(line.intercept),
        "residual": float(np.sqrt(residuals @ residuals / (len(x) - 2))),
    }


def samples():
    for n, slope in [(3, 1), (4, 2), (5, 0.5), (7, -1), (9, 0.3), (10, 4), (12, -3), (30, 0.1), (60, 8), (200, 0.02), (300, 20)]:
        x = rng.normal(size=n)
        yield sample(x, slope * x + rng.normal(size=n))
    # Ties in both columns, few and many points.
    yield sample([1, 2, 2, 3, 3, 3], [4, 1, 4, 2, 2, 9])
    yield sample(rng.integers(0, 4, 40), rng.integers(0, 3, 40))
    # Far from zero, very large, very small.
    x = rng.normal(size=15)
    yield sample(1e6 + x, 1e7 + 0.5 * x + rng.normal(size=15))
    yield sample(x * 1e100, (x + rng.normal(size=15)) * 1e-100)
    # Almost a line: p of 1e-100 and less.
    x = rng.normal(size=50)
    yield sample(x, x + 1e-3 * rng.normal(size=50))
    # The ladder of the paper.
    yield sample([7.5, 10.1, 13.8, 18.9], [49.1, 51.0, 52.6, 56.1])


def beta():
    for a in [0.5, 1, 1.5, 2, 4, 7.5, 20, 49.5, 500, 12345.5, 1e6]:
        for x in [mpf(10) ** -300, mpf(10) ** -40, mpf(10) ** -8, mpf("0.03"), mpf("0.3"), mpf("0.5"), mpf("0.9"),
                  1 - mpf(10) ** -4, 1 - mpf(10) ** -6, 1 - mpf(10) ** -12]:
            lower, upper = float(x), float(1 - x)
            value = half(mpf(lower), 1 - mpf(lower), mpf(a)) if lower < 0.5 else half(1 - mpf(upper), mpf(upper), mpf(a))
            if value > mpf(10) ** -300:
                yield {"x": lower, "complement": upper, "a": a, "value": float(value)}


def rungs():
    items = []
    for rung, (vas, accuracy) in {"base": (7.5, 49), "vard": (10, 51), "agto": (14, 52.5), "vars": (19, 56)}.items():
        for run in range(4):
            shift = rng.normal()
            items.append({
                "name": f"{rung}-{run}", "run": f"run-{run}", "rung": rung, "vas": float(vas + shift),
                "accuracy": float(accuracy - 0.6 * shift + 0.5 * rng.normal()),
            })
    names = list(dict.fromkeys(i["rung"] for i in items))
    groups = [[i for i in items if i["rung"] == name] for name in names]
    means = [[float(np.mean([i[k] for i in g])) for g in groups] for k in ("vas", "accuracy")]
    between = exact_r(*means)
    deviations = [
        [mpf(i[k]) - sum(mpf(j[k]) for j in g) / len(g) for g in groups for i in g] for k in ("vas", "accuracy")]
    within = exact_r(*deviations)
    return {
        "items": items, "between": float(between), "between_p": float(exact_p(between, len(groups) - 2)),
        "within": float(within), "within_p": float(exact_p(within, len(items) - len(groups) - 1)),
        "within_freedom": len(items) - len(groups) - 1,
    }


def bootstrap(x, y, groups):
    x, y = np.array(x, float), np.array(y, float)
    values, undefined = [], 0
    total = len(groups) ** len(groups)
    for draw in itertools.product(groups, repeat=len(groups)):
        index = [i for group in draw for i in group]
        a, b = x[index], y[index]
        if np.ptp(a) == 0 or np.ptp(b) == 0:
            undefined += 1
            continue
        values.append(float(np.corrcoef(a, b)[0, 1]))
    values = np.sort(values)
    probes = [float(np.quantile(values, q)) - 1e-9 for q in (0.03, 0.1, 0.3, 0.5, 0.8, 0.95)]
    # The quantile of an endless number of resamples: where the distribution function first reaches the share.
    edges = {q: float(values[int(np.ceil(q * len(values))) - 1]) for q in (0.025, 0.975)}
    return {
        "x": x.tolist(), "y": y.tolist(), "groups": groups, "lower": edges[0.025], "upper": edges[0.975],
        "undefined": undefined / total,
        "below": [[v, float(np.mean(values < v))] for v in probes],
    }


def bootstraps():
    yield bootstrap([7.5, 10.1, 13.8, 18.9, 9.2, 12.0], [49.1, 51.0, 52.6, 56.1, 50.9, 50.2], [[i] for i in range(6)])
    x = rng.normal(size=11)
    y = x + rng.normal(size=11)
    yield bootstrap(x.tolist(), y.tolist(), [[0, 1, 2], [3, 4], [5, 6], [7, 8, 9], [10]])
    yield bootstrap([1, 2, 4, 3], [1, 3, 2, 5], [[0], [1], [2], [3]])


golden = {
    "beta": list(beta()), "samples": list(samples()), "rungs": rungs(), "bootstrap": list(bootstraps()),
}
(HERE / "statistics.json").write_text(json.dumps(golden, indent=None, separators=(",", ":")) + "\n")
