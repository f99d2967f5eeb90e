"""The tiny checkpoints of Tests/Fixtures/models, run by transformers in float64 with the attention of reference.py in
their text layers: what make_model_modulation.py and make_presets.py share."""

import contextlib
import dataclasses
import pathlib
import sys

import torch
from reference import Modulation, attention, augmented_attention
from safetensors.torch import load_file
from transformers.modeling_utils import ALL_ATTENTION_FUNCTIONS

MODELS = pathlib.Path(__file__).resolve().parent.parent / "models"
sys.path.insert(0, str(MODELS))
import make_models  # noqa: E402
from make_models import IMAGE, PICTURE, RESPONSE, SYSTEM, USER  # noqa: E402

GROUPS = 6
BEHIND_FIRST = 5


@dataclasses.dataclass
class Intervention:
    """A modulation, the layers it is of (None for all), and the rows it changes, uint8 [T]."""

    modulation: Modulation
    rows: torch.Tensor
    layers: set | None = None


# Tokens


def membership(roles):
    """A byte per token: bit r for role r, and bit 5 for the system turn without position 0."""
    bits = 1 << roles.long()
    behind_first = (roles == SYSTEM) & (torch.arange(len(roles)) > 0)
    return (bits | behind_first.long() << BEHIND_FIRST).to(torch.uint8)


def all_rows(roles):
    return torch.ones_like(roles, dtype=torch.uint8)


def rows_after_image(roles):
    """The rows after the last visual token of the input."""
    return (torch.arange(len(roles)) > (roles == PICTURE).nonzero().max()).to(torch.uint8)


def rows_generated(roles):
    """The tokens of the response."""
    return (roles == RESPONSE).to(torch.uint8)


def rows_last(roles):
    """The rows that are the last one at some moment of generation: the row before the last run of response tokens, and the
    tokens of that run. Where there are no response tokens yet, the last row."""
    response = roles == RESPONSE
    end = int(response.nonzero().max()) + 1 if response.any() else len(roles)
    start = end
    while start > 0 and response[start - 1]:
        start -= 1
    rows = torch.zeros_like(roles, dtype=torch.uint8)
    rows[start - 1:end] = 1
    return rows


def user_queries(roles):
    """The user tokens after the first visual token."""
    return (roles == USER) & (torch.arange(len(roles)) > (roles == PICTURE).nonzero().min())


# Models


def checkpoint(name):
    """A model, eager, and its two cases with the goldens of each."""
    model = make_models.load(MODELS / name)
    stored = load_file(MODELS / name / "golden.safetensors")
    cases = {case: {key.removeprefix(f"{case}."): tensor for key, tensor in stored.items() if key.startswith(f"{case}.")}
             for case in ("one", "two")}
    return model, cases


class Reference:
    """An attention function for the text layers that modulates and keeps the masses, [H, T, 6] of every layer."""

    def __init__(self):
        self.masses, self.intervention, self.membership, self.checks = [], None, None, True

    def __call__(self, module, query, key, value, attention_mask, scaling, **_):
        heads, now = query.shape[1], self.intervention
        applies = now is not None and (now.layers is None or module.layer_idx in now.layers)
        modulation = now.modulation if applies else Modulation.neutral(heads)
        rows = now.rows if applies else torch.ones(query.shape[2], dtype=torch.uint8)
        given = [query.transpose(1, 2), key.transpose(1, 2), value.transpose(1, 2), self.membership[None], modulation,
                 rows[None], GROUPS, scaling]
        output, masses = attention(*given)
        self.masses.append(masses[0])
        if self.checks and not modulation.absolute_factor.any():
            for one, other in zip((output, masses), augmented_attention(*given)):
                assert (one - other).abs().max() <= 1e-12 * max(1, one.abs().max())
        return output, None


REFERENCE = Reference()
ALL_ATTENTION_FUNCTIONS.register("modulated", REFERENCE)


@contextlib.contextmanager
def modulated(model):
    """Has a model compute in float64 with the attention above in its text layers."""
    text = model.model.language_model.config
    with make_models.double_precision(model):
        text._attn_implementation = "modulated"
        try:
            yield
        finally:
            text._attn_implementation = "eager"


def forward(model, case, ids, roles, intervention=None, pixels=None):
    """Final hidden states [T, hidden], logits [T, vocabulary] and masses [layers, H, T, 6] inside `modulated`.

    Without visual tokens among `ids` the sequence is plain text with positions 0, 1, ...
    """
    REFERENCE.masses, REFERENCE.intervention, REFERENCE.membership = [], intervention, membership(roles)
    if (ids == IMAGE).any():
        given = make_models.keywords(case, ids)
        given["pixel_values"] = (case["pixel_values"] if pixels is None else pixels).double()
    else:
        positions = torch.arange(len(ids)).expand(3, 1, -1)
        given = dict(input_ids=ids[None], attention_mask=torch.ones_like(ids)[None], position_ids=positions)
    states = model.model(**given, use_cache=False).last_hidden_state[0]
    return states, model.lm_head(states), torch.stack(REFERENCE.masses)
