/* For libFuzzer: decode any bytes with the functions of gif.h and screen.h, as the code around them does.
 *
 * Bytes that start with "GIF" are a file. All others are one image: six bytes that choose its shape, then sub-blocks;
 * so the fuzzer is deep in the decompressor at once. Every buffer has exactly the size that is passed, so that the
 * sanitizers see the first byte outside. Everything is done twice, onto memory with other contents before: what differs
 * then was read but never written. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gif.h"
#include "screen.h"

#define REQUIRE(condition) do if (!(condition)) __builtin_trap(); while (0)

enum {
    MOST_PIXELS = 1 << 18, /* in all frames of a file: more only takes longer */
    FIRST_CHUNK = 2048, CHUNK = 65536, /* as in blocks.py */
    NO_COLOUR = -1
};

typedef struct {
    const uint8_t *data;
    size_t size;
} bytes;

typedef struct {
    size_t left, top, width, height;
    int interlaced, transparent;
    unsigned code_size;
    bytes palette;
    int disposal;
} image;

typedef struct {
    uint32_t *pixels;
    size_t width, height;
} canvas;

/* What must be on screen, pixel by pixel, and screens whose memory was filled with something else before. */
typedef struct {
    uint32_t *shown, *before; /* `before`: as it will be once the image drawn last is disposed of */
    gif_screen screens[2];
} composition;

static void *filled(size_t size, int content)
{
    void *const memory = malloc(size);
    REQUIRE(memory);
    memset(memory, content, size);
    return memory;
}

static uint8_t *copied(const uint8_t *data, size_t size)
{
    uint8_t *const memory = filled(size, 0);
    if (size) /* libFuzzer's empty input may be a null pointer */
        memcpy(memory, data, size);
    return memory;
}

/* The size of the sub-blocks at the start, read in chunks as blocks.py does. */
static size_t sub_blocks(bytes from, int *whole)
{
    size_t begin = 0, position = 0, chunk = FIRST_CHUNK;
    *whole = 0;
    while (begin < from.size && !*whole) {
        const size_t size = chunk < from.size - begin ? chunk : from.size - begin;
        uint8_t *const part = copied(from.data + begin, size);
        position = gif_scan(part, size, position, whole);
        free(part);
        REQUIRE(*whole ? position <= size : position >= size);
        if (*whole)
            position += begin;
        else
            position -= size;
        begin += size;
        chunk = CHUNK;
    }
    int same;
    const size_t end = gif_scan(from.data, from.size, 0, &same);
    REQUIRE(same == *whole && (!same || end == position));
    return *whole ? position : from.size;
}

/* The bytes without lengths, the same whether they are written elsewhere or in place. */
static uint8_t *join(bytes blocks, size_t *n_joined)
{
    uint8_t *const inside = copied(blocks.data, blocks.size), *const apart = filled(blocks.size, 0);
    *n_joined = gif_join(blocks.data, blocks.size, apart);
    REQUIRE(*n_joined <= blocks.size);
    REQUIRE(gif_join(inside, blocks.size, inside) == *n_joined);
    REQUIRE(!memcmp(inside, apart, *n_joined));
    free(inside);
    uint8_t *const exact = copied(apart, *n_joined);
    free(apart);
    return exact;
}

/* The indices in display order, or NULL where they are not all there. `content` is what memory holds before. */
static uint8_t *decompress(const image *shape, const uint8_t *in, size_t n_in, int content, uint8_t seen[256],
                           size_t *written)
{
    const size_t n_out = shape->width * shape->height;
    uint8_t *out = filled(n_out, content);
    gif_tables *const tables = filled(sizeof *tables, content);
    memset(seen, 0, 256);
    const gif_status status = gif_decompress(tables, in, n_in, shape->code_size, out, n_out, written, seen);
    free(tables);
    REQUIRE(*written <= n_out);
    REQUIRE((status == GIF_WHOLE) == (*written == n_out));
    uint8_t occurs[256] = {0};
    for (size_t place = 0; place < *written; place++)
        occurs[out[place]] = 1;
    REQUIRE(!memcmp(occurs, seen, sizeof occurs));
    if (status == GIF_WHOLE && shape->interlaced) {
        uint8_t *const rows = filled(n_out, content);
        gif_deinterlace(out, rows, shape->width, shape->height);
        free(out);
        out = rows;
    }
    if (status == GIF_WHOLE)
        return out;
    free(out);
    return NULL;
}

