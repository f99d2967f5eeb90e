// The gradient of attention, made of the same register tile as attention itself, and of the masses with it: of the scores' gradient
//
//   dS_ij = P_ij (dO_i . V_j + sum of dM_ig over the groups g of key j - delta_i),  delta_i = dO_i . O_i + sum_g dM_ig M_ig,
//
// the masses need one number more for each class of keys, so that guiding attention costs no more than training without. The map
// exists one block at a time; P comes from the scores and each row's log-sum-exp (Dao et al., "FlashAttention", 2022, algorithm 4).
#include "Flash.h"

namespace ctorch {
namespace {

/// Queries and keys that are worked on at once, and how far apart the rows of scores lie: room for a tile's rows, no power of two.
constexpr int64_t queryBlock = 24, keyBlock = flashKeyBlock, scoreStride = keyBlock + 16;

/// Keys and values of one head, packed for all heads that share them.
struct GradientKeys {
  /// Panels of sixteen keys, and of sixteen values, each [width, 16].
  const float *keys, *values;
  /// Panels of sixteen numbers of every key, each [count, 16].
  const float *keyNumbers;
  int64_t count, width, paddedWidth;
};

/// What one head's gradient is made of and put into; one allocation a thread.
struct HeadWork {
  /// [tokens, paddedWidth]; padding is zero.
  float *query, *outGradient, *queryGradient;
  /// The same numbers as the tile takes its rows, [tokens / tileRows][width][tileRows]; queries scaled.
  float *queryTiles, *outTiles;
  /// [tokens].
  float *delta;
  /// [queryBlock, scoreStride].
  float *weights, *scoreGradient;
  /// [keyBlock and a tile, paddedWidth].
  float *keyGradient, *valueGradient;
  /// As many ones as a block has rows.
  float *ones;
  std::vector<float> memory;

