/* CIEDE2000: how different two colours look. Colours are those of lab.h. */
#include "arrays.h"

#include <stdlib.h>
#include <string.h>

#include "ciede2000.h"
#include "differences.h"
#include "pairwise.h"

/* L, a and b of each colour, which follow each other, to a block. */
INLINED void apart(const double *colours, size_t n, lab_block *out)
{
    for (size_t index = 0; index < n; index++) {
        out->l[index] = colours[3 * index];
        out->a[index] = colours[3 * index + 1];
        out->b[index] = colours[3 * index + 2];
    }
}

/* CIEDE2000 of n pairs of L, a, b. */
FOR_EACH_PROCESSOR
static void colour_ciede2000(const double *lab1, const double *lab2, size_t n, double *differences)
{
    for (size_t start = 0; start < n; start += LAB_BLOCK) {
        const size_t count = n - start < LAB_BLOCK ? n - start : LAB_BLOCK;
        lab_block one, two;
        apart(lab1 + 3 * start, count, &one);
        apart(lab2 + 3 * start, count, &two);
        ciede2000_of_block(&one, &two, count, differences + start);
    }
}

/* Pairs of colours that were looked up before, two places for each hash, of which the first has the one that came last;
 * an empty place has the key 0. */
typedef struct {
    int64_t *keys;
    double *values;
    unsigned bits; /* of the number of places */
    const double *linear;
    /* Those that wait to be looked at together, and which of all pairs each is. */
    uint8_t original[4 * LAB_BLOCK], compressed[4 * LAB_BLOCK];
    size_t index[LAB_BLOCK], n_waiting;
} known_pairs;

INLINED int64_t key_of(const uint8_t *one, const uint8_t *two)
{
    return (int64_t)((uint64_t)1 << 48 | (uint64_t)rgb(one) << 24 | rgb(two)); /* never 0 */
}

INLINED size_t place_of(const known_pairs *known, int64_t key)
{
    return (uint64_t)key * 0x9e3779b97f4a7c15 >> (64 - known->bits) & ~(size_t)1;
}

/* Find the differences of the pairs that wait. */
FOR_EACH_PROCESSOR
static void find_waiting(known_pairs *known, double *differences)
{
    lab_block one, two;
    double found[LAB_BLOCK];
    to_labs(known->original, known->n_waiting, known->linear, &one);
    to_labs(known->compressed, known->n_waiting, known->linear, &two);
    ciede2000_of_block(&one, &two, known->n_waiting, found);
    for (size_t i = 0; i < known->n_waiting; i++) {
        const int64_t key = key_of(known->original + 4 * i, known->compressed + 4 * i);
        const size_t place = place_of(known, key);
        if (known->keys[place] != key) {
            known->keys[place + 1] = known->keys[place];
            known->values[place + 1] = known->values[place];
            known->keys[place] = key;
        }
        known->values[place] = differences[known->index[i]] = found[i];
    }
    known->n_waiting = 0;
}

/* Have the difference of two colours, of which the alpha is not looked at, now or when find_waiting() is called. */
INLINED void ask(known_pairs *known, const uint8_t *one, const uint8_t *two, size_t index, double *differences)
{
    const int64_t key = key_of(one, two);
    const size_t place = place_of(known, key);
    if (known->keys[place] == key) {
        differences[index] = known->values[place];
    } else if (known->keys[place + 1] == key) {
        differences[index] = known->values[place + 1];
    } else {
        memcpy(known->original + 4 * known->n_waiting, one, 4);
        memcpy(known->compressed + 4 * known->n_waiting, two, 4);
        known->index[known->n_waiting++] = index;
        if (known->n_waiting == LAB_BLOCK)
            find_waiting(known, differences);
    }
}

