// CImageCodecs: libjpeg, libpng and libwebp, as small as this package needs them. It promises nothing to others.
//
// Five rules, one page:
// 1. The caller has read the header already and says which size it expects; an image of another size is a failure, so
//    no function allocates by the word of a file.
// 2. Pixels are RGB, 8 bits a sample, row by row from the top left, in memory of the caller's. After a failure their
//    values mean nothing.
// 3. Every function returns a status: 0 success, 1 failure. On failure `message` holds the reason in a few English
//    words, cut to fit; on success it is not touched.
// 4. Arguments are borrowed for the call. Only functions that say so return memory, which the caller frees with
//    `free` once; on failure they return none.
// 5. Nothing is kept between calls and nothing is shared, so calls on different threads never meet.
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Room for the reason of a failure; `capacity` counts the final zero and is at least 1.
typedef struct {
  char *text;
  size_t capacity;
} CImageMessage;

/// Bytes that stay as they are for the length of the call.
typedef struct {
  const uint8_t *start;
  size_t count;
} CImageBytes;

/// A baseline or progressive JPEG of `width` by `height` pixels into `rgb` [height, width, 3].
///
/// Grey is repeated; four components are taken as inverted CMYK whatever the file says, as Adobe writes them. Accurate
/// integer DCT, smooth ("fancy") chroma upsampling. Data that end too early are a failure.
int32_t cimage_decode_jpeg(CImageBytes data, uint32_t width, uint32_t height, uint8_t *rgb, CImageMessage message);

/// A PNG of `width` by `height` pixels into `rgb` [height, width, 3].
///
/// Grey is repeated, palettes are applied, alpha is dropped. Samples of 16 bits keep their high byte, except grey
/// without alpha, which is clipped to 0...255. A wrong checksum in any chunk, and an absent end, are a failure.
int32_t cimage_decode_png(CImageBytes data, uint32_t width, uint32_t height, uint8_t *rgb, CImageMessage message);

/// The text of one whole compressed chunk (length, `zTXt` or `iTXt`, payload, checksum).
///
/// On success `*text` is `*count` bytes which the caller frees with `free`, never null.
int32_t cimage_inflate_png_text(CImageBytes chunk, uint8_t **text, size_t *count, CImageMessage message);

/// `rgb` [height, width, 3] as a PNG of 8-bit RGB.
///
/// On success `*png` is `*count` bytes which the caller frees with `free`, never null.
int32_t cimage_encode_png(const uint8_t *rgb, uint32_t width, uint32_t height, uint8_t **png, size_t *count,
                          CImageMessage message);

/// The chunks of one WebP picture (`ALPH` and `VP8 `, or `VP8L`) of `width` by `height` pixels into `rgb`, whose rows
/// start `stride` bytes apart.
///
/// Alpha is decoded and dropped.
int32_t cimage_decode_webp(CImageBytes data, uint32_t width, uint32_t height, uint8_t *rgb, size_t stride,
                           CImageMessage message);

/// `rgb` [height, width, 3] as a lossy WebP, `quality` from 0 (small) to 100 (near).
///
/// Sides over 16383 are a failure. On success `*webp` is `*count` bytes which the caller frees with `free`, never null.
int32_t cimage_encode_webp(const uint8_t *rgb, uint32_t width, uint32_t height, float quality, uint8_t **webp,
                           size_t *count, CImageMessage message);

#ifdef __cplusplus
}
#endif
