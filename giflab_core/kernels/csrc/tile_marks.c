/* In which tiles of 8x8 pixels two pictures may differ by much, told by the least that has to be looked at.
 *
 * Pictures are RGBA, of one size of at least a pixel. */
#include "arrays.h"

#include <string.h>

#include "simd.h"
#include "tiles.h"

/* Bytes of a row of a tile, and of a tile. */
enum { BYTES = 4 * SIDE, ALL = SIDE * BYTES };

/* The alpha of two pixels. */
#define ALPHA UINT64_C(0xFF000000FF000000)

typedef struct {
    double error, apart;
} limits;

/* The bits in which two tiles differ, and those that all pixels of the first one have, of any two pixels. */
typedef struct {
    uint64_t different, common;
} seen;

INLINED seen look(const uint8_t *RESTRICT a, const uint8_t *RESTRICT b, size_t stride)
{
    uint8_t different[BYTES] = {0}, common[BYTES];
    memset(common, 255, BYTES);
    for (size_t row = 0; row < SIDE; row++)
        for (size_t i = 0; i < BYTES; i++) {
            different[i] |= a[row * stride + i] ^ b[row * stride + i];
            common[i] &= a[row * stride + i];
        }
    uint64_t bits[2][SIDE / 2];
    memcpy(bits[0], different, BYTES);
    memcpy(bits[1], common, BYTES);
    return (seen){bits[0][0] | bits[0][1] | bits[0][2] | bits[0][3],
                  bits[1][0] & bits[1][1] & bits[1][2] & bits[1][3]};
}

static int32_t count_visible(const uint8_t *tile, size_t stride)
{
    int32_t visible = 0;
    for (size_t row = 0; row < SIDE; row++)
        for (size_t i = 0; i < SIDE; i++)
            visible += tile[row * stride + 4 * i + 3] != 0;
    return visible;
}

/* By how much the sums of a channel differ where they do most: of the differences of a tile, row by row. */
INLINED int32_t largest_sum(const int16_t *RESTRICT differences)
{
    int16_t sums[BYTES] = {0};
    for (size_t row = 0; row < SIDE; row++)
        for (size_t i = 0; i < BYTES; i++)
            sums[i] = (int16_t)(sums[i] + differences[row * BYTES + i]);
    int16_t half[BYTES / 2], quarter[BYTES / 4];
    for (size_t i = 0; i < BYTES / 2; i++)
        half[i] = (int16_t)(sums[i] + sums[BYTES / 2 + i]);
    for (size_t i = 0; i < BYTES / 4; i++)
        quarter[i] = (int16_t)(half[i] + half[BYTES / 4 + i]);
    int32_t largest = 0;
    for (size_t channel = 0; channel < 3; channel++) {
        const int32_t sum = quarter[channel] + quarter[4 + channel], size = sum < 0 ? -sum : sum;
        largest = size > largest ? size : largest;
    }
    return largest;
}

/* Whether two tiles that differ, but not in alpha, do so by more than the limits; `count` is how many of their pixels
 * there are, the others are 0 in both. */
INLINED int is_far(const uint8_t *RESTRICT a, const uint8_t *RESTRICT b, size_t stride, size_t count, int is_opaque,
                   limits most)
{
    int16_t differences[ALL];
    int32_t error = 0;
    for (size_t row = 0; row < SIDE; row++)
        for (size_t i = 0; i < BYTES; i++)
            differences[row * BYTES + i] = (int16_t)(a[row * stride + i] - b[row * stride + i]);
    for (size_t i = 0; i < ALL; i++)
        error += differences[i] * differences[i];
    if (error >= most.error * (double)count)
        return 1;
    const int32_t largest = largest_sum(differences);
    if (!largest || largest < most.apart)
        return 0;
    return largest >= most.apart * (is_opaque ? (double)count : (double)count_visible(a, stride));
}

/* A tile at the edge of a picture, with what it lacks transparent. */
static void copy(const uint8_t *from, size_t stride, size_t high, size_t wide, uint8_t *tile)
{
    memset(tile, 0, ALL);
    for (size_t row = 0; row < high; row++)
        memcpy(tile + row * BYTES, from + row * stride, 4 * wide);
}

