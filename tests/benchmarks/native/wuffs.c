/* Decode all images of a GIF by Wuffs onto one canvas, BGRA, and dispose of them, as its example "gifplayer" does. */
#define WUFFS_IMPLEMENTATION
#define WUFFS_CONFIG__MODULES
#define WUFFS_CONFIG__MODULE__BASE
#define WUFFS_CONFIG__MODULE__GIF
#include "wuffs-unsupported-snapshot.c"

/* Clear a rectangle of the canvas, or copy it from another. */
static void dispose(uint8_t *to, const uint8_t *from, wuffs_base__rect_ie_u32 box, size_t width)
{
    for (size_t row = box.min_incl_y; row < box.max_excl_y; row++) {
        const size_t start = 4 * (row * width + box.min_incl_x), size = 4 * (box.max_excl_x - box.min_incl_x);
        if (from)
            memcpy(to + start, from + start, size);
        else
            memset(to + start, 0, size);
    }
}

/* How many images there are; 0 if anything is wrong. `last`, of `n_last` bytes or none, takes the canvas at the end. */
size_t decode_all(const uint8_t *data, size_t size, uint8_t *last, size_t n_last)
{
    size_t count = 0;
    uint8_t *canvas = NULL, *before = NULL, *work = NULL;
    wuffs_gif__decoder *const decoder = malloc(sizeof__wuffs_gif__decoder());
    wuffs_base__io_buffer source = wuffs_base__ptr_u8__reader((uint8_t *)data, size, true);
    wuffs_base__image_config config;
    wuffs_base__frame_config frame;
    wuffs_base__pixel_buffer pixels;
    if (!decoder || wuffs_gif__decoder__initialize(decoder, sizeof__wuffs_gif__decoder(), WUFFS_VERSION,
                                                   WUFFS_INITIALIZE__LEAVE_INTERNAL_BUFFERS_UNINITIALIZED).repr ||
        wuffs_gif__decoder__decode_image_config(decoder, &config, &source).repr)
        goto release;
    const size_t width = wuffs_base__pixel_config__width(&config.pixcfg);
    const size_t height = wuffs_base__pixel_config__height(&config.pixcfg), n_bytes = 4 * width * height;
    const size_t n_work = (size_t)wuffs_gif__decoder__workbuf_len(decoder).max_incl;
    canvas = calloc(n_bytes, 1);
    before = malloc(n_bytes);
    work = malloc(n_work);
    wuffs_base__pixel_config__set(&config.pixcfg, WUFFS_BASE__PIXEL_FORMAT__BGRA_NONPREMUL,
                                  WUFFS_BASE__PIXEL_SUBSAMPLING__NONE, (uint32_t)width, (uint32_t)height);
    if (!canvas || !before || !work ||
        wuffs_base__pixel_buffer__set_from_slice(&pixels, &config.pixcfg, wuffs_base__make_slice_u8(canvas, n_bytes)).repr)
        goto release;
    for (;;) {
        const wuffs_base__status status = wuffs_gif__decoder__decode_frame_config(decoder, &frame, &source);
        if (status.repr == wuffs_base__note__end_of_data)
            break;
        const wuffs_base__rect_ie_u32 box = wuffs_base__frame_config__bounds(&frame);
        const int disposal = wuffs_base__frame_config__disposal(&frame);
        if (disposal == WUFFS_BASE__ANIMATION_DISPOSAL__RESTORE_PREVIOUS && !status.repr)
            dispose(before, canvas, box, width);
        if (status.repr || wuffs_gif__decoder__decode_frame(
                               decoder, &pixels, &source,
                               wuffs_base__frame_config__overwrite_instead_of_blend(&frame)
                                   ? WUFFS_BASE__PIXEL_BLEND__SRC : WUFFS_BASE__PIXEL_BLEND__SRC_OVER,
                               wuffs_base__make_slice_u8(work, n_work), NULL).repr) {
            count = 0;
            break;
        }
        count++;
        if (last && n_last == n_bytes)
            memcpy(last, canvas, n_bytes);
        if (disposal == WUFFS_BASE__ANIMATION_DISPOSAL__RESTORE_BACKGROUND)
            dispose(canvas, NULL, box, width);
        else if (disposal == WUFFS_BASE__ANIMATION_DISPOSAL__RESTORE_PREVIOUS)
            dispose(canvas, before, box, width);
    }
release:
    free(work);
    free(before);
    free(canvas);
    free(decoder);
    return count;
}
