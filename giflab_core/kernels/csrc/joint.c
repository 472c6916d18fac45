#include "joint.h"

#include <stdlib.h>
#include <string.h>

#include "simd.h"

#define NO_PAIR UINT32_MAX

INLINED uint64_t load64(const uint8_t *from)
{
    uint64_t value;
    memcpy(&value, from, sizeof value);
    return value;
}

INLINED uint32_t load32(const uint8_t *from)
{
    uint32_t value;
    memcpy(&value, from, sizeof value);
    return value;
}

/* Whether the eight bytes differ. */
INLINED int is_mixed(uint64_t bytes)
{
    return bytes != (bytes >> 8 | bytes << 56);
}

size_t joint_count(const uint8_t *x, const uint8_t *y, size_t n, uint32_t *table)
{
    /* Eight pixels of one pair, as on flat ground, are added at once: an addition waits for the one before it to the
     * same place. */
    size_t at = 0, different = 0;
    for (; at + 8 <= n; at += 8) {
        if (is_mixed(load64(x + at)) | is_mixed(load64(y + at)))
            for (size_t pixel = at; pixel < at + 8; pixel++)
                table[x[pixel] << 8 | y[pixel]]++;
        else
            table[x[at] << 8 | y[at]] += 8;
    }
    for (; at < n; at++)
        table[x[at] << 8 | y[at]]++;
    for (size_t cell = 0; cell < JOINT_CELLS; cell++)
        different += table[cell] != 0;
    return different;
}

void joint_list(const uint32_t *table, const uint8_t *x_colours, const uint8_t *y_colours, uint8_t *original,
                uint8_t *compressed, int64_t *counts)
{
    enum { GROUP = 16 }; /* most cells are empty, and are passed over by groups */
    for (size_t first = 0; first < JOINT_CELLS; first += GROUP) {
        uint32_t any = 0;
        for (size_t cell = first; cell < first + GROUP; cell++)
            any |= table[cell];
        for (size_t cell = first; any && cell < first + GROUP; cell++) {
            if (!table[cell])
                continue;
            memcpy(original, x_colours + 4 * (cell >> 8), 4);
            memcpy(compressed, y_colours + 4 * (cell & 255), 4);
            *counts++ = table[cell];
            original += 4;
            compressed += 4;
        }
    }
}

/* Make room for twice as many pairs, and a table that is never fuller than that; 0 where memory is short. */
static int grow(joint_pairs *found, uint32_t **heads, unsigned *bits, uint64_t multiplier)
{
    const size_t capacity = (size_t)1 << ++*bits;
    free(*heads);
    *heads = malloc(capacity * sizeof **heads);
    joint_pair *const pairs = realloc(found->pairs, capacity * sizeof *pairs);
    if (pairs)
        found->pairs = pairs;
    if (!pairs || !*heads)
        return 0;
    found->capacity = capacity;
    memset(*heads, 0xff, capacity * sizeof **heads); /* NO_PAIR */
    for (size_t index = 0; index < found->size; index++) {
        uint32_t *const head = *heads + (pairs[index].colours * multiplier >> (64 - *bits));
        pairs[index].next = *head;
        *head = (uint32_t)index;
    }
    return 1;
}

int joint_find(const uint8_t *x, const uint8_t *y, size_t n, uint64_t multiplier, joint_pairs *found)
{
    uint32_t *heads = NULL;
    unsigned bits = 10;
    joint_pair *pair = NULL;
    *found = (joint_pairs){0};
    int whole = grow(found, &heads, &bits, multiplier);
    for (size_t pixel = 0; whole && pixel < n; pixel++) {
        const uint64_t colours = (uint64_t)load32(x + 4 * pixel) << 32 | load32(y + 4 * pixel);
        if (!pair || pair->colours != colours) {
            if (found->size == found->capacity && !(whole = grow(found, &heads, &bits, multiplier)))
                break;
            uint32_t *const head = heads + (colours * multiplier >> (64 - bits));
            uint32_t index = *head;
            while (index != NO_PAIR && found->pairs[index].colours != colours)
                index = found->pairs[index].next;
            if (index == NO_PAIR) {
                index = (uint32_t)found->size++;
                found->pairs[index] = (joint_pair){colours, 0, *head};
                *head = index;
            }
            pair = found->pairs + index;
        }
        pair->count++;
    }
    free(heads);
    return whole;
}

void joint_take(const joint_pairs *found, uint8_t *original, uint8_t *compressed, int64_t *counts)
{
    for (size_t index = 0; index < found->size; index++) {
        const joint_pair pair = found->pairs[index];
        const uint32_t halves[2] = {(uint32_t)(pair.colours >> 32), (uint32_t)pair.colours};
        memcpy(original + 4 * index, &halves[0], 4);
        memcpy(compressed + 4 * index, &halves[1], 4);
        counts[index] = pair.count;
    }
}
