// Opening files, selecting columns, reading batches.
#include <arrow/io/file.h>
#include <parquet/arrow/schema.h>
#include <parquet/exception.h>
#include <parquet/file_reader.h>
#include <parquet/metadata.h>

#include "Support.h"

namespace cparquet {

thread_local std::string lastError;

namespace {

/// Bytes read from the file at once, for each column.
constexpr int64_t bufferSize = 1 << 18;

/// Settings that bound memory: no column chunk is read as a whole, and none before it is needed.
parquet::ReaderProperties readerProperties(arrow::MemoryPool *pool) {
  parquet::ReaderProperties properties(pool);
  properties.enable_buffered_stream();
  properties.set_buffer_size(bufferSize);
  properties.set_page_checksum_verification(true);
  return properties;
}

/// Nothing is read ahead on another thread, where a read could outlive the file and the pool it takes memory from.
parquet::ArrowReaderProperties arrowProperties() {
  parquet::ArrowReaderProperties properties(/*use_threads=*/false);
  properties.set_pre_buffer(false);
  return properties;
}

/// A footer says the number of rows in all and of each row group; a damaged one may disagree with itself.
void checkRowCounts(const parquet::FileMetaData &metadata) {
  int64_t sum = 0;
  for (int group = 0; group < metadata.num_row_groups(); ++group) {
    int64_t rows = metadata.RowGroup(group)->num_rows();
    if (rows < 0 || __builtin_add_overflow(sum, rows, &sum)) {
      throw std::runtime_error("a row group has an impossible size");
    }
  }
  if (sum != metadata.num_rows()) throw std::runtime_error("the row groups do not add up to the rows of the file");
}

void collectLeaves(const parquet::arrow::SchemaField &field, std::vector<int> &leaves) {
  if (field.is_leaf()) leaves.push_back(field.column_index);
  for (const auto &child : field.children) collectLeaves(child, leaves);
}

std::unique_ptr<File> open(const char *path) {
  auto opened = std::make_unique<File>();
  auto source = value(arrow::io::ReadableFile::Open(path, &opened->pool));
  parquet::arrow::FileReaderBuilder builder;
  check(builder.Open(source, readerProperties(&opened->pool)));
  builder.memory_pool(&opened->pool)->properties(arrowProperties());
  opened->reader = value(builder.Build());
  opened->metadata = opened->reader->parquet_reader()->metadata();
  check(opened->reader->GetSchema(&opened->schema));
  checkRowCounts(*opened->metadata);
  return opened;
}

}  // namespace
}  // namespace cparquet

using namespace cparquet;

const char *cparquet_last_error(void) { return lastError.c_str(); }

int32_t cparquet_open(const char *path, CParquetFile *file) {
  return guarded([&] { file->context = open(path).release(); });
}

void cparquet_close(CParquetFile handle) {
  delete static_cast<File *>(handle.context);
  // Arrow's allocator would keep the memory of large pages for the next ones.
  arrow::default_memory_pool()->ReleaseUnused();
}

int64_t cparquet_row_count(CParquetFile handle) { return file(handle).metadata->num_rows(); }

int32_t cparquet_row_group_count(CParquetFile handle) { return file(handle).metadata->num_row_groups(); }

int64_t cparquet_row_group_rows(CParquetFile handle, int32_t group) {
  return file(handle).metadata->RowGroup(group)->num_rows();
}

int64_t cparquet_peak_memory(CParquetFile handle) { return file(handle).pool.max_memory(); }

int32_t cparquet_column_count(CParquetFile handle) { return file(handle).schema->num_fields(); }

CParquetField cparquet_column(CParquetFile handle, int32_t column) {
  return CParquetField{file(handle).schema->field(column).get()};
}

int32_t cparquet_select(CParquetFile handle, const int32_t *columns, int32_t column_count, int32_t first_group,
                        int64_t batch_rows) {
  return guarded([&] {
    File &selected = file(handle);
    std::vector<int> groups, leaves;
    for (int group = first_group; group < selected.metadata->num_row_groups(); ++group) groups.push_back(group);
    const auto &fields = selected.reader->manifest().schema_fields;
    for (int32_t i = 0; i < column_count; ++i) collectLeaves(fields.at(static_cast<size_t>(columns[i])), leaves);
    selected.columns.clear();
    selected.batches = nullptr;
    selected.reader->set_batch_size(batch_rows);
    selected.batches = value(selected.reader->GetRecordBatchReader(groups, leaves));
  });
}

int32_t cparquet_next_batch(CParquetFile handle, int64_t *rows) {
  return guarded([&] {
    File &selected = file(handle);
    if (!selected.batches) throw std::logic_error("no columns have been selected");
    // The last batch goes before the next one comes, so that there are never two.
    selected.columns.clear();
    std::shared_ptr<arrow::RecordBatch> batch;
    do {
      check(selected.batches->ReadNext(&batch));
    } while (batch && batch->num_rows() == 0);
    if (batch) {
      check(batch->ValidateFull());
      selected.columns = batch->columns();
    }
    *rows = batch ? batch->num_rows() : 0;
  });
}

CParquetArray cparquet_values(CParquetFile handle, int32_t selected) {
  return CParquetArray{file(handle).columns[static_cast<size_t>(selected)].get()};
}
