#include "screen.h"

#include <string.h>

static const gif_box NOTHING = {0, 0, 0, 0};
static const uint32_t CLEAR = 0; /* the transparent pixel; what palettes have is opaque */

static int is_empty(gif_box box)
{
    return box.top >= box.bottom || box.left >= box.right;
}

static size_t smaller(size_t one, size_t other)
{
    return one < other ? one : other;
}

static size_t larger(size_t one, size_t other)
{
    return one > other ? one : other;
}

static gif_box enclosing(gif_box one, gif_box other)
{
    if (is_empty(one))
        return other;
    if (is_empty(other))
        return one;
    return (gif_box){smaller(one.top, other.top), larger(one.bottom, other.bottom), smaller(one.left, other.left),
                     larger(one.right, other.right)};
}

static int is_whole(const gif_screen *screen, gif_box box)
{
    return !box.top && !box.left && box.bottom == screen->height && box.right == screen->width;
}

/* The slot that a colour is in, or an empty one for it. */
static size_t slot_of(const gif_table *table, uint32_t colour)
{
    size_t slot = (colour * 2654435761u) >> 22; /* the upper 10 bits: GIF_SLOTS are 1024 */
    while (table->slots[slot] && table->colours[table->slots[slot] - 1] != colour)
        slot = (slot + 1) % GIF_SLOTS;
    return slot;
}

static void empty(gif_table *table)
{
    memset(table, 0, sizeof *table);
}

/* The index of a colour, which becomes part of the table; -1 if there is no room. */
static int find(gif_table *table, uint32_t colour)
{
    const size_t slot = slot_of(table, colour);
    if (!table->slots[slot]) {
        if (table->count == GIF_COLOURS)
            return -1;
        table->colours[table->count] = colour;
        table->slots[slot] = (uint16_t)++table->count;
        table->has_clear |= colour == CLEAR;
    }
    return table->slots[slot] - 1;
}

/* Leave out all colours but the first. */
static void shorten(gif_table *table, unsigned count)
{
    memset(table->slots, 0, sizeof table->slots);
    for (unsigned index = 0; index < table->count; index++)
        if (index < count)
            table->slots[slot_of(table, table->colours[index])] = (uint16_t)(index + 1);
        else
            table->colours[index] = 0;
    table->count = count;
}

/* Have translations of these indices of the palette; 0, and no change, if there is no room for their colours. */
static int translate_palette(gif_screen *screen, const uint8_t seen[GIF_COLOURS], int transparent)
{
    gif_table *const table = &screen->table;
    const unsigned before = table->count;
    uint8_t wanted[GIF_COLOURS];
    for (int index = 0; index < GIF_COLOURS; index++)
        wanted[index] = seen[index] & !table->translated[index];
    if (transparent >= 0)
        wanted[transparent] = 0;
    for (const uint8_t *at = wanted; (at = memchr(at, 1, (size_t)(wanted + GIF_COLOURS - at))); at++) {
        const int found = find(table, screen->colours[at - wanted]);
        if (found < 0) {
            shorten(table, before);
            memset(table->translated, 0, sizeof table->translated);
            return 0;
        }
        table->translation[at - wanted] = (uint8_t)found;
        table->translated[at - wanted] = 1;
    }
    screen->is_renewed |= table->count != before;
    return 1;
}

/* The number whose bytes are R, G, B, 255. */
static inline uint32_t opaque(uint32_t red, uint32_t green, uint32_t blue)
{
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    return red << 24 | green << 16 | blue << 8 | 255;
#else
    return red | green << 8 | blue << 16 | (uint32_t)255 << 24;
#endif
}

/* Make a palette the screen's. */
static void take_palette(gif_screen *screen, const gif_image *image)
{
    if (image->n_palette == screen->n_palette && !memcmp(image->palette, screen->palette, image->n_palette))
        return;
    screen->n_palette = image->n_palette;
    memcpy(screen->palette, image->palette, image->n_palette);
    memset(screen->table.translated, 0, sizeof screen->table.translated);
    const uint8_t *const from = image->palette;
    for (size_t index = 0; index < GIF_COLOURS; index++)
        screen->colours[index] = 3 * index + 3 <= image->n_palette
                                     ? opaque(from[3 * index], from[3 * index + 1], from[3 * index + 2])
                                     : opaque(0, 0, 0);
}

static void begin_table(gif_screen *screen)
{
    empty(&screen->table);
    screen->is_known = screen->is_renewed = 1;
}

