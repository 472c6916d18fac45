/* The steps of a Fourier transform: of a few values each, for all sequences at once. */
#ifndef GIFLAB_BUTTERFLY_H
#define GIFLAB_BUTTERFLY_H

#include "fourier.h"
#include "simd.h"

/* A larger one is more expensive than a convolution. */
enum { LARGEST_RADIX = 97 };

INLINED void store(lanes *re, lanes *im, const lanes *a, const lanes *b, const double *w, int twisted)
{
    if (twisted) {
        *re = *a * w[0] - *b * w[1];
        *im = *a * w[1] + *b * w[0];
    } else {
        *re = *a;
        *im = *b;
    }
}

INLINED void butterfly_4(const lanes *re, const lanes *im, size_t far, lanes *to_re, lanes *to_im, size_t near,
                         const double *w, int twisted)
{
    const lanes ar = re[0] + re[2 * far], ai = im[0] + im[2 * far];
    const lanes br = re[0] - re[2 * far], bi = im[0] - im[2 * far];
    const lanes cr = re[far] + re[3 * far], ci = im[far] + im[3 * far];
    const lanes dr = re[far] - re[3 * far], di = im[far] - im[3 * far];
    const lanes one_r = br + di, one_i = bi - dr, two_r = ar - cr, two_i = ai - ci;
    const lanes three_r = br - di, three_i = bi + dr;
    *to_re = ar + cr;
    *to_im = ai + ci;
    store(to_re + near, to_im + near, &one_r, &one_i, w, twisted);
    store(to_re + 2 * near, to_im + 2 * near, &two_r, &two_i, w + 2, twisted);
    store(to_re + 3 * near, to_im + 3 * near, &three_r, &three_i, w + 4, twisted);
}

INLINED void butterfly_2(const lanes *re, const lanes *im, size_t far, lanes *to_re, lanes *to_im, size_t near,
                         const double *w, int twisted)
{
    const lanes other_r = re[0] - re[far], other_i = im[0] - im[far];
    *to_re = re[0] + re[far];
    *to_im = im[0] + im[far];
    store(to_re + near, to_im + near, &other_r, &other_i, w, twisted);
}

/* Odd radices: by the sums and differences of values r and radix - r. */
INLINED void butterfly_odd(size_t radix, const lanes *re, const lanes *im, size_t far, lanes *to_re, lanes *to_im,
                           size_t near, const double *w, const double *roots, int twisted)
{
    enum { PAIRS = LARGEST_RADIX / 2 };
    lanes sr[PAIRS], si[PAIRS], dr[PAIRS], di[PAIRS]; /* sums, differences */
    const lanes first_r = *re, first_i = *im;
    const size_t half = radix / 2;
    lanes total_r = first_r, total_i = first_i;
    for (size_t r = 0; r < half; r++) {
        const size_t one = (r + 1) * far, other = (radix - 1 - r) * far;
        sr[r] = re[one] + re[other];
        si[r] = im[one] + im[other];
        dr[r] = re[one] - re[other];
        di[r] = im[one] - im[other];
        total_r += sr[r];
        total_i += si[r];
    }
    *to_re = total_r;
    *to_im = total_i;
    for (size_t i = 1; i <= half; i++) {
        const size_t one = i * near, other = (radix - i) * near;
        const double *const root = roots + 2 * i;
        lanes ar = first_r + sr[0] * root[0], ai = first_i + si[0] * root[0];
        lanes br = dr[0] * root[1], bi = di[0] * root[1];
        size_t turned = i;
        for (size_t r = 1; r < half; r++) {
            turned += turned + i < radix ? i : i - radix;
            const double c = roots[2 * turned], s = roots[2 * turned + 1];
            ar += sr[r] * c;
            ai += si[r] * c;
            br += dr[r] * s;
            bi += di[r] * s;
        }
        const lanes here_r = ar + bi, here_i = ai - br, there_r = ar - bi, there_i = ai + br;
        store(to_re + one, to_im + one, &here_r, &here_i, w + 2 * (i - 1), twisted);
        store(to_re + other, to_im + other, &there_r, &there_i, w + 2 * (radix - i - 1), twisted);
    }
}

INLINED void butterfly(size_t radix, const lanes *re, const lanes *im, size_t far, lanes *to_re, lanes *to_im,
                       size_t near, const double *w, const double *roots, int twisted)
{
    if (radix == 4)
        butterfly_4(re, im, far, to_re, to_im, near, w, twisted);
    else if (radix == 2)
        butterfly_2(re, im, far, to_re, to_im, near, w, twisted);
    else
        butterfly_odd(radix, re, im, far, to_re, to_im, near, w, roots, twisted);
}

#endif
