/* Small fingerprints of planes.
 *
 * Planes are 8-bit values row by row, width and height at least 1. */
#include "arrays.h"

#include <stdlib.h>
#include <string.h>

#include "simd.h"

/* Rows of 8-bit values whose sum 16 bits hold. */
enum { BATCH = 257 };

INLINED void add_rows(const uint8_t *RESTRICT plane, size_t height, size_t width, size_t count,
                      uint16_t *RESTRICT totals)
{
    memset(totals, 0, count * sizeof *totals);
    size_t y = 0;
    for (; y + 4 <= height; y += 4, plane += 4 * width)
        for (size_t x = 0; x < count; x++)
            totals[x] = (uint16_t)(totals[x] + plane[x] + plane[width + x] + plane[2 * width + x] +
                                   plane[3 * width + x]);
    for (; y < height; y++, plane += width)
        for (size_t x = 0; x < count; x++)
            totals[x] = (uint16_t)(totals[x] + plane[x]);
}

/* The cell that a place is in, and so the first one that touches what begins there. */
INLINED size_t cell_of(size_t place, size_t length, size_t cells)
{
    return ((place + 1) * cells - 1) / length;
}

/* Sums of a plane over its cells, rows x columns of them; cell i of n begins at i * length / n. Only the cells that
 * touch the box are written. Returns 0, or -1 without memory. */
FOR_EACH_PROCESSOR
static int sum_cells(const uint8_t *plane, size_t height, size_t width, size_t rows, size_t columns, box touched,
                     int64_t *sums)
{
    if (touched.top >= touched.bottom || touched.left >= touched.right)
        return 0;
    size_t first = cell_of(touched.left, width, columns), last = cell_of(touched.right - 1, width, columns);
    size_t left = first * width / columns, right = (last + 1) * width / columns;
    uint16_t *totals = malloc((right - left) * sizeof *totals);
    if (!totals)
        return -1;
    for (size_t row = cell_of(touched.top, height, rows); row <= cell_of(touched.bottom - 1, height, rows); row++) {
        size_t bottom = (row + 1) * height / rows;
        int64_t *cells = sums + row * columns;
        memset(cells + first, 0, (last - first + 1) * sizeof *cells);
        for (size_t y = row * height / rows; y < bottom; y += BATCH) {
            add_rows(plane + y * width + left, bottom - y < BATCH ? bottom - y : BATCH, width, right - left, totals);
            for (size_t column = first, x = left; column <= last; column++) {
                uint64_t sum = 0;
                for (size_t end = (column + 1) * width / columns; x < end; x++)
                    sum += totals[x - left];
                cells[column] += (int64_t)sum;
            }
        }
    }
    free(totals);
    return 0;
}

/* cell_sums(plane, box, sums): of the cells that touch the box */
static PyObject *cell_sums_of(PyObject *module, PyObject *arguments)
{
    Py_buffer views[2] = {{0}, {0}};
    PyObject *result = NULL;
    box touched;
    (void)module;
    if (PyArg_ParseTuple(arguments, "O&O&O&", to_read, &views[0], to_box, &touched, to_write, &views[1]) &&
        are_planes(views, 1) && is_array(&views[1], I64, 2) && is_within(touched, &views[0])) {
        if (!views[1].len || views[1].shape[0] > views[0].shape[0] || views[1].shape[1] > views[0].shape[1]) {
            PyErr_SetString(PyExc_ValueError, "a cell needs at least a pixel");
        } else {
            int failed;
            Py_BEGIN_ALLOW_THREADS
            failed = sum_cells(views[0].buf, (size_t)views[0].shape[0], (size_t)views[0].shape[1],
                               (size_t)views[1].shape[0], (size_t)views[1].shape[1], touched, views[1].buf);
            Py_END_ALLOW_THREADS
            result = failed ? PyErr_NoMemory() : Py_NewRef(Py_None);
        }
    }
    let_go(views, 2);
    return result;
}

PyMethodDef cells_methods[] = {
    {"cell_sums", cell_sums_of, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
