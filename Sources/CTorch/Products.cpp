#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/List.h>
#include <ATen/Parallel.h>
#include <time.h>

#include <algorithm>

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

/// Processor time of this thread in seconds: other programs on the machine do not count.
double threadSeconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

/// One thread for all of libtorch, as long as this lives.
class OneThread {
 public:
  OneThread() { at::set_num_threads(1); }
  ~OneThread() { at::set_num_threads(before); }

 private:
  const int before = at::get_num_threads();
};

/// Whether float32 products go to oneDNN. What decides is the same in every process on a machine: a choice by measuring is another
/// where a neighbour disturbs it, and then the last digits differ from run to run. oneDNN was as fast as MKL or faster on the
/// processors that were measured, AMD with AVX2 and with AVX-512.
bool usesOneDNN() { return onednn().has_value(); }

/// Whether products of many bfloat16 rows are made in bfloat16: where the processor has instructions for them.
bool usesBFloat16() { return ct_cpu_has_bfloat16(); }

/// Measures once what this processor is good at: the ways by turns, each the best of some runs on one thread. For people to read.
const CTProducts &products() {
  static const CTProducts measured = [] {
    at::NoGradGuard noGradient;
    const OneThread oneThread;
    const int64_t rows = 256, width = 512;
    const at::Tensor x = at::ones({rows, width}), weight = at::ones({width, width});
    const at::Tensor narrow = x.to(at::kBFloat16), narrowWeight = weight.to(at::kBFloat16);
    double best[3] = {1e30, 1e30, 1e30};
    auto run = [&](int way, auto &&body) {
      const double start = threadSeconds();
      body();
      best[way] = std::min(best[way], threadSeconds() - start);
    };
    // The first round fills caches and compiles kernels, and is the slowest.
    for (int round = 0; round < 5; ++round) {
      run(0, [&] { at::linear(x, weight); });
      if (onednn().has_value()) run(1, [&] { linearByOneDNN(x, weight, std::nullopt); });
      run(2, [&] { at::linear(narrow, narrowWeight); });
    }
    const double operations = 2e-9 * rows * width * width;
    CTProducts result{};
    result.mkl = operations / best[0];
    result.onednn = onednn().has_value() ? operations / best[1] : 0;
    result.bfloat16 = operations / best[2];
    result.uses_onednn = usesOneDNN();
    result.uses_bfloat16 = usesBFloat16();
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

/// float32 rows against bfloat16 weights.
at::Tensor productByBlocks(const at::Tensor &x, const at::Tensor &weight, const std::optional<at::Tensor> &bias) {
  at::Tensor out = at::empty({x.size(0), weight.size(0)}, at::kFloat);
  blockProduct(data<float>(x), data<BFloat16>(weight), bias ? data<BFloat16>(*bias) : nullptr, data<float>(out),
               x.size(0), weight.size(0), weight.size(1));
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
                     weight.is_contiguous() && x.dim() > 0 && x.size(-1) == weight.size(1) && x.numel() > 0 && weight.numel() > 0 &&
                     (!bias || (bias->scalar_type() == weight.scalar_type() && bias->is_contiguous() &&
                                bias->dim() == 1 && bias->size(0) == weight.size(0)));
  if (graph || !plain || (isNarrow(x) && !isNarrow(weight))) return composedLinear(x, weight, bias);
  const at::Tensor rows = x.reshape({-1, x.size(-1)}).contiguous();
  at::Tensor out;
  if (rows.size(0) <= fewRows) {
    out = productOfFewRows(rows, weight, bias, rows.size(0));
  } else if (isNarrow(x)) {
    out = usesBFloat16() ? at::linear(rows, weight, bias)
                                   : productByBlocks(rows.to(at::kFloat), weight, bias).to(at::kBFloat16);
  } else if (isNarrow(weight)) {
    out = productByBlocks(rows, weight, bias);
  } else {
    out = usesOneDNN() ? linearByOneDNN(rows, weight, bias) : at::linear(rows, weight, bias);
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

int32_t ct_linear_by(CTensor x, CTensor weight, int32_t library, CTensor *out) {
  return guarded([&] {
    TORCH_CHECK(library == 0 || onednn().has_value(), "libtorch was built without oneDNN");
    at::NoGradGuard noGradient;
    *out = adopt(library == 0 ? at::linear(tensor(x), tensor(weight))
                              : linearByOneDNN(tensor(x), tensor(weight), std::nullopt));
  });
}

int32_t ct_products(CTProducts *out) {
  return guarded([&] { *out = products(); });
}
}
