/* What the colours of a palette are for other colours: the nearest, and how near. */
#include "arrays.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lab.h"

/* In CIELAB, in levels, and in linear light. */
enum { SPACES = 3, AXES = 3, LAB = 0, LEVELS = 1, LIGHT = 2 };

INLINED void find_spaces(uint32_t key, const double *linear, double to[SPACES][AXES])
{
    uint8_t colour[4];
    memcpy(colour, &key, sizeof colour);
    const lab found = to_lab(colour, linear);
    memcpy(to[LAB], &found, sizeof to[LAB]);
    for (size_t axis = 0; axis < AXES; axis++) {
        to[LEVELS][axis] = colour[axis];
        to[LIGHT][axis] = linear[colour[axis]];
    }
}

INLINED double squared_distance(const double *x, const double *y)
{
    const double a = x[0] - y[0], b = x[1] - y[1], c = x[2] - y[2];
    return a * a + b * b + c * c;
}

/* The least squared distance to n colours, in one space; `nearest`: the first that has it. */
INLINED double least_distance(const double *mine, const double *theirs, size_t n, int64_t *nearest)
{
    double least = INFINITY;
    for (size_t other = 0; other < n; other++) {
        const double found = squared_distance(mine, theirs + AXES * other);
        if (found < least) {
            least = found;
            *nearest = (int64_t)other;
        }
    }
    return least;
}

/* palette_learn(keys, lab, levels, light, linear, farther, farther_by, apart, mine, limits, nearest, squares, is_apart):
 * of colours, from a palette in three spaces; see nearest.py */
static PyObject *palette_learn(PyObject *module, PyObject *arguments)
{
    (void)module;
    enum { KEYS, THEIRS, LINEAR = THEIRS + SPACES, BY, MINE, LIMITS, NEAREST, SQUARES, APART, ARRAYS };
    Py_buffer views[ARRAYS] = {0};
    PyObject *result = NULL;
    double farther, apart;
    if (!PyArg_ParseTuple(arguments, "O&O&O&O&O&dO&dO&O&O&O&O&", to_read, &views[KEYS], to_read, &views[THEIRS], to_read,
                          &views[THEIRS + 1], to_read, &views[THEIRS + 2], to_read, &views[LINEAR], &farther, to_read,
                          &views[BY], &apart, to_write, &views[MINE], to_write, &views[LIMITS], to_write,
                          &views[NEAREST], to_write, &views[SQUARES], to_write, &views[APART]) ||
        !is_array(&views[KEYS], U32, 1) || !are_alike(views + THEIRS, SPACES, F64, 2) ||
        !is_table(&views[THEIRS], F64, AXES) || !has_length(&views[LINEAR], F64, 256) ||
        !has_length(&views[BY], F64, SPACES) || !is_array(&views[MINE], F64, 3) ||
        !is_table(&views[LIMITS], F64, SPACES))
        goto release;
    const Py_ssize_t n = views[KEYS].shape[0], others = views[THEIRS].shape[0];
    if (!has_rows(&views[MINE], n) || !has_rows(&views[LIMITS], n) || !has_length(&views[NEAREST], I64, n) ||
        !has_length(&views[SQUARES], F64, n) || !has_length(&views[APART], U8, n))
        goto release;
    if (views[MINE].shape[1] != SPACES || views[MINE].shape[2] != AXES || !others) {
        PyErr_SetString(PyExc_ValueError, "three coordinates in three spaces, and a palette, are needed");
        goto release;
    }
    double(*const mine)[SPACES][AXES] = views[MINE].buf;
    double *const limits = views[LIMITS].buf, *const squares = views[SQUARES].buf;
    int64_t *const nearest = views[NEAREST].buf;
    BEGIN_WORK(4 * n * others)
    for (Py_ssize_t i = 0; i < n; i++) {
        int64_t places[SPACES] = {0};
        find_spaces(((const uint32_t *)views[KEYS].buf)[i], views[LINEAR].buf, mine[i]);
        for (size_t space = 0; space < SPACES; space++) {
            const double least =
                least_distance(mine[i][space], views[THEIRS + space].buf, (size_t)others, &places[space]);
            limits[SPACES * i + (Py_ssize_t)space] = farther * sqrt(least) + ((const double *)views[BY].buf)[space];
            if (space == LEVELS)
                squares[i] = least;
        }
        nearest[i] = places[LAB];
        ((uint8_t *)views[APART].buf)[i] = squares[i] >= apart * apart;
    }
    END_WORK
    result = Py_NewRef(Py_None);
release:
    let_go(views, ARRAYS);
    return result;
}