/* All at once the same comes out; `indices` is a null pointer where they are not all there. */
static void decode(const image *shape, bytes blocks, const uint8_t *indices, const uint8_t seen[256])
{
    const size_t n_out = shape->width * shape->height;
    void *const work = filled(gif_work_size(blocks.size, n_out, shape->interlaced != 0), 0xa5);
    uint8_t *const in = copied(blocks.data, blocks.size), *const out = filled(n_out, 0xa5);
    uint8_t occurs[256];
    size_t written;
    const gif_status status = gif_decode(work, in, blocks.size, shape->code_size, shape->width, shape->height,
                                         shape->interlaced != 0, out, &written, occurs);
    REQUIRE((status == GIF_WHOLE) == (indices != NULL));
    REQUIRE(!memcmp(occurs, seen, sizeof occurs) && (!indices || !memcmp(out, indices, n_out)));
    free(out);
    free(in);
    free(work);
}

static size_t cropped(size_t size, size_t start, size_t most)
{
    const size_t room = start < most ? most - start : 0;
    return size < room ? size : room;
}

/* Write the part of an image that a canvas shows through a table of bytes, without its first row and column where it has
 * more: onto memory of just the size, with one byte more to a row. */
static void translate(const image *shape, const uint8_t *indices, size_t rows, size_t columns)
{
    const size_t top = rows > 1, left = columns > 1, start = top * shape->width + left;
    const size_t stride = columns - left + 1, n_out = (rows - top) * stride - 1;
    uint8_t table[256];
    for (unsigned value = 0; value < 256; value++)
        table[value] = (uint8_t)(value * 7 + 1);
    uint8_t *const in = copied(indices + start, ((rows - top) - 1) * shape->width + columns - left);
    uint8_t *const out = filled(n_out, 0x5a);
    gif_translate(in, shape->width, rows - top, columns - left, table, shape->transparent, out, stride);
    for (size_t place = 0; place < n_out; place++) {
        const size_t row = place / stride, column = place % stride;
        const int inside = column < columns - left;
        const int index = inside ? indices[start + row * shape->width + column] : shape->transparent;
        REQUIRE(out[place] == (inside && index != shape->transparent ? table[index] : 0x5a));
    }
    free(out);
    free(in);
}

/* Draw an image cropped to the canvas as canvas.py does. What lies outside of it must stay. */
static void paint(const image *shape, const uint8_t *indices, const canvas *on)
{
    const size_t rows = cropped(shape->height, shape->top, on->height);
    const size_t columns = cropped(shape->width, shape->left, on->width);
    if (!rows || !columns)
        return;
    uint32_t *const table = filled(256 * sizeof *table, 0);
    for (size_t colour = 0; colour < shape->palette.size / 3; colour++) {
        memcpy(table + colour, shape->palette.data + 3 * colour, 3);
        ((uint8_t *)(table + colour))[3] = 255;
    }
    const size_t n_pixels = on->width * on->height;
    uint32_t *const before = (uint32_t *)copied((const uint8_t *)on->pixels, n_pixels * sizeof *before);
    gif_paint(indices, shape->width, rows, columns, table, shape->transparent,
              on->pixels + shape->top * on->width + shape->left, on->width);
    for (size_t y = 0, place = 0; y < on->height; y++)
        for (size_t x = 0; x < on->width; x++, place++) {
            /* Positions before the image wrap round to large ones. */
            const size_t row = y - shape->top, column = x - shape->left;
            const int inside = row < shape->height && column < shape->width;
            const int index = inside ? indices[row * shape->width + column] : shape->transparent;
            REQUIRE(on->pixels[place] == (inside && index != shape->transparent ? table[index] : before[place]));
        }
    free(before);
    free(table);
    translate(shape, indices, rows, columns);
}

static composition *compose(size_t width, size_t height)
{
    const size_t size = width * height * sizeof(uint32_t);
    composition *const made = filled(sizeof *made, 0);
    made->shown = filled(size, 0);
    made->before = filled(size, 0);
    for (int which = 0; which < 2; which++) {
        const int content = which ? 0xa5 : 0x00;
        gif_screen *const screen = made->screens + which;
        screen->width = width;
        screen->height = height;
        screen->pixels = filled(size, 0);
        screen->row = filled(width * sizeof *screen->row, content);
        screen->indices = filled(width * height, content);
        gif_start(screen);
    }
    return made;
}

static void let_go(composition *made)
{
    for (int which = 0; which < 2; which++) {
        gif_screen *const screen = made->screens + which;
        free(screen->undo.saved);
        free(screen->indices);
        free(screen->row);
        free(screen->pixels);
    }
    free(made->before);
    free(made->shown);
    free(made);
}

/* What the image makes of the pixels. */
static void put_slowly(composition *made, const gif_image *shape, const uint8_t *indices)
{
    const size_t width = made->screens->width, height = made->screens->height;
    memcpy(made->shown, made->before, width * height * sizeof *made->shown);
    for (size_t y = 0, place = 0; y < height; y++)
        for (size_t x = 0; x < width; x++, place++) {
            const size_t row = y - shape->top, column = x - shape->left;
            if (row >= shape->height || column >= shape->width)
                continue;
            const int index = indices[row * shape->width + column];
            uint8_t colour[4] = {0, 0, 0, 255};
            if (3 * (size_t)index + 3 <= shape->n_palette)
                memcpy(colour, shape->palette + 3 * index, 3);
            if (index != shape->transparent)
                memcpy(made->shown + place, colour, sizeof colour);
            if (shape->disposal == GIF_TO_BACKGROUND)
                made->before[place] = 0;
            else if (shape->disposal != GIF_TO_PREVIOUS)
                made->before[place] = made->shown[place];
        }
}

