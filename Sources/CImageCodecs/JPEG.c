#include <setjmp.h>
#include <stdbool.h>
#include <string.h>

#include "Support.h"

#include <jpeglib.h>

// libjpeg reads from a source that suspends at the end of the data instead of inventing an end-of-image marker, so
// data that end too early show as a suspended call, never as grey pixels.

typedef struct {
  struct jpeg_decompress_struct codec;
  struct jpeg_error_mgr errors;
  struct jpeg_source_mgr source;
  jmp_buf escape;
  CImageMessage message;
} Decoder;

static void fail_and_escape(j_common_ptr codec) {
  Decoder *decoder = codec->client_data;
  char text[JMSG_LENGTH_MAX];
  codec->err->format_message(codec, text);
  cimage_fail(decoder->message, "%s", text);
  longjmp(decoder->escape, 1);
}

static void ignore_message(j_common_ptr codec) { (void)codec; }

static void ignore_source(j_decompress_ptr codec) { (void)codec; }

static boolean suspend(j_decompress_ptr codec) {
  (void)codec;
  return FALSE;
}

static void skip(j_decompress_ptr codec, long count) {
  struct jpeg_source_mgr *source = codec->src;
  size_t skipped = count <= 0 ? 0 : (size_t)count;
  if (skipped > source->bytes_in_buffer) skipped = source->bytes_in_buffer;
  source->next_input_byte += skipped;
  source->bytes_in_buffer -= skipped;
}

static void open_decoder(Decoder *decoder, CImageBytes data) {
  decoder->codec.err = jpeg_std_error(&decoder->errors);
  decoder->codec.client_data = decoder;
  decoder->errors.error_exit = fail_and_escape;
  decoder->errors.output_message = ignore_message;
  jpeg_create_decompress(&decoder->codec);
  decoder->source = (struct jpeg_source_mgr){
      .next_input_byte = data.start,
      .bytes_in_buffer = data.count,
      .init_source = ignore_source,
      .fill_input_buffer = suspend,
      .skip_input_data = skip,
      .resync_to_restart = jpeg_resync_to_restart,
      .term_source = ignore_source,
  };
  decoder->codec.src = &decoder->source;
}

/// (a * b) / 255, rounded, for a and b in 0...255.
static inline uint32_t multiply(uint32_t a, uint32_t b) {
  uint32_t product = a * b + 128;
  return ((product >> 8) + product) >> 8;
}

/// Fills `rgb` from what the codec gives for the same pixels: one grey sample each, or four inverted CMYK samples.
static void convert_row(const JSAMPLE *samples, int components, uint32_t width, uint8_t *rgb) {
  for (uint32_t x = 0; x < width; x++, samples += components, rgb += 3) {
    if (components == 1) {
      rgb[0] = rgb[1] = rgb[2] = samples[0];
    } else {
      // With the inversion, 255 - K is the stored K and C is 255 minus the stored C.
      uint32_t light = samples[3];
      for (int i = 0; i < 3; i++) rgb[i] = (uint8_t)(light - multiply(255u - samples[i], light));
    }
  }
}

/// One row of pixels into `rgb`; false if the data end before it.
static bool read_row(j_decompress_ptr codec, JSAMPARRAY row, uint8_t *rgb) {
  JSAMPROW target = rgb;
  if (codec->output_components == 3) return jpeg_read_scanlines(codec, &target, 1) == 1;
  if (jpeg_read_scanlines(codec, row, 1) != 1) return false;
  convert_row(row[0], codec->output_components, codec->output_width, rgb);
  return true;
}

/// The only function with a `setjmp`; what a jump leaves behind is in `decoder`, which its caller holds.
static int32_t decode(Decoder *decoder, CImageBytes data, uint32_t width, uint32_t height, uint8_t *rgb) {
  j_decompress_ptr codec = &decoder->codec;
  if (setjmp(decoder->escape)) return CIMAGE_FAILURE;

  open_decoder(decoder, data);
  bool complete = jpeg_read_header(codec, TRUE) == JPEG_HEADER_OK;
  if (complete && (codec->image_width != width || codec->image_height != height)) {
    return cimage_fail(decoder->message, "its header gives two sizes, %u x %u and %u x %u", width, height,
                       codec->image_width, codec->image_height);
  }
  if (complete) {
    int components = codec->num_components;
    codec->out_color_space = components == 1 ? JCS_GRAYSCALE : components == 4 ? JCS_CMYK : JCS_RGB;
    complete = jpeg_start_decompress(codec);
  }
  if (complete) {
    JSAMPARRAY row = codec->mem->alloc_sarray((j_common_ptr)codec, JPOOL_IMAGE, width * 4, 1);
    while (complete && codec->output_scanline < height) {
      complete = read_row(codec, row, rgb + (size_t)codec->output_scanline * width * 3);
    }
  }
  // A damaged end is a failure, as in Pillow; an absent one is not, since nothing is missing from the picture.
  if (complete) jpeg_finish_decompress(codec);
  return complete ? CIMAGE_SUCCESS : cimage_fail(decoder->message, "the data end before the picture does");
}

int32_t cimage_decode_jpeg(CImageBytes data, uint32_t width, uint32_t height, uint8_t *rgb, CImageMessage message) {
  Decoder decoder;
  memset(&decoder, 0, sizeof decoder);
  decoder.message = message;
  int32_t status = decode(&decoder, data, width, height, rgb);
  jpeg_destroy_decompress(&decoder.codec);
  return status;
}
