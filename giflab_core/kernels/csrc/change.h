/* What changes from one picture to the next, and what stays: exact sums over boxes. */
#ifndef GIFLAB_CHANGE_H
#define GIFLAB_CHANGE_H

#include <stddef.h>
#include <stdint.h>

#include "box.h"

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

/* One step, within both boxes. `x` and `y` are whole planes of this width, as the history's are, which becomes theirs. A
 * ghost needs a change of the original by at least `least`. */
void change_step(const uint8_t *x, const uint8_t *y, change_history history, size_t width, box now, box before,
                 int least, change_sums *sums);

enum { CHANGE_MOST_SHRINK = 128, CHANGE_MOST_MS = 65535 };

/* A cell is the rounded mean of `shrink` x `shrink` pixels; of fewer at the right and at the bottom. From the time `ms` on
 * the cells that `part` touches show what is in the planes `x` and `y`. `cells`, those of x and those of y, become these;
 * each of the `sums`, five planes, gets (f before - f now) * ms, with f the x, y, xx, yy, xy of the cells about 128. */
void change_integrate(const uint8_t *x, const uint8_t *y, size_t height, size_t width, box part, int32_t ms,
                      size_t shrink, uint8_t *cells, int32_t *sums);

#endif
