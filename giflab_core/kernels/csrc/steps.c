/* Where flat parts of a picture meet in a step that another picture does not have.
 *
 * Planes are 8-bit values row by row, width and height at least 1. */
#include "arrays.h"

#include "simd.h"

typedef struct {
    int64_t fresh, coarse;
} step_counts;

/* So many equal pixels in a line are flat; a step is new where the original has less than half of it. */
enum { FLAT = 3, LINE = 2 * FLAT, NEW = 2 };
/* Counts that 16 bits hold. */
enum { RUN = 4096 };

INLINED int16_t distance(uint8_t a, uint8_t b)
{
    return (int16_t)(a > b ? a - b : b - a);
}

/* Steps in the middle of `count` lines of LINE pixels, which are `stride` apart; the lines begin side by side. */
INLINED step_counts count_steps(const uint8_t *original, const uint8_t *compressed, size_t count, size_t stride,
                                int16_t limit)
{
    step_counts counts = {0, 0};
    for (size_t start = 0; start < count; start += RUN) {
        const size_t end = count - start < RUN ? count : start + RUN;
        uint16_t fresh = 0, coarse = 0;
        for (size_t x = start; x < end; x++) {
            const uint8_t *const at = compressed + x, *const from = original + x;
            const uint8_t uneven = (uint8_t)((at[0] ^ at[stride]) | (at[stride] ^ at[2 * stride]) |
                                             (at[3 * stride] ^ at[4 * stride]) | (at[4 * stride] ^ at[5 * stride]));
            const int16_t step = distance(at[2 * stride], at[3 * stride]);
            const int16_t before = distance(from[2 * stride], from[3 * stride]);
            const uint16_t is_new = (uint16_t)((uneven == 0) & (step > NEW * before));
            fresh = (uint16_t)(fresh + is_new);
            coarse = (uint16_t)(coarse + (is_new & (uint16_t)(step > limit)));
        }
        counts.fresh += fresh;
        counts.coarse += coarse;
    }
    return counts;
}

FOR_EACH_PROCESSOR static step_counts new_steps(const uint8_t *original, const uint8_t *compressed, size_t height,
                                                size_t width, int16_t limit)
{
    step_counts all = {0, 0};
    for (size_t y = 0; width >= LINE && y < height; y++) {
        const step_counts row = count_steps(original + y * width, compressed + y * width, width - LINE + 1, 1, limit);
        all.fresh += row.fresh, all.coarse += row.coarse;
    }
    for (size_t y = 0; y + LINE <= height; y++) {
        const step_counts down = count_steps(original + y * width, compressed + y * width, width, width, limit);
        all.fresh += down.fresh, all.coarse += down.coarse;
    }
    return all;
}

/* new_steps(original, compressed, limit) -> (new steps, those of them above the limit, which is 0 to 255) */
static PyObject *new_steps_of(PyObject *module, PyObject *arguments)
{
    Py_buffer planes[2] = {{0}, {0}};
    int limit;
    PyObject *result = NULL;
    (void)module;
    if (PyArg_ParseTuple(arguments, "O&O&i", to_read, &planes[0], to_read, &planes[1], &limit) &&
        are_planes(planes, 2)) {
        if (limit < 0 || limit > UINT8_MAX)
            PyErr_SetString(PyExc_ValueError, "the limit is 0 to 255");
        else {
            step_counts counts;
            Py_BEGIN_ALLOW_THREADS
            counts = new_steps(planes[0].buf, planes[1].buf, (size_t)planes[0].shape[0], (size_t)planes[0].shape[1],
                               (int16_t)limit);
            Py_END_ALLOW_THREADS
            result = Py_BuildValue("LL", (long long)counts.fresh, (long long)counts.coarse);
        }
    }
    let_go(planes, 2);
    return result;
}

PyMethodDef steps_methods[] = {
    {"new_steps", new_steps_of, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
