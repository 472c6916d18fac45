/* How sharp a plane is. No Python: sizes are trusted.
 *
 * Planes are 8-bit values row by row, width and height at least 1. */
#ifndef GIFLAB_LAPLACIAN_H
#define GIFLAB_LAPLACIAN_H

#include <stddef.h>
#include <stdint.h>

/* Sums of the 4-neighbour Laplacian and of its squares; beyond the border the plane is mirrored at its last pixels. */
typedef struct {
    int64_t sum, squares;
} laplacian_sums;

laplacian_sums sum_laplacian(const uint8_t *plane, size_t height, size_t width);

#endif
