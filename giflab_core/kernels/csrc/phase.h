/* Similarity of two planes in phase congruency and gradients: FSIM. No Python: sizes are trusted. */
#ifndef GIFLAB_PHASE_H
#define GIFLAB_PHASE_H

#include <stddef.h>
#include <stdint.h>

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

/* FSIM of two planes of this width, reduced to the filters' size by averaging boxes of `factor` x `factor` pixels (1 to
 * 257), of which all lie within. Negative where memory is short. */
double fsim(const uint8_t *x, const uint8_t *y, size_t width, size_t factor, const phase_filters *filters);

#endif
