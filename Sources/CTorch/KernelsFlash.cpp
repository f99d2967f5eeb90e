// Attention of many queries at once. The map exists one block at a time, in the cache of the processor; beside each row's
// output the kernel sums what the row gives to each class of keys, so that observing attention costs a few additions.
//
// Per block of queries: S = Q K^T (queries scaled to powers of two beforehand), a running maximum and sum per row, and
// O = O * correction + exp2(S - maximum) V (Dao et al., "FlashAttention", 2022, algorithm 1). Both products are the same
// register tile: a few rows, each of their numbers spread over a vector, times vectors of sixteen columns.
#include <limits>

#include "Flash.h"
#include "KeyChanges.h"

namespace ctorch {
namespace {

/// Queries and keys that are worked on at once.
constexpr int64_t queryBlock = 24, keyBlock = flashKeyBlock;
constexpr float lowest = -std::numeric_limits<float>::infinity();

CTORCH_INLINE float largest(const Float16 &v) {
  float parts[lanes];
  std::memcpy(parts, &v, sizeof parts);
  for (int width = lanes / 2; width > 0; width /= 2) {
    for (int i = 0; i < width; ++i) parts[i] = parts[i] > parts[i + width] ? parts[i] : parts[i + width];
  }
  return parts[0];
}

/// The largest of `width` numbers, a multiple of sixteen.
CTORCH_INLINE float largestOf(const float *numbers, int64_t width) {
  Float16 first, second, part;
  loadVector(numbers, first);
  second = first;
  int64_t j = 0;
  for (; j + 2 * lanes <= width; j += 2 * lanes) {
    loadVector(numbers + j, part);
    first = part > first ? part : first;
    loadVector(numbers + j + lanes, part);
    second = part > second ? part : second;
  }
  if (j < width) {
    loadVector(numbers + j, part);
    first = part > first ? part : first;
  }
  return largest(first > second ? first : second);
}

/// What a row has seen so far.
struct RowState {
  float maximum, sum;
};

/// Turns the scores of one row into weights relative to its largest so far. Of `width` scores, a multiple of sixteen, the
/// first `visible` count; the others become exactly zero. Returns what the row's earlier sums are to be multiplied by.
///
/// With `mayBeEmpty`, scores may be negative infinity because their keys are removed; while there is no other, nothing counts.
CTORCH_INLINE float softmaxRow(float *scores, int64_t visible, int64_t width, bool mayBeEmpty, RowState &state) {
  if (visible <= 0) {
    for (int64_t j = 0; j < width; ++j) scores[j] = 0;
    return 1;
  }
  for (int64_t j = visible; j < width; ++j) scores[j] = lowest;
  const float maximum = std::max(state.maximum, largestOf(scores, width));
  if (mayBeEmpty && maximum == lowest) {
    for (int64_t j = 0; j < width; ++j) scores[j] = 0;
    return 1;
  }
  Float16 correction = Float16{} + (state.maximum - maximum);
  exp2Vector(correction);
  const float factor = state.maximum == lowest ? 0 : correction[0];
  Float16 total = {}, score;
#pragma clang loop unroll_count(4)
  for (int64_t j = 0; j < width; j += lanes) {
    loadVector(scores + j, score);
    score -= maximum;
    exp2Vector(score);
    total += score;
    std::memcpy(scores + j, &score, sizeof score);
  }
  // What is masked has come out as the smallest number there is, and must be none at all.
  float masked = 0;
  for (int64_t j = visible; j < width; ++j) {
    masked += scores[j];
    scores[j] = 0;
  }
  state = {maximum, state.sum * factor + (sum(total) - masked)};
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

/// What one query head does to the keys of one sequence.
struct HeadChanges {
  /// Per class of keys; null: nothing.
  const KeyChange *classes;
  /// Whether each of the block's rows is changed; null: all are.
  const uint8_t *rows;
  /// The first key that is not removed: a row that sees none stays as it was.
  int64_t firstKept;
};

/// Calls `body(first of the numbers, count, change)` for what `keys` begin ..< end have in a block that starts at `begin`.
template <typename Body>
CTORCH_INLINE void forChangedRuns(float *numbers, int64_t begin, int64_t end, const KeyRuns &keys,
                                  const KeyChange *classes, Body body) {
  const KeyRun *run = keys.runs + keys.firstRun[begin / keyBlock];
  for (; run < keys.runs + keys.runCount && run->begin < end; ++run) {
    const int64_t from = std::max(run->begin, begin), to = std::min(run->end, end);
    if (from < to) body(numbers + from - begin, to - from, classes[run->keyClass]);
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
CTORCH_INLINE void attendBlock(const PackedKeys &keys, const KeyRuns &runs, const HeadChanges &changes, Workspace &work,
                               int64_t rows, int64_t paddedRows, int64_t firstVisible, bool observed, bool causal,
                               const Branches &branches) {
  const int64_t width = keys.width, paddedWidth = keys.paddedWidth;
  const int64_t visible = causal ? std::min(firstVisible + rows - 1, keys.count) : keys.count;
  for (int64_t i = 0; i < paddedRows * paddedWidth; ++i) work.output[i] = 0;
  if (observed) {
    for (int64_t i = 0; i < paddedRows * runs.classCount; ++i) work.masses[i] = 0;
  }
  for (int64_t r = 0; r < paddedRows; ++r) {
    work.rows[r] = {lowest, 0};
    work.correction[r] = 1;
  }
  for (int64_t begin = 0; begin < visible; begin += keyBlock) {
    const int64_t count = std::min(keyBlock, visible - begin);
    if (branches.hides(begin, begin + count, rows)) continue;
    const int64_t vectors = (count + lanes - 1) / lanes;
    stripProduct<Rows, Columns, 1, Rows, false>(work.query, Rows * width, keys.keys + begin * width, width * lanes, lanes,
                                           width, work.scores, keyBlock, paddedRows, vectors, work.correction);
    for (int64_t r = 0; r < rows; ++r) {
      const int64_t own = causal ? std::min(firstVisible + r, keys.count) : keys.count;
      float *scores = work.scores + r * keyBlock;
      const bool changed = changes.classes != nullptr && own > changes.firstKept &&
                           (changes.rows == nullptr || changes.rows[r] != 0);
      const int64_t end = std::min(own, begin + count);
      if (changed) {
        forChangedRuns(scores, begin, end, runs, changes.classes,
                       [](float *part, int64_t numbers, const KeyChange &change) __attribute__((always_inline)) {
                         if (movesScores(change)) changeScores(part, numbers, change, log2e);
                       });
      }
      const int64_t hiddenFrom = std::max(branches.shared, begin) - begin;
      const int64_t hiddenEnd = branches.hiddenEnd(r, begin + count) - begin;
      const bool isHiding = hiddenFrom < hiddenEnd;
      if (isHiding) std::fill(scores + hiddenFrom, scores + hiddenEnd, lowest);
      work.correction[r] = softmaxRow(scores, own - begin, vectors * lanes, changed || isHiding, work.rows[r]);
      if (isHiding) std::fill(scores + hiddenFrom, scores + hiddenEnd, 0.0f);
      if (changed) {
        forChangedRuns(scores, begin, end, runs, changes.classes,
                       [](float *part, int64_t numbers, const KeyChange &change) __attribute__((always_inline)) {
                         changeWeights(part, numbers, change);
                       });
      }
      if (observed) {
        addMasses(scores, begin, count, runs, work.correction[r], work.masses + r * runs.classCount);
      }
    }
    stripProduct<Rows, Columns, keyBlock, 1, true>(work.scores, Rows * keyBlock, keys.values + begin * lanes,
                                              keys.count * lanes, lanes, count, work.output, paddedWidth, paddedRows,
                                              paddedWidth / lanes, work.correction);
  }
}

using AttendBlock = void (*)(const PackedKeys &, const KeyRuns &, const HeadChanges &, Workspace &, int64_t rows,
                             int64_t paddedRows, int64_t firstVisible, bool observed, bool causal,
                             const Branches &branches);

CTORCH_512 void attend512(const PackedKeys &keys, const KeyRuns &runs, const HeadChanges &changes, Workspace &work,
                int64_t rows, int64_t paddedRows, int64_t firstVisible, bool observed, bool causal,
                const Branches &branches) {
  attendBlock<rows512, columns512>(keys, runs, changes, work, rows, paddedRows, firstVisible, observed, causal, branches);
}
CTORCH_256 void attend256(const PackedKeys &keys, const KeyRuns &runs, const HeadChanges &changes, Workspace &work,
                int64_t rows, int64_t paddedRows, int64_t firstVisible, bool observed, bool causal,
                const Branches &branches) {
  attendBlock<rows256, columns256>(keys, runs, changes, work, rows, paddedRows, firstVisible, observed, causal, branches);
}
void attend128(const PackedKeys &keys, const KeyRuns &runs, const HeadChanges &changes, Workspace &work,
                int64_t rows, int64_t paddedRows, int64_t firstVisible, bool observed, bool causal,
                const Branches &branches) {
  attendBlock<rows128, columns128>(keys, runs, changes, work, rows, paddedRows, firstVisible, observed, causal, branches);
}

AttendBlock chosenVersion() {
  switch (vectorWidth()) {
    case 512: return attend512;
    case 256: return attend256;
    default: return attend128;
  }
}

/// What one query head does to each class of keys of one sequence.
struct Changes {
  std::vector<KeyChange> classes;
  bool any = false;
  int64_t firstKept = 0;

  Changes(const Runs &keys, const KeyChange *groups, int64_t keyCount) {
    for (const uint8_t bits : keys.classBits) {
      classes.push_back(combined(groups, bits));
      any = any || movesScores(classes.back()) || classes.back().value != 1;
    }
    const auto kept = std::find_if(keys.runs.begin(), keys.runs.end(), [&](const KeyRun &run) {
      return !removes(classes[static_cast<size_t>(run.keyClass)]);
    });
    firstKept = kept == keys.runs.end() ? keyCount : kept->begin;
  }
};

template <typename T>
struct FlashAttention {
  const AttentionCall<T> &call;
  const AttendBlock attendRows = chosenVersion();
  const int64_t tileRows = ctorch::tileRows();
  const int64_t paddedWidth = roundUp(call.width, lanes);
  int64_t keyCount = 0;
  /// Per sequence, where attention is observed or changed.
  std::vector<Runs> runs;
  /// Per sequence and head, where attention is changed.
  std::vector<Changes> changes;
  float *packedKeys, *packedValues;

  FlashAttention(const AttentionCall<T> &call, std::vector<float> &memory) : call(call) {
    for (int64_t s = 0; s < call.segmentCount; ++s) keyCount += call.segments[s].count;
    const size_t lists = static_cast<size_t>(call.sequences * call.keyHeads);
    const size_t keyNumbers = lists * static_cast<size_t>(keyListSize());
    const size_t valueNumbers = lists * static_cast<size_t>(valueListSize());
    // Grown to just what is needed, and without copying what was there.
    if (memory.size() < keyNumbers + valueNumbers) memory = std::vector<float>(keyNumbers + valueNumbers);
    packedKeys = memory.data();
    packedValues = packedKeys + keyNumbers;
    if (call.masses == nullptr && call.changes == nullptr) return;
    for (int64_t b = 0; b < call.sequences; ++b) runs.emplace_back(segments(b * call.keyHeads), call.segmentCount);
    if (call.changes == nullptr) return;
    for (const Runs &own : runs) {
      for (int64_t h = 0; h < call.heads; ++h) changes.emplace_back(own, call.changes + h * maximumGroups, keyCount);
    }
  }

  int64_t keyListSize() const { return roundUp(keyCount, lanes) * call.width; }
  int64_t valueListSize() const { return keyCount * paddedWidth; }
  const KeySegment<T> *segments(int64_t list) const { return call.segments + list * call.segmentCount; }

  PackedKeys keys(int64_t list) const {
    return {packedKeys + list * keyListSize(), packedValues + list * valueListSize(), keyCount, call.width,
            paddedWidth};
  }

  void pack(int64_t list) const {
    packKeys(segments(list), call.segmentCount, call.width, packedKeys + list * keyListSize());
    packValues(segments(list), call.segmentCount, call.width, keyCount, packedValues + list * valueListSize());
  }

  /// One block of queries of one head.
  void attend(int64_t sequence, int64_t head, int64_t begin, Workspace &work) const {
    const int64_t rows = std::min(queryBlock, call.queries - begin);
    const int64_t paddedRows = roundUp(rows, tileRows);
    const T *query = call.query + sequence * call.querySequenceStride + head * call.queryHeadStride;
    // The queries of a tile lie side by side, number by number.
    for (int64_t r = 0; r < paddedRows; ++r) {
      float *column = work.query + r / tileRows * tileRows * call.width + r % tileRows;
      const T *own = query + (begin + r) * call.queryStride;
      for (int64_t d = 0; d < call.width; ++d) {
        column[d * tileRows] = r < rows ? load(own + d) * (call.scale * log2e) : 0;
      }
    }
    const KeyRuns own = runs.empty() ? KeyRuns{} : runs[static_cast<size_t>(sequence)].view();
    HeadChanges change = {};
    if (!changes.empty()) {
      const Changes &ofHead = changes[static_cast<size_t>(sequence * call.heads + head)];
      const uint8_t *flags = call.changedRows;
      if (ofHead.any) {
        change = {ofHead.classes.data(), flags == nullptr ? nullptr : flags + sequence * call.queries + begin,
                  ofHead.firstKept};
      }
    }
    const int64_t list = sequence * call.keyHeads + head / (call.heads / call.keyHeads);
    const int64_t firstVisible = keyCount - call.queries + begin + 1;
    attendRows(keys(list), own, change, work, rows, paddedRows, firstVisible, call.masses != nullptr, call.causal,
               call.branches.from(begin));
    for (int64_t r = 0; r < rows; ++r) finish(sequence, head, begin + r, r, work);
  }

  void finish(int64_t sequence, int64_t head, int64_t query, int64_t row, const Workspace &work) const {
    const float factor = 1 / work.rows[row].sum;
    T *out = call.out + sequence * call.outSequenceStride + query * call.outStride + head * call.outHeadStride;
    for (int64_t d = 0; d < call.width; ++d) store(out + d, work.output[row * paddedWidth + d] * factor);
    const int64_t place = (sequence * call.heads + head) * call.queries + query;
    if (call.logSumExp != nullptr) call.logSumExp[place] = work.rows[row].maximum + std::log2(work.rows[row].sum);
    if (call.masses == nullptr) return;
    const std::vector<uint8_t> &bits = runs[static_cast<size_t>(sequence)].classBits;
    float *masses = call.masses + place * call.groups;
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
