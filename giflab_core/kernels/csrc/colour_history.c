/* How far the mean colours of blocks go forth and back: see colour_history.py. */
#include "arrays.h"

#include <math.h>

#include "lab.h"

/* So many pictures at most, the latest first; each as two grids of mean colours of 4 bytes. */
enum { HISTORY_PICTURES = 24, AXES = 3 };

/* The mean colours of one block in one picture: of the original, and of the compressed one. */
typedef struct {
    const uint8_t *original, *compressed;
} block;

/* Since the latest picture, backwards: the error then, the most and the least of it and where they are, and how far the
 * original went. */
typedef struct {
    double error, most, least, top, bottom;
    size_t most_at, least_at;
} axis;

/* CIELAB of colours that came lately, in this picture or in those before; each has one place, of which there are 2 to the
 * power of `bits`. */
typedef struct {
    const double *linear;
    uint32_t *keys;
    lab *labs;
    unsigned bits;
} known_colours;

INLINED lab lab_of(const known_colours *known, const uint8_t *colour)
{
    const uint32_t key = rgb(colour), place = key * 0x9e3779b1 >> (32 - known->bits);
    if (known->keys[place] != key) {
        known->keys[place] = key;
        known->labs[place] = to_lab(colour, known->linear);
    }
    return known->labs[place];
}

INLINED uint8_t share_of(block each)
{
    return each.original[3] < each.compressed[3] ? each.original[3] : each.compressed[3];
}

INLINED double larger(double one, double other)
{
    return one < other ? other : one;
}

INLINED double smaller(double one, double other)
{
    return one < other ? one : other;
}

/* How far an error went forth from an earlier picture, and is back: the shorter way, and which picture is farthest. */
INLINED double way(const axis *since, double earlier, size_t *farthest)
{
    const double up = since->most - larger(since->error, earlier), down = smaller(since->error, earlier) - since->least;
    *farthest = up >= down ? since->most_at : since->least_at;
    return larger(0, larger(up, down));
}

INLINED void extend(axis *since, size_t index, double own, double error)
{
    if (!index)
        *since = (axis){error, error, error, own, own, 0, 0};
    if (error > since->most) {
        since->most = error;
        since->most_at = index;
    }
    if (error < since->least) {
        since->least = error;
        since->least_at = index;
    }
    since->top = larger(since->top, own);
    since->bottom = smaller(since->bottom, own);
}

INLINED int is_same(block one, block other)
{
    return !memcmp(one.original, other.original, 4) && !memcmp(one.compressed, other.compressed, 4);
}

/* Whether the error, in whole levels of R, G and B, turned back by so many: most did not, and need no CIELAB. */
INLINED int is_turned(const block *pictures, size_t count, double least)
{
    for (int channel = 0; channel < 3; channel++) {
        axis since = {0};
        size_t farthest = 0;
        for (size_t index = 0; index < count; index++) {
            const double error = share_of(pictures[index]) ? (double)pictures[index].compressed[channel] -
                                                                 pictures[index].original[channel] : 0;
            if (index && way(&since, error, &farthest) >= least)
                return 1;
            extend(&since, index, 0, error);
        }
    }
    return 0;
}

/* How far the error turned back, by more than the original's own colour went, and until when that counts. */
INLINED double turned_back(const block *pictures, const int64_t *left_ms, size_t count, const known_colours *known,
                           int64_t *until_ms)
{
    axis since[AXES] = {0};
    double most = 0;
    for (size_t index = 0; index < count; index++) {
        const lab own = lab_of(known, pictures[index].original);
        const lab other = lab_of(known, pictures[index].compressed);
        const double owns[AXES] = {own.l, own.a, own.b}, others[AXES] = {other.l, other.a, other.b};
        const int is_seen = share_of(pictures[index]);
        double turned = 0, moved = 0, longest = 0;
        size_t middle = 0;
        for (int each = 0; each < AXES; each++) {
            const double error = is_seen ? others[each] - owns[each] : 0;
            size_t farthest = 0;
            const double found = index ? way(&since[each], error, &farthest) : 0;
            extend(&since[each], index, owns[each], error);
            if (found > longest) {
                longest = found;
                middle = farthest;
            }
            turned += found * found;
            moved += (since[each].top - since[each].bottom) * (since[each].top - since[each].bottom);
        }
        const double left = sqrt(turned) - sqrt(moved);
        const int64_t until = 2 * left_ms[middle] - left_ms[index];
        if (left > most && until > left_ms[0]) {
            most = left;
            *until_ms = until;
        }
    }
    return most;
}

/* What is kept of each block: how far it turned back last, and until when that counts. */
typedef struct {
    double *turned;
    int64_t *until_ms;
} memory_of_blocks;