/* Whether all of so many numbers are from a least one up to n; raises if not. */
static int are_places(const Py_buffer *view, int64_t least, Py_ssize_t n)
{
    const int64_t *const places = view->buf;
    for (Py_ssize_t i = 0; i < view->shape[0]; i++)
        if (places[i] < least || places[i] >= n) {
            PyErr_SetString(PyExc_IndexError, "there is no such colour");
            return 0;
        }
    return 1;
}

/* palette_near(mine, limits, places, lab, levels, light, usual, out): which colours are about as near to their usual one
 * as to the nearest, in one of the spaces; none has a usual one below 0 */
static PyObject *palette_near(PyObject *module, PyObject *arguments)
{
    (void)module;
    enum { MINE, LIMITS, PLACES, THEIRS, USUAL = THEIRS + SPACES, OUT, ARRAYS };
    Py_buffer views[ARRAYS] = {0};
    PyObject *result = NULL;
    if (!PyArg_ParseTuple(arguments, "O&O&O&O&O&O&O&O&", to_read, &views[MINE], to_read, &views[LIMITS], to_read,
                          &views[PLACES], to_read, &views[THEIRS], to_read, &views[THEIRS + 1], to_read,
                          &views[THEIRS + 2], to_read, &views[USUAL], to_write, &views[OUT]) ||
        !is_array(&views[MINE], F64, 3) || !is_table(&views[LIMITS], F64, SPACES) ||
        !has_rows(&views[LIMITS], views[MINE].shape[0]) || !is_array(&views[PLACES], I64, 1) ||
        !are_alike(views + THEIRS, SPACES, F64, 2) || !is_table(&views[THEIRS], F64, AXES))
        goto release;
    const Py_ssize_t n = views[PLACES].shape[0];
    if (!has_length(&views[USUAL], I64, n) || !has_length(&views[OUT], U8, n) ||
        !are_places(&views[PLACES], 0, views[MINE].shape[0]) ||
        !are_places(&views[USUAL], -1, views[THEIRS].shape[0]))
        goto release;
    if (views[MINE].shape[1] != SPACES || views[MINE].shape[2] != AXES) {
        PyErr_SetString(PyExc_ValueError, "three coordinates in three spaces are needed");
        goto release;
    }
    const double(*const mine)[SPACES][AXES] = views[MINE].buf;
    const double *const limits = views[LIMITS].buf;
    for (Py_ssize_t i = 0; i < n; i++) {
        const int64_t place = ((const int64_t *)views[PLACES].buf)[i], usual = ((const int64_t *)views[USUAL].buf)[i];
        uint8_t near = 0;
        for (size_t space = 0; usual >= 0 && space < SPACES; space++) {
            const double *const theirs = (const double *)views[THEIRS + space].buf + AXES * usual;
            near |= sqrt(squared_distance(mine[place][space], theirs)) <= limits[SPACES * place + (int64_t)space];
        }
        ((uint8_t *)views[OUT].buf)[i] = near;
    }
    result = Py_NewRef(Py_None);
release:
    let_go(views, ARRAYS);
    return result;
}

/* The squared distance in levels of R, G and B. */
INLINED int32_t levels_apart(uint32_t one, uint32_t other)
{
    uint8_t x[4], y[4];
    memcpy(x, &one, sizeof x);
    memcpy(y, &other, sizeof y);
    const int32_t a = x[0] - y[0], b = x[1] - y[1], c = x[2] - y[2];
    return a * a + b * b + c * c;
}

/* foreign_colours(known, others, usual, nearest, hidden, farthest, out): which others are so far (squared levels) from
 * all that are known but the hidden one; `usual`, `nearest`: for each known one an other, -1 for none, looked at first */
