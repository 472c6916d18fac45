/* What a table has for the pixels of some tiles of 8x8, by their indices; and which of some colours each of them is. */
#include "arrays.h"

#include <stdlib.h>
#include <string.h>

#include "simd.h"
#include "tiles.h"

/* Pixels in a row, from which something is looked up. */
typedef struct {
    const Py_buffer *from, *table, *to;
    const uint32_t *slots; /* places of colours plus 1, 0 for none */
    uint32_t mask, multiplier;
} task;

typedef int (*row_of_pixels)(const task *work, size_t at, size_t count);

/* Calls a function for each row of pixels within the tiles that are at most so many away from a marked one, until one
 * fails. Returns what that did, or -1 without memory. */
static int for_rows(const Py_buffer *marks, size_t reach, row_of_pixels look, const task *work)
{
    const size_t height = (size_t)work->from->shape[0], width = (size_t)work->from->shape[1];
    const size_t rows = (size_t)marks->shape[0], columns = (size_t)marks->shape[1];
    uint8_t *const near = malloc(2 * columns);
    int failed = near ? 0 : -1;
    for (size_t row = 0; !failed && row < rows; row++) {
        near_in_row(marks->buf, rows, columns, row, reach, near + columns, near);
        const size_t bottom = (row + 1) * SIDE < height ? (row + 1) * SIDE : height;
        for (size_t column = 0, end; !failed && column < columns; column = end) {
            for (end = column; end < columns && near[end] == near[column]; end++)
                ;
            const size_t right = end * SIDE < width ? end * SIDE : width;
            for (size_t y = row * SIDE; !failed && near[column] && y < bottom; y++)
                failed = look(work, y * width + column * SIDE, right - column * SIDE);
        }
    }
    free(near);
    return failed;
}

#define LOOK(name, index, type)                                             \
    static int name(const task *work, size_t at, size_t count)              \
    {                                                                       \
        const index *RESTRICT from = (const index *)work->from->buf + at;   \
        const type *RESTRICT table = (const type *)work->table->buf;        \
        type *RESTRICT to = (type *)work->to->buf + at;                     \
        const size_t length = (size_t)work->table->shape[0];                \
        for (size_t i = 0; i < count; i++) {                                \
            if (sizeof(index) > 1 && from[i] >= length)                     \
                return 1;                                                   \
            to[i] = table[from[i]];                                         \
        }                                                                   \
        return 0;                                                           \
    }

LOOK(bytes_by_byte, uint8_t, uint8_t)
LOOK(words_by_byte, uint8_t, uint32_t)
LOOK(bytes_by_word, uint32_t, uint8_t)
LOOK(words_by_word, uint32_t, uint32_t)

INLINED uint32_t slot_of(const task *work, uint32_t colour)
{
    const uint32_t *keys = work->table->buf;
    uint32_t slot = colour * work->multiplier >> 7 & work->mask;
    while (work->slots[slot] && keys[work->slots[slot] - 1] != colour)
        slot = (slot + 1) & work->mask;
    return slot;
}

static int find(const task *work, size_t at, size_t count)
{
    const uint32_t *from = (const uint32_t *)work->from->buf + at;
    uint32_t *to = (uint32_t *)work->to->buf + at, last = 0, place = 0;
    for (size_t i = 0; i < count; i++) {
        if (!i || from[i] != last) {
            last = from[i];
            place = work->slots[slot_of(work, last)];
            if (!place)
                return 1;
        }
        to[i] = place - 1;
    }
    return 0;
}

/* Puts the colours into slots, at most half of which they fill. Returns 0, or -1 without memory. */
static int fill(task *work, uint32_t **slots)
{
    const uint32_t count = (uint32_t)work->table->shape[0], *keys = work->table->buf;
    size_t size = 64;
    while (size < 2 * (size_t)count)
        size *= 2;
    work->slots = *slots = calloc(size, sizeof **slots);
    work->mask = (uint32_t)(size - 1);
    for (uint32_t i = 0; *slots && i < count; i++)
        (*slots)[slot_of(work, keys[i])] = i + 1;
    return *slots ? 0 : -1;
}

