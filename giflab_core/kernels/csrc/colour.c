#include "colour.h"

#include <math.h>
#include <stdlib.h>
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

void colour_lab(const uint8_t *colours, size_t n, const double *linear, double *out)
{
    lately memory;
    forget(&memory, linear);
    for (size_t index = 0; index < n; index++) {
        const lab each = to_lab_lately(&memory, colours + 4 * index);
        memcpy(out + 3 * index, &each, sizeof each);
    }
}

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
    const double t = 1 - 0.17 * (cos1 * cos(DEGREES(30)) + sin1 * sin(DEGREES(30))) + 0.24 * cos2 +
                     0.32 * (cos3 * cos(DEGREES(6)) - sin3 * sin(DEGREES(6))) -
                     0.20 * (cos4 * cos(DEGREES(63)) + sin4 * sin(DEGREES(63)));
    const double from_blue = (h - DEGREES(275)) / DEGREES(25);
    const double rt = -sin(DEGREES(60) * exp(-from_blue * from_blue)) * 2 * saturation(c);

    const double lightness_term = (two.l - one.l) / (1 + 0.015 * l * l / sqrt(20 + l * l));
    const double chroma_term = (c2 - c1) / (1 + 0.045 * c);
    const double hue_term = 2 * sqrt(c1 * c2) * sin(dh / 2) / (1 + 0.015 * c * t);
    return sqrt(lightness_term * lightness_term + chroma_term * chroma_term + hue_term * hue_term +
                rt * chroma_term * hue_term);
}

void colour_ciede2000(const double *lab1, const double *lab2, size_t n, double *differences)
{
    for (size_t index = 0; index < n; index++) {
        lab one, two;
        memcpy(&one, lab1 + 3 * index, sizeof one);
        memcpy(&two, lab2 + 3 * index, sizeof two);
        differences[index] = ciede2000(one, two);
    }
}

void colour_differences(const uint8_t *original, const uint8_t *compressed, size_t n, const double *linear,
                        int64_t *keys, double *values, double *differences)
{
    lately memory;
    forget(&memory, linear);
    for (size_t index = 0; index < n; index++) {
        const uint8_t *const one = original + 4 * index, *const two = compressed + 4 * index;
        const uint64_t key = (uint64_t)1 << 48 | (uint64_t)rgb(one) << 24 | rgb(two); /* never 0 */
        const size_t place = key * 0x9e3779b97f4a7c15 >> (64 - KNOWN_BITS);
        if (keys[place] != (int64_t)key) {
            keys[place] = (int64_t)key;
            values[place] = ciede2000(to_lab_lately(&memory, one), to_lab_lately(&memory, two));
        }
        differences[index] = values[place];
    }
}

void colour_margins(const uint8_t *colours, const int64_t *counts, size_t n, int64_t *margins)
{
    memset(margins, 0, 3 * 256 * sizeof *margins);
    for (size_t index = 0; index < n; index++)
        for (int channel = 0; channel < 3; channel++)
            margins[256 * channel + colours[4 * index + channel]] += counts[index];
}

/* Colours by cells of CIELAB: those in place p of a table are from starts[p] to starts[p + 1]. What else a place has
 * than one cell, distances tell. Colours of 8 bits a channel that are all different are 265 to a cell of 2.4 in the
 * mean and 4821 at most, however many there are. */
typedef struct {
    double *l, *a, *b;
    uint32_t *starts;
    uint64_t multiplier;
    unsigned bits;
    double size; /* of a cell, a little more than the distance that is looked for */
} cells;

typedef struct {
    uint64_t l, a, b;
} cell;

INLINED uint64_t step(const cells *grid, double coordinate)
{
    return (uint64_t)(int64_t)((coordinate + 256) / grid->size); /* a and b lie between -108 and 99 */
}

INLINED cell cell_of(const cells *grid, lab colour)
{
    return (cell){step(grid, colour.l), step(grid, colour.a), step(grid, colour.b)};
}

INLINED uint32_t place_of(const cells *grid, cell at)
{
    return (uint32_t)((at.l << 42 | at.a << 21 | at.b) * grid->multiplier >> (64 - grid->bits));
}

/* Whether one of the colours from `start` to `end` is near. */
INLINED uint8_t has_near(const cells *grid, size_t start, size_t end, lab colour, double tolerance)
{
    enum { BLOCK = 32 };
    for (; start < end; start += BLOCK) {
        const size_t stop = end - start < BLOCK ? end : start + BLOCK;
        int64_t near = 0;
        for (size_t index = start; index < stop; index++) {
            const double l = grid->l[index] - colour.l, a = grid->a[index] - colour.a, b = grid->b[index] - colour.b;
            near |= l * l + a * a + b * b <= tolerance * tolerance;
        }
        if (near)
            return 1;
    }
    return 0;
}

/* Sort colours into the cells; `places` is of their number, `starts` one longer than the table, all 0. */
static void fill(cells *grid, const uint8_t *colours, size_t n, const double *linear, uint32_t *places)
{
    for (size_t index = 0; index < n; index++) {
        places[index] = place_of(grid, cell_of(grid, to_lab(colours + 4 * index, linear)));
        grid->starts[places[index]]++;
    }
    uint32_t end = 0;
    for (size_t each = 0; each <= (size_t)1 << grid->bits; each++)
        grid->starts[each] = end += grid->starts[each];
    for (size_t index = 0; index < n; index++) {
        const uint32_t to = --grid->starts[places[index]];
        const lab colour = to_lab(colours + 4 * index, linear);
        grid->l[to] = colour.l;
        grid->a[to] = colour.a;
        grid->b[to] = colour.b;
    }
}

FOR_EACH_PROCESSOR static void look(const cells *grid, const uint8_t *colours, size_t n, const double *linear,
                                    double tolerance, uint8_t *found)
{
    static const uint64_t nearest_first[3] = {0, 1, (uint64_t)-1};
    for (size_t index = 0; index < n; index++) {
        const lab colour = to_lab(colours + 4 * index, linear);
        const cell own = cell_of(grid, colour);
        found[index] = 0;
        for (int neighbour = 0; neighbour < 27 && !found[index]; neighbour++) {
            const cell at = {own.l + nearest_first[neighbour / 9], own.a + nearest_first[neighbour / 3 % 3],
                             own.b + nearest_first[neighbour % 3]};
            const uint32_t *const start = grid->starts + place_of(grid, at);
            found[index] = has_near(grid, start[0], start[1], colour, tolerance);
        }
    }
}

int colour_counterparts(const uint8_t *colours, size_t n, const uint8_t *others, size_t m, const double *linear,
                        double tolerance, uint64_t multiplier, uint8_t *found)
{
    unsigned bits = 4;
    while ((size_t)1 << bits < m)
        bits++;
    double *const coordinates = malloc((3 * m + 1) * sizeof *coordinates);
    uint32_t *const starts = calloc(((size_t)1 << bits) + 1, sizeof *starts);
    uint32_t *const places = malloc((m + 1) * sizeof *places);
    const int whole = coordinates && starts && places;
    if (whole) {
        cells grid = {coordinates, coordinates + m, coordinates + 2 * m, starts, multiplier, bits, tolerance * 1.0625};
        fill(&grid, others, m, linear, places);
        look(&grid, colours, n, linear, tolerance, found);
    }
    free(places);
    free(starts);
    free(coordinates);
    return whole;
}
