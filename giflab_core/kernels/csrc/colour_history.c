/* How far the mean colours of blocks go forth and back: see colour_history.py. */
#include "arrays.h"

#include <math.h>

#include "lab.h"

/* So many pictures at most, the latest first; each as two grids of mean colours of 4 bytes. */
enum { HISTORY_PICTURES = 5, MIDDLE = 1 };

static const double TINY = 1e-9;

typedef struct {
    double a, b;
} chroma;

/* The mean colours of one block in one picture: of the original, and of the compressed one. */
typedef struct {
    const uint8_t *original, *compressed;
} block;

INLINED uint8_t share_of(block each)
{
    return each.original[3] < each.compressed[3] ? each.original[3] : each.compressed[3];
}

INLINED chroma chroma_of(lately *memory, const uint8_t *colour)
{
    const lab each = to_lab_lately(memory, colour);
    return (chroma){each.a, each.b};
}

INLINED chroma way(chroma from, chroma to)
{
    return (chroma){to.a - from.a, to.b - from.b};
}

INLINED double length(chroma each)
{
    return sqrt(each.a * each.a + each.b * each.b);
}

INLINED double larger(double one, double other)
{
    return one < other ? other : one;
}

/* Whether the error, in whole levels of R, G and B, turned back: most do not, and need no CIELAB. */
INLINED int is_turned(const block *pictures, size_t count)
{
    int errors[HISTORY_PICTURES][3], turned = 0;
    for (size_t index = 0; index < count; index++)
        for (int channel = 0; channel < 3; channel++)
            errors[index][channel] = share_of(pictures[index]) ? pictures[index].compressed[channel] -
                                                                     pictures[index].original[channel] : 0;
    for (size_t index = MIDDLE + 1; index < count; index++) {
        int along = 0;
        for (int channel = 0; channel < 3; channel++)
            along += (errors[MIDDLE][channel] - errors[index][channel]) *
                     (errors[MIDDLE][channel] - errors[0][channel]);
        turned |= along > 0;
    }
    return turned;
}

/* How far the chroma's error turned back, by more than the original's own chroma went. */
INLINED double turned_back(const block *pictures, size_t count, lately *memory)
{
    chroma own[HISTORY_PICTURES], errors[HISTORY_PICTURES];
    for (size_t index = 0; index < count; index++) {
        own[index] = chroma_of(memory, pictures[index].original);
        errors[index] = share_of(pictures[index]) ? way(own[index], chroma_of(memory, pictures[index].compressed))
                                                  : (chroma){0, 0};
    }
    const chroma back = way(errors[0], errors[MIDDLE]);
    double moved = length(way(own[MIDDLE], own[0])), most = 0;
    for (size_t index = MIDDLE + 1; index < count; index++) {
        const chroma forth = way(errors[index], errors[MIDDLE]);
        const double longer = larger(larger(length(forth), length(back)), TINY);
        moved = larger(moved, length(way(own[MIDDLE], own[index])));
        most = larger(most, (forth.a * back.a + forth.b * back.b) / longer - moved);
    }
    return most;
}

/* The sum over the blocks of a part of the grid, times the share of each that is opaque; that share of all blocks. */
static double turned_sum(const uint8_t *const *pictures, size_t count, size_t rows, size_t columns, box part,
                         const double *linear, int64_t *shares)
{
    const size_t grid = 4 * rows * columns;
    lately memory;
    double sum = 0;
    forget(&memory, linear);
    *shares = 0;
    for (size_t row = 0; row < rows; row++)
        for (size_t column = 0; column < columns; column++) {
            const size_t at = 4 * (row * columns + column);
            block found[HISTORY_PICTURES];
            for (size_t index = 0; index < count; index++)
                found[index] = (block){pictures[index] + at, pictures[index] + grid + at};
            *shares += share_of(found[0]);
            if (part.top <= row && row < part.bottom && part.left <= column && column < part.right &&
                is_turned(found, count))
                sum += share_of(found[0]) * turned_back(found, count, &memory);
        }
    return sum;
}

/* colour_turned(means, latest, count, part, linear) -> (sum, shares); means: of (pictures, 2, rows, columns, 4) */
static PyObject *colour_turned(PyObject *module, PyObject *arguments)
{
    (void)module;
    enum { MEANS, LINEAR, ARRAYS };
    Py_buffer arrays[ARRAYS] = {0};
    Py_ssize_t latest, count;
    box part;
    PyObject *result = NULL;
    if (!PyArg_ParseTuple(arguments, "O&nnO&O&", to_read, &arrays[MEANS], &latest, &count, to_box, &part, to_read,
                          &arrays[LINEAR]) ||
        !is_array(&arrays[MEANS], U8, 5) || !has_length(&arrays[LINEAR], F64, 256))
        goto release;
    const Py_ssize_t *const shape = arrays[MEANS].shape;
    if (shape[1] != 2 || shape[4] != 4 || latest < 0 || latest >= shape[0] || count < 3 || count > shape[0] ||
        count > HISTORY_PICTURES || part.bottom > (size_t)shape[2] || part.right > (size_t)shape[3]) {
        PyErr_SetString(PyExc_ValueError, "3 to 5 pictures are needed, each of two grids, and a part of those");
        goto release;
    }
    const uint8_t *pictures[HISTORY_PICTURES];
    for (Py_ssize_t index = 0; index < count; index++)
        pictures[index] = (const uint8_t *)arrays[MEANS].buf +
                          (latest + shape[0] - index) % shape[0] * (arrays[MEANS].len / shape[0]);
    double sum;
    int64_t shares;
    Py_BEGIN_ALLOW_THREADS
    sum = turned_sum(pictures, (size_t)count, (size_t)shape[2], (size_t)shape[3], part, arrays[LINEAR].buf, &shares);
    Py_END_ALLOW_THREADS
    result = Py_BuildValue("dL", sum, (long long)shares);
release:
    let_go(arrays, ARRAYS);
    return result;
}

PyMethodDef colour_history_methods[] = {
    {"colour_turned", colour_turned, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
