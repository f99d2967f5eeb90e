// Attention of many queries at once. The map exists one block at a time, in the cache of the processor; beside each row's
// output the kernel sums what the row gives to each class of keys, so that observing attention costs a few additions.
//
// Per block of queries: S = Q K^T (queries scaled to powers of two beforehand), a running maximum and sum per row, and
// O = O * correction + exp2(S - maximum) V (Dao et al., "FlashAttention", 2022, algorithm 1). Both products are the same
// register tile: a few rows, each of their numbers spread over a vector, times vectors of sixteen columns.
#include "VectorMath.h"

#include <algorithm>
#include <atomic>
#include <limits>
#include <vector>

namespace ctorch {
namespace {

constexpr int64_t lanes = 16;
/// Queries and keys that are worked on at once.
constexpr int64_t queryBlock = 48, keyBlock = 192;
constexpr float lowest = -std::numeric_limits<float>::infinity();
constexpr float log2e = 1.44269504f;

int64_t roundUp(int64_t count, int64_t step) { return (count + step - 1) / step * step; }

/// c[m, n] = (accumulates ? c[m, n] * correction[m] : 0) + a[m] . b[:, n], for `Rows` rows and `Columns` vectors of columns.
/// Number k of row m of `a` lies at a[m * RowStep + k * DepthStep], constants that become part of the instructions. Vector n
/// of row k of `b` lies at b[n] + k * stride.
template <int Rows, int Columns, int64_t RowStep, int64_t DepthStep, bool Accumulates>
CTORCH_INLINE void tile(const float *a, const float *const (&b)[Columns], int64_t stride, int64_t depth, float *c,
                        int64_t cStride, const float *correction) {
  Float16 sums[Rows][Columns];
#pragma clang loop unroll(full)
  for (int m = 0; m < Rows; ++m) {
#pragma clang loop unroll(full)
    for (int n = 0; n < Columns; ++n) {
      if constexpr (Accumulates) {
        loadVector(c + m * cStride + n * lanes, sums[m][n]);
        sums[m][n] *= correction[m];
      } else {
        sums[m][n] = Float16{};
      }
    }
  }
  for (int64_t k = 0; k < depth; ++k) {
    Float16 row[Columns];
#pragma clang loop unroll(full)
    for (int n = 0; n < Columns; ++n) loadVector(b[n] + k * stride, row[n]);
#pragma clang loop unroll(full)
    for (int m = 0; m < Rows; ++m) {
      const float factor = a[m * RowStep + k * DepthStep];
#pragma clang loop unroll(full)
      for (int n = 0; n < Columns; ++n) sums[m][n] += factor * row[n];
    }
  }
#pragma clang loop unroll(full)
  for (int m = 0; m < Rows; ++m) {
#pragma clang loop unroll(full)
    for (int n = 0; n < Columns; ++n) std::memcpy(c + m * cStride + n * lanes, &sums[m][n], sizeof(Float16));
  }
}

/// One strip of `Columns` vectors for all rows, which are a multiple of `Rows`; `aTile` numbers lie between two tiles of `a`.
template <int Rows, int Columns, int64_t RowStep, int64_t DepthStep, bool Accumulates>
CTORCH_INLINE void strip(const float *a, int64_t aTile, const float *b, int64_t vectorStride, int64_t stride,
                         int64_t depth, float *c, int64_t cStride, int64_t rows, const float *correction) {
  const float *columns[Columns];
  for (int i = 0; i < Columns; ++i) columns[i] = b + i * vectorStride;
  for (int64_t m = 0; m < rows; m += Rows, a += aTile) {
    tile<Rows, Columns, RowStep, DepthStep, Accumulates>(a, columns, stride, depth, c + m * cStride, cStride,
                                                         correction + m);
  }
}

/// Columns first, so that the vectors of `b` stay near while all rows pass over them.
template <int Rows, int Columns, int64_t RowStep, int64_t DepthStep, bool Accumulates>
CTORCH_INLINE void product(const float *a, int64_t aTile, const float *b, int64_t vectorStride, int64_t stride,
                           int64_t depth, float *c, int64_t cStride, int64_t rows, int64_t vectors,
                           const float *correction) {
  int64_t n = 0;
  for (; n + Columns <= vectors; n += Columns) {
    strip<Rows, Columns, RowStep, DepthStep, Accumulates>(a, aTile, b + n * vectorStride, vectorStride, stride, depth,
                                                          c + n * lanes, cStride, rows, correction);
  }
  for (; n < vectors; ++n) {
    strip<Rows, 1, RowStep, DepthStep, Accumulates>(a, aTile, b + n * vectorStride, vectorStride, stride, depth,
                                                    c + n * lanes, cStride, rows, correction);
  }
}

/// 2^x for x <= 0 to about one unit in the last place (the polynomial of Cephes' exp2f); below -126 it is 2^-126.
CTORCH_INLINE void exp2Vector(Float16 &x) {
  typedef int32_t Int16 __attribute__((vector_size(64)));
  const Float16 least = Float16{} - 126.0f;
  const Float16 bounded = __builtin_elementwise_max(x, least);
  const Float16 whole = __builtin_elementwise_roundeven(bounded);
  const Float16 r = bounded - whole;
  Float16 p = r * 1.535336188319500e-4f + 1.339887440266574e-3f;
  p = p * r + 9.618437357674640e-3f;
  p = p * r + 5.550332471162809e-2f;
  p = p * r + 2.402264791363012e-1f;
  p = p * r + 6.931472028550421e-1f;
  p = p * r + 1.0f;
  Int16 bits;
  std::memcpy(&bits, &p, sizeof bits);
  bits += __builtin_convertvector(whole, Int16) << 23;
  std::memcpy(&x, &bits, sizeof x);
}

CTORCH_INLINE float largest(const Float16 &v) {
  float parts[lanes];
  std::memcpy(parts, &v, sizeof parts);
  for (int width = lanes / 2; width > 0; width /= 2) {
    for (int i = 0; i < width; ++i) parts[i] = parts[i] > parts[i + width] ? parts[i] : parts[i + width];
  }
  return parts[0];
}

/// What a row has seen so far.
struct RowState {
  float maximum, sum;
};

/// Turns the scores of one row into weights relative to its largest so far. Of `width` scores the first `visible` count;
/// the others become exactly zero. Returns what the row's earlier sums are to be multiplied by.
CTORCH_INLINE float softmaxRow(float *scores, int64_t visible, int64_t width, RowState &state) {
  if (visible < width) {
    for (int64_t j = std::max<int64_t>(visible, 0); j < width; ++j) scores[j] = lowest;
    if (visible <= 0) {
      for (int64_t j = 0; j < width; ++j) scores[j] = 0;
      return 1;
    }
  }
  Float16 top = Float16{} + lowest, score;
  for (int64_t j = 0; j < width; j += lanes) {
    loadVector(scores + j, score);
    top = __builtin_elementwise_max(top, score);
  }
  const float maximum = std::max(state.maximum, largest(top));
  Float16 correction = Float16{} + (state.maximum - maximum);
  exp2Vector(correction);
  const float factor = state.maximum == lowest ? 0 : correction[0];
  Float16 total = {};
  for (int64_t j = 0; j < width; j += lanes) {
    loadVector(scores + j, score);
    score -= maximum;
    exp2Vector(score);
    if (j + lanes > visible) {
      for (int64_t i = std::max<int64_t>(visible - j, 0); i < lanes; ++i) score[i] = 0;
    }
    total += score;
    std::memcpy(scores + j, &score, sizeof score);
  }
  state = {maximum, state.sum * factor + sum(total)};
  return factor;
}

/// The sum of count weights, whole vectors first.
CTORCH_INLINE float sumOf(const float *weights, int64_t count) {
  Float16 total = {}, part;
  int64_t j = 0;
  for (; j + lanes <= count; j += lanes) {
    loadVector(weights + j, part);
    total += part;
  }
  float result = sum(total);
  for (; j < count; ++j) result += weights[j];
  return result;
}

/// masses[class] = masses[class] * correction + the row's weights on the runs of that class, for keys begin ..< begin + width.
CTORCH_INLINE void addMasses(const float *weights, int64_t begin, int64_t width, const KeyRuns &keys, float correction,
                             float *masses) {
  for (int64_t c = 0; c < keys.classCount; ++c) masses[c] *= correction;
  const KeyRun *run = keys.runs + keys.firstRun[begin / keyBlock];
  for (; run < keys.runs + keys.runCount && run->begin < begin + width; ++run) {
    const int64_t from = std::max(run->begin, begin), to = std::min(run->end, begin + width);
    if (from < to) masses[run->keyClass] += sumOf(weights + from - begin, to - from);
  }
}

/// Scratch of one thread, taken from one allocation.
struct Workspace {
  float *query, *scores, *output, *masses, *correction;
  RowState *rows;
  std::vector<float> memory;

