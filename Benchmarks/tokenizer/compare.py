#!/usr/bin/env python3
"""Compare this project's tokenizer with Hugging Face's `tokenizers` on many megabytes of mixed text.

    compare.py make  --tokenizer tokenizer.json --out DIR SOURCE...   # texts, reference ids, reference speed
    compare.py check DIR/ids.jsonl OURS.jsonl                         # ids, line by line
    compare.py check DIR/normalized.jsonl OURS.jsonl                  # decoded text, line by line
    compare.py speed --tokenizer tokenizer.json --avar AVAR DIR       # both encoders by turns, one thread each

SOURCE is a folder searched for program text, documentation and gettext catalogues (`*.mo`: real prose in some hundred
languages). To what is found there the script adds text that no folder holds enough of: decomposed forms, white space of
all kinds, emoji sequences, Hangul letters, LaTeX, digits, broken contractions, special tokens, random scalars (also
unassigned ones), every scalar once, and random runs of the vocabulary itself. The seed is fixed, so the same folders
give the same texts.
Needs: tokenizers (measured with 0.23.3).
"""
import argparse
import json
import os
import pathlib
import random
import statistics
import struct
import subprocess
import time
import unicodedata

os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ["RAYON_NUM_THREADS"] = "1"

from tokenizers import Tokenizer, normalizers  # noqa: E402

PROGRAM_SUFFIXES = {".py", ".swift", ".c", ".h", ".cpp", ".rs", ".js", ".html", ".md", ".rst", ".txt", ".tex", ".json"}
SPACES = [chr(c) for c in (9, 10, 11, 12, 13, 32, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F,
                           0x205F, 0x3000)] + ["\r\n", "\u200b", "\ufeff", "\u180e"]
EMOJI = ["👩‍👩‍👧‍👦", "🏳️‍🌈", "👍🏽", "🇩🇪🇯🇵", "1️⃣", "❤️‍🔥", "🧑🏿‍🚀", "☺️", "🫠", "🏴󠁧󠁢󠁥󠁮󠁧󠁿"]
LATEX = [r"\frac{a_1}{b^{2}}", r"\begin{align*}", r"x &= \sqrt{y} \\", r"\sum_{i=0}^{n} \alpha_i", "$", "$$",
         r"\text{ if }", "∫∂∇√≠≯≤", r"\end{align*}", "180° − 47° = 133°", "△ABC∽△DEF", r"\left(\frac{1}{2}\right)"]
DIGITS = "0123456789٠١٢٣٤٥٦٧٨٩०१२३४५๐๑๒໐໑೦೧０１２Ⅳ½²₃①㈠𝟘𝟙"
WORDS = ["don't", "WE'RE", "I'LL", "it'\u017f", "'ve", "’re", "rock'n'roll", "l'd", "'", "''", "'\u0053", "naïve", "Straße",
         "<tool_call>", "</tool_call>", "<|im_start|>", "<|im_end|>\n", "<|image_pad|>", "<|im_", "|>", "<|", "<"]


def program_texts(sources, limit):
    files = sorted(p for s in sources for p in pathlib.Path(s).rglob("*") if p.suffix in PROGRAM_SUFFIXES and p.is_file())
    random.Random(1).shuffle(files)
    total = 0
    for path in files:
        try:
            text = path.read_bytes()[:60_000].decode("utf-8", "ignore")
        except OSError:
            continue
        total += len(text.encode())
        yield text
        if total > limit:
            return


def catalogue_strings(path):
    """The translations of a compiled gettext catalogue (GNU gettext manual, section 10.3)."""
    data = path.read_bytes()
    order = "<" if data[:4] == b"\xde\x12\x04\x95" else ">"
    count, _, table = struct.unpack_from(order + "3I", data, 8)
    for i in range(count):
        length, start = struct.unpack_from(order + "2I", data, table + 8 * i)
        yield data[start:start + length].decode("utf-8", "ignore")


def catalogue_texts(sources, limit):
    by_language = {}
    for path in sorted(p for s in sources for p in pathlib.Path(s).rglob("*.mo")):
        by_language.setdefault(path.parts[-3], []).append(path)
    rng = random.Random(2)
    for paths in by_language.values():
        rng.shuffle(paths)
    total, share = 0, limit / max(1, len(by_language))
    for paths in by_language.values():
        used = 0
        for path in paths:
            if used > share * 3:
                break
            text = "\n".join(catalogue_strings(path))[:200_000]
            used += len(text.encode())
            yield text
        total += used


