/* MDSI: how alike gradients and chroma are, and how evenly. No Python: sizes are trusted.
 *
 * Pictures are 4 bytes a pixel, red, green, blue and one that is not looked at, row by row. */
#ifndef GIFLAB_MDSI_H
#define GIFLAB_MDSI_H

#include <stddef.h>
#include <stdint.h>

/* MDSI of two pictures that are reduced by averaging boxes of `factor` x `factor` pixels first (1 to 257); height and
 * width at least 1. Negative where memory is short. */
double mdsi(const uint8_t *x, const uint8_t *y, size_t height, size_t width, size_t factor);

#endif
