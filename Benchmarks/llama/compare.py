#!/usr/bin/env python3
"""Decoding beside llama.cpp: the same weights in both, by turns.

    python3 compare.py --avar ../../.build/release/avar --work /tmp/bench [--rounds 3] [--presets small base] [--output results.json]

Checkpoints and the case file are those of ../speed, the GGUF files are made by to_gguf.py; both stay in --work. Each round runs
avar, whose median is of three runs, and llama.cpp, whose median is of five (decode.py). Needs what ../speed/compare.py needs, and
llama-cpp-python and gguf.
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "speed"))
from compare import case_file, checkpoint, processor, run  # noqa: E402

KINDS = {"float32": "f32", "bfloat16": "bf16"}
SPEED = "decode_tokens_per_second"


def gguf_file(work, preset, dtype):
    path = work / f"{preset}-{dtype}.gguf"
    if not path.exists():
        # Renamed when it is whole: an interrupted one is made anew.
        partial = path.with_suffix(".partial")
        done = subprocess.run([sys.executable, HERE / "to_gguf.py", checkpoint(work, preset, dtype), partial, KINDS[dtype]],
                              capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"to_gguf.py failed: {done.stderr[-2000:]}")
        partial.rename(path)
    return path


def measure(arguments, preset, dtype):
    ours = [arguments.avar, "bench", "generate", "--model", checkpoint(arguments.work, preset, dtype), "--case",
            case_file(arguments.work, preset, 1024), "--threads", 2]
    theirs = [sys.executable, HERE / "decode.py", gguf_file(arguments.work, preset, dtype)]
    rounds = [(run(ours)[SPEED], run(theirs)[SPEED]) for _ in range(arguments.rounds)]
    ratios = [a / b for a, b in rounds]
    return {"checkpoint": f"{preset}, {dtype}", "avar": statistics.median(a for a, _ in rounds),
            "llama.cpp": statistics.median(b for _, b in rounds), "ratio": statistics.median(ratios), "ratios": ratios}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--avar", required=True)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--presets", nargs="+", default=["small", "base"])
    parser.add_argument("--output", type=pathlib.Path)
    arguments = parser.parse_args()
    arguments.work.mkdir(parents=True, exist_ok=True)
    print(f"{processor()}, 2 threads; medians of {arguments.rounds} rounds, tokens/s\n")
    print("| checkpoint | avar | llama.cpp | ratio |\n|---|---|---|---|")
    rows = []
    for preset in arguments.presets:
        for dtype in KINDS:
            row = measure(arguments, preset, dtype)
            rows.append(row)
            print(f"| {row['checkpoint']} | {row['avar']:.3g} | {row['llama.cpp']:.3g} | {row['ratio']:.2f} |", flush=True)
    if arguments.output:
        arguments.output.write_text(json.dumps({"processor": processor(), "rows": rows}, indent=1) + "\n")


if __name__ == "__main__":
    main()
