/* Small prints of planes. No Python: sizes are trusted.
 *
 * Planes are 8-bit values row by row, width and height at least 1. */
#ifndef GIFLAB_CELLS_H
#define GIFLAB_CELLS_H

#include <stddef.h>
#include <stdint.h>

#include "box.h"

/* Sums of a plane over its cells, rows x columns of them; cell i of n begins at i * length / n. Only the cells that
 * touch the box are written. Returns 0, or -1 without memory. */
int sum_cells(const uint8_t *plane, size_t height, size_t width, size_t rows, size_t columns, box touched,
              int64_t *sums);

#endif
