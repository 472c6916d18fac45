#include "families.h"
#include "opponent.h"

/* Two pictures of one shape, at least a pixel. */
static int are_pictures(const Py_buffer views[2])
{
    if (!are_alike(views, 2, U8, 3))
        return 0;
    if (views[0].len && views[0].shape[2] == 4)
        return 1;
    PyErr_SetString(PyExc_ValueError, "pictures of (height, width, 4), of at least a pixel, are needed");
    return 0;
}

/* mdsi(x, y, factor) -> float */
static PyObject *mdsi_of(PyObject *module, PyObject *arguments)
{
    (void)module;
    Py_buffer views[2] = {0};
    Py_ssize_t factor;
    double score = -1.0;
    int fits = PyArg_ParseTuple(arguments, "O&O&n", to_read, &views[0], to_read, &views[1], &factor) &&
               are_pictures(views);
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

/* haarpsi_sums(x, y) -> (deficit, weight) */
static PyObject *haarpsi_of(PyObject *module, PyObject *arguments)
{
    (void)module;
    Py_buffer views[2] = {0};
    haarpsi_sums sums = {0, 0};
    int failed = 0;
    const int fits = PyArg_ParseTuple(arguments, "O&O&", to_read, &views[0], to_read, &views[1]) && are_pictures(views);
    if (fits) {
        Py_BEGIN_ALLOW_THREADS
        failed = haarpsi(views[0].buf, views[1].buf, (size_t)views[0].shape[0], (size_t)views[0].shape[1], &sums);
        Py_END_ALLOW_THREADS
    }
    let_go(views, 2);
    if (!fits)
        return NULL;
    return failed ? PyErr_NoMemory() : Py_BuildValue("LL", (long long)sums.deficit, (long long)sums.weight);
}

PyMethodDef opponent_methods[] = {
    {"mdsi", mdsi_of, METH_VARARGS, NULL},
    {"haarpsi_sums", haarpsi_of, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
