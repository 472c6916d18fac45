/* MS-SSIM: SSIM with a Gaussian window at five scales. */
#include "arrays.h"

#include <stdlib.h>
#include <string.h>

#include "simd.h"

/* The window, and the smallest side: at the last scale it must still hold a window. */
enum { MS_SSIM_SCALES = 5, MS_SSIM_WINDOW = 11, MS_SSIM_SIDE = (MS_SSIM_WINDOW - 1) * 16 + 1 };

/* Scores of STRIP columns at a time, for which all rows under a window stay in the processor's first cache. */
enum { STRIP = 128, REACH = MS_SSIM_WINDOW - 1, MAPS = 4 };

/* The Gaussian of standard deviation 1.5 over 11 pixels, from its middle to one end. */
static const float WEIGHTS[] = {0.26601171f, 0.21300554f, 0.10936069f, 0.03600077f, 0.0075987582f, 0.0010283801f};

/* Both pictures are kept as s = x + y - 255 and d = x - y: small numbers around 0 lose least in variances as
 * differences of float32. What SSIM adds to both sides of its ratios becomes twice as large by it. */
static const float MIDDLE = 255, C1 = (float)(2 * 6.5025), C2 = (float)(2 * 58.5225);

/* One scale: of the first the pictures, of others s and d. Their values are multiples of 1/4, 1/16 ..., and exact. */
typedef struct {
    const uint8_t *x, *y;
    float *s, *d;
    size_t height, width;
} scale;

INLINED void load(scale of, size_t start, size_t n, float *RESTRICT s, float *RESTRICT d)
{
    if (of.x)
        for (size_t i = 0; i < n; i++) {
            s[i] = (float)(of.x[start + i] + of.y[start + i] - 255);
            d[i] = (float)(of.x[start + i] - of.y[start + i]);
        }
    else {
        memcpy(s, of.s + start, n * sizeof *s);
        memcpy(d, of.d + start, n * sizeof *d);
    }
}

INLINED void square(const float *from, size_t n, float *RESTRICT to)
{
    for (size_t i = 0; i < n; i++)
        to[i] = from[i] * from[i];
}

/* Along a row where the rows given are one row that begins one pixel later each, down columns where they are rows. */
INLINED void blur(const float *const rows[MS_SSIM_WINDOW], size_t n, float *RESTRICT to)
{
    const float *const a = rows[0], *const b = rows[1], *const c = rows[2], *const d = rows[3], *const e = rows[4];
    const float *const middle = rows[5], *const f = rows[6], *const g = rows[7], *const h = rows[8], *const j = rows[9];
    const float *const k = rows[10];
    for (size_t i = 0; i < n; i++)
        to[i] = middle[i] * WEIGHTS[0] + (e[i] + f[i]) * WEIGHTS[1] + (d[i] + g[i]) * WEIGHTS[2] +
                (c[i] + h[i]) * WEIGHTS[3] + (b[i] + j[i]) * WEIGHTS[4] + (a[i] + k[i]) * WEIGHTS[5];
}

/* Equal windows have d = 0 and ratios of exactly 1. */
INLINED int64_t score(float maps[MAPS][STRIP], size_t n, int whole)
{
    int64_t sum = 0;
    for (size_t i = 0; i < n; i++) {
        const float s = maps[0][i], d = maps[1][i], light = s + MIDDLE;
        const float spread_s = maps[2][i] - s * s, spread_d = maps[3][i] - d * d;
        const float structure = (spread_s - spread_d + C2) / (spread_s + spread_d + C2);
        const float luminance = whole ? ((light + d) * (light - d) + C1) / (light * light + d * d + C1) : 1;
        sum += (int32_t)(structure * luminance * 0x1p30f);
    }
    return sum;
}

FOR_EACH_PROCESSOR
static int64_t scale_sum(scale of, int whole)
{
    float rows[MAPS][STRIP + REACH], ring[MAPS][MS_SSIM_WINDOW][STRIP], maps[MAPS][STRIP];
    const float *taps[MS_SSIM_WINDOW];
    int64_t sum = 0;
    for (size_t left = 0; left < of.width - REACH; left += STRIP) {
        const size_t n = of.width - REACH - left < STRIP ? of.width - REACH - left : STRIP;
        for (size_t row = 0; row < of.height; row++) {
            load(of, row * of.width + left, n + REACH, rows[0], rows[1]);
            square(rows[0], n + REACH, rows[2]);
            square(rows[1], n + REACH, rows[3]);
            for (int map = 0; map < MAPS; map++) {
                for (size_t tap = 0; tap < MS_SSIM_WINDOW; tap++)
                    taps[tap] = rows[map] + tap;
                blur(taps, n, ring[map][row % MS_SSIM_WINDOW]);
            }
            if (row < REACH)
                continue;
            for (int map = 0; map < MAPS; map++) {
                for (size_t tap = 0; tap < MS_SSIM_WINDOW; tap++)
                    taps[tap] = ring[map][(row + 1 + tap) % MS_SSIM_WINDOW];
                blur(taps, n, maps[map]);
            }
            sum += score(maps, n, whole);
        }
    }
    return sum;
}