  Workspace(int64_t width, int64_t paddedWidth, int64_t classes) {
    const int64_t state = static_cast<int64_t>(sizeof(RowState) / sizeof(float));
    memory.resize(static_cast<size_t>(queryBlock * (width + keyBlock + paddedWidth + classes + 1 + state)));
    query = memory.data();
    scores = query + queryBlock * width;
    output = scores + queryBlock * keyBlock;
    masses = output + queryBlock * paddedWidth;
    correction = masses + queryBlock * classes;
    rows = reinterpret_cast<RowState *>(correction + queryBlock);
  }
};

/// The output of up to `queryBlock` queries, unnormalised, in the workspace. `paddedRows` is a multiple of `Rows`.
template <int Rows, int Columns>
CTORCH_INLINE void attendBlock(const PackedKeys &keys, const KeyRuns &runs, Workspace &work, int64_t rows,
                               int64_t paddedRows, int64_t firstVisible, bool causal) {
  const int64_t width = keys.width, paddedWidth = keys.paddedWidth;
  const int64_t visible = causal ? std::min(firstVisible + rows - 1, keys.count) : keys.count;
  for (int64_t i = 0; i < paddedRows * paddedWidth; ++i) work.output[i] = 0;
  for (int64_t i = 0; i < paddedRows * runs.classCount; ++i) work.masses[i] = 0;
  for (int64_t r = 0; r < paddedRows; ++r) {
    work.rows[r] = {lowest, 0};
    work.correction[r] = 1;
  }
  for (int64_t begin = 0; begin < visible; begin += keyBlock) {
    const int64_t count = std::min(keyBlock, visible - begin);
    const int64_t vectors = (count + lanes - 1) / lanes;
    product<Rows, Columns, 1, Rows, false>(work.query, Rows * width, keys.keys + begin * width, width * lanes, lanes,
                                           width, work.scores, keyBlock, paddedRows, vectors, work.correction);
    for (int64_t r = 0; r < rows; ++r) {
      const int64_t own = causal ? std::min(firstVisible + r, keys.count) : keys.count;
      float *scores = work.scores + r * keyBlock;
      work.correction[r] = softmaxRow(scores, own - begin, vectors * lanes, work.rows[r]);
      if (runs.classCount > 0) {
        addMasses(scores, begin, count, runs, work.correction[r], work.masses + r * runs.classCount);
      }
    }
    product<Rows, Columns, keyBlock, 1, true>(work.scores, Rows * keyBlock, keys.values + begin * keys.valueStride,
                                              lanes, keys.valueStride, count, work.output, paddedWidth, paddedRows,
                                              paddedWidth / lanes, work.correction);
  }
}

using AttendBlock = void (*)(const PackedKeys &, const KeyRuns &, Workspace &, int64_t rows, int64_t paddedRows,
                             int64_t firstVisible, bool causal);

// The number of accumulators is that of the registers: 24 of 32 with AVX-512, 12 of 16 (two for each vector) with AVX2.
__attribute__((target("arch=x86-64-v4"), min_vector_width(512))) void attend512(
    const PackedKeys &keys, const KeyRuns &runs, Workspace &work, int64_t rows, int64_t paddedRows,
    int64_t firstVisible, bool causal) {
  attendBlock<12, 2>(keys, runs, work, rows, paddedRows, firstVisible, causal);
}
__attribute__((target("arch=x86-64-v3"))) void attend256(const PackedKeys &keys, const KeyRuns &runs, Workspace &work,
                                                         int64_t rows, int64_t paddedRows, int64_t firstVisible,
                                                         bool causal) {
  attendBlock<6, 1>(keys, runs, work, rows, paddedRows, firstVisible, causal);
}
void attend128(const PackedKeys &keys, const KeyRuns &runs, Workspace &work, int64_t rows, int64_t paddedRows,
               int64_t firstVisible, bool causal) {
  attendBlock<3, 1>(keys, runs, work, rows, paddedRows, firstVisible, causal);
}

/// The widest version that the processor runs, and the rows of its tile.
struct Version {
  AttendBlock attend;
  int64_t tileRows;
};
Version chosenVersion() {
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512cd")) {
    return {attend512, 12};
  }
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2")) {
    return {attend256, 6};
  }
  return {attend128, 3};
}

