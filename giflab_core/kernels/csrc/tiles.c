/* What two pictures show in each tile of 8x8 pixels.
 *
 * Pictures are RGBA, planes of 8 bits, all of one size of at least a pixel. */
#include "arrays.h"

#include <stdlib.h>
#include <string.h>

#include "simd.h"
#include "tiles.h"

/* Tiles summed at once: so many that their sums stay in the processor's nearest cache. */
enum { MOST = 24 };

/* Of a row of tiles, the sums over its rows of pixels: of each byte of both pictures, of what both have in common, of
 * the squared differences; of each pixel of the planes, their squares, product and steps to the next pixels. */
typedef struct {
    uint16_t *RESTRICT a, *RESTRICT b, *RESTRICT both;
    uint32_t *RESTRICT error;
    uint16_t *RESTRICT x, *RESTRICT y;
    uint32_t *RESTRICT xx, *RESTRICT yy, *RESTRICT xy;
    uint16_t *RESTRICT steps_x, *RESTRICT steps_y;
} columns;

INLINED void add_bytes(const uint8_t *RESTRICT a, const uint8_t *RESTRICT b, size_t count, const columns *to)
{
    uint16_t *RESTRICT sum_a = to->a, *RESTRICT sum_b = to->b, *RESTRICT both = to->both;
    uint32_t *RESTRICT error = to->error;
    for (size_t i = 0; i < count; i++) {
        const int16_t difference = (int16_t)(a[i] - b[i]);
        sum_a[i] = (uint16_t)(sum_a[i] + a[i]);
        sum_b[i] = (uint16_t)(sum_b[i] + b[i]);
        both[i] = (uint16_t)(both[i] + (a[i] & b[i]));
        error[i] += (uint32_t)(difference * difference);
    }
}

INLINED void add_products(const uint8_t *RESTRICT x, const uint8_t *RESTRICT y, size_t count, const columns *to)
{
    uint16_t *RESTRICT sum_x = to->x, *RESTRICT sum_y = to->y;
    uint32_t *RESTRICT xx = to->xx, *RESTRICT yy = to->yy, *RESTRICT xy = to->xy;
    for (size_t i = 0; i < count; i++) {
        const uint16_t one = x[i], other = y[i];
        sum_x[i] = (uint16_t)(sum_x[i] + one);
        sum_y[i] = (uint16_t)(sum_y[i] + other);
        xx[i] += (uint32_t)one * one;
        yy[i] += (uint32_t)other * other;
        xy[i] += (uint32_t)one * other;
    }
}

/* The absolute differences from each pixel to one that is so far away. */
INLINED void add_steps(const uint8_t *RESTRICT plane, size_t away, size_t count, uint16_t *RESTRICT steps)
{
    for (size_t i = 0; i < count; i++) {
        const uint8_t from = plane[i], to = plane[away + i];
        steps[i] = (uint16_t)(steps[i] + (from > to ? from - to : to - from));
    }
}

/* The sums of so many values, and those of every fourth of four times as many. */
INLINED uint32_t sum_short(const uint16_t *values, size_t count)
{
    uint32_t sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += values[i];
    return sum;
}

INLINED uint32_t sum_long(const uint32_t *values, size_t count)
{
    uint32_t sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += values[i];
    return sum;
}

INLINED void sum_channels(const uint16_t *values, size_t count, uint32_t *sums)
{
    for (size_t i = 0; i < count; i++)
        for (size_t channel = 0; channel < 4; channel++)
            sums[channel] += values[4 * i + channel];
}

/* One tile, of so many columns, which begins at this one. */
INLINED void fold_tile(const columns *from, size_t left, size_t count, size_t rows, int32_t *tile)
{
    uint32_t sums[FIELDS] = {0}, error[4] = {0};
    sum_channels(from->a + 4 * left, count, sums);
    sum_channels(from->b + 4 * left, count, sums + 4);
    for (size_t i = 0; i < count; i++)
        for (size_t channel = 0; channel < 4; channel++)
            error[channel] += from->error[4 * (left + i) + channel];
    for (size_t i = 0; i < count; i++)
        sums[8] += from->both[4 * (left + i) + 3];
    sums[9] = error[0] + error[1] + error[2];
    sums[10] = sum_short(from->x + left, count);
    sums[11] = sum_short(from->y + left, count);
    sums[12] = sum_long(from->xx + left, count);
    sums[13] = sum_long(from->yy + left, count);
    sums[14] = sum_long(from->xy + left, count);
    sums[15] = sum_short(from->steps_x + left, count);
    sums[16] = sum_short(from->steps_y + left, count);
    sums[17] = (uint32_t)(rows * count);
    for (size_t field = 0; field < FIELDS; field++)
        tile[field] = (int32_t)sums[field];
}

INLINED void fold(const columns *from, size_t width, size_t rows, int32_t *tiles)
{
    size_t left = 0;
    for (; left + SIDE <= width; left += SIDE, tiles += FIELDS)
        fold_tile(from, left, SIDE, rows, tiles);
    if (left < width)
        fold_tile(from, left, width - left, rows, tiles);
}

