#include "VectorMath.h"

#include <algorithm>

namespace ctorch {
namespace {

/// Rows of activations and of weights that are worked on at once: their products fit the registers.
constexpr int tileRows = 4;
/// A single row waits for memory alone, and eight weight rows at once draw half as much again from it as two.
template <int Rows>
constexpr int tileWeights = Rows == 1 ? 8 : 2;

/// out[m, n] for `Rows` rows and `Weights` weight rows. Every product is summed in the same order whatever the tile.
template <int Rows, int Weights, typename X, typename W>
CTORCH_INLINE void productTile(const X *x, const W *weight, const W *bias, X *out, int64_t outWidth, int64_t inWidth) {
  Float16 sums[Rows][Weights] = {};
  int64_t k = 0;
  for (; k + 16 <= inWidth; k += 16) {
    Float16 w[Weights];
    for (int n = 0; n < Weights; ++n) loadVector(weight + n * inWidth + k, w[n]);
    for (int m = 0; m < Rows; ++m) {
      Float16 a;
      loadVector(x + m * inWidth + k, a);
      for (int n = 0; n < Weights; ++n) sums[m][n] += a * w[n];
    }
  }
  for (int m = 0; m < Rows; ++m) {
    for (int n = 0; n < Weights; ++n) {
      float total = sum(sums[m][n]);
      for (int64_t i = k; i < inWidth; ++i) total += load(x + m * inWidth + i) * load(weight + n * inWidth + i);
      store(out + m * outWidth + n, bias == nullptr ? total : total + load(bias + n));
    }
  }
}

template <int Rows, typename X, typename W>
CTORCH_INLINE void productRows(const X *x, const W *weight, const W *bias, X *out, int64_t begin, int64_t end,
                               int64_t outWidth, int64_t inWidth) {
  int64_t n = begin;
  constexpr int weights = tileWeights<Rows>;
  for (; n + weights <= end; n += weights) {
    productTile<Rows, weights>(x, weight + n * inWidth, bias == nullptr ? nullptr : bias + n, out + n, outWidth,
                               inWidth);
  }
  for (; n < end; ++n) {
    productTile<Rows, 1>(x, weight + n * inWidth, bias == nullptr ? nullptr : bias + n, out + n, outWidth, inWidth);
  }
}

/// All rows against the weights begin ..< end, a few weights at a time so that they are read from memory once.
template <typename X, typename W>
CTORCH_INLINE void productRange(const X *x, const W *weight, const W *bias, X *out, int64_t rows, int64_t begin,
                                int64_t end, int64_t outWidth, int64_t inWidth) {
  constexpr int64_t block = 16;
  for (int64_t n = begin; n < end; n += block) {
    const int64_t stop = n + block < end ? n + block : end;
    int64_t m = 0;
    for (; m + tileRows <= rows; m += tileRows) {
      productRows<tileRows>(x + m * inWidth, weight, bias, out + m * outWidth, n, stop, outWidth, inWidth);
    }
    for (; m < rows; ++m) {
      productRows<1>(x + m * inWidth, weight, bias, out + m * outWidth, n, stop, outWidth, inWidth);
    }
  }
}

#define CTORCH_PRODUCT(NAME, X, W)                                                                                  \
  CTORCH_CLONES void NAME(const X *x, const W *weight, const W *bias, X *out, int64_t rows, int64_t begin,          \
                          int64_t end, int64_t outWidth, int64_t inWidth) {                                         \
    productRange(x, weight, bias, out, rows, begin, end, outWidth, inWidth);                                        \
  }                                                                                                                 \
  void productPart(const X *x, const W *weight, const W *bias, X *out, int64_t rows, int64_t begin, int64_t end,    \
                   int64_t outWidth, int64_t inWidth) {                                                             \
    NAME(x, weight, bias, out, rows, begin, end, outWidth, inWidth);                                                \
  }

CTORCH_PRODUCT(product32, float, float)
CTORCH_PRODUCT(product32x16, float, BFloat16)
CTORCH_PRODUCT(product16, BFloat16, BFloat16)
#undef CTORCH_PRODUCT

}  // namespace

template <typename X, typename W>
void rowsProduct(const X *x, const W *weight, const W *bias, X *out, int64_t rows, int64_t outWidth, int64_t inWidth) {
  parallelFor(outWidth, 32768 / inWidth + 1, [&](int64_t begin, int64_t end) {
    productPart(x, weight, bias, out, rows, begin, end, outWidth, inWidth);
  });
}

template void rowsProduct(const float *, const float *, const float *, float *, int64_t, int64_t, int64_t);
template void rowsProduct(const float *, const BFloat16 *, const BFloat16 *, float *, int64_t, int64_t, int64_t);
template void rowsProduct(const BFloat16 *, const BFloat16 *, const BFloat16 *, BFloat16 *, int64_t, int64_t, int64_t);

}  // namespace ctorch
