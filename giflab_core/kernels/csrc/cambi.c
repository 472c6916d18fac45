/* CAMBI: how visible the bands of a picture are (Tandon et al. 2021). */
#include "arrays.h"

#include <stdlib.h>
#include <string.h>

#include "simd.h"

#define MOST_CONTRASTS 32 /* there are weights for no more */

enum {
    SCALES = 5,
    LEVELS = 1024,       /* of 10 bits */
    HALF_MASK = 3,       /* the mask's filter covers 7 x 7 pixels */
    LONGEST_REACH = 127, /* so that the pixels in a window can be counted in 16 bits */
    STRIP = 1024,        /* columns at a time, so that memory for their histograms is bounded */
    FRACTION = 28,       /* bits behind the point in a c-value */
    BLOCK = 16,          /* columns that are worked on at once */
};

/* By contrast: its weight, and the brightest level from which a step of this size is still seen. */
static const uint8_t WEIGHT[MOST_CONTRASTS] = {1, 2, 3, 4, 4, 5, 5, 6, 6, 6, 6, 7, 7, 7, 7, 8,
                                               8, 8, 8, 8, 8, 8, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9};
static const uint16_t BRIGHTEST[] = {178, 305, 432, 559, 686, 813, LEVELS - 1};

/* Consecutive pixels of one level in a row that are all in the mask. */
typedef struct {
    uint32_t start, end;
    uint16_t level;
} run;

/* A scale of the picture, and what all scales share. A window covers `reach` pixels to each side of its centre. */
typedef struct {
    size_t width, height, reach;
    int contrasts;
    uint16_t *image, *spare; /* levels of 10 bits; room for as many */
    uint8_t *mask;           /* 1 where bands are looked for */
    int32_t *found;          /* the c-values that are not 0 */
    size_t columns;          /* of `counts`, and room for the runs of a row */
    uint16_t *counts;        /* by level, the first being -contrasts, and column: how often it is in the window there */
    run *runs;               /* of the rows that the windows cover; the slots of rows are used in turn */
    run *ends[2 * LONGEST_REACH + 2];                /* of the runs in each slot */
    uint32_t present[LEVELS + 2 * MOST_CONTRASTS];   /* by level as in `counts`: how often it is in these rows */
    uint8_t faintest[LEVELS];                        /* by level: the smallest contrast that is seen */
    float weights[MOST_CONTRASTS + 1];               /* by contrast, in fixed point and per pixel of the window */
    int16_t ramp[STRIP + 4 * LONGEST_REACH + BLOCK]; /* 0, 1, 2 ... */
} scale;

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

/* The runs of a row from column `first` to `last`; returns the end of those found. */
INLINED run *find_runs(const scale *at, size_t row, size_t first, size_t last, run *runs)
{
    const uint16_t *image = at->image + row * at->width;
    const uint8_t *mask = at->mask + row * at->width;
    for (size_t column = first; column < last; column++) {
        if (!mask[column])
            continue;
        *runs = (run){(uint32_t)column, (uint32_t)column, image[column]};
        while (column < last && mask[column] && image[column] == runs->level)
            column++;
        (runs++)->end = (uint32_t)column--;
    }
    return runs;
}

INLINED size_t blocks_of(size_t length)
{
    return (length + BLOCK - 1) / BLOCK * BLOCK;
}

/* Adds (1) or removes (-1) a run in all windows that it is in: one pixel in the first, ever more up to the shorter of
 * run and window, then fewer again. `left` is the strip's first column. */
INLINED void count(scale *at, run it, size_t left, int16_t change)
{
    const size_t side = 2 * at->reach + 1, length = it.end - it.start, reached = length + side - 1;
    const int16_t most = (int16_t)(length < side ? length : side);
    uint16_t *counts = at->counts + (size_t)(it.level + at->contrasts) * at->columns + (it.start + at->reach - left);
    for (size_t column = 0; column < blocks_of(reached); column++) {
        int16_t before = at->ramp[column], up = (int16_t)(before + 1), down = (int16_t)((int16_t)reached - before);
        int16_t pixels = up < down ? up : down;
        pixels = pixels < most ? pixels : most;
        pixels = pixels > 0 ? pixels : 0;
        counts[column] = (uint16_t)(counts[column] + change * pixels);
    }
    at->present[it.level + at->contrasts] += (uint32_t)(change * (int32_t)length);
}

/* The c-values of a run of at most STRIP pixels: the largest over the contrasts of weight * p0 * p / (p0 + p), where p0
 * and p are how often the level itself and that so much darker or brighter are in the window. */
