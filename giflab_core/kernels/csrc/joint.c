/* Which pairs of colours two pictures have at the same places, and how often. */
#include "arrays.h"

#include <stdlib.h>
#include <string.h>

#include "simd.h"

/* `colours`: the original's in the upper half, as bytes in memory. */
typedef struct {
    uint64_t colours;
    uint32_t count;
} joint_pair;

typedef struct {
    joint_pair *pairs;
    size_t size;
} joint_pairs;

INLINED uint64_t load64(const uint8_t *from)
{
    uint64_t value;
    memcpy(&value, from, sizeof value);
    return value;
}

INLINED uint32_t load32(const uint8_t *from)
{
    uint32_t value;
    memcpy(&value, from, sizeof value);
    return value;
}

/* Whether both halves are the same. */
INLINED int is_twice(uint64_t value)
{
    return (uint32_t)value == value >> 32;
}

/* Whether the eight bytes differ. */
INLINED int is_mixed(uint64_t bytes)
{
    return bytes != (bytes >> 8 | bytes << 56);
}

/* How often each pair of indices occurs: at `columns` times the first one's plus the second one's, in several copies
 * that are added up at last. Most cells are empty, and are passed over by groups. */
typedef struct {
    uint32_t *cells;
    size_t size, columns, copies;
} joint_table;

enum { GROUP = 16 };

FOR_EACH_PROCESSOR static uint8_t largest(const uint8_t *values, size_t n)
{
    uint8_t found = 0;
    for (size_t i = 0; i < n; i++)
        found = values[i] > found ? values[i] : found;
    return found;
}

/* An empty table for n indices of two pictures; `cells` is NULL where memory is short. */
static joint_table joint_new(const uint8_t *x, const uint8_t *y, size_t n)
{
    joint_table table;
    table.columns = (size_t)largest(y, n) / GROUP * GROUP + GROUP;
    table.size = ((size_t)largest(x, n) + 1) * table.columns;
    /* More would not stay in a cache that is near, or cost more to add up than they save. */
    table.copies = table.size <= 1 << 14 ? 4 : table.size <= 1 << 15 || 3 * table.size <= n ? 2 : 1;
    table.cells = calloc(table.copies * table.size, sizeof *table.cells);
    return table;
}

/* Count the pairs of n indices of each picture (fewer than 2^32). Gives how many different pairs there are. */
FOR_EACH_PROCESSOR static size_t joint_count(const uint8_t *x, const uint8_t *y, size_t n, joint_table table)
{
    /* An addition waits for the one before it to the same place. So pixels of one pair, as on flat ground, are
     * added at once, and others to copies of the table in turn. */
    uint32_t *const cells = table.cells;
    const size_t columns = table.columns;
    const size_t copy = table.copies > 1 ? table.size : 0, far = table.copies > 2 ? 2 * table.size : 0;
    size_t at = 0, different = 0;
    while (at + 8 <= n) {
        const uint64_t xs = load64(x + at), ys = load64(y + at);
        if (is_mixed(xs) | is_mixed(ys)) {
            for (size_t pixel = at; pixel < at + 8; pixel += 4) {
                cells[x[pixel] * columns + y[pixel]]++;
                cells[x[pixel + 1] * columns + y[pixel + 1] + copy]++;
                cells[x[pixel + 2] * columns + y[pixel + 2] + far]++;
                cells[x[pixel + 3] * columns + y[pixel + 3] + copy + far]++;
            }
            at += 8;
        } else {
            const size_t first = at;
            for (at += 8; at + 8 <= n && load64(x + at) == xs && load64(y + at) == ys; at += 8)
                ;
            cells[x[first] * columns + y[first]] += (uint32_t)(at - first);
        }
    }
    for (; at < n; at++)
        cells[x[at] * columns + y[at]]++;
    for (size_t other = 1; other < table.copies; other++)
        for (size_t cell = 0; cell < table.size; cell++)
            cells[cell] += cells[other * table.size + cell];
    for (size_t cell = 0; cell < table.size; cell++)
        different += cells[cell] != 0;
    return different;
}

