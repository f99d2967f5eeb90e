#include <ATen/ops/_scaled_dot_product_flash_attention_for_cpu.h>
#include <ATen/ops/_scaled_dot_product_efficient_attention.h>

#include "Support.h"

using namespace ctorch;

extern "C" {

int32_t ct_fused_attention(CTensor query, CTensor key, CTensor value, CTensor mask, bool causal, double scale,
                           CTensor *out, CTensor *log_sum_exp) {
  return guarded([&] {
    const at::Tensor &q = tensor(query);
    const at::Tensor &k = tensor(key);
    const at::Tensor &v = tensor(value);
    std::optional<at::Tensor> bias;
    if (mask.ctx != nullptr) bias = tensor(mask);
    if (q.device().is_cpu()) {
      auto [output, lse] = at::_scaled_dot_product_flash_attention_for_cpu(q, k, v, 0.0, causal, bias, scale);
      CTensor first = adopt(std::move(output));
      *log_sum_exp = adopt(std::move(lse));
      *out = first;
      return;
    }
    // The CUDA kernel that takes a bias and gives the log-sum-exp wants as many key heads as query heads.
    const int64_t group = q.size(1) / k.size(1);
    const at::Tensor keys = group == 1 ? k : k.repeat_interleave(group, 1);
    const at::Tensor values = group == 1 ? v : v.repeat_interleave(group, 1);
    auto result = at::_scaled_dot_product_efficient_attention(q, keys, values, bias, /*compute_log_sumexp=*/true, 0.0,
                                                              causal, scale);
    CTensor first = adopt(std::get<0>(result));
    *log_sum_exp = adopt(std::get<1>(result).narrow(2, 0, q.size(2)));
    *out = first;
  });
}
}
