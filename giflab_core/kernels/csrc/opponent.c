#include "opponent.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "simd.h"

/* Sums of doubles are exact, and in any order the same, as integers: a value is rounded to the unit 2**-n by adding
 * 1.5 * 2**(52 - n), which leaves it in the lower bits of the sum. */
INLINED int64_t fixed(double value, double magic)
{
    const double shifted = value + magic;
    int64_t bits, base;
    memcpy(&bits, &shifted, sizeof bits);
    memcpy(&base, &magic, sizeof base);
    return bits - base;
}

/* Red, green and blue of one row of boxes. */
typedef struct {
    int32_t *red, *green, *blue;
} colour_row;

INLINED void sum_across(const uint16_t *RESTRICT columns, size_t count, size_t factor, int32_t *RESTRICT red,
                        int32_t *RESTRICT green, int32_t *RESTRICT blue)
{
    for (size_t box = 0; box < count; box++) {
        const uint16_t *const first = columns + 4 * factor * box;
        int32_t r = 0, g = 0, b = 0;
        for (size_t pixel = 0; pixel < factor; pixel++) {
            r += first[4 * pixel];
            g += first[4 * pixel + 1];
            b += first[4 * pixel + 2];
        }
        red[box] = r;
        green[box] = g;
        blue[box] = b;
    }
}

/* Sums over row `row` of the boxes that a picture is cut into, of which the first begins `before` pixels above and to
 * the left of it; nothing is added outside. `columns` has room for factor pixels more than a row of boxes. */
FOR_EACH_PROCESSOR
static void sum_boxes(const uint8_t *picture, size_t height, size_t width, size_t factor, size_t before, size_t row,
                      uint16_t *RESTRICT columns, colour_row sums)
{
    const size_t count = (width + factor - 1) / factor;
    const size_t top = row * factor > before ? row * factor - before : 0;
    const size_t bottom = (row + 1) * factor - before < height ? (row + 1) * factor - before : height;
    memset(columns, 0, 4 * (count + 1) * factor * sizeof *columns);
    for (size_t y = top; y < bottom; y++) {
        const uint8_t *RESTRICT line = picture + 4 * width * y;
        uint16_t *RESTRICT to = columns + 4 * before;
        for (size_t i = 0; i < 4 * width; i++)
            to[i] = (uint16_t)(to[i] + line[i]);
    }
    if (factor == 1)
        sum_across(columns, count, 1, sums.red, sums.green, sums.blue);
    else if (factor == 2)
        sum_across(columns, count, 2, sums.red, sums.green, sums.blue);
    else
        sum_across(columns, count, factor, sums.red, sums.green, sums.blue);
}

/* MDSI. The planes of luma and of both chroma channels are held for three rows of each picture, with a column of zeros
 * at both sides. */

enum { LUMA, CHROMA_H, CHROMA_M, CHANNELS };

static const double LHM[CHANNELS][3] = {{0.2989, 0.587, 0.114}, {0.3, 0.04, -0.35}, {0.34, -0.6, 0.17}};

/* Deviations are summed in units of 2**-36: up to 2**25 boxes of values below 2. */
static const double MDSI_MAGIC = 0x1.8p16, MDSI_UNIT = 0x1p-36;

FOR_EACH_PROCESSOR
static void mix(colour_row sums, size_t count, const float *weights, float *RESTRICT mixed)
{
    for (size_t i = 0; i < count; i++)
        mixed[i] =
            weights[0] * (float)sums.red[i] + weights[1] * (float)sums.green[i] + weights[2] * (float)sums.blue[i];
}

INLINED float likeness(float a, float b, float constant)
{
    return (2.0f * a * b + constant) / (a * a + b * b + constant);
}

/* What likeness lacks of 1, which stays exact where that is little. */
INLINED float unlikeness(float a, float b, float constant)
{
    return (a - b) * (a - b) / (a * a + b * b + constant);
}

/* By how much the similarity of each pixel falls short of 1; `x` and `y` are the rows above, here and below of luma,
 * and chroma here. */
