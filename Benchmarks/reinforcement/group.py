"""What a group of 8 answers costs beside one answer of the same length: `avar bench generate --samples 8` and `--samples 1` in turns.

    python group.py --avar AVAR --model FOLDER --case FILE [--rounds 5] [--new-tokens 128] [--output group.json]

FOLDER and FILE are those that hf_peer.py writes for the preset `small`.
"""
import argparse
import json
import statistics
import subprocess

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
for name in ["--avar", "--model", "--case"]:
    parser.add_argument(name, required=True)
parser.add_argument("--rounds", type=int, default=5)
parser.add_argument("--new-tokens", type=int, default=128)
parser.add_argument("--output")
given = parser.parse_args()
seconds = {1: [], 8: []}
tokens = None
for _ in range(given.rounds):
    for samples in seconds:
        run = subprocess.run(
            [given.avar, "bench", "generate", "--model", given.model, "--case", given.case, "--samples", str(samples), "--runs", "1",
             "--new-tokens", str(given.new_tokens)], check=True, capture_output=True, text=True)
        found = json.loads(run.stdout)
        seconds[samples].append(found["seconds"])
        tokens = found["tokens"]
medians = {str(samples): statistics.median(own) for samples, own in seconds.items()}
processor = next(line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name"))
outcome = {
    "processor": processor, "prompt_tokens": tokens, "new_tokens": given.new_tokens, "seconds": medians,
    "ratio": medians["8"] / medians["1"], "ratios": [b / a for a, b in zip(seconds[1], seconds[8])]}
print(json.dumps(outcome, indent=1))
if given.output:
    open(given.output, "w").write(json.dumps(outcome, indent=1) + "\n")
