#include <ATen/core/grad_mode.h>
#include <ATen/ops/_foreach_mul.h>
#include <ATen/ops/_foreach_norm.h>
#include <ATen/ops/_fused_adamw.h>
#include <ATen/ops/linalg_vector_norm.h>
#include <ATen/ops/stack.h>
#include <torch/csrc/autograd/autograd.h>

#include "Support.h"

using namespace ctorch;

extern "C" {

bool ct_grad_enabled(void) { return c10::GradMode::is_enabled(); }

void ct_set_grad_enabled(bool enabled) { c10::GradMode::set_enabled(enabled); }

int32_t ct_set_requires_grad_(CTensor x, bool required) {
  return guarded([&] { tensor(x).set_requires_grad(required); });
}

int32_t ct_detach(CTensor x, CTensor *out) {
  return guarded([&] { *out = adopt(tensor(x).detach()); });
}

int32_t ct_backward(CTensor x, bool retain_graph) {
  return guarded([&] { tensor(x).backward({}, retain_graph); });
}

int32_t ct_grad(CTensor x, CTensor *out, bool *defined) {
  return guarded([&] {
    const at::Tensor &gradient = tensor(x).grad();
    if (gradient.defined()) *out = adopt(gradient);
    *defined = gradient.defined();
  });
}

int32_t ct_clear_grad_(CTensor x) {
  return guarded([&] { tensor(x).mutable_grad() = at::Tensor(); });
}

int32_t ct_gradient(CTensor output, CTensor seed, const CTensor *inputs, int32_t count, bool retain_graph,
                    bool create_graph, CTensor *out) {
  return guarded([&] {
    const std::vector<at::Tensor> variables = list(inputs, count);
    std::vector<at::Tensor> seeds;
    if (seed.ctx != nullptr) seeds.push_back(tensor(seed));
    std::vector<at::Tensor> gradients =
        torch::autograd::grad({tensor(output)}, variables, seeds, retain_graph, create_graph, /*allow_unused=*/true);
    for (size_t i = 0; i < gradients.size(); ++i)
      if (!gradients[i].defined()) gradients[i] = at::zeros_like(variables[i]);
    for (size_t i = 0; i < gradients.size(); ++i) out[i] = adopt(std::move(gradients[i]));
  });
}

int32_t ct_adamw_step_(const CTensor *parameters, const CTensor *gradients, const CTensor *first_moments,
                       const CTensor *second_moments, const CTensor *steps, int32_t count, double learning_rate,
                       double beta1, double beta2, double weight_decay, double epsilon) {
  return guarded([&] {
    const c10::AutoGradMode off(false);
    std::vector<at::Tensor> stepList = list(steps, count);
    for (at::Tensor &step : stepList) step.add_(1);
    at::_fused_adamw_(list(parameters, count), list(gradients, count), list(first_moments, count),
                      list(second_moments, count), {}, stepList, learning_rate, beta1, beta2, weight_decay, epsilon,
                      /*amsgrad=*/false, /*maximize=*/false);
  });
}

int32_t ct_grad_norm(const CTensor *gradients, int32_t count, double *norm) {
  return guarded([&] {
    const c10::AutoGradMode off(false);
    std::vector<at::Tensor> norms;
    for (const at::Tensor &gradient : list(gradients, count)) {
      const at::ScalarType type = gradient.element_size() < 4 ? at::kFloat : gradient.scalar_type();
      norms.push_back(at::linalg_vector_norm(gradient, 2, {}, false, type).to(at::kDouble));
    }
    *norm = norms.empty() ? 0 : at::linalg_vector_norm(at::stack(norms)).item<double>();
  });
}

int32_t ct_clip_grad_norm_(const CTensor *gradients, int32_t count, double max_norm, double *norm) {
  return guarded([&] {
    const c10::AutoGradMode off(false);
    const std::vector<at::Tensor> all = list(gradients, count);
    const at::Tensor total = at::linalg_vector_norm(at::stack(at::_foreach_norm(all, 2)));
    *norm = total.item<double>();
    const double scale = max_norm / (*norm + 1e-6);
    if (scale < 1) at::_foreach_mul_(all, scale);
  });
}
}
