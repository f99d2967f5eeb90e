// What the codecs share.
#pragma once

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "CImageCodecs.h"

enum { CIMAGE_SUCCESS = 0, CIMAGE_FAILURE = 1 };

/// Writes the reason of a failure and returns the status that says so.
__attribute__((format(printf, 2, 3))) static inline int32_t cimage_fail(CImageMessage message, const char *format,
                                                                        ...) {
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(message.text, message.capacity, format, arguments);
  va_end(arguments);
  return CIMAGE_FAILURE;
}

/// A file that is being written.
typedef struct {
  uint8_t *start;
  size_t count;
  size_t capacity;
} CImageBuffer;

/// Adds bytes at the end; 0, with everything as it was, if there is no memory.
static inline int cimage_append(CImageBuffer *buffer, const uint8_t *bytes, size_t count) {
  if (count > buffer->capacity - buffer->count) {
    size_t capacity = 2 * buffer->capacity + count;
    uint8_t *grown = realloc(buffer->start, capacity);
    if (!grown) return 0;
    buffer->start = grown;
    buffer->capacity = capacity;
  }
  memcpy(buffer->start + buffer->count, bytes, count);
  buffer->count += count;
  return 1;
}
