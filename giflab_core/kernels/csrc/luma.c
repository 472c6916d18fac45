/* Pixels of four bytes, R, G, B, A, as GIF has them: A is 0 or 255. */
#include "arrays.h"

#include <string.h>

#include "simd.h"

/* The weights of R, G and B in units of 2^-16. */
enum { RED = 19595, GREEN = 38470, BLUE = 7471, HALF = 1 << 15 };

/* Rec. 601 luma of `count` pixels, as Pillow rounds it; `background` (0 to 255; -1: none) where A is 0. */
FOR_EACH_PROCESSOR static void fill_luma(const uint8_t *pixels, size_t count, int background, uint8_t *luma)
{
    for (size_t place = 0; place < count; place++) {
        const uint8_t *const pixel = pixels + 4 * place;
        const uint32_t value = (RED * (uint32_t)pixel[0] + GREEN * (uint32_t)pixel[1] + BLUE * (uint32_t)pixel[2] + HALF) >> 16;
        luma[place] = (uint8_t)(background < 0 || pixel[3] ? value : (uint32_t)background);
    }
}

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
            BEGIN_WORK(views[1].len / 2)
            fill_luma(views[0].buf, (size_t)views[1].len, background, views[1].buf);
            END_WORK
            result = Py_NewRef(Py_None);
        } else {
            PyErr_SetString(PyExc_ValueError, "pixels of 4 bytes, as many of luma, and a background of -1 to 255");
        }
    }
    let_go(views, 2);
    return result;
}

PyMethodDef luma_methods[] = {
    {"luma", luma_of, METH_VARARGS, "luma(pixels, background, luma, /)\n--\n\nRec. 601 luma; see kernels/luma.py."},
    {NULL, NULL, 0, NULL},
};
