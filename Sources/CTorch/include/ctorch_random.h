// Random numbers that are a function of a key, not of a generator that goes on.
#pragma once

#include "ctorch_tensor.h"

#ifdef __cplusplus
extern "C" {
#endif

/// What dropout multiplies by: 0 with `probability` (0 ... below 1), else 1 / (1 - probability).
///
/// Element i, counted row by row, hangs on `key` and i alone, so that the same call gives the same mask again: on every
/// device, for any number of threads.
int32_t ct_dropout_mask(const int64_t *sizes, int32_t dims, double probability, uint64_t key, int32_t dtype,
                        CTDevice device, CTensor *out);

#ifdef __cplusplus
}
#endif