/// Keys as panels of sixteen, each [width, 16]; behind the last key zeros.
template <typename T>
void packKeys(const KeySegment<T> *segments, int64_t segmentCount, int64_t width, float *out) {
  int64_t at = 0;
  for (int64_t s = 0; s < segmentCount; ++s) {
    for (int64_t j = 0; j < segments[s].count; ++j, ++at) {
      const T *key = segments[s].keys + j * segments[s].keyStride;
      float *column = out + at / lanes * lanes * width + at % lanes;
      for (int64_t d = 0; d < width; ++d) column[d * lanes] = load(key + d);
    }
  }
  for (; at % lanes != 0; ++at) {
    float *column = out + at / lanes * lanes * width + at % lanes;
    for (int64_t d = 0; d < width; ++d) column[d * lanes] = 0;
  }
}

/// Values as rows of `paddedWidth`, zeros behind each.
template <typename T>
void packValues(const KeySegment<T> *segments, int64_t segmentCount, int64_t width, int64_t paddedWidth, float *out) {
  for (int64_t s = 0; s < segmentCount; ++s) {
    for (int64_t j = 0; j < segments[s].count; ++j, out += paddedWidth) {
      const T *value = segments[s].values + j * segments[s].valueStride;
      for (int64_t d = 0; d < width; ++d) out[d] = load(value + d);
      for (int64_t d = width; d < paddedWidth; ++d) out[d] = 0;
    }
  }
}

