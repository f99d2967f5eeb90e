// The product of many float32 rows with weights that are bfloat16 in memory. The weights have to be brought into panels for
// the register tile anyway; they become float32 on the way, so that a product costs what one of float32 weights does.
#include "Tile.h"

#include <vector>

namespace ctorch {
namespace {

/// Rows that are packed at once, numbers of each that one tile sums before it goes to memory, and columns of one piece of work.
constexpr int64_t rowBlock = 384, depthBlock = 512, columnBlock = 64;

/// Rows as tiles, number by number: for each block of depth, for each tile, [depth, tile rows]; zeros behind the last row.
struct PackedRows {
  const float *data;
  int64_t rows, paddedRows;
};

/// weight[begin ..< begin + columns, from ..< from + depth] as panels of sixteen columns, each [depth, 16].
template <typename W>
CTORCH_INLINE void packPanels(const W *weight, int64_t begin, int64_t columns, int64_t inWidth, int64_t from,
                              int64_t depth, float *out) {
  for (int64_t panel = 0; panel < columns; panel += lanes, out += depth * lanes) {
    for (int64_t n = 0; n < lanes; ++n) {
      if (panel + n >= columns) {
        for (int64_t k = 0; k < depth; ++k) out[k * lanes + n] = 0;
        continue;
      }
      const W *row = weight + (begin + panel + n) * inWidth + from;
      for (int64_t k = 0; k < depth; ++k) out[k * lanes + n] = load(row + k);
    }
  }
}

/// Columns begin ..< begin + columns of the product, into `sums` [padded rows, 64].
template <int Rows, int Columns, typename W>
CTORCH_INLINE void columnsProduct(const PackedRows &x, const W *weight, int64_t begin, int64_t columns, int64_t inWidth,
                                  float *panels, float *sums, const float *ones) {
  const int64_t vectors = (columns + lanes - 1) / lanes;
  for (int64_t from = 0; from < inWidth; from += depthBlock) {
    const int64_t depth = std::min(depthBlock, inWidth - from);
    packPanels(weight, begin, columns, inWidth, from, depth, panels);
    const float *rows = x.data + from * x.paddedRows;
    if (from == 0) {
      stripProduct<Rows, Columns, 1, Rows, false>(rows, Rows * depth, panels, depth * lanes, lanes, depth, sums,
                                                  columnBlock, x.paddedRows, vectors, ones);
    } else {
      stripProduct<Rows, Columns, 1, Rows, true>(rows, Rows * depth, panels, depth * lanes, lanes, depth, sums,
                                                 columnBlock, x.paddedRows, vectors, ones);
    }
  }
}

using ColumnsProduct = void (*)(const PackedRows &, const BFloat16 *, int64_t begin, int64_t columns, int64_t inWidth,
                                float *panels, float *sums, const float *ones);

CTORCH_512 void columns512Product(const PackedRows &x, const BFloat16 *weight, int64_t begin, int64_t columns,
                                  int64_t inWidth, float *panels, float *sums, const float *ones) {
  columnsProduct<rows512, columns512>(x, weight, begin, columns, inWidth, panels, sums, ones);
}
CTORCH_256 void columns256Product(const PackedRows &x, const BFloat16 *weight, int64_t begin, int64_t columns,
                                  int64_t inWidth, float *panels, float *sums, const float *ones) {
  columnsProduct<rows256, columns256>(x, weight, begin, columns, inWidth, panels, sums, ones);
}
void columns128Product(const PackedRows &x, const BFloat16 *weight, int64_t begin, int64_t columns, int64_t inWidth,
                       float *panels, float *sums, const float *ones) {
  columnsProduct<rows128, columns128>(x, weight, begin, columns, inWidth, panels, sums, ones);
}

ColumnsProduct chosenVersion() {
  switch (vectorWidth()) {
    case 512: return columns512Product;
    case 256: return columns256Product;
    default: return columns128Product;
  }
}

/// Packs `rows` rows of x into `out`, [blocks of depth, tiles, depth, tile rows].
void packRows(const float *x, int64_t rows, int64_t inWidth, int64_t tile, float *out) {
  const int64_t tiles = (rows + tile - 1) / tile;
  parallelFor(tiles, 4, [&](int64_t begin, int64_t end) {
    for (int64_t t = begin; t < end; ++t) {
      for (int64_t from = 0; from < inWidth; from += depthBlock) {
        const int64_t depth = std::min(depthBlock, inWidth - from);
        float *target = out + from * tiles * tile + t * tile * depth;
        for (int64_t m = 0; m < tile; ++m) {
          const int64_t row = t * tile + m;
          const float *own = x + row * inWidth + from;
          for (int64_t k = 0; k < depth; ++k) target[k * tile + m] = row < rows ? own[k] : 0;
        }
      }
    }
  });
}

}  // namespace

void blockProduct(const float *x, const BFloat16 *weight, const BFloat16 *bias, float *out, int64_t rows,
                  int64_t outWidth, int64_t inWidth) {
  const int64_t tile = tileRows();
  const ColumnsProduct product = chosenVersion();
  const std::vector<float> ones(static_cast<size_t>(rowBlock + tile), 1.0f);
  thread_local std::vector<float> packed;
  for (int64_t first = 0; first < rows; first += rowBlock) {
    const int64_t count = std::min(rowBlock, rows - first), padded = roundUp(count, tile);
    const size_t numbers = static_cast<size_t>(padded * inWidth);
    if (packed.size() < numbers) packed.resize(numbers);
    packRows(x + first * inWidth, count, inWidth, tile, packed.data());
    const PackedRows rowsOfBlock{packed.data(), count, padded};
    shareOut(
        (outWidth + columnBlock - 1) / columnBlock,
        [&] { return std::vector<float>(static_cast<size_t>((depthBlock + padded) * columnBlock)); },
        [&](int64_t item, std::vector<float> &scratch) {
          const int64_t begin = item * columnBlock, columns = std::min(columnBlock, outWidth - begin);
          float *sums = scratch.data() + depthBlock * columnBlock;
          product(rowsOfBlock, weight, begin, columns, inWidth, scratch.data(), sums, ones.data());
          for (int64_t r = 0; r < count; ++r) {
            float *target = out + (first + r) * outWidth + begin;
            for (int64_t n = 0; n < columns; ++n) {
              target[n] = sums[r * columnBlock + n] + (bias == nullptr ? 0 : load(bias + begin + n));
            }
          }
        });
  }
}

}  // namespace ctorch
