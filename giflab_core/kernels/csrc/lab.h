/* CIELAB coordinates of sRGB colours.
 *
 * Colours are 4 bytes of which the last is not looked at. `linear`: the linear light of each of the 256 levels. */
#ifndef GIFLAB_LAB_H
#define GIFLAB_LAB_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "simd.h"

typedef struct {
    double l, a, b;
} lab;

INLINED double about_cube_root(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    bits = bits / 3 + 0x2a9f7893782da1ce; /* a third of the exponent: within 5 % */
    memcpy(&value, &bits, sizeof value);
    return value;
}

INLINED double nearer_cube_root(double root, double value)
{
    for (int step = 0; step < 3; step++) {
        const double cube = root * root * root;
        root = root * (cube + 2 * value) / (2 * cube + value);
    }
    return root;
}

/* The cube root of 0.008 to 1.1 by Halley's method, the same on every system, which those of libraries are not. */
INLINED double cube_root(double value)
{
    return nearer_cube_root(about_cube_root(value), value);
}

INLINED double lightness(double value)
{
    return value > 0.008856 ? cube_root(value) : 7.787 * value + 16.0 / 116.0;
}

INLINED lab to_lab(const uint8_t *colour, const double *linear)
{
    const double r = linear[colour[0]], g = linear[colour[1]], b = linear[colour[2]];
    const double x = lightness((0.412453 * r + 0.357580 * g + 0.180423 * b) / 0.95047);
    const double y = lightness(0.212671 * r + 0.715160 * g + 0.072169 * b);
    const double z = lightness((0.019334 * r + 0.119193 * g + 0.950227 * b) / 1.08883);
    return (lab){116 * y - 16, 500 * (x - y), 200 * (y - z)};
}

/* Colours converted at once, each step for all of them before the next: as one by one, to the last bit. */
enum { LAB_BLOCK = 64 };
typedef struct {
    double l[LAB_BLOCK], a[LAB_BLOCK], b[LAB_BLOCK];
} lab_block;

INLINED void to_labs(const uint8_t *colours, size_t n, const double *linear, lab_block *out)
{
    double light[3][LAB_BLOCK], root[3][LAB_BLOCK];
    for (size_t index = 0; index < n; index++) {
        const uint8_t *const colour = colours + 4 * index;
        const double r = linear[colour[0]], g = linear[colour[1]], b = linear[colour[2]];
        light[0][index] = (0.412453 * r + 0.357580 * g + 0.180423 * b) / 0.95047;
        light[1][index] = 0.212671 * r + 0.715160 * g + 0.072169 * b;
        light[2][index] = (0.019334 * r + 0.119193 * g + 0.950227 * b) / 1.08883;
    }
    for (int axis = 0; axis < 3; axis++) {
        for (size_t index = 0; index < n; index++) root[axis][index] = about_cube_root(light[axis][index]);
        for (size_t index = 0; index < n; index++) {
            const double value = light[axis][index], cubic = nearer_cube_root(root[axis][index], value);
            light[axis][index] = value > 0.008856 ? cubic : 7.787 * value + 16.0 / 116.0;
        }
    }
    for (size_t index = 0; index < n; index++) {
        const double x = light[0][index], y = light[1][index], z = light[2][index];
        out->l[index] = 116 * y - 16;
        out->a[index] = 500 * (x - y);
        out->b[index] = 200 * (y - z);
    }
}

INLINED uint32_t rgb(const uint8_t *colour)
{
    return (uint32_t)(colour[0] << 16 | colour[1] << 8 | colour[2]);
}

#endif
