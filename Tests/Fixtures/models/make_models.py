#!/usr/bin/env python3
"""Makes the small Qwen2.5-VL checkpoints of this folder and what transformers computes with them.

Needs torch, safetensors and transformers 5.23:

    python3 Tests/Fixtures/models/make_models.py

Goldens are computed in float64 and stored in float32, so that they lie in the middle of what float32 implementations
give. transformers casts to float32 by name in its norms, softmax and rotary steps; `double_precision` has those casts
read as float64. README.md beside this file describes the files and keys.
"""

import contextlib
import dataclasses
import json
import math
import pathlib
import random
import shutil

import torch
import transformers
from safetensors.torch import save_file
from transformers import Qwen2_5_VLConfig, Qwen2_5_VLForConditionalGeneration
from transformers.models.qwen2_5_vl import modeling_qwen2_5_vl as modeling
from transformers.vision_utils import get_vision_window_index

HERE = pathlib.Path(__file__).resolve().parent
VOCABULARY, NEW_TOKENS, LEAST_MARGIN, LEAST_DISTINCT = 160, 64, 1e-3, 8
NEWLINE, SYSTEM_WORD, USER_WORD, ASSISTANT_WORD = 10, 11, 12, 13
FIRST_TEXT, END_TEXT = 20, 150
END_OF_TEXT, TURN_START, TURN_END, VISION_START, VISION_END, VISION_PAD, IMAGE, VIDEO = range(150, 158)
SYSTEM, MARKER, PICTURE, USER, RESPONSE = range(5)


@dataclasses.dataclass
class Spec:
    """One checkpoint: its sizes, how its files are laid out, and the grids of its two cases."""

    name: str
    hidden: int
    heads: int
    kv_heads: int
    intermediate: int
    layers: int
    section: list
    theta: float
    epsilon: float
    vision: dict
    grids: dict
    tied: bool = False
    nested: bool = False
    shards: int = 1
    dtype: torch.dtype = torch.float32
    seed: int = 0


SPECS = [
    Spec("grouped-4to1", hidden=64, heads=8, kv_heads=2, intermediate=96, layers=3, section=[1, 1, 2], theta=1e6,
         epsilon=1e-6, shards=3, seed=1006,
         vision=dict(depth=3, hidden_size=32, num_heads=2, intermediate_size=48, window_size=112,
                     fullatt_block_indexes=[2]),
         grids={"one": [[1, 10, 6]], "two": [[1, 4, 6], [1, 2, 12]]}),
    Spec("grouped-2to1-tied", hidden=64, heads=4, kv_heads=2, intermediate=80, layers=3, section=[2, 3, 3], theta=1e4,
         epsilon=1e-5, tied=True, nested=True, seed=2000,
         vision=dict(depth=3, hidden_size=32, num_heads=4, intermediate_size=40, window_size=56,
                     fullatt_block_indexes=[1]),
         grids={"one": [[1, 6, 10]], "two": [[1, 4, 4], [1, 6, 4]]}),
    Spec("equal-heads-odd", hidden=48, heads=3, kv_heads=3, intermediate=40, layers=3, section=[1, 3, 4], theta=5e5,
         epsilon=1e-6, seed=3006,
         vision=dict(depth=4, hidden_size=36, num_heads=3, intermediate_size=44, window_size=56,
                     fullatt_block_indexes=[1, 3]),
         grids={"one": [[1, 10, 6]], "two": [[1, 2, 6], [1, 6, 6]]}),
    Spec("stored-bfloat16", hidden=48, heads=6, kv_heads=2, intermediate=64, layers=2, section=[1, 1, 2], theta=1e6,
         epsilon=1e-6, dtype=torch.bfloat16, seed=4001,
         vision=dict(depth=2, hidden_size=32, num_heads=2, intermediate_size=48, window_size=112,
                     fullatt_block_indexes=[1]),
         grids={"one": [[1, 6, 10]], "two": [[1, 10, 2], [1, 4, 8]]}),
]


