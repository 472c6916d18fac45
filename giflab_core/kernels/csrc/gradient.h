/* GMSD: how evenly the edges of two pictures agree. */
#ifndef GIFLAB_GRADIENT_H
#define GIFLAB_GRADIENT_H

#include <stddef.h>
#include <stdint.h>

/* Sums over all means of 2x2 pixels: of how alike their gradients are, 0 to 1 in units of 2**-24, and of its square,
 * the lower and the upper 32 bits apart. */
typedef struct {
    uint64_t sum, lower, upper;
} gmsd_sums;

/* Returns 0 where there is no memory. */
int sum_gmsd(const uint8_t *x, const uint8_t *y, size_t height, size_t width, gmsd_sums *sums);

#endif
