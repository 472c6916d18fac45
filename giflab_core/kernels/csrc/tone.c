/* What became of tones, of colours, and of the steps between neighbours in each place of a picture.
 *
 * Planes are 8-bit values row by row, width and height at least 1. Colours are RGBA, with how many pixels have each
 * pair. */
#include "arrays.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "simd.h"

/* So many products of two steps 32 bits hold the sum of. */
enum { AT_ONCE = 1 << 14 };

/* The sums over the steps from so many pixels to the next one each: of x with x, of x with y, of y with y. */
INLINED void add_products(const uint8_t *RESTRICT x, const uint8_t *RESTRICT y, size_t count, int64_t *sums)
{
    int32_t xx = 0, xy = 0, yy = 0;
    for (size_t i = 0; i < count; i++) {
        const int16_t dx = (int16_t)(x[i + 1] - x[i]), dy = (int16_t)(y[i + 1] - y[i]);
        xx += dx * dx;
        xy += dx * dy;
        yy += dy * dy;
    }
    sums[0] += xx;
    sums[1] += xy;
    sums[2] += yy;
}

/* The sums of a row, in so many places. */
FOR_EACH_PROCESSOR
static void add_row(const uint8_t *x, const uint8_t *y, size_t width, size_t places, int64_t *sums)
{
    for (size_t place = 0; place < places; place++) {
        const size_t end = (place + 1) * width / places, last = end < width ? end : width - 1;
        for (size_t left = place * width / places; left < last; left += AT_ONCE)
            add_products(x + left, y + left, last - left < AT_ONCE ? last - left : AT_ONCE, sums + 3 * place);
    }
}

/* Those of one of so many rows, in as many places across and down. */
static void sum_details(const uint8_t *x, const uint8_t *y, size_t height, size_t width, size_t step, size_t places,
                        int64_t *sums)
{
    for (size_t row = 0, place = 0; row < height; row += step) {
        while (place + 1 < places && (place + 1) * height / places / step * step <= row)
            place++;
        add_row(x + row * width, y + row * width, width, places, sums + 3 * place * places);
    }
}

/* Levels, and the sums after those of each level, in the order of kernels/tone.py. */
enum { LEVELS = 256, TERMS = 14, SIZE = 2 * LEVELS + TERMS };

typedef struct {
    float luma, u, v;
} opponent;

INLINED opponent opponent_of(const uint8_t *colour)
{
    const float luma = 0.299f * colour[0] + 0.587f * colour[1] + 0.114f * colour[2];
    return (opponent){luma, colour[2] - luma, colour[0] - luma};
}

static void sum_tones(const uint8_t *original, const uint8_t *compressed, const int64_t *counts, size_t n, double *sums)
{
    int64_t total = 0;
    double *const lumas = sums + LEVELS, *const others = sums + 2 * LEVELS;
    memset(sums, 0, SIZE * sizeof *sums);
    for (size_t i = 0; i < n; i++)
        total += original[4 * i + 3] && compressed[4 * i + 3] ? counts[i] : 0;
    for (size_t i = 0; i < n; i++) {
        if (!original[4 * i + 3] || !compressed[4 * i + 3])
            continue;
        const float weight = (float)((double)counts[i] / (double)total);
        const opponent x = opponent_of(original + 4 * i), y = opponent_of(compressed + 4 * i);
        const size_t level = (size_t)rintf(x.luma);
        const float terms[TERMS] = {1.0f,
                                    x.luma,
                                    y.luma,
                                    x.luma * x.luma,
                                    y.luma * y.luma,
                                    x.luma * y.luma,
                                    x.u,
                                    x.v,
                                    y.u,
                                    y.v,
                                    x.u * x.u + x.v * x.v,
                                    y.u * y.u + y.v * y.v,
                                    x.u * y.u + x.v * y.v,
                                    x.u * y.v - x.v * y.u};
        sums[level] += weight;
        lumas[level] += weight * y.luma;
        for (size_t term = 0; term < TERMS; term++)
            others[term] += weight * terms[term];
    }
}

