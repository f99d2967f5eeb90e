#!/usr/bin/env python3
"""Writes the configurations of the published Qwen2.5-VL sizes, and how many parameters transformers gives each.

    python3 Tests/Fixtures/configurations/count_parameters.py

The flat files have the keys and numbers of the config.json on the Hub; 7b-nested.json is what transformers 5 saves.
Models are made on the meta device, so nothing is allocated.
"""

import json
import pathlib
import tempfile

import torch
from transformers import Qwen2_5_VLConfig, Qwen2_5_VLForConditionalGeneration

HERE = pathlib.Path(__file__).resolve().parent
# hidden, intermediate, layers, heads, key/value heads, vocabulary, tied, vision intermediate
SIZES = {
    "3b": (2048, 11008, 36, 16, 2, 151936, True, 3420),
    "7b": (3584, 18944, 28, 28, 4, 152064, False, 3420),
    "32b": (5120, 27648, 64, 40, 8, 152064, False, 3456),
    "72b": (8192, 29568, 80, 64, 8, 152064, False, 3456),
}


def flat(hidden, intermediate, layers, heads, kv_heads, vocabulary, tied, vision_intermediate):
    return {
        "architectures": ["Qwen2_5_VLForConditionalGeneration"],
        "attention_dropout": 0.0,
        "bos_token_id": 151643,
        "eos_token_id": 151645,
        "vision_start_token_id": 151652,
        "vision_end_token_id": 151653,
        "vision_token_id": 151654,
        "image_token_id": 151655,
        "video_token_id": 151656,
        "hidden_act": "silu",
        "hidden_size": hidden,
        "initializer_range": 0.02,
        "intermediate_size": intermediate,
        "max_position_embeddings": 128000,
        "max_window_layers": layers,
        "model_type": "qwen2_5_vl",
        "num_attention_heads": heads,
        "num_hidden_layers": layers,
        "num_key_value_heads": kv_heads,
        "rms_norm_eps": 1e-06,
        "rope_theta": 1000000.0,
        "sliding_window": 32768,
        "tie_word_embeddings": tied,
        "torch_dtype": "bfloat16",
        "use_cache": True,
        "use_sliding_window": False,
        "vision_config": {
            "depth": 32, "hidden_act": "silu", "hidden_size": 1280, "intermediate_size": vision_intermediate,
            "num_heads": 16, "in_chans": 3, "out_hidden_size": hidden, "patch_size": 14, "spatial_merge_size": 2,
            "spatial_patch_size": 14, "window_size": 112, "fullatt_block_indexes": [7, 15, 23, 31],
            "tokens_per_second": 2, "temporal_patch_size": 2,
        },
        "rope_scaling": {"type": "mrope", "mrope_section": [16, 24, 24]},
        "vocab_size": vocabulary,
    }


def main():
    counts = {}
    for size, numbers in SIZES.items():
        path = HERE / f"{size}.json"
        path.write_text(json.dumps(flat(*numbers), indent=2) + "\n")
        config = Qwen2_5_VLConfig.from_pretrained(path)
        with torch.device("meta"):
            model = Qwen2_5_VLForConditionalGeneration(config)
        model.tie_weights()
        counts[size] = sum(parameter.numel() for parameter in model.parameters())
        if size == "7b":
            with tempfile.TemporaryDirectory() as folder:
                config.save_pretrained(folder)
                saved = json.loads((pathlib.Path(folder) / "config.json").read_text())
                (HERE / "7b-nested.json").write_text(json.dumps(saved, indent=2) + "\n")
    (HERE / "parameters.json").write_text(json.dumps(counts, indent=2) + "\n")


if __name__ == "__main__":
    main()
