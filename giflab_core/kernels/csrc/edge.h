/* Edges, sharpness, small prints of planes, and whether two pictures are the same. */
#ifndef GIFLAB_EDGE_H
#define GIFLAB_EDGE_H

#include <stddef.h>
#include <stdint.h>

#include "box.h"

/* Planes are 8-bit values row by row, width and height at least 1 where nothing else is said. */

/* Canny's edges, 1 or 0 a pixel, for 0 <= low <= high < 32768; any size. Returns 0, or -1 without memory. */
int canny(const uint8_t *plane, size_t height, size_t width, int low, int high, uint8_t *edges);

/* The pixels of edges of x and of y, and how many of each have one of the other within a pixel. */
typedef struct {
    uint64_t x, y, near_x, near_y;
} edge_counts;

/* Returns 0, or -1 without memory. */
int count_edges(const uint8_t *x, const uint8_t *y, size_t height, size_t width, int low, int high,
                edge_counts *counts);

/* Sums of the 4-neighbour Laplacian and of its squares; beyond the border the plane is mirrored at its last pixels. */
typedef struct {
    int64_t sum, squares;
} laplacian_sums;

laplacian_sums sum_laplacian(const uint8_t *plane, size_t height, size_t width);

/* Sums of a plane over its cells, rows x columns of them; cell i of n begins at i * length / n. Only the cells that
 * touch the box are written. Returns 0, or -1 without memory. */
int sum_cells(const uint8_t *plane, size_t height, size_t width, size_t rows, size_t columns, box touched,
              int64_t *sums);

/* Whether two pictures of pixels of this many bytes, in rows of this width, are the same within a box. */
int same_in_box(const uint8_t *x, const uint8_t *y, size_t width, size_t pixel, box where);

#endif
