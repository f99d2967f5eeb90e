"""The pictures of a benchmark's file from the file to the model's input, by this package and by transformers' fast processor.

    python pictures.py make FILE.tsv [--count 120]
    python pictures.py peer FILE.tsv --model FOLDER [--threads 2] [--workers 0]
    python pictures.py compare FILE.tsv --avar AVAR --model FOLDER [--rounds 5] [--output pictures.json]

`make` writes a table as VLMEvalKit has them with drawn pictures of the sizes that MathVista's, MMMU's and MMStar's have, JPEG and PNG in
turn; the same arguments give the same file. `peer` reads it with pandas, decodes with Pillow and prepares with Qwen2VLImageProcessorFast at
VLMEvalKit's pixel limits, in one process with some threads, or in some worker processes of one thread each; it prints one line of JSON with
the keys of `avar bench-pictures`. `compare` runs both in turns and keeps the medians and their ratio. `peer` needs torch, torchvision,
transformers, pandas and Pillow; `make` numpy and Pillow.
"""
import argparse
import base64
import io
import json
import platform
import resource
import statistics
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor

MIN_PIXELS, MAX_PIXELS = 1280 * 28 * 28, 16384 * 28 * 28
SIZES = [(512, 384), (640, 480), (850, 600), (1024, 768), (300, 300), (1200, 500), (450, 800), (224, 224)]


def make(given):
    import numpy as np
    from PIL import Image, ImageDraw

    random = np.random.default_rng(1)
    with open(given.file, "w", newline="") as file:
        file.write("index\tquestion\timage\tA\tB\tC\tD\tanswer\tcategory\tl2-category\n")
        for number in range(given.count):
            width, height = SIZES[number % len(SIZES)]
            x, y = np.meshgrid(np.linspace(0, 6, width), np.linspace(0, 6, height))
            waves = [127 + 90 * np.sin(x * random.uniform(1, 4) + y * random.uniform(1, 4)) for _ in range(3)]
            pixels = np.stack(waves, -1) + random.normal(0, 12, (height, width, 3))
            image = Image.fromarray(pixels.clip(0, 255).astype(np.uint8), "RGB")
            draw = ImageDraw.Draw(image)
            for _ in range(8):
                a, b = random.integers(0, width, 2), random.integers(0, height, 2)
                draw.line([(int(a[0]), int(b[0])), (int(a[1]), int(b[1]))], fill=(10, 10, 10), width=3)
            data = io.BytesIO()
            image.save(data, "JPEG", quality=90) if number % 2 == 0 else image.save(data, "PNG")
            cells = [str(number), "What is drawn?", base64.b64encode(data.getvalue()).decode()]
            file.write("\t".join(cells + ["lines", "waves", "nothing", "a cat", "A", "coarse perception", "scene"]) + "\n")


def load(folder):
    from transformers import AutoImageProcessor

    processor = AutoImageProcessor.from_pretrained(folder, backend="torchvision")
    processor.size = {"shortest_edge": MIN_PIXELS, "longest_edge": MAX_PIXELS}
    return processor


def prepare(text, processor):
    from PIL import Image

    image = Image.open(io.BytesIO(base64.b64decode(text))).convert("RGB")
    found = processor(images=[image], return_tensors="pt", size={"shortest_edge": MIN_PIXELS, "longest_edge": MAX_PIXELS})
    return found["pixel_values"].shape[0], found["pixel_values"].double().sum().item()


def begin(folder):
    import torch

    global own
    torch.set_num_threads(1)
    own = load(folder)


def work(text):
    return prepare(text, own)


def peer(given):
    import pandas
    import torch

    torch.set_num_threads(given.threads)
    processor = load(given.model)
    pool = ProcessPoolExecutor(given.workers, initializer=begin, initargs=(given.model,)) if given.workers else None
    times, found = [], []
    for _ in range(given.runs + 1):
        start = time.perf_counter()
        images = pandas.read_csv(given.file, sep="\t")["image"]
        found = list(pool.map(work, images)) if pool else [prepare(text, processor) for text in images]
        times.append(time.perf_counter() - start)
    seconds = statistics.median(times[1:])
    usage = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss + (
        resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss if pool else 0)
    print(json.dumps({
        "command": "pictures", "pictures": len(found), "patches": sum(count for count, _ in found),
        "sum": sum(value for _, value in found), "seconds": seconds, "min_seconds": min(times[1:]),
        "pictures_per_second": len(found) / seconds, "peak_rss_mib": usage // 1024,
    }))
    if pool:
        pool.shutdown()


def compare(given):
    ours = [given.avar, "bench-pictures", "--model", given.model, "--data", given.file, "--runs", str(given.runs)]
    theirs = [sys.executable, __file__, "peer", given.file, "--model", given.model, "--runs", str(given.runs)]
    commands = {
        "ours, 2 workers": ours + ["--workers", "2", "--threads", "1"],
        "ours, 1 worker": ours + ["--workers", "1", "--threads", "1"],
        "transformers, 2 threads": theirs + ["--threads", "2"],
        "transformers, 1 thread": theirs + ["--threads", "1"],
        "transformers, 2 processes": theirs + ["--workers", "2", "--threads", "1"],
    }
    results = {name: [] for name in commands}
    for _ in range(given.rounds):
        for name, command in commands.items():
            run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True)
            results[name].append(json.loads(run.stdout))
    rows = {}
    for name, runs in results.items():
        rate = statistics.median(run["pictures_per_second"] for run in runs)
        rows[name] = {
            "pictures_per_second": rate, "all": [run["pictures_per_second"] for run in runs],
            "sum": runs[0]["sum"], "patches": runs[0]["patches"], "peak_rss_mib": max(run["peak_rss_mib"] for run in runs),
        }
    best = max(rows[name]["pictures_per_second"] for name in rows if name.startswith("transformers"))
    processor = next(line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name"))
    outcome = {
        "processor": processor, "python": platform.python_version(), "rounds": given.rounds, "rows": rows,
        "ratio_to_the_best_of_transformers": rows["ours, 2 workers"]["pictures_per_second"] / best,
        "ratio_one_thread": rows["ours, 1 worker"]["pictures_per_second"]
        / rows["transformers, 1 thread"]["pictures_per_second"],
    }
    text = json.dumps(outcome, indent=1)
    print(text)
    if given.output:
        with open(given.output, "w") as file:
            file.write(text + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    for name, function in [("make", make), ("peer", peer), ("compare", compare)]:
        command = commands.add_parser(name)
        command.set_defaults(function=function)
        command.add_argument("file")
        command.add_argument("--count", type=int, default=120)
        command.add_argument("--model")
        command.add_argument("--avar")
        command.add_argument("--threads", type=int, default=2)
        command.add_argument("--workers", type=int, default=0)
        command.add_argument("--runs", type=int, default=3)
        command.add_argument("--rounds", type=int, default=3)
        command.add_argument("--output")
    given = parser.parse_args()
    given.function(given)


if __name__ == "__main__":
    main()
