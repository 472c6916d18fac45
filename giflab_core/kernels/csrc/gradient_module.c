#include "gradient.h"
#include "families.h"

/* gmsd(x, y) -> the sums of how alike gradients are, in units of 2**-24, and of its square, lower and upper 32 bits */
static PyObject *gmsd(PyObject *module, PyObject *arguments)
{
    (void)module;
    Py_buffer views[2] = {0};
    PyObject *result = NULL;
    if (PyArg_ParseTuple(arguments, "O&O&", to_read, &views[0], to_read, &views[1]) && are_planes(views, 2)) {
        gmsd_sums sums;
        int done;
        Py_BEGIN_ALLOW_THREADS
        done = sum_gmsd(views[0].buf, views[1].buf, (size_t)views[0].shape[0], (size_t)views[0].shape[1], &sums);
        Py_END_ALLOW_THREADS
        result = done ? Py_BuildValue("KKK", (unsigned long long)sums.sum, (unsigned long long)sums.lower,
                                      (unsigned long long)sums.upper)
                      : PyErr_NoMemory();
    }
    let_go(views, 2);
    return result;
}

PyMethodDef gradient_methods[] = {
    {"gmsd", gmsd, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
