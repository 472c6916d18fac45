/* CIELAB, and how far colours are apart in it. No Python: sizes are trusted.
 *
 * Colours are 4 bytes of which the last is not looked at. `linear`: the linear light of each of the 256 levels. */
#ifndef GIFLAB_COLOUR_H
#define GIFLAB_COLOUR_H

#include <stddef.h>
#include <stdint.h>

/* L, a and b of n colours. */
void colour_lab(const uint8_t *colours, size_t n, const double *linear, double *lab);

/* CIEDE2000 of n pairs of L, a, b. */
void colour_ciede2000(const double *lab1, const double *lab2, size_t n, double *differences);

#define KNOWN_BITS 16

/* CIEDE2000 of n pairs of colours. Pairs that were looked up before are found in `keys` and `values`, which have
 * 2^KNOWN_BITS places; each pair has one, and the last to come keeps it. An empty place has the key 0. */
void colour_differences(const uint8_t *original, const uint8_t *compressed, size_t n, const double *linear,
                        int64_t *keys, double *values, double *differences);

/* How many pixels have each level of the three channels: margins[256 * channel + level]. */
void colour_margins(const uint8_t *colours, const int64_t *counts, size_t n, int64_t *margins);

/* Which of n colours have one among m others at a Euclidean distance in CIELAB of at most `tolerance`: 1 or 0.
 * `multiplier`: as in joint.h. 0 where memory is short. */
int colour_counterparts(const uint8_t *colours, size_t n, const uint8_t *others, size_t m, const double *linear,
                        double tolerance, uint64_t multiplier, uint8_t *found);

#endif
