/* Stockham's algorithm for lengths of small factors: each stage splits by one factor, and sorts as it goes. Other
 * lengths are a convolution with a chirp (Bluestein 1970), by transforms of a longer length of small factors. */
#include "fourier.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "butterfly.h"
#include "simd.h"

#define TURN 6.283185307179586476925

enum { STAGES = 64 };

/* `apart` sequences of `radix` * `count` values become `apart` * `radix` of `count` values. `twiddles`: radix - 1
 * factors for each of `count`; `roots`: cos and sin of r / radix turns for all r < radix. */
typedef struct {
    size_t radix, count, apart;
    double *twiddles, *roots;
} stage;

struct fourier {
    size_t length, stages;
    stage stage[STAGES];
    double *table;       /* what the stages point to */
    fourier *longer;    /* for Bluestein's algorithm, with */
    double *chirp;       /* exp(-pi i j^2 / length): cos and sin, */
    double *convolution; /* and the transform of its conjugate. */
};

INLINED void split(const stage *of, size_t radix, const lanes *from, lanes *to)
{
    const size_t near = of->apart, far = near * of->count, imaginary = far * radix;
    for (size_t k = 0; k < near; k++)
        butterfly(radix, from + k, from + k + imaginary, far, to + k, to + k + imaginary, near, of->twiddles,
                  of->roots, 0);
    for (size_t j = 1; j < of->count; j++) {
        const double *const w = of->twiddles + 2 * (radix - 1) * j;
        const lanes *const here = from + near * j;
        lanes *const there = to + near * radix * j;
        for (size_t k = 0; k < near; k++)
            butterfly(radix, here + k, here + k + imaginary, far, there + k, there + k + imaginary, near, w, of->roots,
                      1);
    }
}

/* With the factors that occur most as constants. */
FOR_EACH_PROCESSOR
static void run(const stage *of, const lanes *from, lanes *to)
{
    if (of->radix == 4)
        split(of, 4, from, to);
    else if (of->radix == 2)
        split(of, 2, from, to);
    else if (of->radix == 3)
        split(of, 3, from, to);
    else if (of->radix == 5)
        split(of, 5, from, to);
    else
        split(of, of->radix, from, to);
}

static void run_all(const fourier *plan, const lanes *from, lanes *to, lanes *room)
{
    if (!plan->stages)
        memcpy(to, from, 2 * plan->length * sizeof *to);
    for (size_t index = 0; index < plan->stages; index++) {
        /* The last stage writes to `to`. */
        lanes *const next = (plan->stages - index) % 2 ? to : room;
        run(&plan->stage[index], from, next);
        from = next;
    }
}

/* to = from * factors, value by value, for the first `count` values of arrays of these lengths. */
FOR_EACH_PROCESSOR
static void multiply(const lanes *from, size_t from_length, const double *factors, size_t count, lanes *to,
                     size_t to_length)
{
    for (size_t j = 0; j < count; j++)
        store(to + j, to + to_length + j, from + j, from + from_length + j, factors + 2 * j, 1);
}

static void swap_parts(const lanes *from, lanes *to, size_t length)
{
    memcpy(to, from + length, length * sizeof *to);
    memcpy(to + length, from, length * sizeof *to);
}

void fourier_transform(const fourier *plan, const lanes *from, lanes *to, lanes *room)
{
    if (!plan->longer) {
        run_all(plan, from, to, room);
        return;
    }
    const size_t length = plan->length, longer = plan->longer->length;
    lanes *const one = room, *const other = one + 2 * longer, *const rest = other + 2 * longer;
    memset(one, 0, 2 * longer * sizeof *one);
    multiply(from, length, plan->chirp, length, one, longer);
    run_all(plan->longer, one, other, rest);
    multiply(other, longer, plan->convolution, longer, one, longer);
    swap_parts(one, other, longer);
    run_all(plan->longer, other, one, rest);
    swap_parts(one, other, longer);
    multiply(other, longer, plan->chirp, length, to, length);
}

