#!/usr/bin/env python3
"""Runs `avar bench` and transformers by turns on the same numbers, and prints one table of medians and ratios.

    python3 compare.py --avar ../../.build/release/avar --work /tmp/bench [--rounds 3] [--only NAME...] [--output results.json]

Needs a Python environment with torch, transformers and safetensors. Checkpoints and inputs are made by
../peer/hf_peer.py in the folder --work and kept there. Each round runs every program of a case once, in turn; a program
times itself (median of its own runs after one that does not count), and the table shows the median over the rounds and
the median of the ratios within a round. Exits with 1 if a target in CASES is missed.
"""

import argparse
import json
import pathlib
import platform
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
PEER = HERE.parent / "peer" / "hf_peer.py"

# name: preset, tokens, work, and what is compared: (label, program, stored type, type to compute in, extra options).
# The first is measured against each of the others; targets are (other, figure, at most / at least, bound).
FORWARD, GENERATE = "seconds", "decode_tokens_per_second"


def programs(*entries):
    return [dict(zip(("label", "program", "stored", "dtype", "extra"), entry)) for entry in entries]


OURS32 = ("avar", "avar", "float32", "float32", [])
PEER32 = ("transformers", "peer", "float32", "float32", [])
CASES = {}
for preset, tokens in (("small", 1024), ("small", 2048), ("small", 4096), ("base", 1024)):
    CASES[f"forward {preset} {tokens}"] = dict(
        preset=preset, tokens=tokens, work="forward", figure=FORWARD,
        programs=programs(("avar", "avar", "float32", "float32", ["--floor"]), PEER32),
        targets=[("transformers", "at most", 0.90)], floor=1.15)
for preset, tokens in (("small", 2048), ("base", 1024)):
    CASES[f"forward {preset} {tokens} bfloat16 checkpoint"] = dict(
        preset=preset, tokens=tokens, work="forward", figure=FORWARD,
        programs=programs(("avar, float32 pass", "avar", "bfloat16", "float32", []),
                          ("avar, float32 checkpoint", "avar", "float32", "float32", []),
                          ("avar, bfloat16 pass", "avar", "bfloat16", "bfloat16", []),
                          ("transformers, bfloat16", "peer", "bfloat16", "bfloat16", [])),
        targets=[("avar, float32 checkpoint", "at most", 1.1)])
CASES["generate small 1024"] = dict(
    preset="small", tokens=1024, work="generate", figure=GENERATE, programs=programs(OURS32, PEER32),
    targets=[("transformers", "at least", 1.3)])
CASES["generate base 1024"] = dict(
    preset="base", tokens=1024, work="generate", figure=GENERATE, programs=programs(OURS32, PEER32),
    targets=[("transformers", "at least", 0.95)])
CASES["generate base 1024 bfloat16 checkpoint"] = dict(
    preset="base", tokens=1024, work="generate", figure=GENERATE,
    programs=programs(("avar, float32 pass", "avar", "bfloat16", "float32", []),
                      ("transformers, bfloat16", "peer", "bfloat16", "bfloat16", []),
                      ("avar, bfloat16 pass", "avar", "bfloat16", "bfloat16", [])),
    targets=[("transformers, bfloat16", "at least", 1.3)])
for preset in ("small", "base"):
    CASES[f"generate {preset} 1024, eight prompts at once"] = dict(
        preset=preset, tokens=1024, work="generate", figure=GENERATE,
        programs=programs(("avar, batch of 8", "avar", "float32", "float32", ["--batch", "8"]), OURS32),
        targets=[("avar", "at least", 3)])


def run(command):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))} failed: {done.stderr[-2000:]}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def checkpoint(work, preset, dtype):
    folder = work / f"{preset}-{dtype}"
    if not (folder / "config.json").exists():
        # Renamed when it is whole: what an interrupted run leaves is not taken for a checkpoint.
        partial = work / f"{folder.name}.partial"
        run([sys.executable, PEER, "checkpoint", "--preset", preset, "--dtype", dtype, "--out", partial])
        partial.rename(folder)
    return folder


def case_file(work, preset, tokens):
    path = work / f"{preset}-{tokens}.safetensors"
    if not path.exists():
        # 24 system tokens, 256 visual ones and their two marks, 64 of the user; the rest is response.
        run([sys.executable, PEER, "case", "--ckpt", checkpoint(work, preset, "float32"),
             "--response", tokens - 346, "--out", path.with_suffix(".partial")])
        path.with_suffix(".partial").rename(path)
    return path


