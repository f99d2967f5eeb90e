#include <ATen/ops/_scaled_dot_product_flash_attention_for_cpu.h>
#include <ATen/ops/_scaled_dot_product_efficient_attention.h>

#include <algorithm>

#include "KernelTensors.h"

using namespace ctorch;

namespace {

/// Checks that pieces [batch, count, key heads, width] of keys and values go with queries [batch, queries, heads, width].
void requirePieces(const at::Tensor &query, const std::vector<at::Tensor> &keys, const std::vector<at::Tensor> &values) {
  TORCH_CHECK(plain(query) && query.dim() == 4 && query.stride(3) == 1 && !keys.empty(),
              "attention takes queries of [batch, queries, heads, width] on the CPU and at least one piece of keys");
  for (size_t i = 0; i < keys.size(); ++i) {
    const at::Tensor &k = keys[i], &v = values[i];
    TORCH_CHECK(k.dim() == 4 && k.sizes() == v.sizes() && k.size(0) == query.size(0) && k.size(3) == query.size(3) &&
                    k.size(2) == keys[0].size(2) && k.size(2) > 0 && query.size(2) % k.size(2) == 0 &&
                    plain(query, k, v) && k.stride(3) == 1 && v.stride(3) == 1,
                "keys of ", k.sizes(), " and values of ", v.sizes(), " do not fit queries of ", query.sizes());
  }
}

/// Segment s of head h of sequence b at place (b * heads + h) * pieces + s.
template <typename T>
std::vector<KeySegment<T>> segmentsOf(const std::vector<at::Tensor> &keys, const std::vector<at::Tensor> &values,
                                      const std::vector<at::Tensor> &membership) {
  std::vector<KeySegment<T>> segments;
  for (int64_t sequence = 0; sequence < keys[0].size(0); ++sequence) {
    for (int64_t head = 0; head < keys[0].size(2); ++head) {
      for (size_t i = 0; i < keys.size(); ++i) {
        const at::Tensor &k = keys[i], &v = values[i];
        const uint8_t *groups = membership.empty() ? nullptr : data<uint8_t>(membership[i]) + sequence * k.size(1);
        segments.push_back({data<T>(k) + sequence * k.stride(0) + head * k.stride(2),
                            data<T>(v) + sequence * v.stride(0) + head * v.stride(2), k.stride(1), v.stride(1),
                            k.size(1), groups});
      }
    }
  }
  return segments;
}

/// An intervention as the kernels take it, held for the length of a call.
struct HeldChanges {
  at::Tensor table, rows;

  HeldChanges(const CKeyChanges *given, bool hasMembership, int64_t heads, int64_t batch, int64_t queries) {
    static_assert(sizeof(KeyChange) == 4 * sizeof(float));
    if (given == nullptr) return;
    table = tensor(given->table);
    TORCH_CHECK(hasMembership, "keys can be changed by group only where their membership is given");
    TORCH_CHECK(table.is_cpu() && table.scalar_type() == at::kFloat && table.is_contiguous() &&
                    table.sizes() == at::IntArrayRef({heads, maximumGroups, 4}),
                "changes of keys must be float32 of [", heads, ", 8, 4], got ", table.sizes());
    if (given->rows.ctx == nullptr) return;
    rows = tensor(given->rows);
    TORCH_CHECK(rows.is_cpu() && rows.scalar_type() == at::kByte && rows.is_contiguous() &&
                    rows.sizes() == at::IntArrayRef({batch, queries}),
                "the rows to change must be bytes of [", batch, ", ", queries, "], got ", rows.sizes());
  }

  const KeyChange *numbers() const {
    return table.defined() ? static_cast<const KeyChange *>(table.data_ptr()) : nullptr;
  }
  const uint8_t *flags() const { return rows.defined() ? data<uint8_t>(rows) : nullptr; }
};

}  // namespace

