/* How much two pictures differ in each tile of 8x8 pixels, from the sums that tiles.c makes. */
#include "arrays.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ciede2000.h"
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
    box part;
    double faint, faint_steps, own, least;
    float *structure, *detail, *error, *apart, *lost, *gained;
} measured;

/* Hands the numbers of a window on to those tiles of it, within the part, that have enough of its error. */
static void measure_window(const int32_t *tiles, size_t row, size_t column, size_t high, size_t wide,
                           const measured *to)
{
    const int32_t *first = tiles + (row * to->columns + column) * FIELDS;
    const size_t below = (high - 1) * to->columns * FIELDS, beside = (wide - 1) * FIELDS;
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
    for (size_t i = row < to->part.top; i < high && row + i < to->part.bottom; i++)
        for (size_t j = column < to->part.left; j < wide && column + j < to->part.right; j++) {
            const size_t tile = (row + i) * to->columns + column + j;
            if (tiles[tile * FIELDS + 9] * n >= to->own * sums[9] * tiles[tile * FIELDS + 17]) {
                to->structure[tile] = structure > to->structure[tile] ? structure : to->structure[tile];
                to->detail[tile] = detail > to->detail[tile] ? detail : to->detail[tile];
                to->error[tile] = error > to->error[tile] ? error : to->error[tile];
            }
        }
}

static void measure_tile(const int32_t *sums, size_t tile, const measured *to)
{
    const double area = 255 * (sums[17] > to->least ? sums[17] : to->least);
    to->structure[tile] = to->detail[tile] = to->error[tile] = 0;
    to->apart[tile] = sums[9] ? apart(sums, to->least) : 0;
    to->lost[tile] = (float)((sums[3] - sums[8]) / area);
    to->gained[tile] = (float)((sums[7] - sums[8]) / area);
}

/* `near` has room for three rows of tiles. */
static void measure_tiles(const int32_t *tiles, const uint8_t *marks, size_t reach, uint8_t *near, const measured *to)
{
    const size_t high = to->rows > 1 ? 2 : 1, wide = to->columns > 1 ? 2 : 1;
    for (size_t row = to->part.top; row < to->part.bottom; row++)
        for (size_t column = to->part.left; column < to->part.right; column++)
            measure_tile(tiles + (row * to->columns + column) * FIELDS, row * to->columns + column, to);
    for (size_t row = to->part.top ? to->part.top - 1 : 0; row < to->part.bottom && row + high <= to->rows; row++) {
        uint8_t *const lower = near + to->columns;
        near_in_row(marks, to->rows, to->columns, row, reach, lower + to->columns, near);
        near_in_row(marks, to->rows, to->columns, row + high - 1, reach, lower + to->columns, lower);
        for (size_t column = to->part.left ? to->part.left - 1 : 0;
             column < to->part.right && column + wide <= to->columns; column++)
            if (near[column] | near[column + wide - 1] | lower[column] | lower[column + wide - 1])
                measure_window(tiles, row, column, high, wide, to);
    }
}

/* Whether the arrays of tiles, of marks and of measures are of one size, and the part is within it. */
static int are_measurable(const Py_buffer *views, box part)
{
    if (!is_array(&views[0], I32, 3) || !is_array(&views[1], U8, 2) || !is_array(&views[2], F32, 3) ||
        !is_within(part, &views[1]))
        return 0;
    const Py_ssize_t rows = views[0].shape[0], columns = views[0].shape[1];
    if (rows >= 1 && columns >= 1 && views[0].shape[2] == FIELDS && views[1].shape[0] == rows &&
        views[1].shape[1] == columns && views[2].shape[0] == 6 && views[2].shape[1] == rows &&
        views[2].shape[2] == columns)
        return 1;
    PyErr_SetString(PyExc_ValueError, "tiles, marks and measures differ in size");
    return 0;
}

/* tile_measures(tiles, marks, part, reach, faint, faint_steps, own, least, out): of the tiles in the part */
static PyObject *tile_measures_of(PyObject *module, PyObject *arguments)
{
    Py_buffer views[3] = {{0}, {0}, {0}};
    PyObject *result = NULL;
    Py_ssize_t reach;
    measured to;
    (void)module;
    if (PyArg_ParseTuple(arguments, "O&O&O&nddddO&", to_read, &views[0], to_read, &views[1], to_box, &to.part, &reach,
                         &to.faint, &to.faint_steps, &to.own, &to.least, to_write, &views[2]) &&
        are_measurable(views, to.part)) {
        to.rows = (size_t)views[0].shape[0];
        to.columns = (size_t)views[0].shape[1];
        float **const planes[] = {&to.structure, &to.detail, &to.error, &to.apart, &to.lost, &to.gained};
        for (size_t i = 0; i < 6; i++)
            *planes[i] = (float *)views[2].buf + i * to.rows * to.columns;
        uint8_t *const near = malloc(3 * to.columns);
        if (near) {
            BEGIN_WORK(50 * area_of(to.part))
            measure_tiles(views[0].buf, views[1].buf, (size_t)reach, near, &to);
            END_WORK
        }
        free(near);
        result = near ? Py_NewRef(Py_None) : PyErr_NoMemory();
    }
    let_go(views, 3);
    return result;
}

