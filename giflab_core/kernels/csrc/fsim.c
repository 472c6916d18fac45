/* Similarity of two planes in phase congruency and gradients: FSIM. */
#include "arrays.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fourier.h"
#include "phase.h"
#include "simd.h"

/* Means over boxes of a plane that is `stride` wide; `means` has zeros all around it. */
static void reduce(const uint8_t *plane, size_t stride, size_t factor, size_t height, size_t width, float *means)
{
    for (size_t row = 0; row < height; row++)
        for (size_t column = 0; column < width; column++) {
            const uint8_t *const box = plane + factor * (row * stride + column);
            uint32_t sum = 0;
            for (size_t y = 0; y < factor; y++)
                for (size_t x = 0; x < factor; x++)
                    sum += box[y * stride + x];
            means[(row + 1) * (width + 2) + column + 1] = (float)sum / (float)(factor * factor);
        }
}

INLINED float likeness(float a, float b, float constant)
{
    return (2.0f * a * b + constant) / (a * a + b * b + constant);
}

/* The size of Scharr's gradient in the middle of three rows. */
INLINED float gradient(const float *above, const float *here, const float *below)
{
    const float u = 3.0f * (above[2] - above[0]) + 10.0f * (here[2] - here[0]) + 3.0f * (below[2] - below[0]);
    const float v = 3.0f * (below[0] - above[0]) + 10.0f * (below[1] - above[1]) + 3.0f * (below[2] - above[2]);
    return sqrtf(u * u + v * v) * 0.0625f;
}

FOR_EACH_PROCESSOR
static double pool(size_t height, size_t width, const float *RESTRICT x, const float *RESTRICT y,
                   const float *RESTRICT x_congruency, const float *RESTRICT y_congruency, float *RESTRICT similarity)
{
    const size_t stride = width + 2;
    double sum = 0.0, weights = 0.0;
    for (size_t row = 0; row < height; row++) {
        const float *const x_row = x + row * stride, *const y_row = y + row * stride;
        for (size_t i = 0; i < width; i++)
            similarity[i] = likeness(gradient(x_row + i, x_row + i + stride, x_row + i + 2 * stride),
                                     gradient(y_row + i, y_row + i + stride, y_row + i + 2 * stride), 160.0f);
        const size_t first = row / LANES * width * LANES + row % LANES;
        for (size_t i = 0; i < width; i++) {
            const float a = x_congruency[first + i * LANES], b = y_congruency[first + i * LANES];
            const float weight = a > b ? a : b;
            sum += similarity[i] * likeness(a, b, 0.85f) * weight;
            weights += weight;
        }
    }
    return sum / weights;
}

/* Phase congruency of each of these planes, by rows as phase.h has them, of planes reduced to the filters' size by
 * averaging boxes of `factor` x `factor` pixels (1 to 257), of which all lie within. What the transforms need is made
 * once for all. 0 where memory is short. */
static int congruencies(const uint8_t *planes, size_t count, size_t pixels, size_t width, size_t factor,
                        const phase_filters *filters, float *out)
{
    phase_workspace work;
    float *means = NULL;
    if (!phase_prepare(&work, filters)) {
        means = calloc((work.height + 2) * (work.width + 2), sizeof *means);
        const size_t by_rows = work.bands * work.width * LANES;
        for (size_t plane = 0; means && plane < count; plane++) {
            float *const congruency = out + plane * by_rows;
            memset(congruency, 0, by_rows * sizeof *congruency);
            reduce(planes + plane * pixels, width, factor, filters->height, filters->width, means);
            phase_congruency(&work, means, congruency);
        }
    }
    const int done = means != NULL;
    free(means);
    phase_release(&work);
    return done;
}

/* FSIM of each pair of planes, of which the congruency is known. 0 where memory is short. */
static int fsim(const uint8_t *x, const uint8_t *y, size_t pairs, size_t pixels, size_t stride, size_t factor,
                size_t height, size_t width, const float *x_congruency, const float *y_congruency, double *scores)
{
    const size_t framed = (height + 2) * (width + 2), by_rows = (height + LANES - 1) / LANES * LANES * width;
    float *const means = calloc(2 * framed + width, sizeof *means);
    for (size_t pair = 0; means && pair < pairs; pair++) {
        reduce(x + pair * pixels, stride, factor, height, width, means);
        reduce(y + pair * pixels, stride, factor, height, width, means + framed);
        scores[pair] = pool(height, width, means, means + framed, x_congruency + pair * by_rows,
                            y_congruency + pair * by_rows, means + 2 * framed);
    }
    free(means);
    return means != NULL;
}

/* lanes() -> int: see fourier.h */
static PyObject *lanes_of(PyObject *module, PyObject *arguments)
{
    (void)module;
    (void)arguments;
    return PyLong_FromLong(LANES);
}

/* Whether an array is [filters][blocks of columns][rows][columns of a block]. */
static int are_filters(const Py_buffer *view, Py_ssize_t count, Py_ssize_t rows, Py_ssize_t columns)
{
    if (!is_array(view, F32, 4))
        return 0;
    if (view->shape[0] == count && view->shape[1] == (columns + LANES - 1) / LANES && view->shape[2] == rows &&
        view->shape[3] == LANES)
        return 1;
    PyErr_SetString(PyExc_ValueError, "the filters are not of the reduced size");
    return 0;
}

