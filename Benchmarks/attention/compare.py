#!/usr/bin/env python3
"""What observing attention costs: `avar bench vas` beside transformers with output_attentions, beside our own unobserved pass,
over lengths, and while generating.

    python3 compare.py --avar ../../.build/release/avar --work /tmp/bench [--rounds 3] [--up-to 16384] [--output results.json]

Needs what ../speed/compare.py needs, whose checkpoints and inputs it shares. Programs run by turns; observed and unobserved
passes run by turns within one process. Memory is the peak above that of the loaded model. Exits with 1 if a target is missed.
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "speed"))
from compare import PEER, case_file, checkpoint, processor, run  # noqa: E402

TIME, MEMORY, OBSERVING, GENERATING, AGREEMENT, DOUBLING = 0.30, 0.12, 1.10, 1.05, 1e-4, 2.2
FIGURES = ("vas", "vas_layer0", "vas_pooled", "vas_geometric")


def shared(arguments, tokens, runs):
    return ["--case", case_file(arguments.work, "small", tokens), "--runs", runs, "--threads", 2]


def ours(arguments, work, tokens, *extra, runs=3):
    folder = checkpoint(arguments.work, "small", "float32")
    return run([arguments.avar, "bench", work, "--model", folder, *shared(arguments, tokens, runs), *extra])


def peer(arguments, tokens, *extra, runs=3):
    folder = checkpoint(arguments.work, "small", "float32")
    return run([sys.executable, PEER, "vas", "--ckpt", folder, *shared(arguments, tokens, runs), *extra])


def above(result):
    return result["peak_rss_mib"] - result["rss_after_load_mib"]


def compare(arguments, tokens, queries, missed):
    """One length beside transformers: median seconds, memory above the model, and the largest disagreement."""
    rounds = [(ours(arguments, "vas", tokens, "--queries", queries), peer(arguments, tokens, "--queries", queries))
              for _ in range(arguments.rounds)]
    median = lambda part: statistics.median(part(*pair) for pair in rounds)
    row = dict(tokens=tokens, queries=queries,
               seconds=median(lambda a, b: a["seconds"]), peer_seconds=median(lambda a, b: b["seconds"]),
               time=median(lambda a, b: a["seconds"] / b["seconds"]),
               mib=median(lambda a, b: above(a)), peer_mib=median(lambda a, b: above(b)),
               times=[a["seconds"] / b["seconds"] for a, b in rounds],
               memory=median(lambda a, b: above(a) / above(b)),
               disagreement=max(abs(a[f] / b[f] - 1) for a, b in rounds for f in FIGURES))
    if row["disagreement"] > AGREEMENT:
        missed.append(f"{tokens} tokens, {queries}: the scores differ by {row['disagreement']:.1e}")
    if tokens == 4096 and row["time"] > TIME:
        missed.append(f"{tokens} tokens: {row['time']:.2f} of transformers' time, at most {TIME} was wanted")
    if tokens == 4096 and row["memory"] > MEMORY:
        missed.append(f"{tokens} tokens: {row['memory']:.2f} of transformers' memory, at most {MEMORY} was wanted")
    return row


def observing(arguments, tokens, missed):
    """The observed pass over our own unobserved one."""
    results = [ours(arguments, "vas", tokens, "--floor", runs=5) for _ in range(arguments.rounds)]
    ratios = [result["seconds"] / result["plain_seconds"] for result in results]
    ratio = statistics.median(ratios)
    if tokens >= 2048 and ratio > OBSERVING:
        missed.append(f"{tokens} tokens: observing takes {ratio:.3f} of the unobserved time, at most {OBSERVING} was wanted")
    return dict(tokens=tokens, ratio=ratio, ratios=ratios, plain_seconds=statistics.median(r["plain_seconds"] for r in results))


def generating(arguments, tokens, missed):
    """Generating with every token's score over generating without."""
    results = [ours(arguments, "generate", tokens, "--floor", "--new-tokens", 128, runs=5) for _ in range(arguments.rounds)]
    ratios = [result["observed_seconds"] / result["seconds"] for result in results]
    ratio = statistics.median(ratios)
    if ratio > GENERATING:
        missed.append(f"generating after {tokens} tokens: {ratio:.3f}, at most {GENERATING} was wanted")
    return dict(tokens=tokens, ratio=ratio, ratios=ratios)


