#!/usr/bin/env python3
"""Writes the text decoder of a Qwen2.5-VL checkpoint as a GGUF file, for llama.cpp: the same weights, no pictures, no vocabulary.

    python3 to_gguf.py CHECKPOINT OUTPUT.gguf f32|bf16
"""

import json
import pathlib
import sys

import gguf
import numpy as np
import torch
from safetensors.torch import load_file

OUTSIDE = {"model.embed_tokens.weight": "token_embd.weight", "model.norm.weight": "output_norm.weight",
           "lm_head.weight": "output.weight"}
INSIDE = {"self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v",
          "self_attn.o_proj": "attn_output", "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up",
          "mlp.down_proj": "ffn_down", "input_layernorm": "attn_norm", "post_attention_layernorm": "ffn_norm"}


def gguf_name(key):
    """The name in GGUF; None for what is not of the text decoder."""
    key = key.replace("model.language_model.", "model.")
    if "visual" in key:
        return None
    if key in OUTSIDE:
        return OUTSIDE[key]
    _, _, layer, rest = key.split(".", 3)
    place, kind = rest.rsplit(".", 1)
    return f"blk.{layer}.{INSIDE[place]}.{kind}"


def main():
    folder, output, kind = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    text = json.loads((folder / "config.json").read_text())["text_config"]
    writer = gguf.GGUFWriter(output, "qwen2")
    writer.add_context_length(4096)
    writer.add_embedding_length(text["hidden_size"])
    writer.add_block_count(text["num_hidden_layers"])
    writer.add_feed_forward_length(text["intermediate_size"])
    writer.add_head_count(text["num_attention_heads"])
    writer.add_head_count_kv(text["num_key_value_heads"])
    writer.add_layer_norm_rms_eps(text["rms_norm_eps"])
    writer.add_rope_freq_base(1e6)
    writer.add_vocab_size(text["vocab_size"])
    writer.add_tokenizer_model("no_vocab")
    writer.add_file_type(gguf.LlamaFileType.ALL_F32 if kind == "f32" else gguf.LlamaFileType.MOSTLY_BF16)
    for path in sorted(folder.glob("*.safetensors")):
        for key, tensor in load_file(path).items():
            name = gguf_name(key)
            if name is None:
                continue
            if kind == "bf16" and tensor.dim() == 2:
                bits = tensor.to(torch.bfloat16).view(torch.int16).numpy().view(np.uint8)
                writer.add_tensor(name, bits, raw_dtype=gguf.GGMLQuantizationType.BF16)
            else:
                writer.add_tensor(name, tensor.float().numpy())
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


if __name__ == "__main__":
    main()
