/* Which colours have one that looks the same among others. Colours are those of lab.h. */
#include "arrays.h"

#include <stdlib.h>

#include "lab.h"
#include "simd.h"

/* Colours by cells of CIELAB: those in place p of a table are from starts[p] to starts[p + 1]. What else a place has
 * than one cell, distances tell. Colours of 8 bits a channel that are all different are 265 to a cell of 2.4 in the
 * mean and 4821 at most, however many there are. */
typedef struct {
    double *l, *a, *b;
    uint32_t *starts;
    uint64_t multiplier;
    unsigned bits;
    double size; /* of a cell, a little more than the distance that is looked for */
} cells;

typedef struct {
    uint64_t l, a, b;
} cell;

INLINED uint64_t step(const cells *grid, double coordinate)
{
    const double steps = (coordinate + 256) / grid->size; /* a and b lie between -108 and 99 */
    return steps > 0 && steps < 0x1p52 ? (uint64_t)(int64_t)steps : 0;
}

INLINED cell cell_of(const cells *grid, lab colour)
{
    return (cell){step(grid, colour.l), step(grid, colour.a), step(grid, colour.b)};
}

INLINED uint32_t place_of(const cells *grid, cell at)
{
    return (uint32_t)((at.l << 42 | at.a << 21 | at.b) * grid->multiplier >> (64 - grid->bits));
}

/* Whether one of the colours from `start` to `end` is near. */
INLINED uint8_t has_near(const cells *grid, size_t start, size_t end, lab colour, double tolerance)
{
    enum { BLOCK = 32 };
    for (; start < end; start += BLOCK) {
        const size_t stop = end - start < BLOCK ? end : start + BLOCK;
        int64_t near = 0;
        for (size_t index = start; index < stop; index++) {
            const double l = grid->l[index] - colour.l, a = grid->a[index] - colour.a, b = grid->b[index] - colour.b;
            near |= l * l + a * a + b * b <= tolerance * tolerance;
        }
        if (near)
            return 1;
    }
    return 0;
}

/* Sort colours into the cells; `places` is of their number, `starts` one longer than the table, all 0. */
static void fill(cells *grid, const uint8_t *colours, size_t n, const double *linear, uint32_t *places)
{
    for (size_t index = 0; index < n; index++) {
        places[index] = place_of(grid, cell_of(grid, to_lab(colours + 4 * index, linear)));
        grid->starts[places[index]]++;
    }
    uint32_t end = 0;
    for (size_t each = 0; each <= (size_t)1 << grid->bits; each++)
        grid->starts[each] = end += grid->starts[each];
    for (size_t index = 0; index < n; index++) {
        const uint32_t to = --grid->starts[places[index]];
        const lab colour = to_lab(colours + 4 * index, linear);
        grid->l[to] = colour.l;
        grid->a[to] = colour.a;
        grid->b[to] = colour.b;
    }
}

FOR_EACH_PROCESSOR
static void look(const cells *grid, const uint8_t *colours, size_t n, const double *linear, double tolerance,
                 uint8_t *found)
{
    static const uint64_t nearest_first[3] = {0, 1, (uint64_t)-1};
    for (size_t index = 0; index < n; index++) {
        const lab colour = to_lab(colours + 4 * index, linear);
        const cell own = cell_of(grid, colour);
        found[index] = 0;
        for (int neighbour = 0; neighbour < 27 && !found[index]; neighbour++) {
            const cell at = {own.l + nearest_first[neighbour / 9], own.a + nearest_first[neighbour / 3 % 3],
                             own.b + nearest_first[neighbour % 3]};
            const uint32_t *const start = grid->starts + place_of(grid, at);
            found[index] = has_near(grid, start[0], start[1], colour, tolerance);
        }
    }
}

/* Which of n colours have one among m others at a Euclidean distance in CIELAB of at most `tolerance`: 1 or 0.
 * `multiplier`: as in joint_find() in joint.c. 0 where memory is short. */
static int colour_counterparts(const uint8_t *colours, size_t n, const uint8_t *others, size_t m, const double *linear,
                               double tolerance, uint64_t multiplier, uint8_t *found)
{
    unsigned bits = 4;
    while ((size_t)1 << bits < m)
        bits++;
    double *const coordinates = malloc((3 * m + 1) * sizeof *coordinates);
    uint32_t *const starts = calloc(((size_t)1 << bits) + 1, sizeof *starts);
    uint32_t *const places = malloc((m + 1) * sizeof *places);
    const int whole = coordinates && starts && places;
    if (whole) {
        cells grid = {coordinates, coordinates + m, coordinates + 2 * m, starts, multiplier, bits, tolerance * 1.0625};
        fill(&grid, others, m, linear, places);
        look(&grid, colours, n, linear, tolerance, found);
    }
    free(places);
    free(starts);
    free(coordinates);
    return whole;
}

/* counterparts(colours, others, linear, tolerance, multiplier, out) */
static PyObject *counterparts_of(PyObject *module, PyObject *arguments)
{
    (void)module;
    enum { COLOURS, OTHERS, LINEAR, OUT, ARRAYS };
    Py_buffer arrays[ARRAYS] = {0};
    PyObject *result = NULL;
    unsigned long long multiplier;
    double tolerance;
    int whole;
    if (!PyArg_ParseTuple(arguments, "O&O&O&dKO&", to_read, &arrays[COLOURS], to_read, &arrays[OTHERS], to_read,
                          &arrays[LINEAR], &tolerance, &multiplier, to_write, &arrays[OUT]) ||
        !is_table(&arrays[COLOURS], U8, 4) || !is_table(&arrays[OTHERS], U8, 4) ||
        !has_length(&arrays[LINEAR], F64, 256) || !has_length(&arrays[OUT], U8, arrays[COLOURS].shape[0]))
        goto release;
    if (!(tolerance >= 0.01 && tolerance <= 100) || (uint64_t)arrays[OTHERS].shape[0] >= UINT32_MAX) {
        PyErr_SetString(PyExc_ValueError, "the tolerance is 0.01 to 100, the colours fewer than 2**32 - 1");
        goto release;
    }
    Py_BEGIN_ALLOW_THREADS
    whole = colour_counterparts(arrays[COLOURS].buf, (size_t)arrays[COLOURS].shape[0], arrays[OTHERS].buf,
                                (size_t)arrays[OTHERS].shape[0], arrays[LINEAR].buf, tolerance, multiplier | 1,
                                arrays[OUT].buf);
    Py_END_ALLOW_THREADS
    result = whole ? Py_NewRef(Py_None) : PyErr_NoMemory();
release:
    let_go(arrays, ARRAYS);
    return result;
}

PyMethodDef palette_methods[] = {
    {"counterparts", counterparts_of, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
