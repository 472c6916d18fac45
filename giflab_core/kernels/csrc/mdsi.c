/* MDSI: how alike gradients and chroma are, and how evenly.
 *
 * Pictures are 4 bytes a pixel, red, green, blue and one that is not looked at, row by row. */
#include "arrays.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "opponent.h"
#include "simd.h"

/* The planes of luma and of both chroma channels are held for three rows of each picture, with a column of zeros
 * at both sides. */

enum { LUMA, CHROMA_H, CHROMA_M, CHANNELS };

static const double LHM[CHANNELS][3] = {{0.2989, 0.587, 0.114}, {0.3, 0.04, -0.35}, {0.34, -0.6, 0.17}};

/* Deviations are summed in units of 2**-36: up to 2**25 boxes of values below 2. */
static const double MDSI_MAGIC = 0x1.8p16, MDSI_UNIT = 0x1p-36;

FOR_EACH_PROCESSOR
static void mix(colour_row sums, size_t count, const float *weights, float *RESTRICT mixed)
{
    for (size_t i = 0; i < count; i++)
        mixed[i] =
            weights[0] * (float)sums.red[i] + weights[1] * (float)sums.green[i] + weights[2] * (float)sums.blue[i];
}

/* What the likeness (2ab + c) / (a^2 + b^2 + c) lacks of 1, which stays exact where that is little. */
INLINED float unlikeness(float a, float b, float constant)
{
    return (a - b) * (a - b) / (a * a + b * b + constant);
}

/* By how much the similarity of each pixel falls short of 1; `x` and `y` are the rows above, here and below of luma,
 * and chroma here. */
FOR_EACH_PROCESSOR
static void compare_row(const float *const x[5], const float *const y[5], size_t count, float *RESTRICT losses)
{
    const float *RESTRICT x0 = x[0], *RESTRICT x1 = x[1], *RESTRICT x2 = x[2], *RESTRICT xh = x[3], *RESTRICT xm = x[4];
    const float *RESTRICT y0 = y[0], *RESTRICT y1 = y[1], *RESTRICT y2 = y[2], *RESTRICT yh = y[3], *RESTRICT ym = y[4];
    const float third = 1.0f / 3.0f;
    for (size_t i = 0; i < count; i++) {
        const float xu = (x0[i + 2] + x1[i + 2] + x2[i + 2] - (x0[i] + x1[i] + x2[i])) * third;
        const float yu = (y0[i + 2] + y1[i + 2] + y2[i + 2] - (y0[i] + y1[i] + y2[i])) * third;
        const float xv = (x2[i] + x2[i + 1] + x2[i + 2] - (x0[i] + x0[i + 1] + x0[i + 2])) * third;
        const float yv = (y2[i] + y2[i + 1] + y2[i + 2] - (y0[i] + y0[i + 1] + y0[i + 2])) * third;
        const float u = 0.5f * (xu + yu), v = 0.5f * (xv + yv);
        const float a = sqrtf(xu * xu + xv * xv), b = sqrtf(yu * yu + yv * yv), mean = sqrtf(u * u + v * v);
        const float gradient = unlikeness(a, b, 140.0f) + (unlikeness(a, mean, 55.0f) - unlikeness(b, mean, 55.0f));
        const float h = xh[i + 1], m = xm[i + 1], g = yh[i + 1], n = ym[i + 1];
        const float chroma =
            ((h - g) * (h - g) + (m - n) * (m - n)) / (h * h + g * g + (m * m + n * n) + 550.0f);
        losses[i] = chroma + 0.6f * (gradient - chroma);
    }
}

/* What the fourth root of a similarity lacks of 1. That of a negative number is complex, at 45 degrees. */
typedef struct {
    double real, imaginary;
} complex_loss;

INLINED complex_loss root(float loss)
{
    const float similarity = 1.0f - loss, square = sqrtf(fabsf(similarity)), fourth = sqrtf(square);
    const double turned = (double)fourth * 0.70710678118654757;
    const double straight = (double)(loss / ((1.0f + square) * (1.0f + fourth)));
    return (complex_loss){similarity < 0.0f ? 1.0 - turned : straight, similarity < 0.0f ? turned : 0.0};
}