  HeadWork(int64_t tokens, int64_t width, int64_t paddedWidth) {
    const int64_t rows = roundUp(tokens, queryBlock), keyRows = keyBlock + lanes;
    memory.resize(static_cast<size_t>(rows * (3 * paddedWidth + 2 * width + 1) + 2 * queryBlock * scoreStride +
                                      2 * keyRows * paddedWidth + keyRows));
    float *next = memory.data();
    const auto take = [&next](int64_t count) {
      float *part = next;
      next += count;
      return part;
    };
    query = take(rows * paddedWidth);
    outGradient = take(rows * paddedWidth);
    queryGradient = take(rows * paddedWidth);
    queryTiles = take(rows * width);
    outTiles = take(rows * width);
    delta = take(rows);
    weights = take(queryBlock * scoreStride);
    scoreGradient = take(queryBlock * scoreStride);
    keyGradient = take(keyRows * paddedWidth);
    valueGradient = take(keyRows * paddedWidth);
    ones = take(keyRows);
    std::fill(ones, ones + keyRows, 1.0f);
  }
};

/// What a row of the map adds: its log-sum-exp, its delta, the gradients of its masses by class of keys.
struct RowNumbers {
  float logSumExp, delta, scale;
  const float *classGradients;
  /// The keys of the block that are hidden from the row, counted from its first.
  int64_t hiddenFrom, hiddenEnd;
};

/// A row of scores becomes weights, and the gradient of the weights that of the scores. `visible` of `width` keys count, a
/// multiple of sixteen; the others get zeros.
CTORCH_INLINE void gradientRow(float *scores, float *gradient, int64_t begin, int64_t visible, int64_t width,
                               const KeyRuns &runs, const RowNumbers &row) {
  Float16 score, part;
  for (int64_t j = 0; j < width; j += lanes) {
    loadVector(scores + j, score);
    score -= row.logSumExp;
    exp2Vector(score);
    std::memcpy(scores + j, &score, sizeof score);
  }
  for (int64_t j = std::max<int64_t>(visible, 0); j < width; ++j) scores[j] = 0;
  for (int64_t j = row.hiddenFrom; j < row.hiddenEnd; ++j) scores[j] = 0;
  if (row.classGradients != nullptr) {
    const KeyRun *run = runs.runs + runs.firstRun[begin / keyBlock];
    for (; run < runs.runs + runs.runCount && run->begin < begin + visible; ++run) {
      const float added = row.classGradients[run->keyClass];
      if (added == 0) continue;
      const int64_t from = std::max(run->begin, begin) - begin, to = std::min(run->end, begin + visible) - begin;
      for (int64_t j = from; j < to; ++j) gradient[j] += added;
    }
  }
  for (int64_t j = 0; j < width; j += lanes) {
    loadVector(scores + j, score);
    loadVector(gradient + j, part);
    part = (part - row.delta) * score * row.scale;
    std::memcpy(gradient + j, &part, sizeof part);
  }
}

/// One block of keys against one block of queries: `work.weights` and `work.scoreGradient`, and what they add.
template <int Rows, int Columns>
CTORCH_INLINE void gradientBlock(const GradientKeys &keys, const KeyRuns &runs, HeadWork &work, const RowNumbers *rows,
                                 int64_t begin, int64_t count, int64_t first, int64_t queries, bool causal) {
  const int64_t width = keys.width, paddedWidth = keys.paddedWidth;
  // Of a block on the diagonal the last row sees the most.
  const int64_t seen = causal ? std::min(count, first + queries - begin) : count;
  const int64_t vectors = (seen + lanes - 1) / lanes, paddedRows = roundUp(queries, Rows);
  stripProduct<Rows, Columns, 1, Rows, false>(work.queryTiles + first * width, Rows * width, keys.keys + begin * width,
                                              width * lanes, lanes, width, work.weights, scoreStride, paddedRows,
                                              vectors, work.ones);
  stripProduct<Rows, Columns, 1, Rows, false>(work.outTiles + first * width, Rows * width, keys.values + begin * width,
                                              width * lanes, lanes, width, work.scoreGradient, scoreStride, paddedRows,
                                              vectors, work.ones);
  // A tile's rows are keys here, and those that it has beyond the seen ones are other keys' rows, which must get nothing.
  const int64_t keyRows = roundUp(seen, Rows), columns = vectors * lanes, end = std::max(columns, keyRows);
  for (int64_t r = 0; r < paddedRows; ++r) {
    float *scores = work.weights + r * scoreStride, *gradient = work.scoreGradient + r * scoreStride;
    if (r < queries) {
      const int64_t visible = causal ? std::min(first + r + 1 - begin, seen) : seen;
      gradientRow(scores, gradient, begin, visible, columns, runs, rows[r]);
      std::fill(scores + columns, scores + end, 0.0f);
      std::fill(gradient + columns, gradient + end, 0.0f);
    } else {
      std::fill(scores, scores + end, 0.0f);
      std::fill(gradient, gradient + end, 0.0f);
    }
  }
  const int64_t panels = paddedWidth / lanes;
  stripProduct<Rows, Columns, 1, scoreStride, true>(work.weights, Rows, work.outGradient + first * paddedWidth, lanes,
                                                    paddedWidth, queries, work.valueGradient, paddedWidth, keyRows,
                                                    panels, work.ones);
  stripProduct<Rows, Columns, 1, scoreStride, true>(work.scoreGradient, Rows, work.query + first * paddedWidth, lanes,
                                                    paddedWidth, queries, work.keyGradient, paddedWidth, keyRows,
                                                    panels, work.ones);
  stripProduct<Rows, Columns, scoreStride, 1, true>(work.scoreGradient, Rows * scoreStride,
                                                    keys.keyNumbers + begin * lanes, keys.count * lanes, lanes, seen,
                                                    work.queryGradient + first * paddedWidth, paddedWidth, paddedRows,
                                                    panels, work.ones);
}

using GradientBlock = void (*)(const GradientKeys &, const KeyRuns &, HeadWork &, const RowNumbers *, int64_t begin,
                               int64_t count, int64_t first, int64_t queries, bool causal);

CTORCH_512 void gradient512(const GradientKeys &keys, const KeyRuns &runs, HeadWork &work, const RowNumbers *rows,
                            int64_t begin, int64_t count, int64_t first, int64_t queries, bool causal) {
  gradientBlock<rows512, columns512>(keys, runs, work, rows, begin, count, first, queries, causal);
}
CTORCH_256 void gradient256(const GradientKeys &keys, const KeyRuns &runs, HeadWork &work, const RowNumbers *rows,
                            int64_t begin, int64_t count, int64_t first, int64_t queries, bool causal) {
  gradientBlock<rows256, columns256>(keys, runs, work, rows, begin, count, first, queries, causal);
}
void gradient128(const GradientKeys &keys, const KeyRuns &runs, HeadWork &work, const RowNumbers *rows, int64_t begin,
                 int64_t count, int64_t first, int64_t queries, bool causal) {
  gradientBlock<rows128, columns128>(keys, runs, work, rows, begin, count, first, queries, causal);
}

GradientBlock chosenVersion() {
  switch (vectorWidth()) {
    case 512: return gradient512;
    case 256: return gradient256;
    default: return gradient128;
  }
}

template <typename T>
struct FlashGradient {
  const AttentionGradientCall<T> &call;
  const GradientBlock block = chosenVersion();
  const int64_t tileRows = ctorch::tileRows();
  const int64_t paddedWidth = roundUp(call.width, lanes);
  const int64_t share = call.heads / call.keyHeads;
  /// Per sequence, where masses have gradients.
  std::vector<Runs> runs;
  float *packed;
  /// [sequences, heads, tokens, width] each: what every head gives the keys and values that it shares with others.
  float *keyParts = nullptr, *valueParts = nullptr;

