/* What tells a photograph from a drawing: the colours of some pixels, and the steps between neighbours. */
#include "arrays.h"

#include <stdlib.h>
#include <string.h>

#include "simd.h"

/* Rows of pixels of 4 bytes. */
typedef struct {
    const uint8_t *pixels;
    size_t rows, width;
} some_rows;

INLINED uint32_t pixel_at(const some_rows *of, size_t index)
{
    uint32_t pixel;
    memcpy(&pixel, of->pixels + 4 * index, sizeof pixel);
    return pixel;
}

/* How many pixels have each colour, at hashed places: `size` of them, a power of two, each 0 where no colour is. */
static void count_pixels(const some_rows *of, uint64_t multiplier, unsigned bits, uint32_t *keys, uint32_t *counts)
{
    const size_t n = of->rows * of->width, last = ((size_t)1 << bits) - 1;
    for (size_t i = 0; i < n; i++) {
        const uint32_t key = pixel_at(of, i);
        size_t place = key * multiplier >> (64 - bits);
        while (counts[place] && keys[place] != key)
            place = (place + 1) & last;
        keys[place] = key;
        counts[place]++;
    }
}

typedef struct {
    double covering, dominant, ground;
} shares;

/* How many of the most frequent colours cover a share, the share of the first one, and the largest share of visible
 * pixels. `times[n]`: room for how many colours have so many pixels, all 0. */
static shares find_shares(const uint32_t *keys, const uint32_t *counts, size_t size, size_t n, double share,
                          uint32_t *times)
{
    shares found = {1, 0, 1};
    size_t visible = 0, ground = 0;
    for (size_t place = 0; place < size; place++) {
        const uint32_t count = counts[place];
        if (!count)
            continue;
        times[count]++;
        if (keys[place]) {
            visible += count;
            ground = count > ground ? count : ground;
        }
    }
    double covered = 0;
    for (size_t count = n; count; count--)
        for (uint32_t time = 0; time < times[count]; time++) {
            const double more = (double)count / (double)n;
            if (!covered)
                found.dominant = more;
            covered += more;
            found.covering += covered < share;
        }
    if (visible)
        found.ground = (double)ground / (double)visible;
    return found;
}

/* The largest difference of R, G and B. */
INLINED int step_of(const uint8_t *one, const uint8_t *other)
{
    int largest = 0;
    for (int channel = 0; channel < 3; channel++) {
        const int step = abs(one[channel] - other[channel]);
        largest = step > largest ? step : largest;
    }
    return largest;
}

typedef struct {
    int64_t steps, soft, busy;
} edges;

/* How many neighbours in a row differ, how many of these by a small step, and how many pixels differ from both;
 * `columns[i]`: how many differ between i and i + 1. */
static edges find_edges(const some_rows *of, int small, int64_t *columns)
{
    edges found = {0};
    for (size_t row = 0; row < of->rows; row++)
        for (size_t before = 0, column = 0; column + 1 < of->width; column++) {
            const size_t at = row * of->width + column, differs = pixel_at(of, at) != pixel_at(of, at + 1);
            columns[column] += (int64_t)differs;
            found.busy += before & differs;
            before = differs;
            if (differs) {
                found.steps++;
                found.soft += step_of(of->pixels + 4 * at, of->pixels + 4 * at + 4) <= small;
            }
        }
    return found;
}

/* The largest number of pixels that nearly all edges are multiples of. */
static size_t find_scale(const int64_t *columns, size_t n, size_t largest, double most)
{
    size_t found = 1;
    for (size_t scale = 2; scale <= largest && scale <= n / 2; scale++)
        for (size_t start = 0; start < scale; start++) {
            int64_t on_grid = 0;
            for (size_t column = start; column < n; column += scale)
                on_grid += columns[column];
            if ((double)on_grid > most)
                found = scale;
        }
    return found;
}

/* traits(pixels, share, small, largest, on_grid, multiplier) -> the fields of Traits, in their order */
static PyObject *traits(PyObject *module, PyObject *arguments)
{
    (void)module;
    Py_buffer view = {0};
    PyObject *result = NULL;
    double share, on_grid;
    int small;
    Py_ssize_t largest;
    unsigned long long multiplier;
    if (!PyArg_ParseTuple(arguments, "O&dindK", to_read, &view, &share, &small, &largest, &on_grid, &multiplier) ||
        !are_pictures(&view, 1))
        goto release;
    const some_rows of = {view.buf, (size_t)view.shape[0], (size_t)view.shape[1]};
    const size_t n = of.rows * of.width;
    unsigned bits = 4;
    while ((size_t)1 << bits < 2 * n)
        bits++;
    const size_t size = (size_t)1 << bits;
    uint32_t *const keys = malloc(size * sizeof *keys), *const counts = calloc(size + n + 1, sizeof *counts);
    int64_t *const columns = calloc(of.width, sizeof *columns);
    if (keys && counts && columns) {
        shares colours;
        edges found;
        size_t scale;
        BEGIN_WORK(5 * n)
        count_pixels(&of, multiplier | 1, bits, keys, counts);
        colours = find_shares(keys, counts, size, n, share, counts + size);
        found = find_edges(&of, small, columns);
        scale = find_scale(columns, of.width - 1, found.steps ? (size_t)largest : 0, on_grid * (double)found.steps);
        END_WORK
        const double inner = of.width > 2 ? (double)(of.rows * (of.width - 2)) : 1;
        result = Py_BuildValue("dddddd", colours.covering, colours.dominant, colours.ground, (double)found.busy / inner,
                               found.steps ? (double)found.soft / (double)found.steps : 0.0, (double)scale);
    } else {
        PyErr_NoMemory();
    }
    free(keys);
    free(counts);
    free(columns);
release:
    let_go(&view, 1);
    return result;
}

PyMethodDef traits_methods[] = {
    {"traits", traits, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