/* Put an image on a screen that showed `was`. */
static void put_on(gif_screen *screen, const composition *made, const gif_image *shape, const uint8_t *indices,
                   const uint8_t seen[256], const uint32_t *was, int compare)
{
    const size_t width = screen->width, n_pixels = width * screen->height;
    void *const earlier = screen->undo.saved, *const saved = filled(gif_saved_size(screen, shape), 0xa5);
    gif_box box;
    gif_put(screen, shape, indices, seen, saved, compare, &box);
    free(earlier);
    REQUIRE(!memcmp(screen->pixels, made->shown, n_pixels * sizeof *was));
    REQUIRE(box.top <= box.bottom && box.bottom <= screen->height && box.left <= box.right && box.right <= width);
    int is_hiding = 0, is_changed = 0;
    for (size_t place = 0; place < n_pixels; place++) {
        is_hiding |= !made->shown[place];
        if (was[place] != made->shown[place]) {
            const size_t row = place / width, column = place % width;
            REQUIRE(row >= box.top && row < box.bottom && column >= box.left && column < box.right);
            is_changed = 1;
        }
        REQUIRE(!screen->is_known || screen->table.colours[screen->indices[place]] == made->shown[place]);
    }
    REQUIRE(!compare || is_changed == (box.top < box.bottom && box.left < box.right));
    REQUIRE(gif_is_hiding(screen) == is_hiding);
    REQUIRE(screen->table.count <= GIF_COLOURS);
}

/* Put an image on the screens as it is put pixel by pixel. */
static void put(composition *made, const image *shape, const uint8_t *indices, const uint8_t seen[256])
{
    gif_screen *const screens = made->screens;
    const size_t n_pixels = screens->width * screens->height;
    uint8_t *const palette = copied(shape->palette.data, shape->palette.size);
    const gif_image drawn = {shape->left, shape->top, shape->width, shape->height, palette, shape->palette.size,
                             shape->transparent, shape->disposal};
    uint32_t *const was = (uint32_t *)copied((const uint8_t *)made->shown, n_pixels * sizeof *was);
    put_slowly(made, &drawn, indices);
    put_on(screens, made, &drawn, indices, seen, was, 1);
    put_on(screens + 1, made, &drawn, indices, seen, was, 0);
    REQUIRE(screens[0].is_known == screens[1].is_known);
    REQUIRE(!screens[0].is_known || !memcmp(screens[0].indices, screens[1].indices, n_pixels));
    free(was);
    free(palette);
}

/* Decompress and draw one image. Returns whether all of its pixels are there. */
static int draw(const image *shape, bytes blocks, const canvas *on, composition *made)
{
    size_t n_joined, written, again;
    uint8_t seen[256], seen_again[256];
    uint8_t *const joined = join(blocks, &n_joined);
    uint8_t *const indices = decompress(shape, joined, n_joined, 0x00, seen, &written);
    uint8_t *const same = decompress(shape, joined, n_joined, 0xa5, seen_again, &again);
    REQUIRE(written == again && !indices == !same && !memcmp(seen, seen_again, sizeof seen));
    REQUIRE(!indices || !memcmp(indices, same, shape->width * shape->height));
    if (indices) {
        paint(shape, indices, on);
        put(made, shape, indices, seen);
    }
    decode(shape, blocks, indices, seen);
    const int whole = indices != NULL;
    free(same);
    free(indices);
    free(joined);
    return whole;
}

static bytes behind(bytes from, size_t size)
{
    return (bytes){from.data + size, from.size - size};
}

static size_t number(const uint8_t *at)
{
    return at[0] | (size_t)at[1] << 8;
}

static size_t palette_size(uint8_t flags)
{
    return flags & 0x80 ? (size_t)3 << ((flags & 7) + 1) : 0;
}

/* An image that is read at once lies within the bytes, and fewer of them are too few. */
static void read_image(bytes from, int has_palette)
{
    uint8_t *const data = copied(from.data, from.size);
    gif_block found, again;
    if (gif_read_image(data, from.size, 0, has_palette, &found) == GIF_READ) {
        REQUIRE(found.end <= from.size && found.data < found.end && !data[found.end - 1]);
        REQUIRE(found.width && found.height && found.width <= 65535 && found.left <= 65535);
        REQUIRE(found.palette + found.n_palette == found.data - 1 && data[found.data - 1] == found.code_size);
        REQUIRE(found.palette == (found.control ? 18 : 10) && (found.n_palette || has_palette));
        for (size_t size = 0; size < found.end; size = size < 32 ? size + 1 : size + (found.end - size + 1) / 2) {
            uint8_t *const part = copied(data, size);
            REQUIRE(gif_read_image(part, size, 0, has_palette, &again) == GIF_MISSING);
            free(part);
        }
    }
    free(data);
}

