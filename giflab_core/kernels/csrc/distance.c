#include "distance.h"

#include "simd.h"

/* So many sums at once: their order is that of no processor. */
enum { LANES = 16 };

INLINED double squared_distance(const double *x, const double *y, size_t length)
{
    double sums[LANES] = {0}, total = 0;
    size_t place = 0;
    for (; place + LANES <= length; place += LANES)
        for (size_t lane = 0; lane < LANES; lane++) {
            const double difference = x[place + lane] - y[place + lane];
            sums[lane] += difference * difference;
        }
    for (; place < length; place++)
        total += (x[place] - y[place]) * (x[place] - y[place]);
    for (size_t lane = 0; lane < LANES; lane++)
        total += sums[lane];
    return total;
}

FOR_EACH_PROCESSOR
void squared_distances(const double *x, size_t rows, const double *y, size_t columns, size_t length, double *out)
{
    for (size_t row = 0; row < rows; row++)
        for (size_t column = 0; column < columns; column++)
            out[row * columns + column] = squared_distance(x + row * length, y + column * length, length);
}
