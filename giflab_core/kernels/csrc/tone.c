/* What is left of the steps between neighbours in each place of a picture.
 *
 * Planes are 8-bit values row by row, width and height at least 1. */
#include "arrays.h"

#include "simd.h"

/* So many products of two steps 32 bits hold the sum of. */
enum { AT_ONCE = 1 << 14 };

/* The sums over the steps from so many pixels to the next one each: of x with x, of x with y, of y with y. */
INLINED void add_products(const uint8_t *RESTRICT x, const uint8_t *RESTRICT y, size_t count, int64_t *sums)
{
    int32_t xx = 0, xy = 0, yy = 0;
    for (size_t i = 0; i < count; i++) {
        const int16_t dx = (int16_t)(x[i + 1] - x[i]), dy = (int16_t)(y[i + 1] - y[i]);
        xx += dx * dx;
        xy += dx * dy;
        yy += dy * dy;
    }
    sums[0] += xx;
    sums[1] += xy;
    sums[2] += yy;
}

/* The sums of a row, in so many places. */
FOR_EACH_PROCESSOR
static void add_row(const uint8_t *x, const uint8_t *y, size_t width, size_t places, int64_t *sums)
{
    for (size_t place = 0; place < places; place++) {
        const size_t end = (place + 1) * width / places, last = end < width ? end : width - 1;
        for (size_t left = place * width / places; left < last; left += AT_ONCE)
            add_products(x + left, y + left, last - left < AT_ONCE ? last - left : AT_ONCE, sums + 3 * place);
    }
}

/* detail_sums(x, y, every, sums): of one of so many rows, in as many places across and down as there are sums */
static PyObject *detail_sums_of(PyObject *module, PyObject *arguments)
{
    Py_buffer views[3] = {{0}, {0}, {0}};
    PyObject *result = NULL;
    Py_ssize_t every;
    (void)module;
    if (PyArg_ParseTuple(arguments, "O&O&nO&", to_read, &views[0], to_read, &views[1], &every, to_write, &views[2]) &&
        are_planes(views, 2) && is_array(&views[2], I64, 3)) {
        const size_t places = (size_t)views[2].shape[0];
        if (!places || every < 1 || (size_t)views[2].shape[1] != places || views[2].shape[2] != 3) {
            PyErr_SetString(PyExc_ValueError, "as many places across as down are needed, with three sums each");
        } else {
            const size_t height = (size_t)views[0].shape[0], width = (size_t)views[0].shape[1], step = (size_t)every;
            Py_BEGIN_ALLOW_THREADS
            for (size_t row = 0, place = 0; row < height; row += step) {
                while (place + 1 < places && (place + 1) * height / places / step * step <= row)
                    place++;
                add_row((const uint8_t *)views[0].buf + row * width, (const uint8_t *)views[1].buf + row * width, width,
                        places, (int64_t *)views[2].buf + 3 * place * places);
            }
            Py_END_ALLOW_THREADS
            result = Py_NewRef(Py_None);
        }
    }
    let_go(views, 3);
    return result;
}

PyMethodDef tone_methods[] = {
    {"detail_sums", detail_sums_of, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