/* The blocks of a file, as blocks.py walks them, until the first that is damaged. */
static void walk(bytes rest, const canvas *on, bytes global, composition *made)
{
    static const int DISPOSALS[8] = {GIF_KEEP, GIF_KEEP, GIF_TO_BACKGROUND, GIF_TO_PREVIOUS,
                                     GIF_TO_PREVIOUS, GIF_KEEP, GIF_KEEP, GIF_KEEP};
    size_t n_pixels = 0;
    int transparent = NO_COLOUR, disposal = GIF_KEEP, whole;
    while (rest.size) {
        const uint8_t introducer = *rest.data;
        if (introducer == 0x2c || introducer == 0x21)
            read_image(rest, global.size != 0);
        rest = behind(rest, 1);
        if (!introducer)
            continue;
        if (introducer == 0x21) {
            if (!rest.size)
                return;
            const uint8_t label = *rest.data;
            rest = behind(rest, 1);
            const size_t size = sub_blocks(rest, &whole);
            if (!whole)
                return;
            if (label == 0xf9) {
                if (*rest.data < 4)
                    return;
                transparent = rest.data[1] & 1 ? rest.data[4] : NO_COLOUR;
                disposal = DISPOSALS[rest.data[1] >> 2 & 7];
            }
            rest = behind(rest, size);
        } else if (introducer == 0x2c) {
            if (rest.size < 9)
                return;
            const uint8_t flags = rest.data[8];
            image shape = {number(rest.data), number(rest.data + 2), number(rest.data + 4), number(rest.data + 6),
                           flags & 0x40, transparent, 0, global, disposal};
            transparent = NO_COLOUR;
            disposal = GIF_KEEP;
            rest = behind(rest, 9);
            const size_t n_palette = palette_size(flags);
            if (rest.size < n_palette + 1)
                return;
            if (n_palette)
                shape.palette = (bytes){rest.data, n_palette};
            shape.code_size = rest.data[n_palette];
            rest = behind(rest, n_palette + 1);
            if (!shape.palette.size || shape.code_size < 1 || shape.code_size > GIF_LARGEST_CODE_SIZE)
                return;
            const size_t size_drawn = shape.width * shape.height, size_shown = on->width * on->height;
            n_pixels += size_drawn > size_shown ? size_drawn : size_shown; /* each canvas is looked at, too */
            if (n_pixels > MOST_PIXELS)
                return;
            const size_t size = sub_blocks(rest, &whole);
            if (shape.width && shape.height && !draw(&shape, (bytes){rest.data, size}, on, made))
                return;
            rest = behind(rest, size);
        } else
            return;
    }
}

static void file(bytes data)
{
    if (data.size < 13)
        return;
    canvas on = {NULL, number(data.data + 6), number(data.data + 8)};
    const size_t n_pixels = on.width * on.height, n_palette = palette_size(data.data[10]);
    if (!n_pixels || n_pixels > MOST_PIXELS || data.size - 13 < n_palette)
        return;
    on.pixels = filled(n_pixels * sizeof *on.pixels, 0);
    composition *const made = compose(on.width, on.height);
    walk(behind(data, 13 + n_palette), &on, (bytes){data.data + 13, n_palette}, made);
    let_go(made);
    free(on.pixels);
}

static void one_image(bytes data)
{
    enum { SHAPE = 6 };
    if (data.size < SHAPE)
        return;
    const uint8_t *const chosen = data.data;
    const image shape = {chosen[4] >> 4, chosen[4] & 15, chosen[2] + 1u, chosen[3] + 1u, chosen[1] & 1,
                         chosen[1] & 2 ? chosen[5] : NO_COLOUR, 1u + chosen[0] % GIF_LARGEST_CODE_SIZE,
                         {data.data, data.size < 768 ? data.size / 3 * 3 : 768}, chosen[1] >> 2 & 3};
    const canvas on = {filled(64 * 64 * sizeof(uint32_t), 0), 64, 64};
    composition *const made = compose(on.width, on.height);
    for (int turn = 0; turn < 2; turn++) /* the second disposes of the first */
        draw(&shape, behind(data, SHAPE), &on, made);
    let_go(made);
    free(on.pixels);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const bytes all = {data, size};
    if (size >= 3 && !memcmp(data, "GIF", 3))
        file(all);
    else
        one_image(all);
    return 0;
}
