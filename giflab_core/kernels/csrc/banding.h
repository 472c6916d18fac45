/* CAMBI: how visible the bands of a picture are (Tandon et al. 2021). */
#ifndef GIFLAB_BANDING_H
#define GIFLAB_BANDING_H

#include <stddef.h>
#include <stdint.h>

#define MOST_CONTRASTS 32 /* there are weights for no more */

/* CAMBI of a plane, at steps of 1 to `contrasts` levels of 10 bits; negative where there is no memory. */
double cambi(const uint8_t *plane, size_t width, size_t height, int contrasts);

#endif
