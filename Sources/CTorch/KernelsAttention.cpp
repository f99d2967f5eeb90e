#include "KeyChanges.h"

#include <algorithm>
#include <limits>

namespace ctorch {
namespace {

template <typename T>
CTORCH_INLINE float dot(const T *x, const T *y, int64_t width) {
  Float16 total = {}, a, b;
  int64_t i = 0;
  for (; i + 16 <= width; i += 16) {
    loadVector(x + i, a);
    loadVector(y + i, b);
    total += a * b;
  }
  float result = sum(total);
  for (; i < width; ++i) result += load(x + i) * load(y + i);
  return result;
}

/// scores[h, j] = scale * query[h] . keys[j], keys read once for all heads; the largest of each head in `largest`.
template <typename T>
CTORCH_INLINE void scoreSegment(const T *query, const KeySegment<T> &segment, float *scores, float *largest,
                                int64_t heads, int64_t width, int64_t keys, float scale) {
  for (int64_t j = 0; j < segment.count; ++j) {
    const T *key = segment.keys + j * segment.keyStride;
    for (int64_t h = 0; h < heads; ++h) {
      const float score = scale * dot(query + h * width, key, width);
      scores[h * keys + j] = score;
      largest[h] = score > largest[h] ? score : largest[h];
    }
  }
}

CTORCH_INLINE float exponentials(float *scores, int64_t count, float largest) {
#pragma clang fp reassociate(on)
  float total = 0;
  for (int64_t j = 0; j < count; ++j) {
    scores[j] = fastExp(scores[j] - largest);
    total += scores[j];
  }
  return total;
}

/// total[h] += weights[h, j] * values[j].
template <typename T>
CTORCH_INLINE void sumSegment(const KeySegment<T> &segment, const float *weights, float *total, int64_t heads,
                              int64_t width, int64_t keys) {
  for (int64_t j = 0; j < segment.count; ++j) {
    const T *value = segment.values + j * segment.valueStride;
    for (int64_t h = 0; h < heads; ++h) {
      const float weight = weights[h * keys + j];
      float *row = total + h * width;
      for (int64_t i = 0; i < width; ++i) row[i] += weight * load(value + i);
    }
  }
}

/// Calls `body(first key, count, membership)` for neighbouring keys of equal membership.
template <typename T, typename Body>
CTORCH_INLINE void forRuns(const KeySegment<T> &segment, Body body) {
  for (int64_t j = 0, end; j < segment.count; j = end) {
    const uint8_t bits = segment.membership == nullptr ? 0 : segment.membership[j];
    for (end = j + 1; end < segment.count && segment.membership != nullptr && segment.membership[end] == bits;) ++end;
    body(j, end - j, bits);
  }
}

CTORCH_INLINE float sumOf(const float *numbers, int64_t count) {
#pragma clang fp reassociate(on)
  float total = 0;
  for (int64_t j = 0; j < count; ++j) total += numbers[j];
  return total;
}

/// masses[h, g] += the weights of head h on keys of group g.
template <typename T>
CTORCH_INLINE void addMasses(const KeySegment<T> &segment, const float *weights, float *masses, int64_t heads,
                             int64_t keys, int64_t groups) {
  forRuns(segment, [&](int64_t begin, int64_t count, uint8_t bits) __attribute__((always_inline)) {
    if (bits == 0) return;
    for (int64_t h = 0; h < heads; ++h) {
      const float mass = sumOf(weights + h * keys + begin, count);
      for (int64_t g = 0; g < groups; ++g) masses[h * groups + g] += bits >> g & 1 ? mass : 0;
    }
  });
}

/// Whether a head that changes keys keeps any of them: a row of which nothing would be left stays as it was.
template <typename T>
bool keepsAny(const DecodeCall<T> &call, const KeyChange *groups) {
  bool kept = false;
  for (int64_t s = 0; s < call.segmentCount; ++s) {
    forRuns(call.segments[s],
            [&](int64_t, int64_t, uint8_t bits) { kept = kept || !removes(combined(groups, bits)); });
  }
  return kept;
}

/// Calls `body(numbers of one head's keys, count, change)` for all keys that the head changes.
template <typename T, typename Body>
CTORCH_INLINE void forChanged(const DecodeCall<T> &call, int64_t head, float *numbers, Body body) {
  const KeyChange *groups = call.changes + head * maximumGroups;
  for (int64_t s = 0; s < call.segmentCount; ++s) {
    forRuns(call.segments[s], [&](int64_t begin, int64_t count, uint8_t bits) __attribute__((always_inline)) {
      const KeyChange change = combined(groups, bits);
      if (movesScores(change) || change.value != 1) body(numbers + begin, count, change);
    });
    numbers += call.segments[s].count;
  }
}

CTORCH_INLINE float largestOf(const float *scores, int64_t count) {
  float largest = -std::numeric_limits<float>::infinity();
  for (int64_t j = 0; j < count; ++j) largest = scores[j] > largest ? scores[j] : largest;
  return largest;
}

/// Scores to weights that are still to be divided by their sum; returns one over it. `changed` heads have their keys changed.
template <typename T>
CTORCH_INLINE float weighRow(const DecodeCall<T> &call, int64_t head, float *scores, int64_t keys, float largest) {
  const bool changed = call.changes != nullptr && keepsAny(call, call.changes + head * maximumGroups);
  if (changed) {
    forChanged(call, head, scores,
               [](float *part, int64_t count, const KeyChange &change) __attribute__((always_inline)) {
                 if (movesScores(change)) changeScores(part, count, change, 1);
               });
    largest = largestOf(scores, keys);
  }
  const float factor = 1.0f / exponentials(scores, keys, largest);
  if (changed) {
    forChanged(call, head, scores,
               [](float *part, int64_t count, const KeyChange &change) __attribute__((always_inline)) {
                 changeWeights(part, count, change);
               });
  }
  return factor;
}

template <typename T>
CTORCH_INLINE void attend(const DecodeCall<T> &call) {
  const int64_t heads = call.heads, width = call.width, groups = call.groups;
  int64_t keys = 0;
  for (int64_t s = 0; s < call.segmentCount; ++s) keys += call.segments[s].count;
  float *scores = call.scratch;
  float *largest = scores + heads * keys;
  float *total = largest + heads;
  for (int64_t h = 0; h < heads; ++h) largest[h] = -std::numeric_limits<float>::infinity();
  int64_t at = 0;
  for (int64_t s = 0; s < call.segmentCount; ++s) {
    scoreSegment(call.query, call.segments[s], scores + at, largest, heads, width, keys, call.scale);
    at += call.segments[s].count;
  }
  for (int64_t i = 0; i < heads * width; ++i) total[i] = 0;
  if (call.masses != nullptr) {
    for (int64_t i = 0; i < heads * groups; ++i) call.masses[i] = 0;
  }
  for (int64_t h = 0; h < heads; ++h) {
    // From here on `largest` holds one over the sum of the exponentials.
    largest[h] = weighRow(call, h, scores + h * keys, keys, largest[h]);
  }
  at = 0;
  for (int64_t s = 0; s < call.segmentCount; ++s) {
    sumSegment(call.segments[s], scores + at, total, heads, width, keys);
    if (call.masses != nullptr) addMasses(call.segments[s], scores + at, call.masses, heads, keys, groups);
    at += call.segments[s].count;
  }
  for (int64_t h = 0; h < heads; ++h) {
    for (int64_t i = 0; i < width; ++i) store(call.out + h * width + i, total[h * width + i] * largest[h]);
    if (call.masses != nullptr) {
      for (int64_t g = 0; g < groups; ++g) call.masses[h * groups + g] *= largest[h];
    }
    if (call.weights != nullptr) {
      for (int64_t j = 0; j < keys; ++j) call.weights[h * call.weightStride + j] = scores[h * keys + j] * largest[h];
    }
  }
}

CTORCH_CLONES void attend32(const DecodeCall<float> &call) { attend(call); }
CTORCH_CLONES void attend16(const DecodeCall<BFloat16> &call) { attend(call); }

}  // namespace

template <>
void decodeAttention(const DecodeCall<float> &call) {
  attend32(call);
}

template <>
void decodeAttention(const DecodeCall<BFloat16> &call) {
  attend16(call);
}

}  // namespace ctorch
