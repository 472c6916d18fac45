/* CIEDE2000: how different two colours look. Colours are those of lab.h. */
#include "arrays.h"

#include <stdlib.h>
#include <string.h>

#include "ciede2000.h"
#include "pairwise.h"

#define KNOWN_BITS 16

/* CIEDE2000 of n pairs of L, a, b. */
static void colour_ciede2000(const double *lab1, const double *lab2, size_t n, double *differences)
{
    for (size_t index = 0; index < n; index++) {
        lab one, two;
        memcpy(&one, lab1 + 3 * index, sizeof one);
        memcpy(&two, lab2 + 3 * index, sizeof two);
        differences[index] = ciede2000(one, two);
    }
}

/* CIEDE2000 of n pairs of colours. Pairs that were looked up before are found in `keys` and `values`, which have
 * 2^KNOWN_BITS places; each pair has one, and the last to come keeps it. An empty place has the key 0. */
static void colour_differences(const uint8_t *original, const uint8_t *compressed, size_t n, const double *linear,
                               int64_t *keys, double *values, double *differences)
{
    lately memory;
    forget(&memory, linear);
    for (size_t index = 0; index < n; index++) {
        const uint8_t *const one = original + 4 * index, *const two = compressed + 4 * index;
        const uint64_t key = (uint64_t)1 << 48 | (uint64_t)rgb(one) << 24 | rgb(two); /* never 0 */
        const size_t place = key * 0x9e3779b97f4a7c15 >> (64 - KNOWN_BITS);
        if (keys[place] != (int64_t)key) {
            keys[place] = (int64_t)key;
            values[place] = ciede2000(to_lab_lately(&memory, one), to_lab_lately(&memory, two));
        }
        differences[index] = values[place];
    }
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

/* Colours, and in place of each transparent one a grey. */
static void put_on(const uint8_t *colours, size_t n, int grey, uint8_t *to)
{
    memcpy(to, colours, 4 * n);
    for (size_t i = 0; i < n; i++)
        if (!colours[4 * i + 3])
            memset(to + 4 * i, grey, 3);
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
    const Py_ssize_t places = (Py_ssize_t)1 << KNOWN_BITS;
    if (PyArg_ParseTuple(arguments, "O&O&O&O&O&O&", to_read, &arrays[ORIGINAL], to_read, &arrays[COMPRESSED], to_read,
                         &arrays[LINEAR], to_write, &arrays[KEYS], to_write, &arrays[VALUES], to_write, &arrays[OUT]) &&
        is_table(&arrays[ORIGINAL], U8, 4) && is_table(&arrays[COMPRESSED], U8, 4) &&
        has_rows(&arrays[COMPRESSED], arrays[ORIGINAL].shape[0]) && has_length(&arrays[LINEAR], F64, 256) &&
        has_length(&arrays[KEYS], I64, places) && has_length(&arrays[VALUES], F64, places) &&
        has_length(&arrays[OUT], F64, arrays[ORIGINAL].shape[0])) {
        BEGIN_WORK(20 * arrays[ORIGINAL].shape[0])
        colour_differences(arrays[ORIGINAL].buf, arrays[COMPRESSED].buf, (size_t)arrays[ORIGINAL].shape[0],
                           arrays[LINEAR].buf, arrays[KEYS].buf, arrays[VALUES].buf, arrays[OUT].buf);
        END_WORK
        result = Py_NewRef(Py_None);
    }
    let_go(arrays, ARRAYS);
    return result;
}

/* colour_spread(original, compressed, counts, grey, linear, keys, values) -> (mean, 95th percentile) over pixels, of which
 * there is one at least; transparent colours are this grey, 0 to 255 */
static PyObject *colour_spread(PyObject *module, PyObject *arguments)
{
    (void)module;
    enum { ORIGINAL, COMPRESSED, COUNTS, LINEAR, KEYS, VALUES, ARRAYS };
    Py_buffer arrays[ARRAYS] = {0};
    PyObject *result = NULL;
    int grey;
    if (PyArg_ParseTuple(arguments, "O&O&O&iO&O&O&", to_read, &arrays[ORIGINAL], to_read, &arrays[COMPRESSED], to_read,
                         &arrays[COUNTS], &grey, to_read, &arrays[LINEAR], to_write, &arrays[KEYS], to_write,
                         &arrays[VALUES]) &&
        are_pairs(arrays) && has_length(&arrays[LINEAR], F64, 256) &&
        has_length(&arrays[KEYS], I64, (Py_ssize_t)1 << KNOWN_BITS) &&
        has_length(&arrays[VALUES], F64, (Py_ssize_t)1 << KNOWN_BITS)) {
        const size_t n = (size_t)arrays[COUNTS].shape[0];
        const int64_t *const counts = arrays[COUNTS].buf;
        double *const differences = malloc((n + 1) * sizeof *differences), mean, p95;
        uint8_t *const colours = malloc(8 * n + 1);
        int64_t total = 0;
        if (differences && colours) {
            BEGIN_WORK(30 * n)
            put_on(arrays[ORIGINAL].buf, n, grey, colours);
            put_on(arrays[COMPRESSED].buf, n, grey, colours + 4 * n);
            colour_differences(colours, colours + 4 * n, n, arrays[LINEAR].buf, arrays[KEYS].buf, arrays[VALUES].buf,
                               differences);
            for (size_t i = 0; i < n; i++)
                total += counts[i];
            mean = weighted_sum(differences, counts, n) / (double)total;
            p95 = least_reaching(differences, counts, n, total - total / 20);
            END_WORK
            result = Py_BuildValue("dd", mean, p95);
        } else {
            PyErr_NoMemory();
        }
        free(differences);
        free(colours);
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
