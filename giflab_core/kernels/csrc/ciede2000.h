/* CIEDE2000 of two colours. */
#ifndef GIFLAB_CIEDE2000_H
#define GIFLAB_CIEDE2000_H

#include <math.h>

#include "lab.h"

#define PI 3.14159265358979323846
#define DEGREES(number) ((number) * (PI / 180))
/* Opposite hues are no more than half a turn apart, however their angles are rounded. */
#define HALF_TURN (PI + 1e-11)

/* sqrt(c^7 / (c^7 + 25^7)) */
INLINED double saturation(double chroma)
{
    const double cube = chroma * chroma * chroma, seventh = cube * cube * chroma;
    return sqrt(seventh / (seventh + 6103515625.0));
}

/* The angle of (x, y), 0 to 2 pi. */
INLINED double hue(double x, double y)
{
    const double angle = atan2(y, x);
    return angle < 0 ? angle + 2 * PI : angle;
}

/* T, by cosines and sines of a hue and of its multiples. */
INLINED double weight_of_hue(double cos1, double sin1, double cos2, double cos3, double sin3, double cos4, double sin4)
{
    return 1 - 0.17 * (cos1 * cos(DEGREES(30)) + sin1 * sin(DEGREES(30))) + 0.24 * cos2 +
           0.32 * (cos3 * cos(DEGREES(6)) - sin3 * sin(DEGREES(6))) -
           0.20 * (cos4 * cos(DEGREES(63)) + sin4 * sin(DEGREES(63)));
}

/* Sharma, Wu and Dalal 2005, in their order and with their names. */
INLINED double ciede2000(lab one, lab two)
{
    const double chroma = (sqrt(one.a * one.a + one.b * one.b) + sqrt(two.a * two.a + two.b * two.b)) / 2;
    const double g = 0.5 * (1 - saturation(chroma));
    const double a1 = (1 + g) * one.a, a2 = (1 + g) * two.a;
    const double c1 = sqrt(a1 * a1 + one.b * one.b), c2 = sqrt(a2 * a2 + two.b * two.b);
    const double h1 = hue(a1, one.b), h2 = hue(a2, two.b);

    double dh = h2 - h1, h = h1 + h2;
    if (c1 * c2 == 0) {
        dh = 0;
    } else if (fabs(dh) <= HALF_TURN) {
        h /= 2;
    } else {
        dh += dh > 0 ? -2 * PI : 2 * PI;
        h = (h + (h < 2 * PI ? 2 * PI : -2 * PI)) / 2;
    }
    const double l = (one.l + two.l) / 2 - 50, c = (c1 + c2) / 2;
    const double cos1 = cos(h), sin1 = sin(h); /* of the hue, then of its multiples */
    const double cos2 = 2 * cos1 * cos1 - 1, sin2 = 2 * sin1 * cos1;
    const double cos3 = cos1 * cos2 - sin1 * sin2, sin3 = sin1 * cos2 + cos1 * sin2;
    const double cos4 = 2 * cos2 * cos2 - 1, sin4 = 2 * sin2 * cos2;
    const double t = weight_of_hue(cos1, sin1, cos2, cos3, sin3, cos4, sin4);
    const double from_blue = (h - DEGREES(275)) / DEGREES(25);
    const double rt = -sin(DEGREES(60) * exp(-from_blue * from_blue)) * 2 * saturation(c);

    const double lightness_term = (two.l - one.l) / (1 + 0.015 * l * l / sqrt(20 + l * l));
    const double chroma_term = (c2 - c1) / (1 + 0.045 * c);
    const double hue_term = 2 * sqrt(c1 * c2) * sin(dh / 2) / (1 + 0.015 * c * t);
    return sqrt(lightness_term * lightness_term + chroma_term * chroma_term + hue_term * hue_term +
                rt * chroma_term * hue_term);
}

#endif