/* Writes the tiles of one row of tiles, which begins at this row of pixels, from one column of pixels to another. */
FOR_EACH_PROCESSOR
static void sum_row(const uint8_t *a, const uint8_t *b, const uint8_t *x, const uint8_t *y, size_t height, size_t width,
                    size_t top, size_t left, size_t right, uint32_t *scratch, int32_t *tiles)
{
    const size_t count = right - left, bottom = top + SIDE < height ? top + SIDE : height;
    columns to;
    memset(scratch, 0, 15 * count * sizeof *scratch);
    to.error = scratch;
    to.xx = scratch + 4 * count;
    to.yy = scratch + 5 * count;
    to.xy = scratch + 6 * count;
    to.a = (uint16_t *)(scratch + 7 * count);
    to.b = (uint16_t *)(scratch + 9 * count);
    to.both = (uint16_t *)(scratch + 11 * count);
    to.steps_x = (uint16_t *)(scratch + 13 * count);
    to.steps_y = to.steps_x + count;
    to.x = to.steps_y + count;
    to.y = to.x + count;
    for (size_t row = top; row < bottom; row++) {
        const size_t at = row * width + left, across = right < width ? count : count - 1;
        add_bytes(a + 4 * at, b + 4 * at, 4 * count, &to);
        add_products(x + at, y + at, count, &to);
        add_steps(x + at, 1, across, to.steps_x);
        add_steps(y + at, 1, across, to.steps_y);
        if (row + 1 < height) {
            add_steps(x + at, width, count, to.steps_x);
            add_steps(y + at, width, count, to.steps_y);
        }
    }
    fold(&to, count, bottom - top, tiles);
}

/* Sums the tiles of a row that are near, from one up to another; the others of them have no sums. */
static void sum_near(const Py_buffer *views, size_t row, size_t left, size_t right, const uint8_t *near,
                     uint32_t *scratch)
{
    const size_t height = (size_t)views[2].shape[0], width = (size_t)views[2].shape[1];
    int32_t *tiles = (int32_t *)views[5].buf + row * (size_t)views[5].shape[1] * FIELDS;
    for (size_t column = left, start = left; column <= right; column++) {
        const int is_near = column < right && near[column];
        if (is_near && column - start < MOST)
            continue;
        if (column > start) {
            const size_t end = column * SIDE < width ? column * SIDE : width;
            sum_row(views[0].buf, views[1].buf, views[2].buf, views[3].buf, height, width, row * SIDE, start * SIDE,
                    end, scratch, tiles + start * FIELDS);
        }
        if (column < right && !is_near)
            memset(tiles + column * FIELDS, 0, FIELDS * sizeof *tiles);
        start = is_near ? column : column + 1;
    }
}

static int sum_tiles(const Py_buffer *views, box part, size_t reach)
{
    const size_t rows = (size_t)views[5].shape[0], columns = (size_t)views[5].shape[1];
    uint32_t *scratch = malloc(15 * SIDE * MOST * sizeof *scratch);
    uint8_t *near = malloc(2 * columns);
    const int failed = !scratch || !near;
    for (size_t row = part.top; !failed && row < part.bottom; row++) {
        near_in_row(views[4].buf, rows, columns, row, reach, near + columns, near);
        sum_near(views, row, part.left, part.right, near, scratch);
    }
    free(scratch);
    free(near);
    return failed ? -1 : 0;
}

/* tile_sums(original, compressed, x, y, marks, part, reach, tiles): of the tiles in the part */
static PyObject *tile_sums_of(PyObject *module, PyObject *arguments)
{
    Py_buffer views[6] = {{0}, {0}, {0}, {0}, {0}, {0}};
    PyObject *result = NULL;
    Py_ssize_t reach;
    box part;
    (void)module;
    if (PyArg_ParseTuple(arguments, "O&O&O&O&O&O&nO&", to_read, &views[0], to_read, &views[1], to_read, &views[2],
                         to_read, &views[3], to_read, &views[4], to_box, &part, &reach, to_write, &views[5]) &&
        are_pictures(views, 2) && are_planes(views + 2, 2) && is_array(&views[4], U8, 2) &&
        is_array(&views[5], I32, 3) && is_within(part, &views[4])) {
        const Py_ssize_t height = views[2].shape[0], width = views[2].shape[1];
        const Py_ssize_t rows = (height + SIDE - 1) / SIDE, columns = (width + SIDE - 1) / SIDE;
        if (views[0].shape[0] != height || views[0].shape[1] != width || views[4].shape[0] != rows ||
            views[4].shape[1] != columns || views[5].shape[0] != rows || views[5].shape[1] != columns ||
            views[5].shape[2] != FIELDS || reach < 0) {
            PyErr_SetString(PyExc_ValueError, "pictures, planes and tiles differ in size");
        } else {
            int failed;
            Py_BEGIN_ALLOW_THREADS
            failed = sum_tiles(views, part, (size_t)reach);
            Py_END_ALLOW_THREADS
            result = failed ? PyErr_NoMemory() : Py_NewRef(Py_None);
        }
    }
    let_go(views, 6);
    return result;
}

PyMethodDef tiles_methods[] = {
    {"tile_sums", tile_sums_of, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
