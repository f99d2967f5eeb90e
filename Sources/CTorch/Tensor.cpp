#include <cstring>

#include "Support.h"

namespace ctorch {

namespace {
// Row i is the scalar type of the CTDType i.
constexpr at::ScalarType scalarTypes[] = {
    at::kBool,   at::kByte,  at::kChar,   at::kShort,  at::kInt,    at::kLong,          at::kHalf,        at::kBFloat16,
    at::kFloat,  at::kDouble, at::kUInt16, at::kUInt32, at::kUInt64, at::kFloat8_e4m3fn, at::kFloat8_e5m2};
constexpr int32_t scalarTypeCount = sizeof(scalarTypes) / sizeof(scalarTypes[0]);
}  // namespace

at::ScalarType scalarType(int32_t dtype) {
  if (dtype < 0 || dtype >= scalarTypeCount) throw std::invalid_argument("unknown dtype " + std::to_string(dtype));
  return scalarTypes[dtype];
}

int32_t dtypeOf(at::ScalarType type) noexcept {
  for (int32_t i = 0; i < scalarTypeCount; ++i)
    if (scalarTypes[i] == type) return i;
  return -1;
}

}  // namespace ctorch

using namespace ctorch;

extern "C" {

void ct_free(CTensor x) {
  if (x.ctx == nullptr) return;
  delete static_cast<at::Tensor *>(x.ctx);
  liveHandles.fetch_sub(1, std::memory_order_relaxed);
}

int32_t ct_retain(CTensor x, CTensor *out) {
  return guarded([&] { *out = adopt(tensor(x)); });
}

int32_t ct_from_bytes(const void *bytes, int32_t dtype, const int64_t *sizes, int32_t dims, CTensor *out) {
  return guarded([&] {
    at::Tensor result = at::empty(ints(sizes, dims), at::TensorOptions().dtype(scalarType(dtype)));
    if (result.nbytes() > 0) std::memcpy(result.data_ptr(), bytes, result.nbytes());
    *out = adopt(std::move(result));
  });
}

int32_t ct_from_mapped(void *bytes, int32_t dtype, const int64_t *sizes, int32_t dims, void *owner,
                       void (*release)(void *owner), CTensor *out) {
  return guarded([&] {
    // The deleter is armed only once the tensor exists, so that a failure leaves ownership with the caller.
    auto armed = std::make_shared<bool>(false);
    at::Tensor result = at::from_blob(
        bytes, ints(sizes, dims),
        [armed, owner, release](void *) {
          if (*armed) release(owner);
        },
        at::TensorOptions().dtype(scalarType(dtype)));
    CTensor handle = adopt(std::move(result));
    *armed = true;
    *out = handle;
  });
}

int32_t ct_empty(const int64_t *sizes, int32_t dims, int32_t dtype, CTDevice device, CTensor *out) {
  return guarded([&] { *out = adopt(at::empty(ints(sizes, dims), options(dtype, device))); });
}

int32_t ct_full(const int64_t *sizes, int32_t dims, double value, int32_t dtype, CTDevice device, CTensor *out) {
  return guarded([&] { *out = adopt(at::full(ints(sizes, dims), value, options(dtype, device))); });
}

int32_t ct_arange(double start, double end, double step, int32_t dtype, CTDevice device, CTensor *out) {
  return guarded([&] { *out = adopt(at::arange(start, end, step, options(dtype, device))); });
}

int32_t ct_randn(const int64_t *sizes, int32_t dims, int32_t dtype, CTDevice device, CTensor *out) {
  return guarded([&] { *out = adopt(at::randn(ints(sizes, dims), options(dtype, device))); });
}

int32_t ct_rand(const int64_t *sizes, int32_t dims, int32_t dtype, CTDevice device, CTensor *out) {
  return guarded([&] { *out = adopt(at::rand(ints(sizes, dims), options(dtype, device))); });
}

int32_t ct_randint(int64_t low, int64_t high, const int64_t *sizes, int32_t dims, CTDevice device, CTensor *out) {
  return guarded([&] { *out = adopt(at::randint(low, high, ints(sizes, dims), options(CT_INT64, device))); });
}

int32_t ct_dims(CTensor x) { return static_cast<int32_t>(tensor(x).dim()); }

int64_t ct_size(CTensor x, int32_t dim) { return tensor(x).sizes()[static_cast<size_t>(dim)]; }

int64_t ct_stride(CTensor x, int32_t dim) { return tensor(x).strides()[static_cast<size_t>(dim)]; }

int64_t ct_element_count(CTensor x) { return tensor(x).numel(); }

int32_t ct_dtype(CTensor x) { return dtypeOf(tensor(x).scalar_type()); }

CTDevice ct_device(CTensor x) {
  const at::Device device = tensor(x).device();
  return CTDevice{device.is_cpu() ? -1 : device.index()};
}

bool ct_is_contiguous(CTensor x) { return tensor(x).is_contiguous(); }

bool ct_requires_grad(CTensor x) { return tensor(x).requires_grad(); }

void *ct_data(CTensor x) {
  const at::Tensor &value = tensor(x);
  return value.device().is_cpu() ? value.data_ptr() : nullptr;
}

int32_t ct_copy_to_bytes(CTensor x, void *bytes, int64_t capacity) {
  return guarded([&] {
    const at::Tensor value = tensor(x).detach().to(at::kCPU).contiguous();
    if (static_cast<int64_t>(value.nbytes()) > capacity)
      throw std::invalid_argument("the tensor has " + std::to_string(value.nbytes()) + " bytes, the buffer " +
                                  std::to_string(capacity));
    if (value.nbytes() > 0) std::memcpy(bytes, value.data_ptr(), value.nbytes());
  });
}

int32_t ct_item_double(CTensor x, double *out) {
  return guarded([&] { *out = tensor(x).item().toDouble(); });
}

int32_t ct_item_int64(CTensor x, int64_t *out) {
  return guarded([&] { *out = tensor(x).item().toLong(); });
}

int32_t ct_to(CTensor x, int32_t dtype, CTDevice device, CTensor *out) {
  return guarded([&] { *out = adopt(tensor(x).to(options(dtype, device))); });
}

int32_t ct_contiguous(CTensor x, CTensor *out) {
  return guarded([&] { *out = adopt(tensor(x).contiguous()); });
}

int32_t ct_clone(CTensor x, CTensor *out) {
  return guarded([&] { *out = adopt(tensor(x).clone()); });
}

int32_t ct_copy_(CTensor x, CTensor source) {
  return guarded([&] { tensor(x).copy_(tensor(source)); });
}

int32_t ct_fill_(CTensor x, double value) {
  return guarded([&] { tensor(x).fill_(value); });
}
}
