/* HaarPSI: how alike Haar wavelets are.
 *
 * Pictures are 4 bytes a pixel, red, green, blue and one that is not looked at, row by row. */
#include "arrays.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "opponent.h"
#include "simd.h"

/* What HaarPSI follows from: the sum of weights, and that of weights times what a similarity lacks; see haarpsi.py. */
typedef struct {
    int64_t deficit, weight;
} haarpsi_sums;

/* All sums are of integers: luma in units of 1/4000, chroma of 1/40000. A wavelet is four squares of 1, 2 or
 * 4 boxes' side, and the sums of all such squares are held for the last eight rows. Square (r, c) begins there. */

enum { SQUARES_1, SQUARES_2, SQUARES_4, CHROMA_I, CHROMA_Q, PLANES, HELD = 8, MARGIN = 8 };

static const double ALPHA = 4.2;

/* Deficits are summed in units of 2**-8 of a weight's: up to 2**28 pixels. */
static const double HAARPSI_MAGIC = 0x1.8p44;

/* Rows of one picture by plane and number, which may be as low as -HELD. */
typedef struct {
    int32_t *rows;
    size_t stride;
} haar_planes;

INLINED int32_t *row_of(haar_planes planes, int plane, ptrdiff_t row)
{
    return planes.rows + ((size_t)plane * HELD + (size_t)(row + HELD) % HELD) * planes.stride + MARGIN;
}

FOR_EACH_PROCESSOR
static void mix_yiq(colour_row sums, size_t count, int32_t *RESTRICT luma, int32_t *RESTRICT in_phase,
                    int32_t *RESTRICT quadrature)
{
    for (size_t i = 0; i < count; i++) {
        const int32_t red = sums.red[i], green = sums.green[i], blue = sums.blue[i];
        luma[i] = 299 * red + 587 * green + 114 * blue;
        in_phase[i] = 5959 * red - 2746 * green - 3213 * blue;
        quadrature[i] = 2115 * red - 5227 * green + 3112 * blue;
    }
}

/* Squares of twice the side, from those that begin at two rows which are `side` apart. */
FOR_EACH_PROCESSOR
static void double_squares(const int32_t *RESTRICT above, const int32_t *RESTRICT below, ptrdiff_t side, size_t width,
                           int32_t *RESTRICT squares)
{
    for (ptrdiff_t i = -4; i < (ptrdiff_t)width + 2; i++)
        squares[i] = above[i] + above[i + side] + below[i] + below[i + side];
}

/* Wavelets across a horizontal and a vertical edge at one place, of four squares. */
typedef struct {
    int32_t horizontal, vertical;
} wavelets;

INLINED wavelets wavelets_at(const int32_t *above, const int32_t *below, ptrdiff_t i, ptrdiff_t side)
{
    const int32_t falling = above[i + 1 - side] - below[i + 1], rising = above[i + 1] - below[i + 1 - side];
    return (wavelets){falling + rising, falling - rising};
}

/* exp(-t) for 0 <= t <= 4.2 by its series at t/16. */
INLINED float decay(float t)
{
    const float s = t * -0.0625f;
    float e = 1.0f + s * (1.0f / 7.0f);
    e = 1.0f + s * (1.0f / 6.0f) * e;
    e = 1.0f + s * (1.0f / 5.0f) * e;
    e = 1.0f + s * (1.0f / 4.0f) * e;
    e = 1.0f + s * (1.0f / 3.0f) * e;
    e = 1.0f + s * (1.0f / 2.0f) * e;
    e = 1.0f + s * e;
    e *= e;
    e *= e;
    e *= e;
    return e * e;
}

INLINED float sigmoid(float similarity)
{
    return 1.0f / (1.0f + decay((float)ALPHA * similarity));
}

INLINED int32_t larger(int32_t a, int32_t b)
{
    a = a < 0 ? -a : a;
    b = b < 0 ? -b : b;
    return a > b ? a : b;
}

INLINED float likeness(float a, float b, float constant)
{
    return (2.0f * a * b + constant) / (a * a + b * b + constant);
}

/* The likeness of two sums' absolute values in grey levels. */
INLINED float like(int32_t a, int32_t b, float unit)
{
    return likeness(fabsf((float)a * unit), fabsf((float)b * unit), 30.0f);
}

