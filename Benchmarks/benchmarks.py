"""What `run.py` runs: every benchmark with its commands, and every figure with its target.

To add one, add an entry to BENCHMARKS: the commands, what they need, and the figures with how each is read from the result. Words in
braces are filled in: {avar}, {build} (the folder it lies in), {python} (the peers'), {stdlib} (the one that runs this), {here} (this folder), {root}, {work} (a folder
of the benchmark's own), {models} (checkpoints and inputs, shared), {microworld} (64 questions, shared), {coldstart} (that of the demo), and the benchmark's own
settings, of which `quick` replaces some. Standard library only.
"""

import statistics
from dataclasses import dataclass, field
from typing import Callable, Optional

AT_MOST, AT_LEAST = "at most", "at least"
# What a target can ask for, by its words.
HOLDS = {
    AT_MOST: lambda number, bound: number <= bound,
    AT_LEAST: lambda number, bound: number >= bound,
    "below": lambda number, bound: number < bound,
    "above": lambda number, bound: number > bound,
    "within 2 % of": lambda number, bound: abs(number / bound - 1) <= 0.02,
}


@dataclass(frozen=True)
class Step:
    """A command. What it is kept as: the last line of JSON that it prints (all of them with `lines`), beside its peak memory and
    seconds; or nothing. With `verdict` an exit status of 1 says that a target was missed, which the figures say better."""
    command: list
    keep: Optional[str] = None
    lines: bool = False
    verdict: bool = False
    # A file or folder made once, and then kept: the step is left out where it is there. The command writes it as {partial}, and it
    # has its name when it is whole.
    makes: Optional[str] = None


@dataclass(frozen=True)
class Found:
    """A figure as it was measured. `spread` is the lowest and the highest ratio (or, without a ratio, of ours); `shape` says
    what was measured where it is not what the figure's name says."""
    ours: Optional[float] = None
    peer: Optional[float] = None
    ratio: Optional[float] = None
    spread: Optional[tuple] = None
    shape: Optional[str] = None


@dataclass(frozen=True)
class Figure:
    """What is measured, how it is read, and its target: a bound on the ratio of ours to the peer's or, where there is no ratio or
    `on` says so, on ours. Without a bound it is reported only."""
    what: str
    read: Callable
    kind: Optional[str] = None
    bound: Optional[float] = None
    unit: str = ""
    peer: str = ""
    on: str = ""


@dataclass(frozen=True)
class Benchmark:
    name: str
    about: str
    folder: str
    figures: list
    steps: list
    # The file in which the steps leave their result; without one it is what the steps keep.
    result: Optional[str] = None
    # The result that lies in the repository, and what its figures were measured on where it does not say so itself.
    recorded: Optional[str] = None
    machine: Optional[str] = None
    versions: str = ""
    # Distributions that the peers' Python must have.
    needs: tuple = ()
    settings: dict = field(default_factory=dict)
    quick: dict = field(default_factory=dict)
    # Free disk and memory in GiB without which it is left out.
    disk: float = 1
    # Files that must be there, each with how it is made.
    files: dict = field(default_factory=dict)
    memory: float = 4
    # The longest that it may take, in hours.
    hours: float = 3
    # A study of hours, which is run only if it is named.
    study: bool = False


def ends(values):
    return (min(values), max(values)) if values and len(values) > 1 else None


# Readers: from the result of a benchmark to a Found. A missing key says that the result does not hold the figure.

def value(*path, spread=None):
    """A number of ours by its path, and the numbers whose lowest and highest are its spread."""
    def read(result):
        found = result
        for key in path:
            found = found[key]
        return Found(ours=found, spread=ends(result.get(spread, [])) if spread else None)
    return read


def speed(case, against, program=None):
    """A case of speed/compare.py: its first program beside another."""
    def read(result):
        rows = [row for row in result["rows"] if row["case"] == case]
        first = next(row for row in rows if program is None or row["program"] == program)
        other = next(row for row in rows if row["program"] == against)
        return Found(first["median"], other["median"], other["ratio"], ends(other.get("ratios")))
    return read


