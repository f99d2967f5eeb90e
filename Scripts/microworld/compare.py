#!/usr/bin/env python3
r"""Compares answers and attention of `avar` with what reference.py found with transformers, question by question.

    .build/release/avar microworld make --split test --count 300 --output set
    .build/release/avar microworld exam --model Checkpoints/microworld --data set/data.jsonl --count 300 \
        --conditions picture,shuffled --output exam
    .build/release/avar vas --model Checkpoints/microworld --data set/data.jsonl --limit 300 --output vas
    python3 Scripts/microworld/reference.py --data set/data.jsonl --output reference.json
    python3 Scripts/microworld/compare.py exam vas reference.json

Answers must be equal, shares within 1e-4, and the scores within 1e-4 of their size. Exits with 1 if they are not.
"""

import json
import pathlib
import sys

TOLERANCE = 1e-4


def difference(ours, theirs):
    return abs(ours - theirs) / max(1.0, abs(theirs))


def read_answers(folder, condition):
    """The answers under a condition in the order of the questions."""
    with open(folder / "samples.jsonl", encoding="utf-8") as lines:
        results = [json.loads(line) for line in lines]
    chosen = [result for result in results if result["condition"] == condition]
    return sorted(chosen, key=lambda result: result["line"])


def main():
    exam, vas = (pathlib.Path(path) for path in sys.argv[1:3])
    theirs = json.loads(pathlib.Path(sys.argv[3]).read_text(encoding="utf-8"))
    bad = 0
    for condition, kind in (("picture", "right"), ("shuffled", "shuffled")):
        ours = read_answers(exam, condition)
        pairs = list(zip((result["text"] for result in ours), theirs[kind]["answers"], strict=True))
        different = [index for index, (x, y) in enumerate(pairs) if x != y]
        bad += len(different)
        accuracy = sum(result["right"] for result in ours) / len(ours)
        print(f"{kind} pictures: {len(pairs) - len(different)} of {len(pairs)} answers equal, "
              f"accuracy {accuracy:.4f} and {theirs[kind]['accuracy']:.4f}")
    summary = json.loads((vas / "summary.json").read_text(encoding="utf-8"))
    for name in ("system", "visual", "user", "response", "marker"):
        worst = max(abs(x[name] - y[name]) for x, y in zip(summary["layers"], theirs["shares"], strict=True))
        bad += worst > TOLERANCE
        print(f"share of {name}: largest difference {worst:.1e}")
    for ours_key, theirs_key in (("scores", "vas"), ("scores_without_first", "vas_without_first")):
        for form in ("paper", "pooled", "reward", "geometric"):
            x, y = summary[ours_key][form]["value"], theirs[theirs_key][form]
            bad += difference(x, y) > TOLERANCE
            print(f"{theirs_key} {form}: {x:.6g} and {y:.6g}, difference {difference(x, y):.1e}")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
