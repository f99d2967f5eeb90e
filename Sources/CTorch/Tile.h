// The register tile that our products of many rows are made of, and how work is shared out.
#pragma once

#include <algorithm>
#include <atomic>

#include "VectorMath.h"

// One version of a function for each width of vectors. The attribute on the 512-bit version keeps the compiler from halving
// its vectors.
#define CTORCH_512 __attribute__((target("arch=x86-64-v4"), min_vector_width(512)))
#define CTORCH_256 __attribute__((target("arch=x86-64-v3")))

namespace ctorch {

constexpr int64_t lanes = 16;

// Rows and vectors of columns of a tile: as many accumulators as registers leave room for, 24 of 32 with AVX-512, 12 of 16
// (two for each vector) with AVX2.
constexpr int rows512 = 12, columns512 = 2;
constexpr int rows256 = 6, columns256 = 1;
constexpr int rows128 = 3, columns128 = 1;

/// Bits of the vectors that calls from this thread are to use: the widest that the processor has, or what a test allows. It is
/// asked on the calling thread alone, and what it says holds for the whole call.
int vectorWidth();
extern thread_local int vectorLimit;

/// Rows of this processor's tile.
inline int64_t tileRows() {
  const int width = vectorWidth();
  return width == 512 ? rows512 : width == 256 ? rows256 : rows128;
}

inline int64_t roundUp(int64_t count, int64_t step) { return (count + step - 1) / step * step; }

/// Sixteen vectors become their columns. Interleaving each with the one eight further, four times over, is a transposition.
CTORCH_INLINE void transpose(Float16 (&v)[lanes]) {
#pragma clang loop unroll(full)
  for (int round = 0; round < 4; ++round) {
    Float16 w[lanes];
#pragma clang loop unroll(full)
    for (int i = 0; i < 8; ++i) {
      w[2 * i] = __builtin_shufflevector(v[i], v[i + 8], 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
      w[2 * i + 1] =
          __builtin_shufflevector(v[i], v[i + 8], 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < lanes; ++i) v[i] = w[i];
  }
}

/// out[k * step + m] = x[m * stride + k] for `rows` rows, zero for the m behind them, m in 0 ..< step <= 16 and k in 0 ..< depth.
/// Where there is room each k is written as a whole vector, whose end the next one covers.
template <typename T>
CTORCH_INLINE void interleave(const T *x, int64_t stride, int64_t rows, int64_t depth, float *out, int64_t step) {
  int64_t k = 0;
  for (; k + lanes <= depth; k += lanes) {
    Float16 v[lanes];
    for (int64_t m = 0; m < lanes; ++m) {
      v[m] = Float16{};
      if (m < rows) loadVector(x + m * stride + k, v[m]);
    }
    transpose(v);
    for (int64_t i = 0; i < lanes; ++i) {
      float *target = out + (k + i) * step;
      if ((depth - k - i) * step >= lanes) {
        std::memcpy(target, &v[i], sizeof v[i]);
      } else {
        for (int64_t m = 0; m < step; ++m) target[m] = v[i][m];
      }
    }
  }
  for (; k < depth; ++k) {
    for (int64_t m = 0; m < step; ++m) out[k * step + m] = m < rows ? load(x + m * stride + k) : 0;
  }
}

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
CTORCH_INLINE void stripProduct(const float *a, int64_t aTile, const float *b, int64_t vectorStride, int64_t stride,
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

/// Calls `body(item)` for 0 ..< count, each thread taking the next that is left.
template <typename Prepare, typename Body>
void shareOut(int64_t count, const Prepare &prepare, const Body &body) {
  std::atomic<int64_t> next{0};
  parallelFor(std::min<int64_t>(count, 256), 1, [&](int64_t, int64_t) {
    auto state = prepare();
    for (int64_t item = next.fetch_add(1); item < count; item = next.fetch_add(1)) body(item, state);
  });
}

}  // namespace ctorch
