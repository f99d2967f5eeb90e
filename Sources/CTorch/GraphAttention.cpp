// Attention with its gradient: rotary step, attention, masses in one node of the graph.
#include <torch/csrc/autograd/custom_function.h>

#include "Graph.h"

using namespace ctorch;
using torch::autograd::AutogradContext;
using torch::autograd::Function;
using torch::autograd::variable_list;

namespace {

/// Neighbouring sequences of one length, in a row of tokens: `count` of `length` tokens from `start` on. With `shared` above 0 it is
/// one sequence, whose parts behind as many tokens do not see each other.
struct Stretch {
  int64_t start, count, length, shared;

  Branches branches(const std::vector<int32_t> &first) const {
    return shared > 0 ? Branches{first.data() + start, shared} : Branches{};
  }
};

std::vector<Stretch> stretches(const std::vector<int64_t> &numbers) {
  std::vector<Stretch> result;
  for (size_t i = 0; i + 3 < numbers.size(); i += 4) {
    result.push_back({numbers[i], numbers[i + 1], numbers[i + 2], numbers[i + 3]});
  }
  return result;
}

/// For each token the first key of its own part, counted from the start of its sequence; read where a stretch has parts.
std::vector<int32_t> firstKeys(const at::Tensor &first) {
  const int32_t *numbers = first.const_data_ptr<int32_t>();
  return std::vector<int32_t>(numbers, numbers + first.numel());
}

/// The masses of all tokens, [batch, heads, tokens, groups], and those of a stretch, [count, heads, length, groups]: a stretch is
/// either all sequences of a batch or lies in the only row of one.
at::Tensor ofStretch(const at::Tensor &all, const Stretch &stretch) {
  const bool isWhole = stretch.start == 0 && stretch.count == all.size(0) && stretch.length == all.size(2);
  if (isWhole) return all;
  return all[0]
      .narrow(1, stretch.start, stretch.count * stretch.length)
      .unflatten(1, {stretch.count, stretch.length})
      .transpose(0, 1);
}

/// The turned copy of x, without gaps.
at::Tensor turned(const at::Tensor &x, const at::Tensor &cos, const at::Tensor &sin) {
  at::Tensor out = at::empty(x.sizes(), x.options());
  rotaryInto(x, cos, sin, out);
  return out;
}

struct AttentionFunction : Function<AttentionFunction> {
  static variable_list forward(AutogradContext *context, const at::Tensor &query, const at::Tensor &key,
                               const at::Tensor &value, const at::Tensor &cos, const at::Tensor &sin,
                               const at::Tensor &membership, int64_t groups, const std::vector<int64_t> &numbers,
                               const at::Tensor &firsts, bool causal, double scale) {
    const at::Tensor q = turned(query, cos, sin), k = turned(key, cos, sin), v = value.contiguous();
    const int64_t heads = q.size(2), keyHeads = k.size(2), width = q.size(3);
    at::Tensor out = at::empty(q.sizes(), q.options());
    at::Tensor logSumExp = at::empty({q.size(0) * q.size(1) * heads}, at::kFloat);
    at::Tensor masses = at::empty({q.size(0), heads, q.size(1), groups}, at::kFloat);
    const std::vector<int32_t> first = firstKeys(firsts);
    dispatch(q, [&](auto *type) {
      using T = Element<decltype(type)>;
      for (const Stretch &stretch : stretches(numbers)) {
        std::vector<KeySegment<T>> segments;
        for (int64_t b = 0; b < stretch.count; ++b) {
          const int64_t token = stretch.start + b * stretch.length;
          for (int64_t h = 0; h < keyHeads; ++h) {
            const int64_t at = (token * keyHeads + h) * width;
            segments.push_back({data<T>(k) + at, data<T>(v) + at, keyHeads * width, keyHeads * width, stretch.length,
                                groups > 0 ? data<uint8_t>(membership) + token : nullptr});
          }
        }
        at::Tensor own;
        if (groups > 0) own = at::empty({stretch.count, heads, stretch.length, groups}, at::kFloat);
        const int64_t at = stretch.start * heads * width, each = stretch.length * heads * width;
        attention(AttentionCall<T>{stretch.count, stretch.length, heads, keyHeads, width, data<T>(q) + at, each,
                                   heads * width, width, segments.data(), 1, data<T>(out) + at, each, heads * width,
                                   width, groups > 0 ? data<float>(own) : nullptr, groups, nullptr, nullptr, causal,
                                   static_cast<float>(scale), data<float>(logSumExp) + stretch.start * heads,
                                   stretch.branches(first)});
        if (groups > 0) ofStretch(masses, stretch).copy_(own);
      }
    });
    context->save_for_backward({q, k, v, cos, sin, membership, out, masses});
    context->saved_data["logSumExp"] = logSumExp;
    context->saved_data["numbers"] = numbers;
    context->saved_data["firsts"] = firsts;
    context->saved_data["causal"] = causal;
    context->saved_data["scale"] = scale;
    return {out, masses};
  }

