/* Discrete Fourier transforms of any length, of several sequences side by side. No Python: sizes are trusted. */
#ifndef GIFLAB_FOURIER_H
#define GIFLAB_FOURIER_H

#include <stdlib.h>

/* One value of each sequence: arithmetic is on all at once. An array of sequences has the real parts of all first
 * values, of all second values and so on, then the imaginary parts in the same way: 2 * length of these. They are as
 * wide as vectors of AVX2 where FOR_EACH_PROCESSOR has an effect (see simd.h), else as those that every processor has.
 * No result depends on it. */
#if !defined(__GNUC__)
enum { LANES = 1 };
typedef double lanes;
#else
#if defined(__AVX__) || (defined(__x86_64__) && defined(__linux__) && defined(__GLIBC__))
enum { LANES = 4 };
#else
enum { LANES = 2 };
#endif
typedef double lanes __attribute__((vector_size(LANES * sizeof(double)), aligned(sizeof(double)), may_alias));
#endif

typedef struct fourier fourier;

/* What is known of a length, at least 1, before any value; NULL where memory is short. */
fourier *fourier_new(size_t length);
void fourier_free(fourier *plan);

/* How much room a transform needs, beside `from` and `to`. */
size_t fourier_room(const fourier *plan);

/* to[k] = sum of from[j] * exp(-2 pi i j k / length) over all j. With real and imaginary parts swapped, before and
 * after, it is the sum with exp(+2 pi i j k / length). `from` and `to` differ. */
void fourier_transform(const fourier *plan, const lanes *from, lanes *to, lanes *room);

#endif
