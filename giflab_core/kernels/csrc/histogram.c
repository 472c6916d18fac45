/* Histograms of single channels of colours. */
#include "arrays.h"

#include <string.h>

/* How many pixels have each level of the three channels: margins[256 * channel + level]. */
static void colour_margins(const uint8_t *colours, const int64_t *counts, size_t n, int64_t *margins)
{
    memset(margins, 0, 3 * 256 * sizeof *margins);
    for (size_t index = 0; index < n; index++)
        for (int channel = 0; channel < 3; channel++)
            margins[256 * channel + colours[4 * index + channel]] += counts[index];
}

/* margins(colours, counts, out) */
static PyObject *margins_of(PyObject *module, PyObject *arguments)
{
    (void)module;
    enum { COLOURS, COUNTS, OUT, ARRAYS };
    Py_buffer arrays[ARRAYS] = {0};
    PyObject *result = NULL;
    if (PyArg_ParseTuple(arguments, "O&O&O&", to_read, &arrays[COLOURS], to_read, &arrays[COUNTS], to_write,
                         &arrays[OUT]) &&
        is_table(&arrays[COLOURS], U8, 4) && has_length(&arrays[COUNTS], I64, arrays[COLOURS].shape[0]) &&
        is_table(&arrays[OUT], I64, 256) && has_rows(&arrays[OUT], 3)) {
        BEGIN_WORK(3 * arrays[COLOURS].shape[0])
        colour_margins(arrays[COLOURS].buf, arrays[COUNTS].buf, (size_t)arrays[COLOURS].shape[0], arrays[OUT].buf);
        END_WORK
        result = Py_NewRef(Py_None);
    }
    let_go(arrays, ARRAYS);
    return result;
}

PyMethodDef histogram_methods[] = {
    {"margins", margins_of, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
