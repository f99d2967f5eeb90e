#include <c10/core/GradMode.h>

#include "Kernels.h"
#include "Support.h"

using namespace ctorch;

namespace {

/// True if nothing here takes part in a gradient and the memory is the CPU's, in a type the kernels know.
template <typename... Tensors>
bool plain(const at::Tensor &first, const Tensors &...rest) {
  const bool known = first.scalar_type() == at::kFloat || first.scalar_type() == at::kBFloat16;
  const bool same = ((rest.scalar_type() == first.scalar_type()) && ...);
  const bool near = first.is_cpu() && (rest.is_cpu() && ...);
  const bool graph = c10::GradMode::is_enabled() && (first.requires_grad() || (rest.requires_grad() || ...));
  return known && same && near && !graph;
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

at::Tensor fusedNorm(const at::Tensor &x, const at::Tensor *delta, const at::Tensor &weight, at::Tensor *total,
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
  TORCH_CHECK(x.dim() == 4 && target.dim() == 4 && x.sizes().slice(0, 3) == target.sizes().slice(0, 3) &&
                  target.size(3) >= x.size(3) && x.stride(3) == 1 && target.stride(3) == 1,
              "heads of ", x.sizes(), " cannot be written into ", target.sizes());
  TORCH_CHECK(plain(x, target), "heads of ", x.scalar_type(), " cannot be written into ", target.scalar_type(),
              " where a gradient is recorded or outside the CPU");
}

void rotaryInto(const at::Tensor &x, const at::Tensor &cos, const at::Tensor &sin, const at::Tensor &target) {
  const at::Tensor c = cos.contiguous(), s = sin.contiguous();
  dispatch(x, [&](auto *type) {
    using T = Element<decltype(type)>;
    for (int64_t sequence = 0; sequence < x.size(0); ++sequence) {
      const int64_t angles = c.size(0) == 1 ? 0 : sequence * c.stride(0);
      rotary<T>(heads<const T>(x, sequence), data<float>(c) + angles, data<float>(s) + angles,
                heads<T>(target, sequence), x.size(1), x.size(2), x.size(3), target.size(3) - x.size(3));
    }
  });
}

}  // namespace

extern "C" {

int32_t ct_rms_norm(CTensor x, CTensor weight, double epsilon, CTensor *out) {
  return guarded([&] {
    const at::Tensor &value = tensor(x);
    const at::Tensor scale = tensor(weight).to(value.scalar_type());
    requireWidth(value, scale);
    const bool fused = plain(value, scale) && value.is_contiguous() && scale.is_contiguous();
    *out = adopt(fused ? fusedNorm(value, nullptr, scale, nullptr, epsilon) : composedNorm(value, scale, epsilon));
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
      *out = adopt(at::silu(g) * u);
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

int32_t ct_heads_into_(CTensor x, CTensor columns, CTensor target) {
  return guarded([&] {
    const at::Tensor &value = tensor(x);
    const at::Tensor &place = tensor(target);
    requireTarget(value, place);
    const int64_t extra = place.size(3) - value.size(3);
    at::Tensor behind;
    if (columns.ctx != nullptr) behind = tensor(columns).to(at::kFloat).contiguous();
    TORCH_CHECK(behind.defined() ? behind.dim() == 3 && behind.size(0) == value.size(0) &&
                                       behind.size(1) == value.size(1) && behind.size(2) == extra
                                 : extra == 0,
                "the columns behind the heads must be [batch, tokens, ", extra, "]");
    dispatch(value, [&](auto *type) {
      using T = Element<decltype(type)>;
      for (int64_t sequence = 0; sequence < value.size(0); ++sequence) {
        const float *own = behind.defined() ? data<float>(behind) + sequence * behind.stride(0) : nullptr;
        copyHeads<T>(heads<const T>(value, sequence), own, heads<T>(place, sequence), value.size(1), value.size(2),
                     value.size(3), extra);
      }
    });
  });
}

bool ct_is_plain(CTensor x) { return x.ctx != nullptr && plain(tensor(x)); }

int32_t ct_decode_attention(CTensor query, const CTensor *keys, const CTensor *values, const CTensor *membership,
                            int32_t segments, int32_t groups, double scale, CTensor *out, CTensor *masses) {
  return guarded([&] {
    const at::Tensor q = tensor(query).contiguous();
    TORCH_CHECK(plain(q) && q.dim() == 3, "decoding takes queries of [sequences, heads, width] on the CPU");
    const int64_t sequences = q.size(0), heads = q.size(1), width = q.size(2);
    const int64_t keyHeads = tensor(keys[0]).size(0);
    TORCH_CHECK(keyHeads > 0 && heads % keyHeads == 0, heads, " query heads cannot share ", keyHeads, " key heads");
    std::vector<at::Tensor> k = list(keys, static_cast<int32_t>(sequences) * segments);
    std::vector<at::Tensor> v = list(values, static_cast<int32_t>(sequences) * segments);
    std::vector<at::Tensor> m;
    if (membership != nullptr) m = list(membership, static_cast<int32_t>(sequences) * segments);
    for (size_t i = 0; i < k.size(); ++i) {
      TORCH_CHECK(k[i].dim() == 3 && k[i].sizes() == v[i].sizes() && k[i].size(0) == keyHeads && k[i].size(2) == width &&
                      plain(q, k[i], v[i]) && k[i].stride(2) == 1 && v[i].stride(2) == 1,
                  "cached keys of ", k[i].sizes(), " do not fit queries of ", q.sizes());
      TORCH_CHECK(m.empty() || (m[i].scalar_type() == at::kByte && m[i].is_contiguous() && m[i].numel() == k[i].size(1)),
                  "the membership of ", k[i].size(1), " keys must be as many bytes");
    }
    at::Tensor result = at::empty_like(q);
    at::Tensor mass;
    if (!m.empty()) mass = at::empty({sequences, heads, groups}, at::kFloat);
    const int64_t share = heads / keyHeads;
    dispatch(q, [&](auto *type) {
      using T = Element<decltype(type)>;
      parallelFor(sequences * keyHeads, 1, [&](int64_t begin, int64_t end) {
        std::vector<KeySegment<T>> parts(static_cast<size_t>(segments));
        std::vector<float> scores;
        for (int64_t unit = begin; unit < end; ++unit) {
          const int64_t sequence = unit / keyHeads, head = unit % keyHeads;
          int64_t total = 0;
          for (int32_t s = 0; s < segments; ++s) {
            const size_t at = static_cast<size_t>(sequence * segments + s);
            parts[static_cast<size_t>(s)] = {data<T>(k[at]) + head * k[at].stride(0),
                                             data<T>(v[at]) + head * v[at].stride(0),
                                             k[at].stride(1),
                                             v[at].stride(1),
                                             k[at].size(1),
                                             m.empty() ? nullptr : data<uint8_t>(m[at])};
            total += k[at].size(1);
          }
          scores.resize(static_cast<size_t>(share * (total + width + 1)));
          const int64_t first = sequence * heads + head * share;
          decodeAttention<T>(data<T>(q) + first * width, parts.data(), segments, data<T>(result) + first * width,
                             m.empty() ? nullptr : data<float>(mass) + first * groups, scores.data(), share, width,
                             groups, static_cast<float>(scale));
        }
      });
    });
    if (!m.empty()) *masses = adopt(std::move(mass));
    *out = adopt(std::move(result));
  });
}
}
