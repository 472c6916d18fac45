/* A part of a picture: rows from top up to bottom, columns from left up to right. */
#ifndef GIFLAB_BOX_H
#define GIFLAB_BOX_H

#include <stddef.h>

typedef struct {
    size_t top, bottom, left, right;
} box;

static inline size_t area_of(box part)
{
    return (part.bottom - part.top) * (part.right - part.left);
}

#endif
