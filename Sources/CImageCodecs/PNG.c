#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "Support.h"

#include <png.h>

// The reading half of libpng. Each function holds its own setjmp; everything it frees after a jump is set before it.

typedef struct {
  CImageBytes rest;
  CImageMessage message;
} Reader;

static void fail_and_escape(png_structp png, png_const_charp text) {
  Reader *reader = png_get_error_ptr(png);
  cimage_fail(reader->message, "%s", text);
  longjmp(png_jmpbuf(png), 1);
}

static void ignore_warning(png_structp png, png_const_charp text) { (void)png, (void)text; }

static void read_bytes(png_structp png, png_bytep target, size_t count) {
  Reader *reader = png_get_io_ptr(png);
  if (count > reader->rest.count) png_error(png, "the data end before the picture does");
  memcpy(target, reader->rest.start, count);
  reader->rest.start += count;
  reader->rest.count -= count;
}

/// A decoder over `reader`, or null without memory. `*info` is null or to be freed with the decoder.
static png_structp open_decoder(Reader *reader, png_infop *info) {
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, reader, fail_and_escape, ignore_warning);
  *info = png ? png_create_info_struct(png) : NULL;
  if (!*info) {
    png_destroy_read_struct(&png, NULL, NULL);
    return NULL;
  }
  png_set_read_fn(png, reader, read_bytes);
  png_set_crc_action(png, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
  return png;
}

/// Grey samples of 16 bits, big end first, to RGB in place: above 255 is white. Goes backwards, as pixels grow.
static void clip_grey(uint8_t *row, uint32_t width) {
  for (uint32_t x = width; x-- > 0;) {
    uint8_t high = row[2 * (size_t)x], low = row[2 * (size_t)x + 1];
    memset(row + 3 * (size_t)x, high ? 255 : low, 3);
  }
}

/// Has libpng give RGB of 8 bits, or 16-bit grey as it is. Returns true in the second case.
static bool choose_transformations(png_structp png, png_infop info) {
  int color = png_get_color_type(png, info);
  if (color == PNG_COLOR_TYPE_GRAY && png_get_bit_depth(png, info) == 16) return true;
  if (color == PNG_COLOR_TYPE_PALETTE) png_set_palette_to_rgb(png);
  if (color == PNG_COLOR_TYPE_GRAY) png_set_expand_gray_1_2_4_to_8(png);
  if (color == PNG_COLOR_TYPE_GRAY || color == PNG_COLOR_TYPE_GRAY_ALPHA) png_set_gray_to_rgb(png);
  png_set_strip_16(png);
  png_set_strip_alpha(png);
  return false;
}

/// All rows of the picture into `rgb`, and the rest of the file.
static void read_picture(png_structp png, png_infop info, uint32_t width, uint32_t height, uint8_t *rgb) {
  bool deep_grey = choose_transformations(png, info);
  int passes = png_set_interlace_handling(png);
  png_read_update_info(png, info);
  size_t stride = (size_t)width * 3;
  if (png_get_rowbytes(png, info) != (deep_grey ? (size_t)width * 2 : stride)) png_error(png, "unknown pixel layout");
  for (int pass = 0; pass < passes; pass++) {
    for (uint32_t y = 0; y < height; y++) png_read_row(png, rgb + y * stride, NULL);
  }
  for (uint32_t y = 0; deep_grey && y < height; y++) clip_grey(rgb + y * stride, width);
  png_read_end(png, NULL);
}

int32_t cimage_decode_png(CImageBytes data, uint32_t width, uint32_t height, uint8_t *rgb, CImageMessage message) {
  Reader reader = {data, message};
  png_infop info;
  png_structp png = open_decoder(&reader, &info);
  if (!png) return cimage_fail(message, "libpng found no memory");
  if (setjmp(png_jmpbuf(png))) {
    png_destroy_read_struct(&png, &info, NULL);
    return CIMAGE_FAILURE;
  }

  // The caller has checked the size; colour profiles, texts and transparency are not looked at.
  png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
  png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, (png_const_bytep) "tRNS", 1);
  png_read_info(png, info);
  if (png_get_image_width(png, info) != width || png_get_image_height(png, info) != height) {
    png_error(png, "its header gives another size");
  }
  read_picture(png, info, width, height, rgb);
  png_destroy_read_struct(&png, &info, NULL);
  return CIMAGE_SUCCESS;
}

// A signature, a header of one grey pixel, then the chunk, then as much of the picture as makes libpng stop reading.
static const uint8_t before_chunk[33] = {
    0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n', 0, 0, 0, 13, 'I', 'H', 'D', 'R', 0,
    0,    0,   1,   0,   0,    0,    1,    8,    0, 0, 0, 0,  0x3A, 0x7E, 0x9B, 0x55};
static const uint8_t after_chunk[8] = {0, 0, 0, 0, 'I', 'D', 'A', 'T'};

int32_t cimage_inflate_png_text(CImageBytes chunk, uint8_t **text, size_t *count, CImageMessage message) {
  size_t size = sizeof before_chunk + chunk.count + sizeof after_chunk;
  uint8_t *file = malloc(size);
  if (!file) return cimage_fail(message, "there is no memory for the text");
  memcpy(file, before_chunk, sizeof before_chunk);
  memcpy(file + sizeof before_chunk, chunk.start, chunk.count);
  memcpy(file + sizeof before_chunk + chunk.count, after_chunk, sizeof after_chunk);

  Reader reader = {{file, size}, message};
  png_infop info;
  png_structp png = open_decoder(&reader, &info);
  if (!png) {
    free(file);
    return cimage_fail(message, "libpng found no memory");
  }
  if (setjmp(png_jmpbuf(png))) {
    png_destroy_read_struct(&png, &info, NULL);
    free(file);
    return CIMAGE_FAILURE;
  }

  png_textp texts = NULL;
  png_read_info(png, info);
  if (png_get_text(png, info, &texts, NULL) != 1) png_error(png, "the text cannot be inflated");
  // One of the two lengths is zero: `text_length` counts a zTXt, `itxt_length` an iTXt.
  size_t length = texts[0].text_length ? texts[0].text_length : texts[0].itxt_length;
  uint8_t *copy = malloc(length + 1);
  if (copy) memcpy(copy, texts[0].text, length);
  png_destroy_read_struct(&png, &info, NULL);
  free(file);
  if (!copy) return cimage_fail(message, "there is no memory for the text");
  *text = copy;
  *count = length;
  return CIMAGE_SUCCESS;
}