/* How many pixels have another colour and are visible in both, and how many are visible in one only. */
static void count_changed(const uint8_t *original, const uint8_t *compressed, const int64_t *counts, size_t n,
                          int64_t changed[2])
{
    changed[0] = changed[1] = 0;
    for (size_t i = 0; i < n; i++) {
        const uint8_t *const x = original + 4 * i, *const y = compressed + 4 * i;
        const int before = x[3] != 0, after = y[3] != 0;
        if (before != after)
            changed[1] += counts[i];
        else if (before && memcmp(x, y, 4))
            changed[0] += counts[i];
    }
}

/* Planes of level sums, channels of each, and the two sums that come after them. */
enum { PLANES = 4, CHANNELS = 3, OF_PLANE = CHANNELS * LEVELS, HOW_MANY = PLANES * OF_PLANE, ARE_MANY, LEVEL_SIZE };

/* How many colours have more than a rare share of the pixels, or -1 without memory; `multiplier`: see joint.c. */
static int64_t count_colours(const uint8_t *colours, const double *weights, size_t n, double rare, uint64_t multiplier)
{
    typedef struct {
        uint64_t key; /* 0 for none */
        double share;
    } entry;
    unsigned bits = 4;
    while ((size_t)1 << bits < 2 * n)
        bits++;
    const size_t size = (size_t)1 << bits;
    entry *const entries = calloc(size, sizeof *entries);
    if (!entries)
        return -1;
    int64_t found = 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t colour;
        memcpy(&colour, colours + 4 * i, sizeof colour);
        const uint64_t key = UINT64_C(1) << 32 | colour;
        size_t place = key * multiplier >> (64 - bits);
        while (entries[place].key && entries[place].key != key)
            place = (place + 1) & (size - 1);
        entries[place].key = key;
        entries[place].share += weights[i];
    }
    for (size_t i = 0; i < size; i++)
        found += entries[i].share > rare;
    free(entries);
    return found;
}

/* What became of each level, in the order of kernels/tone.py; returns 0 without memory. `weights`: room for n. */
static int sum_levels(const uint8_t *original, const uint8_t *compressed, const int64_t *counts, size_t n, double rare,
                      int64_t most, uint64_t multiplier, double *weights, double *sums)
{
    int64_t total = 0, margins[OF_PLANE] = {0};
    double *const after = sums + 3 * OF_PLANE;
    memset(sums, 0, LEVEL_SIZE * sizeof *sums);
    for (size_t i = 0; i < n; i++) {
        if (!original[4 * i + 3] || !compressed[4 * i + 3])
            continue;
        total += counts[i];
        for (size_t channel = 0; channel < CHANNELS; channel++)
            margins[channel * LEVELS + compressed[4 * i + channel]] += counts[i];
    }
    const double all = total > 1 ? (double)total : 1;
    for (size_t channel = 0; channel < CHANNELS; channel++) {
        int64_t levels = 0;
        for (size_t level = channel * LEVELS; level < (channel + 1) * LEVELS; level++)
            levels += (after[level] = (double)margins[level] / all) > rare;
        if (levels > most) {
            memset(sums, 0, LEVEL_SIZE * sizeof *sums);
            sums[ARE_MANY] = 1;
            return 1;
        }
    }
    for (size_t i = 0; i < n; i++) {
        const uint8_t *const x = original + 4 * i, *const y = compressed + 4 * i;
        const double weight = weights[i] = x[3] && y[3] ? (double)counts[i] / all : 0;
        for (size_t channel = 0; channel < CHANNELS; channel++) {
            double *const of_level = sums + channel * LEVELS + x[channel];
            of_level[0] += weight;
            of_level[OF_PLANE] += weight * y[channel];
            of_level[2 * OF_PLANE] += weight * y[channel] * y[channel];
        }
    }
    const int64_t colours = count_colours(compressed, weights, n, rare, multiplier);
    sums[HOW_MANY] = (double)colours;
    return colours >= 0;
}

