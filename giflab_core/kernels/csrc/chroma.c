/* How much of a picture's colourfulness another one keeps. */
#include "arrays.h"

#include <stdlib.h>

#include "lab.h"
#include "pairwise.h"

/* The a and b of a colour that came lately; each has one place. */
typedef struct {
    uint32_t key;
    double a, b;
} known_chroma;

typedef struct {
    const uint8_t *original, *compressed;
    const int64_t *counts;
    const double *linear;
    known_chroma *known; /* 2 to the power of `bits` */
    unsigned bits;
} colour_pairs;

INLINED known_chroma chroma_of(const colour_pairs *of, const uint8_t *colour)
{
    const uint32_t key = rgb(colour);
    known_chroma *const known = of->known + (key * 0x9e3779b1 >> (32 - of->bits));
    if (known->key != key) {
        const lab found = to_lab(colour, of->linear);
        *known = (known_chroma){key, found.a, found.b};
    }
    return *known;
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
        const known_chroma one = chroma_of(of, x), other = chroma_of(of, y);
        const double shared = one.a * other.a + one.b * other.b;
        kept[i] = (shared > 0 ? shared : 0) * count;
        energy[i] = (one.a * one.a + one.b * one.b) * count;
    }
    sums[0] = few_sum(kept, n);
    sums[1] = few_sum(energy, n);
}

/* kept_chroma(original, compressed, counts, linear) -> (kept, energy) */
static PyObject *kept_chroma(PyObject *module, PyObject *arguments)
{
    (void)module;
    enum { ORIGINAL, COMPRESSED, COUNTS, LINEAR, ARRAYS, MOST_BITS = 14 };
    Py_buffer arrays[ARRAYS] = {0};
    PyObject *result = NULL;
    if (PyArg_ParseTuple(arguments, "O&O&O&O&", to_read, &arrays[ORIGINAL], to_read, &arrays[COMPRESSED], to_read,
                         &arrays[COUNTS], to_read, &arrays[LINEAR]) &&
        are_pairs(arrays) && has_length(&arrays[LINEAR], F64, 256)) {
        const size_t n = (size_t)arrays[COUNTS].shape[0];
        colour_pairs of = {arrays[ORIGINAL].buf, arrays[COMPRESSED].buf, arrays[COUNTS].buf, arrays[LINEAR].buf, NULL, 8};
        double sums[2];
        while (of.bits < MOST_BITS && (size_t)1 << of.bits < 2 * n)
            of.bits++;
        of.known = malloc(sizeof *of.known << of.bits);
        if (of.known) {
            BEGIN_WORK(10 * n)
            for (size_t place = 0; place < (size_t)1 << of.bits; place++)
                of.known[place].key = UINT32_MAX; /* no colour of 24 bits */
            sum_chroma(&of, 0, n, sums);
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
