/* SSIM with a uniform window of 7x7, of 8-bit arrays. */
#include "arrays.h"

#include <stdlib.h>

#include "simd.h"

enum { SSIM_WINDOW = 7, AREA = SSIM_WINDOW * SSIM_WINDOW };

/* SSIM's constants as they go with sums over a window, of s = x + y and d = x - y instead of x and y, which makes
 * everything twice as large; the second with the sample covariance. */
static const float C1 = (float)(2 * AREA * AREA * 6.5025), C2 = (float)(2 * AREA * (AREA - 1) * 58.5225);

/* Moves the sums down each column by one row: of s, d and their squares. */
INLINED void slide(const uint8_t *x, const uint8_t *y, const uint8_t *old_x, const uint8_t *old_y, size_t n,
                   int16_t *RESTRICT s, int16_t *RESTRICT d, int32_t *RESTRICT ss, int32_t *RESTRICT dd)
{
    for (size_t i = 0; i < n; i++) {
        const int16_t new_s = x[i] + y[i], old_s = old_x[i] + old_y[i];
        const int16_t new_d = x[i] - y[i], old_d = old_x[i] - old_y[i];
        const int16_t more_s = new_s - old_s, both_s = new_s + old_s, more_d = new_d - old_d, both_d = new_d + old_d;
        s[i] += more_s;
        d[i] += more_d;
        ss[i] += more_s * both_s; /* new squared less old squared */
        dd[i] += more_d * both_d;
    }
}

#define ACROSS(sums)                                                                                                   \
    (sums[i] + sums[i + step] + sums[i + 2 * step] + sums[i + 3 * step] + sums[i + 4 * step] + sums[i + 5 * step] +    \
     sums[i + 6 * step])

/* Every sum and product stays below 49 * 49 * 510**2 < 2**30. Equal windows have d = 0 and a ratio of exactly 1. */
INLINED int64_t score(const int16_t *RESTRICT s, const int16_t *RESTRICT d, const int32_t *RESTRICT ss,
                      const int32_t *RESTRICT dd, size_t step, size_t n, int32_t *RESTRICT scores)
{
    int64_t sum = 0;
    for (size_t i = 0; i < n; i++) {
        const int16_t sum_s = ACROSS(s), sum_d = ACROSS(d);
        const int32_t a = sum_s * sum_s, b = sum_d * sum_d;
        const int32_t spread_s = AREA * ACROSS(ss) - a, spread_d = AREA * ACROSS(dd) - b;
        const float above = ((float)(a - b) + C1) * ((float)(spread_s - spread_d) + C2);
        const float below = ((float)(a + b) + C1) * ((float)(spread_s + spread_d) + C2);
        sum += scores[i] = (int32_t)(above / below * 0x1p30f);
    }
    return sum;
}

INLINED int64_t total(const int32_t *values, size_t n)
{
    int64_t sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += values[i];
    return sum;
}

/* Scores rows * columns windows, of which the first begins at x and y, and returns the sum of their scores in units of
 * 2**-30 less what `scores` held before. Pixels of one channel are `step` elements apart, and `columns` counts those of
 * all channels; rows of the arrays and of `scores` are `stride` and `scores_stride` elements apart. `scores` may be
 * NULL. Returns 0 where there is no memory. */
FOR_EACH_PROCESSOR
static int ssim_windows(const uint8_t *x, const uint8_t *y, size_t stride, size_t step, size_t rows, size_t columns,
                        int32_t *scores, size_t scores_stride, int64_t *sum)
{
    const size_t n = columns + (SSIM_WINDOW - 1) * step;
    int32_t *const memory = calloc(n, 3 * sizeof(int32_t) + 2 * sizeof(int16_t) + sizeof(uint8_t));
    if (!memory)
        return 0;
    int32_t *const ss = memory, *const dd = ss + n, *const row = dd + n;
    int16_t *const s = (int16_t *)(row + n), *const d = s + n;
    const uint8_t *const nothing = (uint8_t *)(d + n); /* a row of zeros above the first */
    *sum = 0;
    for (size_t bottom = 0; bottom < rows + SSIM_WINDOW - 1; bottom++, x += stride, y += stride) {
        const int first = bottom < SSIM_WINDOW;
        slide(x, y, first ? nothing : x - SSIM_WINDOW * stride, first ? nothing : y - SSIM_WINDOW * stride, n, s, d,
              ss, dd);
        if (bottom < SSIM_WINDOW - 1)
            continue;
        if (scores)
            *sum -= total(scores, columns);
        *sum += score(s, d, ss, dd, step, columns, scores ? scores : row);
        if (scores)
            scores += scores_stride;
    }
    free(memory);
    return 1;
}