def memory(arguments, tokens):
    """Memory above the loaded model at one length; the peer's where it does not need more than the machine has."""
    row = dict(tokens=tokens, mib=above(ours(arguments, "vas", tokens, runs=1)))
    maps = 8 * 8 * tokens**2 * 4 / 2**20  # layers, heads
    row["maps_mib"] = maps
    free = int(subprocess.run(["awk", "/MemAvailable/ {print int($2 / 1024)}", "/proc/meminfo"], capture_output=True,
                              text=True).stdout)
    row["peer_mib"] = above(peer(arguments, tokens, runs=1)) if maps * 1.3 < free else None
    return row


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--avar", required=True)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--up-to", type=int, default=16384, help="leave out what is longer, in tokens")
    parser.add_argument("--output", type=pathlib.Path)
    arguments = parser.parse_args()
    within = lambda *lengths: [tokens for tokens in lengths if tokens <= arguments.up_to]
    arguments.work.mkdir(parents=True, exist_ok=True)
    missed, results = [], {"processor": processor()}
    print(f"{processor()}, 2 threads; medians of {arguments.rounds} rounds\n")

    print("| tokens | queries | avar s | transformers s | time | avar MiB | transformers MiB | memory | disagreement |")
    print("|---|---|---|---|---|---|---|---|---|")
    results["transformers"] = []
    for tokens, queries in ((1024, "user"), (1024, "response"), (2048, "user"), (4096, "user"), (4096, "response")):
        if not within(tokens):
            continue
        row = compare(arguments, tokens, queries, missed)
        results["transformers"].append(row)
        print(f"| {tokens} | {queries} | {row['seconds']:.3g} | {row['peer_seconds']:.3g} | {row['time']:.2f} "
              f"| {row['mib']:.0f} | {row['peer_mib']:.0f} | {row['memory']:.3f} | {row['disagreement']:.0e} |", flush=True)

    print("\n| tokens | observed pass to unobserved pass |\n|---|---|")
    results["observing"] = [observing(arguments, tokens, missed) for tokens in within(1024, 2048, 4096)]
    for row in results["observing"]:
        print(f"| {row['tokens']} | {row['ratio']:.3f} |", flush=True)

    print("\n| prompt | 128 tokens with every token's score to without |\n|---|---|")
    results["generating"] = [generating(arguments, tokens, missed) for tokens in within(1024, 4096)]
    for row in results["generating"]:
        print(f"| {row['tokens']} | {row['ratio']:.3f} |", flush=True)

    print("\n| tokens | avar MiB | transformers MiB | all maps of one pass MiB |\n|---|---|---|---|")
    results["memory"] = [memory(arguments, tokens) for tokens in within(1024, 2048, 4096, 8192, 16384)]
    for row in results["memory"]:
        theirs = f"{row['peer_mib']:.0f}" if row["peer_mib"] else "does not fit"
        print(f"| {row['tokens']} | {row['mib']:.0f} | {theirs} | {row['maps_mib']:.0f} |", flush=True)

    for shorter, longer in zip(results["memory"], results["memory"][1:]):
        if longer["mib"] > DOUBLING * shorter["mib"]:
            missed.append(f"memory from {shorter['tokens']} to {longer['tokens']} tokens grows "
                          f"{longer['mib'] / shorter['mib']:.2f} times, at most {DOUBLING} was wanted")
    if arguments.output:
        arguments.output.write_text(json.dumps(results, indent=1) + "\n")
    print("\n" + ("\n".join(missed) if missed else "every target met"))
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
