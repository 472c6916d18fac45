#include "families.h"
#include "pixels.h"

/* luma(pixels, background, luma): pixels (..., 4) and luma (...), both of uint8 */
static PyObject *luma_of(PyObject *module, PyObject *arguments)
{
    Py_buffer views[2] = {{0}, {0}};
    int background;
    PyObject *result = NULL;
    (void)module;
    if (PyArg_ParseTuple(arguments, "O&iO&", to_read, &views[0], &background, to_write, &views[1]) &&
        is_array(&views[0], U8, 3) && is_array(&views[1], U8, 2)) {
        int fits = views[0].shape[2] == 4 && -1 <= background && background <= 255;
        for (int dimension = 0; dimension < 2; dimension++)
            fits &= views[0].shape[dimension] == views[1].shape[dimension];
        if (fits) {
            Py_BEGIN_ALLOW_THREADS
            pixels_luma(views[0].buf, (size_t)views[1].len, background, views[1].buf);
            Py_END_ALLOW_THREADS
            result = Py_NewRef(Py_None);
        } else {
            PyErr_SetString(PyExc_ValueError, "pixels of 4 bytes, as many of luma, and a background of -1 to 255");
        }
    }
    let_go(views, 2);
    return result;
}

PyMethodDef pixels_methods[] = {
    {"luma", luma_of, METH_VARARGS, "luma(pixels, background, luma, /)\n--\n\nRec. 601 luma; see kernels/luma.py."},
    {NULL, NULL, 0, NULL},
};
