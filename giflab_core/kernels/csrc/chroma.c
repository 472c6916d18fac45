/* How much of a picture's colourfulness another one keeps. */
#include "arrays.h"

#include <stdlib.h>

#include "lab.h"
#include "pairwise.h"

/* The a and b of the colours that came last. */
enum { KNOWN_BITS = 12, KNOWN = 1 << KNOWN_BITS };
typedef struct {
    uint32_t keys[KNOWN];
    double ab[KNOWN][2];
} known_chroma;

typedef struct {
    const uint8_t *original, *compressed;
    const int64_t *counts;
    const double *linear;
    known_chroma *known;
} colour_pairs;

INLINED const double *ab_of(const colour_pairs *of, const uint8_t *colour)
{
    const uint32_t key = rgb(colour), place = key * 0x9e3779b1 >> (32 - KNOWN_BITS);
    known_chroma *const known = of->known;
    if (known->keys[place] != key) {
        const lab found = to_lab(colour, of->linear);
        known->keys[place] = key;
        known->ab[place][0] = found.a;
        known->ab[place][1] = found.b;
    }
    return known->ab[place];
}

/* What is kept, and how much there was, of n pairs. */
static void sum_chroma(const colour_pairs *of, size_t first, size_t n, double sums[2])
{
    if (n > AT_MOST) {
        const size_t half = first_half(n);
        double others[2];
        sum_chroma(of, first, half, sums);
        sum_chroma(of, first + half, n - half, others);
        sums[0] += others[0];
        sums[1] += others[1];
        return;
    }
    double kept[AT_MOST], energy[AT_MOST];
    for (size_t i = 0; i < n; i++) {
        const uint8_t *const x = of->original + 4 * (first + i), *const y = of->compressed + 4 * (first + i);
        if (!x[3] || !y[3]) {
            kept[i] = energy[i] = 0;
            continue;
        }
        const double count = (double)of->counts[first + i];
        double one[2];
        memcpy(one, ab_of(of, x), sizeof one); /* the next colour may take its place */
        const double *const other = ab_of(of, y);
        const double shared = one[0] * other[0] + one[1] * other[1];
        kept[i] = (shared > 0 ? shared : 0) * count;
        energy[i] = (one[0] * one[0] + one[1] * one[1]) * count;
    }
    sums[0] = few_sum(kept, n);
    sums[1] = few_sum(energy, n);
}

/* kept_chroma(original, compressed, counts, linear) -> (kept, energy) */
static PyObject *kept_chroma(PyObject *module, PyObject *arguments)
{
    (void)module;
    enum { ORIGINAL, COMPRESSED, COUNTS, LINEAR, ARRAYS };
    Py_buffer arrays[ARRAYS] = {0};
    PyObject *result = NULL;
    if (PyArg_ParseTuple(arguments, "O&O&O&O&", to_read, &arrays[ORIGINAL], to_read, &arrays[COMPRESSED], to_read,
                         &arrays[COUNTS], to_read, &arrays[LINEAR]) &&
        are_pairs(arrays) && has_length(&arrays[LINEAR], F64, 256)) {
        colour_pairs of = {arrays[ORIGINAL].buf, arrays[COMPRESSED].buf, arrays[COUNTS].buf, arrays[LINEAR].buf,
                           malloc(sizeof(known_chroma))};
        double sums[2];
        if (of.known) {
            BEGIN_WORK(10 * arrays[COUNTS].shape[0])
            memset(of.known->keys, 0xff, sizeof of.known->keys); /* no colour of 24 bits */
            sum_chroma(&of, 0, (size_t)arrays[COUNTS].shape[0], sums);
            END_WORK
            result = Py_BuildValue("dd", sums[0], sums[1]);
        } else {
            PyErr_NoMemory();
        }
        free(of.known);
    }
    let_go(arrays, ARRAYS);
    return result;
}

PyMethodDef chroma_methods[] = {
    {"kept_chroma", kept_chroma, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
