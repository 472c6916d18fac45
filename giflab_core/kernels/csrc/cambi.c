/* CAMBI: how visible the bands of a picture are (Tandon et al. 2021). */
#include "arrays.h"

#include <stdlib.h>
#include <string.h>

#include "c_values.h"
#include "simd.h"

enum {
    SCALES = 5,
    HALF_MASK = 3, /* the mask's filter covers 7 x 7 pixels */
    FRACTION = 28, /* bits behind the point in a c-value */
};

/* By contrast: its weight, and the brightest level from which a step of this size is still seen. */
static const uint8_t WEIGHT[MOST_CONTRASTS] = {1, 2, 3, 4, 4, 5, 5, 6, 6, 6, 6, 7, 7, 7, 7, 8,
                                               8, 8, 8, 8, 8, 8, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9};
static const uint16_t BRIGHTEST[] = {178, 305, 432, 559, 686, 813, LEVELS - 1};

/* 10 bits; the sum is also the filter against dithering, a mean of 2 x 2 pixels (those outside repeat the edge). */
FOR_EACH_PROCESSOR static void convert(const uint8_t *plane, size_t width, size_t height, uint16_t *image)
{
    for (size_t row = 0; row < height; row++, image += width) {
        const uint8_t *here = plane + row * width, *below = row + 1 < height ? here + width : here;
        for (size_t column = 0; column + 1 < width; column++)
            image[column] = (uint16_t)(here[column] + here[column + 1] + below[column] + below[column + 1]);
        image[width - 1] = (uint16_t)(2 * (here[width - 1] + below[width - 1]));
    }
}

/* 1 where a pixel equals its neighbours to the right and below. */
INLINED void find_flat(const uint16_t *here, const uint16_t *below, size_t width, uint8_t *flat)
{
    for (size_t column = 0; column + 1 < width; column++)
        flat[column] = (uint8_t)((here[column] == here[column + 1]) & (here[column] == below[column]));
    flat[width - 1] = here[width - 1] == below[width - 1];
}

/* The mask is 1 where more than `least` of the 7 x 7 pixels around are flat. `flat`: as large as the picture;
 * `columns`: 2 * HALF_MASK longer than a row, all 0. */
FOR_EACH_PROCESSOR static void fill_mask(const scale *at, int least, uint8_t *flat, uint8_t *columns)
{
    const size_t width = at->width, height = at->height;
    for (size_t row = 0; row < height; row++) {
        const uint16_t *here = at->image + row * width;
        find_flat(here, row + 1 < height ? here + width : here, width, flat + row * width);
    }
    for (size_t row = 0; row < height + HALF_MASK; row++) {
        uint8_t *sums = columns + HALF_MASK;
        if (row < height)
            for (size_t column = 0; column < width; column++)
                sums[column] += flat[row * width + column];
        if (row > 2 * HALF_MASK)
            for (size_t column = 0; column < width; column++)
                sums[column] -= flat[(row - 2 * HALF_MASK - 1) * width + column];
        if (row < HALF_MASK)
            continue;
        uint8_t *mask = at->mask + (row - HALF_MASK) * width;
        for (size_t column = 0; column < width; column++) {
            uint8_t sum = 0;
            for (size_t tap = 0; tap <= 2 * HALF_MASK; tap++)
                sum += columns[column + tap];
            mask[column] = sum > least;
        }
    }
}

/* What two of three agree on, or the least of them. */
INLINED uint16_t mode(uint16_t a, uint16_t b, uint16_t c)
{
    uint16_t least = a < b ? a : b;
    least = c < least ? c : least;
    return ((a == b) | (a == c)) ? a : b == c ? b : least;
}

/* The modes of three pixels in a row, then of three in a column; pixels at the picture's edge keep their value. */
FOR_EACH_PROCESSOR static void filter_modes(const scale *at)
{
    const size_t width = at->width, height = at->height;
    for (size_t row = 0; row < height; row++) {
        const uint16_t *from = at->image + row * width;
        uint16_t *to = at->spare + row * width;
        to[0] = from[0];
        to[width - 1] = from[width - 1];
        for (size_t column = 1; column + 1 < width; column++)
            to[column] = mode(from[column - 1], from[column], from[column + 1]);
    }
    for (size_t row = 1; row + 1 < height; row++) {
        const uint16_t *from = at->spare + row * width;
        uint16_t *to = at->image + row * width;
        for (size_t column = 0; column < width; column++)
            to[column] = mode((from - width)[column], from[column], (from + width)[column]);
    }
}

