#include "VectorMath.h"

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

/// total[h] += weights[h, j] * values[j]; the masses likewise, by membership.
template <typename T>
CTORCH_INLINE void sumSegment(const KeySegment<T> &segment, const float *weights, float *total, float *masses,
                              int64_t heads, int64_t width, int64_t keys, int64_t groups) {
  for (int64_t j = 0; j < segment.count; ++j) {
    const T *value = segment.values + j * segment.valueStride;
    for (int64_t h = 0; h < heads; ++h) {
      const float weight = weights[h * keys + j];
      float *row = total + h * width;
      for (int64_t i = 0; i < width; ++i) row[i] += weight * load(value + i);
    }
    if (masses == nullptr || segment.membership == nullptr) continue;
    for (int64_t g = 0; g < groups; ++g) {
      if ((segment.membership[j] >> g & 1) == 0) continue;
      for (int64_t h = 0; h < heads; ++h) masses[h * groups + g] += weights[h * keys + j];
    }
  }
}

template <typename T>
CTORCH_INLINE void attend(const T *query, const KeySegment<T> *segments, int64_t segmentCount, T *out, float *masses,
                          float *scores, int64_t heads, int64_t width, int64_t groups, float scale) {
  int64_t keys = 0;
  for (int64_t s = 0; s < segmentCount; ++s) keys += segments[s].count;
  float *largest = scores + heads * keys;
  float *total = largest + heads;
  for (int64_t h = 0; h < heads; ++h) largest[h] = -std::numeric_limits<float>::infinity();
  int64_t at = 0;
  for (int64_t s = 0; s < segmentCount; ++s) {
    scoreSegment(query, segments[s], scores + at, largest, heads, width, keys, scale);
    at += segments[s].count;
  }
  for (int64_t i = 0; i < heads * width; ++i) total[i] = 0;
  if (masses != nullptr) {
    for (int64_t i = 0; i < heads * groups; ++i) masses[i] = 0;
  }
  for (int64_t h = 0; h < heads; ++h) {
    // From here on `largest` holds one over the sum of the exponentials.
    largest[h] = 1.0f / exponentials(scores + h * keys, keys, largest[h]);
  }
  at = 0;
  for (int64_t s = 0; s < segmentCount; ++s) {
    sumSegment(segments[s], scores + at, total, masses, heads, width, keys, groups);
    at += segments[s].count;
  }
  for (int64_t h = 0; h < heads; ++h) {
    for (int64_t i = 0; i < width; ++i) store(out + h * width + i, total[h * width + i] * largest[h]);
    if (masses != nullptr) {
      for (int64_t g = 0; g < groups; ++g) masses[h * groups + g] *= largest[h];
    }
  }
}

CTORCH_CLONES void attend32(const float *query, const KeySegment<float> *segments, int64_t count, float *out,
                            float *masses, float *scores, int64_t heads, int64_t width, int64_t groups, float scale) {
  attend(query, segments, count, out, masses, scores, heads, width, groups, scale);
}
CTORCH_CLONES void attend16(const BFloat16 *query, const KeySegment<BFloat16> *segments, int64_t count, BFloat16 *out,
                            float *masses, float *scores, int64_t heads, int64_t width, int64_t groups, float scale) {
  attend(query, segments, count, out, masses, scores, heads, width, groups, scale);
}

}  // namespace

template <>
void decodeAttention(const float *query, const KeySegment<float> *segments, int64_t segmentCount, float *out,
                     float *masses, float *scores, int64_t heads, int64_t width, int64_t groups, float scale) {
  attend32(query, segments, segmentCount, out, masses, scores, heads, width, groups, scale);
}

template <>
void decodeAttention(const BFloat16 *query, const KeySegment<BFloat16> *segments, int64_t segmentCount, BFloat16 *out,
                     float *masses, float *scores, int64_t heads, int64_t width, int64_t groups, float scale) {
  attend16(query, segments, segmentCount, out, masses, scores, heads, width, groups, scale);
}

}  // namespace ctorch
