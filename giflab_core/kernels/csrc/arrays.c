#include "arrays.h"

#include <stdint.h>
#include <string.h>

static int take(PyObject *object, Py_buffer *view, int flags)
{
    if (PyObject_GetBuffer(object, view, PyBUF_C_CONTIGUOUS | PyBUF_FORMAT | flags))
        return 0;
    const Py_ssize_t size = view->itemsize;
    if (size < 2 || (uintptr_t)view->buf % (size_t)size == 0)
        return 1;
    PyBuffer_Release(view);
    PyErr_Format(PyExc_ValueError, "the array is not aligned to its items of %zd bytes: pass a copy of it", size);
    return 0;
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
    [U8] = {"B?", 1, "uint8"},   [U16] = {"H", 2, "uint16"},  [I32] = {"il", 4, "int32"},  [U32] = {"IL", 4, "uint32"},
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

static int same_shape(const Py_buffer *one, const Py_buffer *other)
{
    for (int dimension = 0; dimension < one->ndim; dimension++)
        if (one->shape[dimension] != other->shape[dimension]) {
            PyErr_SetString(PyExc_ValueError, "the arrays differ in shape");
            return 0;
        }
    return 1;
}

int are_alike(const Py_buffer *arrays, size_t count, array_type type, int dimensions)
{
    for (size_t index = 0; index < count; index++)
        if (!is_array(&arrays[index], type, dimensions) || !same_shape(&arrays[0], &arrays[index]))
            return 0;
    return 1;
}

int are_planes(const Py_buffer *arrays, size_t count)
{
    if (!are_alike(arrays, count, U8, 2))
        return 0;
    if (arrays[0].len)
        return 1;
    PyErr_SetString(PyExc_ValueError, "a plane is empty");
    return 0;
}

int are_pictures(const Py_buffer *arrays, size_t count)
{
    if (!are_alike(arrays, count, U8, 3))
        return 0;
    if (arrays[0].len && arrays[0].shape[2] == 4)
        return 1;
    PyErr_SetString(PyExc_ValueError, "pictures of (height, width, 4), of at least a pixel, are needed");
    return 0;
}

int is_table(const Py_buffer *view, array_type type, Py_ssize_t columns)
{
    if (!is_array(view, type, 2))
        return 0;
    if (view->shape[1] == columns)
        return 1;
    PyErr_Format(PyExc_ValueError, "an array of %zd columns is needed, not of %zd", columns, view->shape[1]);
    return 0;
}

int has_rows(const Py_buffer *view, Py_ssize_t rows)
{
    if (view->shape[0] == rows)
        return 1;
    PyErr_Format(PyExc_ValueError, "an array of length %zd is needed, not of %zd", rows, view->shape[0]);
    return 0;
}

int has_length(const Py_buffer *view, array_type type, Py_ssize_t length)
{
    return is_array(view, type, 1) && has_rows(view, length);
}

int are_pairs(const Py_buffer *arrays)
{
    return is_table(&arrays[0], U8, 4) && is_table(&arrays[1], U8, 4) && has_rows(&arrays[1], arrays[0].shape[0]) &&
           has_length(&arrays[2], I64, arrays[0].shape[0]);
}

int to_box(PyObject *object, void *address)
{
    Py_ssize_t top, bottom, left, right;
    if (!PyTuple_Check(object)) {
        PyErr_SetString(PyExc_TypeError, "a box is a tuple of four numbers");
        return 0;
    }
    if (!PyArg_ParseTuple(object, "nnnn", &top, &bottom, &left, &right))
        return 0;
    if (top < 0 || left < 0 || bottom < top || right < left) {
        PyErr_SetString(PyExc_ValueError, "a box begins before it ends, and not before 0");
        return 0;
    }
    *(box *)address = (box){(size_t)top, (size_t)bottom, (size_t)left, (size_t)right};
    return 1;
}

int is_within(box part, const Py_buffer *array)
{
    if (part.bottom <= (size_t)array->shape[0] && part.right <= (size_t)array->shape[1])
        return 1;
    PyErr_SetString(PyExc_ValueError, "the box reaches outside of the array");
    return 0;
}
