/* The mean colours of pictures in blocks of 16x16 pixels. */
#include "arrays.h"

#include <string.h>

#include "simd.h"

/* Pixels a side, and the bytes of a row of them. */
enum { BLOCK_SIDE = 16, BLOCK_BYTES = 4 * BLOCK_SIDE, BLOCK_AREA = BLOCK_SIDE * BLOCK_SIDE };

/* The mean of so many rows of pixels, which are `apart` bytes from each other; see blocks.py. */
INLINED void average_block(const uint8_t *RESTRICT pixels, size_t apart, size_t rows, size_t bytes,
                           uint8_t *RESTRICT mean)
{
    uint16_t totals[BLOCK_BYTES] = {0}; /* which hold 256 * 255 */
    for (size_t row = 0; row < rows; row++, pixels += apart)
        for (size_t byte = 0; byte < bytes; byte++)
            totals[byte] = (uint16_t)(totals[byte] + pixels[byte]);
    for (size_t half = BLOCK_BYTES / 2; half >= 4; half /= 2)
        for (size_t byte = 0; byte < half; byte++)
            totals[byte] = (uint16_t)(totals[byte] + totals[half + byte]);
    const uint32_t opaque = totals[3] / 255u;
    for (int channel = 0; channel < 3; channel++)
        mean[channel] = (uint8_t)(opaque ? (totals[channel] + opaque / 2) / opaque : 0);
    mean[3] = (uint8_t)((255 * opaque + BLOCK_AREA - 1) / BLOCK_AREA);
}

/* The blocks that touch the box; the last ones in a row and in a column have what pixels are left. */
FOR_EACH_PROCESSOR
static void average_blocks(const uint8_t *pixels, size_t height, size_t width, box touched, uint8_t *means)
{
    const size_t columns = (width + BLOCK_SIDE - 1) / BLOCK_SIDE;
    if (touched.top >= touched.bottom || touched.left >= touched.right)
        return;
    for (size_t row = touched.top / BLOCK_SIDE; row * BLOCK_SIDE < touched.bottom; row++) {
        const size_t down = height - row * BLOCK_SIDE, rows = down < BLOCK_SIDE ? down : BLOCK_SIDE;
        for (size_t column = touched.left / BLOCK_SIDE; column * BLOCK_SIDE < touched.right; column++) {
            const uint8_t *const at = pixels + 4 * (row * BLOCK_SIDE * width + column * BLOCK_SIDE);
            uint8_t *const to = means + 4 * (row * columns + column);
            const size_t across = width - column * BLOCK_SIDE;
            if (across < BLOCK_SIDE)
                average_block(at, 4 * width, rows, 4 * across, to);
            else
                average_block(at, 4 * width, rows, BLOCK_BYTES, to);
        }
    }
}

/* block_means(pixels, box, means): of the blocks that touch the box */
static PyObject *block_means(PyObject *module, PyObject *arguments)
{
    (void)module;
    enum { PIXELS, MEANS, ARRAYS };
    Py_buffer arrays[ARRAYS] = {0};
    box touched;
    PyObject *result = NULL;
    if (PyArg_ParseTuple(arguments, "O&O&O&", to_read, &arrays[PIXELS], to_box, &touched, to_write, &arrays[MEANS]) &&
        are_pictures(arrays, 1) && are_pictures(arrays + MEANS, 1) && is_within(touched, &arrays[PIXELS])) {
        const Py_ssize_t height = arrays[PIXELS].shape[0], width = arrays[PIXELS].shape[1];
        const Py_ssize_t rows = (height + BLOCK_SIDE - 1) / BLOCK_SIDE, columns = (width + BLOCK_SIDE - 1) / BLOCK_SIDE;
        if (arrays[MEANS].shape[0] != rows || arrays[MEANS].shape[1] != columns) {
            PyErr_Format(PyExc_ValueError, "means of shape (%zd, %zd, 4) are needed", rows, columns);
        } else {
            BEGIN_WORK(area_of(touched) / 2)
            average_blocks(arrays[PIXELS].buf, (size_t)height, (size_t)width, touched, arrays[MEANS].buf);
            END_WORK
            result = Py_NewRef(Py_None);
        }
    }
    let_go(arrays, ARRAYS);
    return result;
}

PyMethodDef blocks_methods[] = {
    {"block_means", block_means, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
