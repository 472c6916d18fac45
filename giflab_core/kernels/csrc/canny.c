/* Canny's edges, and how many of them two planes have in common.
 *
 * Planes are 8-bit values row by row, width and height at least 1. */
#include "arrays.h"

#include <stdlib.h>
#include <string.h>

#include "bits.h"
#include "simd.h"

/* The pixels of edges of x and of y, and how many of each have one of the other within a pixel. */
typedef struct {
    uint64_t x, y, near_x, near_y;
} edge_counts;

/* One bit a pixel, 64 pixels a word, the leftmost in the lowest bit. Around the picture are words of zeros: one after
 * each row (and so before the next), a row above, a row below, and one word more at both ends. */
typedef struct {
    size_t height, width, words, stride, first, size;
} layout;

static layout layout_of(size_t height, size_t width)
{
    size_t words = (width + 63) / 64, stride = words + 1;
    return (layout){height, width, words, stride, stride + 1, (height + 2) * stride + 2};
}

/* Directions of a gradient: to the side, up or down, and between them. */
enum { LEVEL = 1, STEEP = 2, FALLING = 4, RISING = 8 };
/* The tangent of 22.5 degrees, times 2**15; that of 67.5 degrees is larger by 2. */
enum { TANGENT = 13573 };

/* Rows of gradients have a place before their first pixel and one after their last. */
typedef struct {
    int16_t *size, *direction;
} gradients;

INLINED void gradient_row(const uint8_t *above, const uint8_t *row, const uint8_t *below, size_t width,
                          int16_t *RESTRICT smooth, int16_t *RESTRICT step, int16_t *RESTRICT size,
                          int16_t *RESTRICT direction)
{
    for (size_t x = 0; x < width; x++) {
        smooth[x + 1] = (int16_t)(above[x] + 2 * row[x] + below[x]);
        step[x + 1] = (int16_t)(below[x] - above[x]);
    }
    smooth[0] = smooth[1], step[0] = step[1];
    smooth[width + 1] = smooth[width], step[width + 1] = step[width];
    for (size_t x = 0; x < width; x++) {
        int16_t dx = (int16_t)(smooth[x + 2] - smooth[x]);
        int16_t dy = (int16_t)(step[x] + 2 * step[x + 1] + step[x + 2]);
        int16_t across = (int16_t)(dx < 0 ? -dx : dx), down = (int16_t)(dy < 0 ? -dy : dy);
        /* Rounded down, which changes no comparison with the whole number `down`: the product is a multiple of 2**15
         * only for 0, and a gradient of 0 is no edge in any direction. */
        int16_t low = (int16_t)(across * (2 * TANGENT) >> 16), high = (int16_t)(low + 2 * across);
        int16_t between = (dx ^ dy) < 0 ? RISING : FALLING;
        int16_t upper = down > high ? STEEP : between;
        size[x + 1] = (int16_t)(across + down);
        direction[x + 1] = down <= low ? LEVEL : upper;
    }
}

/* For each pixel of a row 1 where it is a ridge above the low threshold, 3 where it is above the high one too. */
INLINED void ridge_row(const int16_t *above, const int16_t *size, const int16_t *below, const int16_t *direction,
                       size_t width, int16_t low, int16_t high, uint8_t *RESTRICT ridges)
{
    for (size_t x = 1; x <= width; x++) {
        int16_t here = size[x];
        /* Of two equal neighbours the first is an edge; on diagonals neither is. */
        int16_t level = ((here > size[x - 1]) & (here >= size[x + 1])) ? LEVEL : 0;
        int16_t steep = ((here > above[x]) & (here >= below[x])) ? STEEP : 0;
        int16_t falling = ((here > above[x - 1]) & (here > below[x + 1])) ? FALLING : 0;
        int16_t rising = ((here > above[x + 1]) & (here > below[x - 1])) ? RISING : 0;
        int16_t ridge = ((level | steep | falling | rising) & direction[x]) ? 3 : 0;
        int16_t strength = here > high ? 3 : here > low ? 1 : 0;
        ridges[x - 1] = (uint8_t)(ridge & strength);
    }
}

/* Bits of all ridges and of the strong ones among them. `rows`: room for 8 rows of gradients, all zero; `ridges`: 64
 * bytes for each word of a row, all zero. */
