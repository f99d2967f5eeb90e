// Tensors: handles, creation, metadata, moving data in and out.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// One reference to a tensor. `ctx` is null only in a handle that was never filled.
typedef struct {
  void *ctx;
} CTensor;

/// Element types; the numbers are this header's own.
typedef enum {
  CT_BOOL = 0,
  CT_UINT8 = 1,
  CT_INT8 = 2,
  CT_INT16 = 3,
  CT_INT32 = 4,
  CT_INT64 = 5,
  CT_FLOAT16 = 6,
  CT_BFLOAT16 = 7,
  CT_FLOAT32 = 8,
  CT_FLOAT64 = 9,
  CT_UINT16 = 10,
  CT_UINT32 = 11,
  CT_UINT64 = 12,
  CT_FLOAT8_E4M3 = 13,
  CT_FLOAT8_E5M2 = 14
} CTDType;

/// Where a tensor lives: `index` -1 is the CPU, 0 and above a CUDA device.
typedef struct {
  int32_t index;
} CTDevice;

/// Frees one handle; a null handle is allowed.
void ct_free(CTensor x);
/// A second handle to the same tensor.
int32_t ct_retain(CTensor x, CTensor *out);

/// A tensor of its own memory, copied from `bytes` (contiguous, row-major), on the CPU.
int32_t ct_from_bytes(const void *bytes, int32_t dtype, const int64_t *sizes, int32_t dims, CTensor *out);
/// A tensor over memory that is not copied. `release(owner)` is called once, on any thread, when the last
/// reference goes; if this call fails it is not called. The memory must not be written through the tensor.
int32_t ct_from_mapped(void *bytes, int32_t dtype, const int64_t *sizes, int32_t dims, void *owner,
                       void (*release)(void *owner), CTensor *out);
/// A tensor whose elements are whatever lies in memory.
int32_t ct_empty(const int64_t *sizes, int32_t dims, int32_t dtype, CTDevice device, CTensor *out);
/// A tensor whose elements are all `value`.
int32_t ct_full(const int64_t *sizes, int32_t dims, double value, int32_t dtype, CTDevice device, CTensor *out);
/// start, start + step, ... below (above, for a negative step) end.
int32_t ct_arange(double start, double end, double step, int32_t dtype, CTDevice device, CTensor *out);
/// Standard normal numbers from the device's generator.
int32_t ct_randn(const int64_t *sizes, int32_t dims, int32_t dtype, CTDevice device, CTensor *out);
/// Uniform numbers in [0, 1).
int32_t ct_rand(const int64_t *sizes, int32_t dims, int32_t dtype, CTDevice device, CTensor *out);
/// Uniform integers in [low, high).
int32_t ct_randint(int64_t low, int64_t high, const int64_t *sizes, int32_t dims, CTDevice device, CTensor *out);

/// How many axes there are.
int32_t ct_dims(CTensor x);
/// The size of an axis, which is in 0 ..< `ct_dims`.
int64_t ct_size(CTensor x, int32_t dim);
/// Elements between neighbours along an axis.
int64_t ct_stride(CTensor x, int32_t dim);
/// The product of the sizes; 1 for a scalar.
int64_t ct_element_count(CTensor x);
/// A `CTDType`, or -1 for a type this header does not name.
int32_t ct_dtype(CTensor x);
/// Where the elements lie.
CTDevice ct_device(CTensor x);
/// Whether the elements lie row-major and without gaps.
bool ct_is_contiguous(CTensor x);
/// Whether gradients flow to it.
bool ct_requires_grad(CTensor x);
/// Address of the first element (CPU tensors only, else null); valid while a handle to the tensor lives.
void *ct_data(CTensor x);

/// Copies the elements, row-major and contiguous, to `bytes`, which has room for `capacity` bytes. Any device.
int32_t ct_copy_to_bytes(CTensor x, void *bytes, int64_t capacity);
/// The only element, converted.
int32_t ct_item_double(CTensor x, double *out);
/// The only element as an integer; a fraction is cut.
int32_t ct_item_int64(CTensor x, int64_t *out);

/// Converted to a type and a device; the same tensor if nothing changes.
int32_t ct_to(CTensor x, int32_t dtype, CTDevice device, CTensor *out);
/// The same elements row-major and without gaps; the same tensor if they are so.
int32_t ct_contiguous(CTensor x, CTensor *out);
/// A copy with memory of its own, in the graph.
int32_t ct_clone(CTensor x, CTensor *out);
/// Copies `source`, broadcast and converted, into `x`.
int32_t ct_copy_(CTensor x, CTensor source);
/// Makes every element `value`.
int32_t ct_fill_(CTensor x, double value);

#ifdef __cplusplus
}
#endif