def synthetic_texts(vocabulary, per_kind):
    rng = random.Random(3)
    pieces = [t for t in vocabulary if "\ufffd" not in t]
    cjk = [t for t in pieces if any(0x3040 <= ord(c) < 0xD7B0 for c in t)]
    assigned = [c for c in range(0x110000) if not 0xD800 <= c < 0xE000 and unicodedata.category(chr(c))[0] != "C"]
    marks = [c for c in assigned if unicodedata.combining(chr(c))]
    composed = [c for c in assigned if unicodedata.normalize("NFD", chr(c)) != chr(c)]
    every = [c for c in range(0x110000) if not 0xD800 <= c < 0xE000]

    def join(pool, count, separators=("",)):
        return "".join(rng.choice(pool) + rng.choice(separators) for _ in range(count))

    def marked():
        base = chr(rng.choice(composed))
        tail = "".join(chr(rng.choice(marks)) for _ in range(rng.randrange(4)))
        return rng.choice([base, unicodedata.normalize("NFD", base)]) + tail

    kinds = {
        "vocabulary": lambda: join(pieces, 400),
        "vocabulary, decomposed": lambda: unicodedata.normalize("NFD", join(pieces, 400)),
        "CJK": lambda: join(cjk, 400, ("", "", "", "，", "。", "、", " ")),
        "white space": lambda: "".join(rng.choice([rng.choice(SPACES) * rng.randrange(1, 5), rng.choice(WORDS), "x", "。", "7"])
                                       for _ in range(300)),
        "emoji": lambda: join(EMOJI + WORDS, 200, ("", " ", "\n")),
        "LaTeX": lambda: join(LATEX, 200, ("", " ", "\n", "\\\\\r\n")),
        "digits": lambda: join(list(DIGITS), 600, ("", "", " ", ".", ",", "a")),
        "contractions": lambda: join(WORDS + ["a", "b", "é"], 300, ("", "", " ", "\t")),
        "Hangul letters": lambda: "".join(chr(rng.choice([rng.randrange(0x1100, 0x1200), rng.randrange(0xAC00, 0xD7A4),
                                                           rng.randrange(0x1161, 0x1176), rng.randrange(0x11A7, 0x11C3)]))
                                          for _ in range(300)),
        "marks": lambda: "".join(rng.choice([marked(), marked(), " ", "a"]) for _ in range(200)),
        "assigned scalars": lambda: "".join(chr(rng.choice(assigned)) for _ in range(300)),
        "all scalars": lambda: "".join(chr(rng.choice(every)) for _ in range(300)),
        "ASCII": lambda: "".join(chr(rng.randrange(128)) for _ in range(600)),
    }
    for make in kinds.values():
        total = 0
        while total < per_kind:
            text = make()
            total += len(text.encode())
            yield text
    for start in range(0, 0x110000, 64):
        scalars = [chr(c) for c in range(start, start + 64) if not 0xD800 <= c < 0xE000]
        yield "".join(scalars)
        yield "".join("a" + c + " " + c + "\u0301 '" + c for c in scalars)


def chunks(texts):
    """Pieces of a few hundred to ten thousand characters, so that lines, paragraphs and pages all occur."""
    rng = random.Random(4)
    for text in texts:
        start = 0
        while start < len(text):
            size = rng.choice([40, 300, 2_000, 10_000])
            yield text[start:start + size]
            start += size


def write_lines(path, values):
    with open(path, "w", encoding="utf-8") as file:
        for value in values:
            file.write(json.dumps(value, ensure_ascii=True, separators=(",", ":")) + "\n")


