/* The tiles that tiles.c sums: pixels a side, and how many sums each has, which kernels/tiles.py lists. */
#ifndef GIFLAB_TILES_H
#define GIFLAB_TILES_H

enum { SIDE = 8, FIELDS = 18 };

#endif
