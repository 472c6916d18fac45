/* The smallest things on flat ground that one picture shows and the other does not, or not so: a dot, a comma, a minus.
 *
 * Pictures are RGBA, of one size of at least a pixel. */
#include "arrays.h"

#include <math.h>
#include <string.h>

#include "simd.h"
#include "tiles.h"

/* The most that a speck has in either direction, what can be reached from one of its pixels, and that with what is
 * around it; the numbers of a tile; and what became of a speck. */
enum { MOST = 9, REACH = MOST - 1, AROUND = 2 * REACH + 3, NUMBERS = 4, LOST = 1, ADDED = 2, RECOLOURED = 3 };
/* Of a pixel that is transparent in one of two pictures. */
enum { APART = INT32_MAX };
/* What a pixel near one is: of the speck, or beside it. */
enum { OURS = 1, BESIDE = 2 };

typedef struct {
    const uint8_t *original, *compressed;
    ptrdiff_t height, width;
    int32_t near, far, flat, share;
    uint8_t levels; /* that a channel of what is far differs by at least */
} task;

/* The pixels of a speck, from the one it was found at on: rows and columns of `is` are from REACH + 1 before it on. */
typedef struct {
    uint8_t is[AROUND][AROUND];
    int8_t rows[AROUND * AROUND], columns[AROUND * AROUND];
    int count, top, bottom, left, right;
} speck;

/* 256 times the square of how many levels two colours are apart. */
INLINED int32_t apart(const uint8_t *a, const uint8_t *b)
{
    const int32_t red = a[0] - b[0], green = a[1] - b[1], blue = a[2] - b[2];
    const int32_t square = 77 * red * red + 150 * green * green + 29 * blue * blue;
    return a[3] == b[3] ? square : APART;
}

INLINED int32_t difference(const task *work, ptrdiff_t row, ptrdiff_t column)
{
    const ptrdiff_t at = 4 * (row * work->width + column);
    return apart(work->original + at, work->compressed + at);
}

INLINED int is_far(const task *work, ptrdiff_t row, ptrdiff_t column)
{
    if (row < 0 || column < 0 || column >= work->width)
        return 0;
    const int32_t square = difference(work, row, column);
    return square >= work->far && square != APART;
}

INLINED int least(int a, int b) { return a < b ? a : b; }
INLINED int most(int a, int b) { return a > b ? a : b; }

static int is_inside(const task *work, ptrdiff_t row, ptrdiff_t column)
{
    return row >= 0 && column >= 0 && row < work->height && column < work->width;
}

/* Collects what differs and touches a pixel. Returns whether it is small, and nowhere transparent in one picture. */
static int collect(const task *work, ptrdiff_t row, ptrdiff_t column, speck *found)
{
    int8_t stack[AROUND * AROUND][2] = {{0, 0}};
    int left = 1;
    memset(found->is, 0, sizeof found->is);
    found->is[REACH + 1][REACH + 1] = OURS;
    found->count = found->top = found->bottom = found->left = found->right = 0;
    while (left) {
        const int down = stack[--left][0], right = stack[left][1];
        found->rows[found->count] = (int8_t)down;
        found->columns[found->count++] = (int8_t)right;
        found->top = least(found->top, down);
        found->bottom = most(found->bottom, down);
        found->left = least(found->left, right);
        found->right = most(found->right, right);
        if (found->bottom - found->top >= MOST || found->right - found->left >= MOST)
            return 0;
        for (int y = down - 1; y <= down + 1; y++)
            for (int x = right - 1; x <= right + 1; x++) {
                uint8_t *const is = &found->is[REACH + 1 + y][REACH + 1 + x];
                if (*is || !is_inside(work, row + y, column + x))
                    continue;
                const int32_t square = difference(work, row + y, column + x);
                if (square == APART)
                    return 0;
                *is = square >= work->near ? OURS : BESIDE;
                if (*is == OURS) {
                    stack[left][0] = (int8_t)y;
                    stack[left++][1] = (int8_t)x;
                }
            }
    }
    return 1;
}

