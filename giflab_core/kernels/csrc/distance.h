/* Distances of vectors. */
#ifndef GIFLAB_DISTANCE_H
#define GIFLAB_DISTANCE_H

#include <stddef.h>

/* out[i * columns + j] = the squared Euclidean distance of rows x[i] and y[j], of `length` numbers each. */
void squared_distances(const double *x, size_t rows, const double *y, size_t columns, size_t length, double *out);

#endif