INLINED int32_t *value_run(const scale *at, run it, const uint16_t *counts, int32_t *found)
{
    const int level = it.level + at->contrasts, faintest = at->faintest[it.level];
    const size_t length = it.end - it.start;
    float p0[STRIP];
    int32_t values[STRIP];
    int any = 0;
    for (int contrast = faintest; contrast <= at->contrasts; contrast++)
        for (int way = -1; way <= 1; way += 2) {
            if (!at->present[level + way * contrast])
                continue;
            if (!any) {
                for (size_t column = 0; column < blocks_of(length); column++) {
                    uint16_t own = counts[level * at->columns + column];
                    p0[column] = (float)(int32_t)(own ? own : 1); /* 0 only behind the run, where no one looks */
                    values[column] = 0;
                }
                any = 1;
            }
            const uint16_t *others = counts + (level + way * contrast) * at->columns;
            const float weight = at->weights[contrast];
            for (size_t column = 0; column < blocks_of(length); column++) {
                float p = (float)(int32_t)others[column];
                int32_t value = (int32_t)(weight * (p0[column] * p) / (p0[column] + p));
                values[column] = value > values[column] ? value : values[column];
            }
        }
    if (any)
        for (size_t column = 0; column < length; column++) {
            *found = values[column];
            found += values[column] > 0;
        }
    return found;
}

/* The c-values of the columns from `left` to `right`; returns the end of those found. */
FOR_EACH_PROCESSOR static int32_t *search(scale *at, size_t left, size_t right, int32_t *found)
{
    const size_t reach = at->reach, side = 2 * reach + 1, slots = side + 1, width = at->width;
    const size_t first = left > reach ? left - reach : 0, last = right + reach < width ? right + reach : width;
    for (size_t row = 0; row < at->height + side; row++) {
        if (row < at->height) {
            run *const runs = at->runs + row % slots * at->columns;
            run *const end = at->ends[row % slots] = find_runs(at, row, first, last, runs);
            for (const run *it = runs; it < end; it++)
                count(at, *it, left, 1);
        }
        if (row >= side) {
            const size_t slot = (row - side) % slots;
            for (const run *it = at->runs + slot * at->columns; it < at->ends[slot]; it++)
                count(at, *it, left, -1);
        }
        if (row >= reach && row < at->height + reach) {
            const size_t slot = (row - reach) % slots;
            for (const run *it = at->runs + slot * at->columns; it < at->ends[slot]; it++) {
                run inside = *it;
                inside.start = inside.start > left ? inside.start : (uint32_t)left;
                inside.end = inside.end < right ? inside.end : (uint32_t)right;
                if (inside.start < inside.end)
                    found = value_run(at, inside, at->counts + inside.start + 2 * reach - left, found);
            }
        }
    }
    return found;
}

/* The sum of the `wanted` largest of more values than that, none negative. */
static int64_t sum_of_largest(const int32_t *values, size_t count, size_t wanted)
{
    enum { BITS = 11, DIGITS = 1 << BITS };
    size_t left = wanted;
    uint32_t known = 0, bound = 0; /* the bits that are settled of the smallest value that is wanted */
    for (int shift = 2 * BITS; shift >= 0; shift -= BITS) {
        uint32_t with[DIGITS] = {0};
        size_t digit = DIGITS - 1;
        for (size_t index = 0; index < count; index++)
            if (((uint32_t)values[index] & known) == bound)
                with[(uint32_t)values[index] >> shift & (DIGITS - 1)]++;
        while (with[digit] < left)
            left -= with[digit--];
        bound |= (uint32_t)digit << shift;
        known |= (uint32_t)(DIGITS - 1) << shift;
    }
    int64_t sum = (int64_t)left * bound;
    for (size_t index = 0; index < count; index++)
        sum += (uint32_t)values[index] > bound ? values[index] : 0;
    return sum;
}

/* The mean of the largest 60 % of the c-values. */
static double pool(scale *at)
{
    const size_t pixels = at->width * at->height;
    const size_t wanted = pixels * 3 / 5 ? pixels * 3 / 5 : 1;
    int32_t *end = at->found;
    for (size_t left = 0; left < at->width; left += STRIP) {
        size_t right = left + STRIP < at->width ? left + STRIP : at->width;
        end = search(at, left, right, end);
    }
    const size_t count = (size_t)(end - at->found);
    int64_t sum = 0;
    if (count > wanted)
        sum = sum_of_largest(at->found, count, wanted);
    else
        for (size_t index = 0; index < count; index++)
            sum += at->found[index];
    return (double)sum / (double)wanted;
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
            score += (double)(1 << (SCALES - 1 - index)) * pool(&at);
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
