/* What changes from one picture to the next, and what stays: exact sums over boxes. */
#include "arrays.h"

#include <stdlib.h>
#include <string.h>

#include "simd.h"

/* What is kept of earlier pictures, one byte a pixel each: the original before, and before that; the compressed one; and
 * whether the pixel is a ghost. */
typedef struct {
    uint8_t *x1, *x2, *y1, *y2, *ghost;
} change_history;

/* `wobble` is over the pixels that are not `stirred`: where the original has not changed in the last two steps. `ghosts`
 * is how many more there are than before. See change.py. */
typedef struct {
    int64_t xx, yy, xy, stirred, wobble, ghosts;
} change_sums;

enum { CHANGE_MOST_SHRINK = 128, CHANGE_MOST_MS = 65535 };

/* So many pixels at once that 32 bits hold their sums: 255 * 255 * STRETCH < 2**31. */
enum { STRETCH = 1 << 14 };

INLINED int least_of(int one, int other)
{
    return one < other ? one : other;
}

INLINED void step_stretch(const uint8_t *RESTRICT x, const uint8_t *RESTRICT y, uint8_t *RESTRICT x1,
                          uint8_t *RESTRICT x2, uint8_t *RESTRICT y1, uint8_t *RESTRICT y2, uint8_t *RESTRICT ghosts_now,
                          size_t count, int least, change_sums *sums)
{
    int32_t xx = 0, yy = 0, xy = 0, stirred = 0, wobble = 0, ghosts = 0;
    for (size_t i = 0; i < count; i++) {
        int16_t dx = (int16_t)(x[i] - x2[i]), dy = (int16_t)(y[i] - y2[i]);
        xx += dx * dx;
        yy += dy * dy;
        xy += dx * dy;

        int16_t moved = x[i] != x1[i], still = (int16_t)(1 ^ (moved | (x1[i] != x2[i])));
        int16_t there = (int16_t)(y1[i] - y2[i]), back = (int16_t)(y1[i] - y[i]);
        int16_t up = (int16_t)least_of(there, back), down = (int16_t)least_of(-there, -back);
        int16_t turned = (int16_t)((up > 0 ? up : 0) + (down > 0 ? down : 0));
        stirred += (int16_t)(1 ^ still);
        wobble += (int16_t)(turned & -still);

        int16_t was = ghosts_now[i];
        int16_t prior = moved ? x1[i] : y1[i];
        int16_t large = abs(x[i] - x1[i]) >= least;
        int16_t may = moved ? large : was;
        int16_t near = 3 * abs(y[i] - prior) <= abs(y[i] - x[i]);
        int16_t ghost = may & near;
        ghosts += (int16_t)(ghost - was);

        ghosts_now[i] = (uint8_t)ghost;
        y2[i] = y1[i];
        y1[i] = y[i];
        x2[i] = x1[i];
        x1[i] = x[i];
    }
    sums->xx += xx;
    sums->yy += yy;
    sums->xy += xy;
    sums->stirred += stirred;
    sums->wobble += wobble;
    sums->ghosts += ghosts;
}

INLINED size_t fewest_of(size_t one, size_t other)
{
    return one < other ? one : other;
}

INLINED size_t most_of(size_t one, size_t other)
{
    return one < other ? other : one;
}

/* One step, within both boxes. `x` and `y` are whole planes of this width, as the history's are, which becomes theirs. A
 * ghost needs a change of the original by at least `least`. */
FOR_EACH_PROCESSOR
static void change_step(const uint8_t *x, const uint8_t *y, change_history history, size_t width, box now, box before,
                        int least, change_sums *sums)
{
    const box boxes[] = {now, before};
    memset(sums, 0, sizeof *sums);
    for (size_t row = fewest_of(now.top, before.top); row < most_of(now.bottom, before.bottom); row++) {
        /* What lies between the two boxes in a row has not changed and adds nothing. */
        size_t left = width, right = 0;
        for (int index = 0; index < 2; index++)
            if (boxes[index].top <= row && row < boxes[index].bottom) {
                left = fewest_of(left, boxes[index].left);
                right = most_of(right, boxes[index].right);
            }
        while (left < right) {
            size_t at = row * width + left, count = fewest_of(right - left, STRETCH);
            step_stretch(x + at, y + at, history.x1 + at, history.x2 + at, history.y1 + at, history.y2 + at,
                         history.ghost + at, count, least, sums);
            left += count;
        }
    }
}