  FlashGradient(const AttentionGradientCall<T> &call, std::vector<float> &memory) : call(call) {
    const int64_t parts = share == 1 ? 0 : 2 * call.sequences * call.heads * call.tokens * call.width;
    const int64_t lists = call.sequences * call.keyHeads * listSize();
    if (static_cast<int64_t>(memory.size()) < parts + lists) memory = std::vector<float>(static_cast<size_t>(parts + lists));
    packed = memory.data();
    if (share > 1) {
      keyParts = packed + lists;
      valueParts = keyParts + parts / 2;
    }
    if (call.massGradient == nullptr) return;
    for (int64_t b = 0; b < call.sequences; ++b) {
      const KeySegment<T> segment = {nullptr, nullptr, 0, 0, call.tokens, call.membership + b * call.tokens};
      runs.emplace_back(&segment, 1);
    }
  }

  int64_t panelSize() const { return roundUp(call.tokens, lanes) * call.width; }
  int64_t listSize() const { return 2 * panelSize() + call.tokens * paddedWidth; }

  /// Packs keys and values of one key/value head.
  void pack(int64_t list) const {
    const int64_t at = (list / call.keyHeads * call.tokens * call.keyHeads + list % call.keyHeads) * call.width;
    const int64_t stride = call.keyHeads * call.width;
    const KeySegment<T> keys = {call.key + at, call.key + at, stride, stride, call.tokens, nullptr};
    const KeySegment<T> values = {call.value + at, nullptr, stride, stride, call.tokens, nullptr};
    float *out = packed + list * listSize();
    packKeys(&keys, 1, call.width, out);
    packKeys(&values, 1, call.width, out + panelSize());
    packValues(&keys, 1, call.width, call.tokens, out + 2 * panelSize());
  }

  /// Rows of one head, [tokens, width] with gaps, as the products take them.
  void packRows(const T *from, float *rows, float *tiles, float factor) const {
    const int64_t stride = call.heads * call.width, padded = roundUp(call.tokens, tileRows);
    for (int64_t t = 0; t < padded; ++t) {
      float *tile = tiles + t / tileRows * tileRows * call.width + t % tileRows;
      float *row = rows + t * paddedWidth;
      for (int64_t d = 0; d < call.width; ++d) {
        const float number = t < call.tokens ? load(from + t * stride + d) : 0;
        if (t < call.tokens) row[d] = number;
        tile[d * tileRows] = number * factor;
      }
      if (t < call.tokens) std::fill(row + call.width, row + paddedWidth, 0.0f);
    }
  }