FOR_EACH_PROCESSOR
static double mean_deviation(const float *losses, size_t count)
{
    int64_t real = 0, imaginary = 0, deviation = 0;
    for (size_t i = 0; i < count; i++) {
        const complex_loss here = root(losses[i]);
        real += fixed(here.real, MDSI_MAGIC);
        imaginary += fixed(here.imaginary, MDSI_MAGIC);
    }
    const double a = (double)real * MDSI_UNIT / (double)count, b = (double)imaginary * MDSI_UNIT / (double)count;
    for (size_t i = 0; i < count; i++) {
        const complex_loss here = root(losses[i]);
        const double p = here.real - a, q = here.imaginary - b;
        deviation += fixed(sqrt(p * p + q * q), MDSI_MAGIC);
    }
    return (double)deviation * MDSI_UNIT / (double)count;
}

/* MDSI of two pictures that are reduced by averaging boxes of `factor` x `factor` pixels first (1 to 257); height and
 * width at least 1. Negative where memory is short. */
static double mdsi(const uint8_t *x, const uint8_t *y, size_t height, size_t width, size_t factor)
{
    const uint8_t *const pictures[2] = {x, y};
    const size_t rows = (height + factor - 1) / factor, count = (width + factor - 1) / factor, stride = count + 2;
    float weights[CHANNELS][3];
    for (int channel = 0; channel < CHANNELS; channel++)
        for (int colour = 0; colour < 3; colour++)
            weights[channel][colour] = (float)(LHM[channel][colour] / (double)(factor * factor));
    float *const losses = malloc(rows * count * sizeof *losses);
    float *const planes = calloc(2 * 3 * CHANNELS * stride, sizeof *planes);
    int32_t *const sums = malloc(3 * count * sizeof *sums);
    uint16_t *const columns = malloc(4 * (count + 1) * factor * sizeof *columns);
    double result = -1.0;
    if (losses && planes && sums && columns) {
        const colour_row colours = {sums, sums + count, sums + 2 * count};
#define PLANE(picture, row, channel) (planes + (((picture) * 3 + (row) % 3) * CHANNELS + (channel)) * stride)
        /* Row -1, all zero, has the place of row 2. */
        for (size_t row = 0; row <= rows; row++) {
            const float *around[2][5];
            for (size_t picture = 0; picture < 2; picture++) {
                if (row < rows) {
                    sum_boxes(pictures[picture], height, width, factor, (factor - 1) / 2, row, columns, colours);
                    for (int channel = 0; channel < CHANNELS; channel++)
                        mix(colours, count, weights[channel], PLANE(picture, row, channel) + 1);
                } else {
                    memset(PLANE(picture, row, LUMA), 0, stride * sizeof *planes);
                }
                around[picture][0] = PLANE(picture, row + 1, LUMA);
                around[picture][1] = PLANE(picture, row + 2, LUMA);
                around[picture][2] = PLANE(picture, row, LUMA);
                around[picture][3] = PLANE(picture, row + 2, CHROMA_H);
                around[picture][4] = PLANE(picture, row + 2, CHROMA_M);
            }
            if (row)
                compare_row(around[0], around[1], count, losses + (row - 1) * count);
        }
#undef PLANE
        result = sqrt(sqrt(mean_deviation(losses, rows * count)));
    }
    free(columns);
    free(sums);
    free(planes);
    free(losses);
    return result;
}

/* mdsi(x, y, factor) -> float */
static PyObject *mdsi_of(PyObject *module, PyObject *arguments)
{
    (void)module;
    Py_buffer views[2] = {0};
    Py_ssize_t factor;
    double score = -1.0;
    int fits = PyArg_ParseTuple(arguments, "O&O&n", to_read, &views[0], to_read, &views[1], &factor) &&
               are_pictures(views, 2);
    if (fits && (factor < 1 || factor > 257)) {
        PyErr_SetString(PyExc_ValueError, "the factor is 1 to 257");
        fits = 0;
    }
    if (fits) {
        Py_BEGIN_ALLOW_THREADS
        score = mdsi(views[0].buf, views[1].buf, (size_t)views[0].shape[0], (size_t)views[0].shape[1], (size_t)factor);
        Py_END_ALLOW_THREADS
    }
    let_go(views, 2);
    if (!fits)
        return NULL;
    return score < 0.0 ? PyErr_NoMemory() : PyFloat_FromDouble(score);
}

PyMethodDef mdsi_methods[] = {
    {"mdsi", mdsi_of, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
