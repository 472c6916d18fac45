/* Small fingerprints of planes.
 *
 * Planes are 8-bit values row by row, width and height at least 1. */
#include "arrays.h"

#include <math.h>
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

/* Whether there are a plane, and sums of cells of at least a pixel, and the box is within the plane; raises if not. */
static int has_cells(const Py_buffer views[2], box touched)
{
    if (!are_planes(views, 1) || !is_array(&views[1], I64, 2) || !is_within(touched, &views[0]))
        return 0;
    if (views[1].len && views[1].shape[0] <= views[0].shape[0] && views[1].shape[1] <= views[0].shape[1])
        return 1;
    PyErr_SetString(PyExc_ValueError, "a cell needs at least a pixel");
    return 0;
}

/* Sums the cells that touch the box; returns 0, and raises, without memory. */
static int sum_touched(const Py_buffer views[2], box touched)
{
    int failed;
    BEGIN_WORK(area_of(touched) / 8)
    failed = sum_cells(views[0].buf, (size_t)views[0].shape[0], (size_t)views[0].shape[1], (size_t)views[1].shape[0],
                       (size_t)views[1].shape[1], touched, views[1].buf);
    END_WORK
    if (failed)
        PyErr_NoMemory();
    return !failed;
}

/* cell_sums(plane, box, sums): of the cells that touch the box */
static PyObject *cell_sums_of(PyObject *module, PyObject *arguments)
{
    Py_buffer views[2] = {{0}, {0}};
    PyObject *result = NULL;
    box touched;
    (void)module;
    if (PyArg_ParseTuple(arguments, "O&O&O&", to_read, &views[0], to_box, &touched, to_write, &views[1]) &&
        has_cells(views, touched) && sum_touched(views, touched))
        result = Py_NewRef(Py_None);
    let_go(views, 2);
    return result;
}

/* The means of all cells in so many parts of a level, rounded; or by how much they fall short of 1, times 255. */
FOR_EACH_PROCESSOR
static void print_cells(const int64_t *sums, size_t height, size_t width, size_t rows, size_t columns, double parts,
                        int is_share, uint16_t *prints)
{
    for (size_t row = 0; row < rows; row++) {
        const size_t high = (row + 1) * height / rows - row * height / rows;
        for (size_t column = 0; column < columns; column++) {
            const size_t wide = (column + 1) * width / columns - column * width / columns;
            const double mean = (double)*sums++ / (double)(high * wide);
            *prints++ = (uint16_t)rint((is_share ? 255 * (1 - mean) : mean) * parts);
        }
    }
}

/* cell_prints(plane, box, sums, parts, is_share, prints): as cell_sums, then of all cells */
static PyObject *cell_prints(PyObject *module, PyObject *arguments)
{
    Py_buffer views[3] = {{0}, {0}, {0}};
    PyObject *result = NULL;
    box touched;
    double parts;
    int is_share;
    (void)module;
    if (PyArg_ParseTuple(arguments, "O&O&O&dpO&", to_read, &views[0], to_box, &touched, to_write, &views[1], &parts,
                         &is_share, to_write, &views[2]) &&
        has_cells(views, touched) && has_length(&views[2], U16, views[1].shape[0] * views[1].shape[1])) {
        const size_t height = (size_t)views[0].shape[0], width = (size_t)views[0].shape[1];
        const size_t rows = (size_t)views[1].shape[0], columns = (size_t)views[1].shape[1];
        if (sum_touched(views, touched)) {
            print_cells(views[1].buf, height, width, rows, columns, parts, is_share, views[2].buf);
            result = Py_NewRef(Py_None);
        }
    }
    let_go(views, 3);
    return result;
}

PyMethodDef cells_methods[] = {
    {"cell_sums", cell_sums_of, METH_VARARGS, NULL},
    {"cell_prints", cell_prints, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
