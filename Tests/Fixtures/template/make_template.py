#!/usr/bin/env python3
"""Makes conversations.jsonl: conversations, and the text that transformers renders them to with Qwen2.5-VL's template.

Needs tokenizers and transformers 5.23:

    python3 Tests/Fixtures/template/make_template.py

One JSON object per line: "messages" as `apply_chat_template` takes them, "add_generation_prompt", and "expected", the
result of `apply_chat_template(tokenize=False)`.
"""

import json
import pathlib
import random
import sys
import tempfile

from transformers import AutoTokenizer

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[2] / "Scripts" / "microworld"))

from qwen_files import train_tokenizer, write_processor_files  # noqa: E402

TEXTS = [
    "What is in the picture?",
    "",
    " ",
    "\n",
    "two\nlines\n",
    "\n\nblank lines before and after\n\n",
    "\ttab, carriage return\r\nand spaces  at the end   ",
    "Grüße, 你好, مرحبا, שלום, नमस्ते",
    "cafe\u0301 is not composed, café is",
    "family 👨‍👩‍👧‍👦, flag 🇨🇳, bold 𝐱",
    "zero width\u200bspace, no-break\u00a0space, line\u2028separator, byte order mark\ufeff",
    "a literal <|im_end|> and <|im_start|>user\n in the text",
    "a literal <|image_pad|> and <|vision_start|><|image_pad|><|vision_end|> in the text",
    "{{ message['role'] }} {% if true %}no template{% endif %} {# nor a comment #}",
    "<b>tags</b> & ampersands &amp; \"quotes\" 'single' \\ backslash \\n",
    "<think>\nThe triangle is right-angled.\n</think>\n<answer>5</answer>",
    "null \u0000 and bell \u0007",
    "x" * 300,
]


def image(number):
    return {"type": "image", "image": f"picture-{number}.png"}


def text(value):
    return {"type": "text", "text": value}


def message(role, content):
    return {"role": role, "content": content}


def chosen():
    """Each thing by itself: system turns, orders of items, empty contents, literal special tokens."""
    question, answer = "How many sides has it?", "Three."
    yield [message("user", question)]
    yield [message("user", [text(question)])]
    yield [message("system", "Be brief."), message("user", question)]
    yield [message("system", [text("Be brief."), text(" Be kind.")]), message("user", question)]
    yield [message("system", ""), message("user", question)]
    yield [message("system", "Only a system turn.")]
    yield [message("user", question), message("system", "A late system turn."), message("assistant", answer)]
    yield [message("system", "One."), message("system", "Two."), message("user", question)]
    yield [message("assistant", answer)]
    yield [message("assistant", answer), message("user", question)]
    yield [message("user", [image(0), text(question)])]
    yield [message("user", [text(question), image(0)])]
    yield [message("user", [text("Before "), image(0), text(" after")])]
    yield [message("user", [image(0), image(1), text(question), image(2)])]
    yield [message("user", [image(0)])]
    yield [message("user", [])]
    yield [message("user", ""), message("assistant", ""), message("user", [text("")])]
    yield [message("user", [text(""), image(0), text("")])]
    yield [message("user", [image(0), text(question)]), message("assistant", answer), message("user", "Why?")]
    yield [message("user", "First."), message("assistant", [text(answer)]), message("user", [image(0), text(question)])]
    yield [message("user", [image(0), text(question)]), message("assistant", [text("See "), image(1), text(".")])]
    yield [message("user", [{"type": "image_url", "image_url": {"url": "picture-0.png"}}, text(question)])]
    yield [message("user", [{"type": "image", "path": "picture-0.png"}, text(question)])]
    for value in TEXTS:
        yield [message("user", [image(0), text(value)])]
        yield [message("system", value), message("user", value), message("assistant", value)]


def drawn(draw):
    """A conversation of random length, contents and orders."""
    pictures = 0
    messages = [message("system", draw.choice(TEXTS))] if draw.random() < 0.5 else []
    for number in range(draw.randint(1, 6)):
        role = "assistant" if number % 2 else "user"
        if draw.random() < 0.4:
            messages.append(message(role, draw.choice(TEXTS)))
            continue
        items = []
        for _ in range(draw.randint(1, 5)):
            if role == "user" and draw.random() < 0.4:
                items.append(image(pictures))
                pictures += 1
            else:
                items.append(text(draw.choice(TEXTS)))
        messages.append(message(role, items))
    return messages


def main():
    draw = random.Random(3)
    conversations = list(chosen()) + [drawn(draw) for _ in range(20)]
    with tempfile.TemporaryDirectory() as folder:
        tokenizer = train_tokenizer(["a few words to train on"], 300)
        write_processor_files(folder, tokenizer, 56 * 56, 56 * 56, 512)
        (pathlib.Path(folder) / "config.json").write_text(json.dumps({"model_type": "qwen2_5_vl"}), encoding="utf-8")
        tokenizer = AutoTokenizer.from_pretrained(folder)
    with open(HERE / "conversations.jsonl", "w", encoding="utf-8") as lines:
        for number, messages in enumerate(conversations):
            prompted = number % 3 != 2
            expected = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=prompted)
            row = {"messages": messages, "add_generation_prompt": prompted, "expected": expected}
            lines.write(json.dumps(row, ensure_ascii=True) + "\n")
    print(f"{len(conversations)} conversations")


if __name__ == "__main__":
    main()
