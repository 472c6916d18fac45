/* Which colours two pictures have, and what most pixels of each colour of the one are in the other.
 *
 * Colours are 4 bytes as one number each, pair by pair, with how many pixels have each pair. */
#include "arrays.h"

#include <stdlib.h>
#include <string.h>

/* Distinct colours, and which of them each of the given ones is. */
typedef struct {
    uint32_t *keys, *places;
    size_t count;
} colours;

/* Returns 0, or -1 without memory. */
static int find_distinct(const uint32_t *given, size_t n, uint32_t multiplier, colours *found)
{
    unsigned bits = 4;
    while ((size_t)1 << bits < 2 * n)
        bits++;
    uint32_t *const slots = calloc((size_t)1 << bits, sizeof *slots); /* numbers of colours, from 1 */
    const uint32_t mask = (uint32_t)(((size_t)1 << bits) - 1);
    found->count = 0;
    for (size_t i = 0; slots && i < n; i++) {
        uint32_t slot = given[i] * multiplier >> (32 - bits);
        while (slots[slot] && found->keys[slots[slot] - 1] != given[i])
            slot = (slot + 1) & mask;
        if (!slots[slot]) {
            found->keys[found->count++] = given[i];
            slots[slot] = (uint32_t)found->count;
        }
        found->places[i] = slots[slot] - 1;
    }
    free(slots);
    return slots ? 0 : -1;
}

/* Sorts keys, with what is next to each, byte by byte. */
static void sort(uint32_t *keys, uint32_t *beside, size_t count, uint32_t *scratch)
{
    for (int shift = 0; shift < 32; shift += 8) {
        size_t starts[257] = {0};
        for (size_t i = 0; i < count; i++)
            starts[(keys[i] >> shift & 255) + 1]++;
        for (size_t byte = 0; byte < 256; byte++)
            starts[byte + 1] += starts[byte];
        for (size_t i = 0; i < count; i++) {
            const size_t to = starts[keys[i] >> shift & 255]++;
            scratch[to] = keys[i];
            scratch[count + to] = beside[i];
        }
        memcpy(keys, scratch, count * sizeof *keys);
        memcpy(beside, scratch + count, count * sizeof *beside);
    }
}

/* Finds the distinct ones of n colours, and sorts them; `scratch` has room for 4 n. Returns 0, or -1 without memory. */
static int find_sorted(const uint32_t *given, size_t n, uint32_t multiplier, uint32_t *scratch, colours *found)
{
    if (find_distinct(given, n, multiplier, found))
        return -1;
    uint32_t *const numbers = scratch, *const ranks = scratch + n;
    for (size_t i = 0; i < found->count; i++)
        numbers[i] = (uint32_t)i;
    sort(found->keys, numbers, found->count, scratch + 2 * n);
    for (size_t i = 0; i < found->count; i++)
        ranks[numbers[i]] = (uint32_t)i;
    for (size_t i = 0; i < n; i++)
        found->places[i] = ranks[found->places[i]];
    return 0;
}

/* For each known colour the place of the other one that most of its pixels have, of as many the first; -1 if they have
 * none. `counts` of pairs, `pairs[i]` to `pairs[i + 1]` of which are those of known colour i, in `order`. */
static void find_usual(const colours *known, const colours *others, const int64_t *counts, const uint32_t *pairs,
                       const uint32_t *order, int64_t *totals, int64_t *usual)
{
    for (size_t each = 0; each < known->count; each++) {
        int64_t most = 0;
        usual[each] = -1;
        for (uint32_t i = pairs[each]; i < pairs[each + 1]; i++)
            totals[others->places[order[i]]] += counts[order[i]];
        for (uint32_t i = pairs[each]; i < pairs[each + 1]; i++) {
            const uint32_t place = others->places[order[i]];
            if (others->keys[place] &&
                (totals[place] > most || (totals[place] == most && (int64_t)place < usual[each]))) {
                most = totals[place];
                usual[each] = place;
            }
        }
        for (uint32_t i = pairs[each]; i < pairs[each + 1]; i++)
            totals[others->places[order[i]]] = 0;
    }
}

/* Puts the numbers of n pairs in the order of their known colours. */
static void group(const colours *known, size_t n, uint32_t *pairs, uint32_t *order)
{
    memset(pairs, 0, (known->count + 2) * sizeof *pairs);
    for (size_t i = 0; i < n; i++)
        pairs[known->places[i] + 2]++;
    for (size_t i = 0; i < known->count; i++)
        pairs[i + 2] += pairs[i + 1];
    for (size_t i = 0; i < n; i++)
        order[pairs[known->places[i] + 1]++] = (uint32_t)i;
}

/* Returns 0, or -1 without memory; `room` has space for 10 n + 2 numbers, `totals` for n, which are 0. */
static int match(const uint32_t *original, const uint32_t *compressed, const int64_t *counts, size_t n,
                 uint32_t multiplier, uint32_t *room, int64_t *totals, colours *known, colours *others, int64_t *usual)
{
    uint32_t *const order = room, *const pairs = room + n, *const scratch = room + 2 * n + 2;
    *known = (colours){scratch + 4 * n, scratch + 5 * n, 0};
    *others = (colours){scratch + 6 * n, scratch + 7 * n, 0};
    if (find_sorted(original, n, multiplier, scratch, known) || find_sorted(compressed, n, multiplier, scratch, others))
        return -1;
    group(known, n, pairs, order);
    find_usual(known, others, counts, pairs, order, totals, usual);
    if (others->count && !others->keys[0]) { /* what is transparent is no colour */
        others->keys++;
        others->count--;
        for (size_t i = 0; i < known->count; i++)
            usual[i] -= usual[i] > 0;
    }
    return 0;
}

/* matches(original, compressed, counts, multiplier) -> known, others, usual: as bytes of uint32, uint32 and int64 */
static PyObject *matches_of(PyObject *module, PyObject *arguments)
{
    Py_buffer views[3] = {{0}, {0}, {0}};
    PyObject *result = NULL;
    unsigned long long multiplier;
    (void)module;
    if (PyArg_ParseTuple(arguments, "O&O&O&K", to_read, &views[0], to_read, &views[1], to_read, &views[2],
                         &multiplier) &&
        is_array(&views[0], U32, 1) && has_length(&views[1], U32, views[0].shape[0]) &&
        has_length(&views[2], I64, views[0].shape[0])) {
        const size_t n = (size_t)views[0].shape[0];
        uint32_t *const room = malloc((10 * n + 2) * sizeof *room);
        int64_t *const sums = calloc(2 * n + 1, sizeof *sums), *const usual = sums + n;
        colours known, others;
        int failed = -1;
        BEGIN_WORK(20 * n)
        if (room && sums)
            failed = match(views[0].buf, views[1].buf, views[2].buf, n, (uint32_t)multiplier, room, sums, &known,
                           &others, usual);
        END_WORK
        result = failed ? PyErr_NoMemory()
                        : Py_BuildValue("y#y#y#", known.keys, (Py_ssize_t)(known.count * sizeof(uint32_t)),
                                        others.keys, (Py_ssize_t)(others.count * sizeof(uint32_t)), usual,
                                        (Py_ssize_t)(known.count * sizeof(int64_t)));
        free(sums);
        free(room);
    }
    let_go(views, 3);
    return result;
}

PyMethodDef matches_methods[] = {
    {"matches", matches_of, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
