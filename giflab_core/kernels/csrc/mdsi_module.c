#include "families.h"
#include "mdsi.h"

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
