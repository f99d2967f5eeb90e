#!/usr/bin/env python3
"""Make the text on which compare.py sets a tokenizer against the reference: documents separated by the byte 0.

    make_corpus.py --tokenizer tokenizer.json --output corpus.txt [--megabytes 24] [--kinds code,chinese]

`code` is the source of Python's own standard library. Prose in a script (`chinese`, `korean`, ...) strings together
tokens of the vocabulary that are written in it, the frequent ones more often, so that words recur as in real text. The
other kinds are generated from lists and ranges below. Nothing is downloaded; every kind has a fixed seed, so the same
Python and the same vocabulary give the same bytes. Needs nothing beyond the standard library.
"""

import argparse
import json
import pathlib
import random
import sysconfig
import unicodedata

SPACES = [chr(c) for c in (9, 10, 11, 12, 13, 32, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F,
                           0x205F, 0x3000)] + ["\r\n", "\u200b", "\ufeff", "\u180e"]
EMOJI = ["👩‍👩‍👧‍👦", "🏳️‍🌈", "👍🏽", "🇩🇪🇯🇵", "1️⃣", "❤️‍🔥", "🧑🏿‍🚀", "☺️", "🫠", "🏴󠁧󠁢󠁥󠁮󠁧󠁿"]
LATEX = [r"\frac{a_1}{b^{2}}", r"\begin{align*}", r"x &= \sqrt{y} \\", r"\sum_{i=0}^{n} \alpha_i", "$", "$$",
         r"\text{ if }", "∫∂∇√≠≯≤", r"\end{align*}", "180° − 47° = 133°", "△ABC∽△DEF", r"\left(\frac{1}{2}\right)"]
DIGITS = "0123456789" * 4 + "٠١٢٣٤٥٦٧٨٩०१२३४५๐๑๒໐໑೦೧０１２Ⅳ½²₃①㈠𝟘𝟙"
WORDS = ["don't", "WE'RE", "I'LL", "it'\u017f", "'ve", "’re", "rock'n'roll", "l'd", "'", "''", "'S", "naïve", "Straße",
         "<tool_call>", "</tool_call>", "<|im_start|>", "<|im_end|>\n", "<|image_pad|>", "<|im_", "|>", "<|", "<"]
SCRIPTS = {
    "latin": [(0x41, 0x250), (0x1E00, 0x1F00)],
    "russian": [(0x400, 0x500)],
    "arabic": [(0x600, 0x700)],
    "hindi": [(0x900, 0x980)],
    "thai": [(0xE00, 0xE80)],
    "japanese": [(0x3040, 0x3100), (0x4E00, 0xA000)],
    "chinese": [(0x4E00, 0xA000)],
    "korean": [(0xAC00, 0xD7A4)],
}
# Between words: nothing where a script writes none (spaces come with the tokens of the others), and its punctuation.
STOPS = {"chinese": "，。、；", "japanese": "、。", "arabic": "،؟.", "hindi": "।,"}


def token_texts(path):
    """The texts of the vocabulary's tokens in the order of their ids; tokens that are no whole characters left out."""
    byte_of = {}
    extra = 0
    for byte in range(256):
        if 0x21 <= byte <= 0x7E or 0xA1 <= byte <= 0xAC or 0xAE <= byte:
            byte_of[chr(byte)] = byte
        else:
            byte_of[chr(256 + extra)] = byte
            extra += 1
    vocabulary = json.loads(pathlib.Path(path).read_text(encoding="utf-8"))["model"]["vocab"]
    texts = []
    for spelling in sorted(vocabulary, key=vocabulary.get):
        try:
            texts.append(bytes(byte_of[c] for c in spelling).decode())
        except UnicodeDecodeError:
            pass
    return [text for text in texts if "\0" not in text]


def library_sources(_):
    """Python's standard library, file by file, cut to pages."""
    folder = pathlib.Path(sysconfig.get_paths()["stdlib"])
    files = sorted(p for p in folder.rglob("*.py") if not {"site-packages", "dist-packages"} & set(p.parts))
    random.Random(0).shuffle(files)
    for path in files:
        text = path.read_bytes().decode("utf-8", "ignore").replace("\0", "")
        for start in range(0, len(text), 20_000):
            yield text[start:start + 20_000]


def endless(make):
    """The generator of a kind, from a function of a random source that makes one document."""
    def documents(rng):
        while True:
            yield make(rng)
    return documents


def join(pool, count, separators=("",)):
    return endless(lambda rng: "".join(rng.choice(pool) + rng.choice(separators) for _ in range(count)))