/* The pairs of such a table in ascending order, as colours of 4 bytes. */
static void joint_list(joint_table table, const uint8_t *x_colours, const uint8_t *y_colours, uint8_t *original,
                       uint8_t *compressed, int64_t *counts)
{
    const uint32_t *cells = table.cells;
    for (size_t row = 0; row * table.columns < table.size; row++)
        for (size_t first = 0; first < table.columns; first += GROUP, cells += GROUP) {
            uint32_t any = 0;
            for (size_t cell = 0; cell < GROUP; cell++)
                any |= cells[cell];
            for (size_t cell = 0; any && cell < GROUP; cell++) {
                if (!cells[cell])
                    continue;
                memcpy(original, x_colours + 4 * row, 4);
                memcpy(compressed, y_colours + 4 * (first + cell), 4);
                *counts++ = cells[cell];
                original += 4;
                compressed += 4;
            }
        }
}

/* Where pairs are: each in the first free slot from its hash on, of which there are at least twice as many. */
typedef struct {
    uint64_t colours;
    uint32_t pair; /* NO_PAIR where the slot is free */
} joint_slot;

typedef struct {
    joint_slot *slots;
    uint64_t multiplier;
    unsigned bits;
} joint_slots;

#define NO_PAIR UINT32_MAX

INLINED joint_slot *joint_look_up(const joint_slots *in, uint64_t colours)
{
    const size_t last = ((size_t)1 << in->bits) - 1;
    size_t place = colours * in->multiplier >> (64 - in->bits);
    while (in->slots[place].colours != colours && in->slots[place].pair != NO_PAIR)
        place = (place + 1) & last;
    return in->slots + place;
}

/* Make room for four times as many pairs; 0 where memory is short. */
static int joint_grow(joint_pairs *found, joint_slots *in)
{
    in->bits += 2;
    const size_t slots = (size_t)1 << in->bits;
    free(in->slots);
    in->slots = malloc(slots * sizeof *in->slots);
    joint_pair *const pairs = realloc(found->pairs, slots / 2 * sizeof *pairs);
    if (pairs)
        found->pairs = pairs;
    if (!pairs || !in->slots)
        return 0;
    memset(in->slots, 0xff, slots * sizeof *in->slots); /* NO_PAIR */
    for (size_t index = 0; index < found->size; index++)
        *joint_look_up(in, pairs[index].colours) = (joint_slot){pairs[index].colours, (uint32_t)index};
    return 1;
}

/* The pair of these colours, a new one if there is none yet; NULL where memory is short. */
static joint_pair *joint_pair_of(joint_pairs *found, joint_slots *in, uint64_t colours)
{
    joint_slot *slot = joint_look_up(in, colours);
    if (slot->pair == NO_PAIR) {
        if (found->size == (size_t)1 << (in->bits - 1)) {
            if (!joint_grow(found, in))
                return NULL;
            slot = joint_look_up(in, colours);
        }
        *slot = (joint_slot){colours, (uint32_t)found->size};
        found->pairs[found->size++] = (joint_pair){colours, 0};
    }
    return found->pairs + slot->pair;
}

/* Count pixels of pairs that are where their hash says, up to the first that is not, or to the end; gives which. */
INLINED size_t joint_count_known(const uint8_t *x, const uint8_t *y, size_t pixel, size_t end, const joint_slot *slots,
                                 uint64_t multiplier, unsigned shift, joint_pair *pairs)
{
    for (; pixel < end; pixel++) {
        const uint64_t colours = (uint64_t)load32(x + 4 * pixel) << 32 | load32(y + 4 * pixel);
        const joint_slot slot = slots[colours * multiplier >> shift];
        if (slot.colours != colours || slot.pair == NO_PAIR)
            break;
        pairs[slot.pair].count++;
    }
    return pixel;
}

