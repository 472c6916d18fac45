/* SSIM with a uniform window of 7x7, and sums of squares and products, of 8-bit arrays in exact integers. */
#ifndef GIFLAB_UNIFORM_H
#define GIFLAB_UNIFORM_H

#include <stddef.h>
#include <stdint.h>

enum { SSIM_WINDOW = 7 };

/* Scores rows * columns windows, of which the first begins at x and y, and returns the sum of their scores in units of
 * 2**-30 less what `scores` held before. Pixels of one channel are `step` elements apart, and `columns` counts those of
 * all channels; rows of the arrays and of `scores` are `stride` and `scores_stride` elements apart. `scores` may be
 * NULL. Returns 0 where there is no memory. */
int ssim_windows(const uint8_t *x, const uint8_t *y, size_t stride, size_t step, size_t rows, size_t columns,
                 int32_t *scores, size_t scores_stride, int64_t *sum);

typedef struct {
    uint64_t n, x, y, xx, yy, xy;
} moment_sums;

/* Sums over the n elements of x and y, or over those where `mask` is not 0; `mask` may be NULL. */
moment_sums sum_moments(const uint8_t *x, const uint8_t *y, const uint8_t *mask, size_t n);

#endif