INLINED int32_t square(const int32_t *above, const int32_t *below, ptrdiff_t i)
{
    return above[i] + above[i + 1] + below[i] + below[i + 1];
}

FOR_EACH_PROCESSOR
static void add_places(haar_planes x, haar_planes y, ptrdiff_t row, ptrdiff_t first, ptrdiff_t last, haarpsi_sums *sums)
{
    const float perfect = sigmoid(1.0f);
    int64_t deficit = 0, weight = 0;
#define ROWS(plane, above, below)                                                                                 \
    const int32_t *RESTRICT x##plane##0 = row_of(x, plane, row + (above)),                                        \
                  *RESTRICT x##plane##1 = row_of(x, plane, row + (below)),                                        \
                  *RESTRICT y##plane##0 = row_of(y, plane, row + (above)),                                        \
                  *RESTRICT y##plane##1 = row_of(y, plane, row + (below))
    ROWS(SQUARES_1, 0, 1);
    ROWS(SQUARES_2, -1, 1);
    ROWS(SQUARES_4, -3, 1);
    ROWS(CHROMA_I, 0, 1);
    ROWS(CHROMA_Q, 0, 1);
#undef ROWS
    for (ptrdiff_t i = first; i < last; i++) {
#define AT(picture, squares, side) wavelets_at(picture##squares##0, picture##squares##1, i, side)
        const wavelets x1 = AT(x, SQUARES_1, 1), x2 = AT(x, SQUARES_2, 2), x4 = AT(x, SQUARES_4, 4);
        const wavelets y1 = AT(y, SQUARES_1, 1), y2 = AT(y, SQUARES_2, 2), y4 = AT(y, SQUARES_4, 4);
#undef AT
        const float fine = 1.0f / (2 * 4000), coarse = 1.0f / (4 * 4000), chroma = 1.0f / (4 * 40000);
        const float horizontal = like(x1.horizontal, y1.horizontal, fine) + like(x2.horizontal, y2.horizontal, coarse);
        const float vertical = like(x1.vertical, y1.vertical, fine) + like(x2.vertical, y2.vertical, coarse);
        const float colour = like(square(xCHROMA_I0, xCHROMA_I1, i), square(yCHROMA_I0, yCHROMA_I1, i), chroma) +
                             like(square(xCHROMA_Q0, xCHROMA_Q1, i), square(yCHROMA_Q0, yCHROMA_Q1, i), chroma);
        const int32_t h = larger(x4.horizontal, y4.horizontal), v = larger(x4.vertical, y4.vertical);
        const double lost = (double)h * (double)(perfect - sigmoid(0.5f * horizontal)) +
                            (double)v * (double)(perfect - sigmoid(0.5f * vertical)) +
                            0.5 * (double)(h + v) * (double)(perfect - sigmoid(0.5f * colour));
        deficit += fixed(lost, HAARPSI_MAGIC);
        weight += h + v;
    }
    sums->deficit += deficit;
    sums->weight += weight;
}

/* So many places of a row are passed over at once where both pictures are the same. */
enum { PLACES = 32 };

/* Whether all that the places from `first` up to `last` depend on is the same in both pictures. */
static int are_same(haar_planes x, haar_planes y, ptrdiff_t row, ptrdiff_t first, ptrdiff_t last)
{
    static const struct {
        int plane, above;
    } seen[] = {{SQUARES_4, -3}, {SQUARES_1, 0}, {CHROMA_I, 0}, {CHROMA_Q, 0}, {SQUARES_2, -1}};
    const size_t length = (size_t)(last - first + 4) * sizeof(int32_t);
    for (size_t i = 0; i < sizeof seen / sizeof *seen; i++)
        for (int below = 0; below < 2; below++) {
            const ptrdiff_t at = row + (below ? 1 : seen[i].above);
            if (memcmp(row_of(x, seen[i].plane, at) + first - 3, row_of(y, seen[i].plane, at) + first - 3, length))
                return 0;
        }
    return 1;
}

/* What the weights of such places add up to; they lack nothing. */
FOR_EACH_PROCESSOR
static int64_t weight_of(haar_planes x, ptrdiff_t row, ptrdiff_t first, ptrdiff_t last)
{
    const int32_t *const above = row_of(x, SQUARES_4, row - 3), *const below = row_of(x, SQUARES_4, row + 1);
    int64_t weight = 0;
    for (ptrdiff_t i = first; i < last; i++) {
        const wavelets found = wavelets_at(above, below, i, 4);
        weight += larger(found.horizontal, 0) + larger(found.vertical, 0);
    }
    return weight;
}

