/* What two pictures show in each tile of 8x8 pixels.
 *
 * Pictures are RGBA, planes of 8 bits, all of one size of at least a pixel. */
#include "arrays.h"

#include <stdlib.h>
#include <string.h>

#include "simd.h"
#include "tiles.h"

/* Pixels of a tile, bytes of a row of one, and bytes of one. */
enum { PIXELS = SIDE * SIDE, BYTES = 4 * SIDE, ALL = 4 * PIXELS };

/* Both pictures and both planes, and their size. */
typedef struct {
    const uint8_t *a, *b, *x, *y;
    size_t height, width;
} pair;

/* The sums of the four channels over a tile, of the bytes that two pictures have in common. */
INLINED void sum_channels(const uint8_t *RESTRICT a, const uint8_t *RESTRICT b, size_t stride, int32_t *sums)
{
    uint16_t columns[BYTES] = {0};
    for (size_t row = 0; row < SIDE; row++)
        for (size_t i = 0; i < BYTES; i++)
            columns[i] = (uint16_t)(columns[i] + (a[row * stride + i] & b[row * stride + i]));
    uint16_t half[BYTES / 2], quarter[BYTES / 4];
    for (size_t i = 0; i < BYTES / 2; i++)
        half[i] = (uint16_t)(columns[i] + columns[BYTES / 2 + i]);
    for (size_t i = 0; i < BYTES / 4; i++)
        quarter[i] = (uint16_t)(half[i] + half[BYTES / 4 + i]);
    for (size_t channel = 0; channel < 4; channel++)
        sums[channel] = quarter[channel] + quarter[4 + channel];
}

/* The sum of the squared differences of R, G and B. */
INLINED int32_t sum_errors(const uint8_t *RESTRICT a, const uint8_t *RESTRICT b, size_t stride)
{
    static const uint8_t colour[BYTES] = {
        255, 255, 255, 0, 255, 255, 255, 0, 255, 255, 255, 0, 255, 255, 255, 0,
        255, 255, 255, 0, 255, 255, 255, 0, 255, 255, 255, 0, 255, 255, 255, 0,
    };
    int16_t differences[ALL];
    int32_t error = 0;
    for (size_t row = 0; row < SIDE; row++)
        for (size_t i = 0; i < BYTES; i++)
            differences[row * BYTES + i] =
                (int16_t)((a[row * stride + i] & colour[i]) - (b[row * stride + i] & colour[i]));
    for (size_t i = 0; i < ALL; i++)
        error += differences[i] * differences[i];
    return error;
}

INLINED void widen(const uint8_t *RESTRICT plane, size_t width, int16_t *RESTRICT to)
{
    for (size_t row = 0; row < SIDE; row++)
        for (size_t i = 0; i < SIDE; i++)
            to[row * SIDE + i] = plane[row * width + i];
}

INLINED int32_t sum_of(const int16_t *values)
{
    int32_t sum = 0;
    for (size_t i = 0; i < PIXELS; i++)
        sum += values[i];
    return sum;
}

INLINED int32_t sum_of_products(const int16_t *RESTRICT one, const int16_t *RESTRICT other)
{
    int32_t sum = 0;
    for (size_t i = 0; i < PIXELS; i++)
        sum += one[i] * other[i];
    return sum;
}

/* The absolute steps from each pixel to the next one in the row and in the column. */
INLINED int32_t sum_of_steps(const uint8_t *plane, size_t width)
{
    int16_t values[PIXELS], beside[PIXELS], below[PIXELS];
    widen(plane, width, values);
    widen(plane + 1, width, beside);
    widen(plane + width, width, below);
    int32_t sum = 0;
    for (size_t i = 0; i < PIXELS; i++) {
        const int16_t right = (int16_t)(beside[i] - values[i]), down = (int16_t)(below[i] - values[i]);
        sum += (int16_t)((right < 0 ? -right : right) + (down < 0 ? -down : down));
    }
    return sum;
}

/* The sums of a tile. `values`: planes that are 0 where no pixel is; `steps`: planes with a pixel more to the right
 * and below; `widths`: of both. */
