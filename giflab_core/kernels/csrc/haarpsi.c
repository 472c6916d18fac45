/* HaarPSI: how alike Haar wavelets are. */
#include "arrays.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "haar.h"
#include "opponent.h"

/* What HaarPSI follows from: the sum of weights times what a similarity lacks, and that of weights; see haarpsi.py. */
typedef struct {
    int64_t deficit, weight;
} haarpsi_sums;

static const double ALPHA = 4.2;

/* Deficits are summed in units of 2**-8 of a weight's: up to 2**28 pixels. */
static const double HAARPSI_MAGIC = 0x1.8p44;

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

/* The likeness of two sums' absolute values in grey levels. */
INLINED float like(int32_t a, int32_t b, float unit)
{
    const float p = (float)a * unit, q = (float)b * unit, constant = 30.0f;
    return (fabsf(2.0f * p * q) + constant) / (p * p + q * q + constant);
}

/* What a row of places depends on in one picture: above and below. */
typedef struct {
    const int32_t *of[PLANES][2];
} haar_rows;

INLINED haar_rows rows_at(haar_planes planes, ptrdiff_t row)
{
    haar_rows rows;
    for (int plane = 0; plane < PLANES; plane++) {
        const int above = plane == SUMS_2 || plane == STEPS_2 ? 1 : plane == SUMS_4 || plane == STEPS_4 ? 3 : 0;
        rows.of[plane][0] = row_of(planes, plane, row - above);
        rows.of[plane][1] = row_of(planes, plane, row + 1);
    }
    return rows;
}

/* Wavelets across a horizontal edge are the sums above less those below; the others, and what chroma is averaged to,
 * are both together. */
INLINED int32_t wavelet(const int32_t *above, const int32_t *below, ptrdiff_t i, int is_horizontal)
{
    return is_horizontal ? above[i] - below[i] : above[i] + below[i];
}

/* Places of a row. */
typedef struct {
    ptrdiff_t first, count;
} haar_run;

#define PLANE(rows, plane, name)                                   \
    const int32_t *RESTRICT name##0 = rows->of[plane][0] + run.first, \
                  *RESTRICT name##1 = rows->of[plane][1] + run.first

/* The weights of places, which only the widest wavelets make. Returns their sum. */
INLINED int64_t weigh(const haar_rows *x, const haar_rows *y, int plane, int is_horizontal, haar_run run,
                      int32_t *RESTRICT weights)
{
    PLANE(x, plane, x);
    PLANE(y, plane, y);
    int64_t sum = 0;
    for (ptrdiff_t i = 0; i < run.count; i++) {
        weights[i] = larger(wavelet(x0, x1, i, is_horizontal), wavelet(y0, y1, i, is_horizontal));
        sum += weights[i];
    }
    return sum;
}

/* Likenesses by two planes, added. */
INLINED void compare(const haar_rows *x, const haar_rows *y, int plane, float unit, int other, float other_unit,
                     int is_horizontal, haar_run run, float *RESTRICT alike)
{
    PLANE(x, plane, x);
    PLANE(y, plane, y);
    PLANE(x, other, xo);
    PLANE(y, other, yo);
    for (ptrdiff_t i = 0; i < run.count; i++)
        alike[i] = like(wavelet(x0, x1, i, is_horizontal), wavelet(y0, y1, i, is_horizontal), unit) +
                   like(wavelet(xo0, xo1, i, is_horizontal), wavelet(yo0, yo1, i, is_horizontal), other_unit);
}
#undef PLANE

/* Whether the chroma of both is the same at all that so many places depend on. */
INLINED int has_same_chroma(const haar_rows *x, const haar_rows *y, haar_run run)
{
    const size_t length = (size_t)run.count * sizeof(int32_t);
    int is_same = 1;
    for (int plane = SUMS_I; is_same && plane <= SUMS_Q; plane++)
        is_same = !memcmp(x->of[plane][0] + run.first, y->of[plane][0] + run.first, length) &&
                  !memcmp(x->of[plane][1] + run.first, y->of[plane][1] + run.first, length);
    return is_same;
}

/* What a run of places adds up to. Where both pictures have the same colours nothing lacks, and without an edge what
 * lacks has no weight. */
INLINED haarpsi_sums sum_run(const haar_rows *x, const haar_rows *y, int is_same, haar_run run)
{
    enum { HORIZONTAL, VERTICAL, CHROMA, KINDS };
    int32_t h[RUN], v[RUN];
    float alike[KINDS * RUN], lacking[KINDS * RUN];
    const float fine = 1.0f / (2 * 4000), coarse = 1.0f / (4 * 4000), chroma = 1.0f / (4 * 40000);
    const int64_t weight = weigh(x, y, SUMS_4, 1, run, h) + weigh(x, y, STEPS_4, 0, run, v);
    if (is_same || !weight)
        return (haarpsi_sums){0, weight};
    compare(x, y, SUMS_1, fine, SUMS_2, coarse, 1, run, alike);
    compare(x, y, STEPS_1, fine, STEPS_2, coarse, 0, run, alike + run.count);
    const ptrdiff_t compared = (has_same_chroma(x, y, run) ? CHROMA : KINDS) * run.count;
    if (compared > CHROMA * run.count)
        compare(x, y, SUMS_I, chroma, SUMS_Q, chroma, 0, run, alike + CHROMA * run.count);
    /* Half of two likenesses is a similarity, whose sigmoid falls short of that of 1. All kinds at once, since one
     * number takes long to be computed, and many beside each other do not. */
    for (ptrdiff_t i = 0; i < compared; i++)
        lacking[i] = sigmoid(1.0f) - sigmoid(0.5f * alike[i]);
    for (ptrdiff_t i = compared; i < KINDS * run.count; i++)
        lacking[i] = 0.0f;
    int64_t deficit = 0;
    for (ptrdiff_t i = 0; i < run.count; i++)
        deficit += fixed((double)h[i] * (double)lacking[i] + (double)v[i] * (double)lacking[run.count + i] +
                             0.5 * (double)(h[i] + v[i]) * (double)lacking[CHROMA * run.count + i],
                         HAARPSI_MAGIC);
    return (haarpsi_sums){deficit, weight};
}

