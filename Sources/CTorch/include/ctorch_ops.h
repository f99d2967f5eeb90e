// Operations, named as in PyTorch, whose documentation gives their semantics. All are differentiable where
// PyTorch's are. An axis may be negative. All return a status and fill `*out`; see CTorch.h for the rules.
#pragma once

#include "ctorch_tensor.h"

#ifdef __cplusplus
extern "C" {
#endif

// Element-wise, two tensors (broadcasting).
/// x + y.
int32_t ct_add(CTensor x, CTensor y, CTensor *out);
/// x - y.
int32_t ct_sub(CTensor x, CTensor y, CTensor *out);
/// x y.
int32_t ct_mul(CTensor x, CTensor y, CTensor *out);
/// x / y, in floating point also for integers.
int32_t ct_div(CTensor x, CTensor y, CTensor *out);
/// The larger of both; no number where one is none.
int32_t ct_maximum(CTensor x, CTensor y, CTensor *out);
/// The smaller of both; no number where one is none.
int32_t ct_minimum(CTensor x, CTensor y, CTensor *out);
/// x = y, as bool.
int32_t ct_eq(CTensor x, CTensor y, CTensor *out);
/// x != y, as bool.
int32_t ct_ne(CTensor x, CTensor y, CTensor *out);
/// x < y, as bool.
int32_t ct_lt(CTensor x, CTensor y, CTensor *out);
/// x <= y, as bool.
int32_t ct_le(CTensor x, CTensor y, CTensor *out);
/// x > y, as bool.
int32_t ct_gt(CTensor x, CTensor y, CTensor *out);
/// x >= y, as bool.
int32_t ct_ge(CTensor x, CTensor y, CTensor *out);
/// Both are not zero, as bool.
int32_t ct_logical_and(CTensor x, CTensor y, CTensor *out);
/// One of both is not zero, as bool.
int32_t ct_logical_or(CTensor x, CTensor y, CTensor *out);

// Element-wise, a tensor and a number.
/// x + y.
int32_t ct_add_scalar(CTensor x, double y, CTensor *out);
/// x y.
int32_t ct_mul_scalar(CTensor x, double y, CTensor *out);
/// x / y.
int32_t ct_div_scalar(CTensor x, double y, CTensor *out);
/// x to the power of y.
int32_t ct_pow_scalar(CTensor x, double y, CTensor *out);
/// y to the power of every element of x.
int32_t ct_exponential(CTensor x, double y, CTensor *out);
/// x = y, as bool.
int32_t ct_eq_scalar(CTensor x, double y, CTensor *out);
/// x < y, as bool.
int32_t ct_lt_scalar(CTensor x, double y, CTensor *out);
/// x > y, as bool.
int32_t ct_gt_scalar(CTensor x, double y, CTensor *out);
/// x, but at least `low` and at most `high`.
int32_t ct_clamp(CTensor x, double low, double high, CTensor *out);

// Element-wise, one tensor.
/// -x.
int32_t ct_neg(CTensor x, CTensor *out);
/// |x|.
int32_t ct_abs(CTensor x, CTensor *out);
/// e to the power of x.
int32_t ct_exp(CTensor x, CTensor *out);
/// The natural logarithm.
int32_t ct_log(CTensor x, CTensor *out);
/// The square root; no number below 0.
int32_t ct_sqrt(CTensor x, CTensor *out);
/// 1 / sqrt(x).
int32_t ct_rsqrt(CTensor x, CTensor *out);
/// x x.
int32_t ct_square(CTensor x, CTensor *out);
/// 1 / x.
int32_t ct_reciprocal(CTensor x, CTensor *out);
/// The sine of radians.
int32_t ct_sin(CTensor x, CTensor *out);
/// The cosine of radians.
int32_t ct_cos(CTensor x, CTensor *out);
/// The hyperbolic tangent.
int32_t ct_tanh(CTensor x, CTensor *out);
/// 1 / (1 + exp(-x)).
int32_t ct_sigmoid(CTensor x, CTensor *out);
/// x / (1 + exp(-x)).
int32_t ct_silu(CTensor x, CTensor *out);
/// x times the normal distribution at x, by the error function.
int32_t ct_gelu(CTensor x, CTensor *out);
/// max(x, 0).
int32_t ct_relu(CTensor x, CTensor *out);
/// To the nearest integer, halves to the even one.
int32_t ct_round(CTensor x, CTensor *out);
/// Neither infinite nor no number, as bool.
int32_t ct_isfinite(CTensor x, CTensor *out);
/// x is zero, as bool.
int32_t ct_logical_not(CTensor x, CTensor *out);
/// x where `condition` (bool) is true, else y; the three broadcast.
int32_t ct_where(CTensor condition, CTensor x, CTensor y, CTensor *out);
/// `value` where `mask` (bool, broadcast) is true, else x.
int32_t ct_masked_fill(CTensor x, CTensor mask, double value, CTensor *out);

// In place.
/// x += alpha y.
int32_t ct_add_(CTensor x, CTensor y, double alpha);
/// x *= y.
int32_t ct_mul_(CTensor x, CTensor y);
/// x *= y.
int32_t ct_mul_scalar_(CTensor x, double y);

// Reductions; `dims` null or `count` 0 means all axes.
/// The sum; integers in int64.
int32_t ct_sum(CTensor x, const int64_t *dims, int32_t count, bool keep, CTensor *out);
/// The mean.
int32_t ct_mean(CTensor x, const int64_t *dims, int32_t count, bool keep, CTensor *out);
/// The largest element.
int32_t ct_amax(CTensor x, const int64_t *dims, int32_t count, bool keep, CTensor *out);
/// The smallest element.
int32_t ct_amin(CTensor x, const int64_t *dims, int32_t count, bool keep, CTensor *out);
/// The variance, divided by the count less `correction`.
int32_t ct_var(CTensor x, const int64_t *dims, int32_t count, int64_t correction, bool keep, CTensor *out);
/// log(sum(exp(x))), without overflow.
int32_t ct_logsumexp(CTensor x, const int64_t *dims, int32_t count, bool keep, CTensor *out);
/// Where the largest element stands along `dim`, int64; the first of several.
int32_t ct_argmax(CTensor x, int64_t dim, bool keep, CTensor *out);
/// The sums of all elements up to each along `dim`.
int32_t ct_cumsum(CTensor x, int64_t dim, CTensor *out);
/// Whether no element is zero, a scalar.
int32_t ct_all(CTensor x, CTensor *out);
/// Whether some element is not zero, a scalar.
int32_t ct_any(CTensor x, CTensor *out);
/// The `k` largest (or smallest) elements along `dim` in their order, and where they stand (int64).
int32_t ct_topk(CTensor x, int64_t k, int64_t dim, bool largest, CTensor *values, CTensor *indices);
/// All elements along `dim` in ascending (or descending) order, and where they stood (int64).
int32_t ct_sort(CTensor x, int64_t dim, bool descending, CTensor *values, CTensor *indices);

// Shape.
/// The same elements in another shape, a view where that is possible; one size may be -1.
int32_t ct_reshape(CTensor x, const int64_t *sizes, int32_t dims, CTensor *out);
/// The view whose axis i is axis order[i] of x.
int32_t ct_permute(CTensor x, const int64_t *order, int32_t dims, CTensor *out);
/// The view with two axes exchanged.
int32_t ct_transpose(CTensor x, int64_t a, int64_t b, CTensor *out);
/// The view with an axis of size 1 put in at `dim`.
int32_t ct_unsqueeze(CTensor x, int64_t dim, CTensor *out);
/// The view without the axis `dim` if its size is 1.
int32_t ct_squeeze(CTensor x, int64_t dim, CTensor *out);
/// The view in which axes of size 1 are repeated up to `sizes`; -1 leaves an axis as it is.
int32_t ct_expand(CTensor x, const int64_t *sizes, int32_t dims, CTensor *out);
/// `count` tensors joined along the axis `dim`, which they have.
int32_t ct_cat(const CTensor *xs, int32_t count, int64_t dim, CTensor *out);
/// `count` tensors of one shape joined along a new axis `dim`.
int32_t ct_stack(const CTensor *xs, int32_t count, int64_t dim, CTensor *out);
/// The elements in reverse order along some axes.
int32_t ct_flip(CTensor x, const int64_t *dims, int32_t count, CTensor *out);
/// Every slice along `dim` repeated `repeats` times in place.
int32_t ct_repeat_interleave(CTensor x, int64_t repeats, int64_t dim, CTensor *out);
/// Zeros (or `value`) before and after the last axes, as `torch.nn.functional.pad`: last axis first.
int32_t ct_pad(CTensor x, const int64_t *amounts, int32_t count, double value, CTensor *out);

// Indexing.
/// The view x[..., start ..< start + length, ...] along `dim`.
int32_t ct_narrow(CTensor x, int64_t dim, int64_t start, int64_t length, CTensor *out);
/// The view x[..., index, ...] along `dim`, which goes.
int32_t ct_select(CTensor x, int64_t dim, int64_t index, CTensor *out);
/// The `count` views along `dim`, each as `ct_select` gives it; their gradients are put together in one step.
int32_t ct_unbind(CTensor x, int64_t dim, int32_t count, CTensor *out);
/// The slices `indices` (int64 [count]) along `dim`, copied.
int32_t ct_index_select(CTensor x, int64_t dim, CTensor indices, CTensor *out);
/// out[..., i, ...] = x[..., indices[..., i, ...], ...] along `dim`; `indices` int64 of as many axes as x.
int32_t ct_gather(CTensor x, int64_t dim, CTensor indices, CTensor *out);
/// x, with source[..., i, ...] at indices[..., i, ...] along `dim`; `indices` int64.
int32_t ct_scatter(CTensor x, int64_t dim, CTensor indices, CTensor source, CTensor *out);
/// `x` with the rows `indices` of axis `dim` replaced by those of `source`.
int32_t ct_index_copy(CTensor x, int64_t dim, CTensor indices, CTensor source, CTensor *out);
/// Indices of the elements that are not zero, [count, dims].
int32_t ct_nonzero(CTensor x, CTensor *out);

// Products and layers.
/// The product of matrices in the last two axes; those before broadcast.
int32_t ct_matmul(CTensor x, CTensor y, CTensor *out);
/// The rows `indices` (int64, any shape) of `weight` [count, width].
int32_t ct_embedding(CTensor weight, CTensor indices, CTensor *out);
/// exp(x) / sum(exp(x)) along `dim`, without overflow.
int32_t ct_softmax(CTensor x, int64_t dim, CTensor *out);
/// The logarithm of the softmax along `dim`, without overflow.
int32_t ct_log_softmax(CTensor x, int64_t dim, CTensor *out);
/// (x - mean) / sqrt(variance + epsilon) over the last axis, times `weight`, plus `bias`, both of that axis.
int32_t ct_layer_norm(CTensor x, CTensor weight, CTensor bias, double epsilon, CTensor *out);
/// Mean (or sum) over the targets that are not `ignore_index`; logits [rows, classes], targets int64 [rows].
int32_t ct_cross_entropy(CTensor logits, CTensor targets, int64_t ignore_index, bool sum, CTensor *out);
/// Antialiased bicubic resize of [batch, channels, height, width]; uint8 or floating point.
int32_t ct_resize_bicubic(CTensor x, int64_t height, int64_t width, CTensor *out);

/// The cross-entropy of the scores `states weight^T` without ever holding all of them: `*loss` = sum of factor * loss over the
/// rows, differentiable once in states [rows, hidden] and weight [vocabulary, hidden], and `*losses` [rows] of each, which is not.
/// `targets` int64 [rows], `factors` [rows]. The gradients are made with the loss.
///
/// Scores are multiplied by `scale`; those of the tokens in `excluded`, int64 or a null handle, count for nothing. `*entropies` [rows] of each
/// row's distribution, without a gradient, unless the pointer is null.
int32_t ct_vocabulary_cross_entropy(CTensor states, CTensor weight, CTensor targets, CTensor factors, CTensor excluded,
                                    double scale, CTensor *loss, CTensor *losses, CTensor *entropies);

#ifdef __cplusplus
}
#endif
