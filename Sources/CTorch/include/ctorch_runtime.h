// Errors, random numbers, threads, devices: everything that is not a tensor.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Text of this thread's last failure; valid until its next `ct_` call; never freed by the caller.
const char *ct_last_error(void);

/// Number of tensor handles alive in the process: what a leak test watches.
int64_t ct_live_handles(void);

/// libtorch's version, such as "2.15.0"; static storage.
const char *ct_version(void);
/// The vector instruction set libtorch chose for its own kernels ("AVX2", "AVX512", "DEFAULT"); static storage.
const char *ct_cpu_capability(void);
/// True if this processor multiplies bfloat16 natively (AVX-512 BF16 or AMX).
bool ct_cpu_has_bfloat16(void);
/// Bits of the vectors of our own kernels: 512, 256 or 128.
int32_t ct_vector_width(void);
/// Calls from this thread use vectors of at most `bits` bits, so that a wide processor can test the narrow kernels.
void ct_limit_vector_width(int32_t bits);

/// Sets how many threads one operation may use, at least 1. Process-wide.
int32_t ct_set_thread_count(int32_t count);
/// How many threads one operation may use.
int32_t ct_thread_count(void);

/// Asks the C library to keep freed memory for the next tensors. Process-wide.
void ct_keep_freed_memory(void);
/// Gives large tensors' memory back to the system when they are freed.
void ct_return_freed_memory(void);

/// Seeds the generators of every device.
int32_t ct_manual_seed(uint64_t seed);

/// Loads libtorch's CUDA library, which lies beside the CPU library, into the process. Fails with the loader's
/// reason if the library or one of those it needs is missing. Calling it again is free.
int32_t ct_cuda_load(void);
/// Number of usable CUDA devices; 0 before `ct_cuda_load` has succeeded.
int32_t ct_cuda_device_count(void);

#ifdef __cplusplus
}
#endif
