/* Which pairs of colours two pictures have at the same places, and how often. No Python: sizes are trusted. */
#ifndef GIFLAB_JOINT_H
#define GIFLAB_JOINT_H

#include <stddef.h>
#include <stdint.h>

#define JOINT_CELLS (256 * 256)

/* Count the pairs of n indices of each picture (fewer than 2^32): table[256 * x + y], which is all zero before. Gives
 * how many different pairs there are. */
size_t joint_count(const uint8_t *x, const uint8_t *y, size_t n, uint32_t *table);

/* The pairs of such a table in ascending order, as colours of 4 bytes. */
void joint_list(const uint32_t *table, const uint8_t *x_colours, const uint8_t *y_colours, uint8_t *original,
                uint8_t *compressed, int64_t *counts);

/* `colours`: the original's in the upper half, as bytes in memory; `next`: another pair with the same hash. */
typedef struct {
    uint64_t colours;
    uint32_t count, next;
} joint_pair;

typedef struct {
    joint_pair *pairs;
    size_t size, capacity;
} joint_pairs;

/* Find the pairs of n pixels (fewer than 2^32) of 4 bytes; 0 where memory is short. `pairs->pairs` is the caller's to
 * free() in any case. `multiplier`: odd, and unknown to whoever made the pictures, so that they cannot make it slow:
 * then the time is proportional to n, whatever they are (Dietzfelbinger et al. 1997). */
int joint_find(const uint8_t *x, const uint8_t *y, size_t n, uint64_t multiplier, joint_pairs *pairs);

/* The pairs as colours of 4 bytes, in the order in which they first occur. */
void joint_take(const joint_pairs *found, uint8_t *original, uint8_t *compressed, int64_t *counts);

#endif

