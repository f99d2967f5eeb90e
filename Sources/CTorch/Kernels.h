// Loops over plain memory for the places where libtorch would make several passes or a slow product. Each is compiled
// for AVX-512, AVX2 and the baseline, and the processor's own version is chosen when the program runs.
#pragma once

#include <cstdint>
#include <functional>

// Clang's function multi-versioning; the loader resolves the call once.
#define CTORCH_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))

namespace ctorch {

/// A bfloat16 as it lies in memory.
struct BFloat16 {
  uint16_t bits;
};

/// Calls `body(begin, end)` for parts of 0 ..< count on libtorch's own threads, each at least `grain` long.
void parallelFor(int64_t count, int64_t grain, const std::function<void(int64_t, int64_t)> &body);

/// Threads that `parallelFor` may use.
int64_t threadCount();

/// out[r] = weight * x[r] / sqrt(mean(x[r]^2) + epsilon); with `delta`, x[r] + delta[r] is normed and stored in `sum`.
/// Contiguous [rows, width]; `delta` and `sum` may be null, `sum` may be `x`.
template <typename T>
void rmsNorm(const T *x, const T *delta, const T *weight, T *sum, T *out, int64_t rows, int64_t width, float epsilon);

/// up = silu(gate) * up.
template <typename T>
void siluGate(const T *gate, T *up, int64_t count);

/// out[i] = 0 where the upper 32 bits that `key` and i give are below `threshold`, else `kept`.
template <typename T>
void dropoutMask(T *out, int64_t count, uint64_t key, uint64_t threshold, float kept);

/// One block of heads, [tokens, heads, width] at given strides; the last stride is 1.
template <typename T>
struct Heads {
  T *data;
  int64_t tokenStride, headStride;
};

/// The rotary step in the half-split layout from `x` into `out`. `cos` and `sin` [tokens, width / 2], contiguous. `x` and
/// `out` may be the same memory.
template <typename T>
void rotary(Heads<const T> x, const float *cos, const float *sin, Heads<T> out, int64_t tokens, int64_t heads,
            int64_t width);

/// out[m, n] = x[m] . weight[n] + bias[n] for few rows m: the weights are read once. Row m of `out` begins at m * outWidth.
/// The result of a row does not depend on the other rows.
template <typename X, typename W>
void rowsProduct(const X *x, const W *weight, const W *bias, X *out, int64_t rows, int64_t outWidth, int64_t inWidth);

/// The same for many rows of float32 and weights of bfloat16. The result of a row does not depend on the other rows.
void blockProduct(const float *x, const BFloat16 *weight, const BFloat16 *bias, float *out, int64_t rows,
                  int64_t outWidth, int64_t inWidth);

/// Some keys and values of one sequence for one key/value head.
template <typename T>
struct KeySegment {
  const T *keys, *values;
  int64_t keyStride, valueStride, count;
  const uint8_t *membership;  // count bytes, bit g for group g, or null
};

/// Bits of a membership byte.
constexpr int64_t maximumGroups = 8;

/// What an intervention does to the keys of one group, as one query head sees them: a score z becomes
/// score * z + absolute * |z| + bias, and after the softmax the weight is multiplied by `value`. A bias of negative infinity
/// removes the key.
struct KeyChange {
  float score, absolute, bias, value;
};

/// One query per head of a group against the keys of all segments: softmax over all of them together.
template <typename T>
struct DecodeCall {
  int64_t heads, width, groups;
  /// [heads, width].
  const T *query;
  const KeySegment<T> *segments;
  int64_t segmentCount;
  /// [heads, width].
  T *out;
  /// [heads, groups], or null.
  float *masses;
  /// [heads, maximumGroups], or null: nothing is changed.
  const KeyChange *changes;
  /// [heads, weightStride], the weight of every key, or null.
  float *weights;
  int64_t weightStride;
  /// heads * (keys + width + 1) numbers of scratch.
  float *scratch;
  float scale;
};

template <typename T>
void decodeAttention(const DecodeCall<T> &call);

/// Parts of a sequence that go on from the same first tokens and do not see each other: of the keys from `shared` on, query i sees
/// none before `first[i]`. Null: an ordinary sequence.
struct Branches {
  const int32_t *first = nullptr;
  int64_t shared = 0;

