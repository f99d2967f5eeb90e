#include "VectorMath.h"

namespace ctorch {
namespace {

template <typename T>
CTORCH_INLINE void rmsNormRow(const T *x, const T *delta, const T *weight, T *total, T *out, int64_t width,
                              float epsilon) {
#pragma clang fp reassociate(on) contract(fast)
  float squares = 0;
  if (delta != nullptr) {
    for (int64_t i = 0; i < width; ++i) {
      const float value = rounded<T>(load(x + i) + load(delta + i));
      store(total + i, value);
      squares += value * value;
    }
    x = total;
  } else {
    for (int64_t i = 0; i < width; ++i) squares += load(x + i) * load(x + i);
  }
  const float scale = 1.0f / std::sqrt(squares / static_cast<float>(width) + epsilon);
  for (int64_t i = 0; i < width; ++i) store(out + i, load(weight + i) * rounded<T>(load(x + i) * scale));
}

template <typename T>
CTORCH_INLINE void siluGateRange(const T *gate, T *up, int64_t count) {
#pragma clang fp reassociate(on) contract(fast)
  for (int64_t i = 0; i < count; ++i) {
    const float x = load(gate + i);
    const float activated = rounded<T>(x / (1.0f + fastExp(-x)));
    store(up + i, activated * load(up + i));
  }
}

template <typename T>
CTORCH_INLINE void rotaryHead(const T *x, const float *cos, const float *sin, T *out, int64_t half) {
#pragma clang fp contract(fast)
  for (int64_t i = 0; i < half; ++i) {
    const float first = load(x + i), second = load(x + half + i);
    store(out + i, first * cos[i] - second * sin[i]);
    store(out + half + i, second * cos[i] + first * sin[i]);
  }
}

template <typename T>
CTORCH_INLINE void rotaryRange(Heads<const T> x, const float *cos, const float *sin, Heads<T> out, int64_t begin,
                               int64_t end, int64_t heads, int64_t width) {
  const int64_t half = width / 2;
  for (int64_t token = begin; token < end; ++token) {
    for (int64_t head = 0; head < heads; ++head) {
      rotaryHead(x.data + token * x.tokenStride + head * x.headStride, cos + token * half, sin + token * half,
                 out.data + token * out.tokenStride + head * out.headStride, half);
    }
  }
}

// The versions for each processor; a template cannot have them itself.

CTORCH_CLONES void rmsNormRow32(const float *x, const float *delta, const float *weight, float *total, float *out,
                                int64_t width, float epsilon) {
  rmsNormRow(x, delta, weight, total, out, width, epsilon);
}
CTORCH_CLONES void rmsNormRow16(const BFloat16 *x, const BFloat16 *delta, const BFloat16 *weight, BFloat16 *total,
                                BFloat16 *out, int64_t width, float epsilon) {
  rmsNormRow(x, delta, weight, total, out, width, epsilon);
}
CTORCH_CLONES void siluGate32(const float *gate, float *up, int64_t count) { siluGateRange(gate, up, count); }
CTORCH_CLONES void siluGate16(const BFloat16 *gate, BFloat16 *up, int64_t count) { siluGateRange(gate, up, count); }
CTORCH_CLONES void rotary32(Heads<const float> x, const float *cos, const float *sin, Heads<float> out, int64_t begin,
                            int64_t end, int64_t heads, int64_t width) {
  rotaryRange(x, cos, sin, out, begin, end, heads, width);
}
CTORCH_CLONES void rotary16(Heads<const BFloat16> x, const float *cos, const float *sin, Heads<BFloat16> out,
                            int64_t begin, int64_t end, int64_t heads, int64_t width) {
  rotaryRange(x, cos, sin, out, begin, end, heads, width);
}

void rmsNormOne(const float *x, const float *d, const float *w, float *s, float *o, int64_t n, float e) {
  rmsNormRow32(x, d, w, s, o, n, e);
}
void rmsNormOne(const BFloat16 *x, const BFloat16 *d, const BFloat16 *w, BFloat16 *s, BFloat16 *o, int64_t n, float e) {
  rmsNormRow16(x, d, w, s, o, n, e);
}
void siluGatePart(const float *gate, float *up, int64_t count) { siluGate32(gate, up, count); }
void siluGatePart(const BFloat16 *gate, BFloat16 *up, int64_t count) { siluGate16(gate, up, count); }
template <typename... Rest>
void rotaryPart(Heads<const float> x, Rest... rest) {
  rotary32(x, rest...);
}
template <typename... Rest>
void rotaryPart(Heads<const BFloat16> x, Rest... rest) {
  rotary16(x, rest...);
}

/// About this many numbers are worth a thread.
constexpr int64_t threadWork = 16384;

}  // namespace

template <typename T>
void rmsNorm(const T *x, const T *delta, const T *weight, T *total, T *out, int64_t rows, int64_t width,
             float epsilon) {
  parallelFor(rows, threadWork / width + 1, [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      const int64_t at = row * width;
      rmsNormOne(x + at, delta == nullptr ? nullptr : delta + at, weight, total == nullptr ? nullptr : total + at,
                 out + at, width, epsilon);
    }
  });
}

template <typename T>
void siluGate(const T *gate, T *up, int64_t count) {
  parallelFor(count, threadWork, [&](int64_t begin, int64_t end) { siluGatePart(gate + begin, up + begin, end - begin); });
}

template <typename T>
void rotary(Heads<const T> x, const float *cos, const float *sin, Heads<T> out, int64_t tokens, int64_t heads,
            int64_t width) {
  parallelFor(tokens, threadWork / (heads * width) + 1, [&](int64_t begin, int64_t end) {
    rotaryPart(x, cos, sin, out, begin, end, heads, width);
  });
}

template void rmsNorm(const float *, const float *, const float *, float *, float *, int64_t, int64_t, float);
template void rmsNorm(const BFloat16 *, const BFloat16 *, const BFloat16 *, BFloat16 *, BFloat16 *, int64_t, int64_t,
                      float);
template void siluGate(const float *, float *, int64_t);
template void siluGate(const BFloat16 *, BFloat16 *, int64_t);
template void rotary(Heads<const float>, const float *, const float *, Heads<float>, int64_t, int64_t, int64_t);
template void rotary(Heads<const BFloat16>, const float *, const float *, Heads<BFloat16>, int64_t, int64_t, int64_t);

}  // namespace ctorch
