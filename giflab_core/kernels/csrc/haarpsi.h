/* HaarPSI: how alike Haar wavelets are. No Python: sizes are trusted.
 *
 * Pictures are 4 bytes a pixel, red, green, blue and one that is not looked at, row by row. */
#ifndef GIFLAB_HAARPSI_H
#define GIFLAB_HAARPSI_H

#include <stddef.h>
#include <stdint.h>

/* What HaarPSI follows from: the sum of weights, and that of weights times what a similarity lacks; see haarpsi.py. */
typedef struct {
    int64_t deficit, weight;
} haarpsi_sums;

/* Of two pictures, height and width at least 1. Returns 0, or -1 where memory is short. */
int haarpsi(const uint8_t *x, const uint8_t *y, size_t height, size_t width, haarpsi_sums *sums);

#endif