INLINED void sum_tile(const uint8_t *a, const uint8_t *b, const uint8_t *const values[2], const uint8_t *const steps[2],
                      const size_t widths[2], size_t count, int32_t *tile)
{
    const size_t stride = 4 * widths[0];
    int32_t both[4];
    int16_t x[PIXELS], y[PIXELS];
    sum_channels(a, a, stride, tile);
    sum_channels(b, b, stride, tile + 4);
    sum_channels(a, b, stride, both);
    tile[8] = both[3];
    tile[9] = sum_errors(a, b, stride);
    widen(values[0], widths[0], x);
    widen(values[1], widths[0], y);
    tile[10] = sum_of(x);
    tile[11] = sum_of(y);
    tile[12] = sum_of_products(x, x);
    tile[13] = sum_of_products(y, y);
    tile[14] = sum_of_products(x, y);
    tile[15] = sum_of_steps(steps[0], widths[1]);
    tile[16] = sum_of_steps(steps[1], widths[1]);
    tile[17] = (int32_t)count;
}

/* A tile with a pixel more to the right and below. */
INLINED void sum_whole(const pair *of, size_t at, int32_t *tile)
{
    const uint8_t *const planes[] = {of->x + at, of->y + at};
    const size_t widths[] = {of->width, of->width};
    sum_tile(of->a + 4 * at, of->b + 4 * at, planes, planes, widths, PIXELS, tile);
}

/* A tile at the edge of the pictures, of what pixels there are. For steps the last ones are repeated, so that there is
 * none from them; those along the repeated ones are taken off again. */
INLINED void sum_edge(const pair *of, size_t top, size_t left, int32_t *tile)
{
    enum { MORE = SIDE + 1 };
    uint8_t pictures[2][ALL] = {{0}}, planes[2][PIXELS] = {{0}}, repeated[2][MORE * MORE];
    const size_t below = of->height - top, beside = of->width - left;
    const size_t rows = below < SIDE ? below : SIDE, columns = beside < SIDE ? beside : SIDE;
    for (size_t picture = 0; picture < 2; picture++) {
        const uint8_t *const pixels = picture ? of->b : of->a, *const plane = picture ? of->y : of->x;
        for (size_t row = 0; row < rows; row++) {
            const size_t at = (top + row) * of->width + left;
            memcpy(pictures[picture] + row * BYTES, pixels + 4 * at, 4 * columns);
            memcpy(planes[picture] + row * SIDE, plane + at, columns);
        }
        for (size_t row = 0; row < MORE; row++)
            for (size_t column = 0; column < MORE; column++)
                repeated[picture][row * MORE + column] = plane[(top + (row < below ? row : below - 1)) * of->width +
                                                               left + (column < beside ? column : beside - 1)];
    }
    const uint8_t *const values[] = {planes[0], planes[1]}, *const steps[] = {repeated[0], repeated[1]};
    const size_t widths[] = {SIDE, MORE};
    sum_tile(pictures[0], pictures[1], values, steps, widths, rows * columns, tile);
    for (size_t plane = 0; plane < 2; plane++)
        for (size_t i = 0; i < SIDE; i++) {
            const uint8_t *const across = steps[plane] + SIDE * MORE + i, *const down = steps[plane] + i * MORE + SIDE;
            tile[15 + plane] -= (int32_t)(SIDE - rows) * abs(across[1] - *across) +
                                (int32_t)(SIDE - columns) * abs(down[MORE] - *down);
        }
}

/* Sums the tiles of a row that are near, from one up to another; the others of them have no sums. */
FOR_EACH_PROCESSOR
static void sum_near(const pair *of, size_t row, size_t left, size_t right, const uint8_t *near, int32_t *tiles)
{
    const int is_last = (row + 1) * SIDE >= of->height;
    for (size_t column = left; column < right; column++) {
        int32_t *const tile = tiles + column * FIELDS;
        if (!near[column])
            memset(tile, 0, FIELDS * sizeof *tile);
        else if (is_last || (column + 1) * SIDE >= of->width)
            sum_edge(of, row * SIDE, column * SIDE, tile);
        else
            sum_whole(of, row * SIDE * of->width + column * SIDE, tile);
    }
}

static int sum_tiles(const Py_buffer *views, box part, size_t reach)
{
    const pair of = {views[0].buf, views[1].buf, views[2].buf, views[3].buf, (size_t)views[2].shape[0],
                     (size_t)views[2].shape[1]};
    const size_t rows = (size_t)views[5].shape[0], columns = (size_t)views[5].shape[1];
    uint8_t *const near = malloc(2 * columns);
    for (size_t row = part.top; near && row < part.bottom; row++) {
        near_in_row(views[4].buf, rows, columns, row, reach, near + columns, near);
        sum_near(&of, row, part.left, part.right, near, (int32_t *)views[5].buf + row * columns * FIELDS);
    }
    free(near);
    return near ? 0 : -1;
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
            BEGIN_WORK(100 * area_of(part))
            failed = sum_tiles(views, part, (size_t)reach);
            END_WORK
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
