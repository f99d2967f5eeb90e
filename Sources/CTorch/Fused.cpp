#include "Graph.h"
#include "KernelTensors.h"

using namespace ctorch;

namespace {

at::Tensor composedNorm(const at::Tensor &value, const at::Tensor &weight, double epsilon) {
  const bool narrow = value.scalar_type() == at::kHalf || value.scalar_type() == at::kBFloat16;
  const at::Tensor wide = narrow ? value.to(at::kFloat) : value;
  const at::Tensor scaled = wide * at::rsqrt(wide.square().mean(-1, /*keepdim=*/true) + epsilon);
  return weight * (narrow ? scaled.to(value.scalar_type()) : scaled);
}

void requireWidth(const at::Tensor &x, const at::Tensor &weight) {
  TORCH_CHECK(weight.dim() == 1 && x.dim() > 0 && x.size(-1) == weight.size(0), "a norm over ", x.sizes(),
              " cannot have weights of ", weight.sizes());
}

}  // namespace

at::Tensor ctorch::fusedNorm(const at::Tensor &x, const at::Tensor *delta, const at::Tensor &weight, at::Tensor *total,
                     double epsilon) {
  at::Tensor out = at::empty_like(x);
  const int64_t width = weight.size(0);
  dispatch(x, [&](auto *type) {
    using T = Element<decltype(type)>;
    rmsNorm<T>(data<T>(x), delta == nullptr ? nullptr : data<T>(*delta), data<T>(weight),
               total == nullptr ? nullptr : data<T>(*total), data<T>(out), x.numel() / std::max<int64_t>(width, 1),
               width, static_cast<float>(epsilon));
  });
  return out;
}

namespace {

/// The blocks of heads of one sequence of a [batch, tokens, heads, width] tensor.
template <typename T>
Heads<T> heads(const at::Tensor &x, int64_t sequence) {
  return {data<std::remove_const_t<T>>(x) + sequence * x.stride(0), x.stride(1), x.stride(2)};
}

at::Tensor composedRotary(const at::Tensor &value, const at::Tensor &cos, const at::Tensor &sin) {
  const at::Tensor wide = value.to(at::promote_types(value.scalar_type(), at::kFloat));
  const at::Tensor c = cos.unsqueeze(2);  // [batch, tokens, 1, width / 2]
  const at::Tensor s = sin.unsqueeze(2);
  const std::vector<at::Tensor> halves = wide.chunk(2, -1);
  const at::Tensor turned = at::cat({halves[0] * c - halves[1] * s, halves[1] * c + halves[0] * s}, -1);
  return turned.to(value.scalar_type());
}

void requireAngles(const at::Tensor &x, const at::Tensor &cos, const at::Tensor &sin) {
  TORCH_CHECK(x.dim() == 4 && cos.dim() == 3 && cos.sizes() == sin.sizes() && cos.size(1) == x.size(1) &&
                  cos.size(2) * 2 == x.size(3) && (cos.size(0) == 1 || cos.size(0) == x.size(0)),
              "heads of ", x.sizes(), " cannot be turned by angles of ", cos.sizes());
}

void requireTarget(const at::Tensor &x, const at::Tensor &target) {
  TORCH_CHECK(x.dim() == 4 && x.sizes() == target.sizes() && x.stride(3) == 1 && target.stride(3) == 1,
              "heads of ", x.sizes(), " cannot be written into ", target.sizes());
  TORCH_CHECK(plain(x, target), "heads of ", x.scalar_type(), " cannot be written into ", target.scalar_type(),
              " where a gradient is recorded or outside the CPU");
}

}  // namespace

