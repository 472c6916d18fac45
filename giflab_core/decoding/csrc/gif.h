/* The arithmetic of decoding a GIF: no Python, no allocation, no file. Nothing is read or written outside of the buffers
 * that are passed, whatever is in them. */
#ifndef GIFLAB_GIF_H
#define GIFLAB_GIF_H

#include <stddef.h>
#include <stdint.h>

enum { GIF_LARGEST_CODE_SIZE = 11, GIF_CODES = 4096 };

typedef enum {
    GIF_WHOLE,    /* every pixel was decoded */
    GIF_SHORT,    /* the data end before the last pixel */
    GIF_BAD_CODE  /* a code that no table entry has yet */
} gif_status;

/* What is known of the string of a code: its first bytes, where in the output it stands, how long it is. */
typedef struct {
    uint64_t head;
    uint32_t offset;
    uint32_t length;
} gif_string;

/* Working memory of gif_decompress. */
typedef struct {
    gif_string strings[GIF_CODES];
} gif_tables;

/* Follow sub-blocks (GIF89a, section 15) through `data[start..size)`. Returns the position after the terminator and
 * sets *whole, or else the position of the next length byte, which may lie after the end of the data. */
size_t gif_scan(const uint8_t *data, size_t size, size_t start, int *whole);

/* Leave the length bytes of sub-blocks out: writes at most `size` bytes to `out`, which may be `blocks` itself. Returns
 * how many there are. */
size_t gif_join(const uint8_t *blocks, size_t size, uint8_t *out);

/* An image as it stands in a file, with the graphic control extension before it. */
typedef struct {
    size_t control;             /* where the 4 bytes of that extension are; 0: there is none */
    size_t left, top, width, height;
    int interlaced;
    size_t palette, n_palette;  /* where its own colours are, and how many bytes; 0: it has none */
    unsigned code_size;
    size_t data, end;           /* its sub-blocks are from `data` up to `end` */
} gif_block;

typedef enum {
    GIF_READ,      /* all of it is there, and as it should be */
    GIF_MISSING,   /* so far it is, but the bytes end before it does */
    GIF_OTHER      /* something else is there, or it is odd, or has no pixels */
} gif_reading;

/* Read an image from `data[start..size)`, which `has_palette` if the file has one for all. */
gif_reading gif_read_image(const uint8_t *data, size_t size, size_t start, int has_palette, gif_block *found);

/* Decompress LZW data (GIF89a, appendix F) to `n_out` palette indices in the order of the data.
 *
 * `code_size` is 1 to GIF_LARGEST_CODE_SIZE, n_out less than 2^32. Values of more than 8 bits lose their upper bits.
 * *written tells how many indices there are; `seen[i]` is set to 1 for each that occurs. */
gif_status gif_decompress(gif_tables *tables, const uint8_t *in, size_t n_in, unsigned code_size, uint8_t *out,
                          size_t n_out, size_t *written, uint8_t seen[256]);

/* Put rows in the order of an interlaced image (GIF89a, appendix E) where they are shown. `out` is another buffer. */
void gif_deinterlace(const uint8_t *in, uint8_t *out, size_t width, size_t height);

/* How many bytes gif_decode must have room for, aligned as gif_tables. */
size_t gif_work_size(size_t n_blocks, size_t n_out, int interlaced);

/* Decompress the `n_blocks` bytes of an image's sub-blocks to width * height palette indices, less than 2^32, in display
 * order if all are there. As gif_decompress otherwise; `seen` is set to 0 first. */
gif_status gif_decode(void *work, const uint8_t *blocks, size_t n_blocks, unsigned code_size, size_t width,
                      size_t height, int interlaced, uint8_t *out, size_t *written, uint8_t seen[256]);

/* Draw `rows` x `columns` indices, `in_stride` to a row, through a table onto pixels, `out_stride` to a row; index
 * `transparent` (-1: none) leaves what is there. */
void gif_paint(const uint8_t *in, size_t in_stride, size_t rows, size_t columns, const uint32_t table[256],
               int transparent, uint32_t *out, size_t out_stride);

/* As gif_paint, onto bytes. */
void gif_translate(const uint8_t *in, size_t in_stride, size_t rows, size_t columns, const uint8_t table[256],
                   int transparent, uint8_t *out, size_t out_stride);

#endif
