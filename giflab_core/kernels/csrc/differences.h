/* CIEDE2000 of many pairs of colours at once: ciede2000() without its angles, within 1e-9 of it.
 *
 * Hues are directions: the mean of two is that of the sum of unit vectors, and the cosines of its multiples follow from
 * its own. What is left are polynomials, fitted by least squares on Chebyshev nodes, so that one instruction works on
 * several pairs, and every system finds the same numbers. */
#ifndef GIFLAB_DIFFERENCES_H
#define GIFLAB_DIFFERENCES_H

#include "ciede2000.h"

#define TERMS(polynomial) (sizeof(polynomial) / sizeof *(polynomial))
/* If the sum of their unit vectors is shorter than the root of this, two hues are too nearly opposite for it to tell
 * their mean. */
#define OPPOSITE 1e-8

INLINED double evaluate(const double *polynomial, int terms, double x)
{
    double sum = 0;
    for (int term = terms - 1; term >= 0; term--) sum = sum * x + polynomial[term];
    return sum;
}

/* The square of an angle over s, the square of the sine of its half: s from 0 to 0.5, relative error 4e-12. */
INLINED double angle_squared_over(double s)
{
    static const double POLYNOMIAL[] = {
        4.000000000011521,   1.3333333257110427,   0.7111119441946099, 0.45710722408639104, 0.3258672548262132,
        0.23597206953111735, 0.28053646241543384,  -0.31280703891511896, 1.8819605980786198, -4.220255444969823,
        7.03684352563279,    -6.4935323115539605,  2.985046701991487,
    };
    return evaluate(POLYNOMIAL, TERMS(POLYNOMIAL), s);
}

/* exp(x) of -60 to 0, relative error 3e-15. */
INLINED double exponential(double x)
{
    /* 2^x of -0.5 to 0.5. */
    static const double POLYNOMIAL[] = {
        1.0000000000000009,    0.6931471805599527,     0.24022650695908282,    0.05550410866434583,
        0.009618129107990796,  0.0013333558242103957,  0.00015403530141204553, 1.5252651410924299e-05,
        1.321553741934402e-06, 1.0209703620478341e-07, 7.062889848114665e-09,
    };
    const double to_whole = 6755399441055744; /* 1.5 * 2^52: in the last bits of the sum is the nearest whole number */
    const double power = x * 1.4426950408889634, shifted = power + to_whole;
    uint64_t bits;
    memcpy(&bits, &shifted, sizeof bits);
    bits = (bits + 1023) << 52; /* the exponent of a double */
    double whole;
    memcpy(&whole, &bits, sizeof whole);
    return whole * evaluate(POLYNOMIAL, TERMS(POLYNOMIAL), power - (shifted - to_whole));
}

/* sin(x) of 0 to pi / 3, relative error 2e-15. */
INLINED double sine(double x)
{
    static const double POLYNOMIAL[] = {
        1.0000000000000004,    -0.1666666666666525,     0.008333333333128159,   -0.00019841269727959395,
        2.7557289115025596e-06, -2.5047974845848748e-08, 1.5776379732619826e-10,
    };
    return x * evaluate(POLYNOMIAL, TERMS(POLYNOMIAL), x * x);
}

/* exp(-((h - 275) / 25)^2) of a hue in degrees, given as its cosine and sine. */
INLINED double blueness(double cosine, double sine_)
{
    const double cos275 = 0.08715574274765817, sin275 = -0.9961946980917455, cos95 = -0.08715574274765817;
    const double s = (1 - (cosine * cos275 + sine_ * sin275)) / 2, rest = 1 - s;
    const double near = s < 0.5 ? s : rest, squared = near * angle_squared_over(near);
    const double angle = PI - sqrt(squared), whole = s < 0.5 ? squared : angle * angle;
    /* Hues are 0 to 360: up to 95 they are more than half a turn away. */
    const double found = exponential(-whole / (DEGREES(25) * DEGREES(25)));
    const double early = sine_ >= 0 ? cosine : -1;
    return early > cos95 ? 0 : found;
}

/* CIEDE2000 of n pairs. */
INLINED void ciede2000_of_block(const lab_block *one, const lab_block *two, size_t n, double *differences)
{
    double sums[LAB_BLOCK];
    for (size_t index = 0; index < n; index++) {
        const double l1 = one->l[index], b1 = one->b[index], l2 = two->l[index], b2 = two->b[index];
        double a1 = one->a[index], a2 = two->a[index];
        const double chroma = (sqrt(a1 * a1 + b1 * b1) + sqrt(a2 * a2 + b2 * b2)) / 2;
        const double g = 0.5 * (1 - saturation(chroma));
        a1 *= 1 + g;
        a2 *= 1 + g;
        const double c1 = sqrt(a1 * a1 + b1 * b1), c2 = sqrt(a2 * a2 + b2 * b2), product = c1 * c2;

        /* The mean hue as a direction; a grey has no say in it, and between two of them it is 0. */
        const double unit1 = c1 > 0 ? 1 / c1 : 0, unit2 = c2 > 0 ? 1 / c2 : 0;
        const double x = a1 * unit1 + a2 * unit2, y = b1 * unit1 + b2 * unit2, sum = x * x + y * y;
        const double length = sqrt(sum);
        const double cos1 = length > 0 ? x / length : 1, sin1 = length > 0 ? y / length : 0;
        sums[index] = product > 0 ? sum : 1;

        const double l = (l1 + l2) / 2 - 50, c = (c1 + c2) / 2;
        const double cos2 = 2 * cos1 * cos1 - 1, sin2 = 2 * sin1 * cos1;
        const double cos3 = cos1 * cos2 - sin1 * sin2, sin3 = sin1 * cos2 + cos1 * sin2;
        const double cos4 = 2 * cos2 * cos2 - 1, sin4 = 2 * sin2 * cos2;
        const double t = weight_of_hue(cos1, sin1, cos2, cos3, sin3, cos4, sin4);
        const double rt = -sine(DEGREES(60) * blueness(cos1, sin1)) * 2 * saturation(c);

        /* 2 sqrt(c1 c2) sin(dh / 2), by the sine or the cosine of dh, whichever is not rounded away. */
        const double across = a1 * b2 - a2 * b1, along = a1 * a2 + b1 * b2;
        const double root = sqrt(along >= 0 ? (product + along) / 2 : 2 * (product - along));
        const double by_sine = root > 0 ? across / root : 0, by_cosine = across < 0 ? -root : root;
        const double hue_term = (along >= 0 ? by_sine : by_cosine) / (1 + 0.015 * c * t);

        const double lightness_term = (l2 - l1) / (1 + 0.015 * l * l / sqrt(20 + l * l));
        const double chroma_term = (c2 - c1) / (1 + 0.045 * c);
        const double squared = lightness_term * lightness_term + chroma_term * chroma_term + hue_term * hue_term +
                               rt * chroma_term * hue_term;
        differences[index] = sqrt(squared > 0 ? squared : 0);
    }
    for (size_t index = 0; index < n; index++) {
        if (sums[index] < OPPOSITE) {
            const lab first = {one->l[index], one->a[index], one->b[index]};
            const lab second = {two->l[index], two->a[index], two->b[index]};
            differences[index] = ciede2000(first, second);
        }
    }
}

#endif
