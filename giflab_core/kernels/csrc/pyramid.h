/* MS-SSIM: SSIM with a Gaussian window at five scales. */
#ifndef GIFLAB_PYRAMID_H
#define GIFLAB_PYRAMID_H

#include <stddef.h>
#include <stdint.h>

/* The window, and the smallest side: at the last scale it must still hold a window. */
enum { MS_SSIM_SCALES = 5, MS_SSIM_WINDOW = 11, MS_SSIM_SIDE = (MS_SSIM_WINDOW - 1) * 16 + 1 };

/* The sums over all windows, in units of 2**-30, of contrast and structure at each scale, at the last of whole SSIM.
 * Returns 0 where there is no memory. */
int ms_ssim_sums(const uint8_t *x, const uint8_t *y, size_t height, size_t width, int64_t sums[MS_SSIM_SCALES]);

#endif