FOR_EACH_PROCESSOR
static void compare_row(const float *const x[5], const float *const y[5], size_t count, float *RESTRICT losses)
{
    const float *RESTRICT x0 = x[0], *RESTRICT x1 = x[1], *RESTRICT x2 = x[2], *RESTRICT xh = x[3], *RESTRICT xm = x[4];
    const float *RESTRICT y0 = y[0], *RESTRICT y1 = y[1], *RESTRICT y2 = y[2], *RESTRICT yh = y[3], *RESTRICT ym = y[4];
    const float third = 1.0f / 3.0f;
    for (size_t i = 0; i < count; i++) {
        const float xu = (x0[i + 2] + x1[i + 2] + x2[i + 2] - (x0[i] + x1[i] + x2[i])) * third;
        const float yu = (y0[i + 2] + y1[i + 2] + y2[i + 2] - (y0[i] + y1[i] + y2[i])) * third;
        const float xv = (x2[i] + x2[i + 1] + x2[i + 2] - (x0[i] + x0[i + 1] + x0[i + 2])) * third;
        const float yv = (y2[i] + y2[i + 1] + y2[i + 2] - (y0[i] + y0[i + 1] + y0[i + 2])) * third;
        const float u = 0.5f * (xu + yu), v = 0.5f * (xv + yv);
        const float a = sqrtf(xu * xu + xv * xv), b = sqrtf(yu * yu + yv * yv), mean = sqrtf(u * u + v * v);
        const float gradient = unlikeness(a, b, 140.0f) + (unlikeness(a, mean, 55.0f) - unlikeness(b, mean, 55.0f));
        const float h = xh[i + 1], m = xm[i + 1], g = yh[i + 1], n = ym[i + 1];
        const float chroma =
            ((h - g) * (h - g) + (m - n) * (m - n)) / (h * h + g * g + (m * m + n * n) + 550.0f);
        losses[i] = chroma + 0.6f * (gradient - chroma);
    }
}

/* What the fourth root of a similarity lacks of 1. That of a negative number is complex, at 45 degrees. */
typedef struct {
    double real, imaginary;
} complex_loss;

INLINED complex_loss root(float loss)
{
    const float similarity = 1.0f - loss, square = sqrtf(fabsf(similarity)), fourth = sqrtf(square);
    const double turned = (double)fourth * 0.70710678118654757;
    const double straight = (double)(loss / ((1.0f + square) * (1.0f + fourth)));
    return (complex_loss){similarity < 0.0f ? 1.0 - turned : straight, similarity < 0.0f ? turned : 0.0};
}

FOR_EACH_PROCESSOR
static double mean_deviation(const float *losses, size_t count)
{
    int64_t real = 0, imaginary = 0, deviation = 0;
    for (size_t i = 0; i < count; i++) {
        const complex_loss here = root(losses[i]);
        real += fixed(here.real, MDSI_MAGIC);
        imaginary += fixed(here.imaginary, MDSI_MAGIC);
    }
    const double a = (double)real * MDSI_UNIT / (double)count, b = (double)imaginary * MDSI_UNIT / (double)count;
    for (size_t i = 0; i < count; i++) {
        const complex_loss here = root(losses[i]);
        const double p = here.real - a, q = here.imaginary - b;
        deviation += fixed(sqrt(p * p + q * q), MDSI_MAGIC);
    }
    return (double)deviation * MDSI_UNIT / (double)count;
}

double mdsi(const uint8_t *x, const uint8_t *y, size_t height, size_t width, size_t factor)
{
    const uint8_t *const pictures[2] = {x, y};
    const size_t rows = (height + factor - 1) / factor, count = (width + factor - 1) / factor, stride = count + 2;
    float weights[CHANNELS][3];
    for (int channel = 0; channel < CHANNELS; channel++)
        for (int colour = 0; colour < 3; colour++)
            weights[channel][colour] = (float)(LHM[channel][colour] / (double)(factor * factor));
    float *const losses = malloc(rows * count * sizeof *losses);
    float *const planes = calloc(2 * 3 * CHANNELS * stride, sizeof *planes);
    int32_t *const sums = malloc(3 * count * sizeof *sums);
    uint16_t *const columns = malloc(4 * (count + 1) * factor * sizeof *columns);
    double result = -1.0;
    if (losses && planes && sums && columns) {
        const colour_row colours = {sums, sums + count, sums + 2 * count};
#define PLANE(picture, row, channel) (planes + (((picture) * 3 + (row) % 3) * CHANNELS + (channel)) * stride)
        /* Row -1, all zero, has the place of row 2. */
        for (size_t row = 0; row <= rows; row++) {
            const float *around[2][5];
            for (size_t picture = 0; picture < 2; picture++) {
                if (row < rows) {
                    sum_boxes(pictures[picture], height, width, factor, (factor - 1) / 2, row, columns, colours);
                    for (int channel = 0; channel < CHANNELS; channel++)
                        mix(colours, count, weights[channel], PLANE(picture, row, channel) + 1);
                } else {
                    memset(PLANE(picture, row, LUMA), 0, stride * sizeof *planes);
                }
                around[picture][0] = PLANE(picture, row + 1, LUMA);
                around[picture][1] = PLANE(picture, row + 2, LUMA);
                around[picture][2] = PLANE(picture, row, LUMA);
                around[picture][3] = PLANE(picture, row + 2, CHROMA_H);
                around[picture][4] = PLANE(picture, row + 2, CHROMA_M);
            }
            if (row)
                compare_row(around[0], around[1], count, losses + (row - 1) * count);
        }
#undef PLANE
        result = sqrt(sqrt(mean_deviation(losses, rows * count)));
    }
    free(columns);
    free(sums);
    free(planes);
    free(losses);
    return result;
}