# Configurations and weights


def configuration(spec):
    return Qwen2_5_VLConfig(
        text_config=dict(
            vocab_size=VOCABULARY, hidden_size=spec.hidden, intermediate_size=spec.intermediate,
            num_hidden_layers=spec.layers, num_attention_heads=spec.heads, num_key_value_heads=spec.kv_heads,
            max_position_embeddings=512, max_window_layers=spec.layers, use_sliding_window=False,
            rms_norm_eps=spec.epsilon, tie_word_embeddings=spec.tied,
            rope_parameters={"type": "mrope", "rope_type": "default", "mrope_section": spec.section,
                             "rope_theta": spec.theta},
            bos_token_id=END_OF_TEXT, eos_token_id=TURN_END, dtype=spec.dtype),
        vision_config=dict(
            out_hidden_size=spec.hidden, patch_size=14, temporal_patch_size=2, spatial_merge_size=2, in_channels=3,
            tokens_per_second=2, dtype=spec.dtype, **spec.vision),
        image_token_id=IMAGE, video_token_id=VIDEO, vision_start_token_id=VISION_START,
        vision_end_token_id=VISION_END, tie_word_embeddings=spec.tied, dtype=spec.dtype)


def flat_configuration(spec):
    """The fields of a Qwen2.5-VL config.json on the Hub, in its flat layout."""
    return {
        "architectures": ["Qwen2_5_VLForConditionalGeneration"],
        "attention_dropout": 0.0,
        "bos_token_id": END_OF_TEXT,
        "eos_token_id": TURN_END,
        "vision_start_token_id": VISION_START,
        "vision_end_token_id": VISION_END,
        "vision_token_id": VISION_PAD,
        "image_token_id": IMAGE,
        "video_token_id": VIDEO,
        "hidden_act": "silu",
        "hidden_size": spec.hidden,
        "initializer_range": 0.02,
        "intermediate_size": spec.intermediate,
        "max_position_embeddings": 512,
        "max_window_layers": spec.layers,
        "model_type": "qwen2_5_vl",
        "num_attention_heads": spec.heads,
        "num_hidden_layers": spec.layers,
        "num_key_value_heads": spec.kv_heads,
        "rms_norm_eps": spec.epsilon,
        "rope_theta": spec.theta,
        "rope_scaling": {"type": "mrope", "mrope_section": spec.section},
        "sliding_window": 512,
        "tie_word_embeddings": spec.tied,
        "torch_dtype": str(spec.dtype).removeprefix("torch."),
        "transformers_version": "4.41.2",
        "use_cache": True,
        "use_sliding_window": False,
        "vision_config": {
            "model_type": "qwen2_5_vl", "hidden_act": "silu", "in_chans": 3, "out_hidden_size": spec.hidden,
            "patch_size": 14, "spatial_merge_size": 2, "spatial_patch_size": 14, "tokens_per_second": 2,
            "temporal_patch_size": 2, **spec.vision,
        },
        "vocab_size": VOCABULARY,
    }


def draw_weights(model, seed, dtype):
    """Weights of deviation 1/sqrt(fan-in), biases of 0.1, norms of 0.1 round one, rounded to the stored dtype."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            noise = torch.randn(parameter.shape, generator=generator)
            if parameter.dim() > 1:
                drawn = noise / math.sqrt(parameter[0].numel())
            else:
                drawn = 0.1 * noise + (0 if name.endswith("bias") else 1)
            parameter.copy_(drawn.to(dtype))


def hub_key(key):
    """The name on the Hub of a weight of transformers 5, whose modules are nested one deeper."""
    for new, old in [("model.language_model.", "model."), ("model.visual.", "visual.")]:
        if key.startswith(new):
            return old + key.removeprefix(new)
    return key


def stored_weights(model, spec):
    """The weights by the key they are stored under, which is the module's own name in the layout of transformers 5."""
    weights = {}
    for key, tensor in model.state_dict().items():
        if spec.tied and key == "lm_head.weight":
            continue
        weights[key if spec.nested else hub_key(key)] = tensor.to(spec.dtype).contiguous()
    return weights


