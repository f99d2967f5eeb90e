#!/usr/bin/env python3
"""Greedy decoding with llama.cpp: reads a prompt, writes tokens one by one, prints one line of JSON with avar bench's keys.

    python3 decode.py MODEL.gguf [--prompt 346] [--new-tokens 64] [--runs 5] [--threads 2]
"""

import argparse
import ctypes
import json
import resource
import statistics
import time

import llama_cpp
import numpy as np


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("--prompt", type=int, default=346)
    parser.add_argument("--new-tokens", type=int, default=64)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    quiet = llama_cpp.llama_log_callback(lambda *_: None)
    llama_cpp.llama_log_set(quiet, ctypes.c_void_p(0))
    llama_cpp.llama_backend_init()
    model = llama_cpp.llama_model_load_from_file(arguments.model.encode(), llama_cpp.llama_model_default_params())
    settings = llama_cpp.llama_context_default_params()
    settings.n_ctx, settings.n_batch, settings.n_ubatch = 2048, 512, 512
    settings.n_threads = settings.n_threads_batch = arguments.threads
    settings.type_k = settings.type_v = 0  # float32, as ours
    context = llama_cpp.llama_init_from_model(model, settings)
    vocabulary = llama_cpp.llama_vocab_n_tokens(llama_cpp.llama_model_get_vocab(model))

    def feed(tokens):
        array = (ctypes.c_int32 * len(tokens))(*tokens)
        if llama_cpp.llama_decode(context, llama_cpp.llama_batch_get_one(array, len(tokens))) != 0:
            raise SystemExit("llama_decode failed")
        logits = llama_cpp.llama_get_logits_ith(context, -1)
        return int(np.ctypeslib.as_array(logits, (vocabulary,)).argmax())

    def run():
        llama_cpp.llama_memory_clear(llama_cpp.llama_get_memory(context), True)
        start = time.perf_counter()
        token = feed([100 + i % 500 for i in range(arguments.prompt)])
        read = time.perf_counter()
        for _ in range(arguments.new_tokens - 1):
            token = feed([token])
        return read - start, (arguments.new_tokens - 1) / (time.perf_counter() - read)

    run()
    runs = [run() for _ in range(arguments.runs)]
    print(json.dumps({
        "prefill_seconds": statistics.median(seconds for seconds, _ in runs),
        "decode_tokens_per_second": statistics.median(speed for _, speed in runs),
        "peak_rss_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}))


if __name__ == "__main__":
    main()