/// Calls `body(item)` for 0 ..< count, each thread taking the next that is left.
template <typename Prepare, typename Body>
void shareOut(int64_t count, const Prepare &prepare, const Body &body) {
  std::atomic<int64_t> next{0};
  parallelFor(std::min<int64_t>(count, 256), 1, [&](int64_t, int64_t) {
    auto state = prepare();
    for (int64_t item = next.fetch_add(1); item < count; item = next.fetch_add(1)) body(item, state);
  });
}

/// The classes of keys of one sequence as the runs in which they lie.
struct Runs {
  std::vector<KeyRun> runs;
  std::vector<int64_t> firstRun;
  std::vector<uint8_t> classBits;

  template <typename T>
  Runs(const KeySegment<T> *segments, int64_t segmentCount) {
    int64_t at = 0;
    for (int64_t s = 0; s < segmentCount; ++s) {
      for (int64_t j = 0; j < segments[s].count; ++j, ++at) {
        const uint8_t bits = segments[s].membership == nullptr ? 0 : segments[s].membership[j];
        const int64_t keyClass = classOf(bits);
        if (runs.empty() || runs.back().keyClass != keyClass) runs.push_back({at, at, keyClass});
        runs.back().end = at + 1;
      }
    }
    for (size_t r = 0, block = 0; block * keyBlock < static_cast<size_t>(at); ++block) {
      while (runs[r].end <= static_cast<int64_t>(block) * keyBlock) ++r;
      firstRun.push_back(static_cast<int64_t>(r));
    }
  }

  int64_t classOf(uint8_t bits) {
    const auto found = std::find(classBits.begin(), classBits.end(), bits);
    if (found != classBits.end()) return found - classBits.begin();
    classBits.push_back(bits);
    return static_cast<int64_t>(classBits.size()) - 1;
  }

  KeyRuns view() const {
    return {runs.data(), static_cast<int64_t>(runs.size()), firstRun.data(), static_cast<int64_t>(classBits.size())};
  }
};

template <typename T>
struct FlashAttention {
  const AttentionCall<T> &call;
  const Version version = chosenVersion();
  const int64_t paddedWidth = roundUp(call.width, lanes);
  int64_t keyCount = 0;
  bool packsValues;
  std::vector<Runs> runs;
  float *packedKeys, *packedValues;

  explicit FlashAttention(const AttentionCall<T> &call, std::vector<float> &memory) : call(call) {
    for (int64_t s = 0; s < call.segmentCount; ++s) keyCount += call.segments[s].count;
    packsValues = !std::is_same_v<T, float> || paddedWidth != call.width || call.segmentCount != 1;
    const int64_t lists = call.sequences * call.keyHeads;
    const size_t keyNumbers = static_cast<size_t>(lists * roundUp(keyCount, lanes) * call.width);
    const size_t valueNumbers = packsValues ? static_cast<size_t>(lists * keyCount * paddedWidth) : 0;
    if (memory.size() < keyNumbers + valueNumbers) memory.resize(keyNumbers + valueNumbers);
    packedKeys = memory.data();
    packedValues = packedKeys + keyNumbers;
    if (call.masses == nullptr) return;
    for (int64_t b = 0; b < call.sequences; ++b) runs.emplace_back(segments(b * call.keyHeads), call.segmentCount);
  }