def prose(texts, script):
    """Documents of tokens in one script, weighted by 1 / (rank + 20), as ids follow the frequency in training."""
    def belongs(character):
        return any(start <= ord(character) < end for start, end in SCRIPTS[script])
    pool = [t for t in texts if t.strip() and all(belongs(c) or c == " " for c in t)]
    weights = [1 / (rank + 20) for rank in range(len(pool))]
    stops = STOPS.get(script, ".,;")

    def make(rng):
        words = rng.choices(pool, weights, k=rng.choice([5, 60, 400, 2_000]))
        return "".join(w + (rng.choice(stops) if rng.random() < 0.08 else "") for w in words)
    return endless(make)


def marks():
    """Letters composed and decomposed, under up to four combining marks."""
    letters = [c for c in map(chr, range(0xD800)) if unicodedata.normalize("NFD", c) != c]
    combining = [c for c in map(chr, range(0x20000)) if unicodedata.combining(c)]

    def letter(rng):
        base = rng.choice(letters)
        base = rng.choice([base, unicodedata.normalize("NFD", base)])
        return base + "".join(rng.choice(combining) for _ in range(rng.randrange(5)))
    return endless(lambda rng: "".join(rng.choice([letter(rng), letter(rng), " ", "a"]) for _ in range(200)))


def jamo():
    """Hangul letters, which normalization joins to syllables, among syllables."""
    ranges = [(0x1100, 0x1200), (0xAC00, 0xD7A4), (0x1161, 0x1176), (0x11A7, 0x11C3)]
    return endless(lambda rng: "".join(chr(rng.randrange(*rng.choice(ranges))) for _ in range(300)))


def white_space():
    def run(rng):
        spaces = rng.choice(SPACES) * rng.choice([1, 1, 2, 3, 4, 30])
        return rng.choice([spaces, spaces, rng.choice(WORDS), "x", "。", "7"])
    return endless(lambda rng: "".join(run(rng) for _ in range(300)))


def every_scalar(_):
    """Each scalar of the planes in use, once alone and once between neighbours that could join it."""
    for start in (*range(0, 0x30000, 64), *range(0xE0000, 0xE0200, 64)):
        scalars = [chr(c) for c in range(max(start, 1), start + 64) if not 0xD800 <= c < 0xE000]
        yield "".join(scalars)
        yield "".join("a" + c + " " + c + "\u0301 '" + c for c in scalars)


def kinds(texts):
    """For each kind its share of the corpus and the generator of its documents."""
    scalars = [chr(c) for c in range(1, 0x110000) if not 0xD800 <= c < 0xE000]
    assigned = [c for c in scalars if unicodedata.category(c) not in ("Cn", "Co")]
    found = {"code": (8, library_sources)}
    found |= {script: (1, prose(texts, script)) for script in SCRIPTS}
    found |= {
        "vocabulary": (1, join(texts, 400)),
        "emoji": (1, join(EMOJI + WORDS, 200, ("", " ", "\n"))),
        "marks": (1, marks()),
        "jamo": (1, jamo()),
        "space": (1, white_space()),
        "latex": (1, join(LATEX, 200, ("", " ", "\n", "\\\\\r\n"))),
        "numbers": (1, join(DIGITS, 600, ("", "", " ", ".", ",", "a"))),
        "contractions": (1, join(WORDS + ["a", "b", "é"], 300, ("", "", " ", "\t"))),
        "ascii": (1, join([chr(c) for c in range(1, 128)], 600)),
        "assigned": (1, join(assigned, 300)),
        "random": (1, join(scalars, 300)),
        "scalars": (1, every_scalar),
    }
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tokenizer", required=True, help="a tokenizer.json of the Qwen2 family")
    parser.add_argument("--output", required=True)
    parser.add_argument("--megabytes", type=float, default=28, help="the size aimed at, code about 30 %% of it")
    parser.add_argument("--kinds", help="only these, separated by commas")
    arguments = parser.parse_args()
    found = kinds(token_texts(arguments.tokenizer))
    names = arguments.kinds.split(",") if arguments.kinds else list(found)
    unknown = [name for name in names if name not in found]
    if unknown:
        raise SystemExit(f"unknown kind {', '.join(unknown)}; known are {', '.join(found)}")
    shares = sum(found[name][0] for name in names)
    documents = []
    for name in names:
        share, generator = found[name]
        limit = arguments.megabytes * 1e6 * share / shares
        size = 0
        for document in generator(random.Random(name)):
            documents.append(document.encode())
            size += len(documents[-1])
            if size > limit and name != "scalars":
                break
        print(f"{name:14}{size / 1e6:6.2f} MB")
    random.Random(1).shuffle(documents)
    pathlib.Path(arguments.output).write_bytes(b"\0".join(documents))
    print(f"{sum(map(len, documents)) / 1e6:.2f} MB in {len(documents)} documents")


main()
