#!/usr/bin/env python3
"""Compares what `avar demo --output` wrote with what reference.py found with transformers, question by question.

    .build/release/avar demo --output demo.json
    python3 Scripts/easy-vqa/reference.py --output reference.json
    python3 Scripts/easy-vqa/compare.py demo.json reference.json

Answers must be equal, shares within 1e-4, and the scores within 1e-4 of their size. Exits with 1 if they are not.
"""

import json
import sys

TOLERANCE = 1e-4


def difference(ours, theirs):
    return abs(ours - theirs) / max(1.0, abs(theirs))


def main():
    ours, theirs = (json.load(open(path, encoding="utf-8")) for path in sys.argv[1:3])
    bad = 0
    for kind in ("right", "shuffled"):
        pairs = list(zip(ours[kind]["answers"], theirs[kind]["answers"], strict=True))
        different = [index for index, (x, y) in enumerate(pairs) if x != y]
        bad += len(different)
        print(f"{kind} pictures: {len(pairs) - len(different)} of {len(pairs)} answers equal, "
              f"accuracy {ours[kind]['accuracy']:.4f} and {theirs[kind]['accuracy']:.4f}")
    attention = ours["right"]["attention"]
    for name in ("system", "visual", "user", "response", "marker"):
        worst = max(abs(x[name] - y[name]) for x, y in zip(attention["layers"], theirs["shares"], strict=True))
        bad += worst > TOLERANCE
        print(f"share of {name}: largest difference {worst:.1e}")
    for ours_key, theirs_key in (("vas", "vas"), ("vas_without_first", "vas_without_first")):
        for form in ("paper", "pooled", "reward", "geometric"):
            x, y = attention[ours_key][form], theirs[theirs_key][form]
            bad += difference(x, y) > TOLERANCE
            print(f"{ours_key} {form}: {x:.6g} and {y:.6g}, difference {difference(x, y):.1e}")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
