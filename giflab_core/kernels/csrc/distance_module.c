#include "distance.h"
#include "families.h"

/* squared_distances(x, y, out): (rows, length), (columns, length), (rows, columns), all of float64 */
static PyObject *squared_distances_of(PyObject *module, PyObject *arguments)
{
    Py_buffer views[3] = {{0}, {0}, {0}};
    PyObject *result = NULL;
    (void)module;
    if (PyArg_ParseTuple(arguments, "O&O&O&", to_read, &views[0], to_read, &views[1], to_write, &views[2]) &&
        is_array(&views[0], F64, 2) && is_array(&views[1], F64, 2) && is_array(&views[2], F64, 2)) {
        const size_t rows = (size_t)views[0].shape[0], columns = (size_t)views[1].shape[0];
        if (views[0].shape[1] == views[1].shape[1] && views[2].shape[0] == views[0].shape[0] &&
            views[2].shape[1] == views[1].shape[0]) {
            Py_BEGIN_ALLOW_THREADS
            squared_distances(views[0].buf, rows, views[1].buf, columns, (size_t)views[0].shape[1], views[2].buf);
            Py_END_ALLOW_THREADS
            result = Py_NewRef(Py_None);
        } else {
            PyErr_SetString(PyExc_ValueError, "the arrays do not fit each other");
        }
    }
    let_go(views, 3);
    return result;
}

PyMethodDef distance_methods[] = {
    {"squared_distances", squared_distances_of, METH_VARARGS,
     "squared_distances(x, y, out, /)\n--\n\nOf each row with each; see kernels/distances.py."},
    {NULL, NULL, 0, NULL},
};