def make(arguments):
    tokenizer = Tokenizer.from_file(arguments.tokenizer)
    out = pathlib.Path(arguments.out)
    out.mkdir(parents=True, exist_ok=True)
    plain = [tokenizer.decode([i], skip_special_tokens=False) for i in range(tokenizer.get_vocab_size())]
    texts = list(chunks(program_texts(arguments.sources, arguments.megabytes * 400_000)))
    texts += chunks(catalogue_texts(arguments.sources, arguments.megabytes * 400_000))
    texts += synthetic_texts(plain, arguments.megabytes * 20_000)
    random.Random(5).shuffle(texts)
    size = sum(len(t.encode()) for t in texts)
    write_lines(out / "texts.jsonl", texts)
    normalizer = normalizers.NFC()
    write_lines(out / "normalized.jsonl", map(normalizer.normalize_str, texts))

    ids = [tokenizer.encode(t, add_special_tokens=False).ids for t in texts]
    write_lines(out / "ids.jsonl", ids)
    tokenizer.encode_special_tokens = True
    write_lines(out / "ids-literal.jsonl", (tokenizer.encode(t, add_special_tokens=False).ids for t in texts))
    print(f"{size / 1e6:.2f} MB in {len(texts)} texts, {sum(map(len, ids))} ids")


def check(arguments):
    lines = mismatches = 0
    with open(arguments.expected, encoding="utf-8") as expected, open(arguments.actual, encoding="utf-8") as actual:
        expected, actual = list(expected), list(actual)
    if len(expected) != len(actual):
        raise SystemExit(f"{len(expected)} lines expected, {len(actual)} found")
    for line, (left, right) in enumerate(zip(expected, actual), start=1):
        lines += 1
        if json.loads(left) != json.loads(right):
            mismatches += 1
            if mismatches <= arguments.show:
                print(f"line {line}\n  expected {left.strip()[:400]}\n  found    {right.strip()[:400]}")
    print(f"{lines} lines, {mismatches} mismatches")
    raise SystemExit(1 if mismatches else 0)


def speed(arguments):
    tokenizer = Tokenizer.from_file(arguments.tokenizer)
    path = pathlib.Path(arguments.directory) / "texts.jsonl"
    texts = [json.loads(line) for line in open(path, encoding="utf-8")]
    megabytes = sum(len(t.encode()) for t in texts) / 1e6
    found = {"ours": [], "encode": [], "encode_batch_fast": [], "ours, load (s)": [], "reference, load (s)": []}
    for _ in range(arguments.rounds):
        command = [arguments.avar, "tokenize", "--tokenizer", arguments.tokenizer, str(path), os.devnull]
        report = json.loads(subprocess.run(command, check=True, capture_output=True).stderr)
        found["ours"].append(report["bytes"] / 1e6 / report["seconds"])
        found["ours, load (s)"].append(report["load_seconds"])
        start = time.perf_counter()
        tokenizer = Tokenizer.from_file(arguments.tokenizer)
        found["reference, load (s)"].append(time.perf_counter() - start)
        start = time.perf_counter()
        for text in texts:
            tokenizer.encode(text, add_special_tokens=False)
        found["encode"].append(megabytes / (time.perf_counter() - start))
        tokenizer = Tokenizer.from_file(arguments.tokenizer)
        start = time.perf_counter()
        tokenizer.encode_batch_fast(texts, add_special_tokens=False)
        found["encode_batch_fast"].append(megabytes / (time.perf_counter() - start))
    print(f"{megabytes:.2f} MB, median of {arguments.rounds} (lowest, highest), MB/s unless said otherwise")
    for name, values in found.items():
        print(f"{name:20} {statistics.median(values):7.2f} ({min(values):.2f}, {max(values):.2f})")
    best = max(statistics.median(found["encode"]), statistics.median(found["encode_batch_fast"]))
    print(f"ratio to the faster of the reference's two: {statistics.median(found['ours']) / best:.1f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    command = commands.add_parser("make")
    command.add_argument("--tokenizer", required=True)
    command.add_argument("--out", required=True)
    command.add_argument("--megabytes", type=float, default=30, help="about how much text to make")
    command.add_argument("sources", nargs="+")
    command.set_defaults(run=make)
    command = commands.add_parser("check")
    command.add_argument("expected")
    command.add_argument("actual")
    command.add_argument("--show", type=int, default=5, help="how many mismatches to print")
    command.set_defaults(run=check)
    command = commands.add_parser("speed")
    command.add_argument("--tokenizer", required=True)
    command.add_argument("--avar", required=True, help="the program")
    command.add_argument("--rounds", type=int, default=3)
    command.add_argument("directory")
    command.set_defaults(run=speed)
    arguments = parser.parse_args()
    arguments.run(arguments)


main()