def command(entry, case, arguments):
    folder = checkpoint(arguments.work, case["preset"], entry["stored"])
    inputs = case_file(arguments.work, case["preset"], case["tokens"])
    shared = ["--case", inputs, "--dtype", entry["dtype"], "--runs", arguments.runs, "--threads", arguments.threads]
    if entry["program"] == "peer":
        return [sys.executable, PEER, case["work"], "--ckpt", folder, "--attn", "sdpa", *shared]
    return [arguments.avar, "bench", case["work"], "--model", folder, *shared, *entry["extra"]]


def processor():
    lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
    facts = dict(line.split(":", 1) for line in lines[:30] if ":" in line)
    facts = {key.strip(): value.strip() for key, value in facts.items()}
    wide = [name for name in ("avx2", "avx512f", "avx512_bf16", "amx_bf16") if name in facts.get("flags", "").split()]
    return f"{facts.get('model name')} (family {facts.get('cpu family')}, model {facts.get('model')}; {', '.join(wide)})"


def measure(name, case, arguments):
    rounds = []
    for _ in range(arguments.rounds):
        rounds.append([run(command(entry, case, arguments)) for entry in case["programs"]])
    figure, first = case["figure"], case["programs"][0]["label"]
    rows, missed = [], []
    for index, entry in enumerate(case["programs"]):
        results = [results[index] for results in rounds]
        row = {"case": name, "program": entry["label"], "figure": figure,
               "median": statistics.median(result[figure] for result in results),
               "peak_rss_mib": statistics.median(result["peak_rss_mib"] for result in results)}
        if index > 0:
            row["ratios"] = [r[0][figure] / r[index][figure] for r in rounds]
            row["ratio"] = statistics.median(row["ratios"])
        if "floor_seconds" in results[0]:
            row["to_floor"] = statistics.median(result["seconds"] / result["floor_seconds"] for result in results)
        rows.append(row)
    for label, kind, bound in case["targets"]:
        ratio = next(row["ratio"] for row in rows if row["program"] == label)
        if ratio > bound if kind == "at most" else ratio < bound:
            missed.append(f"{name}: {first} to {label} is {ratio:.2f}, {kind} {bound} was wanted")
    if "floor" in case and rows[0]["to_floor"] > case["floor"]:
        missed.append(f"{name}: {rows[0]['to_floor']:.2f} of the floor, at most {case['floor']} was wanted")
    for row in rows[1:]:
        if "transformers" in row["program"] and rows[0]["peak_rss_mib"] >= row["peak_rss_mib"]:
            missed.append(f"{name}: {first} takes more memory than {row['program']}")
    return rows, missed


def show(rows):
    for row in rows:
        unit = "s" if row["figure"] == FORWARD else "tokens/s"
        ratio = f"{row['ratio']:.2f}" if "ratio" in row else ""
        floor = f"{row['to_floor']:.2f}" if "to_floor" in row else ""
        print(f"| {row['case']} | {row['program']} | {row['median']:.4g} {unit} | {ratio} | {floor} "
              f"| {row['peak_rss_mib']:.0f} |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--avar", required=True)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--only", nargs="*", help="cases whose name contains one of these")
    parser.add_argument("--output", type=pathlib.Path)
    arguments = parser.parse_args()
    arguments.work.mkdir(parents=True, exist_ok=True)
    print(f"{processor()}, {arguments.threads} threads, {platform.system()}; medians of {arguments.rounds} rounds\n")
    print("| case | program | median | first program to this one | to the floor | peak MiB |")
    print("|---|---|---|---|---|---|")
    all_rows, all_missed = [], []
    for name, case in CASES.items():
        if arguments.only and not any(word in name for word in arguments.only):
            continue
        rows, missed = measure(name, case, arguments)
        show(rows)
        all_rows += rows
        all_missed += missed
    if arguments.output:
        arguments.output.write_text(json.dumps({"processor": processor(), "rows": all_rows}, indent=1) + "\n")
    print("\n" + ("\n".join(all_missed) if all_missed else "every target met"))
    sys.exit(1 if all_missed else 0)


if __name__ == "__main__":
    main()
