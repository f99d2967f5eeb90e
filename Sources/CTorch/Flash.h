// What attention of many queries and its gradient share: the exponential, the packing of keys and values, the runs of classes.
#pragma once

#include <algorithm>
#include <vector>

#include "Tile.h"

namespace ctorch {

/// Keys that are worked on at once. The rows of scores must not lie a power of two apart.
constexpr int64_t flashKeyBlock = 416;
constexpr float log2e = 1.44269504f;

/// 2^x for x <= 0 to about one unit in the last place (the polynomial of Cephes' exp2f); below -126 it is 2^-126, and what is
/// not a number stays so.
CTORCH_INLINE void exp2Vector(Float16 &x) {
  typedef int32_t Int16 __attribute__((vector_size(64)));
  const Float16 least = Float16{} - 126.0f;
  const Float16 given = x;
  const Float16 bounded = x < least ? least : x;
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
  x = given == given ? x : given;
}

/// Keys as panels of sixteen, each [width, 16]; behind the last key zeros.
template <typename T>
static void packKeys(const KeySegment<T> *segments, int64_t segmentCount, int64_t width, float *out) {
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

/// Values as panels of sixteen numbers of every key, each [count, 16]; behind the last number zeros. Read in place they
/// would lie a power of two apart, and most of them would share a few lines of the cache.
template <typename T>
static void packValues(const KeySegment<T> *segments, int64_t segmentCount, int64_t width, int64_t count, float *out) {
  for (int64_t panel = 0; panel < width; panel += lanes, out += count * lanes) {
    const int64_t numbers = std::min(lanes, width - panel);
    float *row = out;
    for (int64_t s = 0; s < segmentCount; ++s) {
      for (int64_t j = 0; j < segments[s].count; ++j, row += lanes) {
        const T *value = segments[s].values + j * segments[s].valueStride + panel;
        for (int64_t d = 0; d < numbers; ++d) row[d] = load(value + d);
        for (int64_t d = numbers; d < lanes; ++d) row[d] = 0;
      }
    }
  }
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
    for (size_t r = 0, block = 0; block * flashKeyBlock < static_cast<size_t>(at); ++block) {
      while (runs[r].end <= static_cast<int64_t>(block) * flashKeyBlock) ++r;
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

}  // namespace ctorch