size_t fourier_room(const fourier *plan)
{
    return 2 * (plan->longer ? 3 * plan->longer->length : plan->length);
}

/* The next factor of a length, 0 where all are too large. */
static size_t factor_of(size_t length)
{
    if (length % 4 == 0)
        return 4;
    if (length % 2 == 0)
        return 2;
    for (size_t odd = 3; odd <= LARGEST_RADIX; odd += 2)
        if (length % odd == 0)
            return odd;
    return 0;
}

/* cos and sin of part / whole turns, in the direction of `sign`. */
static void set_root(double *root, double sign, uint64_t part, uint64_t whole)
{
    const double angle = sign * TURN * (double)(part % whole) / (double)whole;
    root[0] = cos(angle);
    root[1] = sin(angle);
}

/* Sets the stages of a plan, where its length has small factors only. */
static int set_stages(fourier *plan)
{
    /* Each stage has at most 2 * rest of both, of a rest that is half of the one before, or less. */
    double *next = plan->table = malloc(8 * plan->length * sizeof *next);
    if (!next)
        return -1;
    for (size_t rest = plan->length, apart = 1; rest > 1;) {
        const size_t radix = factor_of(rest);
        stage *const here = &plan->stage[plan->stages++];
        *here = (stage){radix, rest / radix, apart, next, next + 2 * (radix - 1) * (rest / radix)};
        for (size_t j = 0; j < here->count; j++)
            for (size_t i = 1; i < radix; i++, next += 2)
                set_root(next, -1.0, (uint64_t)i * j, rest);
        for (size_t r = 0; r < radix; r++, next += 2)
            set_root(next, 1.0, r, radix);
        rest = here->count;
        apart *= radix;
    }
    return 0;
}

static int is_smooth(size_t length, size_t largest)
{
    while (length > 1) {
        const size_t factor = factor_of(length);
        if (!factor || factor > largest)
            return 0;
        length /= factor;
    }
    return 1;
}

static int set_chirp(fourier *plan)
{
    const size_t length = plan->length;
    size_t longer = 2 * length - 1;
    while (!is_smooth(longer, 5))
        longer++;
    plan->longer = fourier_new(longer);
    plan->chirp = malloc(2 * length * sizeof *plan->chirp);
    plan->convolution = malloc(2 * longer * sizeof *plan->convolution);
    lanes *const conjugate = calloc(6 * longer, sizeof *conjugate);
    const int whole = plan->longer && plan->chirp && plan->convolution && conjugate;
    if (whole) {
        lanes *const transform = conjugate + 2 * longer;
        for (size_t j = 0; j < length; j++) {
            double *const root = plan->chirp + 2 * j;
            const size_t mirrored = j ? longer - j : 0;
            set_root(root, -1.0, (uint64_t)j * j, 2 * (uint64_t)length);
            *(double *)&conjugate[j] = *(double *)&conjugate[mirrored] = root[0];
            *(double *)&conjugate[longer + j] = *(double *)&conjugate[longer + mirrored] = -root[1];
        }
        run_all(plan->longer, conjugate, transform, transform + 2 * longer);
        for (size_t j = 0; j < longer; j++) {
            plan->convolution[2 * j] = *(double *)&transform[j] / (double)longer;
            plan->convolution[2 * j + 1] = *(double *)&transform[longer + j] / (double)longer;
        }
    }
    free(conjugate);
    return whole ? 0 : -1;
}

fourier *fourier_new(size_t length)
{
    fourier *const plan = calloc(1, sizeof *plan);
    if (!plan)
        return NULL;
    plan->length = length;
    if (is_smooth(length, LARGEST_RADIX) ? set_stages(plan) : set_chirp(plan)) {
        fourier_free(plan);
        return NULL;
    }
    return plan;
}

void fourier_free(fourier *plan)
{
    if (!plan)
        return;
    fourier_free(plan->longer);
    free(plan->table);
    free(plan->chirp);
    free(plan->convolution);
    free(plan);
}
