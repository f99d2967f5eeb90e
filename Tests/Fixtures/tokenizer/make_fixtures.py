#!/usr/bin/env python3
"""Make the tokenizer fixtures beside this script: small tokenizers of Qwen2.5-VL's kind, and what the reference says.

    make_fixtures.py        # needs tokenizers (made with 0.23.3); no seed but those below, same bytes on every run

tokenizer.json        1,500 byte-level tokens trained on CORPUS, then Qwen2.5-VL's added tokens; merges as pairs
tokenizer-lines.json  the same with merges as lines and the settings that the published files carry
tokenizer-flags.json  added tokens with every flag, one that the model has too, a merge listed twice, no merges else
encode.jsonl          tokenizer, text, ids, and the ids when special tokens are plain text
decode.jsonl          ids of tokenizer.json, text, and the text without special tokens
words.jsonl           text and the words of the pre-tokenizer
unicode.json          ranges of \\p{L}, \\p{N}, \\s; for each block of 256 scalars that NFC touches, a digest
                      of normal forms (see `normalization_digests`)
"""
import json
import pathlib
import random
import unicodedata

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

HERE = pathlib.Path(__file__).parent
PATTERN = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}"
           r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")
SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|object_ref_start|>", "<|object_ref_end|>", "<|box_start|>",
           "<|box_end|>", "<|quad_start|>", "<|quad_end|>", "<|vision_start|>", "<|vision_end|>", "<|vision_pad|>",
           "<|image_pad|>", "<|video_pad|>"]
PLAIN = ["<tool_call>", "</tool_call>", "<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>", "<|fim_pad|>",
         "<|repo_name|>", "<|file_sep|>"]
CORPUS = r"""
You are a helpful assistant. Look at the picture and answer the question. How many red triangles are in the image?
There are three triangles in the picture: one red, one green and one blue. Look back at the triangle: 180° − 47° = 133°.
Let's look again. The answer isn't 12, it's 13; we've counted one twice, and they'll say we're wrong. I'd check. I'm sure.
<think>The system turn comes first, then the user's question, then the visual tokens.</think><answer>B</answer>
The attention of the model is spread over the text and the image. The mean over the layers and the heads is reported.
Das Dreieck hat drei Seiten, und die Größe des Winkels beträgt 90°. Schöne Grüße aus Köln, weiß Jürgen.
Le théorème de Pythagore: a² + b² = c². L'été dernier, où était l'élève? Ça dépend de l'angle, bien sûr.
El triángulo rojo está a la izquierda del círculo. ¿Cuántos cuadrados hay en la imagen? ¡Mañana será otro día!
Tiếng Việt có nhiều dấu. Hình tam giác màu đỏ ở bên trái của hình tròn. Bao nhiêu hình vuông?
Красный треугольник находится слева от синего круга. Сколько квадратов на картинке? Ответ: двенадцать.
Το κόκκινο τρίγωνο βρίσκεται αριστερά από τον κύκλο. Πόσα τετράγωνα υπάρχουν στην εικόνα;
图像中有三个三角形:一个红色,一个绿色,一个蓝色。请看图回答问题。三角形的内角和是一百八十度。答案是十二。
這張圖片裡有幾個正方形?請仔細看圖,然後回答問題。
画像には三つの三角形があります。赤い三角形は丸の左にあります。カタカナとひらがな。正方形はいくつですか?
그림에는 세 개의 삼각형이 있습니다. 빨간 삼각형은 원의 왼쪽에 있습니다. 사각형은 몇 개입니까?
المثلث الأحمر على يسار الدائرة. كم عدد المربعات في الصورة؟ الجواب هو اثنا عشر.
המשולש האדום נמצא משמאל לעיגול. כמה ריבועים יש בתמונה?
लाल त्रिभुज वृत्त के बाईं ओर है। चित्र में कितने वर्ग हैं? उत्तर बारह है।
รูปสามเหลี่ยมสีแดงอยู่ทางซ้ายของวงกลม มีสี่เหลี่ยมกี่รูปในภาพ
def attention(query, key, value, mask=None):
    scores = query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(~mask, float("-inf"))
    return scores.softmax(dim=-1) @ value  # [batch, heads, query, key]

    for (let i = 0; i < tokens.length; i++) { total += tokens[i].mass; }
        public func encode(_ text: String) -> [Int] { return [] }
\begin{align*} \frac{a_1}{b^{2}} &= \sqrt{x} \\ \sum_{i=0}^{n} \alpha_i &\neq \int_0^1 f(x)\,dx \end{align*}
{"role": "user", "content": [{"type": "image"}, {"type": "text", "text": "What is 3 + 4?"}]}
😀 👍🏽 👩‍👩‍👧‍👦 🇩🇪 🇯🇵 ❤️ → ← ≤ ≥ ≠ ∠ △ □ ○ ★ “quotes” ‘single’ — dash … 1,234.56 € £ ¥
"""
SPACES = [chr(c) for c in (9, 10, 11, 12, 13, 32, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F,
                           0x205F, 0x3000)]