  void head(int64_t sequence, int64_t head, HeadWork &work, std::vector<float> &classGradients) const {
    const int64_t stride = call.heads * call.width, tokens = call.tokens;
    const int64_t at = (sequence * tokens * call.heads + head) * call.width;
    const int64_t place = (sequence * call.heads + head) * tokens;
    packRows(call.query + at, work.query, work.queryTiles, call.scale * log2e);
    packRows(call.outGradient + at, work.outGradient, work.outTiles, 1);
    std::fill(work.queryGradient, work.queryGradient + roundUp(tokens, queryBlock) * paddedWidth, 0.0f);
    const KeyRuns own = runs.empty() ? KeyRuns{} : runs[static_cast<size_t>(sequence)].view();
    classGradients.resize(static_cast<size_t>(tokens * own.classCount));
    for (int64_t t = 0; t < tokens; ++t) {
      const T *out = call.out + at + t * stride;
      float delta = 0;
      for (int64_t d = 0; d < call.width; ++d) delta += load(out + d) * work.outGradient[t * paddedWidth + d];
      if (call.massGradient != nullptr) {
        const float *masses = call.masses + (place + t) * call.groups;
        const float *gradients = call.massGradient + (place + t) * call.groups;
        for (int64_t g = 0; g < call.groups; ++g) delta += masses[g] * gradients[g];
        for (int64_t c = 0; c < own.classCount; ++c) {
          float total = 0;
          const uint8_t bits = runs[static_cast<size_t>(sequence)].classBits[static_cast<size_t>(c)];
          for (int64_t g = 0; g < call.groups; ++g) total += (bits >> g & 1) != 0 ? gradients[g] : 0;
          classGradients[static_cast<size_t>(t * own.classCount + c)] = total;
        }
      }
      work.delta[t] = delta;
    }
    const float *list = packed + (sequence * call.keyHeads + head / share) * listSize();
    const GradientKeys keys = {list, list + panelSize(), list + 2 * panelSize(), tokens, call.width, paddedWidth};
    for (int64_t begin = 0; begin < tokens; begin += keyBlock) {
      const int64_t count = std::min(keyBlock, tokens - begin);
      std::fill(work.keyGradient, work.keyGradient + (keyBlock + lanes) * paddedWidth, 0.0f);
      std::fill(work.valueGradient, work.valueGradient + (keyBlock + lanes) * paddedWidth, 0.0f);
      for (int64_t first = call.causal ? begin / queryBlock * queryBlock : 0; first < tokens; first += queryBlock) {
        const int64_t queries = std::min(queryBlock, tokens - first);
        const Branches branches = call.branches.from(first);
        if (branches.hides(begin, begin + count, queries)) continue;
        RowNumbers rows[queryBlock];
        for (int64_t r = 0; r < queries; ++r) {
          rows[r] = {call.logSumExp[place + first + r], work.delta[first + r], call.scale,
                     own.classCount == 0 ? nullptr : classGradients.data() + (first + r) * own.classCount,
                     std::max(branches.shared, begin) - begin, branches.hiddenEnd(r, begin + count) - begin};
        }
        block(keys, own, work, rows, begin, count, first, queries, call.causal);
      }
      finishKeys(sequence, head, begin, count, work);
    }
    for (int64_t t = 0; t < tokens; ++t) {
      T *out = call.queryGradient + at + t * stride;
      for (int64_t d = 0; d < call.width; ++d) store(out + d, work.queryGradient[t * paddedWidth + d]);
    }
  }

  /// Puts away what a head gives to a block of keys.
  void finishKeys(int64_t sequence, int64_t head, int64_t begin, int64_t count, const HeadWork &work) const {
    for (int64_t j = 0; j < count; ++j) {
      const float *key = work.keyGradient + j * paddedWidth, *value = work.valueGradient + j * paddedWidth;
      if (share == 1) {
        const int64_t at = ((sequence * call.tokens + begin + j) * call.keyHeads + head) * call.width;
        for (int64_t d = 0; d < call.width; ++d) store(call.keyGradient + at + d, key[d]);
        for (int64_t d = 0; d < call.width; ++d) store(call.valueGradient + at + d, value[d]);
      } else {
        const int64_t at = ((sequence * call.heads + head) * call.tokens + begin + j) * call.width;
        std::memcpy(keyParts + at, key, static_cast<size_t>(call.width) * sizeof(float));
        std::memcpy(valueParts + at, value, static_cast<size_t>(call.width) * sizeof(float));
      }
    }
  }

  /// The sum over the heads that share a key/value head, always in their order.
  void addParts(int64_t sequence, int64_t token) const {
    for (int64_t h = 0; h < call.keyHeads; ++h) {
      const int64_t to = ((sequence * call.tokens + token) * call.keyHeads + h) * call.width;
      for (int64_t d = 0; d < call.width; ++d) {
        float key = 0, value = 0;
        for (int64_t s = 0; s < share; ++s) {
          const int64_t from = ((sequence * call.heads + h * share + s) * call.tokens + token) * call.width + d;
          key += keyParts[from];
          value += valueParts[from];
        }
        store(call.keyGradient + to + d, key);
        store(call.valueGradient + to + d, value);
      }
    }
  }

  struct State {
    HeadWork work;
    std::vector<float> classGradients;
  };

  void run() const {
    shareOut(call.sequences * call.keyHeads, [] { return 0; }, [&](int64_t list, int) { pack(list); });
    shareOut(
        call.sequences * call.heads, [&] { return State{HeadWork(call.tokens, call.width, paddedWidth), {}}; },
        [&](int64_t item, State &state) {
          head(item / call.heads, item % call.heads, state.work, state.classGradients);
        });
    if (share == 1) return;
    parallelFor(call.sequences * call.tokens, 64, [&](int64_t begin, int64_t end) {
      for (int64_t item = begin; item < end; ++item) addParts(item / call.tokens, item % call.tokens);
    });
  }
};

}  // namespace

template <typename T>
void attentionGradient(const AttentionGradientCall<T> &call) {
  // Kept from call to call, as attention's own.
  thread_local std::vector<float> memory;
  FlashGradient<T>(call, memory).run();
}

template void attentionGradient(const AttentionGradientCall<float> &);
template void attentionGradient(const AttentionGradientCall<BFloat16> &);

}  // namespace ctorch
