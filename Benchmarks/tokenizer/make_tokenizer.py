#!/usr/bin/env python3
"""Makes the tokenizer of Qwen2.5-VL without a download of a model: tokenizer.json and tokenizer_config.json.

    python3 make_tokenizer.py --output FOLDER

The 151,643 ranks of its byte-level BPE are those that the package `dashscope` carries (resources/qwen.tiktoken); the special tokens,
ids 151643 to 151664, are Qwen2.5-VL's. Needs dashscope and tokenizers.
"""

import argparse
import base64
import importlib.util
import json
import pathlib

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers

SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|object_ref_start|>", "<|object_ref_end|>", "<|box_start|>",
           "<|box_end|>", "<|quad_start|>", "<|quad_end|>", "<|vision_start|>", "<|vision_end|>", "<|vision_pad|>",
           "<|image_pad|>", "<|video_pad|>"]
PLAIN = ["<tool_call>", "</tool_call>", "<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>", "<|fim_pad|>", "<|repo_name|>",
         "<|file_sep|>"]
PATTERN = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")


def alphabet():
    """How byte-level BPE spells each byte: printable ones as they are, the others from 256 on."""
    printable = {*range(33, 127), *range(161, 173), *range(174, 256)}
    others = iter(range(256, 512))
    return [chr(byte if byte in printable else next(others)) for byte in range(256)]


def halves(ranks, token, rank):
    """The two tokens of which `token` is made: its bytes, joined by every merge of a lower rank."""
    parts = [bytes([byte]) for byte in token]
    while len(parts) > 2:
        best, place = min((ranks.get(a + b, rank), i) for i, (a, b) in enumerate(zip(parts, parts[1:])))
        if best >= rank:
            raise SystemExit(f"{token!r} is no merge of two tokens")
        parts[place:place + 2] = [parts[place] + parts[place + 1]]
    return parts


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=pathlib.Path, required=True)
    output = parser.parse_args().output
    found = importlib.util.find_spec("dashscope")
    if found is None:
        raise SystemExit("the package dashscope, which carries the vocabulary, is not installed")
    lines = (pathlib.Path(found.origin).parent / "resources" / "qwen.tiktoken").read_text().splitlines()
    ranks = {base64.b64decode(token): int(rank) for token, rank in map(str.split, lines)}
    letters = alphabet()

    def spelled(token):
        return "".join(letters[byte] for byte in token)

    merges = [tuple(map(spelled, halves(ranks, token, rank)))
              for token, rank in sorted(ranks.items(), key=lambda entry: entry[1]) if len(token) > 1]
    tokenizer = Tokenizer(models.BPE(vocab={spelled(token): rank for token, rank in ranks.items()}, merges=merges))
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(PATTERN), "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(text, normalized=False, special=True) for text in SPECIAL])
    tokenizer.add_tokens([AddedToken(text, normalized=False) for text in PLAIN])
    output.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(output / "tokenizer.json"))
    (output / "tokenizer_config.json").write_text(json.dumps(
        {"tokenizer_class": "Qwen2Tokenizer", "eos_token": "<|im_end|>", "pad_token": "<|endoftext|>"}, indent=1) + "\n")
    print(json.dumps({"tokens": tokenizer.get_vocab_size(), "image_token": tokenizer.token_to_id("<|image_pad|>")}))


if __name__ == "__main__":
    main()
