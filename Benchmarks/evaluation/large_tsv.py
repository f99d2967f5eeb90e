"""Writes a table as VLMEvalKit has them that is too large for memory, for what reading it takes.

    python large_tsv.py FILE.tsv [--gigabytes 3] [--side 1024]

Rows are MMStar's: pictures of noise as PNG in base64, about 4 MB a row for a side of 1024, every fifth the picture of an earlier row, some
cells in quotation marks with line breaks. It needs numpy and Pillow, and no memory to speak of. The same arguments give the same file.
"""
import argparse
import base64
import io

import numpy as np
from PIL import Image

COLUMNS = ["index", "question", "image", "A", "B", "C", "D", "answer", "category", "l2-category"]


def picture(random, side):
    """A picture that no compression makes smaller."""
    pixels = random.integers(0, 256, (side, side, 3), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels, "RGB").save(file, "PNG", compress_level=1)
    return base64.b64encode(file.getvalue()).decode()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("file")
    parser.add_argument("--gigabytes", type=float, default=3)
    parser.add_argument("--side", type=int, default=1024)
    given = parser.parse_args()
    random = np.random.default_rng(0)
    # Twenty pictures take turns: what is to be large is the file.
    pictures = [picture(random, given.side) for _ in range(20)]
    number, size = 0, 0
    with open(given.file, "w", newline="") as file:
        size += file.write("\t".join(COLUMNS) + "\n")
        while size < given.gigabytes * 1e9:
            image = str(number - 2) if number % 5 == 4 else pictures[number % len(pictures)]
            question = f'"Which ""noise"" is\nnumber {number}?"' if number % 3 == 0 else f"Which noise is number {number}?"
            cells = [str(number), question, image, "red", "green", "blue", "None", "A", "fine perception", "recognition"]
            size += file.write("\t".join(cells) + "\n")
            number += 1
    print(f"{given.file}: {number} rows, {size} bytes")


main()