/* Find the pairs of n pixels (fewer than 2^32) of 4 bytes; 0 where memory is short. `pairs->pairs` is the caller's to
 * free() in any case. `multiplier`: odd, and unknown to whoever made the pictures, so that they cannot make it slow. */
static int joint_find(const uint8_t *x, const uint8_t *y, size_t n, uint64_t multiplier, joint_pairs *found)
{
    enum { AT_ONCE = 16, FLAT = 4 }; /* so many pixels are looked up, if the first few are not one pair, as on flat ground */
    joint_slots in = {NULL, multiplier, 10};
    *found = (joint_pairs){0};
    int whole = joint_grow(found, &in);
    for (size_t pixel = 0; whole && pixel < n;) {
        const size_t first = pixel, end = n - pixel < AT_ONCE ? n : pixel + AT_ONCE;
        if (pixel + FLAT <= n) {
            const uint64_t xs = load64(x + 4 * pixel), ys = load64(y + 4 * pixel);
            if (is_twice(xs) && is_twice(ys) && load64(x + 4 * pixel + 8) == xs && load64(y + 4 * pixel + 8) == ys) {
                for (pixel += FLAT; pixel + 2 <= n && load64(x + 4 * pixel) == xs && load64(y + 4 * pixel) == ys;)
                    pixel += 2;
                joint_pair *const pair = joint_pair_of(found, &in, (uint64_t)(uint32_t)xs << 32 | (uint32_t)ys);
                if ((whole = pair != NULL))
                    pair->count += (uint32_t)(pixel - first);
                continue;
            }
        }
        while (whole && pixel < end) {
            pixel = joint_count_known(x, y, pixel, end, in.slots, multiplier, 64 - in.bits, found->pairs);
            if (pixel == end)
                break;
            joint_pair *const pair =
                joint_pair_of(found, &in, (uint64_t)load32(x + 4 * pixel) << 32 | load32(y + 4 * pixel));
            if ((whole = pair != NULL))
                pair->count++;
            pixel++;
        }
    }
    free(in.slots);
    return whole;
}

/* The pairs as colours of 4 bytes, in the order in which they first occur. */
static void joint_take(const joint_pairs *found, uint8_t *original, uint8_t *compressed, int64_t *counts)
{
    for (size_t index = 0; index < found->size; index++) {
        const joint_pair pair = found->pairs[index];
        const uint32_t halves[2] = {(uint32_t)(pair.colours >> 32), (uint32_t)pair.colours};
        memcpy(original + 4 * index, &halves[0], 4);
        memcpy(compressed + 4 * index, &halves[1], 4);
        counts[index] = pair.count;
    }
}

/* The bytes of n colours, n colours and n counts, which `joint[0..2]` are then set to; NULL where memory is short. */
static PyObject *new_joint(Py_ssize_t n, char *joint[3])
{
    PyObject *result = PyTuple_New(3);
    for (int part = 0; result && part < 3; part++) {
        PyObject *const bytes = PyBytes_FromStringAndSize(NULL, n * (part < 2 ? 4 : (Py_ssize_t)sizeof(int64_t)));
        if (bytes && !PyTuple_SetItem(result, part, bytes))
            joint[part] = PyBytes_AsString(bytes);
        else
            Py_CLEAR(result);
    }
    return result;
}