/* What windows and tiles are of, and the limits of both. */
typedef struct {
    const int32_t *sums;
    size_t rows, columns;
    const double *linear;
    double least, apart;
    double *windows; /* by their upper left tiles, below 0 where not known */
} coloured;

/* How much the mean colours of what is opaque differ. */
static double colour_difference(const int32_t *sums, const double *linear)
{
    uint8_t means[2][4] = {{0}};
    if (!sums[3] || !sums[7])
        return 0;
    for (size_t side = 0; side < 2; side++)
        for (size_t channel = 0; channel < 3; channel++) {
            const double mean = rint(255.0 * sums[4 * side + channel] / sums[4 * side + 3]);
            means[side][channel] = (uint8_t)(mean > 255 ? 255 : mean > 0 ? mean : 0);
        }
    return ciede2000(to_lab(means[0], linear), to_lab(means[1], linear));
}

static double colour_of_window(const coloured *of, size_t row, size_t column)
{
    double *const known = of->windows + row * of->columns + column;
    if (*known < 0) {
        int32_t sums[FIELDS] = {0};
        for (size_t i = row; i < row + 2 && i < of->rows; i++)
            for (size_t j = column; j < column + 2 && j < of->columns; j++)
                for (size_t field = 0; field < FIELDS; field++)
                    sums[field] += of->sums[(i * of->columns + j) * FIELDS + field];
        *known = sums[9] && apart(sums, of->least) >= of->apart ? colour_difference(sums, of->linear) : 0;
    }
    return *known;
}

/* Of a tile, or of the window with it that differs most. */
static double colour_of_tile(const coloured *of, size_t row, size_t column)
{
    const size_t last_row = of->rows > 1 ? of->rows - 2 : 0, last_column = of->columns > 1 ? of->columns - 2 : 0;
    double most = colour_difference(of->sums + (row * of->columns + column) * FIELDS, of->linear);
    for (size_t i = row ? row - 1 : 0; i <= row && i <= last_row; i++)
        for (size_t j = column ? column - 1 : 0; j <= column && j <= last_column; j++) {
            const double found = colour_of_window(of, i, j);
            most = found > most ? found : most;
        }
    return most;
}

/* tile_colours(sums, tiles, least, apart, linear, out): of tiles by their flat indices */
static PyObject *tile_colours_of(PyObject *module, PyObject *arguments)
{
    Py_buffer views[4] = {{0}, {0}, {0}, {0}};
    PyObject *result = NULL;
    coloured of;
    (void)module;
    if (PyArg_ParseTuple(arguments, "O&O&ddO&O&", to_read, &views[0], to_read, &views[1], &of.least, &of.apart, to_read,
                         &views[2], to_write, &views[3]) &&
        is_array(&views[0], I32, 3) && is_array(&views[1], I64, 1) && has_length(&views[2], F64, 256) &&
        has_length(&views[3], F64, views[1].shape[0])) {
        const int64_t *const tiles = views[1].buf;
        const size_t count = (size_t)views[1].shape[0];
        of.sums = views[0].buf;
        of.rows = (size_t)views[0].shape[0];
        of.columns = (size_t)views[0].shape[1];
        of.linear = views[2].buf;
        int is_fitting = views[0].shape[2] == FIELDS;
        for (size_t i = 0; is_fitting && i < count; i++)
            is_fitting = tiles[i] >= 0 && (size_t)tiles[i] < of.rows * of.columns;
        of.windows = is_fitting ? malloc((of.rows * of.columns + 1) * sizeof *of.windows) : NULL;
        if (of.windows) {
            BEGIN_WORK(300 * count)
            for (size_t i = 0; i < of.rows * of.columns; i++)
                of.windows[i] = -1;
            for (size_t i = 0; i < count; i++)
                ((double *)views[3].buf)[i] =
                    colour_of_tile(&of, (size_t)tiles[i] / of.columns, (size_t)tiles[i] % of.columns);
            END_WORK
            free(of.windows);
            result = Py_NewRef(Py_None);
        } else if (is_fitting) {
            PyErr_NoMemory();
        } else {
            PyErr_SetString(PyExc_IndexError, "there is no such tile");
        }
    }
    let_go(views, 4);
    return result;
}