/* HaarPSI. All sums are of integers: luma in units of 1/4000, chroma of 1/40000. A wavelet is four squares of 1, 2 or
 * 4 boxes' side, and the sums of all such squares are held for the last eight rows. Square (r, c) begins there. */

enum { SQUARES_1, SQUARES_2, SQUARES_4, CHROMA_I, CHROMA_Q, PLANES, HELD = 8, MARGIN = 8 };

static const double ALPHA = 4.2;

/* Deficits are summed in units of 2**-8 of a weight's: up to 2**28 pixels. */
static const double HAARPSI_MAGIC = 0x1.8p44;

/* Rows of one picture by plane and number, which may be as low as -HELD. */
typedef struct {
    int32_t *rows;
    size_t stride;
} haar_planes;

INLINED int32_t *row_of(haar_planes planes, int plane, ptrdiff_t row)
{
    return planes.rows + ((size_t)plane * HELD + (size_t)(row + HELD) % HELD) * planes.stride + MARGIN;
}

FOR_EACH_PROCESSOR
static void mix_yiq(colour_row sums, size_t count, int32_t *RESTRICT luma, int32_t *RESTRICT in_phase,
                    int32_t *RESTRICT quadrature)
{
    for (size_t i = 0; i < count; i++) {
        const int32_t red = sums.red[i], green = sums.green[i], blue = sums.blue[i];
        luma[i] = 299 * red + 587 * green + 114 * blue;
        in_phase[i] = 5959 * red - 2746 * green - 3213 * blue;
        quadrature[i] = 2115 * red - 5227 * green + 3112 * blue;
    }
}

/* Squares of twice the side, from those that begin at two rows which are `side` apart. */
FOR_EACH_PROCESSOR
static void double_squares(const int32_t *RESTRICT above, const int32_t *RESTRICT below, ptrdiff_t side, size_t width,
                           int32_t *RESTRICT squares)
{
    for (ptrdiff_t i = -4; i < (ptrdiff_t)width + 2; i++)
        squares[i] = above[i] + above[i + side] + below[i] + below[i + side];
}

/* Wavelets across a horizontal and a vertical edge at one place, of four squares. */
typedef struct {
    int32_t horizontal, vertical;
} wavelets;

INLINED wavelets wavelets_at(const int32_t *above, const int32_t *below, ptrdiff_t i, ptrdiff_t side)
{
    const int32_t falling = above[i + 1 - side] - below[i + 1], rising = above[i + 1] - below[i + 1 - side];
    return (wavelets){falling + rising, falling - rising};
}

/* exp(-t) for 0 <= t <= 4.2 by its series at t/16. */
INLINED float decay(float t)
{
    const float s = t * -0.0625f;
    float e = 1.0f + s * (1.0f / 7.0f);
    e = 1.0f + s * (1.0f / 6.0f) * e;
    e = 1.0f + s * (1.0f / 5.0f) * e;
    e = 1.0f + s * (1.0f / 4.0f) * e;
    e = 1.0f + s * (1.0f / 3.0f) * e;
    e = 1.0f + s * (1.0f / 2.0f) * e;
    e = 1.0f + s * e;
    e *= e;
    e *= e;
    e *= e;
    return e * e;
}

INLINED float sigmoid(float similarity)
{
    return 1.0f / (1.0f + decay((float)ALPHA * similarity));
}

INLINED int32_t larger(int32_t a, int32_t b)
{
    a = a < 0 ? -a : a;
    b = b < 0 ? -b : b;
    return a > b ? a : b;
}

/* The likeness of two sums' absolute values in grey levels. */
INLINED float like(int32_t a, int32_t b, float unit)
{
    return likeness(fabsf((float)a * unit), fabsf((float)b * unit), 30.0f);
}

INLINED int32_t square(const int32_t *above, const int32_t *below, ptrdiff_t i)
{
    return above[i] + above[i + 1] + below[i] + below[i + 1];
}