def write_weights(weights, folder, shards):
    if shards == 1:
        save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
        return
    total = sum(tensor.nbytes for tensor in weights.values())
    files, filled = [{}], 0
    for key, tensor in weights.items():
        if filled >= total * len(files) / shards:
            files.append({})
        files[-1][key] = tensor
        filled += tensor.nbytes
    assert len(files) == shards
    index = {}
    for number, part in enumerate(files, 1):
        name = f"model-{number:05}-of-{shards:05}.safetensors"
        save_file(part, folder / name, metadata={"format": "pt"})
        index.update({key: name for key in part})
    write_json(folder / "model.safetensors.index.json",
               {"metadata": {"total_size": total}, "weight_map": dict(sorted(index.items()))})


def write_checkpoint(model, spec, folder):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    if spec.nested:
        model.config.architectures = ["Qwen2_5_VLForConditionalGeneration"]
        model.config.save_pretrained(folder)
    else:
        write_json(folder / "config.json", flat_configuration(spec))
    write_json(folder / "generation_config.json", {
        "bos_token_id": END_OF_TEXT, "pad_token_id": END_OF_TEXT, "eos_token_id": [TURN_END, END_OF_TEXT],
        "do_sample": False})
    write_weights(stored_weights(model, spec), folder, spec.shards)


def write_json(path, value):
    path.write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")


# Inputs


def turn(word, role, body, header_role):
    """The tokens and roles of a turn; `body` is a list of (token, role)."""
    header = [(TURN_START, header_role), (word, header_role), (NEWLINE, header_role)]
    end = RESPONSE if role == RESPONSE else header_role
    return header + body + [(TURN_END, end), (NEWLINE, MARKER)]