FOR_EACH_PROCESSOR
static void find_ridges(const uint8_t *plane, const layout *map, int low, int high, int16_t *rows, uint8_t *ridges,
                        uint64_t *weak, uint64_t *strong)
{
    size_t width = map->width, padded = width + 2;
    int16_t *smooth = rows, *step = rows + padded;
    gradients lines[3];
    for (size_t line = 0; line < 3; line++)
        lines[line] = (gradients){rows + (2 + 2 * line) * padded, rows + (3 + 2 * line) * padded};
    for (size_t y = 0; y <= map->height; y++) {
        gradients above = lines[(y + 1) % 3], here = lines[(y + 2) % 3], below = lines[y % 3];
        const uint8_t *row = plane + y * width;
        if (y < map->height)
            gradient_row(y ? row - width : row, row, y + 1 < map->height ? row + width : row, width, smooth, step,
                         below.size, below.direction);
        else
            memset(below.size, 0, padded * sizeof *below.size);
        if (!y)
            continue;
        ridge_row(above.size, here.size, below.size, here.direction, width, (int16_t)low, (int16_t)high, ridges);
        uint64_t *weak_row = weak + map->first + (y - 1) * map->stride;
        uint64_t *strong_row = strong + map->first + (y - 1) * map->stride;
        for (size_t word = 0; word < map->words; word++) {
            weak_row[word] = pack(ridges + 64 * word, 0);
            strong_row[word] = pack(ridges + 64 * word, 1);
        }
    }
}

/* Words that have bits from which edges were not followed yet. */
typedef struct {
    uint64_t *weak, *edges, *fresh;
    size_t *stack, depth;
} search;

INLINED void reach(search *found, size_t index, uint64_t bits)
{
    uint64_t weak = found->weak[index], grown;
    bits &= weak;
    if (!bits)
        return;
    /* Along the row at once: most of what is reached next lies there. */
    while ((grown = (bits << 1 | bits >> 1) & weak & ~bits))
        bits |= grown;
    if (!found->fresh[index])
        found->stack[found->depth++] = index;
    found->weak[index] = weak & ~bits;
    found->edges[index] |= bits;
    found->fresh[index] |= bits;
}

/* Adds to the strong pixels, which are in `edges`, all weak ones that are connected to them. */
static void follow(search *found, const layout *map)
{
    for (size_t index = map->first; index < map->size - map->first; index++) {
        uint64_t strong = found->edges[index];
        found->weak[index] &= ~strong;
        found->fresh[index] = strong;
        if (strong)
            found->stack[found->depth++] = index;
    }
    while (found->depth) {
        size_t here = found->stack[--found->depth];
        uint64_t bits = found->fresh[here], spread = bits | bits << 1 | bits >> 1;
        found->fresh[here] = 0;
        for (size_t index = here - map->stride; index <= here + map->stride; index += map->stride) {
            reach(found, index, spread);
            if (bits & 1)
                reach(found, index - 1, (uint64_t)1 << 63);
            if (bits >> 63)
                reach(found, index + 1, 1);
        }
    }
}

/* The bits of all edges, in `map.size` words; returns 0, or -1 without memory. */
static int find_edges(const uint8_t *plane, const layout *map, int low, int high, uint64_t *edges)
{
    uint64_t *bits = calloc(map->size, 2 * sizeof *bits);
    size_t *stack = malloc(map->size * sizeof *stack);
    int16_t *rows = calloc(map->width + 2, 8 * sizeof *rows);
    uint8_t *ridges = calloc(map->words, 64);
    int done = bits && stack && rows && ridges;
    if (done) {
        search found = {bits, edges, bits + map->size, stack, 0};
        memset(edges, 0, map->size * sizeof *edges);
        find_ridges(plane, map, low, high, rows, ridges, found.weak, edges);
        follow(&found, map);
    }
    free(bits);
    free(stack);
    free(rows);
    free(ridges);
    return done ? 0 : -1;
}

/* Canny's edges, 1 or 0 a pixel, for 0 <= low <= high < 32768. Returns 0, or -1 without memory. */
static int canny(const uint8_t *plane, size_t height, size_t width, int low, int high, uint8_t *edges)
{
    layout map = layout_of(height, width);
    uint64_t *bits = malloc(map.size * sizeof *bits);
    int failed = !bits || find_edges(plane, &map, low, high, bits);
    for (size_t y = 0; !failed && y < height; y++)
        for (size_t x = 0; x < width; x += 8) {
            uint64_t pixels = unpack(bits[map.first + y * map.stride + x / 64] >> x % 64);
            memcpy(edges + y * width + x, &pixels, width - x < 8 ? width - x : 8);
        }
    free(bits);
    return failed ? -1 : 0;
}

