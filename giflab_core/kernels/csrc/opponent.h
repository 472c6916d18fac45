/* Sums that are exact, for MDSI and HaarPSI, and those of colours over boxes, for MDSI. No Python: sizes are trusted.
 *
 * Pictures are 4 bytes a pixel, red, green, blue and one that is not looked at, row by row. */
#ifndef GIFLAB_OPPONENT_H
#define GIFLAB_OPPONENT_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "simd.h"

/* Sums of doubles are exact, and in any order the same, as integers: a value is rounded to the unit 2**-n by adding
 * 1.5 * 2**(52 - n), which leaves it in the lower bits of the sum. */
INLINED int64_t fixed(double value, double magic)
{
    const double shifted = value + magic;
    int64_t bits, base;
    memcpy(&bits, &shifted, sizeof bits);
    memcpy(&base, &magic, sizeof base);
    return bits - base;
}

/* Red, green and blue of one row of boxes. */
typedef struct {
    int32_t *red, *green, *blue;
} colour_row;

/* Sums over row `row` of the boxes that a picture is cut into, of which the first begins `before` pixels above and to
 * the left of it; nothing is added outside. `columns` has room for factor pixels more than a row of boxes. */
void sum_boxes(const uint8_t *picture, size_t height, size_t width, size_t factor, size_t before, size_t row,
               uint16_t *columns, colour_row sums);

#endif
