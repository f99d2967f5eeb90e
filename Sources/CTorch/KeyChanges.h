// What an intervention does to the keys that a query head sees, in the form the inner loops take it.
#pragma once

#include <limits>

#include "VectorMath.h"

namespace ctorch {

/// What becomes of the keys in all groups of `bits`: factors multiply, the others add.
inline KeyChange combined(const KeyChange *groups, uint8_t bits) {
  KeyChange change = {1, 0, 0, 1};
  for (int g = 0; g < maximumGroups; ++g) {
    if ((bits >> g & 1) == 0) continue;
    change.score *= groups[g].score;
    change.absolute += groups[g].absolute;
    change.bias += groups[g].bias;
    change.value *= groups[g].value;
  }
  return change;
}

inline bool movesScores(const KeyChange &change) {
  return change.score != 1 || change.absolute != 0 || change.bias != 0;
}

/// True if the key has no weight at all, or none that counts.
inline bool isRemoved(const KeyChange &change) { return change.bias == -std::numeric_limits<float>::infinity(); }
inline bool removes(const KeyChange &change) { return isRemoved(change) || change.value == 0; }

/// score * z + absolute * |z| + bias, with `unit` what a bias of one is in the units of the scores. A removed key's score is
/// negative infinity, whatever it was.
CTORCH_INLINE void changeScores(float *scores, int64_t count, const KeyChange &change, float unit) {
  if (isRemoved(change)) {
    for (int64_t j = 0; j < count; ++j) scores[j] = change.bias;
    return;
  }
  const float factor = change.score, absolute = change.absolute, bias = change.bias * unit;
  for (int64_t j = 0; j < count; ++j) {
    const float z = scores[j];
    scores[j] = factor * z + absolute * __builtin_fabsf(z) + bias;
  }
}

/// Weights times the value factor; those of removed keys become exactly zero.
CTORCH_INLINE void changeWeights(float *weights, int64_t count, const KeyChange &change) {
  const float factor = isRemoved(change) ? 0 : change.value;
  if (factor == 0) {
    for (int64_t j = 0; j < count; ++j) weights[j] = 0;
  } else if (factor != 1) {
    for (int64_t j = 0; j < count; ++j) weights[j] *= factor;
  }
}

}  // namespace ctorch
