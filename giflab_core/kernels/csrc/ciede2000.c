/* CIEDE2000: how different two colours look. Colours are those of lab.h. */
#include "arrays.h"

#include <math.h>
#include <string.h>

#include "lab.h"

#define KNOWN_BITS 16

#define PI 3.14159265358979323846
#define DEGREES(number) ((number) * (PI / 180))
/* Opposite hues are no more than half a turn apart, however their angles are rounded. */
#define HALF_TURN (PI + 1e-11)

/* sqrt(c^7 / (c^7 + 25^7)) */
INLINED double saturation(double chroma)
{
    const double cube = chroma * chroma * chroma, seventh = cube * cube * chroma;
    return sqrt(seventh / (seventh + 6103515625.0));
}

/* The angle of (x, y), 0 to 2 pi. */
INLINED double hue(double x, double y)
{
    const double angle = atan2(y, x);
    return angle < 0 ? angle + 2 * PI : angle;
}

/* Sharma, Wu and Dalal 2005, in their order and with their names. */
INLINED double ciede2000(lab one, lab two)
{
    const double chroma = (sqrt(one.a * one.a + one.b * one.b) + sqrt(two.a * two.a + two.b * two.b)) / 2;
    const double g = 0.5 * (1 - saturation(chroma));
    const double a1 = (1 + g) * one.a, a2 = (1 + g) * two.a;
    const double c1 = sqrt(a1 * a1 + one.b * one.b), c2 = sqrt(a2 * a2 + two.b * two.b);
    const double h1 = hue(a1, one.b), h2 = hue(a2, two.b);

    double dh = h2 - h1, h = h1 + h2;
    if (c1 * c2 == 0) {
        dh = 0;
    } else if (fabs(dh) <= HALF_TURN) {
        h /= 2;
    } else {
        dh += dh > 0 ? -2 * PI : 2 * PI;
        h = (h + (h < 2 * PI ? 2 * PI : -2 * PI)) / 2;
    }
    const double l = (one.l + two.l) / 2 - 50, c = (c1 + c2) / 2;
    const double cos1 = cos(h), sin1 = sin(h); /* of the hue, then of its multiples */
    const double cos2 = 2 * cos1 * cos1 - 1, sin2 = 2 * sin1 * cos1;
    const double cos3 = cos1 * cos2 - sin1 * sin2, sin3 = sin1 * cos2 + cos1 * sin2;
    const double cos4 = 2 * cos2 * cos2 - 1, sin4 = 2 * sin2 * cos2;
    const double t = 1 - 0.17 * (cos1 * cos(DEGREES(30)) + sin1 * sin(DEGREES(30))) + 0.24 * cos2 +
                     0.32 * (cos3 * cos(DEGREES(6)) - sin3 * sin(DEGREES(6))) -
                     0.20 * (cos4 * cos(DEGREES(63)) + sin4 * sin(DEGREES(63)));
    const double from_blue = (h - DEGREES(275)) / DEGREES(25);
    const double rt = -sin(DEGREES(60) * exp(-from_blue * from_blue)) * 2 * saturation(c);

    const double lightness_term = (two.l - one.l) / (1 + 0.015 * l * l / sqrt(20 + l * l));
    const double chroma_term = (c2 - c1) / (1 + 0.045 * c);
    const double hue_term = 2 * sqrt(c1 * c2) * sin(dh / 2) / (1 + 0.015 * c * t);
    return sqrt(lightness_term * lightness_term + chroma_term * chroma_term + hue_term * hue_term +
                rt * chroma_term * hue_term);
}

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
