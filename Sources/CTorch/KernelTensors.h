// How tensors come to the kernels: which may, and as what.
#pragma once

#include <c10/core/GradMode.h>

#include "Kernels.h"
#include "Support.h"

namespace ctorch {

/// True if the memory is the CPU's, in one type that the kernels know.
template <typename... Tensors>
bool known(const at::Tensor &first, const Tensors &...rest) {
  const bool narrow = first.scalar_type() == at::kFloat || first.scalar_type() == at::kBFloat16;
  const bool same = ((rest.scalar_type() == first.scalar_type()) && ...);
  return narrow && same && first.is_cpu() && (rest.is_cpu() && ...);
}

/// True if these are known, and nothing here takes part in a gradient.
template <typename... Tensors>
bool plain(const at::Tensor &first, const Tensors &...rest) {
  const bool graph = c10::GradMode::is_enabled() && (first.requires_grad() || (rest.requires_grad() || ...));
  return known(first, rest...) && !graph;
}

template <typename T>
T *data(const at::Tensor &x) {
  return static_cast<T *>(x.data_ptr());
}

/// Calls `body` with a null pointer of the tensor's element type.
template <typename Body>
void dispatch(const at::Tensor &x, Body &&body) {
  if (x.scalar_type() == at::kFloat) return body(static_cast<float *>(nullptr));
  if (x.scalar_type() == at::kBFloat16) return body(static_cast<BFloat16 *>(nullptr));
  throw std::invalid_argument("the kernels take float32 and bfloat16");
}

template <typename Pointer>
using Element = std::remove_pointer_t<Pointer>;

}  // namespace ctorch