/* Whether a picture shows one colour where the speck is, and in most of what is beside it. */
static int is_flat(const task *work, const uint8_t *picture, const speck *found, ptrdiff_t row, ptrdiff_t column,
                   const uint8_t *ground)
{
    int32_t beside = 0, alike = 0;
    for (int y = found->top - 1; y <= found->bottom + 1; y++)
        for (int x = found->left - 1; x <= found->right + 1; x++) {
            const uint8_t is = found->is[REACH + 1 + y][REACH + 1 + x];
            if (!is)
                continue;
            const uint8_t *const pixel = picture + 4 * ((row + y) * work->width + column + x);
            const int like = apart(pixel, ground) <= work->flat;
            if (is == OURS && !like)
                return 0;
            beside += is == BESIDE;
            alike += is == BESIDE && like;
        }
    return 100 * alike >= work->share * beside;
}

/* Whether most of what is beside the speck shows one colour, that of its first pixel, which neither picture has where
 * they differ most. */
static int is_recoloured(const task *work, const speck *found, ptrdiff_t row, ptrdiff_t column, ptrdiff_t peak)
{
    const uint8_t *ground = NULL;
    int32_t beside = 0, alike = 0;
    for (int y = found->top - 1; y <= found->bottom + 1; y++)
        for (int x = found->left - 1; x <= found->right + 1; x++) {
            if (found->is[REACH + 1 + y][REACH + 1 + x] != BESIDE)
                continue;
            const uint8_t *const pixel = work->compressed + 4 * ((row + y) * work->width + column + x);
            ground = ground ? ground : pixel;
            beside++;
            alike += apart(pixel, ground) <= work->flat;
        }
    return ground && 100 * alike >= work->share * beside && apart(work->original + peak, ground) >= work->near &&
           apart(work->compressed + peak, ground) >= work->near;
}

/* Writes the speck that has its first pixel, row by row, here, if there is one and the tile has none of more. */
static void look(const task *work, ptrdiff_t row, ptrdiff_t column, int32_t *numbers)
{
    speck found;
    if (!collect(work, row, column, &found))
        return;
    int32_t mass = 0, peak = 0;
    int down = 0, right = 0;
    for (int i = 0; i < found.count; i++) {
        const int y = found.rows[i], x = found.columns[i];
        const int32_t square = difference(work, row + y, column + x);
        mass += (int32_t)(sqrt(square / 256.0) + 0.5);
        if (square >= work->far && (y < 0 || (y == 0 && x < 0)))
            return;
        if (square > peak || (square == peak && (y < down || (y == down && x < right)))) {
            peak = square;
            down = y;
            right = x;
        }
    }
    if (mass <= numbers[0])
        return;
    const ptrdiff_t at = 4 * ((row + down) * work->width + column + right);
    const int32_t kind = is_flat(work, work->compressed, &found, row, column, work->compressed + at) ? LOST
                         : is_flat(work, work->original, &found, row, column, work->original + at)   ? ADDED
                         : is_recoloured(work, &found, row, column, at)                              ? RECOLOURED
                                                                                                     : 0;
    if (!kind)
        return;
    numbers[0] = mass;
    numbers[1] = kind;
    memcpy(numbers + 2, work->original + at, 4);
    memcpy(numbers + 3, work->compressed + at, 4);
}

/* The most that two rows of pixels differ by in a channel. */
INLINED uint8_t most_apart(const uint8_t *RESTRICT a, const uint8_t *RESTRICT b, size_t bytes)
{
    uint8_t largest = 0;
    for (size_t i = 0; i < bytes; i++) {
        const uint8_t step = (uint8_t)(a[i] > b[i] ? a[i] - b[i] : b[i] - a[i]);
        largest = step > largest ? step : largest;
    }
    return largest;
}

