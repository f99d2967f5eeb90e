// What every file of the shim shares: the exception barrier and the passage between handles and tensors.
#pragma once

#include <ATen/ATen.h>

#include <atomic>
#include <exception>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "include/CTorch.h"

namespace ctorch {

extern thread_local std::string lastError;
extern std::atomic<int64_t> liveHandles;

/// The one barrier: the only place of the shim that catches.
template <typename Body>
int32_t guarded(Body &&body) noexcept {
  try {
    body();
    return 0;
  } catch (const c10::Error &error) {
    lastError = error.what_without_backtrace();
    return 1;
  } catch (const std::exception &error) {
    lastError = error.what();
    return 1;
  } catch (...) {
    lastError = "unknown C++ exception";
    return 2;
  }
}

inline const at::Tensor &tensor(CTensor handle) {
  if (handle.ctx == nullptr) throw std::invalid_argument("a tensor handle is null");
  return *static_cast<const at::Tensor *>(handle.ctx);
}

inline CTensor adopt(at::Tensor value) {
  auto *owned = new at::Tensor(std::move(value));
  liveHandles.fetch_add(1, std::memory_order_relaxed);
  return CTensor{owned};
}

inline at::IntArrayRef ints(const int64_t *values, int32_t count) {
  return at::IntArrayRef(values, static_cast<size_t>(count));
}

/// Axes of a reduction; none means all of them.
inline std::optional<at::IntArrayRef> axes(const int64_t *values, int32_t count) {
  if (values == nullptr || count == 0) return std::nullopt;
  return ints(values, count);
}

inline std::vector<at::Tensor> list(const CTensor *handles, int32_t count) {
  std::vector<at::Tensor> tensors;
  tensors.reserve(static_cast<size_t>(count));
  for (int32_t i = 0; i < count; ++i) tensors.push_back(tensor(handles[i]));
  return tensors;
}

at::ScalarType scalarType(int32_t dtype);
int32_t dtypeOf(at::ScalarType type) noexcept;

inline at::Device deviceOf(CTDevice device) {
  return device.index < 0 ? at::Device(at::kCPU) : at::Device(at::kCUDA, static_cast<c10::DeviceIndex>(device.index));
}

inline at::TensorOptions options(int32_t dtype, CTDevice device) {
  return at::TensorOptions().dtype(scalarType(dtype)).device(deviceOf(device));
}

}  // namespace ctorch