/* Whether any of the rows of so many values is above its floor, column by column. */
FOR_EACH_PROCESSOR
static void find_above(const float *RESTRICT values, const float *RESTRICT floors, size_t rows, size_t columns,
                       uint8_t *RESTRICT above)
{
    memset(above, 0, columns);
    for (size_t row = 0; row < rows; row++)
        for (size_t column = 0; column < columns; column++)
            above[column] |= values[row * columns + column] > floors[row];
}

/* tiles_above(values, floors, out): float32 (rows, columns), (rows,), bool (columns,) */
static PyObject *tiles_above_of(PyObject *module, PyObject *arguments)
{
    Py_buffer views[3] = {{0}, {0}, {0}};
    PyObject *result = NULL;
    (void)module;
    if (PyArg_ParseTuple(arguments, "O&O&O&", to_read, &views[0], to_read, &views[1], to_write, &views[2]) &&
        is_array(&views[0], F32, 2) && has_length(&views[1], F32, views[0].shape[0]) &&
        has_length(&views[2], U8, views[0].shape[1])) {
        find_above(views[0].buf, views[1].buf, (size_t)views[0].shape[0], (size_t)views[0].shape[1], views[2].buf);
        result = Py_NewRef(Py_None);
    }
    let_go(views, 3);
    return result;
}

/* What is not known yet of tiles whose colours are apart, and how large specks are, of which the first number tells. */
static void fill_in(float *colour, float *speck, const int32_t *specks, size_t columns, box part, box touched,
                    float near, uint8_t *known)
{
    enum { NUMBERS = 4 };
    for (size_t row = part.top; row < part.bottom; row++)
        for (size_t tile = row * columns + part.left; tile < row * columns + part.right; tile++) {
            colour[tile] = colour[tile] >= near ? INFINITY : 0;
            known[tile] = 0;
        }
    for (size_t row = touched.top; row < touched.bottom; row++)
        for (size_t tile = row * columns + touched.left; tile < row * columns + touched.right; tile++)
            speck[tile] = (float)(specks[NUMBERS * tile] / 255.0);
}

/* tiles_judged(values, specks, part, touched, colour, speck, near, floors, known, above) -> whether any is above: float32
 * (measures, rows, columns), int32 (rows, columns, 4), two boxes of tiles, which measures are meant; bool, one a tile */
static PyObject *tiles_judged(PyObject *module, PyObject *arguments)
{
    enum { VALUES, SPECKS, FLOORS, KNOWN, ABOVE, ARRAYS };
    Py_buffer views[ARRAYS] = {0};
    PyObject *result = NULL;
    box part, touched;
    Py_ssize_t colour, speck;
    float near;
    (void)module;
    if (PyArg_ParseTuple(arguments, "O&O&O&O&nnfO&O&O&", to_write, &views[VALUES], to_read, &views[SPECKS], to_box, &part,
                         to_box, &touched, &colour, &speck, &near, to_read, &views[FLOORS], to_write, &views[KNOWN],
                         to_write, &views[ABOVE]) &&
        is_array(&views[VALUES], F32, 3) && is_array(&views[SPECKS], I32, 3) && is_within(part, &views[SPECKS]) &&
        is_within(touched, &views[SPECKS])) {
        const Py_ssize_t measures = views[VALUES].shape[0], rows = views[SPECKS].shape[0];
        const Py_ssize_t columns = views[SPECKS].shape[1], tiles = rows * columns;
        if (views[VALUES].shape[1] != rows || views[VALUES].shape[2] != columns || views[SPECKS].shape[2] != 4 ||
            colour < 0 || colour >= measures || speck < 0 || speck >= measures) {
            PyErr_SetString(PyExc_ValueError, "measures and specks differ in size");
        } else if (has_length(&views[FLOORS], F32, measures) && has_length(&views[KNOWN], U8, tiles) &&
                   has_length(&views[ABOVE], U8, tiles)) {
            float *const values = views[VALUES].buf;
            fill_in(values + colour * tiles, values + speck * tiles, views[SPECKS].buf, (size_t)columns, part, touched,
                    near, views[KNOWN].buf);
            find_above(values, views[FLOORS].buf, (size_t)measures, (size_t)tiles, views[ABOVE].buf);
            result = PyBool_FromLong(tiles && memchr(views[ABOVE].buf, 1, (size_t)tiles));
        }
    }
    let_go(views, ARRAYS);
    return result;
}

PyMethodDef tile_measures_methods[] = {
    {"tile_colours", tile_colours_of, METH_VARARGS, NULL},
    {"tiles_judged", tiles_judged, METH_VARARGS, NULL},
    {"tiles_above", tiles_above_of, METH_VARARGS, NULL},
    {"tile_measures", tile_measures_of, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
