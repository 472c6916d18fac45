/* Similarity of two planes in phase congruency and gradients: FSIM. */
#include "arrays.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fourier.h"
#include "simd.h"

enum { PHASE_SCALES = 4, PHASE_ORIENTATIONS = 4 };

/* What follows from the size that planes have after they were reduced; see fsim.py. Filters are the product of one of
 * each scale and one of each orientation, both of them [blocks of columns][rows][columns of a block]: columns by the
 * LANES of fourier.h, those beyond the width 0. Those of scales are symmetric, and have height / 2 + 1 rows. The noise
 * threshold of an orientation is `noise` times the median amplitude. */
typedef struct {
    size_t height, width;
    const float *scales, *orientations;
    double noise[PHASE_ORIENTATIONS];
} phase_filters;

/* Keeps quotients finite where nothing responds. */
static const float EPSILON = 0x1p-23f;

enum { SCALES = PHASE_SCALES, LINE = 64 /* bytes that the processor's cache holds together */ };

/* A plane in the order of blocks of LANES columns, rows, columns of a block is what transforms along columns work on;
 * in the order of bands of LANES rows, columns, rows of a band what those along rows do. Complex ones have, in each
 * block or band, the real parts first. They are in double precision: where most of a plane is flat, the far tails of
 * filters decide, which single precision loses. */
typedef struct {
    const phase_filters *filters;
    size_t height, width, bands, blocks;
    fourier *down, *across;
    char *memory;                            /* for all of these: */
    lanes *room, *product, *filtered, *line; /* for a band or a block, */
    lanes *spectrum;                         /* by columns, imaginary parts first, */
    lanes *responses;                        /* at all scales, by columns, transformed along these. */
    float *planes;                           /* For all of these, by rows: */
    float *energy, *amplitude;               /* of an orientation, the latter at the smallest scale, */
    float *amplitudes;                       /* of all orientations and scales. */
} workspace;

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

static void release(workspace *work)
{
    fourier_free(work->down);
    fourier_free(work->across);
    free(work->memory);
    free(work->planes);
}

static int prepare(workspace *work, const phase_filters *filters)
{
    const size_t height = filters->height, width = filters->width;
    const size_t bands = (height + LANES - 1) / LANES, blocks = (width + LANES - 1) / LANES;
    *work = (workspace){.filters = filters, .height = height, .width = width, .bands = bands, .blocks = blocks};
    work->down = fourier_new(height);
    work->across = fourier_new(width);
    if (!work->down || !work->across)
        return -1;
    lanes **const parts[] = {&work->room, &work->product, &work->filtered, &work->line, &work->spectrum,
                             &work->responses};
    const size_t sizes[] = {larger(fourier_room(work->down), fourier_room(work->across)),
                            2 * larger(height, blocks * LANES), 2 * height, 2 * SCALES * width, 2 * blocks * height,
                            2 * SCALES * blocks * height};
    size_t total = LINE;
    for (size_t part = 0; part < sizeof sizes / sizeof *sizes; part++)
        total += sizes[part] * sizeof(lanes) + LINE;
    const size_t by_rows = bands * LANES * width;
    work->memory = malloc(total);
    work->planes = malloc(3 * by_rows * sizeof *work->planes);
    if (!work->memory || !work->planes)
        return -1;
    char *next = work->memory;
    for (size_t part = 0; part < sizeof sizes / sizeof *sizes; part++) {
        next += LINE - (uintptr_t)next % LINE;
        *parts[part] = (lanes *)next;
        next += sizes[part] * sizeof(lanes);
    }
    work->energy = work->planes;
    work->amplitude = work->energy + by_rows;
    work->amplitudes = work->amplitude + by_rows;
    return 0;
}

/* Means over boxes of a plane that is `width` wide; `means` has zeros all around it. */
static void reduce(const uint8_t *plane, size_t width, size_t factor, const phase_filters *to, float *means)
{
    for (size_t row = 0; row < to->height; row++)
        for (size_t column = 0; column < to->width; column++) {
            const uint8_t *const box = plane + factor * (row * width + column);
            uint32_t sum = 0;
            for (size_t y = 0; y < factor; y++)
                for (size_t x = 0; x < factor; x++)
                    sum += box[y * width + x];
            means[(row + 1) * (to->width + 2) + column + 1] = (float)sum / (float)(factor * factor);
        }
}

