/* GMSD: how evenly the edges of two pictures agree. */
#include "arrays.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "simd.h"

/* Sums over a row of means of 2x2 pixels: of how alike their gradients are, 0 to 1 in units of 2**-24, and of its
 * square, the lower and the upper 32 bits apart. */
typedef struct {
    int64_t sum, lower, upper;
} gmsd_sums;

/* The paper's constant, for sums of 2x2 pixels instead of their means, and a Prewitt filter that is not divided by 3:
 * gradients 12 times as large, squared. */
static const float C = 170 * 144;

/* Of one picture the sums of 2x2 pixels: a ring of three rows, with black before and behind each, and what the filter
 * makes of them down each column, which is their sum, and the lowest less the highest. */
typedef struct {
    int16_t *rows[3], *sum, *difference;
} band;

INLINED void pool(const uint8_t *upper, const uint8_t *lower, size_t width, int16_t *RESTRICT to)
{
    for (size_t i = 0; i < width / 2; i++)
        to[i] = upper[2 * i] + upper[2 * i + 1] + lower[2 * i] + lower[2 * i + 1];
    if (width % 2)
        to[width / 2] = upper[width - 1] + lower[width - 1];
}

INLINED void filter(const int16_t *above, const int16_t *middle, const int16_t *below, size_t n, int16_t *RESTRICT sum,
                    int16_t *RESTRICT difference)
{
    for (size_t i = 0; i < n; i++) {
        sum[i] = above[i] + middle[i] + below[i];
        difference[i] = below[i] - above[i];
    }
}

/* The square of the gradient, at most 2 * 3060**2. */
INLINED float steepness(const int16_t *RESTRICT sum, const int16_t *RESTRICT difference, size_t i)
{
    const int16_t across = sum[i + 2] - sum[i], down = difference[i] + difference[i + 1] + difference[i + 2];
    return (float)(across * across + down * down);
}

/* Equal gradients are alike by exactly 1: the square root of a square, even a rounded one, is what was squared. */
INLINED void score(band x, band y, size_t n, gmsd_sums *sums)
{
    uint64_t sum = 0, lower = 0, upper = 0;
    for (size_t i = 0; i < n; i++) {
        const float a = steepness(x.sum, x.difference, i), b = steepness(y.sum, y.difference, i);
        const uint32_t alike = (uint32_t)(int32_t)((2 * sqrtf(a * b) + C) / (a + b + C) * 0x1p24f);
        const uint64_t square = (uint64_t)alike * alike;
        sum += alike;
        lower += (uint32_t)square;
        upper += square >> 32;
    }
    *sums = (gmsd_sums){(int64_t)sum, (int64_t)lower, (int64_t)upper};
}

/* Returns 0 where there is no memory. */
FOR_EACH_PROCESSOR static int sum_gmsd(const uint8_t *x, const uint8_t *y, size_t height, size_t width, gmsd_sums *sums)
{
    const size_t n = (width + 1) / 2, m = (height + 1) / 2, length = n + 2;
    int16_t *const memory = calloc(length, 11 * sizeof *memory);
    if (!memory)
        return 0;
    const uint8_t *const pictures[2] = {x, y}, *const black = (uint8_t *)(memory + 10 * length);
    band bands[2];
    for (size_t picture = 0; picture < 2; picture++) {
        int16_t *const start = memory + picture * 5 * length;
        bands[picture] = (band){{start, start + length, start + 2 * length}, start + 3 * length, start + 4 * length};
    }
    for (size_t row = 0; row <= m; row++) { /* behind the last row is one of black, too */
        for (size_t picture = 0; picture < 2; picture++) {
            const band *const of = &bands[picture];
            const uint8_t *const upper = row < m ? pictures[picture] + 2 * row * width : black;
            const uint8_t *const lower = 2 * row + 1 < height ? upper + width : black;
            pool(upper, lower, width, of->rows[row % 3] + 1);
            filter(of->rows[(row + 1) % 3], of->rows[(row + 2) % 3], of->rows[row % 3], length, of->sum,
                   of->difference);
        }
        if (row)
            score(bands[0], bands[1], n, &sums[row - 1]);
    }
    free(memory);
    return 1;
}

/* gmsd_update(x, y, sums, first, last) -> what all sums add up to, when those of these rows have been made anew: of each
 * row how alike gradients are, in units of 2**-24, and the lower and upper 32 bits of its square */
static PyObject *gmsd_update(PyObject *module, PyObject *arguments)
{
    (void)module;
    Py_buffer views[3] = {0};
    PyObject *result = NULL;
    Py_ssize_t first, last;
    if (PyArg_ParseTuple(arguments, "O&O&O&nn", to_read, &views[0], to_read, &views[1], to_write, &views[2], &first,
                         &last) &&
        are_planes(views, 2) && is_table(&views[2], I64, 3) && has_rows(&views[2], (views[0].shape[0] + 1) / 2)) {
        const Py_ssize_t height = views[0].shape[0], width = views[0].shape[1], rows = views[2].shape[0];
        if (first < 0 || first > last || last > rows) {
            PyErr_SetString(PyExc_ValueError, "there are no such rows");
        } else {
            /* With the rows of means before and after, on which these depend. */
            const Py_ssize_t start = first ? first - 1 : 0, end = 2 * (last + 1) < height ? 2 * (last + 1) : height;
            gmsd_sums *const sums = views[2].buf, total = {0, 0, 0};
            gmsd_sums *const found = malloc((size_t)(last - start + 2) * sizeof *found);
            int done = found != NULL;
            BEGIN_WORK(2 * width * (end - 2 * start))
            if (done && first < last) {
                done = sum_gmsd((const uint8_t *)views[0].buf + 2 * start * width,
                                (const uint8_t *)views[1].buf + 2 * start * width, (size_t)(end - 2 * start),
                                (size_t)width, found);
                if (done)
                    memcpy(sums + first, found + (first - start), (size_t)(last - first) * sizeof *sums);
            }
            END_WORK
            for (Py_ssize_t row = 0; row < rows; row++) {
                total.sum += sums[row].sum;
                total.lower += sums[row].lower;
                total.upper += sums[row].upper;
            }
            free(found);
            result = done ? Py_BuildValue("LLL", (long long)total.sum, (long long)total.lower, (long long)total.upper)
                          : PyErr_NoMemory();
        }
    }
    let_go(views, 3);
    return result;
}

PyMethodDef gmsd_methods[] = {
    {"gmsd_update", gmsd_update, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
