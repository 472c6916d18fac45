#include "banding.h"
#include "families.h"

/* cambi(plane, contrasts) -> score */
static PyObject *score(PyObject *module, PyObject *arguments)
{
    (void)module;
    Py_buffer plane = {0};
    PyObject *result = NULL;
    int contrasts, fits = PyArg_ParseTuple(arguments, "O&i", to_read, &plane, &contrasts) && is_array(&plane, U8, 2);
    for (int side = 0; fits && side < 2; side++)
        if (plane.shape[side] < 1 || plane.shape[side] > UINT16_MAX) {
            PyErr_SetString(PyExc_ValueError, "a plane is 1 to 65535 pixels wide and high");
            fits = 0;
        }
    if (fits && (contrasts < 1 || contrasts > MOST_CONTRASTS)) {
        PyErr_Format(PyExc_ValueError, "there are 1 to %d contrasts", MOST_CONTRASTS);
        fits = 0;
    }
    if (fits) {
        double value;
        Py_BEGIN_ALLOW_THREADS
        value = cambi(plane.buf, (size_t)plane.shape[1], (size_t)plane.shape[0], contrasts);
        Py_END_ALLOW_THREADS
        result = value < 0.0 ? PyErr_NoMemory() : PyFloat_FromDouble(value);
    }
    let_go(&plane, 1);
    return result;
}

PyMethodDef banding_methods[] = {
    {"cambi", score, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
