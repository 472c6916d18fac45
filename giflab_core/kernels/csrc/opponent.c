#include "opponent.h"

INLINED void sum_across(const uint16_t *RESTRICT columns, size_t count, size_t factor, int32_t *RESTRICT red,
                        int32_t *RESTRICT green, int32_t *RESTRICT blue)
{
    for (size_t box = 0; box < count; box++) {
        const uint16_t *const first = columns + 4 * factor * box;
        int32_t r = 0, g = 0, b = 0;
        for (size_t pixel = 0; pixel < factor; pixel++) {
            r += first[4 * pixel];
            g += first[4 * pixel + 1];
            b += first[4 * pixel + 2];
        }
        red[box] = r;
        green[box] = g;
        blue[box] = b;
    }
}

FOR_EACH_PROCESSOR
void sum_boxes(const uint8_t *picture, size_t height, size_t width, size_t factor, size_t before, size_t row,
               uint16_t *RESTRICT columns, colour_row sums)
{
    const size_t count = (width + factor - 1) / factor;
    const size_t top = row * factor > before ? row * factor - before : 0;
    const size_t bottom = (row + 1) * factor - before < height ? (row + 1) * factor - before : height;
    memset(columns, 0, 4 * (count + 1) * factor * sizeof *columns);
    for (size_t y = top; y < bottom; y++) {
        const uint8_t *RESTRICT line = picture + 4 * width * y;
        uint16_t *RESTRICT to = columns + 4 * before;
        for (size_t i = 0; i < 4 * width; i++)
            to[i] = (uint16_t)(to[i] + line[i]);
    }
    if (factor == 1)
        sum_across(columns, count, 1, sums.red, sums.green, sums.blue);
    else if (factor == 2)
        sum_across(columns, count, 2, sums.red, sums.green, sums.blue);
    else
        sum_across(columns, count, factor, sums.red, sums.green, sums.blue);
}