  /// What queries from number `query` on are to be given.
  Branches from(int64_t query) const { return {first == nullptr ? nullptr : first + query, shared}; }
  /// The end of the keys, of begin ..< end, that are hidden from a query; those before `shared` never are.
  int64_t hiddenEnd(int64_t query, int64_t end) const {
    return first == nullptr ? 0 : (first[query] < end ? first[query] : end);
  }
  /// Whether no query of some sees a key of begin ..< end, whatever the order of keys says.
  bool hides(int64_t begin, int64_t end, int64_t queries) const {
    if (first == nullptr || begin < shared) return false;
    for (int64_t i = 0; i < queries; ++i) {
      if (first[i] < end) return false;
    }
    return true;
  }
};

/// Attention of many queries: what to read, and where to write.
template <typename T>
struct AttentionCall {
  int64_t sequences, queries, heads, keyHeads, width;
  /// Query i of head h of sequence b begins at query + b * querySequenceStride + i * queryStride + h * queryHeadStride.
  const T *query;
  int64_t querySequenceStride, queryStride, queryHeadStride;
  /// [sequences, keyHeads, segmentCount]; all sequences have equally many keys. The queries are the last of them.
  const KeySegment<T> *segments;
  int64_t segmentCount;
  /// As for the queries.
  T *out;
  int64_t outSequenceStride, outStride, outHeadStride;
  /// [sequences, heads, queries, groups], or null.
  float *masses;
  int64_t groups;
  /// [heads, maximumGroups], or null: nothing is changed.
  const KeyChange *changes;
  /// [sequences, queries], whose keys are changed; null: all.
  const uint8_t *changedRows;
  /// Whether query i sees only the keys up to its own.
  bool causal;
  float scale;
  /// [sequences, heads, queries], the binary logarithm of the sum of the exponentials of a row's scores, or null.
  float *logSumExp = nullptr;
  /// Of the only sequence, whose queries are all its tokens.
  Branches branches = {};
};

/// softmax(query key^T * scale) value, and the masses; no map in memory. Keeps its scratch for the next call.
template <typename T>
void attention(const AttentionCall<T> &call);

/// The gradient of attention: what the call read and gave, and what is to be written. As many queries as keys.
template <typename T>
struct AttentionGradientCall {
  int64_t sequences, tokens, heads, keyHeads, width;
  /// Contiguous [sequences, tokens, heads, width], and [sequences, tokens, keyHeads, width]. `out` is what attention gave.
  const T *query, *key, *value, *out, *outGradient;
  /// [sequences, heads, tokens], as `AttentionCall` gave them.
  const float *logSumExp;
  /// [sequences, tokens], bit g for group g; null where nothing was observed.
  const uint8_t *membership;
  /// [sequences, heads, tokens, groups]; null where there is no gradient of the masses.
  const float *masses, *massGradient;
  int64_t groups;
  /// As query, key and value.
  T *queryGradient, *keyGradient, *valueGradient;
  bool causal;
  float scale;
  /// As the call had them.
  Branches branches = {};
};

/// Gradients of `attention` in query, key and value, of its output and of its masses together.
template <typename T>
void attentionGradient(const AttentionGradientCall<T> &call);

/// With y = `rmsNorm`(x) and dy its gradient: dx (to which `added` is added where it is not null), and dweight, summed in the same
/// order whatever the threads.
template <typename T>
void rmsNormGradient(const T *x, const T *weight, const T *dy, const T *added, T *dx, float *dweight, int64_t rows,
                     int64_t width, float epsilon);

/// out = silu(gate) * up.
template <typename T>
void siluProduct(const T *gate, const T *up, T *out, int64_t count);

/// The gradients of silu(gate) * up.
template <typename T>
void siluProductGradient(const T *gate, const T *up, const T *dout, T *dgate, T *dup, int64_t count);

/// Keys and values of one head as the inner loops take them: panels of sixteen keys, each [width, 16], and panels of sixteen
/// numbers of every value, each [count, 16].
struct PackedKeys {
  const float *keys, *values;
  int64_t count, width, paddedWidth;
};

/// Neighbouring keys that are in the same groups: keys begin ..< end.
struct KeyRun {
  int64_t begin, end, keyClass;
};

/// All runs of a sequence, and for each block of keys the first run that reaches into it. No classes: not observed.
struct KeyRuns {
  const KeyRun *runs;
  int64_t runCount;
  const int64_t *firstRun;
  int64_t classCount;
};

}  // namespace ctorch
