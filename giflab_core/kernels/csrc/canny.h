/* Canny's edges, and how many of them two planes have in common. No Python: sizes are trusted.
 *
 * Planes are 8-bit values row by row, width and height at least 1. */
#ifndef GIFLAB_CANNY_H
#define GIFLAB_CANNY_H

#include <stddef.h>
#include <stdint.h>

/* Canny's edges, 1 or 0 a pixel, for 0 <= low <= high < 32768. Returns 0, or -1 without memory. */
int canny(const uint8_t *plane, size_t height, size_t width, int low, int high, uint8_t *edges);

/* The pixels of edges of x and of y, and how many of each have one of the other within a pixel. */
typedef struct {
    uint64_t x, y, near_x, near_y;
} edge_counts;

/* Returns 0, or -1 without memory. */
int count_edges(const uint8_t *x, const uint8_t *y, size_t height, size_t width, int low, int high,
                edge_counts *counts);

#endif
