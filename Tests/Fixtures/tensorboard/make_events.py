"""Goldens of event files: records as TensorBoard's own writer frames them, messages as its own classes write them.

    python make_events.py        (tensorboard; torch's SummaryWriter uses the same writer)

Writes beside itself:
  events.bin    an event file
  events.json   what it holds, a list in the order of the file: time, step, and one of
                  version    true
                  start      true
                  values     a list of tag and either scalar (a float32, or "NaN" and the like) or text
"""
import json
import math
from pathlib import Path

import numpy as np
from tensorboard.compat.proto import event_pb2, summary_pb2
from tensorboard.plugins.text.summary_v2 import text_pb
from tensorboard.summary.writer.record_writer import RecordWriter

HERE = Path(__file__).parent
TIME = 1_800_000_000.125
rng = np.random.default_rng(20261203)


def shown(value):
    return value if math.isfinite(value) else {math.inf: "Infinity", -math.inf: "-Infinity"}.get(value, "NaN")


def event(entry):
    message = event_pb2.Event(wall_time=entry["time"], step=entry["step"])
    if "version" in entry:
        message.file_version = "brain.Event:2"
    if "start" in entry:
        message.session_log.status = event_pb2.SessionLog.START
    for value in entry.get("values", []):
        if "scalar" in value:
            message.summary.value.add(tag=value["tag"], simple_value=value["scalar"])
        else:
            message.summary.MergeFrom(text_pb(value["tag"], value["text"].encode()))
    return message


entries = [
    {"time": TIME, "step": 0, "version": True},
    {"time": TIME, "step": 0, "start": True},
    {"time": TIME + 0.5, "step": 0, "values": [{"tag": "configuration", "text": "    learning_rate: 1e-5\n    é: 名"}]},
]
# Steps and lengths on both sides of what fits into one byte, two and more.
for step in [1, 127, 128, 16_383, 16_384, 2**31, 2**40]:
    values = [
        {"tag": f"training/{name}", "scalar": float(np.float32(rng.lognormal()))}
        for name in ("loss", "gradient_norm", "tokens_per_second")
    ]
    entries.append({"time": TIME + step / 8, "step": step, "values": values[: 1 + step % 3]})
for value in [0.0, -0.0, 1e-45, 3.4028234663852886e38, math.inf, -math.inf, math.nan]:
    entries.append({"time": TIME, "step": 7, "values": [{"tag": "edge", "scalar": value}]})
entries.append({"time": 0.0, "step": 8, "values": [{"tag": "short", "scalar": 1.0}, {"tag": "long", "text": "x" * 300}]})
entries.append({"time": TIME, "step": 9, "values": [{"tag": "nothing", "text": ""}]})

with open(HERE / "events.bin", "wb") as file:
    writer = RecordWriter(file)
    for entry in entries:
        writer.write(event(entry).SerializeToString(deterministic=True))
for entry in entries:
    for value in entry.get("values", []):
        if "scalar" in value:
            value["scalar"] = shown(value["scalar"])
(HERE / "events.json").write_text(json.dumps(entries, indent=1, ensure_ascii=False, allow_nan=False) + "\n")
