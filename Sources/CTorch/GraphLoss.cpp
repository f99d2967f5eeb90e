// The cross-entropy of a vocabulary's scores, which are never all in memory.
#include <torch/csrc/autograd/custom_function.h>

#include <cmath>
#include <limits>

#include "Graph.h"

using namespace ctorch;
using torch::autograd::AutogradContext;
using torch::autograd::Function;
using torch::autograd::variable_list;

namespace {

/// Numbers of a block of scores: 64 MiB in float32.
constexpr int64_t blockNumbers = 16 << 20;

struct CrossEntropyFunction : Function<CrossEntropyFunction> {
  /// The gradients are made with the loss, block by block, so that each block's product is made once.
  static variable_list forward(AutogradContext *context, const at::Tensor &states, const at::Tensor &weight,
                               const at::Tensor &targets, const at::Tensor &factors, const at::Tensor &excluded,
                               double scale, bool wantsEntropies, bool wantsStates, bool wantsWeight) {
    const int64_t rows = states.size(0), vocabulary = weight.size(0);
    const int64_t step = std::clamp<int64_t>(blockNumbers / std::max<int64_t>(vocabulary, 1), 16, 8192);
    const at::ScalarType wide = at::promote_types(states.scalar_type(), at::kFloat);
    at::Tensor losses = at::empty({rows}, states.options().dtype(wide));
    at::Tensor entropies = at::empty({wantsEntropies ? rows : 0}, losses.options());
    at::Tensor dstates, dweight;
    if (wantsStates) dstates = at::empty_like(states);
    if (wantsWeight) dweight = at::zeros_like(weight);
    for (int64_t begin = 0; begin < rows; begin += step) {
      const int64_t count = std::min(step, rows - begin);
      const at::Tensor own = states.narrow(0, begin, count);
      const at::Tensor places = targets.narrow(0, begin, count).unsqueeze(1);
      const at::Tensor share = factors.narrow(0, begin, count).to(wide).unsqueeze(1);
      at::Tensor scores = at::matmul(own, weight.t()).to(wide);
      if (scale != 1) scores.mul_(scale);
      const bool excludes = excluded.numel() > 0;
      if (excludes) scores.index_fill_(1, excluded, -std::numeric_limits<double>::infinity());
      // Against the largest score: the sum of both would be rounded at the size of the scores, not at that of the loss.
      scores.sub_(scores.amax({1}, /*keepdim=*/true));
      const at::Tensor normalizer = scores.exp().sum({1}, /*keepdim=*/true).log_();
      losses.narrow(0, begin, count).copy_((normalizer - scores.gather(1, places)).squeeze(1));
      if (wantsEntropies) {
        // What is excluded has probability 0, and 0 times its score is no number.
        const at::Tensor own = (scores - normalizer).exp_();
        const at::Tensor finite = excludes ? scores.index_fill(1, excluded, 0) : scores;
        entropies.narrow(0, begin, count).copy_(normalizer.squeeze(1) - (own * finite).sum(1));
      }
      if (!wantsStates && !wantsWeight) continue;
      scores.sub_(normalizer).exp_().scatter_add_(1, places, at::full({count, 1}, -1, scores.options())).mul_(share);
      if (scale != 1) scores.mul_(scale);
      const at::Tensor gradient = scores.to(states.scalar_type());
      if (wantsStates) dstates.narrow(0, begin, count).copy_(at::matmul(gradient, weight));
      if (wantsWeight) dweight.addmm_(gradient.t(), own);
    }
    context->saved_data["states"] = dstates;
    context->saved_data["weight"] = dweight;
    context->mark_non_differentiable({losses, entropies});
    return {(losses * factors.to(wide)).sum(), losses, entropies};
  }

  static variable_list backward(AutogradContext *context, variable_list gradients) {
    TORCH_CHECK(!context->saved_data.empty(), "the cross-entropy of a vocabulary can be differentiated once");
    at::Tensor found[2];
    const char *names[2] = {"states", "weight"};
    for (int i = 0; i < 2; ++i) {
      found[i] = context->saved_data[names[i]].toTensor();
      if (found[i].defined()) found[i].mul_(gradients[0]);
    }
    // They are given away, and there is no second time.
    context->saved_data.clear();
    return {found[0], found[1], {}, {}, {}, {}, {}, {}, {}};
  }
};

}  // namespace

extern "C" {

int32_t ct_vocabulary_cross_entropy(CTensor states, CTensor weight, CTensor targets, CTensor factors, CTensor excluded,
                                    double scale, CTensor *loss, CTensor *losses, CTensor *entropies) {
  return guarded([&] {
    const at::Tensor &h = tensor(states), &w = tensor(weight), &t = tensor(targets), &f = tensor(factors);
    TORCH_CHECK(h.dim() == 2 && w.dim() == 2 && h.size(1) == w.size(1) && h.scalar_type() == w.scalar_type() &&
                    t.dim() == 1 && t.size(0) == h.size(0) && t.scalar_type() == at::kLong && f.sizes() == t.sizes(),
                "rows of ", h.sizes(), " (", h.scalar_type(), "), a vocabulary of ", w.sizes(), " (", w.scalar_type(), "), ",
                t.sizes(), " targets and ", f.sizes(), " factors do not go together");
    TORCH_CHECK(t.numel() == 0 || (t.min().item<int64_t>() >= 0 && t.max().item<int64_t>() < w.size(0)),
                "a target is outside the vocabulary of ", w.size(0));
    // An undefined tensor is no argument of a node.
    const at::Tensor out = excluded.ctx ? tensor(excluded) : at::empty({0}, t.options());
    TORCH_CHECK(out.numel() == 0 ||
                    (out.scalar_type() == at::kLong && out.min().item<int64_t>() >= 0 && out.max().item<int64_t>() < w.size(0)),
                "an excluded token is outside the vocabulary of ", w.size(0));
    TORCH_CHECK(std::isfinite(scale) && scale > 0, "scores cannot be multiplied by ", scale);
    const bool graph = c10::GradMode::is_enabled();
    const variable_list results =
        CrossEntropyFunction::apply(h, w, t, f, out, scale, entropies != nullptr, graph && h.requires_grad(),
                                    graph && w.requires_grad());
    CTensor first = adopt(results[0]);
    *losses = adopt(results[1]);
    if (entropies) *entropies = adopt(results[2]);
    *loss = first;
  });
}
}
