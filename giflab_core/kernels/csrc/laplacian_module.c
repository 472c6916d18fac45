#include "families.h"
#include "laplacian.h"

/* laplacian_sums(plane) -> (sum, sum of squares) */
static PyObject *laplacian_sums_of(PyObject *module, PyObject *arguments)
{
    Py_buffer view = {0};
    PyObject *result = NULL;
    (void)module;
    if (PyArg_ParseTuple(arguments, "O&", to_read, &view) && are_planes(&view, 1)) {
        laplacian_sums sums;
        Py_BEGIN_ALLOW_THREADS
        sums = sum_laplacian(view.buf, (size_t)view.shape[0], (size_t)view.shape[1]);
        Py_END_ALLOW_THREADS
        result = Py_BuildValue("LL", (long long)sums.sum, (long long)sums.squares);
    }
    let_go(&view, 1);
    return result;
}

PyMethodDef laplacian_methods[] = {
    {"laplacian_sums", laplacian_sums_of, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