/* So many cells at once: few enough to pass over those that have not changed. */
enum { CELLS = 64, MIDDLE = 128 };

INLINED void average(const uint8_t *plane, size_t width, size_t rows, size_t columns, size_t shrink, uint8_t *cells)
{
    uint16_t sums[CELLS * CHANGE_MOST_SHRINK];
    memset(sums, 0, columns * sizeof *sums);
    for (size_t row = 0; row < rows; row++)
        for (size_t column = 0; column < columns; column++)
            sums[column] = (uint16_t)(sums[column] + plane[row * width + column]);
    for (size_t left = 0; left < columns; left += shrink) {
        size_t across = fewest_of(shrink, columns - left), total = 0, area = across * rows;
        for (size_t column = left; column < left + across; column++)
            total += sums[column];
        *cells++ = (uint8_t)((total + area / 2) / area);
    }
}

/* The case that matters for speed. */
INLINED void average_2x2(const uint8_t *RESTRICT plane, size_t width, size_t count, uint8_t *RESTRICT cells)
{
    for (size_t cell = 0; cell < count; cell++) {
        const uint8_t *at = plane + 2 * cell;
        cells[cell] = (uint8_t)((at[0] + at[1] + at[width] + at[width + 1] + 2) >> 2);
    }
}

INLINED void shrink_cells(const uint8_t *plane, size_t width, size_t rows, size_t columns, size_t shrink, size_t count,
                          uint8_t *cells)
{
    if (shrink == 1)
        memcpy(cells, plane, count);
    else if (shrink == 2 && rows == 2 && columns == 2 * count)
        average_2x2(plane, width, count, cells);
    else
        average(plane, width, rows, columns, shrink, cells);
}

INLINED void integrate_cells(const uint8_t *RESTRICT x, const uint8_t *RESTRICT y, uint8_t *RESTRICT x1,
                          uint8_t *RESTRICT y1, int32_t *RESTRICT sums, size_t apart, size_t count, int32_t ms)
{
    int32_t *RESTRICT xs = sums, *RESTRICT ys = xs + apart, *RESTRICT xxs = ys + apart, *RESTRICT yys = xxs + apart,
                      *RESTRICT xys = yys + apart;
    for (size_t i = 0; i < count; i++) {
        int32_t a = x[i] - MIDDLE, b = y[i] - MIDDLE, a1 = x1[i] - MIDDLE, b1 = y1[i] - MIDDLE;
        xs[i] += (a1 - a) * ms;
        ys[i] += (b1 - b) * ms;
        xxs[i] += (a1 * a1 - a * a) * ms;
        yys[i] += (b1 * b1 - b * b) * ms;
        xys[i] += (a1 * b1 - a * b) * ms;
    }
    memcpy(x1, x, count);
    memcpy(y1, y, count);
}

/* A cell is the rounded mean of `shrink` x `shrink` pixels; of fewer at the right and at the bottom. From the time `ms` on
 * the cells that `part` touches show what is in the planes `x` and `y`. `cells`, those of x and those of y, become these;
 * each of the `sums`, five planes, gets (f before - f now) * ms, with f the x, y, xx, yy, xy of the cells about 128. */
FOR_EACH_PROCESSOR
static void change_integrate(const uint8_t *x, const uint8_t *y, size_t height, size_t width, box part, int32_t ms,
                             size_t shrink, uint8_t *cells, int32_t *sums)
{
    size_t across = (width + shrink - 1) / shrink, area = across * ((height + shrink - 1) / shrink);
    size_t bottom = (part.bottom + shrink - 1) / shrink, right = (part.right + shrink - 1) / shrink;
    if (part.top >= part.bottom || part.left >= part.right)
        return;
    for (size_t row = part.top / shrink; row < bottom; row++)
        for (size_t left = part.left / shrink; left < right; left += CELLS) {
            uint8_t now_x[CELLS], now_y[CELLS], *x1 = cells + row * across + left, *y1 = x1 + area;
            size_t count = fewest_of(right - left, CELLS), from = row * shrink * width + left * shrink;
            size_t rows = fewest_of(shrink, height - row * shrink);
            size_t columns = fewest_of(count * shrink, width - left * shrink);
            shrink_cells(x + from, width, rows, columns, shrink, count, now_x);
            shrink_cells(y + from, width, rows, columns, shrink, count, now_y);
            if (memcmp(now_x, x1, count) || memcmp(now_y, y1, count))
                integrate_cells(now_x, now_y, x1, y1, sums + row * across + left, area, count, ms);
        }
}