/* Which rows of a tile have a channel that is so far apart, as bits. */
FOR_EACH_PROCESSOR
static unsigned find_rows(const uint8_t *a, const uint8_t *b, size_t stride, size_t high, size_t bytes, uint8_t levels)
{
    unsigned rows = 0;
    if (bytes == 4 * SIDE) {
        for (size_t row = 0; row < high; row++)
            rows |= (unsigned)(most_apart(a + row * stride, b + row * stride, 4 * SIDE) >= levels) << row;
    } else {
        for (size_t row = 0; row < high; row++)
            rows |= (unsigned)(most_apart(a + row * stride, b + row * stride, bytes) >= levels) << row;
    }
    return rows;
}

static void look_through(const task *work, size_t tile_row, size_t tile_column, int32_t *numbers)
{
    const ptrdiff_t top = (ptrdiff_t)(tile_row * SIDE), left = (ptrdiff_t)(tile_column * SIDE);
    const ptrdiff_t bottom = top + SIDE < work->height ? top + SIDE : work->height;
    const ptrdiff_t right = left + SIDE < work->width ? left + SIDE : work->width, at = 4 * (top * work->width + left);
    const unsigned rows = find_rows(work->original + at, work->compressed + at, 4 * (size_t)work->width,
                                    (size_t)(bottom - top), 4 * (size_t)(right - left), work->levels);
    for (ptrdiff_t row = top; rows && row < bottom; row++)
        for (ptrdiff_t column = left; rows >> (row - top) & 1 && column < right; column++)
            if (is_far(work, row, column) && !is_far(work, row, column - 1) && !is_far(work, row - 1, column - 1) &&
                !is_far(work, row - 1, column) && !is_far(work, row - 1, column + 1))
                look(work, row, column, numbers);
}

/* specks(original, compressed, marks, part, near, far, flat, share, out): of the tiles of a part */
static PyObject *specks_of(PyObject *module, PyObject *arguments)
{
    Py_buffer views[4] = {{0}, {0}, {0}, {0}};
    PyObject *result = NULL;
    box part;
    task work;
    (void)module;
    if (PyArg_ParseTuple(arguments, "O&O&O&O&iiiiO&", to_read, &views[0], to_read, &views[1], to_read, &views[2],
                         to_box, &part, &work.near, &work.far, &work.flat, &work.share, to_write, &views[3]) &&
        are_pictures(views, 2) && is_array(&views[2], U8, 2) && is_array(&views[3], I32, 3) &&
        is_within(part, &views[2]) && is_within(part, &views[3])) {
        work.original = views[0].buf;
        work.compressed = views[1].buf;
        work.height = views[0].shape[0];
        work.width = views[0].shape[1];
        work.levels = (uint8_t)fmin(255, sqrt(fmax(0, work.far / 256)));
        const size_t rows = (size_t)views[2].shape[0], columns = (size_t)views[2].shape[1];
        if (rows != ((size_t)work.height + SIDE - 1) / SIDE || columns != ((size_t)work.width + SIDE - 1) / SIDE ||
            (size_t)views[3].shape[0] != rows || (size_t)views[3].shape[1] != columns || views[3].shape[2] != NUMBERS) {
            PyErr_SetString(PyExc_ValueError, "pictures and tiles differ in size");
        } else {
            BEGIN_WORK(20 * area_of(part))
            for (size_t row = part.top; row < part.bottom; row++)
                for (size_t column = part.left; column < part.right; column++) {
                    int32_t *const numbers = (int32_t *)views[3].buf + NUMBERS * (row * columns + column);
                    memset(numbers, 0, NUMBERS * sizeof *numbers);
                    if (((const uint8_t *)views[2].buf)[row * columns + column])
                        look_through(&work, row, column, numbers);
                }
            END_WORK
            result = Py_NewRef(Py_None);
        }
    }
    let_go(views, 4);
    return result;
}

PyMethodDef specks_methods[] = {
    {"specks", specks_of, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
