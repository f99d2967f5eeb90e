// Attention kernels.
#pragma once

#include "ctorch_tensor.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Fused attention: `softmax(query key^T * scale + mask) value`, never holding the map.
///
/// `query` [batch, heads, queries, width], `key` and `value` [batch, key/value heads, keys, width]; heads is a
/// multiple of the key/value heads. `mask` (null handle: none) is added to the scores and broadcasts to
/// [batch, heads, queries, keys]. `causal` aligns at the top left: query i sees keys 0...i.
/// `*out` is [batch, heads, queries, width], `*log_sum_exp` float32 [batch, heads, queries].
int32_t ct_fused_attention(CTensor query, CTensor key, CTensor value, CTensor mask, bool causal, double scale,
                           CTensor *out, CTensor *log_sum_exp);

/// What an intervention does to keys, for the two calls below.
///
/// `table` float32 [heads, 8, 4], contiguous, on the CPU; for a query head and a group of keys four numbers s, c, b, t: a score z
/// becomes s z + c |z| + b, and the weight after the softmax is multiplied by t. A key in several groups has the product of
/// their s and t and the sum of their c and b; b of negative infinity removes it. A row that would see no key stays as it was.
/// `rows` uint8 [batch, queries], contiguous, says whose keys are changed; a null handle: every row's.
typedef struct {
  CTensor table;
  CTensor rows;
} CKeyChanges;

/// The same on the CPU outside a graph, with the keys in pieces and the masses on their groups.
///
/// `query` [batch, queries, heads, width]; `keys` and `values` hold `pieces` handles of [batch, count, key/value heads,
/// width], read in place whatever their strides, the last of which is 1. `causal`: the queries are the last of the keys,
/// and each sees those up to its own. `membership` holds as many contiguous handles of uint8 [batch, count], bit g for group g,
/// or is null. `changes` needs a membership; null: none. `target` [batch, queries, heads, width] is written and becomes `*out`;
/// a null handle for fresh memory. `*masses` float32 [batch, heads, queries, groups], untouched with 0 groups. float32 or
/// bfloat16; sums are float32.
int32_t ct_attention(CTensor query, const CTensor *keys, const CTensor *values, const CTensor *membership,
                     int32_t pieces, int32_t groups, const CKeyChanges *changes, bool causal, double scale,
                     CTensor target, CTensor *out, CTensor *masses);

/// One new token of each of `sequences` sequences against its cached keys, which lie in `segments` pieces each.
///
/// `query` [sequences, heads, width]; `keys` and `values` hold `sequences * segments` handles of
/// [1, count, key/value heads, width]; `membership` as many of uint8 [1, count], bit g for group g, or is null. `changes` as above,
/// its rows [sequences, 1]. `*out` [sequences, heads, width]; `*masses` float32 [sequences, heads, groups], untouched with 0
/// groups; `*weights` float32 [sequences, heads, keys of the longest], zeros behind the others' keys, unless `weights` is null. CPU,
/// no gradient.
int32_t ct_decode_attention(CTensor query, const CTensor *keys, const CTensor *values, const CTensor *membership,
                            int32_t segments, int32_t groups, const CKeyChanges *changes, double scale, CTensor *out,
                            CTensor *masses, CTensor *weights);

/// Rotary step, causal or full attention among the tokens of each sequence, and the masses on the groups of its keys; all
/// differentiable, by kernels of our own. See `ct_takes_graph_attention`.
///
/// `query` [batch, tokens, heads, width], `key` and `value` [batch, tokens, key/value heads, width], not turned yet; `cos` and `sin`
/// float32 [batch or 1, tokens, width / 2]. `stretch` holds four numbers for each of `stretch_count` stretches of sequences of one
/// length, start, count, length and shared, in the order of the tokens, without gaps: with a batch of several one stretch of its
/// rows. Where shared is above 0, the stretch is one causal sequence, and of its keys from shared on a token sees none before
/// `first_keys[token]`, counted from the sequence's start; otherwise `first_keys` [batch, tokens] is not read and may be null.
/// `membership` uint8 [batch, tokens], bit g for group g, or null with 0 groups. `*out` [batch, tokens, heads, width], `*masses`
/// float32 [batch, heads, tokens, groups].
int32_t ct_graph_attention(CTensor query, CTensor key, CTensor value, CTensor cos, CTensor sin, CTensor membership,
                           int32_t groups, const int64_t *stretch, int32_t stretch_count, const int32_t *first_keys,
                           bool causal, double scale, CTensor *out, CTensor *masses);

/// True for float32 or bfloat16 on the CPU.
bool ct_takes_graph_attention(CTensor query, CTensor key, CTensor value);

#ifdef __cplusplus
}
#endif
