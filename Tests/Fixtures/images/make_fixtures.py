"""Writes the golden files of ImagesTests into the folder of this script.

Made with Pillow 13.0.0 (libjpeg-turbo 3.2.0, zlib-ng 2.3.3, libwebp 1.6.0) and numpy 2. Every random number comes from
a seed that is the name of the file, so the script run again with these versions gives the same bytes.

manifest.json lists the files; pixels.bin holds, one after the other in the same order, what transformers sees:
`ImageOps.exif_transpose(Image.open(file)).convert("RGB")`, [height, width, 3], uint8. `readable_from` is the length of
the shortest beginning of the file from which Pillow, too, decodes a picture.
"""

import io
import json
import struct
import warnings
import zlib
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

FOLDER = Path(__file__).parent
FILES = {}


def add(name, data):
    assert name not in FILES
    FILES[name] = data


def random(name):
    return np.random.default_rng(zlib.crc32(name.encode()))


def picture(name, width, height, channels=3):
    """Slopes, edges and noise: something of every frequency in every channel, [height, width, channels]."""
    rng = random(name)
    y, x = np.mgrid[0:height, 0:width]
    planes = []
    for _ in range(channels):
        a, b, c = rng.uniform(-6, 6, 3)
        edges = 70 * (np.sin(x * rng.uniform(0.1, 0.9)) * np.sin(y * rng.uniform(0.1, 0.9)) > 0)
        planes.append(128 + a * (x - width / 2) + b * (y - height / 2) + 10 * c + edges + rng.normal(0, 12, x.shape))
    return np.clip(np.stack(planes, -1), 0, 255).astype(np.uint8)


def decoded(data):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB"))


# ---------------------------------------------------------------------------------------------------------- metadata


def exif(orientation, order="<", kind=3, count=1, before=(), prefix=b""):
    """A TIFF directory with tag 0x0112; `before` are whole entries that come first."""
    code = {1: "B", 3: "H", 4: "I", 6: "b", 9: "i"}[kind]
    value = struct.pack(order + code, orientation).ljust(4, b"\0")
    entries = [*before, struct.pack(order + "HHI", 0x0112, kind, count) + value]
    head = (b"II" if order == "<" else b"MM") + struct.pack(order + "HI", 42, 8)
    return prefix + head + struct.pack(order + "H", len(entries)) + b"".join(entries) + bytes(4)


def xmp(orientation):
    return f'<x:xmpmeta><rdf:Description tiff:Orientation="{orientation}"/></x:xmpmeta>'.encode()


# -------------------------------------------------------------------------------------------------------------- JPEG


def jpeg(pixels, mode="RGB", **options):
    target = io.BytesIO()
    Image.fromarray(pixels, mode).save(target, "JPEG", **{"quality": 88, **options})
    return target.getvalue()


def jpeg_app(data, marker, payload):
    """The JPEG with one more segment, right after its start."""
    return data[:2] + bytes([0xFF, marker]) + struct.pack(">H", len(payload) + 2) + payload + data[2:]


def jpeg_without(data, marker):
    at = data.index(bytes([0xFF, marker]))
    return data[:at] + data[at + 2 + struct.unpack(">H", data[at + 2 : at + 4])[0] :]


def jpeg_frame(data, width, height, sampling):
    """The JPEG with another size and first sampling factor: same blocks, told to lie elsewhere."""
    at = next(i for i in range(len(data)) if data[i] == 0xFF and data[i + 1] in (0xC0, 0xC2))
    changed = bytearray(data)
    changed[at + 5 : at + 9] = struct.pack(">HH", height, width)
    changed[at + 11] = sampling
    return bytes(changed)