FOR_EACH_PROCESSOR
static void add_row(haar_planes x, haar_planes y, ptrdiff_t row, size_t width, haarpsi_sums *sums)
{
    const float perfect = sigmoid(1.0f);
    int64_t deficit = 0, weight = 0;
#define ROWS(plane, above, below)                                                                                 \
    const int32_t *RESTRICT x##plane##0 = row_of(x, plane, row + (above)),                                        \
                  *RESTRICT x##plane##1 = row_of(x, plane, row + (below)),                                        \
                  *RESTRICT y##plane##0 = row_of(y, plane, row + (above)),                                        \
                  *RESTRICT y##plane##1 = row_of(y, plane, row + (below))
    ROWS(SQUARES_1, 0, 1);
    ROWS(SQUARES_2, -1, 1);
    ROWS(SQUARES_4, -3, 1);
    ROWS(CHROMA_I, 0, 1);
    ROWS(CHROMA_Q, 0, 1);
#undef ROWS
    for (ptrdiff_t i = 0; i < (ptrdiff_t)width; i++) {
#define AT(picture, squares, side) wavelets_at(picture##squares##0, picture##squares##1, i, side)
        const wavelets x1 = AT(x, SQUARES_1, 1), x2 = AT(x, SQUARES_2, 2), x4 = AT(x, SQUARES_4, 4);
        const wavelets y1 = AT(y, SQUARES_1, 1), y2 = AT(y, SQUARES_2, 2), y4 = AT(y, SQUARES_4, 4);
#undef AT
        const float fine = 1.0f / (2 * 4000), coarse = 1.0f / (4 * 4000), chroma = 1.0f / (4 * 40000);
        const float horizontal = like(x1.horizontal, y1.horizontal, fine) + like(x2.horizontal, y2.horizontal, coarse);
        const float vertical = like(x1.vertical, y1.vertical, fine) + like(x2.vertical, y2.vertical, coarse);
        const float colour = like(square(xCHROMA_I0, xCHROMA_I1, i), square(yCHROMA_I0, yCHROMA_I1, i), chroma) +
                             like(square(xCHROMA_Q0, xCHROMA_Q1, i), square(yCHROMA_Q0, yCHROMA_Q1, i), chroma);
        const int32_t h = larger(x4.horizontal, y4.horizontal), v = larger(x4.vertical, y4.vertical);
        const double lost = (double)h * (double)(perfect - sigmoid(0.5f * horizontal)) +
                            (double)v * (double)(perfect - sigmoid(0.5f * vertical)) +
                            0.5 * (double)(h + v) * (double)(perfect - sigmoid(0.5f * colour));
        deficit += fixed(lost, HAARPSI_MAGIC);
        weight += h + v;
    }
    sums->deficit += deficit;
    sums->weight += weight;
}

int haarpsi(const uint8_t *x, const uint8_t *y, size_t height, size_t width, haarpsi_sums *result)
{
    const uint8_t *const pictures[2] = {x, y};
    const size_t rows = (height + 1) / 2, count = (width + 1) / 2, stride = count + 2 * MARGIN;
    int32_t *const held = calloc(2 * PLANES * HELD * stride, sizeof *held);
    int32_t *const sums = malloc(3 * count * sizeof *sums);
    uint16_t *const columns = malloc(4 * (count + 1) * 2 * sizeof *columns);
    const int whole = held && sums && columns;
    if (whole) {
        const colour_row colours = {sums, sums + count, sums + 2 * count};
        haarpsi_sums total = {0, 0};
        const haar_planes planes[2] = {{held, stride}, {held + PLANES * HELD * stride, stride}};
        /* A wavelet's lowest box is four rows below its place. */
        for (ptrdiff_t row = -4; row < (ptrdiff_t)rows; row++) {
            for (int picture = 0; picture < 2; picture++) {
                const haar_planes here = planes[picture];
                int32_t *const luma = row_of(here, SQUARES_1, row + 4);
                int32_t *const i = row_of(here, CHROMA_I, row + 4), *const q = row_of(here, CHROMA_Q, row + 4);
                if (row + 4 < (ptrdiff_t)rows) {
                    sum_boxes(pictures[picture], height, width, 2, 0, (size_t)(row + 4), columns, colours);
                    mix_yiq(colours, count, luma, i, q);
                } else {
                    memset(luma, 0, count * sizeof *luma);
                    memset(i, 0, count * sizeof *i);
                    memset(q, 0, count * sizeof *q);
                }
                double_squares(row_of(here, SQUARES_1, row + 3), luma, 1, count, row_of(here, SQUARES_2, row + 3));
                double_squares(row_of(here, SQUARES_2, row + 1), row_of(here, SQUARES_2, row + 3), 2, count,
                               row_of(here, SQUARES_4, row + 1));
            }
            if (row >= 0)
                add_row(planes[0], planes[1], row, count, &total);
        }
        *result = total;
    }
    free(columns);
    free(sums);
    free(held);
    return whole ? 0 : -1;
}