def bfloat16_pass(case):
    """Our bfloat16 pass beside transformers', both medians of the same rounds."""
    def read(result):
        rows = {row["program"]: row for row in result["rows"] if row["case"] == case}
        ours, theirs = rows["avar, bfloat16 pass"]["median"], rows["transformers, bfloat16"]["median"]
        return Found(ours, theirs, ours / theirs)
    return read


def to_floor(case):
    return lambda result: Found(ratio=next(row for row in result["rows"] if row["case"] == case)["to_floor"])


def largest_memory(result):
    """Of the cases with transformers the one in which our peak memory comes nearest to theirs."""
    found = []
    for row in result["rows"]:
        if row["program"].startswith("transformers"):
            first = next(other for other in result["rows"] if other["case"] == row["case"])
            found.append(Found(first["peak_rss_mib"], row["peak_rss_mib"], first["peak_rss_mib"] / row["peak_rss_mib"],
                               shape="in " + row["case"]))
    return max(found, key=lambda entry: entry.ratio)


def at(rows, tokens, **wanted):
    """The row of a length, or of the longest that is there."""
    rows = [row for row in rows if all(row[key] == wanted[key] for key in wanted)]
    row = next((row for row in rows if row["tokens"] == tokens), rows[-1])
    return row, None if row["tokens"] == tokens else f"{row['tokens']:,} tokens"


def vas(queries, part):
    def read(result):
        row, shape = at(result["transformers"], 4096, queries=queries)
        if part == "time":
            return Found(row["seconds"], row["peer_seconds"], row["time"], ends(row.get("times")), shape)
        return Found(row["mib"], row["peer_mib"], row["memory"], shape=shape)
    return read


def beside_itself(part, tokens):
    def read(result):
        row, shape = at(result[part], tokens)
        return Found(ratio=row["ratio"], spread=ends(row.get("ratios")), shape=shape)
    return read


def doubling(result):
    """How many times memory grows when the tokens double, at most."""
    rows = result["memory"]
    grown = [longer["mib"] / shorter["mib"] for shorter, longer in zip(rows, rows[1:])]
    if not grown:
        raise KeyError("one length only")
    return Found(ours=max(grown), shape=f"{rows[0]['tokens']:,} to {rows[-1]['tokens']:,} tokens")


def shape_of_training(result):
    return None if result["tokens"] == 4096 else f"{result['tokens']:,} tokens"


def above(found):
    return found["peak_rss_mib"] - found["rss_after_load_mib"]


PROGRAMS = {"plain": "avar, unguided", "guided": "avar, guided", "checkpointed": "avar, guided, checkpointing",
            "plain peer": "transformers, unguided, sdpa", "guided peer": "transformers, guided, eager"}


def training(ours, theirs, part=lambda found: found["seconds"]):
    def read(result):
        pairs = [(part(found[PROGRAMS[ours]]), part(found[PROGRAMS[theirs]])) for found in result["rounds"]]
        ratios = [a / b for a, b in pairs]
        return Found(statistics.median(a for a, _ in pairs), statistics.median(b for _, b in pairs), statistics.median(ratios),
                     ends(ratios), shape_of_training(result))
    return read


def guided_to_plain(result):
    ratios = [pair["seconds"] / pair["plain_seconds"] for pair in result["pairs"]]
    return Found(statistics.median(pair["seconds"] for pair in result["pairs"]),
                 statistics.median(pair["plain_seconds"] for pair in result["pairs"]), statistics.median(ratios), ends(ratios),
                 shape_of_training(result))


def longest(result):
    fits = lambda name: max(row["tokens"] for row in result["longest"][name] if row["mib"] <= 20 * 1024)
    ours, theirs = fits("avar, guided"), fits("transformers, guided")
    return Found(ours, theirs, ours / theirs)


def disagreement(*keys):
    return lambda result: Found(ours=max(result["agreement"][key] for key in keys), shape=shape_of_training(result))


def guidance(arm, key="image"):
    """Of an arm of the study of guidance: points of attention on the picture above the same seed without guidance."""
    def read(result):
        plain = {row["seed"]: row[key] for row in result["rows"] if row["arm"] == "anchored"}
        points = [100 * (row[key] - plain[row["seed"]]) for row in result["rows"] if row["arm"] == arm]
        return Found(ours=statistics.fmean(points), spread=ends(points))
    return read


