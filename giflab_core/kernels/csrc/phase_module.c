#include "families.h"
#include "fourier.h"
#include "phase.h"

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

/* fsim(x, y, factor, scales, orientations, noise) -> float */
static PyObject *fsim_of(PyObject *module, PyObject *arguments)
{
    (void)module;
    enum { X, Y, BY_SCALE, BY_ORIENTATION, ARRAYS };
    Py_buffer arrays[ARRAYS] = {0};
    Py_ssize_t factor;
    phase_filters filters;
    double *const noise = filters.noise, score = -1.0;
    int fits = PyArg_ParseTuple(arguments, "O&O&nO&O&(dddd)", to_read, &arrays[X], to_read, &arrays[Y], &factor,
                                to_read, &arrays[BY_SCALE], to_read, &arrays[BY_ORIENTATION], noise, noise + 1,
                                noise + 2, noise + 3) &&
               are_alike(arrays, 2, U8, 2);
    if (fits && (factor < 1 || factor > 257 || arrays[X].shape[0] < 2 * factor || arrays[X].shape[1] < 2 * factor)) {
        PyErr_SetString(PyExc_ValueError, "the factor is 1 to 257, and reduces planes to two pixels or more");
        fits = 0;
    }
    if (fits) {
        const Py_ssize_t height = arrays[X].shape[0] / factor, width = arrays[X].shape[1] / factor;
        filters.height = (size_t)height;
        filters.width = (size_t)width;
        filters.scales = arrays[BY_SCALE].buf;
        filters.orientations = arrays[BY_ORIENTATION].buf;
        fits = are_filters(&arrays[BY_SCALE], PHASE_SCALES, height / 2 + 1, width) &&
               are_filters(&arrays[BY_ORIENTATION], PHASE_ORIENTATIONS, height, width);
    }
    if (fits) {
        Py_BEGIN_ALLOW_THREADS
        score = fsim(arrays[X].buf, arrays[Y].buf, (size_t)arrays[X].shape[1], (size_t)factor, &filters);
        Py_END_ALLOW_THREADS
    }
    let_go(arrays, ARRAYS);
    if (!fits)
        return NULL;
    return score < 0.0 ? PyErr_NoMemory() : PyFloat_FromDouble(score);
}

PyMethodDef phase_methods[] = {
    {"fsim", fsim_of, METH_VARARGS, NULL},
    {"lanes", lanes_of, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};
