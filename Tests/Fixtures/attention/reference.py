"""Modulated attention as it is defined, with the map of weights written out: what the make_*.py scripts here compute with.

A modulation gives, for each query head h and key group g, a score factor s (1 where nothing changes), an absolute factor c
(0), a bias b (0; -inf removes the keys) and a value factor t (1). A key is in the groups whose bits are set in its byte; its
numbers are the product of the s of its groups, the sum of the c, the sum of the b and the product of the t. With
z = scale * q . k of the keys that a query sees:

    z' = s z + c |z| + b        A = softmax(z')        output_i = sum_j t_j A_ij v_j        mass_ig = sum_{j in g} t_j A_ij

Queries are the last of the keys: query i of Q sees keys 0 ... K - Q + i. Rows flagged 0 are computed plainly, and so are, head
by head, rows all of whose visible keys have b = -inf or all of whose visible keys have t = 0.

Letters: B batch, Q queries, K keys, H query heads, G key/value heads, D head size.
"""

import dataclasses
import math

import torch

BITS = 8
NEUTRAL = {"score_factor": 1.0, "absolute_factor": 0.0, "bias": 0.0, "value_factor": 1.0}


@dataclasses.dataclass
class Modulation:
    """The numbers of one layer, each float64 [H, 8]."""

    score_factor: torch.Tensor
    absolute_factor: torch.Tensor
    bias: torch.Tensor
    value_factor: torch.Tensor

    @staticmethod
    def neutral(heads):
        return Modulation(**{name: torch.full((heads, BITS), value, dtype=torch.float64)
                             for name, value in NEUTRAL.items()})

    def tables(self):
        return dataclasses.asdict(self)

    def only(self, heads):
        """The same with every other head left alone."""
        kept = Modulation.neutral(len(self.bias))
        for name, table in self.tables().items():
            getattr(kept, name)[heads] = table[heads]
        return kept


def reading(name, heads, enhance, suppress, visual, system):
    """A reading of `Z + enhance M_visual Z - suppress M_system Z`: of the scores, or of the weights, renormalised or raw."""
    made = Modulation.neutral(heads)
    for group, factor in ((visual, 1 + enhance), (system, 1 - suppress)):
        if name == "scores":
            made.score_factor[:, group] = factor
        elif name == "renormalized":
            made.bias[:, group] = math.log(factor) if factor > 0 else -math.inf
        elif name == "raw":
            made.value_factor[:, group] = factor
        else:
            raise ValueError(name)
    return made


def group_bits(membership):
    """Bytes [...] as booleans [..., 8]."""
    return (membership[..., None].int() >> torch.arange(BITS)) % 2 == 1


def key_numbers(modulation, membership):
    """s, c, b, t of every key, [B, H, K]."""
    inside = group_bits(membership)[:, None]

    def numbers(table, neutral):
        return torch.where(inside, table[None, :, None, :], neutral)

    return (numbers(modulation.score_factor, 1.0).prod(-1), numbers(modulation.absolute_factor, 0.0).sum(-1),
            numbers(modulation.bias, 0.0).sum(-1), numbers(modulation.value_factor, 1.0).prod(-1))


def visible_keys(queries, keys):
    """[Q, K], true where a query sees a key."""
    return torch.arange(keys) <= torch.arange(queries)[:, None] + keys - queries


def modulated_rows(rows, bias, value_factor, visible):
    """[B, H, Q]: the flagged rows that keep a key."""
    def keeps(kept):
        return (kept[:, :, None, :] & visible).any(-1)

    return (rows[:, None] != 0) & keeps(bias > -math.inf) & keeps(value_factor != 0)


