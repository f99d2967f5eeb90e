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

#ifdef __cplusplus
}
#endif