/* Whether planes can be reduced by a factor. */
static int is_reducible(const Py_ssize_t *shape, Py_ssize_t factor)
{
    if (factor >= 1 && factor <= 257 && shape[1] >= 2 * factor && shape[2] >= 2 * factor)
        return 1;
    PyErr_SetString(PyExc_ValueError, "the factor is 1 to 257, and reduces planes to two pixels or more");
    return 0;
}

/* Whether an array has the phase congruency of so many planes of a reduced size. */
static int are_congruencies(const Py_buffer *view, Py_ssize_t planes, Py_ssize_t height, Py_ssize_t width)
{
    return is_table(view, F32, (height + LANES - 1) / LANES * LANES * width) && has_rows(view, planes);
}

/* congruencies(planes, factor, scales, orientations, noise, out): of a stack of planes, a row each */
static PyObject *congruencies_of(PyObject *module, PyObject *arguments)
{
    (void)module;
    enum { PLANES, BY_SCALE, BY_ORIENTATION, OUT, ARRAYS };
    Py_buffer arrays[ARRAYS] = {0};
    Py_ssize_t factor;
    phase_filters filters;
    double *const noise = filters.noise;
    int done = 0;
    int fits = PyArg_ParseTuple(arguments, "O&nO&O&(dddd)O&", to_read, &arrays[PLANES], &factor, to_read,
                                &arrays[BY_SCALE], to_read, &arrays[BY_ORIENTATION], noise, noise + 1, noise + 2,
                                noise + 3, to_write, &arrays[OUT]) &&
               is_array(&arrays[PLANES], U8, 3) && is_reducible(arrays[PLANES].shape, factor);
    const Py_ssize_t *const shape = arrays[PLANES].shape;
    if (fits) {
        const Py_ssize_t height = shape[1] / factor, width = shape[2] / factor;
        filters.height = (size_t)height;
        filters.width = (size_t)width;
        filters.scales = arrays[BY_SCALE].buf;
        filters.orientations = arrays[BY_ORIENTATION].buf;
        fits = are_filters(&arrays[BY_SCALE], PHASE_SCALES, height / 2 + 1, width) &&
               are_filters(&arrays[BY_ORIENTATION], PHASE_ORIENTATIONS, height, width) &&
               are_congruencies(&arrays[OUT], shape[0], height, width);
    }
    if (fits) {
        Py_BEGIN_ALLOW_THREADS
        done = congruencies(arrays[PLANES].buf, (size_t)shape[0], (size_t)(shape[1] * shape[2]), (size_t)shape[2],
                            (size_t)factor, &filters, arrays[OUT].buf);
        Py_END_ALLOW_THREADS
    }
    let_go(arrays, ARRAYS);
    if (!fits)
        return NULL;
    return done ? Py_NewRef(Py_None) : PyErr_NoMemory();
}

/* fsim(x, y, factor, x_congruency, y_congruency, out): the scores of stacks of planes, one a pair */
static PyObject *fsim_of(PyObject *module, PyObject *arguments)
{
    (void)module;
    enum { X, Y, X_CONGRUENCY, Y_CONGRUENCY, OUT, ARRAYS };
    Py_buffer arrays[ARRAYS] = {0};
    Py_ssize_t factor;
    int done = 0;
    int fits = PyArg_ParseTuple(arguments, "O&O&nO&O&O&", to_read, &arrays[X], to_read, &arrays[Y], &factor, to_read,
                                &arrays[X_CONGRUENCY], to_read, &arrays[Y_CONGRUENCY], to_write, &arrays[OUT]) &&
               are_alike(arrays, 2, U8, 3) && has_length(&arrays[OUT], F64, arrays[X].shape[0]) &&
               is_reducible(arrays[X].shape, factor);
    const Py_ssize_t *const shape = arrays[X].shape;
    if (fits) {
        const Py_ssize_t height = shape[1] / factor, width = shape[2] / factor;
        fits = are_congruencies(&arrays[X_CONGRUENCY], shape[0], height, width) &&
               are_congruencies(&arrays[Y_CONGRUENCY], shape[0], height, width);
    }
    if (fits) {
        Py_BEGIN_ALLOW_THREADS
        done = fsim(arrays[X].buf, arrays[Y].buf, (size_t)shape[0], (size_t)(shape[1] * shape[2]), (size_t)shape[2],
                    (size_t)factor, (size_t)(shape[1] / factor), (size_t)(shape[2] / factor),
                    arrays[X_CONGRUENCY].buf, arrays[Y_CONGRUENCY].buf, arrays[OUT].buf);
        Py_END_ALLOW_THREADS
    }
    let_go(arrays, ARRAYS);
    if (!fits)
        return NULL;
    return done ? Py_NewRef(Py_None) : PyErr_NoMemory();
}

PyMethodDef fsim_methods[] = {
    {"congruencies", congruencies_of, METH_VARARGS, NULL},
    {"fsim", fsim_of, METH_VARARGS, NULL},
    {"lanes", lanes_of, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};