/* Means of 2x2 pixels; where a side is odd, with a row or column of black before the first. `room`: 4 rows, each of one
 * pixel more than the larger scale has. */
FOR_EACH_PROCESSOR
static void halve(scale from, scale to, float *room)
{
    const size_t above = from.height % 2, before = from.width % 2, length = from.width + 1;
    float *const s = room, *const t = s + length, *const d = t + length, *const e = d + length;
    for (size_t i = 0; i < length; i++) {
        s[i] = t[i] = -MIDDLE;
        d[i] = e[i] = 0;
    }
    for (size_t row = 0; row < to.height; row++) {
        const size_t start = (2 * row + 1 - above) * from.width, out = row * to.width;
        if (start)
            load(from, start - from.width, from.width, s + 1, d + 1);
        load(from, start, from.width, t + 1, e + 1);
        for (size_t i = 0, j = 1 - before; i < to.width; i++, j += 2) {
            to.s[out + i] = (s[j] + s[j + 1] + t[j] + t[j + 1]) * 0.25f;
            to.d[out + i] = (d[j] + d[j + 1] + e[j] + e[j + 1]) * 0.25f;
        }
    }
}

/* The sums over all windows, in units of 2**-30, of contrast and structure at each scale, at the last of whole SSIM.
 * Returns 0 where there is no memory. */
static int ms_ssim_sums(const uint8_t *x, const uint8_t *y, size_t height, size_t width, int64_t sums[MS_SSIM_SCALES])
{
    /* Of the second scale s and d, then of the third, and so on in place of the one before the last. */
    const size_t half = ((height + 1) / 2) * ((width + 1) / 2), quarter = ((height + 3) / 4) * ((width + 3) / 4);
    float *const memory = calloc(2 * (half + quarter) + 4 * (width + 1), sizeof *memory);
    if (!memory)
        return 0;
    scale of = {x, y, NULL, NULL, height, width};
    for (int index = 0;; index++) {
        sums[index] = scale_sum(of, index == MS_SSIM_SCALES - 1);
        if (index == MS_SSIM_SCALES - 1)
            break;
        scale smaller = {NULL, NULL, NULL, NULL, (of.height + 1) / 2, (of.width + 1) / 2};
        smaller.s = memory + (index % 2 ? 2 * half : 0);
        smaller.d = smaller.s + smaller.height * smaller.width;
        halve(of, smaller, memory + 2 * (half + quarter));
        of = smaller;
    }
    free(memory);
    return 1;
}

/* ms_ssim(x, y) -> the sums of the scores of all windows at each scale, in units of 2**-30 */
static PyObject *ms_ssim(PyObject *module, PyObject *arguments)
{
    (void)module;
    Py_buffer views[2] = {0};
    PyObject *result = NULL;
    if (PyArg_ParseTuple(arguments, "O&O&", to_read, &views[0], to_read, &views[1]) && are_alike(views, 2, U8, 2)) {
        const Py_ssize_t height = views[0].shape[0], width = views[0].shape[1];
        if (height < MS_SSIM_SIDE || width < MS_SSIM_SIDE)
            PyErr_Format(PyExc_ValueError, "MS-SSIM needs %d x %d pixels, not %zd x %zd", MS_SSIM_SIDE, MS_SSIM_SIDE,
                         width, height);
        else {
            int64_t sums[MS_SSIM_SCALES];
            int done;
            Py_BEGIN_ALLOW_THREADS
            done = ms_ssim_sums(views[0].buf, views[1].buf, (size_t)height, (size_t)width, sums);
            Py_END_ALLOW_THREADS
            result = done ? Py_BuildValue("LLLLL", (long long)sums[0], (long long)sums[1], (long long)sums[2],
                                          (long long)sums[3], (long long)sums[4])
                          : PyErr_NoMemory();
        }
    }
    let_go(views, 2);
    return result;
}

PyMethodDef ms_ssim_methods[] = {
    {"ms_ssim", ms_ssim, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