/* Whether these are two arrays of 8 bits of one shape, (height, width) or (height, width, channels), that a window
 * fits into. */
static int fit_windows(const Py_buffer views[2])
{
    if (!are_alike(views, 2, U8, views[0].ndim == 3 ? 3 : 2))
        return 0;
    const Py_ssize_t height = views[0].shape[0], width = views[0].shape[1];
    if (height >= SSIM_WINDOW && width >= SSIM_WINDOW && views[0].len)
        return 1;
    PyErr_Format(PyExc_ValueError, "a window of %d pixels does not fit into %zd x %zd", SSIM_WINDOW, width, height);
    return 0;
}

/* ssim(x, y) -> the sum of the scores of all windows, in units of 2**-30 */
static PyObject *ssim(PyObject *module, PyObject *arguments)
{
    (void)module;
    Py_buffer views[2] = {0};
    PyObject *result = NULL;
    if (PyArg_ParseTuple(arguments, "O&O&", to_read, &views[0], to_read, &views[1]) && fit_windows(views)) {
        const size_t height = (size_t)views[0].shape[0], width = (size_t)views[0].shape[1];
        const size_t step = (size_t)views[0].len / (height * width);
        int64_t sum;
        int done;
        BEGIN_WORK(views[0].len)
        done = ssim_windows(views[0].buf, views[1].buf, width * step, step, height - SSIM_WINDOW + 1,
                            (width - SSIM_WINDOW + 1) * step, NULL, 0, &sum);
        END_WORK
        result = done ? PyLong_FromLongLong(sum) : PyErr_NoMemory();
    }
    let_go(views, 2);
    return result;
}

/* ssim_update(x, y, scores, box) -> by how much the sum of `scores`, one for each window, changed when the windows of
 * these rows and columns were scored again */
static PyObject *ssim_update(PyObject *module, PyObject *arguments)
{
    (void)module;
    Py_buffer views[3] = {0};
    box part;
    PyObject *result = NULL;
    if (PyArg_ParseTuple(arguments, "O&O&O&O&", to_read, &views[0], to_read, &views[1], to_write, &views[2], to_box,
                         &part) &&
        is_array(&views[0], U8, 2) && fit_windows(views) && is_array(&views[2], I32, 2) &&
        is_within(part, &views[2])) {
        const size_t width = (size_t)views[0].shape[1], columns = (size_t)views[2].shape[1];
        if (views[2].shape[0] != views[0].shape[0] - SSIM_WINDOW + 1 || columns != width - SSIM_WINDOW + 1)
            PyErr_SetString(PyExc_ValueError, "the scores do not have the shape of the windows");
        else if (part.top == part.bottom || part.left == part.right)
            PyErr_SetString(PyExc_ValueError, "the box is empty");
        else {
            const size_t start = part.top * width + part.left;
            int64_t change;
            int done;
            BEGIN_WORK(area_of(part))
            done = ssim_windows((uint8_t *)views[0].buf + start, (uint8_t *)views[1].buf + start, width, 1,
                                part.bottom - part.top, part.right - part.left,
                                (int32_t *)views[2].buf + part.top * columns + part.left, columns, &change);
            END_WORK
            result = done ? PyLong_FromLongLong(change) : PyErr_NoMemory();
        }
    }
    let_go(views, 3);
    return result;
}

PyMethodDef ssim_methods[] = {
    {"ssim", ssim, METH_VARARGS, NULL},
    {"ssim_update", ssim_update, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