/* Whether there is room for what is known in these arrays, keys and values: a power of two of places; raises if not. */
static int is_room(const Py_buffer *views, const double *linear, known_pairs *known)
{
    if (!is_array(&views[0], I64, 1) || !has_length(&views[1], F64, views[0].shape[0]))
        return 0;
    const size_t places = (size_t)views[0].shape[0];
    known->keys = views[0].buf;
    known->values = views[1].buf;
    for (known->bits = 1; (size_t)1 << known->bits < places && known->bits < 32;)
        known->bits++;
    known->linear = linear;
    known->n_waiting = 0;
    if ((size_t)1 << known->bits == places)
        return 1;
    PyErr_SetString(PyExc_ValueError, "a power of two of places is needed");
    return 0;
}

/* The sum of n differences, each as often as it is there. */
static double weighted_sum(const double *differences, const int64_t *counts, size_t n)
{
    double terms[AT_MOST];
    if (n > AT_MOST) {
        const size_t half = first_half(n);
        return weighted_sum(differences, counts, half) + weighted_sum(differences + half, counts + half, n - half);
    }
    for (size_t i = 0; i < n; i++)
        terms[i] = differences[i] * (double)counts[i];
    return few_sum(terms, n);
}

/* The least of n differences, none below 0, that at least so many pixels do not exceed; byte by byte, as the order of
 * such numbers is that of their bits. */
static double least_reaching(const double *differences, const int64_t *counts, size_t n, int64_t pixels)
{
    uint64_t found = 0, known = 0;
    for (int shift = 56; shift >= 0; shift -= 8) {
        int64_t having[256] = {0};
        unsigned byte = 0;
        for (size_t i = 0; i < n; i++) {
            uint64_t bits;
            memcpy(&bits, differences + i, sizeof bits);
            if ((bits & known) == found)
                having[bits >> shift & 255] += counts[i];
        }
        while (byte < 255 && having[byte] < pixels)
            pixels -= having[byte++];
        found |= (uint64_t)byte << shift;
        known |= (uint64_t)255 << shift;
    }
    double value;
    memcpy(&value, &found, sizeof value);
    return value;
}

/* A colour, or if it is transparent a grey. */
INLINED void put_on(const uint8_t *colour, int grey, uint8_t *to)
{
    if (colour[3])
        memcpy(to, colour, 4);
    else
        memset(to, grey, 4);
}

/* The differences of n pairs on a grey: of all, or only those of which a colour is transparent. */
static void find_differences(known_pairs *known, const uint8_t *original, const uint8_t *compressed, size_t n, int grey,
                             int is_all, double *differences)
{
    for (size_t i = 0; i < n; i++) {
        const uint8_t *const x = original + 4 * i, *const y = compressed + 4 * i;
        if (x[3] && y[3]) {
            if (is_all)
                ask(known, x, y, i, differences);
        } else {
            uint8_t one[4], two[4];
            put_on(x, grey, one);
            put_on(y, grey, two);
            ask(known, one, two, i, differences);
        }
    }
    find_waiting(known, differences);
}

/* ciede2000(lab1, lab2, out) */
static PyObject *ciede2000_of(PyObject *module, PyObject *arguments)
{
    (void)module;
    enum { ONE, TWO, OUT, ARRAYS };
    Py_buffer arrays[ARRAYS] = {0};
    PyObject *result = NULL;
    if (PyArg_ParseTuple(arguments, "O&O&O&", to_read, &arrays[ONE], to_read, &arrays[TWO], to_write, &arrays[OUT]) &&
        is_table(&arrays[ONE], F64, 3) && is_table(&arrays[TWO], F64, 3) &&
        has_rows(&arrays[TWO], arrays[ONE].shape[0]) && has_length(&arrays[OUT], F64, arrays[ONE].shape[0])) {
        BEGIN_WORK(100 * arrays[ONE].shape[0])
        colour_ciede2000(arrays[ONE].buf, arrays[TWO].buf, (size_t)arrays[ONE].shape[0], arrays[OUT].buf);
        END_WORK
        result = Py_NewRef(Py_None);
    }
    let_go(arrays, ARRAYS);
    return result;
}