static void add_row(haar_planes x, haar_planes y, ptrdiff_t row, size_t width, haarpsi_sums *sums)
{
    for (ptrdiff_t first = 0; first < (ptrdiff_t)width; first += PLACES) {
        const ptrdiff_t last = first + PLACES < (ptrdiff_t)width ? first + PLACES : (ptrdiff_t)width;
        if (are_same(x, y, row, first, last))
            sums->weight += weight_of(x, row, first, last);
        else
            add_places(x, y, row, first, last, sums);
    }
}

/* The sums of each row of boxes of two pictures, height and width at least 1. Returns 0, or -1 where memory is short. */
static int haarpsi(const uint8_t *x, const uint8_t *y, size_t height, size_t width, haarpsi_sums *result)
{
    const uint8_t *const pictures[2] = {x, y};
    const size_t rows = (height + 1) / 2, count = (width + 1) / 2, stride = count + 2 * MARGIN;
    int32_t *const held = calloc(2 * PLANES * HELD * stride, sizeof *held);
    int32_t *const sums = malloc(3 * count * sizeof *sums);
    uint16_t *const columns = malloc(4 * (count + 1) * 2 * sizeof *columns);
    const int whole = held && sums && columns;
    if (whole) {
        const colour_row colours = {sums, sums + count, sums + 2 * count};
        memset(result, 0, rows * sizeof *result);
        const haar_planes planes[2] = {{held, stride}, {held + PLANES * HELD * stride, stride}};
        /* A wavelet's lowest box is four rows below its place. */
        for (ptrdiff_t row = -4; row < (ptrdiff_t)rows; row++) {
            for (int picture = 0; picture < 2; picture++) {
                const haar_planes here = planes[picture];
                int32_t *const luma = row_of(here, SQUARES_1, row + 4);
                int32_t *const i = row_of(here, CHROMA_I, row + 4), *const q = row_of(here, CHROMA_Q, row + 4);
                if (row + 4 < (ptrdiff_t)rows) {
                    sum_boxes(pictures[picture], height, width, 2, 0, (size_t)(row + 4), columns, colours);
                    mix_yiq(colours, count, luma, i, q);
                } else {
                    memset(luma, 0, count * sizeof *luma);
                    memset(i, 0, count * sizeof *i);
                    memset(q, 0, count * sizeof *q);
                }
                double_squares(row_of(here, SQUARES_1, row + 3), luma, 1, count, row_of(here, SQUARES_2, row + 3));
                double_squares(row_of(here, SQUARES_2, row + 1), row_of(here, SQUARES_2, row + 3), 2, count,
                               row_of(here, SQUARES_4, row + 1));
            }
            if (row >= 0)
                add_row(planes[0], planes[1], row, count, &result[row]);
        }
    }
    free(columns);
    free(sums);
    free(held);
    return whole ? 0 : -1;
}

/* haarpsi_rows(x, y, sums); sums: deficit and weight of each row of boxes */
static PyObject *haarpsi_of(PyObject *module, PyObject *arguments)
{
    (void)module;
    Py_buffer arrays[3] = {0};
    PyObject *result = NULL;
    if (PyArg_ParseTuple(arguments, "O&O&O&", to_read, &arrays[0], to_read, &arrays[1], to_write, &arrays[2]) &&
        are_pictures(arrays, 2) && is_table(&arrays[2], I64, 2) && has_rows(&arrays[2], (arrays[0].shape[0] + 1) / 2)) {
        int failed = 0;
        Py_BEGIN_ALLOW_THREADS
        failed = haarpsi(arrays[0].buf, arrays[1].buf, (size_t)arrays[0].shape[0], (size_t)arrays[0].shape[1],
                         arrays[2].buf);
        Py_END_ALLOW_THREADS
        result = failed ? PyErr_NoMemory() : Py_NewRef(Py_None);
    }
    let_go(arrays, 3);
    return result;
}

PyMethodDef haarpsi_methods[] = {
    {"haarpsi_rows", haarpsi_of, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
