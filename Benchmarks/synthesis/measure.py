"""Throughput and concurrency of a synthesis, measured at the server.

    swift build -c release && python3 Benchmarks/synthesis/measure.py .build/release [SAMPLES]

TinyEndpoint answers at once (4 KB) or after 2 s; TinySynthesis takes made-up questions through all three stages, with
every request and answer committed to the store (synchronous = FULL). Prints one JSON line for each case.
"""
import json, os, pathlib, subprocess, sys, tempfile, time, urllib.request

build = pathlib.Path(sys.argv[1])
samples = int(sys.argv[2]) if len(sys.argv) > 2 else 6000
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010804000000b51c0c020000000b4944415478da6364f80f00010501"
    "012718e3660000000049454e44ae426082")


def case(name, count, delay, concurrency):
    with tempfile.TemporaryDirectory(dir=os.environ.get("MEASURE_FOLDER")) as folder:
        folder = pathlib.Path(folder)
        with open(folder / "questions.jsonl", "w") as lines:
            for number in range(count):
                (folder / f"{number}.png").write_bytes(PIXEL + str(number).encode())
                lines.write(json.dumps({"id": str(number), "problem": f"<image>What is {number}?",
                                        "images": [f"{number}.png"], "answer": "A"}) + "\n")
        server = subprocess.Popen(
            [build / "TinyEndpoint", "--delay", str(delay), "--bytes", "4096"], stdout=subprocess.PIPE, text=True)
        try:
            url = server.stdout.readline().strip()
            stages = "".join(
                f"  {stage}: {{endpoint: '{url}', model: m, concurrency: {concurrency}}}\n"
                for stage in ["description", "reasoning", "anchors"])
            settings = folder / "settings.yaml"
            settings.write_text(f"output: out\ndata: [{{path: questions.jsonl}}]\nstages:\n{stages}")
            start = time.time()
            subprocess.run([build / "TinySynthesis", settings, "--quiet"], check=True, stdout=subprocess.DEVNULL)
            seconds = time.time() - start
            stats = json.load(urllib.request.urlopen(url[:-3] + "/stats"))
        finally:
            server.kill()
            server.wait()
        print(json.dumps({"case": name, "samples": count, "concurrency_of_each_stage": concurrency,
                          "wall_seconds": round(seconds, 2), **stats}), flush=True)


case("at once", samples, 0, 128)
case("after 2 s", 600, 2, 32)
