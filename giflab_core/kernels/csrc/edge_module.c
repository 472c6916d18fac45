#include "edge.h"
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

/* cell_sums(plane, box, sums): of the cells that touch the box */
static PyObject *cell_sums_of(PyObject *module, PyObject *arguments)
{
    Py_buffer views[2] = {{0}, {0}};
    PyObject *result = NULL;
    box touched;
    (void)module;
    if (PyArg_ParseTuple(arguments, "O&O&O&", to_read, &views[0], to_box, &touched, to_write, &views[1]) &&
        are_planes(views, 1) && is_array(&views[1], I64, 2) && is_within(touched, &views[0])) {
        if (!views[1].len || views[1].shape[0] > views[0].shape[0] || views[1].shape[1] > views[0].shape[1]) {
            PyErr_SetString(PyExc_ValueError, "a cell needs at least a pixel");
        } else {
            int failed;
            Py_BEGIN_ALLOW_THREADS
            failed = sum_cells(views[0].buf, (size_t)views[0].shape[0], (size_t)views[0].shape[1],
                               (size_t)views[1].shape[0], (size_t)views[1].shape[1], touched, views[1].buf);
            Py_END_ALLOW_THREADS
            result = failed ? PyErr_NoMemory() : Py_NewRef(Py_None);
        }
    }
    let_go(views, 2);
    return result;
}

/* same(x, y, box) -> bool, for uint32 in two dimensions or uint8 in three */
static PyObject *same_of(PyObject *module, PyObject *arguments)
{
    Py_buffer views[2] = {{0}, {0}};
    PyObject *result = NULL;
    box where;
    (void)module;
    if (PyArg_ParseTuple(arguments, "O&O&O&", to_read, &views[0], to_read, &views[1], to_box, &where)) {
        const int whole = views[0].ndim == 2;
        if (are_alike(views, 2, whole ? U32 : U8, whole ? 2 : 3) && is_within(where, &views[0])) {
            size_t pixel = whole ? sizeof(uint32_t) : (size_t)views[0].shape[2];
            int same;
            Py_BEGIN_ALLOW_THREADS
            same = same_in_box(views[0].buf, views[1].buf, (size_t)views[0].shape[1], pixel, where);
            Py_END_ALLOW_THREADS
            result = PyBool_FromLong(same);
        }
    }
    let_go(views, 2);
    return result;
}

PyMethodDef edge_methods[] = {
    {"canny", canny_of, METH_VARARGS, NULL},
    {"edge_counts", edge_counts_of, METH_VARARGS, NULL},
    {"laplacian_sums", laplacian_sums_of, METH_VARARGS, NULL},
    {"cell_sums", cell_sums_of, METH_VARARGS, NULL},
    {"same", same_of, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
