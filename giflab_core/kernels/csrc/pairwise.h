/* Sums in the order in which NumPy adds contiguous numbers up: by halves, and eight at a time in the smallest. */
#ifndef GIFLAB_PAIRWISE_H
#define GIFLAB_PAIRWISE_H

#include <stddef.h>

#include "simd.h"

/* So many terms are summed without halving them. */
enum { AT_MOST = 128 };

/* How many of more terms than that the first half has. */
INLINED size_t first_half(size_t n)
{
    return n / 2 - n / 2 % 8;
}

/* The sum of at most AT_MOST terms. */
INLINED double few_sum(const double *terms, size_t n)
{
    double sum = 0;
    size_t i = 0;
    if (n >= 8) {
        double r[8];
        for (; i < 8; i++)
            r[i] = terms[i];
        for (; i + 8 <= n; i += 8)
            for (size_t k = 0; k < 8; k++)
                r[k] += terms[i + k];
        sum = ((r[0] + r[1]) + (r[2] + r[3])) + ((r[4] + r[5]) + (r[6] + r[7]));
    }
    for (; i < n; i++)
        sum += terms[i];
    return sum;
}

#endif
