/* Sums of squares and products of 8-bit arrays, in exact integers. */
#include "arrays.h"

#include "simd.h"

typedef struct {
    uint64_t n, x, y, xx, yy, xy;
} moment_sums;

/* Sums over the n elements of x and y, or over those where `mask` is not 0; `mask` may be NULL. */
FOR_EACH_PROCESSOR static moment_sums sum_moments(const uint8_t *x, const uint8_t *y, const uint8_t *mask, size_t n)
{
    enum { CHUNK = 1024 }; /* products of 16 bits, which processors sum at once, and 32 bits for each sum */
    int16_t a[CHUNK], b[CHUNK];
    moment_sums sums = {0};
    for (size_t start = 0; start < n; start += CHUNK) {
        const size_t length = n - start < CHUNK ? n - start : CHUNK;
        for (size_t i = 0; i < length; i++) {
            const uint8_t keep = mask && !mask[start + i] ? 0 : UINT8_MAX;
            a[i] = x[start + i] & keep;
            b[i] = y[start + i] & keep;
        }
        int32_t sum_x = 0, sum_y = 0, xx = 0, yy = 0, xy = 0, left_out = 0;
        for (size_t i = 0; i < length; i++) {
            sum_x += a[i];
            sum_y += b[i];
            xx += a[i] * a[i];
            yy += b[i] * b[i];
            xy += a[i] * b[i];
        }
        for (size_t i = 0; mask && i < length; i++)
            left_out += !mask[start + i];
        sums.n += length - (size_t)left_out;
        sums.x += (uint64_t)sum_x;
        sums.y += (uint64_t)sum_y;
        sums.xx += (uint64_t)xx;
        sums.yy += (uint64_t)yy;
        sums.xy += (uint64_t)xy;
    }
    return sums;
}

/* moments(x, y[, mask]) -> (n, sum of x, of y, of their squares, of their product) */
static PyObject *moments(PyObject *module, PyObject *arguments)
{
    (void)module;
    Py_buffer views[3] = {0};
    PyObject *result = NULL;
    if (PyArg_ParseTuple(arguments, "O&O&|O&", to_read, &views[0], to_read, &views[1], to_read, &views[2])) {
        if (are_alike(views, views[2].obj ? 3 : 2, U8, views[0].ndim == 1 ? 1 : 2)) {
            moment_sums sums;
            BEGIN_WORK(views[0].len / 4)
            sums = sum_moments(views[0].buf, views[1].buf, views[2].buf, (size_t)views[0].len);
            END_WORK
            result = Py_BuildValue("KKKKKK", (unsigned long long)sums.n, (unsigned long long)sums.x,
                                   (unsigned long long)sums.y, (unsigned long long)sums.xx,
                                   (unsigned long long)sums.yy, (unsigned long long)sums.xy);
        }
    }
    let_go(views, 3);
    return result;
}

PyMethodDef moments_methods[] = {
    {"moments", moments, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
