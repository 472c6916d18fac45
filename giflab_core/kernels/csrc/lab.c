/* CIELAB coordinates of many colours. */
#include "arrays.h"

#include "lab.h"

/* L, a and b of n colours. */
FOR_EACH_PROCESSOR
static void colour_lab(const uint8_t *colours, size_t n, const double *linear, double *out)
{
    for (size_t start = 0; start < n; start += LAB_BLOCK) {
        const size_t count = n - start < LAB_BLOCK ? n - start : LAB_BLOCK;
        lab_block found;
        to_labs(colours + 4 * start, count, linear, &found);
        for (size_t index = 0; index < count; index++) {
            const lab each = {found.l[index], found.a[index], found.b[index]};
            memcpy(out + 3 * (start + index), &each, sizeof each);
        }
    }
}

/* lab(colours, linear, out) */
static PyObject *lab_of(PyObject *module, PyObject *arguments)
{
    (void)module;
    enum { COLOURS, LINEAR, OUT, ARRAYS };
    Py_buffer arrays[ARRAYS] = {0};
    PyObject *result = NULL;
    if (PyArg_ParseTuple(arguments, "O&O&O&", to_read, &arrays[COLOURS], to_read, &arrays[LINEAR], to_write,
                         &arrays[OUT]) &&
        is_table(&arrays[COLOURS], U8, 4) && has_length(&arrays[LINEAR], F64, 256) && is_table(&arrays[OUT], F64, 3) &&
        has_rows(&arrays[OUT], arrays[COLOURS].shape[0])) {
        BEGIN_WORK(30 * arrays[COLOURS].shape[0])
        colour_lab(arrays[COLOURS].buf, (size_t)arrays[COLOURS].shape[0], arrays[LINEAR].buf, arrays[OUT].buf);
        END_WORK
        result = Py_NewRef(Py_None);
    }
    let_go(arrays, ARRAYS);
    return result;
}

PyMethodDef lab_methods[] = {
    {"lab", lab_of, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
