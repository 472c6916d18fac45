/* Phase congruency of planes (Kovesi 1999). Sizes are trusted. */
#ifndef GIFLAB_PHASE_H
#define GIFLAB_PHASE_H

#include <stddef.h>

#include "fourier.h"

enum { PHASE_SCALES = 4, PHASE_ORIENTATIONS = 4 };

/* What follows from the size that planes have after they were reduced; see fsim.py. Filters are the product of one of
 * each scale and one of each orientation, both of them [blocks of columns][rows][columns of a block]: columns by the
 * LANES of fourier.h, those beyond the width 0. Those of scales are symmetric, and have height / 2 + 1 rows. The noise
 * threshold of an orientation is `noise` times the median amplitude. */
typedef struct {
    size_t height, width;
    const float *scales, *orientations;
    double noise[PHASE_ORIENTATIONS];
} phase_filters;

/* A plane in the order of blocks of LANES columns, rows, columns of a block is what transforms along columns work on;
 * in the order of bands of LANES rows, columns, rows of a band what those along rows do. Complex ones have, in each
 * block or band, the real parts first. They are in double precision: where most of a plane is flat, the far tails of
 * filters decide, which single precision loses. */
typedef struct {
    const phase_filters *filters;
    size_t height, width, bands, blocks;
    fourier *down, *across;
    char *memory;                            /* for all of these: */
    lanes *room, *product, *filtered, *line; /* for a band or a block, */
    lanes *spectrum;                         /* by columns, imaginary parts first, */
    lanes *responses;                        /* at all scales, by columns, transformed along these. */
    float *planes;                           /* For all of these, by rows: */
    float *energy, *amplitude;               /* of an orientation, the latter at the smallest scale, */
    float *amplitudes;                       /* of all orientations and scales. */
} phase_workspace;

/* What is needed for planes of the filters' size, to be released also if it fails: 0, or -1 if memory is short. */
int phase_prepare(phase_workspace *work, const phase_filters *filters);
void phase_release(phase_workspace *work);

/* Phase congruency of a plane, by rows: the energy of all orientations above noise, divided by the amplitudes.
 * `congruency` is 0 before. */
void phase_congruency(const phase_workspace *work, const float *plane, float *congruency);

#endif
