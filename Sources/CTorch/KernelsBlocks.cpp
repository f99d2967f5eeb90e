// The product of many float32 rows with weights that are bfloat16 in memory. The weights have to be brought into panels for
// the register tile anyway; they become float32 on the way, so that a product costs what one of float32 weights does.
#include "Tile.h"

#include <vector>

namespace ctorch {
namespace {

/// Rows that are packed at once, numbers of each that one tile sums before it goes to memory, and columns of one piece of work.
constexpr int64_t rowBlock = 384, depthBlock = 512, columnBlock = 64;
/// Rows for which it pays that a second thread packs the same weights.
constexpr int64_t fewestRows = 96;

/// Rows as tiles, number by number: for each block of depth, for each tile, [depth, tile rows]; zeros behind the last row.
struct PackedRows {
  const float *data;
  int64_t paddedRows;
};

/// weight[begin ..< begin + columns, from ..< from + depth] as panels of sixteen columns, each [depth, 16].
template <typename W>
CTORCH_INLINE void packPanels(const W *weight, int64_t begin, int64_t columns, int64_t inWidth, int64_t from,
                              int64_t depth, float *out) {
  for (int64_t panel = 0; panel < columns; panel += lanes, out += depth * lanes) {
    interleave(weight + (begin + panel) * inWidth + from, inWidth, std::min(lanes, columns - panel), depth, out, lanes);
  }
}

/// The rows of x into `out`, [blocks of depth, tiles, depth, tile rows], and zeros behind the last row.
template <int Rows>
CTORCH_INLINE void packTiles(const float *x, int64_t rows, int64_t inWidth, float *out) {
  const int64_t padded = roundUp(rows, Rows);
  for (int64_t from = 0; from < inWidth; from += depthBlock) {
    const int64_t depth = std::min(depthBlock, inWidth - from);
    for (int64_t row = 0; row < rows; row += Rows) {
      interleave(x + row * inWidth + from, inWidth, std::min<int64_t>(Rows, rows - row), depth,
                 out + from * padded + row * depth, Rows);
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

// The versions for each processor.
#define CTORCH_BLOCK_VERSION(BITS, TARGET)                                                                             \
  TARGET void columnsProduct##BITS(const PackedRows &x, const BFloat16 *weight, int64_t begin, int64_t columns,        \
                                   int64_t inWidth, float *panels, float *sums, const float *ones) {                   \
    columnsProduct<rows##BITS, columns##BITS>(x, weight, begin, columns, inWidth, panels, sums, ones);                 \
  }                                                                                                                    \
  TARGET void packTiles##BITS(const float *x, int64_t rows, int64_t inWidth, float *out) {                             \
    packTiles<rows##BITS>(x, rows, inWidth, out);                                                                      \
  }
CTORCH_BLOCK_VERSION(512, CTORCH_512)
CTORCH_BLOCK_VERSION(256, CTORCH_256)
CTORCH_BLOCK_VERSION(128, )
#undef CTORCH_BLOCK_VERSION

struct Version {
  void (*columnsProduct)(const PackedRows &, const BFloat16 *, int64_t begin, int64_t columns, int64_t inWidth,
                         float *panels, float *sums, const float *ones);
  void (*packTiles)(const float *x, int64_t rows, int64_t inWidth, float *out);
};

Version chosenVersion() {
  switch (vectorWidth()) {
    case 512: return {columnsProduct512, packTiles512};
    case 256: return {columnsProduct256, packTiles256};
    default: return {columnsProduct128, packTiles128};
  }
}

/// How a product is shared out: by rows, so that each thread packs its own, and by columns where the rows are few.
struct Shares {
  int64_t rowBlocks, rowStep, columnParts, columnStep;

  Shares(int64_t rows, int64_t outWidth) {
    const int64_t threads = threadCount();
    // As many blocks for each thread, unless that made them too small to be worth packing weights for.
    const int64_t blocks = (rows + threads * rowBlock - 1) / (threads * rowBlock) * threads;
    rowBlocks = std::max<int64_t>(1, std::min(blocks, rows / fewestRows));
    rowStep = roundUp((rows + rowBlocks - 1) / rowBlocks, tileRows());
    rowBlocks = (rows + rowStep - 1) / rowStep;
    const int64_t parts = rowBlocks >= threads ? 1 : (2 * threads + rowBlocks - 1) / rowBlocks;
    columnStep = roundUp((outWidth + parts - 1) / parts, columnBlock);
    columnParts = (outWidth + columnStep - 1) / columnStep;
  }
};

}  // namespace

void blockProduct(const float *x, const BFloat16 *weight, const BFloat16 *bias, float *out, int64_t rows,
                  int64_t outWidth, int64_t inWidth) {
  const Version version = chosenVersion();
  const int64_t tile = tileRows();
  const Shares shares(rows, outWidth);
  const std::vector<float> ones(static_cast<size_t>(shares.rowStep), 1.0f);
  shareOut(
      shares.rowBlocks * shares.columnParts, [] { return int64_t{-1}; },
      [&](int64_t item, int64_t &packedBlock) {
        // Kept from call to call, and packed by the thread that reads it: rows that another core has just written are slow.
        thread_local std::vector<float> tiles, scratch;
        const int64_t block = item / shares.columnParts, part = item % shares.columnParts;
        const int64_t first = block * shares.rowStep, count = std::min(shares.rowStep, rows - first);
        const int64_t padded = roundUp(count, tile);
        if (packedBlock != block) {
          const auto numbers = static_cast<size_t>(padded * inWidth);
          if (tiles.size() < numbers) tiles = std::vector<float>(numbers);
          version.packTiles(x + first * inWidth, count, inWidth, tiles.data());
          packedBlock = block;
        }
        scratch.resize(std::max(scratch.size(), static_cast<size_t>((depthBlock + padded) * columnBlock)));
        float *sums = scratch.data() + depthBlock * columnBlock;
        const int64_t end = std::min(outWidth, (part + 1) * shares.columnStep);
        for (int64_t begin = part * shares.columnStep; begin < end; begin += columnBlock) {
          const int64_t columns = std::min(columnBlock, end - begin);
          version.columnsProduct({tiles.data(), padded}, weight, begin, columns, inWidth, scratch.data(), sums,
                                 ones.data());
          for (int64_t r = 0; r < count; ++r) {
            float *target = out + (first + r) * outWidth + begin;
            for (int64_t n = 0; n < columns; ++n) {
              target[n] = sums[r * columnBlock + n] + (bias == nullptr ? 0 : load(bias + begin + n));
            }
          }
        }
      });
}

}  // namespace ctorch
