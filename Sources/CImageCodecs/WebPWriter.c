#include "Support.h"

#include <webp/encode.h>

// The writing half of libwebp, lossy, into memory that grows.

static const char *reason(WebPEncodingError error) {
  switch (error) {
    case VP8_ENC_ERROR_OUT_OF_MEMORY:
    case VP8_ENC_ERROR_BITSTREAM_OUT_OF_MEMORY: return "libwebp found no memory";
    case VP8_ENC_ERROR_BAD_DIMENSION: return "a side is too long for WebP";
    case VP8_ENC_ERROR_PARTITION0_OVERFLOW:
    case VP8_ENC_ERROR_PARTITION_OVERFLOW: return "the picture is too rich for this quality of WebP";
    case VP8_ENC_ERROR_BAD_WRITE: return "there is no memory for the file";
    case VP8_ENC_ERROR_FILE_TOO_BIG: return "the file would have more than 4 GB";
    default: return "libwebp refuses it";
  }
}

/// libwebp asks for 1 on success.
static int append(const uint8_t *bytes, size_t count, const WebPPicture *picture) {
  return cimage_append(picture->custom_ptr, bytes, count);
}

int32_t cimage_encode_webp(const uint8_t *rgb, uint32_t width, uint32_t height, float quality, uint8_t **webp,
                           size_t *count, CImageMessage message) {
  if (width > WEBP_MAX_DIMENSION || height > WEBP_MAX_DIMENSION) {
    return cimage_fail(message, "%s", reason(VP8_ENC_ERROR_BAD_DIMENSION));
  }
  WebPConfig config;
  WebPPicture picture;
  if (!WebPConfigPreset(&config, WEBP_PRESET_DEFAULT, quality) || !WebPPictureInit(&picture)) {
    return cimage_fail(message, "libwebp takes no quality of %g, or is not the one this was built for", quality);
  }
  CImageBuffer file = {NULL, 0, 0};
  picture.width = (int)width;
  picture.height = (int)height;
  picture.writer = append;
  picture.custom_ptr = &file;
  int done = WebPPictureImportRGB(&picture, rgb, (int)width * 3) && WebPEncode(&config, &picture);
  WebPEncodingError error = picture.error_code;
  WebPPictureFree(&picture);
  if (!done) {
    free(file.start);
    return cimage_fail(message, "%s", reason(error));
  }
  *webp = file.start;
  *count = file.count;
  return CIMAGE_SUCCESS;
}
