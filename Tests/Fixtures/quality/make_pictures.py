"""Pictures encoded in several ways, for the perceptual hash (Tests/QualityTests/PictureTests.swift).

Photographs in the public domain: astronaut, rocket and hubble_deep_field (NASA), camera, chelsea and coffee (CC0), all from
scikit-image's wheel, grace_hopper (US Navy) from matplotlib's. The others are drawn here. Written with Pillow 13.0.0 and
matplotlib 3.11.2:

    python make_pictures.py SKIMAGE_DATA_FOLDER [OUTPUT_FOLDER SIDE]

Every picture has its `original`, and variants that show the same. With an output folder and a side, more and larger ones are
written there, for measurements.
"""

import io
import os
import sys

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
from matplotlib import cbook
from PIL import Image, ImageDraw

data = sys.argv[1]
wide = len(sys.argv) > 2
folder = sys.argv[2] if wide else os.path.join(os.path.dirname(os.path.abspath(__file__)), "pictures")
side = int(sys.argv[3]) if wide else 224
os.makedirs(folder, exist_ok=True)


def photographs():
    for name in ["astronaut.png", "rocket.jpg", "hubble_deep_field.jpg", "camera.png", "chelsea.png", "coffee.png"]:
        yield name.split(".")[0], Image.open(os.path.join(data, name)).convert("RGB")
    yield "grace_hopper", Image.open(cbook.get_sample_data("grace_hopper.jpg", asfileobj=False)).convert("RGB")


def chart(values, title):
    figure, axes = plt.subplots(figsize=(4, 3), dpi=160)
    axes.bar(["A", "B", "C", "D"], values, color=["red", "green", "blue", "purple"])
    axes.set_title(title)
    buffer = io.BytesIO()
    figure.savefig(buffer)
    plt.close(figure)
    return Image.open(buffer).convert("RGB")


def curve():
    figure, axes = plt.subplots(figsize=(4, 3), dpi=160)
    axes.plot([x / 10 for x in range(-30, 31)], [(x / 10) ** 3 - 3 * x / 10 for x in range(-30, 31)])
    axes.grid(True)
    buffer = io.BytesIO()
    figure.savefig(buffer)
    plt.close(figure)
    return Image.open(buffer).convert("RGB")


def geometry():
    image = Image.new("RGB", (600, 450), "white")
    draw = ImageDraw.Draw(image)
    draw.polygon([(80, 380), (520, 380), (180, 80)], outline="black", width=3)
    draw.line([(180, 80), (180, 380)], fill="black", width=2)
    draw.ellipse([210, 200, 360, 350], outline="black", width=2)
    for text, place in [("A", (165, 50)), ("B", (55, 380)), ("C", (530, 380)), ("D", (170, 390)), ("40°", (120, 345))]:
        draw.text(place, text, fill="black", font_size=26)
    return image


def pictures():
    yield from photographs()
    yield "chart", chart([3, 7, 5, 2], "Sales")
    yield "curve", curve()
    yield "geometry", geometry()


def variants(image):
    def scaled(factor, filter=Image.Resampling.LANCZOS):
        return image.resize((max(1, round(image.width * factor)), max(1, round(image.height * factor))), filter)

    yield "jpeg-30.jpg", image, {"quality": 30}
    yield "jpeg-75-progressive.jpg", image, {"quality": 75, "progressive": True}
    yield "half.jpg", scaled(0.5), {"quality": 85}
    yield "webp-50.webp", image, {"quality": 50}
    yield "smaller.png", scaled(0.37, Image.Resampling.BICUBIC), {"optimize": True}
    if wide:
        for quality in [15, 50, 90]:
            yield f"jpeg-{quality}.jpg", image, {"quality": quality}
        yield "twice.jpg", scaled(2, Image.Resampling.BICUBIC), {"quality": 80}
        yield "nearest.png", scaled(0.6, Image.Resampling.NEAREST), {}
        yield "thumbnail.jpg", scaled(96 / image.width), {"quality": 75}
        yield "palette.png", image.quantize(256).convert("RGB"), {}
        yield "webp-20.webp", scaled(0.8), {"quality": 20}


for name, image in pictures():
    image.thumbnail((side, side), Image.Resampling.LANCZOS)
    image.save(os.path.join(folder, f"{name}.original.webp"), lossless=True, quality=100, method=6)
    for variant, changed, options in variants(image):
        changed.save(os.path.join(folder, f"{name}.{variant}"), **options)
