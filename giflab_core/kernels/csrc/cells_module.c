#include "cells.h"
#include "families.h"

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

PyMethodDef cells_methods[] = {
    {"cell_sums", cell_sums_of, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
