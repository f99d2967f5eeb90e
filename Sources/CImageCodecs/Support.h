// What the codecs share.
#pragma once

#include <stdarg.h>
#include <stdio.h>

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
