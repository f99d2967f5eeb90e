// Gradients of the element-wise steps, each one pass over memory.
#include <algorithm>
#include <vector>

#include "VectorMath.h"

namespace ctorch {
namespace {

/// dx of one row, and what the row adds to the weights' gradient.
template <typename T>
CTORCH_INLINE void normRow(const T *x, const T *weight, const T *dy, const T *added, T *dx, float *dweight,
                           int64_t width, float epsilon) {
#pragma clang fp reassociate(on) contract(fast)
  float squares = 0, product = 0;
  for (int64_t i = 0; i < width; ++i) {
    const float value = load(x + i);
    squares += value * value;
    product += value * load(weight + i) * load(dy + i);
  }
  const float scale = 1.0f / std::sqrt(squares / static_cast<float>(width) + epsilon);
  const float mean = product * scale * scale / static_cast<float>(width);
  for (int64_t i = 0; i < width; ++i) {
    const float value = load(x + i), gradient = load(dy + i);
    dweight[i] += gradient * value * scale;
    const float out = scale * (load(weight + i) * gradient - value * mean);
    store(dx + i, added == nullptr ? out : out + load(added + i));
  }
}

template <typename T>
CTORCH_INLINE void siluRange(const T *gate, const T *up, T *out, int64_t count) {
#pragma clang fp reassociate(on) contract(fast)
  for (int64_t i = 0; i < count; ++i) {
    const float x = load(gate + i);
    store(out + i, rounded<T>(x / (1.0f + fastExp(-x))) * load(up + i));
  }
}

template <typename T>
CTORCH_INLINE void siluGradientRange(const T *gate, const T *up, const T *dout, T *dgate, T *dup, int64_t count) {
#pragma clang fp reassociate(on) contract(fast)
  for (int64_t i = 0; i < count; ++i) {
    const float x = load(gate + i), gradient = load(dout + i);
    const float sigmoid = 1.0f / (1.0f + fastExp(-x));
    store(dup + i, gradient * x * sigmoid);
    store(dgate + i, gradient * load(up + i) * sigmoid * (1.0f + x * (1.0f - sigmoid)));
  }
}

// The versions for each processor; a template cannot have them itself.

CTORCH_CLONES void normRow32(const float *x, const float *weight, const float *dy, const float *added, float *dx,
                             float *dweight, int64_t width, float epsilon) {
  normRow(x, weight, dy, added, dx, dweight, width, epsilon);
}
CTORCH_CLONES void normRow16(const BFloat16 *x, const BFloat16 *weight, const BFloat16 *dy, const BFloat16 *added,
                             BFloat16 *dx, float *dweight, int64_t width, float epsilon) {
  normRow(x, weight, dy, added, dx, dweight, width, epsilon);
}
CTORCH_CLONES void silu32(const float *gate, const float *up, float *out, int64_t count) {
  siluRange(gate, up, out, count);
}
CTORCH_CLONES void silu16(const BFloat16 *gate, const BFloat16 *up, BFloat16 *out, int64_t count) {
  siluRange(gate, up, out, count);
}
CTORCH_CLONES void siluGradient32(const float *gate, const float *up, const float *dout, float *dgate, float *dup,
                                  int64_t count) {
  siluGradientRange(gate, up, dout, dgate, dup, count);
}
CTORCH_CLONES void siluGradient16(const BFloat16 *gate, const BFloat16 *up, const BFloat16 *dout, BFloat16 *dgate,
                                  BFloat16 *dup, int64_t count) {
  siluGradientRange(gate, up, dout, dgate, dup, count);
}

template <typename... Rest>
void normOne(const float *x, Rest... rest) {
  normRow32(x, rest...);
}
template <typename... Rest>
void normOne(const BFloat16 *x, Rest... rest) {
  normRow16(x, rest...);
}
void siluPart(const float *gate, const float *up, float *out, int64_t count) { silu32(gate, up, out, count); }
void siluPart(const BFloat16 *gate, const BFloat16 *up, BFloat16 *out, int64_t count) { silu16(gate, up, out, count); }
template <typename... Rest>
void siluGradientPart(const float *gate, Rest... rest) {
  siluGradient32(gate, rest...);
}
template <typename... Rest>
void siluGradientPart(const BFloat16 *gate, Rest... rest) {
  siluGradient16(gate, rest...);
}

/// About this many numbers are worth a thread.
constexpr int64_t threadWork = 16384;
/// Rows whose parts of a weight's gradient are summed before they are added to the others'.
constexpr int64_t rowsOfPart = 256;

}  // namespace

template <typename T>
void rmsNormGradient(const T *x, const T *weight, const T *dy, const T *added, T *dx, float *dweight, int64_t rows,
                     int64_t width, float epsilon) {
  const int64_t parts = (rows + rowsOfPart - 1) / rowsOfPart;
  std::vector<float> sums(static_cast<size_t>(parts * width));
  parallelFor(parts, 1, [&](int64_t begin, int64_t end) {
    for (int64_t part = begin; part < end; ++part) {
      for (int64_t row = part * rowsOfPart; row < std::min(rows, (part + 1) * rowsOfPart); ++row) {
        const int64_t at = row * width;
        normOne(x + at, weight, dy + at, added == nullptr ? nullptr : added + at, dx + at,
                sums.data() + part * width, width, epsilon);
      }
    }
  });
  std::fill(dweight, dweight + width, 0.0f);
  for (int64_t part = 0; part < parts; ++part) {
    for (int64_t i = 0; i < width; ++i) dweight[i] += sums[static_cast<size_t>(part * width + i)];
  }
}

template <typename T>
void siluProduct(const T *gate, const T *up, T *out, int64_t count) {
  parallelFor(count, threadWork, [&](int64_t begin, int64_t end) {
    siluPart(gate + begin, up + begin, out + begin, end - begin);
  });
}

template <typename T>
void siluProductGradient(const T *gate, const T *up, const T *dout, T *dgate, T *dup, int64_t count) {
  parallelFor(count, threadWork, [&](int64_t begin, int64_t end) {
    siluGradientPart(gate + begin, up + begin, dout + begin, dgate + begin, dup + begin, end - begin);
  });
}

template void rmsNormGradient(const float *, const float *, const float *, const float *, float *, float *, int64_t,
                              int64_t, float);
template void rmsNormGradient(const BFloat16 *, const BFloat16 *, const BFloat16 *, const BFloat16 *, BFloat16 *,
                              float *, int64_t, int64_t, float);
template void siluProduct(const float *, const float *, float *, int64_t);
template void siluProduct(const BFloat16 *, const BFloat16 *, BFloat16 *, int64_t);
template void siluProductGradient(const float *, const float *, const float *, float *, float *, int64_t);
template void siluProductGradient(const BFloat16 *, const BFloat16 *, const BFloat16 *, BFloat16 *, BFloat16 *,
                                  int64_t);

}  // namespace ctorch