static PyObject *foreign_colours(PyObject *module, PyObject *arguments)
{
    (void)module;
    enum { KNOWN, OTHERS, USUAL, NEAREST, OUT, ARRAYS };
    Py_buffer views[ARRAYS] = {0};
    PyObject *result = NULL;
    unsigned int hidden;
    double farthest;
    if (!PyArg_ParseTuple(arguments, "O&O&O&O&IdO&", to_read, &views[KNOWN], to_read, &views[OTHERS], to_read,
                          &views[USUAL], to_read, &views[NEAREST], &hidden, &farthest, to_write, &views[OUT]) ||
        !is_array(&views[KNOWN], U32, 1) || !is_array(&views[OTHERS], U32, 1))
        goto release;
    const Py_ssize_t n = views[KNOWN].shape[0], count = views[OTHERS].shape[0];
    if (!has_length(&views[USUAL], I64, n) || !has_length(&views[NEAREST], I64, n) ||
        !has_length(&views[OUT], U8, count) || !are_places(&views[USUAL], -1, count) ||
        !are_places(&views[NEAREST], -1, count))
        goto release;
    const uint32_t *const known = views[KNOWN].buf, *const others = views[OTHERS].buf;
    uint8_t *const is_foreign = views[OUT].buf;
    BEGIN_WORK(10 * n + count)
    memset(is_foreign, 1, (size_t)count);
    for (int from = USUAL; from <= NEAREST; from++)
        for (Py_ssize_t i = 0; i < n; i++) {
            const int64_t place = ((const int64_t *)views[from].buf)[i];
            if (place >= 0 && known[i] != hidden && levels_apart(known[i], others[place]) < farthest)
                is_foreign[place] = 0;
        }
    for (Py_ssize_t other = 0; other < count; other++)
        for (Py_ssize_t i = 0; is_foreign[other] && i < n; i++)
            if (known[i] != hidden && levels_apart(known[i], others[other]) < farthest)
                is_foreign[other] = 0;
    END_WORK
    result = Py_NewRef(Py_None);
release:
    let_go(views, ARRAYS);
    return result;
}

/* Colours of a palette in one space, by axis, as many as are looked at together, or more: the last are nowhere. */
enum { TOGETHER = 8 };
typedef struct {
    double *axes[AXES], *distances;
    size_t size;
} palette_space;

/* The least squared distance, and which colour is the first that has it. */
FOR_EACH_PROCESSOR
static double nearest_in(const palette_space *in, const double *mine, size_t *place)
{
    const double *RESTRICT xs = in->axes[0], *RESTRICT ys = in->axes[1], *RESTRICT zs = in->axes[2];
    const double x = mine[0], y = mine[1], z = mine[2];
    double *RESTRICT distances = in->distances;
    double lanes[TOGETHER], least = INFINITY;
    for (size_t lane = 0; lane < TOGETHER; lane++)
        lanes[lane] = INFINITY;
    for (size_t first = 0; first < in->size; first += TOGETHER)
        for (size_t lane = 0; lane < TOGETHER; lane++) {
            const double a = x - xs[first + lane], b = y - ys[first + lane], c = z - zs[first + lane];
            const double found = distances[first + lane] = a * a + b * b + c * c;
            lanes[lane] = found < lanes[lane] ? found : lanes[lane];
        }
    for (size_t lane = 0; lane < TOGETHER; lane++)
        least = lanes[lane] < least ? lanes[lane] : least;
    for (*place = 0; distances[*place] != least;)
        ++*place;
    return least;
}

/* Whether a sorted list has a key. */
static int has_key(const uint32_t *keys, size_t n, uint32_t key)
{
    size_t low = 0;
    for (size_t high = n; low < high;) {
        const size_t middle = (low + high) / 2;
        if (keys[middle] < key)
            low = middle + 1;
        else
            high = middle;
    }
    return low < n && keys[low] == key;
}

typedef struct {
    double farther, by[SPACES], apart, lost;
    uint32_t hidden;
} choice_limits;

typedef struct {
    int64_t exact;
    int is_apart, is_lost;
} choice;

