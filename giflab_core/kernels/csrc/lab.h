/* CIELAB coordinates of sRGB colours.
 *
 * Colours are 4 bytes of which the last is not looked at. `linear`: the linear light of each of the 256 levels. */
#ifndef GIFLAB_LAB_H
#define GIFLAB_LAB_H

#include <stdint.h>
#include <string.h>

#include "simd.h"

typedef struct {
    double l, a, b;
} lab;

/* The cube root of 0.008 to 1.1 by Halley's method, the same on every system, which those of libraries are not. */
INLINED double cube_root(double value)
{
    double root;
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    bits = bits / 3 + 0x2a9f7893782da1ce; /* a third of the exponent: within 5 % */
    memcpy(&root, &bits, sizeof root);
    for (int step = 0; step < 3; step++) {
        const double cube = root * root * root;
        root = root * (cube + 2 * value) / (2 * cube + value);
    }
    return root;
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

INLINED uint32_t rgb(const uint8_t *colour)
{
    return (uint32_t)(colour[0] << 16 | colour[1] << 8 | colour[2]);
}

/* What was converted last: pictures' colours come again in pair after pair. */
enum { LATELY_BITS = 10 };
typedef struct {
    const double *linear;
    uint32_t keys[1 << LATELY_BITS];
    lab values[1 << LATELY_BITS];
} lately;

INLINED void forget(lately *memory, const double *linear)
{
    memory->linear = linear;
    memset(memory->keys, 0xff, sizeof memory->keys); /* no colour of 24 bits */
}

INLINED lab to_lab_lately(lately *memory, const uint8_t *colour)
{
    const uint32_t key = rgb(colour), place = key * 0x9e3779b1 >> (32 - LATELY_BITS);
    if (memory->keys[place] != key) {
        memory->keys[place] = key;
        memory->values[place] = to_lab(colour, memory->linear);
    }
    return memory->values[place];
}

#endif