/* The sum over the blocks of a grid, times the share of each that is opaque; that share of all blocks. */
static double turned_sum(const uint8_t *const *pictures, const int64_t *left_ms, size_t count, const size_t *shape,
                         box part, double least, const known_colours *known, memory_of_blocks kept, int64_t *shares)
{
    const size_t rows = shape[0], columns = shape[1], grid = 4 * rows * columns;
    double sum = 0;
    *shares = 0;
    for (size_t row = 0; row < rows; row++)
        for (size_t column = 0; column < columns; column++) {
            const size_t place = row * columns + column, at = 4 * place;
            block found[HISTORY_PICTURES];
            for (size_t index = 0; index < count; index++)
                found[index] = (block){pictures[index] + at, pictures[index] + grid + at};
            const uint8_t share = share_of(found[0]);
            *shares += share;
            if (part.top <= row && row < part.bottom && part.left <= column && column < part.right &&
                !is_same(found[0], found[1]) && is_turned(found, count, least)) {
                int64_t until_ms = 0;
                const double turned = turned_back(found, left_ms, count, known, &until_ms);
                if (turned > 0 && (turned >= kept.turned[place] || kept.until_ms[place] <= left_ms[0])) {
                    kept.turned[place] = turned;
                    kept.until_ms[place] = until_ms;
                }
            }
            if (kept.until_ms[place] > left_ms[0])
                sum += share * kept.turned[place];
        }
    return sum;
}

/* colour_turned(means, left_ms, latest, part, least, linear, turned, until_ms, keys, labs) -> (sum, shares);
 * means: of (pictures, 2, rows, columns, 4); the next two that are updated: of (rows, columns); the last two: colours of 24
 * bits, and their CIELAB, a power of two of both */
static PyObject *colour_turned(PyObject *module, PyObject *arguments)
{
    (void)module;
    enum { MEANS, LEFT, LINEAR, TURNED, UNTIL, KEYS, LABS, ARRAYS };
    Py_buffer arrays[ARRAYS] = {0};
    Py_ssize_t latest;
    double least;
    box part;
    PyObject *result = NULL;
    if (!PyArg_ParseTuple(arguments, "O&O&nO&dO&O&O&O&O&", to_read, &arrays[MEANS], to_read, &arrays[LEFT], &latest, to_box,
                          &part, &least, to_read, &arrays[LINEAR], to_write, &arrays[TURNED], to_write,
                          &arrays[UNTIL], to_write, &arrays[KEYS], to_write, &arrays[LABS]) ||
        !is_array(&arrays[MEANS], U8, 5) || !is_array(&arrays[LEFT], I64, 1) || !has_length(&arrays[LINEAR], F64, 256) ||
        !is_array(&arrays[TURNED], F64, 2) || !is_array(&arrays[UNTIL], I64, 2) ||
        !is_array(&arrays[KEYS], U32, 1) || !is_table(&arrays[LABS], F64, 3) ||
        !has_rows(&arrays[LABS], arrays[KEYS].shape[0]))
        goto release;
    const Py_ssize_t *const shape = arrays[MEANS].shape, count = arrays[LEFT].shape[0];
    if (shape[1] != 2 || shape[4] != 4 || latest < 0 || latest >= shape[0] || count < 3 || count > shape[0] ||
        count > HISTORY_PICTURES || part.bottom > (size_t)shape[2] || part.right > (size_t)shape[3] ||
        arrays[TURNED].shape[0] != shape[2] || arrays[TURNED].shape[1] != shape[3] ||
        arrays[UNTIL].shape[0] != shape[2] || arrays[UNTIL].shape[1] != shape[3]) {
        PyErr_SetString(PyExc_ValueError, "3 to 24 pictures are needed, each of two grids, and a part of those");
        goto release;
    }
    known_colours known = {arrays[LINEAR].buf, arrays[KEYS].buf, arrays[LABS].buf, 1};
    while (known.bits < 24 && (Py_ssize_t)1 << known.bits < arrays[KEYS].shape[0])
        known.bits++;
    if ((Py_ssize_t)1 << known.bits != arrays[KEYS].shape[0]) {
        PyErr_SetString(PyExc_ValueError, "a power of two of colours is needed");
        goto release;
    }
    const uint8_t *pictures[HISTORY_PICTURES];
    for (Py_ssize_t index = 0; index < count; index++)
        pictures[index] = (const uint8_t *)arrays[MEANS].buf +
                          (latest + shape[0] - index) % shape[0] * (arrays[MEANS].len / shape[0]);
    double sum;
    int64_t shares;
    const size_t sides[2] = {(size_t)shape[2], (size_t)shape[3]};
    const memory_of_blocks kept = {arrays[TURNED].buf, arrays[UNTIL].buf};
    BEGIN_WORK(50 * (size_t)count * area_of(part))
    sum = turned_sum(pictures, arrays[LEFT].buf, (size_t)count, sides, part, least, &known, kept, &shares);
    END_WORK
    result = Py_BuildValue("dL", sum, (long long)shares);
release:
    let_go(arrays, ARRAYS);
    return result;
}

PyMethodDef colour_history_methods[] = {
    {"colour_turned", colour_turned, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
