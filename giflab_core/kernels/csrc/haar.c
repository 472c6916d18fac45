#include "haar.h"

#include <string.h>

#include "bits.h"

/* Luma and chroma of `count` places, of which each has two pixels of the row above and two of the row below. */
FOR_EACH_PROCESSOR
static void mix_yiq(const uint8_t *RESTRICT above, const uint8_t *RESTRICT below, size_t count, int32_t *RESTRICT luma,
                    int32_t *RESTRICT in_phase, int32_t *RESTRICT quadrature)
{
    const uint64_t every_other = 0x00ff00ff00ff00ff;
    for (size_t i = 0; i < count; i++) {
        uint64_t upper, lower;
        memcpy(&upper, above + 8 * i, sizeof upper);
        memcpy(&lower, below + 8 * i, sizeof lower);
        upper = in_order(upper);
        lower = in_order(lower);
        const uint64_t both = (upper & every_other) + (lower & every_other);
        const uint64_t other = (upper >> 8 & every_other) + (lower >> 8 & every_other);
        const uint32_t red_blue = (uint32_t)both + (uint32_t)(both >> 32);
        const uint32_t green_none = (uint32_t)other + (uint32_t)(other >> 32);
        const int32_t red = (int32_t)(red_blue & 0xffff), blue = (int32_t)(red_blue >> 16);
        const int32_t green = (int32_t)(green_none & 0xffff);
        const int32_t redder = red - green, greener = green - blue;
        luma[i] = 1000 * green + 299 * redder - 114 * greener; /* 299, 587 and 114 of red, green and blue */
        in_phase[i] = 5959 * redder + 3213 * greener;          /* 5959, -2746 and -3213 */
        quadrature[i] = 2115 * redder - 3112 * greener;        /* 2115, -5227 and 3112 */
    }
}

/* Takes in a row of so many places: what is held of it, and of the squares that end with it. `squares` has room for a
 * row with its margin. */
FOR_EACH_PROCESSOR
static void add_row(haar_planes planes, ptrdiff_t row, yiq_row new, ptrdiff_t width, int32_t *RESTRICT squares)
{
    const ptrdiff_t end = (width + BEHIND + LANES - 1) / LANES * LANES;
    const int32_t *RESTRICT luma = new.luma, *RESTRICT in_phase = new.in_phase, *RESTRICT quadrature = new.quadrature;
    int32_t *RESTRICT sums = row_of(planes, SUMS_1, row), *RESTRICT steps = row_of(planes, STEPS_1, row);
    int32_t *RESTRICT i_sums = row_of(planes, SUMS_I, row), *RESTRICT q_sums = row_of(planes, SUMS_Q, row);
    const int32_t *RESTRICT above = row_of(planes, SUMS_1, row - 1);
    for (ptrdiff_t i = -LANES; i < end; i++) {
        sums[i] = luma[i] + luma[i + 1];
        steps[i] = luma[i] - luma[i + 1];
        squares[i] = above[i] + sums[i];
    }
    for (ptrdiff_t i = 0; i < width; i++) {
        i_sums[i] = in_phase[i] + in_phase[i + 1];
        q_sums[i] = quadrature[i] + quadrature[i + 1];
    }
    sums = row_of(planes, SUMS_2, row - 1);
    steps = row_of(planes, STEPS_2, row - 1);
    for (ptrdiff_t i = -LANES; i < end; i++) {
        sums[i] = squares[i - 1] + squares[i + 1];
        steps[i] = squares[i - 1] - squares[i + 1];
    }
    above = row_of(planes, SUMS_2, row - 3);
    for (ptrdiff_t i = -LANES; i < end; i++)
        squares[i] = above[i + 1] + sums[i + 1];
    sums = row_of(planes, SUMS_4, row - 3);
    steps = row_of(planes, STEPS_4, row - 3);
    for (ptrdiff_t i = 0; i < width; i++) {
        sums[i] = squares[i - 3] + squares[i + 1];
        steps[i] = squares[i - 3] - squares[i + 1];
    }
}

/* The two rows of pixels of a row of places; beyond the last one of an odd height is black. */
static void pixels_of(const haar_strip *strip, int picture, size_t row, const uint8_t *lines[2])
{
    lines[0] = strip->pictures[picture] + 8 * strip->width * row;
    lines[1] = 2 * row + 1 < strip->height ? lines[0] + 4 * strip->width : strip->black;
}

static void note(uint8_t *same_rows, int is_same)
{
    if (!is_same)
        *same_rows = 0;
    else if (*same_rows < SEEN)
        ++*same_rows;
}

/* Notes which runs depend on the same pixels of a row in both pictures. Returns whether all do. */
static int note_same(const haar_strip *strip, size_t row)
{
    int all = 1;
    const uint8_t *x[2], *y[2];
    pixels_of(strip, 0, row, x);
    pixels_of(strip, 1, row, y);
    for (size_t run = 0; run * RUN < strip->count; run++) {
        const size_t first = strip->first + run * RUN;
        const size_t start = first < strip->start + BEFORE ? strip->start : first - BEFORE;
        const size_t end = first + RUN + BEHIND < strip->end ? first + RUN + BEHIND : strip->end;
        const size_t from = 8 * start, length = (2 * end < strip->width ? 8 * end : 4 * strip->width) - from;
        const int is_same = !memcmp(x[0] + from, y[0] + from, length) && !memcmp(x[1] + from, y[1] + from, length);
        note(&strip->same_rows[run], is_same);
        all &= is_same;
    }
    return all;
}

/* Luma and chroma of a row. */
static void load_row(const haar_strip *strip, int picture, size_t row)
{
    const size_t pairs = strip->width / 2, whole = (strip->end < pairs ? strip->end : pairs) - strip->start;
    const yiq_row all = strip->rows[picture];
    const ptrdiff_t at = (ptrdiff_t)strip->start - (ptrdiff_t)strip->first;
    int32_t *const luma = all.luma + at, *const i = all.in_phase + at, *const q = all.quadrature + at;
    const uint8_t *lines[2];
    pixels_of(strip, picture, row, lines);
    mix_yiq(lines[0] + 8 * strip->start, lines[1] + 8 * strip->start, whole, luma, i, q);
    if (strip->end > pairs) { /* the last place of an odd width has one column of pixels */
        uint8_t last[2][8] = {{0}, {0}};
        for (int line = 0; line < 2; line++)
            memcpy(last[line], lines[line] + 8 * pairs, 4);
        mix_yiq(last[0], last[1], 1, luma + whole, i + whole, q + whole);
    }
}

void haar_take_row(const haar_strip *strip, ptrdiff_t row)
{
    const yiq_row *rows[2] = {&strip->rows[0], &strip->rows[1]};
    if (row >= 0 && row < (ptrdiff_t)(strip->height + 1) / 2) {
        load_row(strip, 0, (size_t)row);
        if (note_same(strip, (size_t)row))
            rows[1] = rows[0];
        else
            load_row(strip, 1, (size_t)row);
    } else {
        rows[0] = rows[1] = &strip->rows[2];
        for (size_t run = 0; run * RUN < strip->count; run++)
            note(&strip->same_rows[run], 1);
    }
    for (int picture = 0; picture < 2; picture++)
        add_row(strip->planes[picture], row, *rows[picture], (ptrdiff_t)strip->count, strip->squares);
}
