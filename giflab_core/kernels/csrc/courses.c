/* How cells of two clips go over time. */
#include "arrays.h"

#include <stdlib.h>
#include <string.h>

#include "simd.h"

enum { SUMS = 5 };

/* Adds x, y, x x, y y and x y of a moment, times its weight, to the sums of so many cells each. */
FOR_EACH_PROCESSOR
static void add_moment(const double *RESTRICT x, const double *RESTRICT y, size_t cells, double weight,
                       double *RESTRICT sums)
{
    double *const xs = sums, *const ys = xs + cells, *const xx = ys + cells, *const yy = xx + cells,
                 *const xy = yy + cells;
    for (size_t cell = 0; cell < cells; cell++) {
        xs[cell] += x[cell] * weight;
        ys[cell] += y[cell] * weight;
        xx[cell] += x[cell] * x[cell] * weight;
        yy[cell] += y[cell] * y[cell] * weight;
        xy[cell] += x[cell] * y[cell] * weight;
    }
}

static void gather(const float *row, const int64_t *cells, size_t count, double *values)
{
    for (size_t i = 0; i < count; i++)
        values[i] = row[cells[i]];
}

/* Whether all numbers of an array are those of rows or columns that there are. */
static int are_places(const Py_buffer *numbers, Py_ssize_t count)
{
    const int64_t *const places = numbers->buf;
    for (Py_ssize_t i = 0; i < numbers->shape[0]; i++)
        if (places[i] < 0 || places[i] >= count) {
            PyErr_SetString(PyExc_IndexError, "there is no such row or cell");
            return 0;
        }
    return 1;
}

/* Whether moments, cells and sums fit each other: x, y, due, weights, cells, sums. */
static int are_courses(const Py_buffer *views)
{
    if (!is_array(&views[0], F32, 2) || !is_array(&views[1], F32, 2) || !is_array(&views[2], I64, 1) ||
        !has_length(&views[3], F64, views[2].shape[0]) || !is_array(&views[4], I64, 1) ||
        !is_array(&views[5], F64, 2))
        return 0;
    if (views[1].shape[1] == views[0].shape[1] && views[1].shape[0] >= views[2].shape[0] &&
        views[5].shape[0] == SUMS && views[5].shape[1] == views[4].shape[0])
        return are_places(&views[2], views[0].shape[0]) && are_places(&views[4], views[0].shape[1]);
    PyErr_SetString(PyExc_ValueError, "the arrays do not fit each other");
    return 0;
}

/* Returns 0, or -1 without memory. */
static int sum_courses(const Py_buffer *views)
{
    const float *const x = views[0].buf, *const y = views[1].buf;
    const int64_t *const due = views[2].buf, *const cells = views[4].buf;
    const double *const weights = views[3].buf;
    const size_t width = (size_t)views[0].shape[1], count = (size_t)views[4].shape[0];
    double *const values = malloc(2 * (count + 1) * sizeof *values);
    memset(views[5].buf, 0, (size_t)views[5].len);
    for (size_t row = 0; values && row < (size_t)views[2].shape[0]; row++) {
        gather(x + (size_t)due[row] * width, cells, count, values);
        gather(y + row * width, cells, count, values + count);
        add_moment(values, values + count, count, weights[row], views[5].buf);
    }
    free(values);
    return values ? 0 : -1;
}

/* course_sums(x, y, due, weights, cells, sums) */
static PyObject *course_sums_of(PyObject *module, PyObject *arguments)
{
    Py_buffer views[6] = {{0}, {0}, {0}, {0}, {0}, {0}};
    PyObject *result = NULL;
    (void)module;
    if (PyArg_ParseTuple(arguments, "O&O&O&O&O&O&", to_read, &views[0], to_read, &views[1], to_read, &views[2], to_read,
                         &views[3], to_read, &views[4], to_write, &views[5]) &&
        are_courses(views)) {
        int failed;
        Py_BEGIN_ALLOW_THREADS
        failed = sum_courses(views);
        Py_END_ALLOW_THREADS
        result = failed ? PyErr_NoMemory() : Py_NewRef(Py_None);
    }
    let_go(views, 6);
    return result;
}

PyMethodDef courses_methods[] = {
    {"course_sums", course_sums_of, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