/* level_sums(original, compressed, counts, rare, most, multiplier, sums) */
static PyObject *level_sums_of(PyObject *module, PyObject *arguments)
{
    Py_buffer views[4] = {{0}, {0}, {0}, {0}};
    PyObject *result = NULL;
    double rare;
    long long most;
    unsigned long long multiplier;
    (void)module;
    if (PyArg_ParseTuple(arguments, "O&O&O&dLKO&", to_read, &views[0], to_read, &views[1], to_read, &views[2], &rare,
                         &most, &multiplier, to_write, &views[3]) &&
        are_pairs(views) && has_length(&views[3], F64, LEVEL_SIZE)) {
        const size_t n = (size_t)views[0].shape[0];
        double *const weights = malloc((n + 1) * sizeof *weights);
        int done = 0;
        if (weights) {
            BEGIN_WORK(10 * n)
            done = sum_levels(views[0].buf, views[1].buf, views[2].buf, n, rare, most, multiplier | 1, weights,
                              views[3].buf);
            END_WORK
        }
        free(weights);
        result = done ? Py_NewRef(Py_None) : PyErr_NoMemory();
    }
    let_go(views, 4);
    return result;
}

/* tone_sums(original, compressed, counts, sums) */
static PyObject *tone_sums_of(PyObject *module, PyObject *arguments)
{
    Py_buffer views[4] = {{0}, {0}, {0}, {0}};
    PyObject *result = NULL;
    (void)module;
    if (PyArg_ParseTuple(arguments, "O&O&O&O&", to_read, &views[0], to_read, &views[1], to_read, &views[2], to_write,
                         &views[3]) &&
        are_pairs(views) && has_length(&views[3], F64, SIZE)) {
        BEGIN_WORK(20 * views[0].shape[0])
        sum_tones(views[0].buf, views[1].buf, views[2].buf, (size_t)views[0].shape[0], views[3].buf);
        END_WORK
        result = Py_NewRef(Py_None);
    }
    let_go(views, 4);
    return result;
}

/* changed_pixels(original, compressed, counts) -> of another colour, visible in one only */
static PyObject *changed_pixels_of(PyObject *module, PyObject *arguments)
{
    Py_buffer views[3] = {{0}, {0}, {0}};
    PyObject *result = NULL;
    (void)module;
    if (PyArg_ParseTuple(arguments, "O&O&O&", to_read, &views[0], to_read, &views[1], to_read, &views[2]) &&
        are_pairs(views)) {
        int64_t changed[2];
        count_changed(views[0].buf, views[1].buf, views[2].buf, (size_t)views[0].shape[0], changed);
        result = Py_BuildValue("LL", (long long)changed[0], (long long)changed[1]);
    }
    let_go(views, 3);
    return result;
}

/* detail_sums(x, y, every, sums): of one of so many rows, in as many places across and down as there are sums */
static PyObject *detail_sums_of(PyObject *module, PyObject *arguments)
{
    Py_buffer views[3] = {{0}, {0}, {0}};
    PyObject *result = NULL;
    Py_ssize_t every;
    (void)module;
    if (PyArg_ParseTuple(arguments, "O&O&nO&", to_read, &views[0], to_read, &views[1], &every, to_write, &views[2]) &&
        are_planes(views, 2) && is_array(&views[2], I64, 3)) {
        const size_t places = (size_t)views[2].shape[0];
        if (!places || every < 1 || (size_t)views[2].shape[1] != places || views[2].shape[2] != 3) {
            PyErr_SetString(PyExc_ValueError, "as many places across as down are needed, with three sums each");
        } else {
            BEGIN_WORK(views[0].len / every)
            sum_details(views[0].buf, views[1].buf, (size_t)views[0].shape[0], (size_t)views[0].shape[1], (size_t)every,
                        places, views[2].buf);
            END_WORK
            result = Py_NewRef(Py_None);
        }
    }
    let_go(views, 3);
    return result;
}