/* The spectrum of a plane less its mean, on which no filter depends: flat planes then have none, to the last bit. */
FOR_EACH_PROCESSOR
static void analyse(const workspace *work, const float *plane)
{
    const size_t height = work->height, width = work->width;
    const double pixels = (double)height * (double)width;
    double mean = 0.0;
    for (size_t i = 0; i < (height + 2) * (width + 2); i++)
        mean += plane[i];
    mean /= pixels;
    for (size_t band = 0; band < work->bands; band++) {
        const size_t top = band * LANES, rows = height - top < LANES ? height - top : LANES;
        double *const values = (double *)work->product, *const line = (double *)work->line;
        memset(values, 0, 2 * width * sizeof(lanes));
        for (size_t column = 0; column < width; column++)
            for (size_t row = 0; row < rows; row++)
                values[column * LANES + row] = (plane[(top + row + 1) * (width + 2) + column + 1] - mean) / pixels;
        fourier_transform(work->across, work->product, work->line, work->room);
        for (size_t part = 0; part < 2; part++)
            for (size_t row = 0; row < rows; row++)
                for (size_t column = 0; column < work->blocks * LANES; column++) {
                    lanes *const at = work->spectrum + (2 * (column / LANES) + part) * height + top + row;
                    ((double *)at)[column % LANES] = column < width ? line[(part * width + column) * LANES + row] : 0.0;
                }
    }
    for (size_t block = 0; block < work->blocks; block++) {
        lanes *const values = work->spectrum + 2 * block * height;
        fourier_transform(work->down, values, work->product, work->room);
        memcpy(values, work->product + height, height * sizeof *values);
        memcpy(values + height, work->product, height * sizeof *values);
    }
}

/* The product of a complex array and a real one, whose `half` rows are mirrored behind the last if there are more. */
INLINED void filter(const lanes *from, const float *filters, size_t height, size_t half, lanes *to)
{
    for (size_t row = 0; row < height; row++) {
        const float *const factors = filters + LANES * (row < half ? row : height - row);
        for (size_t part = 0; part < 2; part++) {
            const double *const values = (const double *)(from + part * height + row);
            double *const products = (double *)(to + part * height + row);
            for (size_t lane = 0; lane < LANES; lane++)
                products[lane] = values[lane] * (double)factors[lane];
        }
    }
}

/* The responses at all scales, but for the transform along rows. */
FOR_EACH_PROCESSOR
static void respond(const workspace *work, size_t orientation)
{
    const size_t height = work->height, blocks = work->blocks, half = height / 2 + 1;
    for (size_t block = 0; block < blocks; block++) {
        const float *const angular = work->filters->orientations + (orientation * blocks + block) * height * LANES;
        filter(work->spectrum + 2 * block * height, angular, height, height, work->product);
        for (size_t scale = 0; scale < SCALES; scale++) {
            const float *const radial = work->filters->scales + (scale * blocks + block) * half * LANES;
            filter(work->product, radial, height, half, work->filtered);
            fourier_transform(work->down, work->filtered, work->responses + 2 * (scale * blocks + block) * height,
                              work->room);
        }
    }
}

/* Turns `rows` rows of a block of LANES columns, or fewer than LANES of them. */
INLINED void transpose(const double *RESTRICT from, size_t rows, double *RESTRICT to)
{
    for (size_t column = 0; column < LANES; column++)
        for (size_t row = 0; row < rows; row++)
            to[column * LANES + row] = from[row * LANES + column];
}

/* What follows from the responses at each scale: their energy in phase, and amplitudes. Which part is real does not
 * matter. */
INLINED void measure(const double *RESTRICT line, size_t count, float *RESTRICT energy, float *RESTRICT amplitude,
                     float *RESTRICT amplitudes)
{
    for (size_t i = 0; i < count; i++) {
        float even[SCALES], odd[SCALES], e = 0.0f, o = 0.0f, across = 0.0f, sum = 0.0f;
        for (size_t scale = 0; scale < SCALES; scale++) {
            even[scale] = (float)line[2 * scale * count + i];
            odd[scale] = (float)line[(2 * scale + 1) * count + i];
            e += even[scale];
            o += odd[scale];
        }
        for (size_t scale = 0; scale < SCALES; scale++) {
            across += fabsf(even[scale] * o - odd[scale] * e);
            sum += sqrtf(even[scale] * even[scale] + odd[scale] * odd[scale]);
        }
        energy[i] = (e * e + o * o - across) / (sqrtf(e * e + o * o) + EPSILON);
        amplitude[i] = sqrtf(even[0] * even[0] + odd[0] * odd[0]);
        amplitudes[i] += sum;
    }
}

