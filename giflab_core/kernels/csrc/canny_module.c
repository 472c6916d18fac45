#include "canny.h"
#include "families.h"

static int are_thresholds(int low, int high)
{
    if (0 <= low && low <= high && high <= INT16_MAX)
        return 1;
    PyErr_SetString(PyExc_ValueError, "thresholds are 0 <= low <= high <= 32767");
    return 0;
}

/* canny(plane, low, high, edges) */
static PyObject *canny_of(PyObject *module, PyObject *arguments)
{
    Py_buffer views[2] = {{0}, {0}};
    int low, high;
    PyObject *result = NULL;
    (void)module;
    if (PyArg_ParseTuple(arguments, "O&iiO&", to_read, &views[0], &low, &high, to_write, &views[1]) &&
        are_planes(views, 2) && are_thresholds(low, high)) {
        int failed;
        Py_BEGIN_ALLOW_THREADS
        failed = canny(views[0].buf, (size_t)views[0].shape[0], (size_t)views[0].shape[1], low, high, views[1].buf);
        Py_END_ALLOW_THREADS
        result = failed ? PyErr_NoMemory() : Py_NewRef(Py_None);
    }
    let_go(views, 2);
    return result;
}

/* edge_counts(x, y, low, high) -> (edges of x, edges of y, those of x near y, those of y near x) */
static PyObject *edge_counts_of(PyObject *module, PyObject *arguments)
{
    Py_buffer views[2] = {{0}, {0}};
    int low, high;
    PyObject *result = NULL;
    (void)module;
    if (PyArg_ParseTuple(arguments, "O&O&ii", to_read, &views[0], to_read, &views[1], &low, &high) &&
        are_planes(views, 2) && are_thresholds(low, high)) {
        edge_counts counts;
        int failed;
        Py_BEGIN_ALLOW_THREADS
        failed = count_edges(views[0].buf, views[1].buf, (size_t)views[0].shape[0], (size_t)views[0].shape[1], low,
                             high, &counts);
        Py_END_ALLOW_THREADS
        result = failed ? PyErr_NoMemory()
                        : Py_BuildValue("KKKK", (unsigned long long)counts.x, (unsigned long long)counts.y,
                                        (unsigned long long)counts.near_x, (unsigned long long)counts.near_y);
    }
    let_go(views, 2);
    return result;
}

PyMethodDef canny_methods[] = {
    {"canny", canny_of, METH_VARARGS, NULL},
    {"edge_counts", edge_counts_of, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
