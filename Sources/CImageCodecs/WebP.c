#include <stdlib.h>
#include <string.h>

#include "Support.h"

#include <webp/decode.h>

static const char *reason(VP8StatusCode status) {
  switch (status) {
    case VP8_STATUS_OUT_OF_MEMORY: return "libwebp found no memory";
    case VP8_STATUS_BITSTREAM_ERROR: return "the compressed data are damaged";
    case VP8_STATUS_UNSUPPORTED_FEATURE: return "it uses a feature that libwebp does not know";
    case VP8_STATUS_SUSPENDED:
    case VP8_STATUS_NOT_ENOUGH_DATA: return "the data end before the picture does";
    default: return "libwebp refuses it";
  }
}

/// Decodes into `pixels`, rows `stride` bytes apart, in the colour space that `config` asks for.
static VP8StatusCode decode(CImageBytes data, WebPDecoderConfig *config, uint8_t *pixels, size_t stride) {
  config->output.is_external_memory = 1;
  config->output.u.RGBA.rgba = pixels;
  config->output.u.RGBA.stride = (int)stride;
  config->output.u.RGBA.size = stride * (size_t)(config->input.height - 1) +
                               (size_t)config->input.width * (config->output.colorspace == MODE_RGBA ? 4 : 3);
  return WebPDecode(data.start, data.count, config);
}

/// Decodes the alpha too, so that damage to it is seen, and drops it.
static VP8StatusCode decode_without_alpha(CImageBytes data, WebPDecoderConfig *config, uint8_t *rgb, size_t stride) {
  size_t width = (size_t)config->input.width, height = (size_t)config->input.height;
  uint8_t *rgba = malloc(width * height * 4);
  if (!rgba) return VP8_STATUS_OUT_OF_MEMORY;
  config->output.colorspace = MODE_RGBA;
  VP8StatusCode status = decode(data, config, rgba, width * 4);
  if (status == VP8_STATUS_OK) {
    for (size_t y = 0; y < height; y++) {
      const uint8_t *source = rgba + y * width * 4;
      uint8_t *target = rgb + y * stride;
      for (size_t x = 0; x < width; x++) memcpy(target + x * 3, source + x * 4, 3);
    }
  }
  free(rgba);
  return status;
}

int32_t cimage_decode_webp(CImageBytes data, uint32_t width, uint32_t height, uint8_t *rgb, size_t stride,
                           CImageMessage message) {
  WebPDecoderConfig config;
  if (!WebPInitDecoderConfig(&config)) return cimage_fail(message, "libwebp is not the one this was built for");
  VP8StatusCode status = WebPGetFeatures(data.start, data.count, &config.input);
  if (status != VP8_STATUS_OK) return cimage_fail(message, "%s", reason(status));
  if ((uint32_t)config.input.width != width || (uint32_t)config.input.height != height) {
    return cimage_fail(message, "its headers give two sizes, %u x %u and %d x %d", width, height, config.input.width,
                       config.input.height);
  }
  if (config.input.has_alpha) {
    status = decode_without_alpha(data, &config, rgb, stride);
  } else {
    config.output.colorspace = MODE_RGB;
    status = decode(data, &config, rgb, stride);
  }
  WebPFreeDecBuffer(&config.output);
  return status == VP8_STATUS_OK ? CIMAGE_SUCCESS : cimage_fail(message, "%s", reason(status));
}
