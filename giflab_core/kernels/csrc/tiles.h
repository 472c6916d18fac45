/* The tiles that tiles.c sums: pixels a side, and how many sums each has, which kernels/tiles.py lists. */
#ifndef GIFLAB_TILES_H
#define GIFLAB_TILES_H

#include <stddef.h>
#include <stdint.h>

enum { SIDE = 8, FIELDS = 18 };

/* Which tiles of a row are at most so many away from one that is marked; `scratch` has room for a row. */
void near_in_row(const uint8_t *marks, size_t rows, size_t columns, size_t row, size_t reach, uint8_t *scratch,
                 uint8_t *near);

#endif
