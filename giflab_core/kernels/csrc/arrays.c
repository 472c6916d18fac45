#include "arrays.h"

#include <string.h>

static int take(PyObject *object, Py_buffer *view, int flags)
{
    return PyObject_GetBuffer(object, view, PyBUF_C_CONTIGUOUS | PyBUF_FORMAT | flags) == 0;
}

int to_read(PyObject *object, void *address)
{
    return take(object, address, 0);
}

int to_write(PyObject *object, void *address)
{
    return take(object, address, PyBUF_WRITABLE);
}

void let_go(Py_buffer *views, size_t count)
{
    for (size_t index = 0; index < count; index++)
        if (views[index].obj)
            PyBuffer_Release(&views[index]);
}

/* Letters of struct formats by type; the size decides between int and long. */
static const struct {
    const char *letters;
    Py_ssize_t size;
    const char *name;
} TYPES[] = {
    [U8] = {"B?", 1, "uint8"},   [I32] = {"il", 4, "int32"},   [U32] = {"IL", 4, "uint32"},
    [I64] = {"lq", 8, "int64"},  [F32] = {"f", 4, "float32"}, [F64] = {"d", 8, "float64"},
};

int is_array(const Py_buffer *view, array_type type, int dimensions)
{
    const char *format = view->format ? view->format : "B";
    if (*format == '@' || *format == '=')
        format++;
    if (view->ndim == dimensions && view->itemsize == TYPES[type].size && format[0] && !format[1] &&
        strchr(TYPES[type].letters, format[0]))
        return 1;
    PyErr_Format(PyExc_TypeError, "an array of %d dimensions of %s is needed, not %d of %s", dimensions,
                 TYPES[type].name, view->ndim, format);
    return 0;
}

int same_shape(const Py_buffer *one, const Py_buffer *other)
{
    int same = one->ndim == other->ndim;
    for (int dimension = 0; same && dimension < one->ndim; dimension++)
        same = one->shape[dimension] == other->shape[dimension];
    if (!same)
        PyErr_SetString(PyExc_ValueError, "the arrays differ in shape");
    return same;
}
