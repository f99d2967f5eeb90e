"""Writes the golden files of SafetensorsTests into the folder of this script.

Made with safetensors 0.8.0, torch 2.13.0, huggingface_hub 2.4.0. Every value is spelled out, so there is no seed, and
no file has two metadata keys, whose order the library takes from a randomly seeded hash map: running the script again
gives the same bytes. The tests spell the same values in Swift.
"""

import json
from pathlib import Path

import torch
from huggingface_hub import split_torch_state_dict_into_shards
from safetensors.torch import save_file

FOLDER = Path(__file__).parent


def every_dtype():
    """All element types the module reads, a scalar, and tensors without elements."""
    float8 = torch.tensor([0x00, 0x38, 0xC0, 0x7F], dtype=torch.uint8)
    tensors = {
        "bool": torch.tensor([True, False, True]),
        "uint8": torch.tensor([0, 1, 255], dtype=torch.uint8),
        "int8": torch.tensor([-128, 0, 127], dtype=torch.int8),
        "float8e5m2": float8.view(torch.float8_e5m2),
        "float8e4m3": float8.clone().view(torch.float8_e4m3fn),
        "int16": torch.tensor([-32768, 0, 32767], dtype=torch.int16),
        "uint16": torch.tensor([0, 1, 65535], dtype=torch.uint16),
        "float16": torch.tensor([[-1.5, 0.0], [65504.0, 0.25]], dtype=torch.float16),
        "bfloat16": torch.tensor([[-1.5], [0.0], [3.0]], dtype=torch.bfloat16),
        "int32": torch.tensor([-(2**31), 0, 2**31 - 1], dtype=torch.int32),
        "uint32": torch.tensor([0, 1, 2**32 - 1], dtype=torch.uint32),
        "float32": torch.tensor([[0.0, 0.5, 1.0], [1.5, 2.0, float("inf")]]),
        "float64": torch.tensor([0.1, -0.2], dtype=torch.float64),
        "int64": torch.tensor([-(2**63), 0, 2**63 - 1], dtype=torch.int64),
        "uint64": torch.tensor([0, 1, 2**64 - 1], dtype=torch.uint64),
        "scalar": torch.tensor(2.5),
        "empty": torch.zeros(0, 3),
        "empty.inside": torch.zeros(2, 0, 4, dtype=torch.bfloat16),
    }
    save_file(tensors, FOLDER / "every_dtype.safetensors", metadata={"format": "pt"})


def names():
    """Names and metadata that need escapes, and two names that differ only in how their accent is typed."""
    tensors = {
        "e\u0301": torch.tensor([1], dtype=torch.uint8),
        "\u00e9": torch.tensor([2], dtype=torch.uint8),
        "重み.图像": torch.tensor([3], dtype=torch.uint8),
        "😀": torch.tensor([4], dtype=torch.uint8),
        'quote " backslash \\ slash /': torch.tensor([5], dtype=torch.uint8),
        "tab\tnewline\nbell\x07delete\x7f": torch.tensor([6], dtype=torch.uint8),
        "": torch.tensor([7], dtype=torch.uint8),
    }
    save_file(tensors, FOLDER / "names.safetensors", metadata={"ключ\r\b\f": "\u2028 ü \x01"})


def nothing():
    """No tensors and no metadata."""
    save_file({}, FOLDER / "nothing.safetensors")


def sharded():
    """A checkpoint in three shards of at most 24 bytes, split and indexed as transformers does."""
    tensors = {
        "model.b": torch.tensor([1.0, 2.0, 3.0, 4.0]),
        "model.a": torch.tensor([5, 6], dtype=torch.int32),
        "model.big": torch.arange(8, dtype=torch.float32),
        "модель.c": torch.tensor([7.0, 8.0], dtype=torch.float16),
        "model.d": torch.tensor([9], dtype=torch.int64),
    }
    folder = FOLDER / "sharded"
    folder.mkdir(exist_ok=True)
    split = split_torch_state_dict_into_shards(
        tensors, filename_pattern="model{suffix}.safetensors", max_shard_size=24
    )
    for name, keys in split.filename_to_tensors.items():
        save_file({key: tensors[key] for key in keys}, folder / name, metadata={"format": "pt"})
    index = {"metadata": split.metadata, "weight_map": split.tensor_to_filename}
    text = json.dumps(index, indent=2, sort_keys=True) + "\n"
    (folder / "model.safetensors.index.json").write_text(text, encoding="utf-8")


for make in (every_dtype, names, nothing, sharded):
    make()
