/* What a table has for each pixel of a plane. */
#include "arrays.h"

#include <string.h>

#include "simd.h"

INLINED void look_up_bytes(const uint8_t *RESTRICT indices, size_t count, const uint8_t *RESTRICT table,
                           uint8_t *RESTRICT out)
{
    for (size_t i = 0; i < count; i++)
        out[i] = table[indices[i]];
}

INLINED void look_up_words(const uint8_t *RESTRICT indices, size_t count, const uint32_t *RESTRICT table,
                           uint32_t *RESTRICT out)
{
    for (size_t i = 0; i < count; i++)
        out[i] = table[indices[i]];
}

/* look_up(indices, table, box, out): a table of 256 uint8 or uint32, and a plane of that type */
static PyObject *look_up_of(PyObject *module, PyObject *arguments)
{
    Py_buffer views[3] = {{0}, {0}, {0}};
    PyObject *result = NULL;
    box part;
    (void)module;
    if (PyArg_ParseTuple(arguments, "O&O&O&O&", to_read, &views[0], to_read, &views[1], to_box, &part, to_write,
                         &views[2]) &&
        is_array(&views[0], U8, 2) && is_within(part, &views[0])) {
        const array_type type = views[1].itemsize == 1 ? U8 : U32;
        if (has_length(&views[1], type, 256) && is_array(&views[2], type, 2) &&
            has_rows(&views[2], views[0].shape[0]) && is_table(&views[2], type, views[0].shape[1])) {
            const size_t width = (size_t)views[0].shape[1], count = part.right - part.left;
            Py_BEGIN_ALLOW_THREADS
            for (size_t row = part.top; row < part.bottom; row++) {
                const size_t at = row * width + part.left;
                const uint8_t *const indices = (const uint8_t *)views[0].buf + at;
                if (type == U8)
                    look_up_bytes(indices, count, views[1].buf, (uint8_t *)views[2].buf + at);
                else
                    look_up_words(indices, count, views[1].buf, (uint32_t *)views[2].buf + at);
            }
            Py_END_ALLOW_THREADS
            result = Py_NewRef(Py_None);
        }
    }
    let_go(views, 3);
    return result;
}

PyMethodDef look_up_methods[] = {
    {"look_up", look_up_of, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