/* What `add_tones` adds, and room for it. */
typedef struct {
    size_t places, every;
    double rare;
    int64_t most;
    uint64_t multiplier;
    double times;
} tone_task;

/* All sums of a pair, as often as its time counts; returns 0 without memory. */
static int add_all(const Py_buffer *views, const tone_task *task, double *sums)
{
    const size_t n = (size_t)views[0].shape[0], of_places = 3 * task->places * task->places;
    const size_t of_levels = SIZE + of_places + 3, size = of_levels + LEVEL_SIZE;
    double *const found = malloc((size + n) * sizeof *found);
    int64_t *const details = calloc(of_places, sizeof *details), changed[2];
    int done = found && details;
    if (done) {
        sum_tones(views[0].buf, views[1].buf, views[2].buf, n, found);
        sum_details(views[3].buf, views[4].buf, (size_t)views[3].shape[0], (size_t)views[3].shape[1], task->every,
                    task->places, details);
        for (size_t i = 0; i < of_places; i++)
            found[SIZE + i] = (double)details[i];
        count_changed(views[0].buf, views[1].buf, views[2].buf, n, changed);
        found[of_levels - 3] = (double)views[3].len;
        found[of_levels - 2] = (double)changed[0];
        found[of_levels - 1] = (double)changed[1];
        done = sum_levels(views[0].buf, views[1].buf, views[2].buf, n, task->rare, task->most, task->multiplier,
                          found + size, found + of_levels);
        for (size_t i = 0; done && i < size; i++)
            sums[i] += task->times * found[i];
    }
    free(found);
    free(details);
    return done;
}

/* add_tones(original, compressed, counts, x, y, places, every, rare, most, multiplier, times, sums) */
static PyObject *add_tones(PyObject *module, PyObject *arguments)
{
    enum { ORIGINAL, COMPRESSED, COUNTS, X, Y, SUMS, ARRAYS };
    Py_buffer views[ARRAYS] = {0};
    PyObject *result = NULL;
    Py_ssize_t places, every;
    double rare, times;
    long long most;
    unsigned long long multiplier;
    (void)module;
    if (PyArg_ParseTuple(arguments, "O&O&O&O&O&nndLKdO&", to_read, &views[ORIGINAL], to_read, &views[COMPRESSED],
                         to_read, &views[COUNTS], to_read, &views[X], to_read, &views[Y], &places, &every, &rare, &most,
                         &multiplier, &times, to_write, &views[SUMS]) &&
        are_pairs(views) && are_planes(views + X, 2)) {
        if (places < 1 || places > 1000 || every < 1) {
            PyErr_SetString(PyExc_ValueError, "from 1 to 1000 places, and at least every row, are needed");
        } else if (has_length(&views[SUMS], F64, SIZE + 3 * places * places + 3 + LEVEL_SIZE)) {
            const tone_task task = {(size_t)places, (size_t)every, rare, most, multiplier | 1, times};
            int done;
            BEGIN_WORK(views[X].len / every + 30 * views[COUNTS].shape[0])
            done = add_all(views, &task, views[SUMS].buf);
            END_WORK
            result = done ? Py_NewRef(Py_None) : PyErr_NoMemory();
        }
    }
    let_go(views, ARRAYS);
    return result;
}

PyMethodDef tone_methods[] = {
    {"tone_sums", tone_sums_of, METH_VARARGS, NULL},
    {"add_tones", add_tones, METH_VARARGS, NULL},
    {"level_sums", level_sums_of, METH_VARARGS, NULL},
    {"changed_pixels", changed_pixels_of, METH_VARARGS, NULL},
    {"detail_sums", detail_sums_of, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
