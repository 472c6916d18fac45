/* CIEDE2000: how different two colours look. Colours are those of lab.h. */
#include "arrays.h"

#include <string.h>

#include "ciede2000.h"
#include "differences.h"

#define KNOWN_BITS 16

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

/* Pairs of colours that wait to be told apart together: both colours, and which of all pairs each is. */
typedef struct {
    uint8_t original[4 * LAB_BLOCK], compressed[4 * LAB_BLOCK];
    size_t index[LAB_BLOCK], n;
} waiting;

INLINED uint64_t key_of(const uint8_t *one, const uint8_t *two)
{
    return (uint64_t)1 << 48 | (uint64_t)rgb(one) << 24 | rgb(two); /* never 0 */
}

INLINED size_t place_of(uint64_t key)
{
    return key * 0x9e3779b97f4a7c15 >> (64 - KNOWN_BITS);
}

FOR_EACH_PROCESSOR
static void look_at(waiting *pairs, const double *linear, int64_t *keys, double *values, double *differences)
{
    lab_block one, two;
    double found[LAB_BLOCK];
    to_labs(pairs->original, pairs->n, linear, &one);
    to_labs(pairs->compressed, pairs->n, linear, &two);
    ciede2000_of_block(&one, &two, pairs->n, found);
    for (size_t index = 0; index < pairs->n; index++) {
        const uint64_t key = key_of(pairs->original + 4 * index, pairs->compressed + 4 * index);
        keys[place_of(key)] = (int64_t)key;
        values[place_of(key)] = differences[pairs->index[index]] = found[index];
    }
    pairs->n = 0;
}

/* CIEDE2000 of n pairs of colours. Pairs that were looked up before are found in `keys` and `values`, which have
 * 2^KNOWN_BITS places; each pair has one, and the last to come keeps it. An empty place has the key 0. */
static void colour_differences(const uint8_t *original, const uint8_t *compressed, size_t n, const double *linear,
                               int64_t *keys, double *values, double *differences)
{
    waiting pairs = {.n = 0};
    for (size_t index = 0; index < n; index++) {
        const uint8_t *const one = original + 4 * index, *const two = compressed + 4 * index;
        const uint64_t key = key_of(one, two);
        if (keys[place_of(key)] == (int64_t)key) {
            differences[index] = values[place_of(key)];
            continue;
        }
        memcpy(pairs.original + 4 * pairs.n, one, 4);
        memcpy(pairs.compressed + 4 * pairs.n, two, 4);
        pairs.index[pairs.n++] = index;
        if (pairs.n == LAB_BLOCK) look_at(&pairs, linear, keys, values, differences);
    }
    look_at(&pairs, linear, keys, values, differences);
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
        Py_BEGIN_ALLOW_THREADS
        colour_ciede2000(arrays[ONE].buf, arrays[TWO].buf, (size_t)arrays[ONE].shape[0], arrays[OUT].buf);
        Py_END_ALLOW_THREADS
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
    const Py_ssize_t places = (Py_ssize_t)1 << KNOWN_BITS;
    if (PyArg_ParseTuple(arguments, "O&O&O&O&O&O&", to_read, &arrays[ORIGINAL], to_read, &arrays[COMPRESSED], to_read,
                         &arrays[LINEAR], to_write, &arrays[KEYS], to_write, &arrays[VALUES], to_write, &arrays[OUT]) &&
        is_table(&arrays[ORIGINAL], U8, 4) && is_table(&arrays[COMPRESSED], U8, 4) &&
        has_rows(&arrays[COMPRESSED], arrays[ORIGINAL].shape[0]) && has_length(&arrays[LINEAR], F64, 256) &&
        has_length(&arrays[KEYS], I64, places) && has_length(&arrays[VALUES], F64, places) &&
        has_length(&arrays[OUT], F64, arrays[ORIGINAL].shape[0])) {
        Py_BEGIN_ALLOW_THREADS
        colour_differences(arrays[ORIGINAL].buf, arrays[COMPRESSED].buf, (size_t)arrays[ORIGINAL].shape[0],
                           arrays[LINEAR].buf, arrays[KEYS].buf, arrays[VALUES].buf, arrays[OUT].buf);
        Py_END_ALLOW_THREADS
        result = Py_NewRef(Py_None);
    }
    let_go(arrays, ARRAYS);
    return result;
}

PyMethodDef ciede2000_methods[] = {
    {"ciede2000", ciede2000_of, METH_VARARGS, NULL},
    {"colour_differences", differences_of, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