/* Whether an array holds so many planes of this height and width. */
static int holds(const Py_buffer *array, Py_ssize_t count, Py_ssize_t height, Py_ssize_t width)
{
    if (array->shape[0] == count && array->shape[1] == height && array->shape[2] == width)
        return 1;
    PyErr_Format(PyExc_ValueError, "an array of shape (%zd, %zd, %zd) is needed", count, height, width);
    return 0;
}

/* change_step(x, y, kept, now, before, least) -> (xx, yy, xy, stirred, wobble, ghosts); kept: x1, x2, y1, y2, ghost */
static PyObject *step(PyObject *module, PyObject *arguments)
{
    (void)module;
    enum { X, Y, KEPT, ARRAYS };
    Py_buffer arrays[ARRAYS] = {0};
    box now, before;
    change_sums sums;
    PyObject *result = NULL;
    int least;
    if (PyArg_ParseTuple(arguments, "O&O&O&O&O&i", to_read, &arrays[X], to_read, &arrays[Y], to_write, &arrays[KEPT],
                         to_box, &now, to_box, &before, &least) &&
        are_alike(arrays, 2, U8, 2) && is_array(&arrays[KEPT], U8, 3) &&
        holds(&arrays[KEPT], 5, arrays[X].shape[0], arrays[X].shape[1]) &&
        is_within(now, &arrays[X]) && is_within(before, &arrays[X])) {
        size_t area = (size_t)arrays[X].len;
        uint8_t *kept = arrays[KEPT].buf;
        change_history history = {kept, kept + area, kept + 2 * area, kept + 3 * area, kept + 4 * area};
        BEGIN_WORK(area_of(now))
        change_step(arrays[X].buf, arrays[Y].buf, history, (size_t)arrays[X].shape[1], now, before, least, &sums);
        END_WORK
        result = Py_BuildValue("LLLLLL", (long long)sums.xx, (long long)sums.yy, (long long)sums.xy,
                               (long long)sums.stirred, (long long)sums.wobble, (long long)sums.ghosts);
    }
    let_go(arrays, ARRAYS);
    return result;
}

/* change_integrate(x, y, box, ms, shrink, cells, sums); cells: of x, of y */
static PyObject *integrate(PyObject *module, PyObject *arguments)
{
    (void)module;
    enum { X, Y, CELLS, SUMS, ARRAYS };
    Py_buffer arrays[ARRAYS] = {0};
    box part;
    Py_ssize_t shrink;
    PyObject *result = NULL;
    int ms, fits = PyArg_ParseTuple(arguments, "O&O&O&inO&O&", to_read, &arrays[X], to_read, &arrays[Y], to_box, &part,
                                    &ms, &shrink, to_write, &arrays[CELLS], to_write, &arrays[SUMS]);
    if (fits && (ms < 0 || ms > CHANGE_MOST_MS || shrink < 1 || shrink > CHANGE_MOST_SHRINK)) {
        PyErr_Format(PyExc_ValueError, "a time of 0 to %d is needed, and a shrinking by 1 to %d", CHANGE_MOST_MS,
                     CHANGE_MOST_SHRINK);
        fits = 0;
    }
    if (fits && are_alike(arrays, 2, U8, 2) && is_array(&arrays[CELLS], U8, 3) && is_array(&arrays[SUMS], I32, 3) &&
        is_within(part, &arrays[X])) {
        Py_ssize_t height = arrays[X].shape[0], width = arrays[X].shape[1];
        Py_ssize_t down = (height + shrink - 1) / shrink, across = (width + shrink - 1) / shrink;
        if (holds(&arrays[CELLS], 2, down, across) && holds(&arrays[SUMS], 5, down, across)) {
            BEGIN_WORK(area_of(part))
            change_integrate(arrays[X].buf, arrays[Y].buf, (size_t)height, (size_t)width, part, ms, (size_t)shrink,
                             arrays[CELLS].buf, arrays[SUMS].buf);
            END_WORK
            result = Py_NewRef(Py_None);
        }
    }
    let_go(arrays, ARRAYS);
    return result;
}

PyMethodDef change_methods[] = {
    {"change_step", step, METH_VARARGS, NULL},
    {"change_integrate", integrate, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