def with_pipeline(model):
    tokenizer = Tokenizer(model)
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(PATTERN), "isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def small_tokenizer():
    tokenizer = with_pipeline(models.BPE())
    trainer = trainers.BpeTrainer(vocab_size=1500, min_frequency=1, show_progress=False,
                                  initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    tokenizer.train_from_iterator(CORPUS.splitlines(keepends=True), trainer)
    tokenizer.add_special_tokens([AddedToken(t, normalized=False, special=True) for t in SPECIAL])
    tokenizer.add_tokens([AddedToken(t, normalized=False) for t in PLAIN])
    return tokenizer


def lines_file(tokenizer):
    file = json.loads(tokenizer.to_str())
    model = file["model"]
    model["merges"] = ["#version: 0.2"] + [" ".join(pair) for pair in model["merges"]]
    model["continuing_subword_prefix"] = model["end_of_word_suffix"] = ""
    del model["ignore_merges"]
    file["post_processor"] = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": False, "use_regex": False}
    return file


def flags_file():
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    pairs = [("a", "b"), ("b", "c"), ("ab", "c"), ("Ġ", "Ġ"), ("a", "b")]  # twice: the last rank counts
    tokens = alphabet + ["ab", "bc", "abc", "ĠĠ"]
    tokenizer = with_pipeline(models.BPE({t: i for i, t in enumerate(tokens)}, []))
    tokenizer.add_tokens([
        AddedToken("<plain>", normalized=False), AddedToken("<plain>er", normalized=False),
        AddedToken("<left>", normalized=False, lstrip=True), AddedToken("<right>", normalized=False, rstrip=True),
        AddedToken("<both>", normalized=False, lstrip=True, rstrip=True, special=True),
        AddedToken("word", normalized=False, single_word=True), AddedToken("é!", normalized=True),
        AddedToken("e\u0301?", normalized=True), AddedToken("ö", normalized=False), AddedToken("△", normalized=False),
        AddedToken("abc", normalized=True), AddedToken(" ", normalized=False, special=True),
    ])
    file = json.loads(tokenizer.to_str())
    file["model"]["merges"] = [" ".join(p) for p in pairs]
    return file


def texts():
    lines = [line for line in CORPUS.splitlines() if line]
    rng = random.Random(1)
    yield ""
    yield from lines
    yield from (unicodedata.normalize("NFD", line) for line in lines)
    yield CORPUS
    yield from ("a" * 300, "中" * 150, " " * 200, "!" * 130, "\n" * 70, "abc" * 100, "\u0301" * 40, "x" + "\u0334\u0301\u0316" * 20)
    yield "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n<|im_start|>user\n<|vision_start|>" + \
        "<|image_pad|>" * 4 + "<|vision_end|>How many?<|im_end|>\n<|im_start|>assistant\n"
    yield "a<|im_end|>b <|im_end|> c<|im_end|><|im_end|>\u0301<|im_<|im_end|>|><|endoftext|"
    yield "<tool_call>{}</tool_call> <|fim_pad|>\u0338 <tool_call"
    yield "don't DON'T it'\u017f it'\u017fe 'LL'Re'vE'D'M ''s '\u017f 's'st 'l 'r 'v '"
    yield "a\u0301 e\u0323\u0302 \u212b \u2126 \u0344 \u0958 \ufb1d \U0001d15e \U0002f800 \uf900 \u1100\u1161\u11a8 각ᆨ 각"
    yield "new letters \u1c89 \u088f \U000105c0 marks \u0898 \U00011938 \U00016d68\U00016d67 a\u07fd\u0334"
    yield "nul \x00 control \x1f\x7f\x80 bom \ufeff non \uffff \U0010ffff private \ue000 \U000f0000 zwj \u200d\u200b"
    yield "numbers 1234 ٠١٢ ०१२ ๐๑ ½² Ⅳ ㈠ 𝟘 １２"
    for _ in range(40):
        yield "".join(rng.choice([rng.choice(SPACES) * rng.randrange(1, 4), "a", "7", "。", "é", "'s", "!"]) for _ in range(30))
    for _ in range(40):
        yield "".join(chr(rng.choice([rng.randrange(0x80), rng.randrange(0x3000), rng.randrange(0xAC00, 0xD7B0),
                                      rng.randrange(0xE000, 0x20000)])) for _ in range(30))


def flag_texts():
    rng = random.Random(2)
    pieces = ["<plain>", "<plain>er", "<left>", "<right>", "<both>", "word", "é!", "e\u0301!", "e\u0301?", "é?", "ö", "o\u0308", "△",
              " ", "  ", "\n", "\u3000", "abc", "ab", "bc", "a", "_", "7", ".", "\u0301", "\u200d", "<", "Ⅳ", "²"]
    yield from ("a <left>  b", "a  <right> \n b", " \u3000<both>\t\u2003x", "word sword words _word word7 .word. wordé e\u0301word",
                "e\u0301!", "<plain>er<plain>e", "abcabbcab", "<both>  <both> <left>")
    for _ in range(120):
        yield "".join(rng.choice(pieces) for _ in range(rng.randrange(1, 14)))


def byte_id_sequences(tokenizer):
    """Ids that spell bytes, many of them not UTF-8."""
    letters = {byte: tokenizer.token_to_id(letter) for byte, letter in enumerate(byte_letters())}
    rng = random.Random(3)
    interesting = [0x41, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC2, 0xDF, 0xE0, 0xE1, 0xED, 0xEF, 0xF0, 0xF1, 0xF4, 0xF5, 0xFF]
    for text in ("😀", "é", "中", "👩‍👩‍👧‍👦"):
        data = text.encode()
        for cut in range(1, len(data) + 1):
            yield [letters[b] for b in data[:cut]]
    for _ in range(150):
        yield [letters[rng.choice(interesting)] for _ in range(rng.randrange(1, 12))]
    for _ in range(60):
        yield [rng.randrange(tokenizer.get_vocab_size()) for _ in range(rng.randrange(1, 20))]
    yield [tokenizer.get_vocab_size() + 5, letters[0x41], 999_999, letters[0x42]]


def byte_letters():
    """The alphabet in the order of the bytes."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = iter(range(256, 400))
    return [chr(b if b in printable else next(others)) for b in range(256)]


def ranges(pattern):
    """The scalars that a class of the reference's regular expressions contains, as inclusive ranges."""
    splitter = pre_tokenizers.Split(Regex(pattern), "removed")
    found = []
    for start in range(0, 0x110000, 0x1000):
        text = "".join(chr(c) for c in range(start, start + 0x1000) if not 0xD800 <= c < 0xE000)
        kept = set("".join(piece for piece, _ in splitter.pre_tokenize_str(text))) if text else set()
        for scalar in (ord(c) for c in text if c not in kept):
            if found and found[-1][1] == scalar - 1:
                found[-1][1] = scalar
            else:
                found.append([scalar, scalar])
    return [number for pair in found for number in pair]


def probe(scalar):
    """Text whose normal form tells the decomposition, the combining class and the compositions of a scalar."""
    return f"{scalar}\u0315{scalar}\u0334 {scalar}\u0301\u0316{scalar}\u0338 a{scalar}e\u0323{scalar}\u0302"


def normalization_digests():
    """FNV-1a, 64 bit, over the UTF-8 of the normal form of a block's probes, for blocks where a scalar matters to it."""
    digests = {}
    normalizer = normalizers.NFC()

    def matters(scalar):
        contexts = (scalar, "\u0315" + scalar, scalar + "\u0334", "\u1100" + scalar, "\uac00" + scalar)
        return any(normalizer.normalize_str(text) != text for text in contexts)

    for block in range(0, 0x110000, 256):
        scalars = [chr(c) for c in range(block, block + 256) if not 0xD800 <= c < 0xE000]
        if 0xAC00 < block < 0xD700 or not any(map(matters, scalars)):  # one block of Hangul syllables stands for all
            continue
        digest = 0xCBF29CE484222325
        for byte in normalizer.normalize_str("\n".join(map(probe, scalars))).encode():
            digest = (digest ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
        digests[f"{block:x}"] = f"{digest:016x}"
    return digests


def write_lines(name, values):
    text = "".join(json.dumps(value, ensure_ascii=True, separators=(",", ":")) + "\n" for value in values)
    (HERE / name).write_text(text)


def write_json(name, value):
    (HERE / name).write_text(json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n")


def encoded(name, text_list):
    tokenizer = Tokenizer.from_file(str(HERE / name))
    for text in text_list:
        tokenizer.encode_special_tokens = False
        ids = tokenizer.encode(text, add_special_tokens=False).ids
        tokenizer.encode_special_tokens = True
        literal = tokenizer.encode(text, add_special_tokens=False).ids
        yield {"tokenizer": name, "text": text, "ids": ids, "literal_ids": literal}


def main():
    tokenizer = small_tokenizer()
    write_json("tokenizer.json", json.loads(tokenizer.to_str()))
    write_json("tokenizer-lines.json", lines_file(tokenizer))
    write_json("tokenizer-flags.json", flags_file())
    all_texts = list(texts())
    flagged = list(flag_texts())
    write_lines("encode.jsonl", [*encoded("tokenizer.json", all_texts), *encoded("tokenizer-flags.json", flagged)])
    lines = Tokenizer.from_file(str(HERE / "tokenizer-lines.json"))
    assert all(lines.encode(t).ids == tokenizer.encode(t).ids for t in all_texts)
    write_lines("decode.jsonl", ({"ids": ids, "text": tokenizer.decode(ids, skip_special_tokens=False),
                                  "text_without_special": tokenizer.decode(ids, skip_special_tokens=True)}
                                 for ids in byte_id_sequences(tokenizer)))
    splitter = pre_tokenizers.Split(Regex(PATTERN), "isolated")
    write_lines("words.jsonl", ({"text": t, "words": [w for w, _ in splitter.pre_tokenize_str(t)]} for t in all_texts))
    write_json("unicode.json", {"letters": ranges(r"\p{L}"), "numbers": ranges(r"\p{N}"), "spaces": ranges(r"\s"),
                                "normalization": normalization_digests()})
    print(tokenizer.get_vocab_size(), "tokens,", len(all_texts) + len(flagged), "texts")


main()