static void fill_indices(gif_screen *screen, gif_box box, int index)
{
    for (size_t row = box.top; row < box.bottom; row++)
        memset(screen->indices + row * screen->width + box.left, index, box.right - box.left);
}

/* Make a box transparent, of the indices. */
static void clear_indices(gif_screen *screen, gif_box box)
{
    if (is_whole(screen, box))
        begin_table(screen);
    const unsigned before = screen->table.count;
    const int index = screen->is_known ? find(&screen->table, CLEAR) : -1;
    screen->is_renewed |= screen->table.count != before;
    screen->is_known = index >= 0;
    if (screen->is_known)
        fill_indices(screen, box, index);
}

/* Copy the rows of a box between the screen's indices and a buffer that has only them. */
static void copy_indices(gif_screen *screen, gif_box box, uint8_t *buffer, int to_screen)
{
    const size_t columns = box.right - box.left;
    for (size_t row = box.top; row < box.bottom; row++, buffer += columns) {
        uint8_t *const on = screen->indices + row * screen->width + box.left;
        memcpy(to_screen ? on : buffer, to_screen ? buffer : on, columns);
    }
}

/* Dispose of the image before, of the indices. */
static void dispose_indices(gif_screen *screen)
{
    const gif_undo *const undo = &screen->undo;
    if (is_empty(undo->box))
        return;
    if (!undo->to_previous) {
        clear_indices(screen, undo->box);
        return;
    }
    screen->is_known = undo->is_known;
    if (!undo->is_known)
        return;
    if (undo->has_table) {
        screen->table = undo->table;
        memset(screen->table.translated, 0, sizeof screen->table.translated); /* that palette may be another one */
        screen->is_renewed = 1;
    }
    copy_indices(screen, undo->box, undo->saved, 1);
}

/* Dispose of the image before, on these rows of the pixels. */
static void restore(gif_screen *screen, size_t first, size_t last)
{
    const gif_undo *const undo = &screen->undo;
    const gif_box box = undo->box;
    const size_t top = larger(first, box.top), bottom = smaller(last, box.bottom);
    if (is_empty(box) || top >= bottom)
        return;
    const size_t columns = box.right - box.left, place = (top - box.top) * columns;
    uint32_t *to = screen->pixels + top * screen->width + box.left;
    if (undo->to_previous && undo->is_known) {
        const gif_table *const table = undo->has_table ? &undo->table : &screen->table;
        gif_paint((const uint8_t *)undo->saved + place, columns, bottom - top, columns, table->colours, -1, to,
                  screen->width);
        return;
    }
    const uint32_t *from = (const uint32_t *)undo->saved + (undo->to_previous ? place : 0);
    for (size_t row = top; row < bottom; row++, to += screen->width)
        if (undo->to_previous) {
            memcpy(to, from, columns * sizeof *to);
            from += columns;
        } else
            memset(to, 0, columns * sizeof *to);
}

/* Keep what is in a box on these rows of the pixels. */
static void save(const gif_screen *screen, gif_box box, uint32_t *saved, size_t first, size_t last)
{
    const size_t columns = box.right - box.left;
    for (size_t row = larger(first, box.top); row < last && row < box.bottom; row++)
        memcpy(saved + (row - box.top) * columns, screen->pixels + row * screen->width + box.left,
               columns * sizeof *saved);
}

/* What gif_put hands on to those that draw. */
typedef struct {
    const gif_image *image;
    const uint8_t *indices;
    gif_box box;
    uint32_t *saved; /* a null pointer: nothing to save */
} drawing;

/* Dispose, save and draw on these rows of the pixels. */
static void put_rows(gif_screen *screen, const drawing *job, size_t first, size_t last)
{
    const gif_box box = job->box;
    const size_t top = larger(first, box.top), bottom = smaller(last, box.bottom);
    restore(screen, first, last);
    if (job->saved)
        save(screen, box, job->saved, first, last);
    if (top < bottom)
        gif_paint(job->indices + (top - box.top) * job->image->width, job->image->width, bottom - top,
                  box.right - box.left, screen->colours, job->image->transparent,
                  screen->pixels + top * screen->width + box.left, screen->width);
}

/* As put_rows of a whole box; whether anything has become different. */
static int put_and_compare(gif_screen *screen, const drawing *job, gif_box changed)
{
    const size_t size = (changed.right - changed.left) * sizeof *screen->row;
    for (size_t row = changed.top; row < changed.bottom; row++) {
        const uint32_t *const on = screen->pixels + row * screen->width + changed.left;
        memcpy(screen->row, on, size);
        put_rows(screen, job, row, row + 1);
        if (memcmp(screen->row, on, size)) {
            put_rows(screen, job, row + 1, changed.bottom);
            return 1;
        }
    }
    return 0;
}

