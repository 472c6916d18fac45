/* How sharp a plane is.
 *
 * Planes are 8-bit values row by row, width and height at least 1. */
#include "arrays.h"

#include "simd.h"

/* Sums of the 4-neighbour Laplacian and of its squares; beyond the border the plane is mirrored at its last pixels. */
typedef struct {
    int64_t sum, squares;
} laplacian_sums;

/* Squares of at most 1020 whose sum 31 bits hold. */
enum { RUN = 2048 };

INLINED int laplacian(int above, int below, int left, int right, int here)
{
    return above + below + left + right - 4 * here;
}

FOR_EACH_PROCESSOR static laplacian_sums sum_laplacian(const uint8_t *plane, size_t height, size_t width)
{
    laplacian_sums sums = {0, 0};
    for (size_t y = 0; y < height; y++) {
        const uint8_t *row = plane + y * width;
        const uint8_t *above = y ? row - width : height > 1 ? row + width : row;
        const uint8_t *below = y + 1 < height ? row + width : y ? row - width : row;
        for (size_t start = 1; start + 1 < width; start += RUN) {
            size_t end = width - 1 - start < RUN ? width - 1 : start + RUN;
            int32_t sum = 0, squares = 0;
            for (size_t x = start; x < end; x++) {
                int16_t value = (int16_t)laplacian(above[x], below[x], row[x - 1], row[x + 1], row[x]);
                sum += value;
                squares += value * value;
            }
            sums.sum += sum;
            sums.squares += squares;
        }
        size_t last = width - 1, next = width > 1;
        int ends[] = {laplacian(above[0], below[0], row[next], row[next], row[0]),
                      laplacian(above[last], below[last], row[last - next], row[last - next], row[last])};
        for (size_t end = 0; end <= next; end++) {
            sums.sum += ends[end];
            sums.squares += ends[end] * ends[end];
        }
    }
    return sums;
}

/* laplacian_sums(plane) -> (sum, sum of squares) */
static PyObject *laplacian_sums_of(PyObject *module, PyObject *arguments)
{
    Py_buffer view = {0};
    PyObject *result = NULL;
    (void)module;
    if (PyArg_ParseTuple(arguments, "O&", to_read, &view) && are_planes(&view, 1)) {
        laplacian_sums sums;
        BEGIN_WORK(view.len / 2)
        sums = sum_laplacian(view.buf, (size_t)view.shape[0], (size_t)view.shape[1]);
        END_WORK
        result = Py_BuildValue("LL", (long long)sums.sum, (long long)sums.squares);
    }
    let_go(&view, 1);
    return result;
}

PyMethodDef laplacian_methods[] = {
    {"laplacian_sums", laplacian_sums_of, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
