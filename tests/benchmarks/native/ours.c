/* Decode all images of a GIF by our functions in C, as wuffs.c does by Wuffs: no Python, one canvas, RGBA. */
#include <stdlib.h>
#include <string.h>

#include "screen.h"

/* The screen of a file, with its global palette in `image`, and where its blocks begin; 0 if there is none. */
static size_t begin(const uint8_t *data, size_t size, gif_screen *screen, gif_image *image)
{
    if (size < 13)
        return 0;
    *screen = (gif_screen){.width = data[6] | (size_t)data[7] << 8, .height = data[8] | (size_t)data[9] << 8};
    image->palette = data + 13;
    image->n_palette = data[10] & 0x80 ? (size_t)3 << ((data[10] & 7) + 1) : 0;
    screen->pixels = calloc(screen->width * screen->height, sizeof *screen->pixels);
    screen->row = malloc(screen->width * sizeof *screen->row);
    return screen->pixels && screen->row && size - 13 >= image->n_palette ? 13 + image->n_palette : 0;
}

/* The position after what is not an image, which may be a graphic control; 0 at the end. */
static size_t skip(const uint8_t *data, size_t size, size_t at, const uint8_t **control)
{
    int whole;
    if (at >= size || data[at] == 0x3b)
        return 0;
    if (data[at] != 0x21 || size - at < 8)
        return at + 1;
    if (data[at + 1] == 0xf9)
        *control = data + at + 3;
    return gif_scan(data, size, at + 2, &whole);
}

static gif_image image_of(const uint8_t *data, const gif_block *found, const gif_image *global, const uint8_t *control)
{
    const int stored = control ? control[0] >> 2 & 7 : 0;
    gif_image image = {found->left, found->top, found->width, found->height, global->palette, global->n_palette,
                       control && control[0] & 1 ? control[3] : -1,
                       stored == 2 ? GIF_TO_BACKGROUND : stored == 3 || stored == 4 ? GIF_TO_PREVIOUS : GIF_KEEP};
    if (found->n_palette) {
        image.palette = data + found->palette;
        image.n_palette = found->n_palette;
    }
    return image;
}

/* As decode_all of wuffs.c. */
size_t decode_all(const uint8_t *data, size_t size, uint8_t *last, size_t n_last)
{
    gif_screen screen = {0};
    gif_image global = {0};
    gif_block found;
    gif_box changed;
    const uint8_t *control = NULL;
    uint8_t *room = NULL, *saved[2] = {NULL, NULL}, seen[256];
    size_t at = begin(data, size, &screen, &global), n_room = 0, count = 0, written;
    while (at) {
        const gif_reading reading = gif_read_image(data, size, at, global.n_palette != 0, &found);
        if (reading != GIF_READ) {
            at = skip(data, size, at, &control);
            continue;
        }
        const gif_image image = image_of(data, &found, &global, found.control ? data + found.control : control);
        control = NULL;
        const size_t n_out = image.width * image.height, n_blocks = found.end - found.data;
        const size_t n_work = gif_work_size(n_blocks, n_out, found.interlaced), n_saved = gif_saved_size(&screen, &image);
        if (n_work + n_out > n_room)
            room = realloc(room, n_room = n_work + n_out);
        free(saved[0]);
        saved[0] = saved[1];
        saved[1] = n_saved ? malloc(n_saved) : NULL;
        if (!room || (n_saved && !saved[1]) ||
            gif_decode(room, data + found.data, n_blocks, found.code_size, image.width, image.height, found.interlaced,
                       room + n_work, &written, seen) != GIF_WHOLE) {
            count = 0;
            break;
        }
        gif_put(&screen, &image, room + n_work, seen, saved[1], 0, &changed);
        at = found.end;
        count++;
    }
    if (last && n_last == 4 * screen.width * screen.height)
        memcpy(last, screen.pixels, n_last);
    free(saved[0]);
    free(saved[1]);
    free(room);
    free(screen.row);
    free(screen.pixels);
    return count;
}