/* Every second pixel of every second row, in place. */
static void halve(scale *at)
{
    const size_t width = (at->width + 1) / 2, height = (at->height + 1) / 2;
    for (size_t row = 0; row < height; row++)
        for (size_t column = 0; column < width; column++) {
            at->image[row * width + column] = at->image[2 * row * at->width + 2 * column];
            at->mask[row * width + column] = at->mask[2 * row * at->width + 2 * column];
        }
    at->width = width;
    at->height = height;
}

static void prepare(scale *at)
{
    const size_t side = 2 * at->reach + 1;
    const float unit = (float)(1 << FRACTION) / (float)(side * side);
    for (int level = 0, contrast = 1; level < LEVELS; level++) {
        contrast += level > BRIGHTEST[contrast - 1];
        at->faintest[level] = (uint8_t)contrast;
    }
    for (int contrast = 1; contrast <= at->contrasts; contrast++)
        at->weights[contrast] = (float)WEIGHT[contrast - 1] * unit;
    for (size_t column = 0; column < sizeof at->ramp / sizeof *at->ramp; column++)
        at->ramp[column] = (int16_t)column;
}

/* Half of the window, rounded down: 65 pixels where width and height are those of 4K, and in proportion. */
static size_t reach_of(size_t width, size_t height)
{
    size_t reach = 65 * (width + height) / 6000 / 2;
    return reach < LONGEST_REACH ? reach : LONGEST_REACH;
}

/* How many of 49 pixels may be flat where no bands are looked for: half of them at 4K, fewer in smaller pictures. */
static int least_flat(size_t width, size_t height)
{
    size_t blocks = (width / 64) * (height / 64);
    int bits = 0;
    while (bits < 63 && (size_t)1 << bits < blocks)
        bits++;
    return (49 + 3 * (bits - 11) - 1) / 2;
}

/* CAMBI of a plane, at steps of 1 to `contrasts` levels of 10 bits; negative where there is no memory. */
static double cambi(const uint8_t *plane, size_t width, size_t height, int contrasts)
{
    scale at = {.width = width, .height = height, .contrasts = contrasts, .reach = reach_of(width, height)};
    const size_t pixels = width * height;
    double score = 0.0;
    at.image = malloc(pixels * sizeof *at.image);
    at.spare = malloc(pixels * sizeof *at.spare);
    at.mask = malloc(pixels);
    at.found = malloc((pixels + 1) * sizeof *at.found);
    at.columns = (width < STRIP ? width : STRIP) + 4 * at.reach + BLOCK;
    at.counts = calloc((size_t)(LEVELS + 2 * contrasts) * at.columns, sizeof *at.counts);
    at.runs = malloc((2 * at.reach + 2) * at.columns * sizeof *at.runs);
    uint8_t *columns = calloc(width + 2 * HALF_MASK, 1);
    if (at.image && at.spare && at.mask && at.found && at.counts && at.runs && columns) {
        prepare(&at);
        convert(plane, width, height, at.image);
        fill_mask(&at, least_flat(width, height), (uint8_t *)at.spare, columns);
        for (int index = 0; index < SCALES; index++) {
            if (index > 0)
                halve(&at);
            filter_modes(&at);
            score += (double)(1 << (SCALES - 1 - index)) * pool_c_values(&at);
        }
        score /= (double)(1 << FRACTION);
    } else
        score = -1.0;
    free(at.image);
    free(at.spare);
    free(at.mask);
    free(at.found);
    free(at.counts);
    free(at.runs);
    free(columns);
    return score;
}

/* cambi(plane, contrasts) -> score */
static PyObject *cambi_of(PyObject *module, PyObject *arguments)
{
    (void)module;
    Py_buffer plane = {0};
    PyObject *result = NULL;
    int contrasts, fits = PyArg_ParseTuple(arguments, "O&i", to_read, &plane, &contrasts) && is_array(&plane, U8, 2);
    for (int side = 0; fits && side < 2; side++)
        if (plane.shape[side] < 1 || plane.shape[side] > UINT16_MAX) {
            PyErr_SetString(PyExc_ValueError, "a plane is 1 to 65535 pixels wide and high");
            fits = 0;
        }
    if (fits && (contrasts < 1 || contrasts > MOST_CONTRASTS)) {
        PyErr_Format(PyExc_ValueError, "there are 1 to %d contrasts", MOST_CONTRASTS);
        fits = 0;
    }
    if (fits) {
        double value;
        Py_BEGIN_ALLOW_THREADS
        value = cambi(plane.buf, (size_t)plane.shape[1], (size_t)plane.shape[0], contrasts);
        Py_END_ALLOW_THREADS
        result = value < 0.0 ? PyErr_NoMemory() : PyFloat_FromDouble(value);
    }
    let_go(&plane, 1);
    return result;
}

PyMethodDef cambi_methods[] = {
    {"cambi", cambi_of, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