/* colour_differences(original, compressed, linear, keys, values, out) */
static PyObject *differences_of(PyObject *module, PyObject *arguments)
{
    (void)module;
    enum { ORIGINAL, COMPRESSED, LINEAR, KEYS, VALUES, OUT, ARRAYS };
    Py_buffer arrays[ARRAYS] = {0};
    PyObject *result = NULL;
    known_pairs known;
    if (PyArg_ParseTuple(arguments, "O&O&O&O&O&O&", to_read, &arrays[ORIGINAL], to_read, &arrays[COMPRESSED], to_read,
                         &arrays[LINEAR], to_write, &arrays[KEYS], to_write, &arrays[VALUES], to_write, &arrays[OUT]) &&
        is_table(&arrays[ORIGINAL], U8, 4) && is_table(&arrays[COMPRESSED], U8, 4) &&
        has_rows(&arrays[COMPRESSED], arrays[ORIGINAL].shape[0]) && has_length(&arrays[LINEAR], F64, 256) &&
        has_length(&arrays[OUT], F64, arrays[ORIGINAL].shape[0]) && is_room(arrays + KEYS, arrays[LINEAR].buf, &known)) {
        const uint8_t *const x = arrays[ORIGINAL].buf, *const y = arrays[COMPRESSED].buf;
        BEGIN_WORK(20 * arrays[ORIGINAL].shape[0])
        for (size_t i = 0; i < (size_t)arrays[ORIGINAL].shape[0]; i++)
            ask(&known, x + 4 * i, y + 4 * i, i, arrays[OUT].buf);
        find_waiting(&known, arrays[OUT].buf);
        END_WORK
        result = Py_NewRef(Py_None);
    }
    let_go(arrays, ARRAYS);
    return result;
}

/* colour_spread(original, compressed, counts, greys, linear, keys, values, out): the mean and the 95th percentile over
 * pixels, of which there is one at least, on each of these greys, which transparent colours show */
static PyObject *colour_spread(PyObject *module, PyObject *arguments)
{
    (void)module;
    enum { ORIGINAL, COMPRESSED, COUNTS, GREYS, LINEAR, KEYS, VALUES, OUT, ARRAYS };
    Py_buffer arrays[ARRAYS] = {0};
    PyObject *result = NULL;
    known_pairs known;
    if (PyArg_ParseTuple(arguments, "O&O&O&O&O&O&O&O&", to_read, &arrays[ORIGINAL], to_read, &arrays[COMPRESSED],
                         to_read, &arrays[COUNTS], to_read, &arrays[GREYS], to_read, &arrays[LINEAR], to_write,
                         &arrays[KEYS], to_write, &arrays[VALUES], to_write, &arrays[OUT]) &&
        are_pairs(arrays) && is_array(&arrays[GREYS], U8, 1) && has_length(&arrays[LINEAR], F64, 256) &&
        is_table(&arrays[OUT], F64, 2) && has_rows(&arrays[OUT], arrays[GREYS].shape[0]) &&
        is_room(arrays + KEYS, arrays[LINEAR].buf, &known)) {
        const size_t n = (size_t)arrays[COUNTS].shape[0], greys = (size_t)arrays[GREYS].shape[0];
        const int64_t *const counts = arrays[COUNTS].buf;
        double *const differences = malloc((n + 1) * sizeof *differences), *const out = arrays[OUT].buf;
        if (differences) {
            int64_t total = 0;
            BEGIN_WORK(30 * n)
            for (size_t i = 0; i < n; i++)
                total += counts[i];
            for (size_t i = 0; i < greys; i++) {
                find_differences(&known, arrays[ORIGINAL].buf, arrays[COMPRESSED].buf, n,
                                 ((const uint8_t *)arrays[GREYS].buf)[i], !i, differences);
                out[2 * i] = weighted_sum(differences, counts, n) / (double)total;
                out[2 * i + 1] = least_reaching(differences, counts, n, total - total / 20);
            }
            END_WORK
            result = Py_NewRef(Py_None);
        } else {
            PyErr_NoMemory();
        }
        free(differences);
    }
    let_go(arrays, ARRAYS);
    return result;
}

PyMethodDef ciede2000_methods[] = {
    {"ciede2000", ciede2000_of, METH_VARARGS, NULL},
    {"colour_spread", colour_spread, METH_VARARGS, NULL},
    {"colour_differences", differences_of, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