/* Whether nothing of what was there can be seen any more: another table begins. */
static int hides_all(const gif_screen *screen, const drawing *job, const uint8_t seen[GIF_COLOURS])
{
    const int transparent = job->image->transparent;
    return is_whole(screen, job->box) && (transparent < 0 || !seen[transparent]);
}

static void draw_indices(gif_screen *screen, const drawing *job, const uint8_t seen[GIF_COLOURS])
{
    const gif_image *const image = job->image;
    const gif_box box = job->box;
    if (hides_all(screen, job, seen))
        begin_table(screen);
    screen->is_known = screen->is_known && translate_palette(screen, seen, image->transparent);
    if (screen->is_known)
        gif_translate(job->indices, image->width, box.bottom - box.top, box.right - box.left,
                      screen->table.translation, image->transparent,
                      screen->indices + box.top * screen->width + box.left, screen->width);
}

/* Whether the indices will tell what is on screen, once the image before is disposed of. */
static int will_be_known(const gif_screen *screen)
{
    const gif_undo *const undo = &screen->undo;
    if (!screen->indices || is_empty(undo->box))
        return screen->is_known;
    if (undo->to_previous)
        return undo->is_known;
    const int has_room = screen->table.has_clear || screen->table.count < GIF_COLOURS;
    return is_whole(screen, undo->box) || (screen->is_known && has_room);
}

void gif_start(gif_screen *screen)
{
    if (screen->indices)
        clear_indices(screen, (gif_box){0, screen->height, 0, screen->width});
}

gif_box gif_shown(const gif_screen *screen, const gif_image *image)
{
    if (image->left >= screen->width || image->top >= screen->height || !image->width || !image->height)
        return NOTHING;
    return (gif_box){image->top, image->top + smaller(image->height, screen->height - image->top), image->left,
                     image->left + smaller(image->width, screen->width - image->left)};
}

size_t gif_saved_size(const gif_screen *screen, const gif_image *image)
{
    const gif_box box = gif_shown(screen, image);
    if (image->disposal != GIF_TO_PREVIOUS)
        return 0;
    return (box.bottom - box.top) * (box.right - box.left) * (will_be_known(screen) ? 1 : sizeof(uint32_t));
}

void gif_put(gif_screen *screen, const gif_image *image, const uint8_t *indices, const uint8_t seen[GIF_COLOURS],
             void *saved, int compare, gif_box *changed)
{
    const gif_box box = gif_shown(screen, image);
    const int to_previous = image->disposal == GIF_TO_PREVIOUS && !is_empty(box);
    const int is_known = will_be_known(screen);
    const drawing job = {image, indices, box, to_previous && !is_known ? saved : NULL};
    int has_table = 0;

    *changed = enclosing(screen->undo.box, box);
    take_palette(screen, image);
    if (!compare)
        put_rows(screen, &job, changed->top, changed->bottom);
    else if (!put_and_compare(screen, &job, *changed))
        *changed = NOTHING;

    if (screen->indices) {
        dispose_indices(screen);
        if (to_previous && is_known) {
            copy_indices(screen, box, saved, 0);
            has_table = hides_all(screen, &job, seen);
            if (has_table)
                screen->undo.table = screen->table;
        }
        if (!is_empty(box))
            draw_indices(screen, &job, seen);
    }
    screen->is_covered = screen->stays_covered || hides_all(screen, &job, seen);
    if (!is_empty(box) && !to_previous)
        screen->stays_covered = screen->is_covered && image->disposal != GIF_TO_BACKGROUND;
    const int disposes = image->disposal == GIF_TO_BACKGROUND || to_previous;
    screen->undo.box = disposes ? box : NOTHING;
    screen->undo.to_previous = to_previous;
    screen->undo.is_known = is_known;
    screen->undo.has_table = has_table;
    screen->undo.saved = saved;
}

int gif_is_hiding(const gif_screen *screen)
{
    const size_t count = screen->width * screen->height;
    if (screen->is_covered)
        return 0;
    if (screen->indices && screen->is_known)
        return screen->table.has_clear &&
               memchr(screen->indices, screen->table.slots[slot_of(&screen->table, CLEAR)] - 1, count) != NULL;
    for (size_t place = 0; place < count; place++)
        if (screen->pixels[place] == CLEAR)
            return 1;
    return 0;
}