def per_query_head(states, heads):
    """[B, T, G, D] as [B, H, T, D]: head h reads key/value head h // (H / G)."""
    return states.transpose(1, 2).repeat_interleave(heads // states.shape[2], 1)


def attention(query, key, value, membership, modulation, rows, groups, scale=None):
    """Output [B, Q, H, D] and masses [B, H, Q, groups].

    query [B, Q, H, D], key and value [B, K, G, D], membership uint8 [B, K], rows uint8 [B, Q].
    """
    heads, width = query.shape[2:]
    scale = width**-0.5 if scale is None else scale
    z = query.transpose(1, 2) @ per_query_head(key, heads).transpose(2, 3) * scale
    visible = visible_keys(query.shape[1], key.shape[1])
    s, c, b, t = key_numbers(modulation, membership)
    changed = modulated_rows(rows, b, t, visible)[..., None]

    def here(numbers, neutral):
        return torch.where(changed, numbers[:, :, None, :], neutral)

    changed_z = here(s, 1.0) * z + here(c, 0.0) * z.abs() + here(b, 0.0)
    weights = here(t, 1.0) * changed_z.masked_fill(~visible, -math.inf).softmax(-1)
    members = group_bits(membership)[:, None, :, :groups].to(weights.dtype)
    return (weights @ per_query_head(value, heads)).transpose(1, 2), weights @ members


def augmented_attention(query, key, value, membership, modulation, rows, groups, scale=None):
    """The same without a map, of a modulation without absolute factors: one fused call on widened heads, and a plain one.

    Q~ = [Q, 1, 0...], K~ = [s K, b / scale, 0...], V~ = [t V, t G], and the rows taken from one call or the other. Removed keys
    are masked.
    """
    assert not modulation.absolute_factor.any()
    heads, width = query.shape[2:]
    scale = width**-0.5 if scale is None else scale
    visible = visible_keys(query.shape[1], key.shape[1])
    s, _, b, t = key_numbers(modulation, membership)
    changed = modulated_rows(rows, b, t, visible)[..., None]
    q, k, v = query.transpose(1, 2), per_query_head(key, heads), per_query_head(value, heads)
    members = group_bits(membership)[:, None].to(v.dtype).expand(-1, heads, -1, -1)

    def call(s, b, t):
        seen = visible & (b > -math.inf)[:, :, None, :]
        padding = q.new_zeros(*q.shape[:3], BITS - 1)
        key_padding = k.new_zeros(*k.shape[:3], BITS - 1)
        return torch.nn.functional.scaled_dot_product_attention(
            torch.cat([q, torch.ones_like(q[..., :1]), padding], -1),
            torch.cat([s[..., None] * k, b.nan_to_num(neginf=0)[..., None] / scale, key_padding], -1),
            t[..., None] * torch.cat([v, members], -1), attn_mask=seen | ~seen.any(-1, keepdim=True), scale=scale)

    plain = call(torch.ones_like(s), torch.zeros_like(b), torch.ones_like(t))
    both = torch.where(changed, call(s, b, t), plain)
    return both[..., :width].transpose(1, 2), both[..., width:width + groups]


def looped_attention(query, key, value, membership, modulation, rows, groups):
    """The same once more, number by number, for small shapes."""
    batch, queries, heads, width = query.shape
    keys, shared = key.shape[1], heads // key.shape[2]
    tables = {name: table.tolist() for name, table in modulation.tables().items()}
    output, masses = torch.zeros_like(query), query.new_zeros(batch, heads, queries, groups)

    def numbers(head, byte):
        bits = [bit for bit in range(BITS) if byte >> bit & 1]
        return (math.prod(tables["score_factor"][head][bit] for bit in bits),
                sum(tables["absolute_factor"][head][bit] for bit in bits),
                sum(tables["bias"][head][bit] for bit in bits),
                math.prod(tables["value_factor"][head][bit] for bit in bits))

    for n in range(batch):
        for head in range(heads):
            for i in range(queries):
                seen = range(keys - queries + i + 1)
                of_key = [numbers(head, int(membership[n, j])) for j in seen]
                if not rows[n, i] or all(b == -math.inf for _, _, b, _ in of_key) or all(t == 0 for *_, t in of_key):
                    of_key = [(1, 0, 0, 1) for _ in seen]
                z = [float(query[n, i, head] @ key[n, j, head // shared]) / math.sqrt(width) for j in seen]
                changed = [s * score + c * abs(score) + b for score, (s, c, b, _) in zip(z, of_key)]
                total = sum(math.exp(score) for score in changed)
                for j, score, (*_, t) in zip(seen, changed, of_key):
                    weight = t * math.exp(score) / total
                    output[n, i, head] += weight * value[n, j, head // shared]
                    for group in range(groups):
                        masses[n, head, i, group] += weight * (int(membership[n, j]) >> group & 1)
    return output, masses
