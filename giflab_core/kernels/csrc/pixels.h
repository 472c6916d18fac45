/* Pixels of four bytes, R, G, B, A, as GIF has them: A is 0 or 255. */
#ifndef GIFLAB_PIXELS_H
#define GIFLAB_PIXELS_H

#include <stddef.h>
#include <stdint.h>

/* Rec. 601 luma of `count` pixels, as Pillow rounds it; `background` (0 to 255; -1: none) where A is 0. */
void pixels_luma(const uint8_t *pixels, size_t count, int background, uint8_t *luma);

#endif
