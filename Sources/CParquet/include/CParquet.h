// CParquet: Parquet files through Arrow, as small as this package needs it. It promises nothing to others.
//
// Five rules, one page:
// 1. A `CParquetFile` is one open file, freed once with `cparquet_close`. It belongs to one thread at a time; two files
//    on two threads never meet, even if they read the same path.
// 2. Fields and arrays are borrowed. Fields live as long as their file; arrays, and the values that point into them,
//    until the next `cparquet_next_batch` or `cparquet_close`.
// 3. A result goes through the out pointer, which stays untouched on failure.
// 4. Every function that can fail returns a status: 0 success, 1 failure. The reason, Arrow's own words, is read with
//    `cparquet_last_error` right after the failing call, on the same thread. No exception passes.
// 5. Positions count from 0, and the caller keeps to those that there are.
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// One open file; `context` is null only before it is opened.
typedef struct {
  void *context;
} CParquetFile;

/// A column, or a part of one.
typedef struct {
  const void *context;
} CParquetField;

/// Values of one column, or of a part of one, in one batch of rows.
typedef struct {
  const void *context;
} CParquetArray;

/// What a value is, or what a field's values are unless they are null.
typedef enum {
  /// Of a type without a kind; its values are spelled as text.
  CPARQUET_UNKNOWN = 0,
  CPARQUET_NULL = 1,
  CPARQUET_BOOL = 2,
  CPARQUET_INTEGER = 3,
  CPARQUET_NUMBER = 4,
  CPARQUET_TEXT = 5,
  CPARQUET_BYTES = 6,
  CPARQUET_LIST = 7,
  CPARQUET_STRUCTURE = 8,
} CParquetKind;

/// One value; which members mean something depends on `kind`.
typedef struct {
  CParquetKind kind;
  /// Of a truth value (0 or 1) and of an integer.
  int64_t integer;
  /// Of a number with fractions, in double precision.
  double number;
  /// Of a text (in UTF-8) and of bytes. Text that is spelled from another type lies in memory of this thread's, which
  /// its next spelled text replaces.
  const uint8_t *start;
  /// Bytes of a text or of bytes, items of a list.
  int64_t count;
  /// Of a list, the array in which its items stand from `first` on; of a structure, the array whose members
  /// (`cparquet_member`) hold its parts at the place `first`.
  CParquetArray array;
  int64_t first;
} CParquetValue;

/// The reason of this thread's last failure; valid until its next `cparquet_` call; never freed by the caller.
const char *cparquet_last_error(void);

/// Opens a file and reads its footer. On success `*file` is to be closed once.
int32_t cparquet_open(const char *path, CParquetFile *file);
/// Closes a file and frees all that was borrowed from it.
void cparquet_close(CParquetFile file);

/// Rows of the whole file.
int64_t cparquet_row_count(CParquetFile file);
/// How many row groups it has.
int32_t cparquet_row_group_count(CParquetFile file);
/// Rows of one row group.
int64_t cparquet_row_group_rows(CParquetFile file, int32_t group);

/// The most bytes that Arrow has held for this file at once.
int64_t cparquet_peak_memory(CParquetFile file);

/// The top-level columns.
int32_t cparquet_column_count(CParquetFile file);
/// A top-level column, in the order of the file.
CParquetField cparquet_column(CParquetFile file, int32_t column);

/// The name, in UTF-8.
const char *cparquet_field_name(CParquetField field);
/// What its values are unless they are null.
CParquetKind cparquet_field_kind(CParquetField field);
/// The field's type in Arrow's words, as a text.
int32_t cparquet_field_type(CParquetField field, CParquetValue *type);
/// Members of a structure; a list has one, its items.
int32_t cparquet_field_part_count(CParquetField field);
/// A member of a structure, or the items of a list (`part` 0).
CParquetField cparquet_field_part(CParquetField field, int32_t part);

/// Says what `cparquet_next_batch` gives: the top-level `columns`, which are in ascending order, of the row groups from
/// `first_group` on, `batch_rows` rows at a time (1 or more).
///
/// Pages are read one after the other as rows need them, so memory holds a batch and one page of each column.
int32_t cparquet_select(CParquetFile file, const int32_t *columns, int32_t column_count, int32_t first_group,
                        int64_t batch_rows);

/// Reads and checks the next rows: 1 to `batch_rows` of them, none (`*rows` is 0) at the end of the file.
int32_t cparquet_next_batch(CParquetFile file, int64_t *rows);

/// The values of a column of the batch, counted among those selected.
CParquetArray cparquet_values(CParquetFile file, int32_t selected);
/// The values of a structure's member.
CParquetArray cparquet_member(CParquetArray structure, int32_t member);

/// One value. Dictionaries are looked up; what has a type without a kind of its own (moments, decimals, integers above
/// INT64_MAX) is spelled as text.
int32_t cparquet_value(CParquetArray array, int64_t index, CParquetValue *value);

#ifdef __cplusplus
}
#endif