extern "C" {

int32_t ct_attention(CTensor query, const CTensor *keys, const CTensor *values, const CTensor *membership,
                     int32_t pieces, int32_t groups, const CKeyChanges *changes, bool causal, double scale,
                     CTensor target, CTensor *out, CTensor *masses) {
  return guarded([&] {
    const at::Tensor &q = tensor(query);
    const std::vector<at::Tensor> k = list(keys, pieces), v = list(values, pieces);
    requirePieces(q, k, v);
    int64_t count = 0;
    for (const at::Tensor &piece : k) count += piece.size(1);
    TORCH_CHECK(count > 0 && (!causal || count >= q.size(1)), q.size(1), " queries cannot be the last of ", count,
                " keys");
    std::vector<at::Tensor> m;
    if (membership != nullptr) m = list(membership, pieces);
    for (size_t i = 0; i < m.size(); ++i) {
      TORCH_CHECK(m[i].is_cpu() && m[i].scalar_type() == at::kByte && m[i].is_contiguous() &&
                      m[i].numel() == k[i].size(0) * k[i].size(1) && groups >= 0 && groups <= 8,
                  "the membership of keys of ", k[i].sizes(), " must be a byte for each, [batch, count] without gaps, of up to 8 groups");
    }
    at::Tensor result = target.ctx == nullptr ? at::empty(q.sizes(), q.options()) : tensor(target);
    TORCH_CHECK(result.sizes() == q.sizes() && result.stride(3) == 1 && plain(q, result), "the output of ", q.sizes(),
                " cannot go to ", result.sizes());
    const HeldChanges held(changes, !m.empty(), q.size(2), q.size(0), q.size(1));
    at::Tensor mass;
    if (groups > 0) mass = at::empty({q.size(0), q.size(2), q.size(1), groups}, at::kFloat);
    dispatch(q, [&](auto *type) {
      using T = Element<decltype(type)>;
      const std::vector<KeySegment<T>> segments = segmentsOf<T>(k, v, m);
      attention(AttentionCall<T>{q.size(0), q.size(1), q.size(2), k[0].size(2), q.size(3), data<T>(q), q.stride(0),
                                 q.stride(1), q.stride(2), segments.data(), pieces, data<T>(result), result.stride(0),
                                 result.stride(1), result.stride(2), mass.defined() ? data<float>(mass) : nullptr,
                                 groups, held.numbers(), held.flags(), causal, static_cast<float>(scale)});
    });
    if (mass.defined()) *masses = adopt(std::move(mass));
    *out = adopt(std::move(result));
  });
}

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

int32_t ct_decode_attention(CTensor query, const CTensor *keys, const CTensor *values, const CTensor *membership,
                            int32_t segments, int32_t groups, const CKeyChanges *changes, double scale, CTensor *out,
                            CTensor *masses, CTensor *weights) {
  return guarded([&] {
    const at::Tensor q = tensor(query).contiguous();
    TORCH_CHECK(plain(q) && q.dim() == 3, "decoding takes queries of [sequences, heads, width] on the CPU");
    const int64_t sequences = q.size(0), heads = q.size(1), width = q.size(2);
    const int64_t keyHeads = tensor(keys[0]).size(2);
    TORCH_CHECK(keyHeads > 0 && heads % keyHeads == 0, heads, " query heads cannot share ", keyHeads, " key heads");
    std::vector<at::Tensor> k = list(keys, static_cast<int32_t>(sequences) * segments);
    std::vector<at::Tensor> v = list(values, static_cast<int32_t>(sequences) * segments);
    std::vector<at::Tensor> m;
    if (membership != nullptr) m = list(membership, static_cast<int32_t>(sequences) * segments);
    std::vector<int64_t> counts(static_cast<size_t>(sequences));
    for (size_t i = 0; i < k.size(); ++i) {
      TORCH_CHECK(k[i].dim() == 4 && k[i].sizes() == v[i].sizes() && k[i].size(0) == 1 && k[i].size(2) == keyHeads &&
                      k[i].size(3) == width && plain(q, k[i], v[i]) && k[i].stride(3) == 1 && v[i].stride(3) == 1,
                  "cached keys of ", k[i].sizes(), " do not fit queries of ", q.sizes());
      TORCH_CHECK(m.empty() || (m[i].is_cpu() && m[i].scalar_type() == at::kByte && m[i].is_contiguous() && m[i].numel() == k[i].size(1)),
                  "the membership of ", k[i].size(1), " keys must be as many bytes");
      counts[i / static_cast<size_t>(segments)] += k[i].size(1);
    }
    const HeldChanges held(changes, !m.empty(), heads, sequences, 1);
    at::Tensor result = at::empty_like(q);
    at::Tensor mass, rows;
    if (groups > 0) mass = at::empty({sequences, heads, groups}, at::kFloat);
    if (weights != nullptr) rows = at::zeros({sequences, heads, *std::max_element(counts.begin(), counts.end())}, at::kFloat);
    const int64_t share = heads / keyHeads;
    dispatch(q, [&](auto *type) {
      using T = Element<decltype(type)>;
      parallelFor(sequences * keyHeads, 1, [&](int64_t begin, int64_t end) {
        std::vector<KeySegment<T>> parts(static_cast<size_t>(segments));
        std::vector<float> scratch;
        for (int64_t unit = begin; unit < end; ++unit) {
          const int64_t sequence = unit / keyHeads, head = unit % keyHeads;
          for (int32_t s = 0; s < segments; ++s) {
            const size_t at = static_cast<size_t>(sequence * segments + s);
            parts[static_cast<size_t>(s)] = {data<T>(k[at]) + head * k[at].stride(2),
                                             data<T>(v[at]) + head * v[at].stride(2),
                                             k[at].stride(1),
                                             v[at].stride(1),
                                             k[at].size(1),
                                             m.empty() ? nullptr : data<uint8_t>(m[at])};
          }
          scratch.resize(static_cast<size_t>(share * (counts[static_cast<size_t>(sequence)] + width + 1)));
          const int64_t first = sequence * heads + head * share;
          const bool changed = held.numbers() != nullptr && (held.flags() == nullptr || held.flags()[sequence] != 0);
          decodeAttention(DecodeCall<T>{share, width, groups, data<T>(q) + first * width, parts.data(), segments,
                                        data<T>(result) + first * width,
                                        mass.defined() ? data<float>(mass) + first * groups : nullptr,
                                        changed ? held.numbers() + head * share * maximumGroups : nullptr,
                                        rows.defined() ? data<float>(rows) + first * rows.size(2) : nullptr,
                                        rows.defined() ? rows.size(2) : 0, scratch.data(), static_cast<float>(scale)});
        }
      });
    });
    if (mass.defined()) *masses = adopt(std::move(mass));
    if (rows.defined()) *weights = adopt(std::move(rows));
    *out = adopt(std::move(result));
  });
}
}
