#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <cpuinfo.h>
#include <dlfcn.h>
#include <malloc.h>
#include <torch/csrc/api/include/torch/version.h>

#include <limits>

#include "Support.h"
#include "Tile.h"

namespace ctorch {
thread_local std::string lastError;
std::atomic<int64_t> liveHandles{0};
}  // namespace ctorch

using namespace ctorch;

extern "C" {

const char *ct_last_error(void) { return lastError.c_str(); }

int64_t ct_live_handles(void) { return liveHandles.load(std::memory_order_relaxed); }

const char *ct_version(void) { return TORCH_VERSION; }

const char *ct_cpu_capability(void) {
  static const std::string capability = at::get_cpu_capability();
  return capability.c_str();
}

bool ct_cpu_has_bfloat16(void) {
  return __builtin_cpu_supports("avx512bf16") != 0;
}

int32_t ct_vector_width(void) { return vectorWidth(); }

void ct_limit_vector_width(int32_t bits) { vectorLimit = bits >= 512 ? 512 : bits >= 256 ? 256 : 128; }

int32_t ct_set_thread_count(int32_t count) {
  return guarded([&] { at::set_num_threads(count); });
}

int32_t ct_thread_count(void) { return at::get_num_threads(); }

void ct_keep_freed_memory(void) {
#ifdef __GLIBC__
  // The largest threshold that glibc takes; above it every tensor is mapped, cleared and given back each time.
  mallopt(M_MMAP_THRESHOLD, 32 << 20);
  mallopt(M_TRIM_THRESHOLD, std::numeric_limits<int>::max());
  mallopt(M_TOP_PAD, 16 << 20);
#endif
}

void ct_return_freed_memory(void) {
#ifdef __GLIBC__
  mallopt(M_MMAP_THRESHOLD, 4 << 20);
  mallopt(M_TRIM_THRESHOLD, 1 << 20);
  mallopt(M_TOP_PAD, 1 << 20);
#endif
}

int32_t ct_manual_seed(uint64_t seed) {
  return guarded([&] { at::manual_seed(seed); });
}

int32_t ct_cuda_load(void) {
  return guarded([&] {
    if (at::globalContext().hasCUDA()) return;
    // The CUDA half lies beside the CPU half: find the folder through a symbol of the latter.
    Dl_info info{};
    if (dladdr(reinterpret_cast<const void *>(&at::get_num_threads), &info) == 0 || info.dli_fname == nullptr)
      throw std::runtime_error("the folder of libtorch_cpu.so could not be found");
    std::string folder(info.dli_fname);
    folder.resize(folder.find_last_of('/') + 1);
    if (dlopen((folder + "libtorch_cuda.so").c_str(), RTLD_NOW | RTLD_GLOBAL) == nullptr) throw std::runtime_error(dlerror());
  });
}

int32_t ct_cuda_device_count(void) {
  int32_t count = 0;
  guarded([&] {
    if (at::globalContext().hasCUDA()) count = at::detail::getCUDAHooks().deviceCount();
  });
  return count;
}
}
