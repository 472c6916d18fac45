/* The c-values of CAMBI: how visible bands are at each pixel of a scale. Sizes are trusted. */
#ifndef GIFLAB_C_VALUES_H
#define GIFLAB_C_VALUES_H

#include <stddef.h>
#include <stdint.h>

#define MOST_CONTRASTS 32 /* there are weights for no more */

enum {
    LEVELS = 1024,       /* of 10 bits */
    LONGEST_REACH = 127, /* so that the pixels in a window can be counted in 16 bits */
    STRIP = 1024,        /* columns at a time, so that memory for their histograms is bounded */
    BLOCK = 16,          /* columns that are worked on at once */
};

/* Consecutive pixels of one level in a row that are all in the mask. */
typedef struct {
    uint32_t start, end;
    uint16_t level;
} run;

/* A scale of the picture, and what all scales share. A window covers `reach` pixels to each side of its centre. */
typedef struct {
    size_t width, height, reach;
    int contrasts;
    uint16_t *image, *spare; /* levels of 10 bits; room for as many */
    uint8_t *mask;           /* 1 where bands are looked for */
    int32_t *found;          /* the c-values that are not 0 */
    size_t columns;          /* of `counts`, and room for the runs of a row */
    uint16_t *counts;        /* by level, the first being -contrasts, and column: how often it is in the window there */
    run *runs;               /* of the rows that the windows cover; the slots of rows are used in turn */
    run *ends[2 * LONGEST_REACH + 2];                /* of the runs in each slot */
    uint32_t present[LEVELS + 2 * MOST_CONTRASTS];   /* by level as in `counts`: how often it is in these rows */
    uint8_t faintest[LEVELS];                        /* by level: the smallest contrast that is seen */
    float weights[MOST_CONTRASTS + 1];               /* by contrast, in fixed point and per pixel of the window */
    int16_t ramp[STRIP + 4 * LONGEST_REACH + BLOCK]; /* 0, 1, 2 ... */
} scale;

/* The mean of the largest 60 % of a scale's c-values. */
double pool_c_values(scale *at);

#endif
