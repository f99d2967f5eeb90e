// Steps that have gradients of their own: one node of the graph, one pass over memory, and nothing saved that can be had again.
#pragma once

#include <tuple>

#include "KernelTensors.h"

namespace ctorch {

/// True if our kernels can make a step on these and its gradient: on the CPU, without gaps, of one type that the kernels know.
template <typename... Tensors>
bool fits(const at::Tensor &first, const Tensors &...rest) {
  const bool whole = first.is_contiguous() && (rest.is_contiguous() && ...);
  return known(first, rest...) && whole && first.numel() > 0;
}

/// The norm of x, or of x + delta which is written to `total`; see `rmsNorm`.
at::Tensor fusedNorm(const at::Tensor &x, const at::Tensor *delta, const at::Tensor &weight, at::Tensor *total,
                     double epsilon);
/// The rotary step from x into target, both [batch, tokens, heads, width]; see `rotary`.
void rotaryInto(const at::Tensor &x, const at::Tensor &cos, const at::Tensor &sin, const at::Tensor &target);

at::Tensor graphNorm(const at::Tensor &x, const at::Tensor &weight, double epsilon);
/// x + delta and its norm.
std::tuple<at::Tensor, at::Tensor> graphAddNorm(const at::Tensor &x, const at::Tensor &delta, const at::Tensor &weight,
                                                double epsilon);
at::Tensor graphSiluProduct(const at::Tensor &gate, const at::Tensor &up);

}  // namespace ctorch
