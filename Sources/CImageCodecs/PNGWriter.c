#include "Support.h"

#include <png.h>

// The writing half of libpng, into memory that grows.

typedef struct {
  CImageBuffer file;
  CImageMessage message;
} Writer;

static void fail_and_escape(png_structp png, png_const_charp text) {
  Writer *writer = png_get_error_ptr(png);
  cimage_fail(writer->message, "%s", text);
  longjmp(png_jmpbuf(png), 1);
}

static void ignore_warning(png_structp png, png_const_charp text) { (void)png, (void)text; }

static void append(png_structp png, png_bytep bytes, size_t count) {
  Writer *writer = png_get_io_ptr(png);
  if (!cimage_append(&writer->file, bytes, count)) png_error(png, "there is no memory for the file");
}

static void flush(png_structp png) { (void)png; }

/// The only function with a `setjmp`; what a jump leaves behind is in `writer`, which its caller holds.
static int32_t write_file(Writer *writer, const uint8_t *rgb, uint32_t width, uint32_t height) {
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, writer, fail_and_escape, ignore_warning);
  png_infop info = png ? png_create_info_struct(png) : NULL;
  if (!info) {
    png_destroy_write_struct(&png, NULL);
    return cimage_fail(writer->message, "libpng found no memory");
  }
  if (setjmp(png_jmpbuf(png))) {
    png_destroy_write_struct(&png, &info);
    return CIMAGE_FAILURE;
  }

  png_set_write_fn(png, writer, append, flush);
  png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  png_set_IHDR(png, info, width, height, 8, PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
               PNG_FILTER_TYPE_DEFAULT);
  png_write_info(png, info);
  for (uint32_t y = 0; y < height; y++) png_write_row(png, rgb + (size_t)y * width * 3);
  png_write_end(png, info);
  png_destroy_write_struct(&png, &info);
  return CIMAGE_SUCCESS;
}

int32_t cimage_encode_png(const uint8_t *rgb, uint32_t width, uint32_t height, uint8_t **png, size_t *count,
                          CImageMessage message) {
  Writer writer = {{NULL, 0, 0}, message};
  int32_t status = write_file(&writer, rgb, width, height);
  if (status != CIMAGE_SUCCESS) {
    free(writer.file.start);
    return status;
  }
  *png = writer.file.start;
  *count = writer.file.count;
  return CIMAGE_SUCCESS;
}