/* joint_of_indices(x, y, x_colours, y_colours) -> (original, compressed, counts) as bytes */
static PyObject *joint_of_indices(PyObject *module, PyObject *arguments)
{
    (void)module;
    enum { X, Y, X_COLOURS, Y_COLOURS, ARRAYS };
    Py_buffer arrays[ARRAYS] = {0};
    PyObject *result = NULL;
    joint_table table = {0};
    size_t n;
    char *joint[3];
    int fits = PyArg_ParseTuple(arguments, "O&O&O&O&", to_read, &arrays[X], to_read, &arrays[Y], to_read,
                                &arrays[X_COLOURS], to_read, &arrays[Y_COLOURS]);
    for (int colours = X_COLOURS; fits && colours <= Y_COLOURS; colours++)
        fits = is_table(&arrays[colours], U8, 4) && has_rows(&arrays[colours], 256);
    if (!fits || !are_alike(arrays, 2, U8, 2))
        goto release;
    if ((uint64_t)arrays[X].len > UINT32_MAX) {
        PyErr_SetString(PyExc_ValueError, "the pictures have more than 2**32 - 1 pixels");
        goto release;
    }
    table = joint_new(arrays[X].buf, arrays[Y].buf, (size_t)arrays[X].len);
    if (!table.cells) {
        PyErr_NoMemory();
        goto release;
    }
    BEGIN_WORK(arrays[X].len)
    n = joint_count(arrays[X].buf, arrays[Y].buf, (size_t)arrays[X].len, table);
    END_WORK
    result = new_joint((Py_ssize_t)n, joint);
    if (result)
        joint_list(table, arrays[X_COLOURS].buf, arrays[Y_COLOURS].buf, (uint8_t *)joint[0], (uint8_t *)joint[1],
                   (int64_t *)joint[2]);
release:
    free(table.cells);
    let_go(arrays, ARRAYS);
    return result;
}

/* joint_of_pixels(x, y, multiplier) -> (original, compressed, counts) as bytes */
static PyObject *joint_of_pixels(PyObject *module, PyObject *arguments)
{
    (void)module;
    enum { X, Y, ARRAYS };
    Py_buffer arrays[ARRAYS] = {0};
    joint_pairs found = {0};
    unsigned long long multiplier;
    PyObject *result = NULL;
    char *joint[3];
    int whole;
    if (!PyArg_ParseTuple(arguments, "O&O&K", to_read, &arrays[X], to_read, &arrays[Y], &multiplier) ||
        !are_alike(arrays, 2, U8, 3))
        goto release;
    if (arrays[X].shape[2] != 4 || (uint64_t)arrays[X].len / 4 >= UINT32_MAX) {
        PyErr_SetString(PyExc_ValueError, "pixels have 4 bytes, and are fewer than 2**32 - 1");
        goto release;
    }
    BEGIN_WORK(arrays[X].len / 2)
    whole = joint_find(arrays[X].buf, arrays[Y].buf, (size_t)arrays[X].len / 4, multiplier | 1, &found);
    END_WORK
    if (!whole) {
        PyErr_NoMemory();
        goto release;
    }
    result = new_joint((Py_ssize_t)found.size, joint);
    if (result)
        joint_take(&found, (uint8_t *)joint[0], (uint8_t *)joint[1], (int64_t *)joint[2]);
release:
    free(found.pairs);
    let_go(arrays, ARRAYS);
    return result;
}

/* few_colours(colours, most) -> whether there are at most so many, 1 to 16 */
static PyObject *few_colours(PyObject *module, PyObject *arguments)
{
    (void)module;
    enum { MOST = 16 };
    Py_buffer view = {0};
    Py_ssize_t most;
    PyObject *result = NULL;
    if (PyArg_ParseTuple(arguments, "O&n", to_read, &view, &most) && is_table(&view, U8, 4)) {
        if (most < 1 || most > MOST) {
            PyErr_SetString(PyExc_ValueError, "few are from 1 to 16");
        } else {
            uint32_t seen[MOST];
            Py_ssize_t count = 0;
            for (Py_ssize_t i = 0; count <= most && i < view.shape[0]; i++) {
                const uint32_t colour = load32((const uint8_t *)view.buf + 4 * i);
                Py_ssize_t place = 0;
                while (place < count && seen[place] != colour)
                    place++;
                if (place < count)
                    continue;
                if (count < most)
                    seen[count] = colour;
                count++;
            }
            result = PyBool_FromLong(count <= most);
        }
    }
    let_go(&view, 1);
    return result;
}

PyMethodDef joint_methods[] = {
    {"joint_of_indices", joint_of_indices, METH_VARARGS, NULL},
    {"few_colours", few_colours, METH_VARARGS, NULL},
    {"joint_of_pixels", joint_of_pixels, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
