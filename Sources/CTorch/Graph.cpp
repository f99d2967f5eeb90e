#include "Graph.h"

#include <torch/csrc/autograd/custom_function.h>

using namespace ctorch;
using torch::autograd::AutogradContext;
using torch::autograd::Function;
using torch::autograd::variable_list;

namespace {

/// dx and dweight of a norm; `added` is undefined, or added to dx.
std::tuple<at::Tensor, at::Tensor> normGradient(const at::Tensor &x, const at::Tensor &weight, const at::Tensor &dy,
                                                const at::Tensor &added, double epsilon) {
  at::Tensor dx = at::empty_like(x), dweight = at::empty(weight.sizes(), at::kFloat);
  const at::Tensor gradient = dy.contiguous(), other = added.defined() ? added.contiguous() : added;
  dispatch(x, [&](auto *type) {
    using T = Element<decltype(type)>;
    rmsNormGradient<T>(data<T>(x), data<T>(weight), data<T>(gradient), other.defined() ? data<T>(other) : nullptr,
                       data<T>(dx), data<float>(dweight), x.numel() / weight.size(0), weight.size(0),
                       static_cast<float>(epsilon));
  });
  return {dx, dweight.to(weight.scalar_type())};
}

struct NormFunction : Function<NormFunction> {
  static at::Tensor forward(AutogradContext *context, const at::Tensor &x, const at::Tensor &weight, double epsilon) {
    context->save_for_backward({x, weight});
    context->saved_data["epsilon"] = epsilon;
    return fusedNorm(x, nullptr, weight, nullptr, epsilon);
  }

  static variable_list backward(AutogradContext *context, variable_list gradients) {
    const variable_list saved = context->get_saved_variables();
    auto [dx, dweight] =
        normGradient(saved[0], saved[1], gradients[0], at::Tensor(), context->saved_data["epsilon"].toDouble());
    return {dx, dweight, at::Tensor()};
  }
};

struct AddNormFunction : Function<AddNormFunction> {
  static variable_list forward(AutogradContext *context, const at::Tensor &x, const at::Tensor &delta,
                               const at::Tensor &weight, double epsilon) {
    at::Tensor total = at::empty_like(x);
    at::Tensor normed = fusedNorm(x, &delta, weight, &total, epsilon);
    context->save_for_backward({total, weight});
    context->saved_data["epsilon"] = epsilon;
    return {total, normed};
  }

  static variable_list backward(AutogradContext *context, variable_list gradients) {
    const variable_list saved = context->get_saved_variables();
    if (!gradients[1].defined()) return {gradients[0], gradients[0], at::Tensor(), at::Tensor()};
    auto [dx, dweight] =
        normGradient(saved[0], saved[1], gradients[1], gradients[0], context->saved_data["epsilon"].toDouble());
    return {dx, dx, dweight, at::Tensor()};
  }
};

struct SiluProductFunction : Function<SiluProductFunction> {
  static at::Tensor forward(AutogradContext *context, const at::Tensor &gate, const at::Tensor &up) {
    context->save_for_backward({gate, up});
    at::Tensor out = at::empty_like(up);
    dispatch(gate, [&](auto *type) {
      using T = Element<decltype(type)>;
      siluProduct<T>(data<T>(gate), data<T>(up), data<T>(out), gate.numel());
    });
    return out;
  }

  static variable_list backward(AutogradContext *context, variable_list gradients) {
    const variable_list saved = context->get_saved_variables();
    const at::Tensor &gate = saved[0], &up = saved[1], dout = gradients[0].contiguous();
    at::Tensor dgate = at::empty_like(gate), dup = at::empty_like(up);
    dispatch(gate, [&](auto *type) {
      using T = Element<decltype(type)>;
      siluProductGradient<T>(data<T>(gate), data<T>(up), data<T>(dout), data<T>(dgate), data<T>(dup), gate.numel());
    });
    return {dgate, dup};
  }
};

}  // namespace

namespace ctorch {

at::Tensor graphNorm(const at::Tensor &x, const at::Tensor &weight, double epsilon) {
  return NormFunction::apply(x, weight, epsilon);
}

std::tuple<at::Tensor, at::Tensor> graphAddNorm(const at::Tensor &x, const at::Tensor &delta, const at::Tensor &weight,
                                                double epsilon) {
  variable_list out = AddNormFunction::apply(x, delta, weight, epsilon);
  return {out[0], out[1]};
}

at::Tensor graphSiluProduct(const at::Tensor &gate, const at::Tensor &up) { return SiluProductFunction::apply(gate, up); }

}  // namespace ctorch
