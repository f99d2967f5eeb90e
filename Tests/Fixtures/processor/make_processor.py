#!/usr/bin/env python3
"""Makes the golden files of the image processor: smart-resize.json, and pictures with what transformers makes of them.

Needs torch, torchvision, pillow, numpy, safetensors and transformers 5.23:

    python3 Tests/Fixtures/processor/make_processor.py

smart-resize.json: rows [height, width, min_pixels, max_pixels, expected height, expected width]; the last two are null
where transformers refuses the shape.

pictures.json: for NAME.png its height and width, the min_pixels and max_pixels used, and the size it is resized to.
NAME.safetensors, for the file as transformers' `load_image` reads a path (RGB, an alpha channel dropped):
  pixel_values [patches, 1176] float32, image_grid_thw [1, 3] int64
      of `Qwen2VLImageProcessor`, the torchvision class that AutoImageProcessor picks where torchvision is installed
  resized [3, height, width] uint8, the picture before normalisation
  pil_pixel_values, pil_resized: the same of `Qwen2VLImageProcessorPil`
alpha.safetensors also has over_white_pixel_values and over_white_resized: of the picture given as a PIL image with its
alpha channel, which the processor puts on white.
"""

import json
import pathlib
import random

import numpy as np
import torch
from PIL import Image
from safetensors.torch import save_file
from transformers import AutoImageProcessor, Qwen2VLImageProcessor
from transformers.image_utils import load_image
from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil
from transformers.models.qwen2_vl.image_processing_qwen2_vl import smart_resize

HERE = pathlib.Path(__file__).resolve().parent
HUB_LIMITS = (56 * 56, 16384 * 28 * 28)
DEFAULT_LIMITS = (56 * 56, 28 * 28 * 1280)
SMALL_LIMITS = (56 * 56, 84 * 112)

# Name: height, width, channels, smallest and largest area.
PICTURES = {
    "small": (40, 60, 3, *SMALL_LIMITS),
    "tall": (97, 33, 3, *SMALL_LIMITS),
    "square": (30, 30, 3, *SMALL_LIMITS),
    "wide": (64, 200, 3, 56 * 56, 56 * 112),
    "downscaled": (300, 90, 3, *SMALL_LIMITS),
    "strongly-downscaled": (220, 260, 3, 28 * 28, 56 * 84),
    "same-size": (56, 84, 3, *SMALL_LIMITS),
    "one-side-kept": (56, 75, 3, *SMALL_LIMITS),
    "grey": (50, 70, 1, *SMALL_LIMITS),
    "alpha": (45, 75, 4, *SMALL_LIMITS),
}


def expected_size(height, width, min_pixels, max_pixels):
    try:
        return list(smart_resize(height, width, 28, min_pixels, max_pixels))
    except ValueError:
        return [None, None]


def resize_cases():
    """Random sizes over all magnitudes, and the places where rounding decides."""
    draw = random.Random(11)
    for limits in (HUB_LIMITS, DEFAULT_LIMITS):
        for _ in range(35):
            yield (round(2 ** draw.uniform(3, 13)), round(2 ** draw.uniform(3, 13)), *limits)
    # Halves of 28: Python rounds them to the even neighbour.
    for odd in (1, 3, 5, 7, 9, 11, 13):
        yield (14 * odd, 14 * (odd + 2), *DEFAULT_LIMITS)
        yield (14 * odd, 280, 28 * 28, DEFAULT_LIMITS[1])
        yield (280, 14 * odd + 1, *DEFAULT_LIMITS)
    # Squares brought to squares: the quotient is a whole number but for rounding.
    for side in (1, 2, 3, 5, 10, 14, 27, 29, 30, 31, 55, 57):
        yield (side, side, *DEFAULT_LIMITS)
        yield (37 * side, 37 * side, 28 * 28, (28 * side) ** 2)
        yield (side, 3 * side, (28 * 5) ** 2 * 3, DEFAULT_LIMITS[1])
    # At the limits, and one pixel beyond.
    for height, width in ((56, 56), (28, 112), (980, 1024), (1120, 896), (112, 8960)):
        for more in (-1, 0, 1):
            yield (height, width + more, *DEFAULT_LIMITS)
            yield (height, width, height * width + more, DEFAULT_LIMITS[1])
            yield (height, width, 28 * 28, height * width + more)
    # Shapes up to 200 to 1, and beyond.
    for short in (1, 3, 10, 28, 50):
        for long in (200 * short - 1, 200 * short, 200 * short + 1):
            yield (short, long, *DEFAULT_LIMITS)
            yield (long, short, *HUB_LIMITS)
    yield (20000, 30000, *DEFAULT_LIMITS)
    yield (100000, 100000, *HUB_LIMITS)
    yield (1, 1, *HUB_LIMITS)