INLINED uint8_t mark(const uint8_t *a, const uint8_t *b, size_t stride, size_t count, limits most)
{
    const seen found = look(a, b, stride);
    if (!found.different)
        return 0;
    return (found.different & ALPHA) || is_far(a, b, stride, count, (found.common & ALPHA) == ALPHA, most);
}

/* Marks the tiles of a row, from one up to another. */
FOR_EACH_PROCESSOR
static void mark_row(const uint8_t *a, const uint8_t *b, size_t height, size_t width, size_t row, size_t left,
                     size_t right, limits most, uint8_t *marks)
{
    const size_t stride = 4 * width, top = row * SIDE, high = height - top < SIDE ? height - top : SIDE;
    for (size_t column = left; column < right; column++) {
        const size_t at = top * stride + column * BYTES;
        const size_t wide = width - column * SIDE < SIDE ? width - column * SIDE : SIDE;
        if (high == SIDE && wide == SIDE) {
            marks[column] = mark(a + at, b + at, stride, SIDE * SIDE, most);
        } else {
            uint8_t tiles[2][ALL];
            copy(a + at, stride, high, wide, tiles[0]);
            copy(b + at, stride, high, wide, tiles[1]);
            marks[column] = mark(tiles[0], tiles[1], BYTES, high * wide, most);
        }
    }
}

void near_in_row(const uint8_t *marks, size_t rows, size_t columns, size_t row, size_t reach, uint8_t *scratch,
                 uint8_t *near)
{
    const size_t first = row > reach ? row - reach : 0, last = row + reach < rows ? row + reach : rows - 1;
    memset(scratch, 0, columns);
    for (size_t each = first; each <= last; each++)
        for (size_t column = 0; column < columns; column++)
            scratch[column] |= marks[each * columns + column];
    memcpy(near, scratch, columns);
    for (size_t away = 1; away <= reach && away < columns; away++)
        for (size_t column = away; column < columns; column++) {
            near[column] |= scratch[column - away];
            near[column - away] |= scratch[column];
        }
}

/* tile_marks(original, compressed, box, error, apart, marks): of the tiles that touch the box -> whether any is marked
 * then, anywhere */
static PyObject *tile_marks_of(PyObject *module, PyObject *arguments)
{
    Py_buffer views[3] = {{0}, {0}, {0}};
    PyObject *result = NULL;
    box touched;
    limits most;
    (void)module;
    if (PyArg_ParseTuple(arguments, "O&O&O&ddO&", to_read, &views[0], to_read, &views[1], to_box, &touched, &most.error,
                         &most.apart, to_write, &views[2]) &&
        are_pictures(views, 2) && is_array(&views[2], U8, 2) && is_within(touched, &views[0])) {
        const size_t height = (size_t)views[0].shape[0], width = (size_t)views[0].shape[1];
        const size_t rows = (height + SIDE - 1) / SIDE, columns = (width + SIDE - 1) / SIDE;
        if ((size_t)views[2].shape[0] != rows || (size_t)views[2].shape[1] != columns) {
            PyErr_SetString(PyExc_ValueError, "pictures and tiles differ in size");
        } else {
            int is_marked;
            BEGIN_WORK(area_of(touched) / 2)
            if (touched.top < touched.bottom && touched.left < touched.right)
                for (size_t row = touched.top / SIDE; row * SIDE < touched.bottom; row++)
                    mark_row(views[0].buf, views[1].buf, height, width, row, touched.left / SIDE,
                             (touched.right + SIDE - 1) / SIDE, most, (uint8_t *)views[2].buf + row * columns);
            is_marked = memchr(views[2].buf, 1, rows * columns) != NULL;
            END_WORK
            result = PyBool_FromLong(is_marked);
        }
    }
    let_go(views, 3);
    return result;
}

PyMethodDef tile_marks_methods[] = {
    {"tile_marks", tile_marks_of, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
