#include "Support.h"

using namespace ctorch;

// One function per operation: the status, the barrier, one call.
#define UNARY(name, expression) \
  int32_t ct_##name(CTensor handle, CTensor *out) { \
    return guarded([&] { \
      const at::Tensor &x = tensor(handle); \
      *out = adopt(expression); \
    }); \
  }
#define BINARY(name, expression) \
  int32_t ct_##name(CTensor first, CTensor second, CTensor *out) { \
    return guarded([&] { \
      const at::Tensor &x = tensor(first); \
      const at::Tensor &y = tensor(second); \
      *out = adopt(expression); \
    }); \
  }
#define SCALAR(name, expression) \
  int32_t ct_##name(CTensor handle, double y, CTensor *out) { \
    return guarded([&] { \
      const at::Tensor &x = tensor(handle); \
      *out = adopt(expression); \
    }); \
  }
#define REDUCTION(name, expression) \
  int32_t ct_##name(CTensor handle, const int64_t *dims, int32_t count, bool keep, CTensor *out) { \
    return guarded([&] { \
      const at::Tensor &x = tensor(handle); \
      *out = adopt(expression); \
    }); \
  }

namespace {

std::vector<int64_t> allOr(const at::Tensor &x, const int64_t *dims, int32_t count) {
  if (dims != nullptr && count > 0) return {dims, dims + count};
  std::vector<int64_t> all(static_cast<size_t>(x.dim()));
  for (size_t i = 0; i < all.size(); ++i) all[i] = static_cast<int64_t>(i);
  return all;
}

/// An integer tensor takes an integral number, so that int64 + 1 stays int64 as in PyTorch.
at::Scalar scalar(const at::Tensor &x, double y) {
  const bool whole = y == static_cast<double>(static_cast<int64_t>(y));
  if (at::isIntegralType(x.scalar_type(), /*includeBool=*/true) && whole) return static_cast<int64_t>(y);
  return y;
}

void pair(std::tuple<at::Tensor, at::Tensor> result, CTensor *first, CTensor *second) {
  CTensor one = adopt(std::move(std::get<0>(result)));
  *second = adopt(std::move(std::get<1>(result)));
  *first = one;
}

}  // namespace

