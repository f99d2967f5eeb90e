#include "VectorMath.h"

namespace ctorch {
namespace {

/// The bits of element i: what SplitMix64 gives as its number i + 1 from the state `key`.
CTORCH_INLINE uint64_t bits(uint64_t key, uint64_t i) {
  uint64_t z = key + (i + 1) * 0x9E3779B97F4A7C15ull;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
  return z ^ (z >> 31);
}

CTORCH_CLONES void dropoutRange(float *out, int64_t begin, int64_t end, uint64_t key, uint64_t threshold, float kept) {
  for (int64_t i = begin; i < end; ++i) out[i] = bits(key, static_cast<uint64_t>(i)) >> 32 < threshold ? 0.0f : kept;
}

CTORCH_CLONES void dropoutRange(BFloat16 *out, int64_t begin, int64_t end, uint64_t key, uint64_t threshold,
                                float kept) {
  BFloat16 narrow;
  store(&narrow, kept);
  for (int64_t i = begin; i < end; ++i) {
    out[i].bits = bits(key, static_cast<uint64_t>(i)) >> 32 < threshold ? uint16_t{0} : narrow.bits;
  }
}

}  // namespace

template <typename T>
void dropoutMask(T *out, int64_t count, uint64_t key, uint64_t threshold, float kept) {
  parallelFor(count, 1 << 14, [&](int64_t begin, int64_t end) { dropoutRange(out, begin, end, key, threshold, kept); });
}

template void dropoutMask(float *, int64_t, uint64_t, uint64_t, float);
template void dropoutMask(BFloat16 *, int64_t, uint64_t, uint64_t, float);

}  // namespace ctorch