FOR_EACH_PROCESSOR
static void measure_bands(const workspace *work)
{
    const size_t height = work->height, width = work->width;
    for (size_t band = 0; band < work->bands; band++) {
        const size_t top = band * LANES, rows = height - top < LANES ? height - top : LANES;
        if (rows < LANES)
            memset(work->product, 0, 2 * width * sizeof(lanes));
        for (size_t scale = 0; scale < SCALES; scale++) {
            for (size_t part = 0; part < 2; part++)
                for (size_t block = 0; block < work->blocks; block++) {
                    const lanes *const from =
                        work->responses + (2 * (scale * work->blocks + block) + part) * height + top;
                    lanes *const to = work->product + part * width + block * LANES;
                    if (rows == LANES)
                        transpose((const double *)from, LANES, (double *)to);
                    else
                        transpose((const double *)from, rows, (double *)to);
                }
            fourier_transform(work->across, work->product, work->line + 2 * scale * width, work->room);
        }
        const size_t count = width * LANES, at = band * count;
        measure((const double *)work->line, count, work->energy + at, work->amplitude + at, work->amplitudes + at);
    }
}

/* The value of this rank, from 0, among values that are not negative: digit by digit of their bits, whose order is that
 * of the values. `left` has room for all. */
FOR_EACH_PROCESSOR
static float ranked(const float *values, size_t count, size_t rank, uint32_t *left)
{
    enum { DIGIT = 10, DIGITS = 2 << DIGIT, APART = 4 }; /* neighbours are alike: counted apart, they need not wait */
    memcpy(left, values, count * sizeof *left);
    for (int shift = 2 * DIGIT; shift >= 0; shift -= DIGIT) {
        uint32_t counts[APART][DIGITS] = {{0}}, digit = 0;
        for (size_t i = 0; i < count; i++)
            counts[i % APART][left[i] >> shift & (DIGITS - 1)]++;
        for (;; digit++) {
            const size_t here = (size_t)counts[0][digit] + counts[1][digit] + counts[2][digit] + counts[3][digit];
            if (rank < here)
                break;
            rank -= here;
        }
        size_t kept = 0;
        for (size_t i = 0; i < count; i++) {
            const uint32_t bits = left[i];
            left[kept] = bits;
            kept += (bits >> shift & (DIGITS - 1)) == digit;
        }
        count = kept;
    }
    float value;
    memcpy(&value, left, sizeof value);
    return value;
}

FOR_EACH_PROCESSOR
static void add_above(const float *RESTRICT values, size_t count, float threshold, float *RESTRICT sums)
{
    for (size_t i = 0; i < count; i++) {
        const float above = values[i] - threshold;
        sums[i] += above > 0.0f ? above : 0.0f;
    }
}

/* Phase congruency of a plane, by rows: the energy of all orientations above noise, divided by the amplitudes.
 * `congruency` is 0 before. */
static void find_congruency(const workspace *work, const float *plane, float *congruency)
{
    const size_t count = work->bands * work->width * LANES, pixels = work->height * work->width;
    memset(work->amplitudes, 0, count * sizeof *work->amplitudes);
    analyse(work, plane);
    for (size_t orientation = 0; orientation < PHASE_ORIENTATIONS; orientation++) {
        respond(work, orientation);
        measure_bands(work);
        /* The rows that were added to the last band have the amplitude 0. */
        const float median = ranked(work->amplitude, count, count - pixels + (pixels - 1) / 2,
                                    (uint32_t *)work->responses);
        add_above(work->energy, count, (float)(work->filters->noise[orientation] * median), congruency);
    }
    for (size_t i = 0; i < count; i++)
        congruency[i] = (congruency[i] + EPSILON) / (work->amplitudes[i] + EPSILON);
}

INLINED float likeness(float a, float b, float constant)
{
    return (2.0f * a * b + constant) / (a * a + b * b + constant);
}

/* The size of Scharr's gradient in the middle of three rows. */
INLINED float gradient(const float *above, const float *here, const float *below)
{
    const float u = 3.0f * (above[2] - above[0]) + 10.0f * (here[2] - here[0]) + 3.0f * (below[2] - below[0]);
    const float v = 3.0f * (below[0] - above[0]) + 10.0f * (below[1] - above[1]) + 3.0f * (below[2] - above[2]);
    return sqrtf(u * u + v * v) * 0.0625f;
}

FOR_EACH_PROCESSOR
static double pool(const workspace *work, const float *RESTRICT x, const float *RESTRICT y,
                   const float *RESTRICT x_congruency, const float *RESTRICT y_congruency)
{
    const size_t width = work->width, stride = width + 2;
    float *RESTRICT similarity = (float *)work->product;
    double sum = 0.0, weights = 0.0;
    for (size_t row = 0; row < work->height; row++) {
        const float *const x_row = x + row * stride, *const y_row = y + row * stride;
        for (size_t i = 0; i < width; i++)
            similarity[i] = likeness(gradient(x_row + i, x_row + i + stride, x_row + i + 2 * stride),
                                     gradient(y_row + i, y_row + i + stride, y_row + i + 2 * stride), 160.0f);
        const size_t first = row / LANES * width * LANES + row % LANES;
        for (size_t i = 0; i < width; i++) {
            const float a = x_congruency[first + i * LANES], b = y_congruency[first + i * LANES];
            const float weight = a > b ? a : b;
            sum += similarity[i] * likeness(a, b, 0.85f) * weight;
            weights += weight;
        }
    }
    return sum / weights;
}

