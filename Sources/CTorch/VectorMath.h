// Pieces that are inlined into the multi-versioned kernels: conversions, and an exponential the compiler can vectorise.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>

#include "Kernels.h"

#define CTORCH_INLINE static inline __attribute__((always_inline))

namespace ctorch {

CTORCH_INLINE float load(const float *x) { return *x; }
CTORCH_INLINE float load(const BFloat16 *x) { return std::bit_cast<float>(static_cast<uint32_t>(x->bits) << 16); }

CTORCH_INLINE void store(float *x, float value) { *x = value; }
/// Rounds to the nearest, half to even, as libtorch does; a NaN stays one.
CTORCH_INLINE void store(BFloat16 *x, float value) {
  const uint32_t bits = std::bit_cast<uint32_t>(value);
  const uint32_t rounded = (bits + 0x7FFF + ((bits >> 16) & 1)) >> 16;
  x->bits = static_cast<uint16_t>(value != value ? 0x7FC0 : rounded);
}

/// What `value` becomes when it is stored as a `T`.
template <typename T>
CTORCH_INLINE float rounded(float value) {
  T stored;
  store(&stored, value);
  return load(&stored);
}

/// exp(x) to about one unit in the last place: 2^n times a polynomial on |r| <= ln(2) / 2, ends clamped.
CTORCH_INLINE float fastExp(float x) {
  x = x < -87.3f ? -87.3f : (x > 88.3f ? 88.3f : x);
  const float n = std::floor(x * 1.44269504f + 0.5f);
  const float r = (x - n * 0.693359375f) - n * -2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.0f;
  const int32_t exponent = (static_cast<int32_t>(n) + 127) << 23;
  return p * std::bit_cast<float>(exponent);
}

/// Sixteen numbers at once; on narrower processors the compiler splits them.
typedef float Float16 __attribute__((vector_size(64)));
typedef uint16_t Bits16 __attribute__((vector_size(32)));
typedef uint32_t Wide16 __attribute__((vector_size(64)));

// By reference: how such a vector is passed by value depends on the processor.
CTORCH_INLINE void loadVector(const float *x, Float16 &v) { std::memcpy(&v, x, sizeof v); }
CTORCH_INLINE void loadVector(const BFloat16 *x, Float16 &v) {
  Bits16 bits;
  std::memcpy(&bits, x, sizeof bits);
  const Wide16 wide = __builtin_convertvector(bits, Wide16) << 16;
  std::memcpy(&v, &wide, sizeof v);
}

CTORCH_INLINE float sum(const Float16 &v) {
  float parts[16];
  std::memcpy(parts, &v, sizeof parts);
  for (int width = 8; width > 0; width /= 2) {
    for (int i = 0; i < width; ++i) parts[i] += parts[i + width];
  }
  return parts[0];
}

}  // namespace ctorch