/* What n colours become; `memory`: room for SPACES * (AXES + 1) * size doubles, size of a palette of m, or a little more. */
static choice choose(const uint32_t *known, const int64_t *usual, size_t n, const uint32_t *others, size_t m,
                     const double *linear, const choice_limits *limits, size_t size, double *memory, uint32_t *chosen,
                     int64_t *nearest)
{
    choice found = {0, 0, 0};
    palette_space spaces[SPACES];
    for (size_t space = 0; space < SPACES; space++) {
        double *const from = memory + space * (AXES + 1) * size;
        spaces[space] = (palette_space){{from, from + size, from + 2 * size}, from + 3 * size, size};
    }
    for (size_t other = 0; other < size; other++) {
        double at[SPACES][AXES];
        if (other < m)
            find_spaces(others[other], linear, at);
        for (size_t space = 0; space < SPACES; space++)
            for (size_t axis = 0; axis < AXES; axis++)
                spaces[space].axes[axis][other] = other < m ? at[space][axis] : INFINITY;
    }
    for (size_t i = 0; i < n; i++) {
        double mine[SPACES][AXES], squares = 0;
        int is_near = 0;
        find_spaces(known[i], linear, mine);
        for (size_t space = 0; space < SPACES; space++) {
            size_t place;
            const double least = nearest_in(&spaces[space], mine[space], &place);
            if (space == LAB)
                nearest[i] = (int64_t)place;
            if (space == LEVELS)
                squares = least;
            is_near |= usual[i] >= 0 && sqrt(spaces[space].distances[usual[i]]) <=
                                            limits->farther * sqrt(least) + limits->by[space];
        }
        chosen[i] = others[is_near ? usual[i] : nearest[i]];
        const int is_there = has_key(others, m, known[i]);
        found.exact += is_there;
        if (known[i] == limits->hidden) {
            chosen[i] = known[i];
            continue;
        }
        found.is_apart |= !is_there && squares >= limits->apart * limits->apart;
        found.is_lost |= squares >= limits->lost;
    }
    return found;
}

/* palette_choose(known, usual, others, linear, farther, farther_by, apart, lost, hidden, chosen, nearest) -> how many are
 * in the palette, whether one that is not is apart, whether one is lost; see nearest.py */
static PyObject *palette_choose(PyObject *module, PyObject *arguments)
{
    (void)module;
    enum { KNOWN, USUAL, OTHERS, LINEAR, CHOSEN, NEAREST, ARRAYS };
    Py_buffer views[ARRAYS] = {0};
    PyObject *result = NULL;
    choice_limits limits;
    unsigned int hidden;
    if (!PyArg_ParseTuple(arguments, "O&O&O&O&d(ddd)ddIO&O&", to_read, &views[KNOWN], to_read, &views[USUAL], to_read,
                          &views[OTHERS], to_read, &views[LINEAR], &limits.farther, &limits.by[LAB], &limits.by[LEVELS],
                          &limits.by[LIGHT], &limits.apart, &limits.lost, &hidden, to_write, &views[CHOSEN], to_write,
                          &views[NEAREST]) ||
        !is_array(&views[KNOWN], U32, 1) || !is_array(&views[OTHERS], U32, 1) || !has_length(&views[LINEAR], F64, 256))
        goto release;
    const size_t n = (size_t)views[KNOWN].shape[0], m = (size_t)views[OTHERS].shape[0];
    if (!has_length(&views[USUAL], I64, (Py_ssize_t)n) || !has_length(&views[CHOSEN], U32, (Py_ssize_t)n) ||
        !has_length(&views[NEAREST], I64, (Py_ssize_t)n) || !are_places(&views[USUAL], -1, (Py_ssize_t)m))
        goto release;
    if (!m) {
        PyErr_SetString(PyExc_ValueError, "the palette is empty");
        goto release;
    }
    limits.hidden = hidden;
    const size_t size = (m + TOGETHER - 1) / TOGETHER * TOGETHER;
    double *const memory = malloc(SPACES * (AXES + 1) * size * sizeof *memory);
    if (memory) {
        choice found;
        BEGIN_WORK(200 * (n + m) + 2 * n * m)
        found = choose(views[KNOWN].buf, views[USUAL].buf, n, views[OTHERS].buf, m, views[LINEAR].buf, &limits, size,
                       memory, views[CHOSEN].buf, views[NEAREST].buf);
        END_WORK
        result = Py_BuildValue("LNN", (long long)found.exact, PyBool_FromLong(found.is_apart),
                               PyBool_FromLong(found.is_lost));
    } else {
        PyErr_NoMemory();
    }
    free(memory);
release:
    let_go(views, ARRAYS);
    return result;
}

PyMethodDef nearest_methods[] = {
    {"palette_choose", palette_choose, METH_VARARGS, NULL},
    {"palette_learn", palette_learn, METH_VARARGS, NULL},
    {"palette_near", palette_near, METH_VARARGS, NULL},
    {"foreign_colours", foreign_colours, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
