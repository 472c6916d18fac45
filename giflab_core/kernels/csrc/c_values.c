#include "c_values.h"

#include "simd.h"

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

double pool_c_values(scale *at)
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

