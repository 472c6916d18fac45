#include "phase.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "simd.h"

/* Keeps quotients finite where nothing responds. */
static const float EPSILON = 0x1p-23f;

enum { SCALES = PHASE_SCALES, LINE = 64 /* bytes that the processor's cache holds together */ };

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

void phase_release(phase_workspace *work)
{
    fourier_free(work->down);
    fourier_free(work->across);
    free(work->memory);
    free(work->planes);
}

int phase_prepare(phase_workspace *work, const phase_filters *filters)
{
    const size_t height = filters->height, width = filters->width;
    const size_t bands = (height + LANES - 1) / LANES, blocks = (width + LANES - 1) / LANES;
    *work = (phase_workspace){.filters = filters, .height = height, .width = width, .bands = bands, .blocks = blocks};
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

/* The spectrum of a plane less its mean, on which no filter depends: flat planes then have none, to the last bit. */
FOR_EACH_PROCESSOR
static void analyse(const phase_workspace *work, const float *plane)
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
static void respond(const phase_workspace *work, size_t orientation)
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
static void measure_bands(const phase_workspace *work)
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

void phase_congruency(const phase_workspace *work, const float *plane, float *congruency)
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