  static variable_list backward(AutogradContext *context, variable_list gradients) {
    const variable_list saved = context->get_saved_variables();
    const at::Tensor &q = saved[0], &k = saved[1], &v = saved[2], &cos = saved[3], &sin = saved[4], &out = saved[6],
                     &masses = saved[7];
    const at::Tensor logSumExp = context->saved_data["logSumExp"].toTensor();
    const at::Tensor dout = gradients[0].defined() ? gradients[0].contiguous() : at::zeros_like(q);
    const at::Tensor dmasses = masses.size(3) > 0 ? gradients[1] : at::Tensor();
    const int64_t heads = q.size(2), keyHeads = k.size(2), width = q.size(3), groups = masses.size(3);
    at::Tensor dq = at::empty_like(q), dk = at::empty_like(k), dv = at::empty_like(v);
    const std::vector<int32_t> first = firstKeys(context->saved_data["firsts"].toTensor());
    dispatch(q, [&](auto *type) {
      using T = Element<decltype(type)>;
      for (const Stretch &stretch : stretches(context->saved_data["numbers"].toIntVector())) {
        at::Tensor own, gradient;
        if (dmasses.defined()) {
          own = ofStretch(masses, stretch).contiguous();
          gradient = ofStretch(dmasses, stretch).contiguous();
        }
        const int64_t at = stretch.start * heads * width, keysAt = stretch.start * keyHeads * width;
        attentionGradient(AttentionGradientCall<T>{
            stretch.count, stretch.length, heads, keyHeads, width, data<T>(q) + at, data<T>(k) + keysAt,
            data<T>(v) + keysAt, data<T>(out) + at, data<T>(dout) + at, data<float>(logSumExp) + stretch.start * heads,
            dmasses.defined() ? data<uint8_t>(saved[5]) + stretch.start : nullptr,
            dmasses.defined() ? data<float>(own) : nullptr, dmasses.defined() ? data<float>(gradient) : nullptr, groups,
            data<T>(dq) + at, data<T>(dk) + keysAt, data<T>(dv) + keysAt, context->saved_data["causal"].toBool(),
            static_cast<float>(context->saved_data["scale"].toDouble()), stretch.branches(first)});
      }
    });
    // The turn back.
    const at::Tensor back = -sin;
    rotaryInto(dq, cos, back, dq);
    rotaryInto(dk, cos, back, dk);
    return {dq, dk, dv, {}, {}, {}, {}, {}, {}, {}, {}};
  }
};

}  // namespace

extern "C" {

int32_t ct_graph_attention(CTensor query, CTensor key, CTensor value, CTensor cos, CTensor sin, CTensor membership,
                           int32_t groups, const int64_t *stretch, int32_t stretch_count, const int32_t *first_keys,
                           bool causal, double scale, CTensor *out, CTensor *masses) {
  return guarded([&] {
    const at::Tensor &q = tensor(query), &k = tensor(key), &v = tensor(value);
    TORCH_CHECK(ct_takes_graph_attention(query, key, value) && q.dim() == 4 && k.dim() == 4 && k.sizes() == v.sizes() &&
                    k.size(0) == q.size(0) && k.size(1) == q.size(1) && k.size(3) == q.size(3) && k.size(2) > 0 &&
                    q.size(2) % k.size(2) == 0,
                "attention with a gradient cannot take queries of ", q.sizes(), ", keys of ", k.sizes(),
                " and values of ", v.sizes());
    const std::vector<int64_t> numbers(stretch, stretch + 4 * stretch_count);
    int64_t covered = 0;
    bool branched = false;
    for (const Stretch &part : stretches(numbers)) {
      TORCH_CHECK(part.start == covered && part.count > 0 && part.length > 0, "the stretches of tokens leave gaps");
      TORCH_CHECK(q.size(0) == 1 || (stretch_count == 1 && part.length == q.size(1)),
                  "several rows of tokens have one stretch, of whole rows");
      TORCH_CHECK(part.shared == 0 || (part.count == 1 && causal && part.shared > 0 && part.shared < part.length &&
                                       first_keys != nullptr),
                  "parts of a sequence of ", part.length, " tokens cannot share ", part.shared);
      for (int64_t i = 0; part.shared > 0 && i < part.length; ++i) {
        const int64_t first = first_keys[part.start + i];
        TORCH_CHECK(first >= 0 && first <= i, "token ", i, " of a sequence cannot see keys from ", first, " on only");
      }
      branched = branched || part.shared > 0;
      covered += part.count * part.length;
    }
    TORCH_CHECK(covered == q.size(0) * q.size(1), "stretches of ", covered, " tokens do not cover ", q.sizes());
    at::Tensor bytes;
    if (groups > 0) {
      bytes = tensor(membership);
      TORCH_CHECK(bytes.is_cpu() && bytes.scalar_type() == at::kByte && bytes.is_contiguous() && groups <= 8 &&
                      bytes.numel() == covered,
                  "the membership of ", covered, " keys must be as many bytes, of up to 8 groups");
    } else {
      bytes = at::empty({0}, at::kByte);
    }
    at::Tensor firsts = at::empty({branched ? covered : 0}, at::kInt);
    if (branched) std::copy(first_keys, first_keys + covered, firsts.mutable_data_ptr<int32_t>());
    const variable_list results = AttentionFunction::apply(q, k, v, tensor(cos).contiguous(), tensor(sin).contiguous(),
                                                           bytes, groups, numbers, firsts, causal, scale);
    *out = adopt(results[0]);
    *masses = adopt(results[1]);
  });
}

bool ct_takes_graph_attention(CTensor query, CTensor key, CTensor value) {
  if (query.ctx == nullptr || key.ctx == nullptr || value.ctx == nullptr) return false;
  const at::Tensor &q = tensor(query), &k = tensor(key), &v = tensor(value);
  return known(q, k, v) && q.stride(-1) == 1 && k.stride(-1) == 1 && q.numel() > 0;
}
}
