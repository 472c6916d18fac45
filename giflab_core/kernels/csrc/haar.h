/* What HaarPSI looks at: sums of squares of two pictures, row after row. No Python: sizes are trusted.
 *
 * Pictures are 4 bytes a pixel, red, green, blue and one that is not looked at, row by row. A place is a box of 2 x 2
 * pixels; what places give is summed over so many of a row, a run. */
#ifndef GIFLAB_HAAR_H
#define GIFLAB_HAAR_H

#include <stddef.h>
#include <stdint.h>

#include "simd.h"

/* All sums are of integers: luma in units of 1/4000, chroma of 1/40000. A wavelet is four squares of 1, 2 or 4 places'
 * side. Of the two squares of a row of them that begin a side before the next column and there, the sum and the
 * difference are held for the last five rows of squares; of chroma the sum of a place and the next. */

enum { SUMS_1, STEPS_1, SUMS_2, STEPS_2, SUMS_4, STEPS_4, SUMS_I, SUMS_Q, PLANES, HELD = 5, MARGIN = 16, RUN = 32 };

/* Rows begin, and loops over them do and end, at multiples of so many numbers, which are those of a vector. */
enum { LANES = 8 };

/* How far before and behind a place those are that matter to it, and how many rows of them there are. */
enum { BEFORE = 3, BEHIND = 4, SEEN = BEFORE + 1 + BEHIND };

/* Rows of one picture by plane and number, which may be as low as -2 * HELD. */
typedef struct {
    int32_t *rows;
    size_t stride;
} haar_planes;

INLINED int32_t *row_of(haar_planes planes, int plane, ptrdiff_t row)
{
    return planes.rows + ((size_t)plane * HELD + (size_t)(row + 2 * HELD) % HELD) * planes.stride + MARGIN;
}

/* Luma and chroma of a row, each with a margin. */
typedef struct {
    int32_t *luma, *in_phase, *quadrature;
} yiq_row;

/* Two pictures, and the places of both that are looked at: `count` from the column `first` on, with those around them
 * that matter, from `start` up to `end`; what is kept of all these, and for each run for how many rows, the newest
 * among them, it has depended on the same pixels in both. */
typedef struct {
    const uint8_t *pictures[2], *black;
    size_t height, width, first, count, start, end;
    haar_planes planes[2];
    yiq_row rows[3]; /* the third one is black */
    int32_t *squares;
    uint8_t *same_rows;
} haar_strip;

/* Takes in a row of places of both pictures, which are black outside; to be called for each row from `BEFORE` ones
 * before the first that is scored on. */
void haar_take_row(const haar_strip *strip, ptrdiff_t row);

#endif
