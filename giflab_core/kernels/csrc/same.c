/* Whether two pictures are the same. */
#include "arrays.h"

#include <string.h>

/* Whether two pictures of pixels of this many bytes, in rows of this width, are the same within a box. */
static int same_in_box(const uint8_t *x, const uint8_t *y, size_t width, size_t pixel, box where)
{
    size_t stride = width * pixel, length = (where.right - where.left) * pixel;
    for (size_t row = where.top; row < where.bottom; row++) {
        size_t start = row * stride + where.left * pixel;
        if (memcmp(x + start, y + start, length))
            return 0;
    }
    return 1;
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
            BEGIN_WORK(area_of(where) / 4)
            same = same_in_box(views[0].buf, views[1].buf, (size_t)views[0].shape[1], pixel, where);
            END_WORK
            result = PyBool_FromLong(same);
        }
    }
    let_go(views, 2);
    return result;
}

PyMethodDef same_methods[] = {
    {"same", same_of, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