def iteration(result):
    runs = result["runs"]
    ratios = [a["samples_per_second"] / b["samples_per_second"] for a, b in zip(runs["ours"], runs["trl"])]
    rate = result["samples_per_second"]
    return Found(rate["ours"], rate["trl"], result["ratio"], ends(ratios))


def group(result):
    return Found(result["seconds"]["8"], result["seconds"]["1"], result["ratio"], ends(result["ratios"]),
                 None if result["new_tokens"] == 64 else f"{result['new_tokens']} new tokens")


def pictures(result):
    rows = result["rows"]
    theirs = [name for name in rows if name.startswith("transformers")]
    best = max(theirs, key=lambda name: rows[name]["pictures_per_second"])
    ratios = [a / b for a, b in zip(rows["ours, 2 workers"]["all"], rows[best]["all"])]
    return Found(rows["ours, 2 workers"]["pictures_per_second"], rows[best]["pictures_per_second"],
                 result["ratio_to_the_best_of_transformers"], ends(ratios), "peer with " + best.split(", ")[1])


def one_thread(result):
    ours, theirs = result["rows"]["ours, 1 worker"], result["rows"]["transformers, 1 thread"]
    return Found(ours["pictures_per_second"], theirs["pictures_per_second"], result["ratio_one_thread"],
                 ends([a / b for a, b in zip(ours["all"], theirs["all"])]))


def sums(result):
    ours, theirs = result["rows"]["ours, 2 workers"]["sum"], result["rows"]["transformers, 2 threads"]["sum"]
    return Found(ours=abs(ours / theirs - 1))


def above_the_model(result):
    """A megabyte is 10^6 bytes, as the target has it; memory is counted in MiB."""
    return Found(ours=(result["table"]["peak_rss_mib"] - result["scenes"]["peak_rss_mib"]) * 2**20 / 1e6,
                 shape=result.get("settings", {}).get("shape"))


def tokenizer_speed(result):
    found = result["comparison"]
    theirs = max(found["reference_encode_mb_per_s"], found.get("reference_encode_batch_fast_mb_per_s", 0))
    return Found(found["mb_per_s"], theirs, found["ratio_to_faster_reference"], shape=corpus(found))


def corpus(found):
    return None if found["bytes"] >= 20e6 else f"{found['bytes'] / 1e6:.0f} MB of text"


def differing_documents(result):
    found = result["comparison"]
    return Found(ours=found["mismatches"] + found["decode_mismatches"] + found["literal_mismatches"],
                 shape=f"{found['documents']:,} documents, {found['bytes'] / 1e6:.0f} MB")


def llama(checkpoint):
    def read(result):
        row = next(row for row in result["rows"] if row["checkpoint"] == checkpoint)
        return Found(row["avar"], row["llama.cpp"], row["ratio"], ends(row.get("ratios")))
    return read


def large(dtype, key):
    def read(result):
        shape = result.get("settings", {}).get("preset", "7b")
        found = result[dtype]
        number = found.get("gflops", found.get("gflop_per_second")) if key == "gflops" else found[key]
        return Found(ours=number / 1024 if key == "peak_rss_mib" else number, shape=None if shape == "7b" else f"preset {shape}")
    return read


def faults(read):
    return lambda result: Found(ours=read(result),
                                shape=None if result["samples"] == 2000 else f"{result['samples']:,} questions")


def requests_per_second(result):
    found = next(row for row in result["measure"] if row["case"] == "at once")
    return Found(ours=found["requests_per_second"], spread=ends(found.get("all")), shape=f"{found['requests']:,} requests")


def open_requests(result):
    return Found(ours=next(row for row in result["measure"] if row["case"] == "after 2 s")["mean_open"])


def visual_reward(part):
    """Of the study of the visual reward: test questions right with the reward, beside without."""
    def read(result):
        ours, theirs = (100 * result["arms"][arm]["exam"][part]["mean"] for arm in ("paper", "none"))
        return Found(ours, theirs, spread=ends([100 * one for one in result["arms"]["paper"]["exam"][part]["values"]]))
    return read


