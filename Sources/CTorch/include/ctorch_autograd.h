// Gradients and the optimizer step.
#pragma once

#include "ctorch_tensor.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Whether operations on this thread record a graph.
bool ct_grad_enabled(void);
/// Has operations on this thread record a graph, or not.
void ct_set_grad_enabled(bool enabled);

/// Has `ct_backward` keep the gradient of the leaf `x`, or not; fails for types without fractions.
int32_t ct_set_requires_grad_(CTensor x, bool required);
/// The same values, cut from the graph.
int32_t ct_detach(CTensor x, CTensor *out);
/// Gradients of the scalar `x`, added into the `grad` of every leaf that requires one.
int32_t ct_backward(CTensor x, bool retain_graph);
/// The accumulated gradient. `*defined` is false, and `*out` untouched, if there is none.
int32_t ct_grad(CTensor x, CTensor *out, bool *defined);
/// Forgets the accumulated gradient.
int32_t ct_clear_grad_(CTensor x);
/// d(output . seed)/d(inputs), not accumulated. `seed` may be null (1 for a scalar output). `out` has room for
/// `count` handles; an input the output does not depend on gives zeros.
int32_t ct_gradient(CTensor output, CTensor seed, const CTensor *inputs, int32_t count, bool retain_graph,
                    bool create_graph, CTensor *out);

/// One step of AdamW (decoupled weight decay) over `count` parameters in one fused pass, in place.
/// `steps` holds one float32 scalar per parameter, raised by one here.
int32_t ct_adamw_step_(const CTensor *parameters, const CTensor *gradients, const CTensor *first_moments,
                       const CTensor *second_moments, const CTensor *steps, int32_t count, double learning_rate,
                       double beta1, double beta2, double weight_decay, double epsilon);

/// The norm over all numbers of `count` gradients; those narrower than float32 are summed in float32.
int32_t ct_grad_norm(const CTensor *gradients, int32_t count, double *norm);

/// The norm over all numbers of `count` gradients, which are scaled in place so that theirs is at most `max_norm`.
int32_t ct_clip_grad_norm_(const CTensor *gradients, int32_t count, double max_norm, double *norm);

/// A part of a graph: reads `count` handles, which are now its own, and hands its results to `ct_give`. A status.
typedef int32_t (*CTBody)(void *context, const CTensor *inputs, int32_t count, void *given);
/// Hands over a result, whose handle stays the caller's.
void ct_give(void *given, CTensor x);
/// Says why a body could not go on.
void ct_give_problem(void *given, const char *text);

/// The results of `body`, which is called now without a graph, and again when their gradients are wanted: what lies between
/// inputs and results is not kept (Chen et al., arXiv 1604.06174). The second call must do what the first did. `release` is called
/// with `context` once, when nothing needs the body any more, also if this fails.
int32_t ct_checkpoint(const CTensor *inputs, int32_t count, CTBody body, void (*release)(void *), void *context,
                      int32_t output_count, CTensor *out);

#ifdef __cplusplus
}
#endif
