/* What became of tones, of colours, and of the steps between neighbours in each place of a picture.
 *
 * Planes are 8-bit values row by row, width and height at least 1. Colours are RGBA, with how many pixels have each
 * pair. */
#include "arrays.h"

#include <math.h>
#include <string.h>

#include "simd.h"

/* So many products of two steps 32 bits hold the sum of. */
enum { AT_ONCE = 1 << 14 };

/* The sums over the steps from so many pixels to the next one each: of x with x, of x with y, of y with y. */
INLINED void add_products(const uint8_t *RESTRICT x, const uint8_t *RESTRICT y, size_t count, int64_t *sums)
{
    int32_t xx = 0, xy = 0, yy = 0;
    for (size_t i = 0; i < count; i++) {
        const int16_t dx = (int16_t)(x[i + 1] - x[i]), dy = (int16_t)(y[i + 1] - y[i]);
        xx += dx * dx;
        xy += dx * dy;
        yy += dy * dy;
    }
    sums[0] += xx;
    sums[1] += xy;
    sums[2] += yy;
}

/* The sums of a row, in so many places. */
FOR_EACH_PROCESSOR
static void add_row(const uint8_t *x, const uint8_t *y, size_t width, size_t places, int64_t *sums)
{
    for (size_t place = 0; place < places; place++) {
        const size_t end = (place + 1) * width / places, last = end < width ? end : width - 1;
        for (size_t left = place * width / places; left < last; left += AT_ONCE)
            add_products(x + left, y + left, last - left < AT_ONCE ? last - left : AT_ONCE, sums + 3 * place);
    }
}

/* Levels, and the sums after those of each level, in the order of kernels/tone.py. */
enum { LEVELS = 256, TERMS = 14, SIZE = 2 * LEVELS + TERMS };

typedef struct {
    float luma, u, v;
} opponent;

INLINED opponent opponent_of(const uint8_t *colour)
{
    const float luma = 0.299f * colour[0] + 0.587f * colour[1] + 0.114f * colour[2];
    return (opponent){luma, colour[2] - luma, colour[0] - luma};
}

static void sum_tones(const uint8_t *original, const uint8_t *compressed, const int64_t *counts, size_t n, double *sums)
{
    int64_t total = 0;
    double *const lumas = sums + LEVELS, *const others = sums + 2 * LEVELS;
    memset(sums, 0, SIZE * sizeof *sums);
    for (size_t i = 0; i < n; i++)
        total += original[4 * i + 3] && compressed[4 * i + 3] ? counts[i] : 0;
    for (size_t i = 0; i < n; i++) {
        if (!original[4 * i + 3] || !compressed[4 * i + 3])
            continue;
        const float weight = (float)((double)counts[i] / (double)total);
        const opponent x = opponent_of(original + 4 * i), y = opponent_of(compressed + 4 * i);
        const size_t level = (size_t)rintf(x.luma);
        const float terms[TERMS] = {1.0f,
                                    x.luma,
                                    y.luma,
                                    x.luma * x.luma,
                                    y.luma * y.luma,
                                    x.luma * y.luma,
                                    x.u,
                                    x.v,
                                    y.u,
                                    y.v,
                                    x.u * x.u + x.v * x.v,
                                    y.u * y.u + y.v * y.v,
                                    x.u * y.u + x.v * y.v,
                                    x.u * y.v - x.v * y.u};
        sums[level] += weight;
        lumas[level] += weight * y.luma;
        for (size_t term = 0; term < TERMS; term++)
            others[term] += weight * terms[term];
    }
}

/* Whether these are pairs of colours with counts. */
static int are_pairs(const Py_buffer *views)
{
    return is_table(&views[0], U8, 4) && is_table(&views[1], U8, 4) && has_rows(&views[1], views[0].shape[0]) &&
           has_length(&views[2], I64, views[0].shape[0]);
}

/* tone_sums(original, compressed, counts, sums) */
static PyObject *tone_sums_of(PyObject *module, PyObject *arguments)
{
    Py_buffer views[4] = {{0}, {0}, {0}, {0}};
    PyObject *result = NULL;
    (void)module;
    if (PyArg_ParseTuple(arguments, "O&O&O&O&", to_read, &views[0], to_read, &views[1], to_read, &views[2], to_write,
                         &views[3]) &&
        are_pairs(views) && has_length(&views[3], F64, SIZE)) {
        Py_BEGIN_ALLOW_THREADS
        sum_tones(views[0].buf, views[1].buf, views[2].buf, (size_t)views[0].shape[0], views[3].buf);
        Py_END_ALLOW_THREADS
        result = Py_NewRef(Py_None);
    }
    let_go(views, 4);
    return result;
}

/* changed_pixels(original, compressed, counts) -> of another colour, visible in one only */
static PyObject *changed_pixels_of(PyObject *module, PyObject *arguments)
{
    Py_buffer views[3] = {{0}, {0}, {0}};
    PyObject *result = NULL;
    (void)module;
    if (PyArg_ParseTuple(arguments, "O&O&O&", to_read, &views[0], to_read, &views[1], to_read, &views[2]) &&
        are_pairs(views)) {
        const uint8_t *const x = views[0].buf, *const y = views[1].buf;
        const int64_t *const counts = views[2].buf;
        long long recoloured = 0, uncovered = 0;
        for (size_t i = 0; i < (size_t)views[0].shape[0]; i++) {
            const int before = x[4 * i + 3] != 0, after = y[4 * i + 3] != 0;
            if (before != after)
                uncovered += counts[i];
            else if (before && memcmp(x + 4 * i, y + 4 * i, 4))
                recoloured += counts[i];
        }
        result = Py_BuildValue("LL", recoloured, uncovered);
    }
    let_go(views, 3);
    return result;
}

/* detail_sums(x, y, every, sums): of one of so many rows, in as many places across and down as there are sums */
static PyObject *detail_sums_of(PyObject *module, PyObject *arguments)
{
    Py_buffer views[3] = {{0}, {0}, {0}};
    PyObject *result = NULL;
    Py_ssize_t every;
    (void)module;
    if (PyArg_ParseTuple(arguments, "O&O&nO&", to_read, &views[0], to_read, &views[1], &every, to_write, &views[2]) &&
        are_planes(views, 2) && is_array(&views[2], I64, 3)) {
        const size_t places = (size_t)views[2].shape[0];
        if (!places || every < 1 || (size_t)views[2].shape[1] != places || views[2].shape[2] != 3) {
            PyErr_SetString(PyExc_ValueError, "as many places across as down are needed, with three sums each");
        } else {
            const size_t height = (size_t)views[0].shape[0], width = (size_t)views[0].shape[1], step = (size_t)every;
            Py_BEGIN_ALLOW_THREADS
            for (size_t row = 0, place = 0; row < height; row += step) {
                while (place + 1 < places && (place + 1) * height / places / step * step <= row)
                    place++;
                add_row((const uint8_t *)views[0].buf + row * width, (const uint8_t *)views[1].buf + row * width, width,
                        places, (int64_t *)views[2].buf + 3 * place * places);
            }
            Py_END_ALLOW_THREADS
            result = Py_NewRef(Py_None);
        }
    }
    let_go(views, 3);
    return result;
}

PyMethodDef tone_methods[] = {
    {"tone_sums", tone_sums_of, METH_VARARGS, NULL},
    {"changed_pixels", changed_pixels_of, METH_VARARGS, NULL},
    {"detail_sums", detail_sums_of, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