PEERS = ("torch", "transformers", "safetensors", "numpy", "pillow")
MODEL_17 = "AMD EPYC (family 25, model 17; avx2, avx512f, avx512_bf16)"
TRANSFORMERS = "libtorch 2.15.0, transformers 5.24.0"
HF_PEER = ["{python}", "{here}/peer/hf_peer.py"]
SMALL = [
    Step(HF_PEER + ["checkpoint", "--preset", "small", "--dtype", "float32", "--out", "{partial}"],
         makes="{models}/small-float32"),
]
MICROWORLD = [
    Step(["{avar}", "microworld", "make", "--split", "train", "--count", "64", "--output", "{partial}"],
         makes="{microworld}"),
]
FORWARD = [("small", 1024), ("small", 2048), ("small", 4096), ("base", 1024)]
BFLOAT16 = [("small", 2048), ("base", 1024)]

BENCHMARKS = [
    Benchmark(
        name="tokenizer", about="the tokenizer beside Hugging Face's, id for id and in speed", folder="tokenizer",
        recorded="tokenizer/results.json", versions="tokenizers 0.23.3", needs=("tokenizers", "dashscope", "numpy"),
        settings=dict(megabytes=28, rounds=3), quick=dict(megabytes=2, rounds=1), hours=1,
        steps=[
            Step(["{python}", "{here}/tokenizer/make_tokenizer.py", "--output", "{partial}"],
                 makes="{models}/qwen-tokenizer"),
            Step(["{python}", "{here}/tokenizer/make_corpus.py", "--tokenizer", "{models}/qwen-tokenizer/tokenizer.json",
                  "--megabytes", "{megabytes}", "--output", "{work}/corpus.txt"]),
            Step(["{python}", "{here}/tokenizer/compare.py", "--tokenizer", "{models}/qwen-tokenizer/tokenizer.json", "--text",
                  "{work}/corpus.txt", "--rounds", "{rounds}", "--command",
                  "'{avar}' tokenize --tokenizer {{tokenizer}} --input {{input}} --output {{output}}"],
                 keep="comparison", verdict=True),
        ],
        figures=[
            Figure("documents with other ids, other decoded text or other literal ids", differing_documents, AT_MOST, 0),
            Figure("encoding on one thread", tokenizer_speed, AT_LEAST, 5, "MB/s", "tokenizers", on="ours"),
        ]),
    Benchmark(
        name="speed", about="forward passes, decoding and memory beside transformers", folder="speed",
        recorded="speed/results.json", versions=TRANSFORMERS, needs=PEERS, result="{work}/result.json",
        settings=dict(rounds=3, runs=3, only=[]), quick=dict(rounds=1, runs=1, only=["--only", "small 1024"]), disk=4, memory=6,
        steps=[Step(["{python}", "{here}/speed/compare.py", "--avar", "{avar}", "--work", "{models}", "--rounds", "{rounds}", "--runs",
                     "{runs}", "{only}", "--output", "{work}/result.json"], verdict=True)],
        figures=[
            *(Figure(f"forward pass, {preset}, {tokens:,} tokens, float32", speed(f"forward {preset} {tokens}", "transformers"),
                     AT_MOST, 0.90, "s", "transformers") for preset, tokens in FORWARD),
            *(Figure(f"the same to its floor, {preset}, {tokens:,} tokens", to_floor(f"forward {preset} {tokens}"), AT_MOST, 1.15,
                     peer="fastest kernels") for preset, tokens in FORWARD),
            *(Figure(f"bfloat16 checkpoint, float32 pass, {preset}, {tokens:,} tokens",
                     speed(f"forward {preset} {tokens} bfloat16 checkpoint", "avar, float32 checkpoint"), AT_MOST, 1.1, "s",
                     "our float32 checkpoint") for preset, tokens in BFLOAT16),
            *(Figure(f"bfloat16 checkpoint, bfloat16 pass, {preset}, {tokens:,} tokens",
                     bfloat16_pass(f"forward {preset} {tokens} bfloat16 checkpoint"),
                     unit="s", peer="transformers, bfloat16") for preset, tokens in BFLOAT16),
            Figure("decoding, small, float32", speed("generate small 1024", "transformers"), AT_LEAST, 1.3, "tokens/s",
                   "transformers"),
            Figure("decoding, base, float32", speed("generate base 1024", "transformers"), AT_LEAST, 0.95, "tokens/s",
                   "transformers"),
            Figure("decoding, base, bfloat16 checkpoint",
                   speed("generate base 1024 bfloat16 checkpoint", "transformers, bfloat16"), AT_LEAST, 1.3, "tokens/s",
                   "transformers"),
            *(Figure(f"eight prompts at once, {preset}", speed(f"generate {preset} 1024, eight prompts at once", "avar"), AT_LEAST,
                     3, "tokens/s", "one prompt") for preset in ("small", "base")),
            Figure("peak memory, the case nearest to the peer's", largest_memory, "below", 1, "MiB", "transformers"),
        ]),
    Benchmark(
        name="seven-billion", about="a bfloat16 checkpoint of the 7B shape, 1,024 tokens with a picture", folder="speed",
        recorded="speed/large.json", versions="libtorch 2.15.0", needs=PEERS, settings=dict(preset="7b"), quick=dict(preset="nano"),
        disk=18, memory=20,
        steps=[
            Step(HF_PEER + ["checkpoint", "--preset", "{preset}", "--dtype", "bfloat16", "--out", "{partial}"],
                 makes="{models}/{preset}-bfloat16"),
            Step(HF_PEER + ["case", "--ckpt", "{models}/{preset}-bfloat16", "--response", "678", "--out",
                            "{work}/{preset}.safetensors"]),
            *(Step(["{avar}", "bench", "forward", "--model", "{models}/{preset}-bfloat16", "--case", "{work}/{preset}.safetensors",
                    "--dtype", dtype, "--runs", "1", "--threads", "2"], keep=dtype) for dtype in ("float32", "bfloat16")),
        ],
        figures=[
            *(Figure(f"7B, 1,024 tokens, {dtype} pass: peak memory", large(dtype, "peak_rss_mib"), AT_MOST, 24, "GiB")
              for dtype in ("float32", "bfloat16")),
            *(Figure(f"7B, 1,024 tokens, {dtype} pass: {name}", large(dtype, key), unit=unit)
              for dtype in ("float32", "bfloat16") for name, key, unit in (("time", "seconds", "s"),
                                                                          ("speed", "gflops", "GFLOP/s"))),
        ]),
    Benchmark(
        name="llama", about="decoding beside llama.cpp", folder="llama", recorded="llama/results.json",
        versions="llama-cpp-python 0.3.36", needs=PEERS + ("gguf", "llama-cpp-python"), result="{work}/result.json",
        settings=dict(rounds=3, presets=["small", "base"]), quick=dict(rounds=1, presets=["small"]), disk=4, memory=6,
        steps=[Step(["{python}", "{here}/llama/compare.py", "--avar", "{avar}", "--work", "{models}", "--rounds", "{rounds}",
                     "--presets", "{presets}", "--output", "{work}/result.json"])],
        figures=[Figure(f"decoding, {checkpoint}", llama(checkpoint), unit="tokens/s", peer="llama.cpp")
                 for checkpoint in ("small, float32", "small, bfloat16", "base, float32", "base, bfloat16")]),
    Benchmark(
        name="attention", about="measuring attention beside transformers with output_attentions, and beside not measuring",
        folder="attention", recorded="attention/results.json", versions=TRANSFORMERS, needs=PEERS, result="{work}/result.json",
        settings=dict(rounds=3, upto=16384), quick=dict(rounds=1, upto=2048), memory=20,
        steps=[Step(["{python}", "{here}/attention/compare.py", "--avar", "{avar}", "--work", "{models}", "--rounds", "{rounds}",
                     "--up-to", "{upto}", "--output", "{work}/result.json"], verdict=True)],
        figures=[
            *(Figure(f"VAS of every layer and head, {queries} tokens, 4,096 tokens: time", vas(queries, "time"), AT_MOST, 0.30, "s",
                     "transformers, maps") for queries in ("user", "response")),
            *(Figure(f"VAS of every layer and head, {queries} tokens, 4,096 tokens: memory above the model", vas(queries, "memory"),
                     AT_MOST, 0.12, "MiB", "transformers, maps") for queries in ("user", "response")),
            Figure("largest relative difference of a score", lambda result: Found(
                ours=max(row["disagreement"] for row in result["transformers"])), AT_MOST, 1e-4, peer=""),
            *(Figure(f"an observed pass, {tokens:,} tokens", beside_itself("observing", tokens), AT_MOST, 1.10,
                     peer="unobserved pass") for tokens in (2048, 4096)),
            *(Figure(f"128 tokens with every token's score after {tokens:,}", beside_itself("generating", tokens), AT_MOST, 1.05,
                     peer="without scores") for tokens in (1024, 4096)),
            Figure("memory when the tokens double, at most", doubling, AT_MOST, 2.2, "x"),
        ]),
    Benchmark(
        name="training", about="a training step with guided attention beside transformers and beside an unguided one",
        folder="training", recorded="training/results.json", versions=TRANSFORMERS, needs=PEERS, result="{work}/result.json",
        settings=dict(rounds=2, runs=2, pairs=5, tokens=4096, longest=["--longest"]),
        quick=dict(rounds=1, runs=1, pairs=2, tokens=1024, longest=[]), memory=20,
        steps=[Step(["{python}", "{here}/training/compare.py", "--avar", "{avar}", "--work", "{models}", "--rounds", "{rounds}",
                     "--runs", "{runs}", "--pairs", "{pairs}", "--tokens", "{tokens}", "{longest}", "--output",
                     "{work}/result.json"], verdict=True)],
        figures=[
            Figure("guided step, 4,096 tokens, by turns in one process", guided_to_plain, AT_MOST, 1.12, "s", "our unguided step"),
            Figure("guided step, 4,096 tokens", training("guided", "guided peer"), AT_MOST, 0.28, "s", "transformers, maps"),
            Figure("unguided step, 4,096 tokens", training("plain", "plain peer"), AT_MOST, 0.92, "s", "transformers, fused"),
            Figure("guided step: memory above the model", training("guided", "guided peer", above), AT_MOST, 0.25, "MiB",
                   "transformers, maps"),
            Figure("the same with activation checkpointing", training("checkpointed", "guided peer", above), AT_MOST, 0.10, "MiB",
                   "transformers, maps"),
            Figure("largest relative difference of loss, enhance and suppress", disagreement("loss", "enhance", "suppress"),
                   AT_MOST, 1e-4),
            Figure("relative difference of the gradient's norm", disagreement("grad_norm"), AT_MOST, 1e-3),
            Figure("longest guided sequence in 20 GiB", longest, unit="tokens", peer="transformers, maps"),
        ]),
    Benchmark(
        name="kills", about="trainings killed with kill -9 and gone on with", folder="training", recorded="training/kill.json",
        result="{work}/result.json", settings=dict(kills=50, inside=10, steps=24), quick=dict(kills=3, inside=0, steps=12),
        steps=[Step(["{stdlib}", "{here}/training/kill.py", "--avar", "{avar}", "--model", "{root}/Checkpoints/microworld", "--work",
                     "{work}/kill", "--kills", "{kills}", "--inside", "{inside}", "--steps", "{steps}", "--output",
                     "{work}/result.json"])],
        figures=[
            Figure("kills after which states, log and weights were the undisturbed training's", value("kills"), AT_LEAST, 50),
            Figure("of these, inside a half-written state", value("inside"), AT_LEAST, 10),
        ]),
    Benchmark(
        name="iteration", about="one iteration of GRPO beside TRL", folder="reinforcement", recorded="reinforcement/iteration.json",
        machine=MODEL_17, versions="TRL 1.16.0, transformers 5.24.0, torch 2.15.0",
        needs=PEERS + ("trl", "accelerate", "datasets"), result="{work}/result.json",
        settings=dict(rounds=5, iterations=6), quick=dict(rounds=1, iterations=3),
        steps=MICROWORLD + [Step(["{python}", "{here}/reinforcement/iteration.py", "compare", "--avar", "{avar}", "--model",
                                  "{root}/Checkpoints/microworld", "--data", "{microworld}", "--work", "{work}/iteration", "--rounds",
                                  "{rounds}", "--iterations", "{iterations}", "--output", "{work}/result.json"])],
        figures=[Figure("an iteration of GRPO, 8 problems in groups of 8", iteration, AT_LEAST, 3, "samples/s", "TRL")]),
    Benchmark(
        name="group", about="a group of 8 answers beside one", folder="reinforcement", recorded="reinforcement/group.json",
        machine=MODEL_17, needs=PEERS, result="{work}/result.json", settings=dict(rounds=5, new=64), quick=dict(rounds=1, new=16),
        steps=SMALL + [
            Step(HF_PEER + ["case", "--ckpt", "{models}/small-float32", "--response", "16", "--out", "{work}/case.safetensors"]),
            Step(["{stdlib}", "{here}/reinforcement/group.py", "--avar", "{avar}", "--model", "{models}/small-float32", "--case",
                  "{work}/case.safetensors", "--rounds", "{rounds}", "--new-tokens", "{new}", "--output", "{work}/result.json"]),
        ],
        figures=[Figure("eight answers of 64 tokens to one prompt, small", group, AT_MOST, 3, "s", "one answer")]),
    Benchmark(
        name="update", about="a whole update of GRPO beside PyTorch on transformers' model", folder="reinforcement",
        recorded="reinforcement/update.json", machine=MODEL_17, versions="transformers 5.24.0, torch 2.15.0", needs=PEERS,
        result="{work}/result.json",
        steps=MICROWORLD + [Step(["{python}", "{here}/reinforcement/update.py", "--avar", "{avar}", "--model",
                                  "{root}/Checkpoints/microworld", "--data", "{microworld}", "--work", "{work}/update", "--output",
                                  "{work}/result.json"])],
        figures=[
            Figure("an update of GRPO: relative difference of the gradient's norm from PyTorch's",
                   value("gradient_norm", "relative_difference")),
            Figure("the same: relative difference of the weights' change",
                   value("weights_after", "relative_difference_of_the_change")),
        ]),
    Benchmark(
        name="pictures", about="pictures from the file to the model's input beside transformers' fast processor", folder="evaluation",
        recorded="evaluation/pictures.json", machine=MODEL_17, versions="transformers 5.24.0",
        needs=PEERS + ("torchvision", "pandas"), result="{work}/result.json",
        settings=dict(count=120, rounds=3, runs=3), quick=dict(count=16, rounds=1, runs=1),
        steps=[
            Step(["{python}", "{here}/evaluation/pictures.py", "make", "{work}/pictures.tsv", "--count", "{count}"]),
            Step(["{python}", "{here}/evaluation/pictures.py", "compare", "{work}/pictures.tsv", "--avar", "{avar}", "--model",
                  "{root}/Checkpoints/microworld", "--rounds", "{rounds}", "--runs", "{runs}", "--output", "{work}/result.json"]),
        ],
        figures=[
            Figure("pictures from the file to the model's input", pictures, AT_LEAST, 1.0, "pictures/s",
                   "transformers' fast processor"),
            Figure("the same, one thread beside one", one_thread, unit="pictures/s", peer="transformers' fast processor"),
            Figure("relative difference of the sums of all samples", sums),
        ]),
    Benchmark(
        name="large-table", about="memory for the first 100 rows of a table of 3 GB", folder="evaluation",
        recorded="evaluation/large_tsv.json", needs=("numpy", "pillow"), disk=4,
        settings=dict(gigabytes=3, limit=100, shape=None), quick=dict(gigabytes=0.2, limit=10, shape="0.2 GB, 10 rows"),
        steps=[
            Step(["{python}", "{here}/evaluation/large_tsv.py", "{work}/noise.tsv", "--gigabytes", "{gigabytes}"]),
            # The pixels of the microworld's pictures: more would not fit its checkpoint's context.
            Step(["{avar}", "eval", "--model", "{root}/Checkpoints/microworld", "--data", "{work}/noise.tsv", "--limit", "{limit}",
                  "--min-pixels", "3136", "--max-pixels", "12544"], keep="table"),
            Step(["{avar}", "eval", "--model", "{root}/Checkpoints/microworld", "--data", "microworld", "--limit", "{limit}"],
                 keep="scenes"),
        ],
        figures=[Figure("the first 100 rows of a table of 3 GB: memory above that for 100 drawn scenes", above_the_model, AT_MOST,
                        200, "MB")]),
    Benchmark(
        name="faults", about="a synthesis with faults and kills beside an undisturbed one", folder="synthesis",
        recorded="synthesis/faults.json", machine=MODEL_17, result="{work}/result.json",
        settings=dict(samples=2000, kills=30), quick=dict(samples=200, kills=4),
        steps=[Step(["{stdlib}", "{here}/synthesis/faults.py", "--avar", "{avar}", "--work", "{work}/faults", "--samples", "{samples}",
                     "--kills", "{kills}", "--output", "{work}/result.json"])],
        figures=[
            Figure("2,000 questions, faults on a fifth of the requests: neither accepted nor rejected",
                   faults(lambda result: result["unfinished"]), AT_MOST, 0),
            Figure("kill -9 in that time", faults(lambda result: result["killed"]), AT_LEAST, 30),
            Figure("samples or data set other than undisturbed", faults(
                lambda result: 2 - result["same_fate_for_every_sample"] - result["same_data_set"]), AT_MOST, 0),
            Figure("answers that were asked for again", faults(
                lambda result: result["with_faults_and_kills"]["answers"] - result["with_faults_and_kills"]["stored"]), AT_MOST, 0),
        ]),
    Benchmark(
        name="throughput", about="what a synthesis takes from an endpoint, measured at the server", folder="synthesis",
        recorded="synthesis/throughput.json", settings=dict(samples=6000), quick=dict(samples=600),
        steps=[Step(["{stdlib}", "{here}/synthesis/measure.py", "{build}", "{samples}"], keep="measure", lines=True)],
        figures=[
            Figure("requests against an endpoint that answers 4 KB at once", requests_per_second, AT_LEAST, 2000, "requests/s"),
            Figure("open requests of 96 against answers that take 2 s", open_requests, "within 2 % of", 96),
        ]),
    Benchmark(
        name="guidance", about="what guidance does to a small model, three seeds", folder="training",
        recorded="training/guidance.json", result="{work}/result.json", study=True, hours=8,
        settings=dict(seeds=["1", "2", "3"], steps=250, questions=500), quick=dict(seeds=["1"], steps=10, questions=40),
        steps=[Step(["{stdlib}", "{here}/training/guidance.py", "--avar", "{avar}", "--model", "{root}/Checkpoints/microworld",
                     "--work", "{work}/{steps}", "--seeds", "{seeds}", "--steps", "{steps}", "--questions", "{questions}", "--output",
                     "{work}/result.json"])],
        figures=[Figure(f"attention on the picture above the same training without guidance, {name}", guidance(arm), "above", 0, "points")
                 for name, arm in (("the paper's form", "anchored, paper's form"), ("the bounded form", "anchored, bounded"))]),
    Benchmark(
        name="visual-reward", about="GRPO with and without the visual reward, three seeds", folder="reinforcement",
        recorded="reinforcement/visual_reward.json", machine=MODEL_17, result="{work}/result.json", study=True, hours=8,
        files={"{coldstart}/config.json": "`make demo` makes this cold start"},
        settings=dict(seeds=3, iterations=200, questions=200), quick=dict(seeds=1, iterations=8, questions=40),
        steps=[Step(["{stdlib}", "{here}/reinforcement/visual_reward.py", "--avar", "{avar}", "--model", "{coldstart}", "--work",
                     "{work}/{iterations}", "--seeds", "{seeds}", "--iterations", "{iterations}", "--questions", "{questions}",
                     "--output", "{work}/result.json"])],
        figures=[Figure(f"test questions right with the visual reward, {name}", visual_reward(part), unit="%", peer="without it")
                 for name, part in (("their picture", "picture"), ("another's picture", "shuffled"), ("no picture", "blind"))]),
]

