// CTorch: the C face of libtorch, as small as this package needs it. It promises nothing to others.
//
// Four rules, one page:
// 1. A handle is a one-field struct passed by value. It owns one reference to a tensor.
// 2. A result goes through the out pointer: on success `*out` is a new handle which the caller frees
//    once with `ct_free`; on failure it stays untouched.
// 3. Every operation returns a status: 0 success, 1 a C++ exception, 2 something thrown that was none.
//    The text is read with `ct_last_error` right after the failing call, on the same thread.
// 4. Arguments are borrowed: no call frees, keeps or changes a handle it is given, except the
//    functions whose name ends in an underscore, which change the tensor's values in place.
#pragma once

#include "ctorch_attention.h"
#include "ctorch_autograd.h"
#include "ctorch_fused.h"
#include "ctorch_ops.h"
#include "ctorch_random.h"
#include "ctorch_runtime.h"
#include "ctorch_tensor.h"
