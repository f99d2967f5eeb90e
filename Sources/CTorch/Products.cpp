#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/List.h>

#include <chrono>
#include <mutex>

#include "KernelTensors.h"

using namespace ctorch;

namespace {

/// Up to so many rows the weights' way through memory decides, and each is read once by our own loop.
constexpr int64_t fewRows = 8;

using Pointwise = at::Tensor(const at::Tensor &, const at::Tensor &, const std::optional<at::Tensor> &,
                             std::string_view, c10::List<std::optional<at::Scalar>>, std::optional<std::string_view>);

/// oneDNN's linear layer, which libtorch has as an operation of its own; null where it was built without.
const std::optional<c10::TypedOperatorHandle<Pointwise>> &onednn() {
  static const std::optional<c10::TypedOperatorHandle<Pointwise>> handle =
      []() -> std::optional<c10::TypedOperatorHandle<Pointwise>> {
    const auto schema = c10::Dispatcher::singleton().findSchema({"mkldnn::_linear_pointwise", ""});
    if (!schema.has_value()) return std::nullopt;
    return schema->typed<Pointwise>();
  }();
  return handle;
}

at::Tensor linearByOneDNN(const at::Tensor &x, const at::Tensor &weight, const std::optional<at::Tensor> &bias) {
  return onednn()->call(x, weight, bias, "none", c10::List<std::optional<at::Scalar>>(), "");
}

/// Billions of operations per second of the better of two runs.
template <typename Body>
double speed(double operations, Body &&body) {
  double best = 1e30;
  for (int run = 0; run < 3; ++run) {
    const auto start = std::chrono::steady_clock::now();
    body();
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    // The first run wakes threads and fills caches.
    if (run > 0) best = std::min(best, seconds);
  }
  return operations / best / 1e9;
}

/// Measures once what this processor is good at.
const CTProducts &products() {
  static const CTProducts measured = [] {
    at::NoGradGuard noGradient;
    const int64_t rows = 512, width = 768;
    const double operations = 2.0 * rows * width * width;
    const at::Tensor x = at::ones({rows, width}), weight = at::ones({width, width});
    CTProducts result{};
    result.mkl = speed(operations, [&] { at::linear(x, weight); });
    if (onednn().has_value()) result.onednn = speed(operations, [&] { linearByOneDNN(x, weight, std::nullopt); });
    const at::Tensor narrow = x.to(at::kBFloat16), narrowWeight = weight.to(at::kBFloat16);
    result.bfloat16 = speed(operations, [&] { at::linear(narrow, narrowWeight); });
    result.uses_onednn = result.onednn > 1.05 * result.mkl;
    result.uses_bfloat16 = result.bfloat16 > std::max(result.mkl, result.onednn);
    return result;
  }();
  return measured;
}

at::Tensor productOfFewRows(const at::Tensor &x, const at::Tensor &weight, const std::optional<at::Tensor> &bias,
                            int64_t rows) {
  const int64_t outWidth = weight.size(0), inWidth = weight.size(1);
  at::Tensor out = at::empty({rows, outWidth}, x.options());
  const bool wideX = x.scalar_type() == at::kFloat, wideWeight = weight.scalar_type() == at::kFloat;
  if (wideX && wideWeight) {
    rowsProduct(data<float>(x), data<float>(weight), bias ? data<float>(*bias) : nullptr, data<float>(out), rows,
                outWidth, inWidth);
  } else if (wideX) {
    rowsProduct(data<float>(x), data<BFloat16>(weight), bias ? data<BFloat16>(*bias) : nullptr, data<float>(out), rows,
                outWidth, inWidth);
  } else {
    rowsProduct(data<BFloat16>(x), data<BFloat16>(weight), bias ? data<BFloat16>(*bias) : nullptr, data<BFloat16>(out),
                rows, outWidth, inWidth);
  }
  return out;
}

/// float32 rows against bfloat16 weights: a block of weights at a time is widened into a buffer that stays in the cache.
at::Tensor productByBlocks(const at::Tensor &x, const at::Tensor &weight, const std::optional<at::Tensor> &bias) {
  constexpr int64_t blockElements = 1 << 20;
  const int64_t outWidth = weight.size(0), inWidth = weight.size(1);
  const int64_t step = std::min(outWidth, std::max<int64_t>(64, blockElements / inWidth / 64 * 64));
  const at::Tensor buffer = at::empty({step, inWidth}, at::kFloat);
  at::Tensor out = at::empty({x.size(0), outWidth}, at::kFloat);
  for (int64_t begin = 0; begin < outWidth; begin += step) {
    const int64_t count = std::min(step, outWidth - begin);
    widen(data<BFloat16>(weight) + begin * inWidth, data<float>(buffer), count * inWidth);
    at::Tensor target = out.narrow(1, begin, count);
    at::mm_out(target, x, buffer.narrow(0, 0, count).t());
  }
  if (bias) out.add_(*bias);
  return out;
}

bool isNarrow(const at::Tensor &x) { return x.scalar_type() == at::kBFloat16; }
bool isKnown(const at::Tensor &x) { return isNarrow(x) || x.scalar_type() == at::kFloat; }

/// With a gradient, or on another device: libtorch's own layer, weights brought to the type of the rows.
at::Tensor composedLinear(const at::Tensor &x, const at::Tensor &weight, const std::optional<at::Tensor> &bias) {
  if (weight.scalar_type() == x.scalar_type() || !isKnown(weight) || !isKnown(x)) return at::linear(x, weight, bias);
  std::optional<at::Tensor> offset;
  if (bias) offset = bias->to(x.scalar_type());
  return at::linear(x, weight.to(x.scalar_type()), offset);
}

at::Tensor chosenLinear(const at::Tensor &x, const at::Tensor &weight, const std::optional<at::Tensor> &bias) {
  const bool graph = c10::GradMode::is_enabled() &&
                     (x.requires_grad() || weight.requires_grad() || (bias && bias->requires_grad()));
  const bool plain = x.is_cpu() && weight.is_cpu() && isKnown(x) && isKnown(weight) && weight.dim() == 2 &&
                     weight.is_contiguous() && x.dim() > 0 && x.size(-1) == weight.size(1) && x.numel() > 0 &&
                     (!bias || (bias->scalar_type() == weight.scalar_type() && bias->is_contiguous() &&
                                bias->dim() == 1 && bias->size(0) == weight.size(0)));
  if (graph || !plain || (isNarrow(x) && !isNarrow(weight))) return composedLinear(x, weight, bias);
  const at::Tensor rows = x.reshape({-1, x.size(-1)}).contiguous();
  at::Tensor out;
  if (rows.size(0) <= fewRows) {
    out = productOfFewRows(rows, weight, bias, rows.size(0));
  } else if (isNarrow(x)) {
    out = products().uses_bfloat16 ? at::linear(rows, weight, bias)
                                   : productByBlocks(rows.to(at::kFloat), weight, bias).to(at::kBFloat16);
  } else if (isNarrow(weight)) {
    out = productByBlocks(rows, weight, bias);
  } else {
    out = products().uses_onednn ? linearByOneDNN(rows, weight, bias) : at::linear(rows, weight, bias);
  }
  std::vector<int64_t> shape = x.sizes().vec();
  shape.back() = weight.size(0);
  return out.view(shape);
}

}  // namespace

extern "C" {

int32_t ct_linear(CTensor x, CTensor weight, CTensor bias, CTensor *out) {
  return guarded([&] {
    std::optional<at::Tensor> offset;
    if (bias.ctx != nullptr) offset = tensor(bias);
    *out = adopt(chosenLinear(tensor(x), tensor(weight), offset));
  });
}

int32_t ct_products(CTProducts *out) {
  return guarded([&] { *out = products(); });
}
}
