"""Goldens of sampling: what transformers' own chain of logits processors makes of some logits.

    python make_sampling.py

Writes beside itself
  cases.json             one object per case: the options, under the names of transformers' GenerationConfig
  sampling.safetensors   logits [rows, VOCABULARY] float32 (rounded in the last row, so that some are equal),
                         tokens [rows, TOKENS] int64 that have been written, and scores.<case> [rows, VOCABULARY], the logits
                         after penalty, ban, temperature, top-k and top-p, -inf where a token cannot be drawn

The chain is built by `GenerationMixin._get_logits_processor`, so that its order is transformers' own.
"""
import json
from pathlib import Path

import torch
import transformers
from safetensors.torch import save_file
from transformers import GenerationConfig, GPT2Config, GPT2LMHeadModel

HERE = Path(__file__).parent
ROWS, VOCABULARY, TOKENS = 4, 120, 30

CASES = [
    {},
    {"temperature": 0.7},
    {"temperature": 1e-6},
    {"temperature": 2.5},
    {"top_k": 1},
    {"top_k": 7},
    {"top_k": 500},
    {"top_p": 0.05},
    {"top_p": 0.5},
    {"top_p": 0.95},
    {"repetition_penalty": 1.3},
    {"repetition_penalty": 0.8},
    {"suppress_tokens": [3, 50, 119]},
    {"temperature": 0.6, "top_k": 20, "top_p": 0.8},
    {"temperature": 1.7, "top_k": 20, "top_p": 0.8},
    {"temperature": 0.6, "top_k": 20, "top_p": 0.8, "repetition_penalty": 1.2},
    {"temperature": 1.5, "top_p": 0.7, "repetition_penalty": 1.05, "suppress_tokens": [3, 50, 119]},
    {"temperature": 1.5, "top_k": 117, "suppress_tokens": [3, 50, 119]},
    # Where a penalty turns the order round, it matters that it comes before the others.
    {"temperature": 0.9, "top_k": 5, "repetition_penalty": 3.0},
]


def chain(options):
    """transformers' processors for a sampling configuration; what a case leaves out is neutral."""
    config = GenerationConfig(**{"do_sample": True, "temperature": 1.0, "top_k": 0, "top_p": 1.0,
                                 "repetition_penalty": 1.0, **options})
    model = GPT2LMHeadModel(GPT2Config(
        vocab_size=VOCABULARY, n_embd=4, n_layer=1, n_head=1, bos_token_id=None, eos_token_id=None))
    config = model._prepare_generation_config(config)[0]
    model._prepare_special_tokens(config, False, device=torch.device("cpu"))
    return model._get_logits_processor(config, input_ids_seq_length=TOKENS)


def main():
    transformers.logging.set_verbosity_error()
    generator = torch.Generator().manual_seed(20260303)
    logits = 3 * torch.randn(ROWS, VOCABULARY, generator=generator)
    logits[-1] = logits[-1].round()
    tokens = torch.randint(0, VOCABULARY, (ROWS, TOKENS), generator=generator)
    tensors = {"logits": logits, "tokens": tokens}
    for index, options in enumerate(CASES):
        processors = chain(options)
        # Of equal logits at the border of top-p transformers keeps those that its sort leaves last, which is not defined.
        rows = logits[:-1] if "top_p" in options else logits
        scores = processors(tokens[: len(rows)], rows.clone())
        print(options, [type(processor).__name__ for processor in processors], (scores > -torch.inf).sum(-1).tolist())
        tensors[f"scores.{index}"] = scores.contiguous()
    made = f"transformers {transformers.__version__}, torch {torch.__version__}"
    save_file(tensors, HERE / "sampling.safetensors", metadata={"made_with": made})
    (HERE / "cases.json").write_text(
        "[\n" + ",\n".join("  " + json.dumps(case) for case in CASES) + "\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main()