void ctorch::rotaryInto(const at::Tensor &x, const at::Tensor &cos, const at::Tensor &sin, const at::Tensor &target) {
  const at::Tensor c = cos.contiguous(), s = sin.contiguous();
  dispatch(x, [&](auto *type) {
    using T = Element<decltype(type)>;
    for (int64_t sequence = 0; sequence < x.size(0); ++sequence) {
      const int64_t angles = c.size(0) == 1 ? 0 : sequence * c.stride(0);
      rotary<T>(heads<const T>(x, sequence), data<float>(c) + angles, data<float>(s) + angles,
                heads<T>(target, sequence), x.size(1), x.size(2), x.size(3));
    }
  });
}

extern "C" {

int32_t ct_rms_norm(CTensor x, CTensor weight, double epsilon, CTensor *out) {
  return guarded([&] {
    const at::Tensor &value = tensor(x);
    const at::Tensor scale = tensor(weight).to(value.scalar_type());
    requireWidth(value, scale);
    const bool fused = plain(value, scale) && value.is_contiguous() && scale.is_contiguous();
    if (fused) {
      *out = adopt(fusedNorm(value, nullptr, scale, nullptr, epsilon));
    } else {
      *out = adopt(fits(value, scale) ? graphNorm(value, scale, epsilon) : composedNorm(value, scale, epsilon));
    }
  });
}

int32_t ct_add_rms_norm(CTensor x, CTensor delta, CTensor weight, double epsilon, CTensor *sum, CTensor *out) {
  return guarded([&] {
    const at::Tensor &value = tensor(x);
    const at::Tensor &added = tensor(delta);
    const at::Tensor scale = tensor(weight).to(value.scalar_type());
    requireWidth(value, scale);
    TORCH_CHECK(value.sizes() == added.sizes(), "cannot add ", added.sizes(), " to ", value.sizes());
    at::Tensor total, normed;
    if (plain(value, added, scale) && value.is_contiguous() && added.is_contiguous() && scale.is_contiguous()) {
      total = value;
      normed = fusedNorm(value, &added, scale, &total, epsilon);
    } else if (fits(value, added, scale)) {
      std::tie(total, normed) = graphAddNorm(value, added, scale, epsilon);
    } else {
      total = value + added;
      normed = composedNorm(total, scale, epsilon);
    }
    *sum = adopt(std::move(total));
    *out = adopt(std::move(normed));
  });
}

int32_t ct_silu_mul(CTensor gate, CTensor up, CTensor *out) {
  return guarded([&] {
    const at::Tensor &g = tensor(gate);
    const at::Tensor &u = tensor(up);
    if (!plain(g, u) || !g.is_contiguous() || !u.is_contiguous() || g.sizes() != u.sizes()) {
      *out = adopt(g.sizes() == u.sizes() && fits(g, u) ? graphSiluProduct(g, u) : at::silu(g) * u);
      return;
    }
    dispatch(g, [&](auto *type) {
      using T = Element<decltype(type)>;
      siluGate<T>(data<T>(g), data<T>(u), g.numel());
    });
    *out = adopt(u);
  });
}

int32_t ct_rotary(CTensor x, CTensor cos, CTensor sin, CTensor *out) {
  return guarded([&] {
    const at::Tensor &value = tensor(x);
    const at::Tensor &c = tensor(cos);
    const at::Tensor &s = tensor(sin);
    requireAngles(value, c, s);
    if (!plain(value) || value.stride(3) != 1 || c.scalar_type() != at::kFloat || c.requires_grad()) {
      *out = adopt(composedRotary(value, c, s));
      return;
    }
    rotaryInto(value, c, s, value);
    *out = adopt(value);
  });
}

int32_t ct_rotary_into_(CTensor x, CTensor cos, CTensor sin, CTensor target) {
  return guarded([&] {
    requireAngles(tensor(x), tensor(cos), tensor(sin));
    requireTarget(tensor(x), tensor(target));
    rotaryInto(tensor(x), tensor(cos), tensor(sin), tensor(target));
  });
}

bool ct_is_plain(CTensor x) { return x.ctx != nullptr && plain(tensor(x)); }
}
