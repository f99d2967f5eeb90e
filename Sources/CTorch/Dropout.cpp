#include "KernelTensors.h"

using namespace ctorch;

namespace {

/// Shifted to the right with zeros coming in, as unsigned numbers are.
at::Tensor shifted(const at::Tensor &z, int64_t by) {
  return z.bitwise_right_shift(by).bitwise_and((int64_t{1} << (64 - by)) - 1);
}

at::Scalar constant(uint64_t bits) { return at::Scalar(static_cast<int64_t>(bits)); }

/// The loop of KernelsDropout.cpp in libtorch's operations, whose products of integers keep the low 64 bits as well.
at::Tensor composedMask(at::IntArrayRef sizes, uint64_t key, uint64_t threshold, double kept,
                        const at::TensorOptions &options) {
  const int64_t count = c10::multiply_integers(sizes);
  at::Tensor z = at::arange(1, count + 1, options.dtype(at::kLong));
  z = z.mul(constant(0x9E3779B97F4A7C15ull)).add(constant(key));
  z = z.bitwise_xor(shifted(z, 30)).mul(constant(0xBF58476D1CE4E5B9ull));
  z = z.bitwise_xor(shifted(z, 27)).mul(constant(0x94D049BB133111EBull));
  z = z.bitwise_xor(shifted(z, 31));
  return shifted(z, 32).ge(constant(threshold)).to(options.dtype()).mul(kept).view(sizes);
}

}  // namespace

extern "C" {

int32_t ct_dropout_mask(const int64_t *sizes, int32_t dims, double probability, uint64_t key, int32_t dtype,
                        CTDevice device, CTensor *out) {
  return guarded([&] {
    TORCH_CHECK(probability >= 0 && probability < 1, "a dropout of ", probability, " is not from 0 up to below 1");
    const auto threshold = static_cast<uint64_t>(probability * 4294967296.0);
    const double kept = 1 / (1 - probability);
    const at::TensorOptions wanted = options(dtype, device);
    const at::ScalarType type = scalarType(dtype);
    if (device.index >= 0 || (type != at::kFloat && type != at::kBFloat16)) {
      *out = adopt(composedMask(ints(sizes, dims), key, threshold, kept, wanted));
      return;
    }
    at::Tensor mask = at::empty(ints(sizes, dims), wanted);
    dispatch(mask, [&](auto *element) {
      using T = Element<decltype(element)>;
      dropoutMask<T>(data<T>(mask), mask.numel(), key, threshold, static_cast<float>(kept));
    });
    *out = adopt(std::move(mask));
  });
}
}
