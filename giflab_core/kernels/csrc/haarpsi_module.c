#include "families.h"
#include "haarpsi.h"

/* haarpsi_sums(x, y) -> (deficit, weight) */
static PyObject *haarpsi_of(PyObject *module, PyObject *arguments)
{
    (void)module;
    Py_buffer views[2] = {0};
    haarpsi_sums sums = {0, 0};
    int failed = 0;
    const int fits = PyArg_ParseTuple(arguments, "O&O&", to_read, &views[0], to_read, &views[1]) && are_pictures(views, 2);
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

PyMethodDef haarpsi_methods[] = {
    {"haarpsi_sums", haarpsi_of, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
