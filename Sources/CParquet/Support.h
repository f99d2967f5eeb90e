// What every file of the shim shares: the exception barrier, and what stands behind a handle.
#pragma once

#include <arrow/api.h>
#include <parquet/arrow/reader.h>

#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "include/CParquet.h"

namespace cparquet {

extern thread_local std::string lastError;

/// The one barrier: the only place of the shim that catches.
template <typename Body>
int32_t guarded(Body &&body) noexcept {
  try {
    body();
    return 0;
  } catch (const std::exception &error) {
    lastError = error.what();
    return 1;
  } catch (...) {
    lastError = "unknown C++ exception";
    return 1;
  }
}

/// Arrow's status as an exception, without the name of its class, which tells a reader nothing.
inline void check(const arrow::Status &status) {
  if (!status.ok()) throw std::runtime_error(status.message());
}

template <typename Value>
Value value(arrow::Result<Value> result) {
  check(result.status());
  return std::move(result).ValueUnsafe();
}

/// What a `CParquetFile` owns.
struct File {
  /// Counts what this file takes from Arrow's allocator. It stands first, because all that follows gives memory back
  /// to it.
  arrow::ProxyMemoryPool pool{arrow::default_memory_pool()};
  std::unique_ptr<parquet::arrow::FileReader> reader;
  std::shared_ptr<arrow::Schema> schema;
  std::shared_ptr<parquet::FileMetaData> metadata;
  std::unique_ptr<arrow::RecordBatchReader> batches;
  /// The selected columns of the batch that was read last.
  std::vector<std::shared_ptr<arrow::Array>> columns;
};

inline File &file(CParquetFile handle) { return *static_cast<File *>(handle.context); }

}  // namespace cparquet
