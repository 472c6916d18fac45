/* Whether two pictures are the same. No Python: sizes are trusted. */
#ifndef GIFLAB_SAME_H
#define GIFLAB_SAME_H

#include <stddef.h>
#include <stdint.h>

#include "box.h"

/* Whether two pictures of pixels of this many bytes, in rows of this width, are the same within a box. */
int same_in_box(const uint8_t *x, const uint8_t *y, size_t width, size_t pixel, box where);

#endif
