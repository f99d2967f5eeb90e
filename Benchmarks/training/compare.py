#!/usr/bin/env python3
"""A training step beside transformers and beside itself: guided and not, with activation checkpointing, and how long a guided
sequence may be in 20 GiB.

    python3 compare.py --avar ../../.build/release/avar --work /tmp/bench [--rounds 2] [--runs 2] [--tokens 4096] [--longest] [--output results.json]

Needs what ../speed/compare.py needs, whose checkpoints and inputs it shares. Forward pass, loss, backward pass on the same
numbers (../peer/hf_peer.py sft-step); programs run by turns, our guided and unguided steps by turns within one process.
Memory is the peak above that of the loaded model. --longest takes some twenty minutes more: it tries guided sequences, each in a
process of its own, longer and longer until the whole process takes more than 20 GiB. Exits with 1 if a target is missed.
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "speed"))
from compare import PEER, case_file, checkpoint, processor, run  # noqa: E402

TOKENS = 4096
GUIDED, PEER_GUIDED, PEER_UNGUIDED, MEMORY, CHECKPOINTED = 1.12, 0.28, 0.92, 0.25, 0.10
AGREEMENT = dict(loss=1e-4, enhance=1e-4, suppress=1e-4, grad_norm=1e-3)
LIMIT_MIB = 20 * 1024
# The lengths that are tried; 32,768 tokens are the context of the checkpoint.
LENGTHS = {"transformers, guided": [5376, 5632, 5888], "avar, guided": [32768]}


def ours(arguments, *extra, tokens=None, runs=None):
    return run([arguments.avar, "bench", "sft-step", "--model", checkpoint(arguments.work, "small", "float32"), "--case",
                case_file(arguments.work, "small", tokens or arguments.tokens), "--threads", 2, "--runs", arguments.runs if runs is None else runs,
                *extra])


def peer(arguments, *extra, tokens=None, runs=None):
    return run([sys.executable, PEER, "sft-step", "--ckpt", checkpoint(arguments.work, "small", "float32"), "--case",
                case_file(arguments.work, "small", tokens or arguments.tokens), "--threads", 2, "--runs", arguments.runs if runs is None else runs,
                *extra])


def above(result):
    return result["peak_rss_mib"] - result["rss_after_load_mib"]


PROGRAMS = {
    "avar, unguided": lambda a: ours(a),
    "avar, guided": lambda a: ours(a, "--guided", "--floor"),
    "avar, guided, checkpointing": lambda a: ours(a, "--guided", "--checkpointing"),
    "transformers, unguided, sdpa": lambda a: peer(a, "--attn", "sdpa"),
    "transformers, guided, eager": lambda a: peer(a, "--guided", "--attn", "eager", runs=min(a.runs, 1)),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--avar", required=True)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--runs", type=int, default=2)
    parser.add_argument("--pairs", type=int, default=5, help="processes in which guided and unguided steps go by turns")
    parser.add_argument("--tokens", type=int, default=TOKENS, help="of the sequence; targets are set for 4,096")
    parser.add_argument("--longest", action="store_true")
    parser.add_argument("--output", type=pathlib.Path)
    arguments = parser.parse_args()
    arguments.work.mkdir(parents=True, exist_ok=True)
    print(f"{processor()}, 2 threads; preset small, {arguments.tokens} tokens, medians of {arguments.rounds} rounds\n", flush=True)
    rounds = []
    for _ in range(arguments.rounds):
        found = {}
        for name, program in PROGRAMS.items():
            found[name] = program(arguments)
            print(f"  {name}: {json.dumps(found[name])}", file=sys.stderr, flush=True)
        rounds.append(found)
    pairs = [ours(arguments, "--guided", "--floor", runs=3) for _ in range(arguments.pairs)]
    median = lambda part: statistics.median(part(found) for found in rounds)
    missed = []

    def target(name, value, bound):
        print(f"| {name} | {value:.2f} | at most {bound} |")
        if value > bound:
            missed.append(f"{name}: {value:.2f}, at most {bound} was wanted")
        return dict(name=name, value=value, bound=bound)

    print("| program | seconds | MiB above the loaded model |\n|---|---|---|")
    for name in PROGRAMS:
        print(f"| {name} | {median(lambda f: f[name]['seconds']):.2f} | {median(lambda f: above(f[name])):.0f} |")
    ratio = lambda a, b, part: median(lambda f: part(f[a]) / part(f[b]))
    seconds = lambda result: result["seconds"]
    plain, guided, checkpointed, plain_peer, guided_peer = PROGRAMS
    print("\n| ratio | | target |\n|---|---|---|")
    targets = [
        target("our guided step to our unguided one, by turns in one process",
               statistics.median(pair["seconds"] / pair["plain_seconds"] for pair in pairs), GUIDED),
        target("our guided step to transformers' guided step", ratio(guided, guided_peer, seconds), PEER_GUIDED),
        target("our unguided step to transformers' with fused attention", ratio(plain, plain_peer, seconds), PEER_UNGUIDED),
        target("memory above the model, guided, to transformers' guided", ratio(guided, guided_peer, above), MEMORY),
        target("the same with activation checkpointing", ratio(checkpointed, guided_peer, above), CHECKPOINTED),
    ]
    agreement = {key: max(abs(f[guided][key] / f[guided_peer][key] - 1) for f in rounds) for key in AGREEMENT}
    print("\nlargest disagreement with transformers: " + ", ".join(f"{key} {value:.1e}" for key, value in agreement.items()))
    missed += [f"{key} differs by {agreement[key]:.1e}" for key in AGREEMENT if agreement[key] > AGREEMENT[key]]
    longest = {}
    if arguments.longest:
        print("\n| program | tokens | seconds of one step | MiB of the process | in 20 GiB |\n|---|---|---|---|---|")
        for name, lengths in LENGTHS.items():
            for tokens in lengths:
                program = peer if name.startswith("transformers") else ours
                extra = ["--attn", "eager"] if program is peer else []
                try:
                    found = program(arguments, "--guided", *extra, tokens=tokens, runs=0)
                except SystemExit as error:
                    print(f"| {name} | {tokens} | {str(error)[:80]} | | no |", flush=True)
                    break
                fits = found["peak_rss_mib"] <= LIMIT_MIB
                longest.setdefault(name, []).append(dict(tokens=tokens, seconds=found["seconds"], mib=found["peak_rss_mib"]))
                print(f"| {name} | {tokens} | {found['seconds']:.0f} | {found['peak_rss_mib']} | {'yes' if fits else 'no'} |",
                      flush=True)
                if not fits:
                    break
    if arguments.output:
        arguments.output.write_text(json.dumps(dict(
            processor=processor(), tokens=arguments.tokens, rounds=rounds, pairs=pairs, targets=targets, agreement=agreement, longest=longest),
            indent=1) + "\n")
    print("\n" + ("\n".join(missed) if missed else "every target met"))
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