/* FSIM of two planes of this width, reduced to the filters' size by averaging boxes of `factor` x `factor` pixels (1 to
 * 257), of which all lie within. Negative where memory is short. */
static double fsim(const uint8_t *x, const uint8_t *y, size_t width, size_t factor, const phase_filters *filters)
{
    workspace work;
    double score = -1.0;
    float *planes = NULL;
    if (!prepare(&work, filters)) {
        const size_t framed = (work.height + 2) * (work.width + 2), by_rows = work.bands * work.width * LANES;
        planes = calloc(2 * (framed + by_rows), sizeof *planes);
        if (planes) {
            float *const means[2] = {planes, planes + framed};
            float *const congruency[2] = {planes + 2 * framed, planes + 2 * framed + by_rows};
            for (int picture = 0; picture < 2; picture++) {
                reduce(picture ? y : x, width, factor, filters, means[picture]);
                find_congruency(&work, means[picture], congruency[picture]);
            }
            score = pool(&work, means[0], means[1], congruency[0], congruency[1]);
        }
    }
    free(planes);
    release(&work);
    return score;
}

/* lanes() -> int: see fourier.h */
static PyObject *lanes_of(PyObject *module, PyObject *arguments)
{
    (void)module;
    (void)arguments;
    return PyLong_FromLong(LANES);
}

/* Whether an array is [filters][blocks of columns][rows][columns of a block]. */
static int are_filters(const Py_buffer *view, Py_ssize_t count, Py_ssize_t rows, Py_ssize_t columns)
{
    if (!is_array(view, F32, 4))
        return 0;
    if (view->shape[0] == count && view->shape[1] == (columns + LANES - 1) / LANES && view->shape[2] == rows &&
        view->shape[3] == LANES)
        return 1;
    PyErr_SetString(PyExc_ValueError, "the filters are not of the reduced size");
    return 0;
}

/* fsim(x, y, factor, scales, orientations, noise) -> float */
static PyObject *fsim_of(PyObject *module, PyObject *arguments)
{
    (void)module;
    enum { X, Y, BY_SCALE, BY_ORIENTATION, ARRAYS };
    Py_buffer arrays[ARRAYS] = {0};
    Py_ssize_t factor;
    phase_filters filters;
    double *const noise = filters.noise, score = -1.0;
    int fits = PyArg_ParseTuple(arguments, "O&O&nO&O&(dddd)", to_read, &arrays[X], to_read, &arrays[Y], &factor,
                                to_read, &arrays[BY_SCALE], to_read, &arrays[BY_ORIENTATION], noise, noise + 1,
                                noise + 2, noise + 3) &&
               are_alike(arrays, 2, U8, 2);
    if (fits && (factor < 1 || factor > 257 || arrays[X].shape[0] < 2 * factor || arrays[X].shape[1] < 2 * factor)) {
        PyErr_SetString(PyExc_ValueError, "the factor is 1 to 257, and reduces planes to two pixels or more");
        fits = 0;
    }
    if (fits) {
        const Py_ssize_t height = arrays[X].shape[0] / factor, width = arrays[X].shape[1] / factor;
        filters.height = (size_t)height;
        filters.width = (size_t)width;
        filters.scales = arrays[BY_SCALE].buf;
        filters.orientations = arrays[BY_ORIENTATION].buf;
        fits = are_filters(&arrays[BY_SCALE], PHASE_SCALES, height / 2 + 1, width) &&
               are_filters(&arrays[BY_ORIENTATION], PHASE_ORIENTATIONS, height, width);
    }
    if (fits) {
        Py_BEGIN_ALLOW_THREADS
        score = fsim(arrays[X].buf, arrays[Y].buf, (size_t)arrays[X].shape[1], (size_t)factor, &filters);
        Py_END_ALLOW_THREADS
    }
    let_go(arrays, ARRAYS);
    if (!fits)
        return NULL;
    return score < 0.0 ? PyErr_NoMemory() : PyFloat_FromDouble(score);
}

PyMethodDef fsim_methods[] = {
    {"fsim", fsim_of, METH_VARARGS, NULL},
    {"lanes", lanes_of, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};
