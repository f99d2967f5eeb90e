// Arrow's types as the few kinds of the header, and single values.
#include <arrow/util/float16.h>

#include <limits>
#include <string_view>
#include <type_traits>

#include "Support.h"

namespace cparquet {

namespace {

using arrow::Type;

/// The type in which the values lie, under dictionaries and extensions.
const arrow::DataType &storage(const arrow::DataType &type) {
  switch (type.id()) {
    case Type::DICTIONARY: return storage(*static_cast<const arrow::DictionaryType &>(type).value_type());
    case Type::EXTENSION: return storage(*static_cast<const arrow::ExtensionType &>(type).storage_type());
    default: return type;
  }
}

CParquetKind kindOf(const arrow::DataType &type) {
  switch (type.id()) {
    case Type::NA: return CPARQUET_NULL;
    case Type::BOOL: return CPARQUET_BOOL;
    case Type::INT8: case Type::INT16: case Type::INT32: case Type::INT64:
    case Type::UINT8: case Type::UINT16: case Type::UINT32: case Type::UINT64: return CPARQUET_INTEGER;
    case Type::HALF_FLOAT: case Type::FLOAT: case Type::DOUBLE: return CPARQUET_NUMBER;
    case Type::STRING: case Type::LARGE_STRING: case Type::STRING_VIEW:
    case Type::DATE32: case Type::DATE64: case Type::TIME32: case Type::TIME64:
    case Type::TIMESTAMP: case Type::DURATION:
    case Type::DECIMAL32: case Type::DECIMAL64: case Type::DECIMAL128: case Type::DECIMAL256: return CPARQUET_TEXT;
    case Type::BINARY: case Type::LARGE_BINARY: case Type::BINARY_VIEW:
    case Type::FIXED_SIZE_BINARY: return CPARQUET_BYTES;
    case Type::LIST: case Type::LARGE_LIST: case Type::FIXED_SIZE_LIST: case Type::MAP:
    case Type::LIST_VIEW: case Type::LARGE_LIST_VIEW: return CPARQUET_LIST;
    case Type::STRUCT: return CPARQUET_STRUCTURE;
    default: return CPARQUET_UNKNOWN;
  }
}

const arrow::Field &field(CParquetField handle) { return *static_cast<const arrow::Field *>(handle.context); }

void fillView(CParquetValue &out, CParquetKind kind, std::string_view view) {
  out.kind = kind;
  out.start = reinterpret_cast<const uint8_t *>(view.data());
  out.count = static_cast<int64_t>(view.size());
}

/// Text made here; it lives until this thread makes another.
void fillSpelled(CParquetValue &out, std::string text) {
  static thread_local std::string spelled;
  spelled = std::move(text);
  fillView(out, CPARQUET_TEXT, spelled);
}

template <typename Integer>
void fillInteger(CParquetValue &out, Integer integer) {
  if constexpr (std::is_same_v<Integer, uint64_t>) {
    if (integer > static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) {
      return fillSpelled(out, std::to_string(integer));
    }
  }
  out.kind = CPARQUET_INTEGER;
  out.integer = static_cast<int64_t>(integer);
}

void fillNumber(CParquetValue &out, double number) {
  out.kind = CPARQUET_NUMBER;
  out.number = number;
}

template <typename ListArray>
void fillList(CParquetValue &out, const ListArray &list, int64_t index) {
  out.kind = CPARQUET_LIST;
  out.array = CParquetArray{list.values().get()};
  out.first = list.value_offset(index);
  out.count = list.value_length(index);
}

/// Arrow spells a duration without its unit.
void fillDuration(CParquetValue &out, const arrow::DurationArray &array, int64_t index) {
  static const char *const units[] = {"s", "ms", "us", "ns"};
  auto unit = static_cast<const arrow::DurationType &>(*array.type()).unit();
  fillSpelled(out, std::to_string(array.Value(index)) + units[unit]);
}

template <typename Array>
const Array &as(const arrow::Array &array) {
  return static_cast<const Array &>(array);
}

/// Fills `out` by the array's type: the one place that knows what lies where.
void fill(CParquetValue &out, const arrow::Array &array, int64_t index) {
  if (array.IsNull(index)) return;
  switch (array.type_id()) {
    case Type::BOOL:
      out.kind = CPARQUET_BOOL;
      out.integer = as<arrow::BooleanArray>(array).Value(index);
      return;
    case Type::INT8: return fillInteger(out, as<arrow::Int8Array>(array).Value(index));
    case Type::INT16: return fillInteger(out, as<arrow::Int16Array>(array).Value(index));
    case Type::INT32: return fillInteger(out, as<arrow::Int32Array>(array).Value(index));
    case Type::INT64: return fillInteger(out, as<arrow::Int64Array>(array).Value(index));
    case Type::UINT8: return fillInteger(out, as<arrow::UInt8Array>(array).Value(index));
    case Type::UINT16: return fillInteger(out, as<arrow::UInt16Array>(array).Value(index));
    case Type::UINT32: return fillInteger(out, as<arrow::UInt32Array>(array).Value(index));
    case Type::UINT64: return fillInteger(out, as<arrow::UInt64Array>(array).Value(index));
    case Type::HALF_FLOAT:
      return fillNumber(out, arrow::util::Float16::FromBits(as<arrow::HalfFloatArray>(array).Value(index)).ToDouble());
    case Type::FLOAT: return fillNumber(out, as<arrow::FloatArray>(array).Value(index));
    case Type::DOUBLE: return fillNumber(out, as<arrow::DoubleArray>(array).Value(index));
    case Type::STRING: return fillView(out, CPARQUET_TEXT, as<arrow::StringArray>(array).GetView(index));
    case Type::LARGE_STRING: return fillView(out, CPARQUET_TEXT, as<arrow::LargeStringArray>(array).GetView(index));
    case Type::STRING_VIEW: return fillView(out, CPARQUET_TEXT, as<arrow::StringViewArray>(array).GetView(index));
    case Type::BINARY: return fillView(out, CPARQUET_BYTES, as<arrow::BinaryArray>(array).GetView(index));
    case Type::LARGE_BINARY: return fillView(out, CPARQUET_BYTES, as<arrow::LargeBinaryArray>(array).GetView(index));
    case Type::BINARY_VIEW: return fillView(out, CPARQUET_BYTES, as<arrow::BinaryViewArray>(array).GetView(index));
    case Type::FIXED_SIZE_BINARY:
      return fillView(out, CPARQUET_BYTES, as<arrow::FixedSizeBinaryArray>(array).GetView(index));
    case Type::LIST: return fillList(out, as<arrow::ListArray>(array), index);
    case Type::LARGE_LIST: return fillList(out, as<arrow::LargeListArray>(array), index);
    case Type::FIXED_SIZE_LIST: return fillList(out, as<arrow::FixedSizeListArray>(array), index);
    case Type::LIST_VIEW: return fillList(out, as<arrow::ListViewArray>(array), index);
    case Type::LARGE_LIST_VIEW: return fillList(out, as<arrow::LargeListViewArray>(array), index);
    case Type::MAP: return fillList(out, as<arrow::MapArray>(array), index);
    case Type::STRUCT:
      out.kind = CPARQUET_STRUCTURE;
      out.array = CParquetArray{&array};
      out.first = index;
      return;
    case Type::DURATION: return fillDuration(out, as<arrow::DurationArray>(array), index);
    case Type::DICTIONARY: {
      const auto &dictionary = as<arrow::DictionaryArray>(array);
      return fill(out, *dictionary.dictionary(), dictionary.GetValueIndex(index));
    }
    case Type::EXTENSION: return fill(out, *as<arrow::ExtensionArray>(array).storage(), index);
    default:
      if (kindOf(*array.type()) != CPARQUET_TEXT) throw std::runtime_error("no kind holds " + array.type()->ToString());
      return fillSpelled(out, value(array.GetScalar(index))->ToString());
  }
}

}  // namespace
}  // namespace cparquet

using namespace cparquet;

const char *cparquet_field_name(CParquetField handle) { return field(handle).name().c_str(); }

CParquetKind cparquet_field_kind(CParquetField handle) { return kindOf(storage(*field(handle).type())); }

int32_t cparquet_field_part_count(CParquetField handle) { return storage(*field(handle).type()).num_fields(); }

CParquetField cparquet_field_part(CParquetField handle, int32_t part) {
  return CParquetField{storage(*field(handle).type()).field(part).get()};
}

int32_t cparquet_field_type(CParquetField handle, CParquetValue *value) {
  return guarded([&] { fillSpelled(*value, field(handle).type()->ToString()); });
}

CParquetArray cparquet_member(CParquetArray structure, int32_t member) {
  const auto &array = *static_cast<const arrow::Array *>(structure.context);
  return CParquetArray{as<arrow::StructArray>(array).field(member).get()};
}

int32_t cparquet_value(CParquetArray array, int64_t index, CParquetValue *value) {
  return guarded([&] {
    CParquetValue filled = {};
    filled.kind = CPARQUET_NULL;
    fill(filled, *static_cast<const arrow::Array *>(array.context), index);
    *value = filled;
  });
}
