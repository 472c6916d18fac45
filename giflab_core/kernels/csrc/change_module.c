#include "change.h"
#include "families.h"

/* Whether an array holds so many planes of this height and width. */
static int holds(const Py_buffer *array, Py_ssize_t count, Py_ssize_t height, Py_ssize_t width)
{
    if (array->shape[0] == count && array->shape[1] == height && array->shape[2] == width)
        return 1;
    PyErr_Format(PyExc_ValueError, "an array of shape (%zd, %zd, %zd) is needed", count, height, width);
    return 0;
}

/* change_step(x, y, kept, now, before, least) -> (xx, yy, xy, stirred, wobble, ghosts); kept: x1, x2, y1, y2, ghost */
static PyObject *step(PyObject *module, PyObject *arguments)
{
    (void)module;
    enum { X, Y, KEPT, ARRAYS };
    Py_buffer arrays[ARRAYS] = {0};
    box now, before;
    change_sums sums;
    PyObject *result = NULL;
    int least;
    if (PyArg_ParseTuple(arguments, "O&O&O&O&O&i", to_read, &arrays[X], to_read, &arrays[Y], to_write, &arrays[KEPT],
                         to_box, &now, to_box, &before, &least) &&
        are_alike(arrays, 2, U8, 2) && is_array(&arrays[KEPT], U8, 3) &&
        holds(&arrays[KEPT], 5, arrays[X].shape[0], arrays[X].shape[1]) &&
        is_within(now, &arrays[X]) && is_within(before, &arrays[X])) {
        size_t area = (size_t)arrays[X].len;
        uint8_t *kept = arrays[KEPT].buf;
        change_history history = {kept, kept + area, kept + 2 * area, kept + 3 * area, kept + 4 * area};
        Py_BEGIN_ALLOW_THREADS
        change_step(arrays[X].buf, arrays[Y].buf, history, (size_t)arrays[X].shape[1], now, before, least, &sums);
        Py_END_ALLOW_THREADS
        result = Py_BuildValue("LLLLLL", (long long)sums.xx, (long long)sums.yy, (long long)sums.xy,
                               (long long)sums.stirred, (long long)sums.wobble, (long long)sums.ghosts);
    }
    let_go(arrays, ARRAYS);
    return result;
}

/* change_integrate(x, y, box, ms, shrink, cells, sums); cells: of x, of y */
static PyObject *integrate(PyObject *module, PyObject *arguments)
{
    (void)module;
    enum { X, Y, CELLS, SUMS, ARRAYS };
    Py_buffer arrays[ARRAYS] = {0};
    box part;
    Py_ssize_t shrink;
    PyObject *result = NULL;
    int ms, fits = PyArg_ParseTuple(arguments, "O&O&O&inO&O&", to_read, &arrays[X], to_read, &arrays[Y], to_box, &part,
                                    &ms, &shrink, to_write, &arrays[CELLS], to_write, &arrays[SUMS]);
    if (fits && (ms < 0 || ms > CHANGE_MOST_MS || shrink < 1 || shrink > CHANGE_MOST_SHRINK)) {
        PyErr_Format(PyExc_ValueError, "a time of 0 to %d is needed, and a shrinking by 1 to %d", CHANGE_MOST_MS,
                     CHANGE_MOST_SHRINK);
        fits = 0;
    }
    if (fits && are_alike(arrays, 2, U8, 2) && is_array(&arrays[CELLS], U8, 3) && is_array(&arrays[SUMS], I32, 3) &&
        is_within(part, &arrays[X])) {
        Py_ssize_t height = arrays[X].shape[0], width = arrays[X].shape[1];
        Py_ssize_t down = (height + shrink - 1) / shrink, across = (width + shrink - 1) / shrink;
        if (holds(&arrays[CELLS], 2, down, across) && holds(&arrays[SUMS], 5, down, across)) {
            Py_BEGIN_ALLOW_THREADS
            change_integrate(arrays[X].buf, arrays[Y].buf, (size_t)height, (size_t)width, part, ms, (size_t)shrink,
                             arrays[CELLS].buf, arrays[SUMS].buf);
            Py_END_ALLOW_THREADS
            result = Py_NewRef(Py_None);
        }
    }
    let_go(arrays, ARRAYS);
    return result;
}

PyMethodDef change_methods[] = {
    {"change_step", step, METH_VARARGS, NULL},
    {"change_integrate", integrate, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
