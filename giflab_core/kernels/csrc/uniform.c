#include "uniform.h"

#include <stdlib.h>

#include "simd.h"

enum { AREA = SSIM_WINDOW * SSIM_WINDOW };

/* SSIM's constants as they go with sums over a window, of s = x + y and d = x - y instead of x and y, which makes
 * everything twice as large; the second with the sample covariance. */
static const float C1 = (float)(2 * AREA * AREA * 6.5025), C2 = (float)(2 * AREA * (AREA - 1) * 58.5225);

/* Moves the sums down each column by one row: of s, d and their squares. */
INLINED void slide(const uint8_t *x, const uint8_t *y, const uint8_t *old_x, const uint8_t *old_y, size_t n,
                   int16_t *RESTRICT s, int16_t *RESTRICT d, int32_t *RESTRICT ss, int32_t *RESTRICT dd)
{
    for (size_t i = 0; i < n; i++) {
        const int16_t new_s = x[i] + y[i], old_s = old_x[i] + old_y[i];
        const int16_t new_d = x[i] - y[i], old_d = old_x[i] - old_y[i];
        const int16_t more_s = new_s - old_s, both_s = new_s + old_s, more_d = new_d - old_d, both_d = new_d + old_d;
        s[i] += more_s;
        d[i] += more_d;
        ss[i] += more_s * both_s; /* new squared less old squared */
        dd[i] += more_d * both_d;
    }
}

#define ACROSS(sums)                                                                                                   \
    (sums[i] + sums[i + step] + sums[i + 2 * step] + sums[i + 3 * step] + sums[i + 4 * step] + sums[i + 5 * step] +    \
     sums[i + 6 * step])

/* Every sum and product stays below 49 * 49 * 510**2 < 2**30. Equal windows have d = 0 and a ratio of exactly 1. */
INLINED int64_t score(const int16_t *RESTRICT s, const int16_t *RESTRICT d, const int32_t *RESTRICT ss,
                      const int32_t *RESTRICT dd, size_t step, size_t n, int32_t *RESTRICT scores)
{
    int64_t sum = 0;
    for (size_t i = 0; i < n; i++) {
        const int16_t sum_s = ACROSS(s), sum_d = ACROSS(d);
        const int32_t a = sum_s * sum_s, b = sum_d * sum_d;
        const int32_t spread_s = AREA * ACROSS(ss) - a, spread_d = AREA * ACROSS(dd) - b;
        const float above = ((float)(a - b) + C1) * ((float)(spread_s - spread_d) + C2);
        const float below = ((float)(a + b) + C1) * ((float)(spread_s + spread_d) + C2);
        sum += scores[i] = (int32_t)(above / below * 0x1p30f);
    }
    return sum;
}

INLINED int64_t total(const int32_t *values, size_t n)
{
    int64_t sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += values[i];
    return sum;
}

FOR_EACH_PROCESSOR
int ssim_windows(const uint8_t *x, const uint8_t *y, size_t stride, size_t step, size_t rows, size_t columns,
                 int32_t *scores, size_t scores_stride, int64_t *sum)
{
    const size_t n = columns + (SSIM_WINDOW - 1) * step;
    int32_t *const memory = calloc(n, 3 * sizeof(int32_t) + 2 * sizeof(int16_t) + sizeof(uint8_t));
    if (!memory)
        return 0;
    int32_t *const ss = memory, *const dd = ss + n, *const row = dd + n;
    int16_t *const s = (int16_t *)(row + n), *const d = s + n;
    const uint8_t *const nothing = (uint8_t *)(d + n); /* a row of zeros above the first */
    *sum = 0;
    for (size_t bottom = 0; bottom < rows + SSIM_WINDOW - 1; bottom++, x += stride, y += stride) {
        const int first = bottom < SSIM_WINDOW;
        slide(x, y, first ? nothing : x - SSIM_WINDOW * stride, first ? nothing : y - SSIM_WINDOW * stride, n, s, d,
              ss, dd);
        if (bottom < SSIM_WINDOW - 1)
            continue;
        if (scores)
            *sum -= total(scores, columns);
        *sum += score(s, d, ss, dd, step, columns, scores ? scores : row);
        if (scores)
            scores += scores_stride;
    }
    free(memory);
    return 1;
}

FOR_EACH_PROCESSOR
moment_sums sum_moments(const uint8_t *x, const uint8_t *y, const uint8_t *mask, size_t n)
{
    enum { CHUNK = 1024 }; /* products of 16 bits, which processors sum at once, and 32 bits for each sum */
    int16_t a[CHUNK], b[CHUNK];
    moment_sums sums = {0};
    for (size_t start = 0; start < n; start += CHUNK) {
        const size_t length = n - start < CHUNK ? n - start : CHUNK;
        for (size_t i = 0; i < length; i++) {
            const uint8_t keep = mask && !mask[start + i] ? 0 : UINT8_MAX;
            a[i] = x[start + i] & keep;
            b[i] = y[start + i] & keep;
        }
        int32_t sum_x = 0, sum_y = 0, xx = 0, yy = 0, xy = 0, left_out = 0;
        for (size_t i = 0; i < length; i++) {
            sum_x += a[i];
            sum_y += b[i];
            xx += a[i] * a[i];
            yy += b[i] * b[i];
            xy += a[i] * b[i];
        }
        for (size_t i = 0; mask && i < length; i++)
            left_out += !mask[start + i];
        sums.n += length - (size_t)left_out;
        sums.x += (uint64_t)sum_x;
        sums.y += (uint64_t)sum_y;
        sums.xx += (uint64_t)xx;
        sums.yy += (uint64_t)yy;
        sums.xy += (uint64_t)xy;
    }
    return sums;
}