/* The pixels of a word and of its eight neighbours. */
INLINED uint64_t around(const uint64_t *word, size_t stride)
{
    uint64_t left = word[-(ptrdiff_t)stride - 1] | word[-1] | word[stride - 1];
    uint64_t middle = word[-(ptrdiff_t)stride] | word[0] | word[stride];
    uint64_t right = word[-(ptrdiff_t)stride + 1] | word[1] | word[stride + 1];
    return middle | middle << 1 | middle >> 1 | left >> 63 | right << 63;
}

FOR_EACH_PROCESSOR
static edge_counts compare_edges(const uint64_t *x, const uint64_t *y, const layout *map)
{
    edge_counts counts = {0, 0, 0, 0};
    for (size_t index = map->first; index < map->size - map->first; index++) {
        counts.x += count_bits(x[index]);
        counts.y += count_bits(y[index]);
        counts.near_x += count_bits(x[index] & around(y + index, map->stride));
        counts.near_y += count_bits(y[index] & around(x + index, map->stride));
    }
    return counts;
}

/* Returns 0, or -1 without memory. */
static int count_edges(const uint8_t *x, const uint8_t *y, size_t height, size_t width, int low, int high,
                       edge_counts *counts)
{
    layout map = layout_of(height, width);
    uint64_t *bits = malloc(map.size * 2 * sizeof *bits);
    int failed = !bits || find_edges(x, &map, low, high, bits) || find_edges(y, &map, low, high, bits + map.size);
    if (!failed)
        *counts = compare_edges(bits, bits + map.size, &map);
    free(bits);
    return failed ? -1 : 0;
}

static int are_thresholds(int low, int high)
{
    if (0 <= low && low <= high && high <= INT16_MAX)
        return 1;
    PyErr_SetString(PyExc_ValueError, "thresholds are 0 <= low <= high <= 32767");
    return 0;
}

/* canny(plane, low, high, edges) */
static PyObject *canny_of(PyObject *module, PyObject *arguments)
{
    Py_buffer views[2] = {{0}, {0}};
    int low, high;
    PyObject *result = NULL;
    (void)module;
    if (PyArg_ParseTuple(arguments, "O&iiO&", to_read, &views[0], &low, &high, to_write, &views[1]) &&
        are_planes(views, 2) && are_thresholds(low, high)) {
        int failed;
        Py_BEGIN_ALLOW_THREADS
        failed = canny(views[0].buf, (size_t)views[0].shape[0], (size_t)views[0].shape[1], low, high, views[1].buf);
        Py_END_ALLOW_THREADS
        result = failed ? PyErr_NoMemory() : Py_NewRef(Py_None);
    }
    let_go(views, 2);
    return result;
}

/* edge_counts(x, y, low, high) -> (edges of x, edges of y, those of x near y, those of y near x) */
static PyObject *edge_counts_of(PyObject *module, PyObject *arguments)
{
    Py_buffer views[2] = {{0}, {0}};
    int low, high;
    PyObject *result = NULL;
    (void)module;
    if (PyArg_ParseTuple(arguments, "O&O&ii", to_read, &views[0], to_read, &views[1], &low, &high) &&
        are_planes(views, 2) && are_thresholds(low, high)) {
        edge_counts counts;
        int failed;
        Py_BEGIN_ALLOW_THREADS
        failed = count_edges(views[0].buf, views[1].buf, (size_t)views[0].shape[0], (size_t)views[0].shape[1], low,
                             high, &counts);
        Py_END_ALLOW_THREADS
        result = failed ? PyErr_NoMemory()
                        : Py_BuildValue("KKKK", (unsigned long long)counts.x, (unsigned long long)counts.y,
                                        (unsigned long long)counts.near_x, (unsigned long long)counts.near_y);
    }
    let_go(views, 2);
    return result;
}

PyMethodDef canny_methods[] = {
    {"canny", canny_of, METH_VARARGS, NULL},
    {"edge_counts", edge_counts_of, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
