/* How much two pictures differ in each tile of 8x8 pixels, from the sums that tiles.c makes. */
#include "arrays.h"

#include <math.h>

#include "simd.h"
#include "tiles.h"

/* By how many levels the mean colours of what is opaque differ, in the channel in which they differ most; 0 if fewer
 * pixels than `least` are opaque in both. */
INLINED float apart(const int32_t *sums, double least)
{
    double most = 0;
    if (sums[8] < 255 * least)
        return 0;
    for (size_t channel = 0; channel < 3; channel++) {
        const double difference = fabs(255.0 * sums[channel] / sums[3] - 255.0 * sums[4 + channel] / sums[7]);
        most = difference > most ? difference : most;
    }
    return (float)most;
}

typedef struct {
    size_t rows, columns;
    double faint, faint_steps, own, least;
    float *structure, *detail, *error, *tiles_apart, *windows_apart;
} measured;

/* Hands the numbers of a window on to the tiles of it that have enough of its error. */
static void measure_window(const int32_t *tiles, size_t row, size_t column, size_t high, size_t wide, size_t per_row,
                           const measured *to)
{
    const int32_t *first = tiles + (row * to->columns + column) * FIELDS;
    const size_t below = (high - 1) * to->columns * FIELDS, beside = (wide - 1) * FIELDS;
    to->windows_apart[row * per_row + column] = 0;
    if (!(first[9] | first[below + 9] | first[beside + 9] | first[below + beside + 9]))
        return;
    int32_t sums[FIELDS];
    for (size_t field = 0; field < FIELDS; field++)
        sums[field] = first[field] + (high > 1 ? first[below + field] : 0);
    if (wide > 1)
        for (size_t field = 0; field < FIELDS; field++)
            sums[field] += first[beside + field] + (high > 1 ? first[below + beside + field] : 0);
    const double n = sums[17], x = sums[10] / n, y = sums[11] / n;
    const double xx = sums[12] / n - x * x, yy = sums[13] / n - y * y, xy = sums[14] / n - x * y;
    const float structure = (float)(1 - (2 * xy + to->faint) / (xx + yy + to->faint));
    const float error = (float)sqrt(sums[9] / (3 * n));
    const float detail = (float)((sums[15] - sums[16]) / (sums[15] + sums[16] + to->faint_steps * n));
    to->windows_apart[row * per_row + column] = apart(sums, to->least);
    for (size_t i = 0; i < high; i++)
        for (size_t j = 0; j < wide; j++) {
            const size_t tile = (row + i) * to->columns + column + j;
            if (tiles[tile * FIELDS + 9] * n >= to->own * sums[9] * tiles[tile * FIELDS + 17]) {
                to->structure[tile] = structure > to->structure[tile] ? structure : to->structure[tile];
                to->detail[tile] = detail > to->detail[tile] ? detail : to->detail[tile];
                to->error[tile] = error > to->error[tile] ? error : to->error[tile];
            }
        }
}

static void measure_tiles(const int32_t *tiles, const measured *to)
{
    const size_t count = to->rows * to->columns, high = to->rows > 1 ? 2 : 1, wide = to->columns > 1 ? 2 : 1;
    const size_t per_row = to->columns - wide + 1;
    for (size_t tile = 0; tile < count; tile++) {
        const int32_t *sums = tiles + tile * FIELDS;
        to->structure[tile] = to->detail[tile] = to->error[tile] = 0;
        to->tiles_apart[tile] = sums[9] ? apart(sums, to->least) : 0;
    }
    for (size_t row = 0; row + high <= to->rows; row++)
        for (size_t column = 0; column + wide <= to->columns; column++)
            measure_window(tiles, row, column, high, wide, per_row, to);
}

/* tile_measures(tiles, faint, faint_steps, own, least, out, windows) */
static PyObject *tile_measures_of(PyObject *module, PyObject *arguments)
{
    Py_buffer views[3] = {{0}, {0}, {0}};
    PyObject *result = NULL;
    measured to;
    (void)module;
    if (PyArg_ParseTuple(arguments, "O&ddddO&O&", to_read, &views[0], &to.faint, &to.faint_steps, &to.own, &to.least,
                         to_write, &views[1], to_write, &views[2]) &&
        is_array(&views[0], I32, 3) && is_array(&views[1], F32, 3) && is_array(&views[2], F32, 2)) {
        const Py_ssize_t rows = views[0].shape[0], columns = views[0].shape[1];
        if (rows < 1 || columns < 1 || views[0].shape[2] != FIELDS || views[1].shape[0] != 4 ||
            views[1].shape[1] != rows || views[1].shape[2] != columns ||
            views[2].shape[0] != (rows > 1 ? rows - 1 : 1) || views[2].shape[1] != (columns > 1 ? columns - 1 : 1)) {
            PyErr_SetString(PyExc_ValueError, "tiles, measures and windows differ in size");
        } else {
            to.rows = (size_t)rows;
            to.columns = (size_t)columns;
            to.structure = views[1].buf;
            to.detail = to.structure + rows * columns;
            to.error = to.detail + rows * columns;
            to.tiles_apart = to.error + rows * columns;
            to.windows_apart = views[2].buf;
            Py_BEGIN_ALLOW_THREADS
            measure_tiles(views[0].buf, &to);
            Py_END_ALLOW_THREADS
            result = Py_NewRef(Py_None);
        }
    }
    let_go(views, 3);
    return result;
}

PyMethodDef tile_measures_methods[] = {
    {"tile_measures", tile_measures_of, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