def make_case(grids, seed):
    """A prompt with one picture per grid and text round each of several, an answer, and random pixels."""
    draw = random.Random(seed)

    def text(count, role):
        return [(draw.randrange(FIRST_TEXT, END_TEXT), role) for _ in range(count)]

    body = text(3, USER) if len(grids) > 1 else []
    for index, (_, height, width) in enumerate(grids):
        body += [(VISION_START, MARKER)] + [(IMAGE, PICTURE)] * (height * width // 4) + [(VISION_END, MARKER)]
        body += text(4 + 3 * index, USER)
    tokens = turn(SYSTEM_WORD, SYSTEM, text(5, SYSTEM), SYSTEM) + turn(USER_WORD, USER, body, MARKER)
    tokens += turn(ASSISTANT_WORD, RESPONSE, text(8, RESPONSE), MARKER)[:-1]
    patches = sum(height * width for _, height, width in grids)
    ids, roles = zip(*tokens)
    return {
        "input_ids": torch.tensor(ids),
        "roles": torch.tensor(roles),
        "image_grid_thw": torch.tensor(grids),
        "pixel_values": torch.randn(patches, 1176, generator=torch.Generator().manual_seed(seed)),
    }


def keywords(case, ids=None):
    """The model's arguments for a case, its tokens replaced by `ids`."""
    ids = case["input_ids"] if ids is None else ids
    return dict(input_ids=ids[None], attention_mask=torch.ones_like(ids)[None], pixel_values=case["pixel_values"],
                image_grid_thw=case["image_grid_thw"], mm_token_type_ids=(ids == IMAGE).int()[None])


# Goldens


class DoubleTorch:
    """The torch module with float32 read as float64."""

    float32 = float = torch.float64

    def __getattr__(self, name):
        return getattr(torch, name)


@contextlib.contextmanager
def double_precision(model):
    """Has a model compute in float64 throughout, its rotary frequencies rounded to float32 as transformers has them."""
    real = torch.Tensor.float
    modeling.torch, torch.Tensor.float = DoubleTorch(), torch.Tensor.double
    try:
        yield model.double()
    finally:
        modeling.torch, torch.Tensor.float = torch, real
        model.float()


def raster(states, grids, config):
    """Vision states in the processor's order; transformers works on them in the order of the windows."""
    vision = config.vision_config
    window_index, _ = get_vision_window_index(
        grids, spatial_merge_size=vision.spatial_merge_size, window_size=vision.window_size,
        patch_size=vision.patch_size)
    blocks = states.reshape(len(window_index), vision.spatial_merge_size**2, -1)
    return blocks[torch.argsort(window_index)].reshape(states.shape)


def group_masses(weights, roles):
    """Attention per role group: [heads, T, T] and [T] give [heads, T, 5]."""
    return weights @ torch.nn.functional.one_hot(roles, 5).to(weights.dtype)


@torch.no_grad()
def run(model, case):
    """Every golden of a case but the generated tokens."""
    kept, hooks = {}, []

    def keep(name, module, change=lambda states: states):
        hooks.append(module.register_forward_hook(
            lambda _module, _arguments, output: kept.__setitem__(name, change(output))))

    grids = case["image_grid_thw"]
    for index, block in enumerate(model.model.visual.blocks):
        keep(f"vision_block.{index}", block, lambda states: raster(states, grids, model.config))
    keep("vision_output", model.model.visual, lambda output: output.pooler_output)
    for index, layer in enumerate(model.model.language_model.layers):
        keep(f"decoder_layer.{index}", layer, lambda states: states[0])
    keep("final_norm", model.model.language_model.norm, lambda states: states[0])
    output = model(**keywords(case), output_attentions=True)
    for hook in hooks:
        hook.remove()
    for index, weights in enumerate(output.attentions):
        kept[f"masses.{index}"] = group_masses(weights[0], case["roles"])
    positions, delta = model.model.get_rope_index(
        case["input_ids"][None], (case["input_ids"] == IMAGE).int()[None], grids)
    return dict(kept, logits=output.logits[0], position_ids=positions[:, 0], rope_delta=delta[0])


def prompt(case):
    return case["input_ids"][: int((case["roles"] == RESPONSE).nonzero()[0])]


@torch.no_grad()
def greedy(model, case):
    """Greedy tokens without a cache; None if they name a picture, repeat a few tokens, or were nearly other tokens."""
    ids, new, least = prompt(case), [], math.inf
    for _ in range(NEW_TOKENS):
        logits = model(**keywords(case, ids), logits_to_keep=1).logits[0, -1]
        best = logits.topk(2)
        least = min(least, ((best.values[0] - best.values[1]) / logits.abs().max()).item())
        new.append(best.indices[0].item())
        if least <= LEAST_MARGIN or new[-1] in (IMAGE, VIDEO, VISION_START):
            return None
        ids = torch.cat([ids, best.indices[:1]])
    if len(set(new)) < LEAST_DISTINCT:
        return None
    return {"generated": torch.tensor(new), "generated_logits_last": logits}, least


def generate(model, case):
    """Greedy tokens by transformers' own cached generation."""
    ids = prompt(case)
    model.generation_config = transformers.GenerationConfig(pad_token_id=0)
    output = model.generate(
        **keywords(case, ids), do_sample=False, min_new_tokens=NEW_TOKENS, max_new_tokens=NEW_TOKENS)
    return output[0, len(ids):]


def largest_differences(exact, single):
    """How far float32 is from float64, relative to the largest magnitude, by the kind of key."""
    found = {}
    for name, value in exact.items():
        if value.is_floating_point():
            kind = name.split(".")[0]
            difference = ((value - single[name].double()).abs().max() / value.abs().max()).item()
            found[kind] = max(found.get(kind, 0), difference)
    return {kind: f"{difference:.0e}" for kind, difference in found.items()}


def load(folder):
    return Qwen2_5_VLForConditionalGeneration.from_pretrained(
        folder, dtype=torch.float32, attn_implementation="eager").eval()


def goldens(model, cases):
    """The goldens of all cases, or None if the greedy tokens of one are a coin flip."""
    with double_precision(model):
        written = {name: greedy(model, case) for name, case in cases.items()}
        if None in written.values():
            return None
        exact = {name: run(model, case) for name, case in cases.items()}
    tensors = {}
    for name, case in cases.items():
        tokens, margin = written[name]
        if not torch.equal(tokens["generated"], generate(model, case)):
            return None
        print(f"    {name}: {len(case['input_ids'])} tokens, {len(set(tokens['generated'].tolist()))} distinct of "
              f"{NEW_TOKENS} written, margin {margin:.4f}, {largest_differences(exact[name], run(model, case))}")
        for key, value in {**case, **exact[name], **tokens}.items():
            value = value.float() if value.is_floating_point() else value.long()
            tensors[f"{name}.{key}"] = value.contiguous()
    return tensors


def make_model(spec):
    """Writes a checkpoint and its goldens with the first seed whose greedy tokens are no coin flip."""
    folder = HERE / spec.name
    for seed in range(spec.seed, spec.seed + 1000):
        model = Qwen2_5_VLForConditionalGeneration._from_config(
            configuration(spec), dtype=torch.float32, attn_implementation="eager").eval()
        draw_weights(model, seed, spec.dtype)
        # Seeds of their own: noise from the weights' seed would be the weights over again.
        cases = {name: make_case(grids, 1_000_000 + 10 * seed + number)
                 for number, (name, grids) in enumerate(spec.grids.items())}
        tensors = goldens(model, cases)
        if tensors is None:
            continue
        write_checkpoint(model, spec, folder)
        check_loading(model, folder, cases["two"])
        # One entry only: several are written in an order that changes from run to run.
        made = f"seed {seed}, transformers {transformers.__version__}, torch {torch.__version__}"
        save_file(tensors, folder / "golden.safetensors", metadata={"made_with": made})
        print(f"{spec.name}: seed {seed}, {sum(p.numel() for p in model.parameters()):,} parameters", flush=True)
        return model
    raise SystemExit(f"no seed for {spec.name}")


@torch.no_grad()
def check_loading(model, folder, case):
    """transformers reads the written files as the very model the goldens are of."""
    read = load(folder)
    assert torch.equal(model(**keywords(case)).logits, read(**keywords(case)).logits), folder.name


def make_rope_index(model):
    """Positions of random sequences of text and pictures."""
    draw, rows = random.Random(5), []
    for number in range(40):
        pictures = min(number // 4, draw.randint(1, 4))
        grids = [[1, 2 * draw.randint(1, 6), 2 * draw.randint(1, 6)] for _ in range(pictures)]
        texts = [draw.randint(1, 12) for _ in range(len(grids) + 1)]
        if grids and number % 5 == 1:
            texts[0] = 0
        if grids and number % 5 == 2:
            texts[-1] = 0
        kinds = [0] * texts[0]
        for (_, height, width), following in zip(grids, texts[1:]):
            kinds += [1] * (height * width // 4) + [0] * following
        kinds = torch.tensor([kinds])
        positions, delta = model.model.get_rope_index(
            kinds, kinds.int(), torch.tensor(grids) if grids else None)
        rows.append({"texts": texts, "grids": grids, "position_ids": positions[:, 0].tolist(), "delta": delta.item()})
    lines = ",\n".join(json.dumps(row) for row in rows)
    (HERE / "rope-index.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")


def main():
    torch.set_num_threads(2)
    for spec in SPECS:
        model = make_model(spec)
    make_rope_index(model)


if __name__ == "__main__":
    main()
