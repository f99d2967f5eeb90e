// Activation checkpointing: what a part of the graph needs for its gradient is made again when the gradient is.
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/custom_function.h>

#include "Support.h"

using namespace ctorch;
using torch::autograd::AutogradContext;
using torch::autograd::Function;
using torch::autograd::variable_list;

namespace {

/// What a body has given, or why it could not.
struct Given {
  variable_list tensors;
  std::string problem;
};

/// A body and what belongs to it, which is let go with the last node of the graph that needs it.
struct Body : torch::CustomClassHolder {
  CTBody call;
  void (*release)(void *);
  void *context;

  Body(CTBody call, void (*release)(void *), void *context) : call(call), release(release), context(context) {}
  ~Body() override { release(context); }

  variable_list operator()(const variable_list &inputs) const {
    std::vector<CTensor> handles;
    for (const at::Tensor &input : inputs) handles.push_back(adopt(input));
    Given given;
    if (call(context, handles.data(), static_cast<int32_t>(handles.size()), &given) != 0) {
      throw std::runtime_error(given.problem.empty() ? "a checkpointed part failed" : given.problem);
    }
    return given.tensors;
  }
};

struct CheckpointFunction : Function<CheckpointFunction> {
  static variable_list forward(AutogradContext *context, const c10::intrusive_ptr<Body> &body,
                               at::TensorList inputs, const at::Tensor &) {
    context->saved_data["body"] = c10::IValue::make_capsule(body);
    context->save_for_backward(inputs.vec());
    variable_list outputs = (*body)(inputs.vec());
    // What is passed through unchanged must be a tensor of its own.
    for (at::Tensor &output : outputs) output = output.detach();
    return outputs;
  }

  static variable_list backward(AutogradContext *context, variable_list gradients) {
    variable_list inputs;
    for (const at::Tensor &saved : context->get_saved_variables()) {
      inputs.push_back(saved.detach().set_requires_grad(saved.requires_grad()));
    }
    const auto held = context->saved_data["body"].toCapsule();
    variable_list outputs, seeds;
    {
      const c10::AutoGradMode on(true);
      const variable_list all = (*static_cast<Body *>(held.get()))(inputs);
      for (size_t i = 0; i < all.size(); ++i) {
        if (!all[i].requires_grad() || !gradients[i].defined()) continue;
        outputs.push_back(all[i]);
        seeds.push_back(gradients[i]);
      }
      if (!outputs.empty()) torch::autograd::backward(outputs, seeds);
    }
    variable_list result = {at::Tensor()};
    for (const at::Tensor &input : inputs) result.push_back(input.grad());
    result.push_back(at::Tensor());
    return result;
  }
};

}  // namespace

extern "C" {

void ct_give(void *given, CTensor x) { static_cast<Given *>(given)->tensors.push_back(tensor(x)); }

void ct_give_problem(void *given, const char *text) { static_cast<Given *>(given)->problem = text; }

int32_t ct_checkpoint(const CTensor *inputs, int32_t count, CTBody body, void (*release)(void *), void *context,
                      int32_t output_count, CTensor *out) {
  const auto held = c10::make_intrusive<Body>(body, release, context);
  return guarded([&] {
    // Parameters inside the body want gradients even where no input does.
    const variable_list variables = list(inputs, count);
    const at::Tensor wanted = at::zeros({}).set_requires_grad(true);
    const variable_list outputs = CheckpointFunction::apply(held, at::TensorList(variables), wanted);
    TORCH_CHECK(static_cast<int32_t>(outputs.size()) == output_count, "a checkpointed part gave ", outputs.size(),
                " tensors in place of ", output_count);
    for (int32_t i = 0; i < output_count; ++i) out[i] = adopt(outputs[static_cast<size_t>(i)]);
  });
}
}
