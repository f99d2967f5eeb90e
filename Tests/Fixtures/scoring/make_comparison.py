#!/usr/bin/env python3
"""Makes comparison.json: what the statistics of comparisons should give, by scipy, statsmodels and plain formulas.

    python3 make_comparison.py        (numpy, scipy, statsmodels)

Writes comparison.json beside itself:
  mcnemar     onlyFirst, onlySecond, exact (statsmodels), midP (Fagerland, Lydersen and Laake 2013, from scipy's binomial)
  wilson      right, count, low, high (statsmodels)
  paired      first, second, clusters; difference, standardError (ordinary least squares on a constant with cluster-robust errors of
                statsmodels, whose factor for small samples is G/(G-1) here), and bootstrap: the mean and the standard error of all
                resamples of whole clusters, enumerated, with their quantiles at 0.025 and 0.975
  detectable  discordant, count, difference: the root by scipy's brentq of Connor's formula
  unpaired    accuracy, count, difference
  passes      answers, right, k, probability: by enumerating every subset of k answers
No stream of random numbers is compared: the bootstrap is held against what it estimates.
"""
import itertools
import json
from pathlib import Path

import numpy as np
import statsmodels.api as sm
from scipy import optimize, stats
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.proportion import proportion_confint

HERE = Path(__file__).parent
rng = np.random.default_rng(20261125)


def tests():
    for first, second in [(0, 0), (0, 1), (1, 0), (5, 5), (3, 9), (12, 2), (0, 40), (30, 55), (250, 310), (700, 700), (2100, 1990)]:
        table = [[10, first], [second, 10]]
        n, k = first + second, min(first, second)
        exact = mcnemar(table, exact=True).pvalue if n else 1.0
        mid = 1.0 if first == second else 2 * stats.binom.cdf(k, n, 0.5) - stats.binom.pmf(k, n, 0.5)
        yield {"onlyFirst": first, "onlySecond": second, "exact": float(exact), "midP": float(mid)}


def intervals():
    for right, count in [(0, 10), (10, 10), (1, 3), (37, 100), (613, 1000), (951, 951)]:
        low, high = proportion_confint(right, count, method="wilson")
        yield {"right": right, "count": count, "low": float(low), "high": float(high)}


def pairs():
    cases = [
        ([1, 0, 1, 1, 0, 0, 1, 0], [1, 1, 1, 0, 1, 0, 1, 1], list("aabbbcde")),
        ([0.25, 0.5, 1, 0, 0.75, 0.5], [0.5, 0.5, 0.75, 0.25, 1, 0.5], list("uvwxyz")),
        ([int(x) for x in rng.integers(0, 2, 14)], [int(x) for x in rng.integers(0, 2, 14)], list("aaabbbbcddeeee")),
    ]
    for first, second, clusters in cases:
        difference = np.array(second, float) - np.array(first, float)
        names = list(dict.fromkeys(clusters))
        groups = [np.array([d for d, c in zip(difference, clusters) if c == name]) for name in names]
        fit = sm.OLS(difference, np.ones(len(difference))).fit(
            cov_type="cluster", cov_kwds={"groups": np.array([names.index(c) for c in clusters]), "use_correction": False})
        error = float(fit.bse[0]) * np.sqrt(len(groups) / (len(groups) - 1))
        # Every resample of whole clusters, each as likely as the other.
        means = np.array([np.concatenate(drawn).mean() for drawn in itertools.product(groups, repeat=len(groups))])
        yield {
            "first": first, "second": second, "clusters": clusters, "difference": float(difference.mean()),
            "standardError": float(error),
            "bootstrap": {"mean": float(means.mean()), "standardError": float(means.std()),
                          "quantiles": [float(q) for q in np.quantile(means, [0.025, 0.975])]},
        }


def differences():
    z, y = stats.norm.ppf(0.975), stats.norm.ppf(0.8)
    for discordant, count in [(20, 100), (100, 1000), (300, 1730), (5, 900), (240, 304), (1, 10), (9, 9)]:
        share = discordant / count
        needed = lambda d: (z * np.sqrt(share) + y * np.sqrt(share - d * d)) ** 2 / d**2 - count
        found = None if needed(share) > 0 else float(optimize.brentq(needed, 1e-9, share, xtol=1e-15))
        yield {"discordant": discordant, "count": count, "difference": found}


def unpaired():
    z, y = stats.norm.ppf(0.975), stats.norm.ppf(0.8)
    for accuracy, count in [(0.5, 100), (0.68, 1000), (0.25, 3040)]:
        yield {"accuracy": accuracy, "count": count, "difference": float((z + y) * np.sqrt(2 * accuracy * (1 - accuracy) / count))}


def passes():
    for answers, right, k in [(4, 1, 1), (4, 1, 2), (8, 3, 4), (8, 0, 8), (8, 8, 1), (10, 2, 9), (12, 5, 6)]:
        subsets = list(itertools.combinations([i < right for i in range(answers)], k))
        yield {"answers": answers, "right": right, "k": k, "probability": sum(map(any, subsets)) / len(subsets)}


made = {"mcnemar": list(tests()), "wilson": list(intervals()), "paired": list(pairs()), "detectable": list(differences()),
        "unpaired": list(unpaired()), "passes": list(passes())}
(HERE / "comparison.json").write_text(json.dumps(made, indent=1) + "\n")
