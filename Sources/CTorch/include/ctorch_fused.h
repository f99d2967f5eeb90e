// Steps that libtorch would make in several passes, and products chosen for the processor. They give what their parts
// would give, up to rounding; where a gradient is wanted they are made of their parts.
#pragma once

#include "ctorch_tensor.h"

#ifdef __cplusplus
extern "C" {
#endif

/// x weight^T + bias, by the fastest way there is here; `bias` may be a null handle. `weight` may be bfloat16 where `x`
/// is float32: its values are then used as they are, and the result is float32.
int32_t ct_linear(CTensor x, CTensor weight, CTensor bias, CTensor *out);

/// weight * x / sqrt(mean(x^2) + epsilon) over the last axis; the statistics in float32.
int32_t ct_rms_norm(CTensor x, CTensor weight, double epsilon, CTensor *out);

/// `*sum` = x + delta, `*out` = its `ct_rms_norm`. `x` is used up: `*sum` may lie in its memory.
int32_t ct_add_rms_norm(CTensor x, CTensor delta, CTensor weight, double epsilon, CTensor *sum, CTensor *out);

/// silu(gate) * up. `up` is used up: `*out` may lie in its memory.
int32_t ct_silu_mul(CTensor gate, CTensor up, CTensor *out);

/// The rotary step in the half-split layout: with x = [x1, x2] along the last axis, [x1 cos - x2 sin, x2 cos + x1 sin].
/// `x` [batch, tokens, heads, width]; `cos` and `sin` float32 [batch or 1, tokens, width / 2]. In float32 at least; `*out`
/// has the type and shape of `x`, which is used up: `*out` may lie in its memory.
int32_t ct_rotary(CTensor x, CTensor cos, CTensor sin, CTensor *out);

/// The rotary step into `target`, of the shape and type of `x`, last stride 1. No gradient.
int32_t ct_rotary_into_(CTensor x, CTensor cos, CTensor sin, CTensor target);

/// True if the functions here that have no gradient take a tensor like this: on the CPU, float32 or bfloat16, outside a
/// graph.
bool ct_is_plain(CTensor x);

/// How products are made on this processor, and how fast each way is, measured once.
typedef struct {
  /// Billions of operations per second of one core with the two float32 libraries, and in bfloat16.
  double mkl, onednn, bfloat16;
  /// Whether float32 products go to oneDNN, and whether bfloat16 products of many rows are made in bfloat16.
  bool uses_onednn, uses_bfloat16;
} CTProducts;

/// What is known of this processor; the first call measures it.
int32_t ct_products(CTProducts *out);

/// x weight^T by one library, whatever would be chosen: 0 for the BLAS, 1 for oneDNN. For measurements.
int32_t ct_linear_by(CTensor x, CTensor weight, int32_t library, CTensor *out);

#ifdef __cplusplus
}
#endif
