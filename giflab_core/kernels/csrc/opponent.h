/* Similarity of colour pictures in luma and two chroma channels: MDSI and HaarPSI. No Python: sizes are trusted.
 *
 * Pictures are 4 bytes a pixel, red, green, blue and one that is not looked at, row by row. */
#ifndef GIFLAB_OPPONENT_H
#define GIFLAB_OPPONENT_H

#include <stddef.h>
#include <stdint.h>

/* MDSI of two pictures that are reduced by averaging boxes of `factor` x `factor` pixels first (1 to 257); height and
 * width at least 1. Negative where memory is short. */
double mdsi(const uint8_t *x, const uint8_t *y, size_t height, size_t width, size_t factor);

/* What HaarPSI follows from: the sum of weights, and that of weights times what a similarity lacks; see haarpsi.py. */
typedef struct {
    int64_t deficit, weight;
} haarpsi_sums;

/* Of two pictures, height and width at least 1. Returns 0, or -1 where memory is short. */
int haarpsi(const uint8_t *x, const uint8_t *y, size_t height, size_t width, haarpsi_sums *sums);

#endif