/* The sums of a row of places, by runs. */
FOR_EACH_PROCESSOR
static void sum_runs(const haar_strip *strip, ptrdiff_t row, haarpsi_sums *sums)
{
    const haar_rows rows[2] = {rows_at(strip->planes[0], row), rows_at(strip->planes[1], row)};
    haar_run run = {0, RUN};
    for (size_t place = 0; run.first < (ptrdiff_t)strip->count; place++, run.first += RUN) {
        const int is_same = strip->same_rows[place] == SEEN;
        const haar_rows *const other = &rows[is_same ? 0 : 1];
        const ptrdiff_t left = (ptrdiff_t)strip->count - run.first;
        if (left < RUN)
            sums[place] = sum_run(&rows[0], other, is_same, (haar_run){run.first, left});
        else
            sums[place] = sum_run(&rows[0], other, is_same, (haar_run){run.first, RUN}); /* quicker if it is known */
    }
}

/* Sums runs of two pictures again, those of some rows from `part.left` up to `part.right`, of a table with so many a
 * row; `change` is by how much what it adds up to changed. Returns 0, or -1 where memory is short. */
static int haarpsi(const uint8_t *x, const uint8_t *y, size_t height, size_t width, box part, haarpsi_sums *table,
                   size_t runs, haarpsi_sums *change)
{
    const size_t places = (width + 1) / 2, first = part.left * RUN, found = part.right - part.left;
    const size_t last = part.right * RUN < places ? part.right * RUN : places;
    const size_t stride = (last - first + LANES - 1) / LANES * LANES + 2 * MARGIN;
    int32_t *const memory = calloc((2 * PLANES * HELD + 8) * stride + LANES, sizeof *memory);
    uint8_t *const bytes = calloc(8 * places + found, 1);
    haarpsi_sums *const sums = malloc(found * sizeof *sums);
    const int whole = memory && bytes && sums;
    if (whole) {
        int32_t *const held = memory + (LANES - (uintptr_t)memory / sizeof *memory % LANES);
        int32_t *const row = held + 2 * PLANES * HELD * stride + MARGIN;
        const haar_strip strip = {
            .pictures = {x, y}, .black = bytes, .height = height, .width = width, .first = first, .count = last - first,
            .start = first < BEFORE ? 0 : first - BEFORE, .end = last + BEHIND < places ? last + BEHIND : places,
            .planes = {{held, stride}, {held + PLANES * HELD * stride, stride}},
            .rows = {{row, row + stride, row + 2 * stride},
                     {row + 3 * stride, row + 4 * stride, row + 5 * stride},
                     {row + 6 * stride, row + 6 * stride, row + 6 * stride}},
            .squares = row + 7 * stride, .same_rows = bytes + 8 * places};
        *change = (haarpsi_sums){0, 0};
        for (size_t at = part.top; at < part.bottom + SEEN - 1; at++) {
            haar_take_row(&strip, (ptrdiff_t)at - BEFORE);
            if (at < part.top + SEEN - 1)
                continue;
            const size_t below = at - (SEEN - 1);
            sum_runs(&strip, (ptrdiff_t)below, sums);
            haarpsi_sums *const kept = table + below * runs + part.left;
            for (size_t run = 0; run < found; run++) {
                change->deficit += sums[run].deficit - kept[run].deficit;
                change->weight += sums[run].weight - kept[run].weight;
                kept[run] = sums[run];
            }
        }
    }
    free(sums);
    free(bytes);
    free(memory);
    return whole ? 0 : -1;
}

/* haarpsi_update(x, y, sums, box) -> by how much deficits and weights changed; sums: both for each run of places, of
 * which those in the box are found again */
static PyObject *haarpsi_update(PyObject *module, PyObject *arguments)
{
    (void)module;
    Py_buffer arrays[3] = {0};
    box part;
    PyObject *result = NULL;
    if (PyArg_ParseTuple(arguments, "O&O&O&O&", to_read, &arrays[0], to_read, &arrays[1], to_write, &arrays[2], to_box,
                         &part) &&
        are_pictures(arrays, 2) && is_array(&arrays[2], I64, 3) && is_within(part, &arrays[2])) {
        const Py_ssize_t height = arrays[0].shape[0], width = arrays[0].shape[1], *const shape = arrays[2].shape;
        if (shape[0] != (height + 1) / 2 || shape[1] != ((width + 1) / 2 + RUN - 1) / RUN || shape[2] != 2)
            PyErr_SetString(PyExc_ValueError, "the sums do not have the shape of the runs");
        else if (part.top == part.bottom || part.left == part.right)
            PyErr_SetString(PyExc_ValueError, "the box is empty");
        else {
            haarpsi_sums change;
            int failed = 0;
            BEGIN_WORK(1000 * area_of(part))
            failed = haarpsi(arrays[0].buf, arrays[1].buf, (size_t)height, (size_t)width, part, arrays[2].buf,
                             (size_t)shape[1], &change);
            END_WORK
            result = failed ? PyErr_NoMemory()
                            : Py_BuildValue("LL", (long long)change.deficit, (long long)change.weight);
        }
    }
    let_go(arrays, 3);
    return result;
}

PyMethodDef haarpsi_methods[] = {
    {"haarpsi_update", haarpsi_update, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