def write_resize_cases():
    cases = list(dict.fromkeys(resize_cases()))
    rows = [[*case, *expected_size(*case)] for case in cases]
    lines = ",\n".join(json.dumps(row) for row in rows)
    (HERE / "smart-resize.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    return rows


def paint(name, height, width, channels):
    """Slopes with soft noise under shapes whose hard black and white edges make a bicubic filter overshoot."""
    generator = np.random.default_rng(list(name.encode()))
    y, x = np.mgrid[0:height, 0:width]
    planes = []
    for _ in range(channels):
        a, b, c, d = generator.uniform(0.05, 0.25, 4)
        noise = np.kron(generator.normal(0, 25, (height // 4 + 1, width // 4 + 1)), np.ones((4, 4)))[:height, :width]
        planes.append(128 + 90 * np.sin(a * x + b * y) * np.cos(c * x - d * y) + noise)
    pixels = np.stack(planes, -1)
    for value in (0, 255, 0, 255):
        cy, cx = generator.uniform(0, height), generator.uniform(0, width)
        size = generator.uniform(0.12, 0.3) * min(height, width)
        disc = (y - cy) ** 2 + (x - cx) ** 2 < size**2
        bar = (abs(y - cy) < size / 3) & (abs(x - cx) < 2 * size)
        shown = generator.random(channels) < 0.75
        pixels[(disc | bar)] = np.where(shown, value, pixels[disc | bar])
    return np.clip(pixels.round(), 0, 255).astype(np.uint8)


def processed(processor, picture):
    """Pixel values, grid and the resized picture of a processor."""
    resized = []
    resize = processor.resize
    processor.resize = lambda *arguments, **options: resized.append(resize(*arguments, **options)) or resized[-1]
    output = processor(images=[picture], return_tensors="pt")
    picture = torch.as_tensor(np.ascontiguousarray(resized[0])).reshape(3, *resized[0].shape[-2:])
    assert picture.dtype == torch.uint8
    return output["pixel_values"].contiguous(), output["image_grid_thw"], picture.contiguous()


def write_picture(name, height, width, channels, min_pixels, max_pixels):
    pixels = paint(name, height, width, channels)
    path = HERE / f"{name}.png"
    Image.fromarray(pixels[..., 0] if channels == 1 else pixels).save(path, optimize=True)
    limits = dict(min_pixels=min_pixels, max_pixels=max_pixels)
    values, grid, resized = processed(Qwen2VLImageProcessor(**limits), load_image(str(path)))
    pil_values, pil_grid, pil_resized = processed(Qwen2VLImageProcessorPil(**limits), load_image(str(path)))
    assert torch.equal(grid, pil_grid)
    tensors = {"pixel_values": values, "image_grid_thw": grid, "resized": resized,
               "pil_pixel_values": pil_values, "pil_resized": pil_resized}
    if channels == 4:
        over_white = processed(Qwen2VLImageProcessor(**limits), Image.open(path))
        tensors.update(over_white_pixel_values=over_white[0], over_white_resized=over_white[2])
    save_file(tensors, HERE / f"{name}.safetensors")
    steps = (resized.int() - pil_resized.int()).abs()
    extreme = ((resized == 0) | (resized == 255)).float().mean()
    print(f"{name}: {height}x{width} to {resized.shape[1]}x{resized.shape[2]}, {extreme:.2f} of the samples extreme; "
          f"PIL differs in {(steps > 0).float().mean():.4f} of them by up to {steps.max()}, in the values by up to "
          f"{(values - pil_values).abs().max():.1e}")
    return {"name": name, "height": height, "width": width, **limits,
            "resized_height": resized.shape[1], "resized_width": resized.shape[2]}


def check_default_class():
    """The class that a Qwen2.5-VL preprocessor_config.json gets by default."""
    folder = HERE / "default-class"
    folder.mkdir()
    file = folder / "preprocessor_config.json"
    try:
        file.write_text(json.dumps({"image_processor_type": "Qwen2VLImageProcessor"}), encoding="utf-8")
        assert type(AutoImageProcessor.from_pretrained(folder)) is Qwen2VLImageProcessor
    finally:
        file.unlink()
        folder.rmdir()


def main():
    check_default_class()
    rows = write_resize_cases()
    print(f"{len(rows)} sizes, {sum(row[-1] is None for row in rows)} of them refused")
    pictures = [write_picture(name, *sizes) for name, sizes in PICTURES.items()]
    lines = ",\n".join(json.dumps(picture) for picture in pictures)
    (HERE / "pictures.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main()