static PyObject *outcome(int failed)
{
    if (failed > 0)
        PyErr_SetString(PyExc_ValueError, "a pixel is not in the table");
    return failed ? failed > 0 ? NULL : PyErr_NoMemory() : Py_NewRef(Py_None);
}

/* Whether the tiles of a plane have these marks, and both planes the same size. */
static int are_fitting(const Py_buffer *plane, const Py_buffer *marks, const Py_buffer *out)
{
    if (!is_array(marks, U8, 2) || !has_rows(out, plane->shape[0]))
        return 0;
    if (out->shape[1] == plane->shape[1] && marks->shape[0] == (plane->shape[0] + SIDE - 1) / SIDE &&
        marks->shape[1] == (plane->shape[1] + SIDE - 1) / SIDE)
        return 1;
    PyErr_SetString(PyExc_ValueError, "planes and marks differ in size");
    return 0;
}

/* look_up(indices, table, marks, reach, out): indices and what is looked up are uint8 or uint32 */
static PyObject *look_up_of(PyObject *module, PyObject *arguments)
{
    static const row_of_pixels ways[2][2] = {{bytes_by_byte, words_by_byte}, {bytes_by_word, words_by_word}};
    Py_buffer views[4] = {{0}, {0}, {0}, {0}};
    PyObject *result = NULL;
    Py_ssize_t reach;
    (void)module;
    if (PyArg_ParseTuple(arguments, "O&O&O&nO&", to_read, &views[0], to_read, &views[1], to_read, &views[2], &reach,
                         to_write, &views[3])) {
        const int by_word = views[0].itemsize > 1, words = views[1].itemsize > 1;
        if (is_array(&views[0], by_word ? U32 : U8, 2) && is_array(&views[1], words ? U32 : U8, 1) &&
            is_array(&views[3], words ? U32 : U8, 2) && are_fitting(&views[0], &views[2], &views[3]) &&
            (by_word || has_rows(&views[1], 256))) {
            const task work = {&views[0], &views[1], &views[3], NULL, 0, 0};
            int failed;
            BEGIN_WORK(views[0].len)
            failed = for_rows(&views[2], (size_t)reach, ways[by_word][words], &work);
            END_WORK
            result = outcome(failed);
        }
    }
    let_go(views, 4);
    return result;
}

/* find_colours(pixels, colours, multiplier, marks, reach, out): all uint32, but the marks */
static PyObject *find_colours_of(PyObject *module, PyObject *arguments)
{
    Py_buffer views[4] = {{0}, {0}, {0}, {0}};
    PyObject *result = NULL;
    Py_ssize_t reach;
    unsigned long long multiplier;
    (void)module;
    if (PyArg_ParseTuple(arguments, "O&O&KO&nO&", to_read, &views[0], to_read, &views[1], &multiplier, to_read,
                         &views[2], &reach, to_write, &views[3]) &&
        is_array(&views[0], U32, 2) && is_array(&views[1], U32, 1) && is_array(&views[3], U32, 2) &&
        are_fitting(&views[0], &views[2], &views[3])) {
        task work = {&views[0], &views[1], &views[3], NULL, 0, (uint32_t)multiplier};
        uint32_t *slots = NULL;
        int failed;
        BEGIN_WORK(views[0].len)
        failed = fill(&work, &slots);
        if (!failed)
            failed = for_rows(&views[2], (size_t)reach, find, &work);
        free(slots);
        END_WORK
        result = outcome(failed);
    }
    let_go(views, 4);
    return result;
}

PyMethodDef look_up_methods[] = {
    {"look_up", look_up_of, METH_VARARGS, NULL},
    {"find_colours", find_colours_of, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
