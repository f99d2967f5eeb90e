#!/usr/bin/env python3
"""Compare a tokenizer with Hugging Face's `tokenizers`, id for id, and their speed on one thread.

    compare.py --tokenizer tokenizer.json --text corpus.txt \\
        --command 'avar tokenize --tokenizer {tokenizer} --input {input} --output {output}'

The text holds documents separated by the byte 0 (make_corpus.py writes one). The command reads it, writes the ids of
each document as little-endian 32-bit integers followed by 0xFFFFFFFF, and ends by printing a JSON object with
`seconds`, the time of encoding alone. Two options are added to it: `--decoded FILE`, to write the decoded ids,
documents separated by the byte 0, and `--literal`, to take special tokens in the text for plain characters.

Prints one JSON line; ends with 1 if anything differs. Needs tokenizers and numpy.
"""

import argparse
import json
import os
import pathlib
import shlex
import statistics
import subprocess
import sys
import tempfile
import time

os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ["RAYON_NUM_THREADS"] = "1"

import numpy as np  # noqa: E402
import tokenizers  # noqa: E402

END = 0xFFFFFFFF


def run(arguments, output, *options):
    """Runs the command and returns its report."""
    values = {"tokenizer": arguments.tokenizer, "input": arguments.text, "output": output}
    command = [part.format(**values) for part in shlex.split(arguments.command)]
    result = subprocess.run([*command, *options], check=True, stdout=subprocess.PIPE)
    return json.loads(result.stdout.splitlines()[-1])


def read_ids(path):
    """The ids of each document."""
    ids = np.fromfile(path, dtype="<u4")
    ends = np.flatnonzero(ids == END)
    if len(ids) == 0 or ids[-1] != END:
        raise SystemExit(f"{path} does not end with the mark 0x{END:X} of a document's end")
    return [part[:-1].tolist() for part in np.split(ids, ends[:-1] + 1)]


def reference(arguments):
    return tokenizers.Tokenizer.from_file(arguments.tokenizer)


def mismatches(what, expected, actual):
    """How many documents differ; the first few are shown on standard error."""
    if len(expected) != len(actual):
        raise SystemExit(f"{what}: {len(expected)} documents expected, {len(actual)} found")
    different = [i for i, (left, right) in enumerate(zip(expected, actual)) if left != right]
    for i in different[:3]:
        print(f"{what}, document {i}\n  expected {expected[i]!r:.400}\n  found    {actual[i]!r:.400}", file=sys.stderr)
    return len(different)


def correctness(arguments, documents, folder):
    """Documents that differ in their ids, their ids with special tokens as text, and their decoded text."""
    output, decoded = folder / "ids", folder / "decoded"
    tokenizer = reference(arguments)
    run(arguments, output, "--decoded", str(decoded))
    ids = [tokenizer.encode(text, add_special_tokens=False).ids for text in documents]
    texts = [tokenizer.decode(document, skip_special_tokens=False) for document in ids]
    counts = {
        "tokens": sum(map(len, ids)),
        "mismatches": mismatches("ids", ids, read_ids(output)),
        "decode_mismatches": mismatches("decoded text", texts, decoded.read_bytes().decode().split("\0")),
    }
    run(arguments, output, "--literal")
    tokenizer.encode_special_tokens = True
    literal = [tokenizer.encode(text, add_special_tokens=False).ids for text in documents]
    counts["literal_mismatches"] = mismatches("literal ids", literal, read_ids(output))
    return counts


def speed(arguments, documents, size, folder):
    """MB/s of the command and of the reference's two ways to encode, by turns, each with a cold cache."""
    found = {"command": [], "encode": [], "encode_batch_fast": []}
    for _ in range(arguments.rounds):
        found["command"].append(size / 1e6 / run(arguments, folder / "ids")["seconds"])
        tokenizer = reference(arguments)
        start = time.perf_counter()
        for text in documents:
            tokenizer.encode(text, add_special_tokens=False)
        found["encode"].append(size / 1e6 / (time.perf_counter() - start))
        tokenizer = reference(arguments)
        start = time.perf_counter()
        tokenizer.encode_batch_fast(documents, add_special_tokens=False)
        found["encode_batch_fast"].append(size / 1e6 / (time.perf_counter() - start))
    medians = {name: statistics.median(values) for name, values in found.items()}
    best = max(medians["encode"], medians["encode_batch_fast"])
    return {
        "mb_per_s": round(medians["command"], 2),
        "reference_encode_mb_per_s": round(medians["encode"], 2),
        "reference_encode_batch_fast_mb_per_s": round(medians["encode_batch_fast"], 2),
        "ratio_to_faster_reference": round(medians["command"] / best, 2),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tokenizer", required=True)
    parser.add_argument("--text", required=True)
    parser.add_argument("--command", required=True, help="with {tokenizer}, {input} and {output} in their places")
    parser.add_argument("--rounds", type=int, default=3, help="of the timing; 0 to compare only")
    arguments = parser.parse_args()
    documents = pathlib.Path(arguments.text).read_bytes().decode().split("\0")
    size = sum(len(text.encode()) for text in documents)
    report = {"documents": len(documents), "bytes": size}
    with tempfile.TemporaryDirectory() as folder:
        report |= correctness(arguments, documents, pathlib.Path(folder))
        if arguments.rounds:
            report |= speed(arguments, documents, size, pathlib.Path(folder))
    report["tokenizers"] = tokenizers.__version__
    print(json.dumps(report))
    raise SystemExit(any(value for key, value in report.items() if key.endswith("mismatches")))


main()