extern "C" {

BINARY(add, at::add(x, y))
BINARY(sub, at::sub(x, y))
BINARY(mul, at::mul(x, y))
BINARY(div, at::div(x, y))
BINARY(maximum, at::maximum(x, y))
BINARY(minimum, at::minimum(x, y))
BINARY(eq, at::eq(x, y))
BINARY(ne, at::ne(x, y))
BINARY(lt, at::lt(x, y))
BINARY(le, at::le(x, y))
BINARY(gt, at::gt(x, y))
BINARY(ge, at::ge(x, y))
BINARY(logical_and, at::logical_and(x, y))
BINARY(logical_or, at::logical_or(x, y))
BINARY(matmul, at::matmul(x, y))

SCALAR(add_scalar, at::add(x, scalar(x, y)))
SCALAR(mul_scalar, at::mul(x, scalar(x, y)))
SCALAR(div_scalar, at::div(x, y))
SCALAR(pow_scalar, at::pow(x, scalar(x, y)))
SCALAR(exponential, at::pow(at::Scalar(y), x))
SCALAR(eq_scalar, at::eq(x, scalar(x, y)))
SCALAR(lt_scalar, at::lt(x, scalar(x, y)))
SCALAR(gt_scalar, at::gt(x, scalar(x, y)))

UNARY(neg, at::neg(x))
UNARY(abs, at::abs(x))
UNARY(exp, at::exp(x))
UNARY(log, at::log(x))
UNARY(sqrt, at::sqrt(x))
UNARY(rsqrt, at::rsqrt(x))
UNARY(square, at::square(x))
UNARY(reciprocal, at::reciprocal(x))
UNARY(sin, at::sin(x))
UNARY(cos, at::cos(x))
UNARY(tanh, at::tanh(x))
UNARY(sigmoid, at::sigmoid(x))
UNARY(silu, at::silu(x))
UNARY(gelu, at::gelu(x))
UNARY(relu, at::relu(x))
UNARY(round, at::round(x))
UNARY(isfinite, at::isfinite(x))
UNARY(logical_not, at::logical_not(x))
UNARY(all, at::all(x))
UNARY(any, at::any(x))
UNARY(nonzero, at::nonzero(x))

REDUCTION(sum, at::sum(x, axes(dims, count), keep))
REDUCTION(mean, at::mean(x, axes(dims, count), keep))
REDUCTION(amax, at::amax(x, allOr(x, dims, count), keep))
REDUCTION(amin, at::amin(x, allOr(x, dims, count), keep))
REDUCTION(logsumexp, at::logsumexp(x, allOr(x, dims, count), keep))

int32_t ct_var(CTensor x, const int64_t *dims, int32_t count, int64_t correction, bool keep, CTensor *out) {
  return guarded([&] { *out = adopt(at::var(tensor(x), axes(dims, count), at::Scalar(correction), keep)); });
}

int32_t ct_clamp(CTensor x, double low, double high, CTensor *out) {
  return guarded([&] { *out = adopt(at::clamp(tensor(x), scalar(tensor(x), low), scalar(tensor(x), high))); });
}

int32_t ct_where(CTensor condition, CTensor x, CTensor y, CTensor *out) {
  return guarded([&] { *out = adopt(at::where(tensor(condition), tensor(x), tensor(y))); });
}

int32_t ct_masked_fill(CTensor x, CTensor mask, double value, CTensor *out) {
  return guarded([&] { *out = adopt(at::masked_fill(tensor(x), tensor(mask), value)); });
}

int32_t ct_add_(CTensor x, CTensor y, double alpha) {
  return guarded([&] { tensor(x).add_(tensor(y), alpha); });
}

int32_t ct_mul_(CTensor x, CTensor y) {
  return guarded([&] { tensor(x).mul_(tensor(y)); });
}

int32_t ct_mul_scalar_(CTensor x, double y) {
  return guarded([&] { tensor(x).mul_(scalar(tensor(x), y)); });
}

int32_t ct_argmax(CTensor x, int64_t dim, bool keep, CTensor *out) {
  return guarded([&] { *out = adopt(at::argmax(tensor(x), dim, keep)); });
}

int32_t ct_cumsum(CTensor x, int64_t dim, CTensor *out) {
  return guarded([&] { *out = adopt(at::cumsum(tensor(x), dim)); });
}

int32_t ct_topk(CTensor x, int64_t k, int64_t dim, bool largest, CTensor *values, CTensor *indices) {
  return guarded([&] { pair(at::topk(tensor(x), k, dim, largest, /*sorted=*/true), values, indices); });
}

int32_t ct_sort(CTensor x, int64_t dim, bool descending, CTensor *values, CTensor *indices) {
  return guarded([&] { pair(at::sort(tensor(x), dim, descending), values, indices); });
}

int32_t ct_reshape(CTensor x, const int64_t *sizes, int32_t dims, CTensor *out) {
  return guarded([&] { *out = adopt(at::reshape(tensor(x), ints(sizes, dims))); });
}

int32_t ct_permute(CTensor x, const int64_t *order, int32_t dims, CTensor *out) {
  return guarded([&] { *out = adopt(at::permute(tensor(x), ints(order, dims))); });
}

int32_t ct_transpose(CTensor x, int64_t a, int64_t b, CTensor *out) {
  return guarded([&] { *out = adopt(at::transpose(tensor(x), a, b)); });
}

int32_t ct_unsqueeze(CTensor x, int64_t dim, CTensor *out) {
  return guarded([&] { *out = adopt(at::unsqueeze(tensor(x), dim)); });
}

int32_t ct_squeeze(CTensor x, int64_t dim, CTensor *out) {
  return guarded([&] { *out = adopt(at::squeeze(tensor(x), dim)); });
}

int32_t ct_expand(CTensor x, const int64_t *sizes, int32_t dims, CTensor *out) {
  return guarded([&] { *out = adopt(tensor(x).expand(ints(sizes, dims))); });
}

int32_t ct_cat(const CTensor *xs, int32_t count, int64_t dim, CTensor *out) {
  return guarded([&] { *out = adopt(at::cat(list(xs, count), dim)); });
}

int32_t ct_stack(const CTensor *xs, int32_t count, int64_t dim, CTensor *out) {
  return guarded([&] { *out = adopt(at::stack(list(xs, count), dim)); });
}

int32_t ct_flip(CTensor x, const int64_t *dims, int32_t count, CTensor *out) {
  return guarded([&] { *out = adopt(at::flip(tensor(x), ints(dims, count))); });
}

int32_t ct_repeat_interleave(CTensor x, int64_t repeats, int64_t dim, CTensor *out) {
  return guarded([&] { *out = adopt(at::repeat_interleave(tensor(x), repeats, dim)); });
}

int32_t ct_pad(CTensor x, const int64_t *amounts, int32_t count, double value, CTensor *out) {
  return guarded([&] { *out = adopt(at::constant_pad_nd(tensor(x), ints(amounts, count), scalar(tensor(x), value))); });
}

int32_t ct_narrow(CTensor x, int64_t dim, int64_t start, int64_t length, CTensor *out) {
  return guarded([&] { *out = adopt(at::narrow(tensor(x), dim, start, length)); });
}

int32_t ct_select(CTensor x, int64_t dim, int64_t index, CTensor *out) {
  return guarded([&] { *out = adopt(at::select(tensor(x), dim, index)); });
}

int32_t ct_unbind(CTensor x, int64_t dim, int32_t count, CTensor *out) {
  return guarded([&] {
    const std::vector<at::Tensor> parts = at::unbind(tensor(x), dim);
    TORCH_CHECK(static_cast<int32_t>(parts.size()) == count, "axis ", dim, " of ", tensor(x).sizes(), " has no ", count, " parts");
    for (int32_t i = 0; i < count; ++i) out[i] = adopt(parts[static_cast<size_t>(i)]);
  });
}

int32_t ct_index_select(CTensor x, int64_t dim, CTensor indices, CTensor *out) {
  return guarded([&] { *out = adopt(at::index_select(tensor(x), dim, tensor(indices))); });
}

int32_t ct_gather(CTensor x, int64_t dim, CTensor indices, CTensor *out) {
  return guarded([&] { *out = adopt(at::gather(tensor(x), dim, tensor(indices))); });
}

int32_t ct_scatter(CTensor x, int64_t dim, CTensor indices, CTensor source, CTensor *out) {
  return guarded([&] { *out = adopt(at::scatter(tensor(x), dim, tensor(indices), tensor(source))); });
}

int32_t ct_index_copy(CTensor x, int64_t dim, CTensor indices, CTensor source, CTensor *out) {
  return guarded([&] { *out = adopt(at::index_copy(tensor(x), dim, tensor(indices), tensor(source))); });
}

int32_t ct_embedding(CTensor weight, CTensor indices, CTensor *out) {
  return guarded([&] { *out = adopt(at::embedding(tensor(weight), tensor(indices))); });
}

int32_t ct_softmax(CTensor x, int64_t dim, CTensor *out) {
  return guarded([&] { *out = adopt(at::softmax(tensor(x), dim)); });
}

int32_t ct_log_softmax(CTensor x, int64_t dim, CTensor *out) {
  return guarded([&] { *out = adopt(at::log_softmax(tensor(x), dim)); });
}

int32_t ct_layer_norm(CTensor x, CTensor weight, CTensor bias, double epsilon, CTensor *out) {
  return guarded([&] {
    *out = adopt(at::layer_norm(tensor(x), tensor(weight).sizes(), tensor(weight), tensor(bias), epsilon));
  });
}

int32_t ct_cross_entropy(CTensor logits, CTensor targets, int64_t ignore_index, bool sum, CTensor *out) {
  return guarded([&] {
    *out = adopt(at::cross_entropy_loss(tensor(logits), tensor(targets), {},
                                        sum ? at::Reduction::Sum : at::Reduction::Mean, ignore_index));
  });
}

int32_t ct_resize_bicubic(CTensor x, int64_t height, int64_t width, CTensor *out) {
  return guarded([&] {
    *out = adopt(at::_upsample_bicubic2d_aa(tensor(x), {height, width}, /*align_corners=*/false));
  });
}
}