  const KeySegment<T> *segments(int64_t list) const { return call.segments + list * call.segmentCount; }

  PackedKeys keys(int64_t list) const {
    const float *values = packedValues + list * keyCount * paddedWidth;
    int64_t stride = paddedWidth;
    if constexpr (std::is_same_v<T, float>) {
      if (!packsValues) {
        values = segments(list)->values;
        stride = segments(list)->valueStride;
      }
    }
    return {packedKeys + list * roundUp(keyCount, lanes) * call.width, values, stride, keyCount, call.width,
            paddedWidth};
  }

  void pack(int64_t list) const {
    packKeys(segments(list), call.segmentCount, call.width, packedKeys + list * roundUp(keyCount, lanes) * call.width);
    if (!packsValues) return;
    packValues(segments(list), call.segmentCount, call.width, paddedWidth, packedValues + list * keyCount * paddedWidth);
  }

  /// One block of queries of one head.
  void attend(int64_t sequence, int64_t head, int64_t begin, Workspace &work) const {
    const int64_t rows = std::min(queryBlock, call.queries - begin);
    const int64_t paddedRows = roundUp(rows, version.tileRows);
    const T *query = call.query + sequence * call.querySequenceStride + head * call.queryHeadStride;
    // The queries of a tile lie side by side, number by number.
    for (int64_t r = 0; r < paddedRows; ++r) {
      float *column = work.query + r / version.tileRows * version.tileRows * call.width + r % version.tileRows;
      const T *own = query + (begin + r) * call.queryStride;
      for (int64_t d = 0; d < call.width; ++d) {
        column[d * version.tileRows] = r < rows ? load(own + d) * (call.scale * log2e) : 0;
      }
    }
    const KeyRuns observed = call.masses == nullptr ? KeyRuns{} : runs[static_cast<size_t>(sequence)].view();
    const int64_t list = sequence * call.keyHeads + head / (call.heads / call.keyHeads);
    const int64_t firstVisible = keyCount - call.queries + begin + 1;
    version.attend(keys(list), observed, work, rows, paddedRows, firstVisible, call.causal);
    for (int64_t r = 0; r < rows; ++r) finish(sequence, head, begin + r, r, work);
  }

  void finish(int64_t sequence, int64_t head, int64_t query, int64_t row, const Workspace &work) const {
    const float factor = 1 / work.rows[row].sum;
    T *out = call.out + sequence * call.outSequenceStride + query * call.outStride + head * call.outHeadStride;
    for (int64_t d = 0; d < call.width; ++d) store(out + d, work.output[row * paddedWidth + d] * factor);
    if (call.masses == nullptr) return;
    const std::vector<uint8_t> &bits = runs[static_cast<size_t>(sequence)].classBits;
    float *masses = call.masses + ((sequence * call.heads + head) * call.queries + query) * call.groups;
    for (int64_t g = 0; g < call.groups; ++g) {
      masses[g] = 0;
      for (size_t c = 0; c < bits.size(); ++c) {
        if (bits[c] >> g & 1) masses[g] += work.masses[static_cast<size_t>(row) * bits.size() + c] * factor;
      }
    }
  }

  void run() const {
    shareOut(call.sequences * call.keyHeads, [] { return 0; }, [&](int64_t list, int) { pack(list); });
    size_t classes = 0;
    for (const Runs &own : runs) classes = std::max(classes, own.classBits.size());
    const int64_t blocks = (call.queries + queryBlock - 1) / queryBlock;
    const int64_t perBlock = call.sequences * call.heads;
    shareOut(
        blocks * perBlock,
        [&] { return Workspace(call.width, paddedWidth, static_cast<int64_t>(classes)); },
        [&](int64_t item, Workspace &work) {
          // The last block has the most keys to see, so it comes first; heads that share keys follow each other.
          const int64_t block = blocks - 1 - item / perBlock, place = item % perBlock;
          attend(place / call.heads, place % call.heads, block * queryBlock, work);
        });
  }
};

}  // namespace

template <typename T>
void attention(const AttentionCall<T> &call) {
  // Kept from call to call: fresh memory of this size would be cleared page by page each time.
  thread_local std::vector<float> memory;
  FlashAttention<T>(call, memory).run();
}

template void attention(const AttentionCall<float> &);
template void attention(const AttentionCall<BFloat16> &);

}  // namespace ctorch