def make_jpegs():
    for sampling, label in enumerate(("444", "422", "420")):
        for progressive in (False, True):
            name = f"{'progressive' if progressive else 'baseline'}-{label}.jpg"
            add(name, jpeg(picture(name, 35, 27), subsampling=sampling, progressive=progressive))
    # Pillow writes no other samplings. 4:2:2 of 3 x 4 units is 4:4:0 of 6 x 2; 4:2:0 of 3 x 2 is 4:1:1 of 2 x 3.
    wide = jpeg(picture("baseline-440", 47, 31), subsampling=1)
    add("baseline-440.jpg", jpeg_frame(wide, 45, 27, 0x12))
    square = jpeg(picture("baseline-411", 47, 31), subsampling=2)
    add("baseline-411.jpg", jpeg_frame(square, 61, 23, 0x41))
    add("baseline-1x4.jpg", jpeg_frame(square, 21, 61, 0x14))
    for width, height in ((1, 1), (1, 19), (19, 1), (16, 16), (17, 33), (2, 3)):
        name = f"size-{width}x{height}.jpg"
        add(name, jpeg(picture(name, width, height), subsampling=2))
    add("quality-5.jpg", jpeg(picture("quality-5", 33, 26), quality=5))
    add("quality-100.jpg", jpeg(picture("quality-100", 21, 18), quality=100, subsampling=2))
    add("optimized.jpg", jpeg(picture("optimized", 25, 25), optimize=True))
    add("restarts.jpg", jpeg(picture("restarts", 50, 21), restart_marker_blocks=2))
    add("grey.jpg", jpeg(picture("grey", 29, 22, 1)[..., 0], "L"))
    add("grey-progressive.jpg", jpeg(picture("grey-p", 29, 22, 1)[..., 0], "L", progressive=True))
    add("rgb-components.jpg", jpeg(picture("rgb-components", 23, 17), keep_rgb=True))
    cmyk = jpeg(picture("cmyk", 27, 19, 4), "CMYK")
    at = cmyk.index(b"Adobe")
    add("cmyk.jpg", cmyk)
    add("ycck.jpg", cmyk[: at + 11] + b"\2" + cmyk[at + 12 :])
    add("cmyk-without-adobe.jpg", jpeg_without(cmyk, 0xEE))
    add("cmyk-progressive.jpg", jpeg(picture("cmyk-p", 27, 19, 4), "CMYK", progressive=True))
    plain = jpeg(picture("plain", 19, 13))
    add("no-jfif.jpg", jpeg_without(plain, 0xE0))
    add("trailing-bytes.jpg", plain + b"trailing bytes")
    whole = jpeg(picture("hole", 40, 40))
    add("ends-early-with-marker.jpg", whole[: len(whole) * 2 // 3] + b"\xff\xd9")


def make_oriented_jpegs():
    small = jpeg(picture("oriented", 13, 9))
    for orientation in range(1, 9):
        segment = exif(orientation, "<>"[orientation % 2], prefix=b"Exif\0\0")
        add(f"orientation-{orientation}.jpg", jpeg_app(small, 0xE1, segment))
    add("orientation-9.jpg", jpeg_app(small, 0xE1, exif(9, prefix=b"Exif\0\0")))
    add("orientation-little.jpg", jpeg_app(small, 0xE1, exif(7, prefix=b"Exif\0\0")))
    add("orientation-long.jpg", jpeg_app(small, 0xE1, exif(6, ">", kind=4, prefix=b"Exif\0\0")))
    add("orientation-byte.jpg", jpeg_app(small, 0xE1, exif(6, kind=1, prefix=b"Exif\0\0")))
    add("orientation-twice.jpg", jpeg_app(small, 0xE1, exif(8, count=2, prefix=b"Exif\0\0")))
    # Entries of no known type, of no elements, and with more data than the file has, are passed over ...
    odd = [
        struct.pack("<HHII", 0x0100, 99, 1, 0),
        struct.pack("<HHII", 0x0112, 3, 0, 3),
        struct.pack("<HHII", 0x010F, 2, 0x10000000, 8),
    ]
    add("exif-odd-entries.jpg", jpeg_app(small, 0xE1, exif(6, before=odd, prefix=b"Exif\0\0")))
    # ... and one that points outside ends the directory.
    outside = [struct.pack("<HHII", 0x010F, 2, 5, 0x7FFFFFFF)]
    add("exif-points-outside.jpg", jpeg_app(small, 0xE1, exif(6, before=outside, prefix=b"Exif\0\0")))
    segment = exif(7, prefix=b"Exif\0\0")
    add("exif-in-two-segments.jpg", jpeg_app(jpeg_app(small, 0xE1, b"Exif\0\0" + segment[20:]), 0xE1, segment[:20]))
    add("exif-cut.jpg", jpeg_app(small, 0xE1, exif(6, prefix=b"Exif\0\0")[:24]))
    packet = b"http://ns.adobe.com/xap/1.0/\0"
    add("xmp.jpg", jpeg_app(small, 0xE1, packet + xmp(8)))
    element = b"<tiff:Orientation>x</tiff:Orientation><tiff:Orientation>3</tiff:Orientation>"
    add("xmp-element.jpg", jpeg_app(small, 0xE1, packet + element))
    both = jpeg_app(small, 0xE1, exif(6, prefix=b"Exif\0\0"))
    add("exif-before-xmp.jpg", jpeg_app(both, 0xE1, packet + xmp(8)))
    junk = jpeg_app(small, 0xE1, exif(5, prefix=b"Exif\0\0"))
    add("junk-between-segments.jpg", junk[:2] + b"\xff\xff\xff" + junk[3:20] + junk[20:])


# --------------------------------------------------------------------------------------------------------------- PNG


def png_chunk(kind, payload):
    return struct.pack(">I", len(payload)) + kind + payload + struct.pack(">I", zlib.crc32(kind + payload))


def filtered(rows, unit, rng):
    """The rows [height, bytes] under filters 0...4 in turn, each after its filter byte."""
    above = np.zeros(rows.shape[1], np.int64)
    out = []
    for y, row in enumerate(rows.astype(np.int64)):
        left = np.concatenate([np.zeros(unit, np.int64), row])[: len(row)]
        corner = np.concatenate([np.zeros(unit, np.int64), above])[: len(row)]
        p = left + above - corner
        nearest = np.abs(np.stack([p - left, p - above, p - corner])).argmin(0)
        paeth = np.choose(nearest, [left, above, corner])
        kind = int(rng.integers(5)) if y else y + 4
        predicted = [np.zeros_like(row), left, above, (left + above) // 2, paeth][kind]
        out.append(bytes([kind]) + ((row - predicted) & 255).astype(np.uint8).tobytes())
        above = row
    return b"".join(out)


def packed(samples, depth):
    """Samples [height, width, channels] as rows of bytes."""
    height = samples.shape[0]
    if depth == 16:
        return samples.astype(">u2").view(np.uint8).reshape(height, -1)
    if depth == 8:
        return samples.astype(np.uint8).reshape(height, -1)
    bits = (samples[..., 0][..., None] >> np.arange(depth - 1, -1, -1)) & 1
    return np.packbits(bits.reshape(height, -1).astype(np.uint8), axis=1)


def png(name, samples, depth, color, interlaced=False, before=(), after=()):
    """A PNG of samples [height, width, channels]; `before` and `after` are chunks around the picture."""
    rng = random(name)
    height, width, channels = samples.shape
    unit = max(1, channels * depth // 8)
    starts = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)]
    passes = [samples[y::dy, x::dx] for y, x, dy, dx in starts] if interlaced else [samples]
    raw = b"".join(filtered(packed(part, depth), unit, rng) for part in passes if part.size)
    data = zlib.compress(raw, 9)
    middle = len(data) // 2
    head = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, int(interlaced))
    chunks = [png_chunk(b"IHDR", head), *before, png_chunk(b"IDAT", data[:middle]), png_chunk(b"IDAT", data[middle:])]
    return b"\x89PNG\r\n\x1a\n" + b"".join([*chunks, *after, png_chunk(b"IEND", b"")])


def make_pngs():
    kinds = [(0, "grey", 1, (1, 2, 4, 8, 16)), (2, "rgb", 3, (8, 16)), (3, "palette", 1, (1, 2, 4, 8))]
    kinds += [(4, "grey-alpha", 2, (8, 16)), (6, "rgba", 4, (8, 16))]
    for color, label, channels, depths in kinds:
        for depth in depths:
            for interlaced in (False, True):
                name = f"{label}-{depth}{'-interlaced' if interlaced else ''}.png"
                rng = random(name)
                samples = rng.integers(0, 2**depth, (13, 21, channels))
                if depth == 16:  # 16-bit grey is clipped, so half of it must be small.
                    samples = np.where(rng.random(samples.shape) < 0.5, samples % 300, samples)
                palette = rng.integers(0, 256, 3 * 2**depth, np.uint8).tobytes() if color == 3 else b""
                before = [png_chunk(b"PLTE", palette)] if palette else []
                add(name, png(name, samples, depth, color, interlaced, before))
    for width, height in ((1, 1), (1, 9), (3, 2), (5, 5)):
        name = f"size-{width}x{height}-interlaced.png"
        add(name, png(name, picture(name, width, height), 8, 2, True))


def make_transparent_pngs():
    indices = random("palette").integers(0, 8, (9, 14, 1))
    palette = png_chunk(b"PLTE", random("colours").integers(0, 256, 24, np.uint8).tobytes())
    add("palette-one-transparent.png", png("a", indices, 4, 3, before=[palette, png_chunk(b"tRNS", b"\xff\0\xff")]))
    add("palette-many-alphas.png", png("b", indices, 8, 3, before=[palette, png_chunk(b"tRNS", bytes(range(0, 80, 10)))]))
    short = png_chunk(b"PLTE", bytes(range(100, 115)))
    add("palette-too-short.png", png("c", indices, 8, 3, before=[short]))
    grey = picture("grey-transparent", 12, 10, 1)
    key = png_chunk(b"tRNS", struct.pack(">H", int(grey[3, 3, 0])))
    add("grey-8-transparent.png", png("d", grey, 8, 0, before=[key]))
    add("grey-1-transparent.png", png("e", grey & 1, 1, 0, before=[png_chunk(b"tRNS", b"\0\1")]))
    deep = random("deep").integers(0, 600, (7, 9, 1))
    add("grey-16-transparent.png", png("f", deep, 16, 0, before=[png_chunk(b"tRNS", b"\0\x20")]))
    rgb = picture("rgb-transparent", 11, 8)
    key = png_chunk(b"tRNS", struct.pack(">HHH", *map(int, rgb[2, 2])))
    add("rgb-transparent.png", png("g", rgb, 8, 2, before=[key]))


def make_oriented_pngs():
    rgb = picture("oriented.png", 11, 7)

    def one(name, before=(), after=()):
        add(name, png(name, rgb, 8, 2, before=before, after=after))

    one("exif-6.png", [png_chunk(b"eXIf", exif(6))])
    one("exif-after-picture.png", after=[png_chunk(b"eXIf", exif(5, ">"))])
    one("exif-in-text.png", [png_chunk(b"tEXt", b"exif\0" + exif(7))])
    body = exif(8, prefix=b"Exif\0\0")
    profile = f"\nexif\n{len(body):8}\n".encode() + b"\n".join([body.hex().encode()[:36], body.hex().encode()[36:]])
    compressed = b"Raw profile type exif\0\0" + zlib.compress(profile)
    one("raw-profile.png", [png_chunk(b"tEXt", b"Raw profile type exif\0" + profile)])
    one("raw-profile-compressed.png", after=[png_chunk(b"zTXt", compressed)])
    one("xmp.png", [png_chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + xmp(4))])
    one("xmp-compressed.png", [png_chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(xmp(2)))])
    one("gamma.png", [png_chunk(b"gAMA", struct.pack(">I", 100000))])
    target = io.BytesIO()
    frames = [Image.fromarray(picture(f"frame {i}", 12, 9)) for i in range(3)]
    frames[0].save(target, "PNG", save_all=True, append_images=frames[1:], duration=100)
    add("animated.png", target.getvalue())


# -------------------------------------------------------------------------------------------------------------- WebP


def webp(pixels, mode="RGB", **options):
    target = io.BytesIO()
    Image.fromarray(pixels, mode).save(target, "WEBP", **{"quality": 80, "method": 4, **options})
    return target.getvalue()


def riff(*chunks):
    body = b"WEBP" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def webp_chunk(kind, payload):
    return kind + struct.pack("<I", len(payload)) + payload + bytes(len(payload) % 2)


def three(number):
    return struct.pack("<I", number)[:3]


def webp_frame(x, y, width, height, still):
    """A frame of an animation, from the chunks of a still file without VP8X."""
    return webp_chunk(b"ANMF", three(x // 2) + three(y // 2) + three(width - 1) + three(height - 1) + bytes(4) + still[12:])


def make_webps():
    for width, height in ((37, 29), (1, 1), (16, 16), (2, 31)):
        name = f"lossy-{width}x{height}.webp"
        add(name, webp(picture(name, width, height)))
        name = f"lossless-{width}x{height}.webp"
        add(name, webp(picture(name, width, height), lossless=True))
    add("lossy-quality-3.webp", webp(picture("q3", 45, 33), quality=3))
    add("lossy-alpha.webp", webp(picture("alpha", 25, 20, 4), "RGBA"))
    add("lossless-alpha.webp", webp(picture("alpha", 18, 15, 4), "RGBA", lossless=True, exact=True))
    small = picture("oriented.webp", 14, 9)
    add("exif-6.webp", webp(small, exif=exif(6, ">")))
    add("exif-prefixed-8.webp", webp(small, exif=exif(8, prefix=b"Exif\0\0")))
    add("xmp-3.webp", webp(small, lossless=True, xmp=xmp(3)))
    hidden = bytearray(webp(small, exif=exif(6)))
    hidden[20] &= ~0x08 & 0xFF
    add("exif-without-flag.webp", bytes(hidden))
    frames = [webp(picture(f"frame {i}", 12, 10), lossless=True) for i in range(2)]
    extended = webp_chunk(b"VP8X", bytes([0x02, 0, 0, 0]) + three(20) + three(16))
    animation = webp_chunk(b"ANIM", struct.pack("<IH", 0xFF336699, 0))
    parts = [webp_frame(4, 6, 12, 10, frames[0]), webp_frame(0, 0, 12, 10, frames[1])]
    add("animated-offset.webp", riff(extended, animation, *parts))
    target = io.BytesIO()
    pictures = [Image.fromarray(picture(f"turn {i}", 15, 11, 4), "RGBA") for i in range(3)]
    pictures[0].save(target, "WEBP", save_all=True, append_images=pictures[1:], duration=50, exif=exif(6))
    add("animated-alpha.webp", target.getvalue())


# ------------------------------------------------------------------------------------------------------------ goldens


def readable_from(data):
    """The length of the shortest beginning that Pillow decodes; all longer ones it decodes too."""
    length = len(data)
    while length > 0:
        try:
            decoded(data[: length - 1])
        except Exception:
            break
        length -= 1
    return length


def main():
    warnings.filterwarnings("ignore", category=DeprecationWarning)
    make_jpegs()
    make_oriented_jpegs()
    make_pngs()
    make_transparent_pngs()
    make_oriented_pngs()
    make_webps()
    entries = []
    pixels = []
    for name, data in FILES.items():
        (FOLDER / name).write_bytes(data)
        golden = decoded(data)
        height, width, _ = golden.shape
        entries.append({"file": name, "width": width, "height": height, "readable_from": readable_from(data)})
        pixels.append(golden.tobytes())
    (FOLDER / "pixels.bin").write_bytes(b"".join(pixels))
    lines = ",\n".join("  " + json.dumps(entry) for entry in entries)
    (FOLDER / "manifest.json").write_text(f"[\n{lines}\n]\n")


main()
