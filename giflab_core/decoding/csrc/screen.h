/* What is on screen, image after image, as pixels and as indices of one table of colours: no Python, no allocation, no
 * file. Nothing is read or written outside of the buffers that are passed, whatever is in them. */
#ifndef GIFLAB_SCREEN_H
#define GIFLAB_SCREEN_H

#include "gif.h"

enum { GIF_COLOURS = 256, GIF_SLOTS = 1024 };
enum { GIF_KEEP, GIF_TO_BACKGROUND, GIF_TO_PREVIOUS }; /* how to dispose of an image */

/* Rows from `top` up to `bottom`, columns from `left` up to `right`. */
typedef struct {
    size_t top, bottom, left, right;
} gif_box;

/* Up to 256 colours. They keep their indices, so that what was drawn before stays right. */
typedef struct {
    uint32_t colours[GIF_COLOURS]; /* RGBA */
    unsigned count;
    int has_clear;                 /* the transparent pixel is among them */
    uint16_t slots[GIF_SLOTS];     /* where colours are found: one more than the index, or 0 */
    uint8_t translation[GIF_COLOURS], translated[GIF_COLOURS]; /* from the screen's palette, as far as it is known */
} gif_table;

typedef struct {
    size_t left, top, width, height;
    const uint8_t *palette; /* 3 bytes a colour */
    size_t n_palette;       /* bytes, at most 768 */
    int transparent;        /* the index that leaves what is there; -1: none */
    int disposal;
} gif_image;

/* How to dispose of the image that was drawn last. `box` is empty if there is nothing to do. */
typedef struct {
    gif_box box;
    int to_previous;  /* else it is cleared */
    int is_known;     /* `saved` are indices, else pixels */
    int has_table;    /* `table` is what they are indices of, else the screen's */
    void *saved;
    gif_table table;
} gif_undo;

/* Starts as zeros, but for the first six; then gif_start. */
typedef struct {
    size_t width, height;
    uint32_t *pixels, *row; /* RGBA, one number a pixel; room for one row of them */
    uint8_t *indices;       /* as `pixels`, or a null pointer */
    int is_known;           /* `indices` tell what is on screen; else it has too many colours */
    int is_renewed;         /* the colours of `table` have changed */
    gif_table table;
    uint8_t palette[3 * GIF_COLOURS];
    size_t n_palette;
    uint32_t colours[GIF_COLOURS]; /* of the palette */
    int is_covered, stays_covered; /* no pixel is transparent: now; once the image drawn last is disposed of */
    gif_undo undo;
} gif_screen;

/* A screen without images: transparent. */
void gif_start(gif_screen *screen);

/* The part of an image that is on the screen; all zeros if there is none. */
gif_box gif_shown(const gif_screen *screen, const gif_image *image);

/* How many bytes gif_put must have room for in `saved`. */
size_t gif_saved_size(const gif_screen *screen, const gif_image *image);

/* Dispose of the image before, then draw this one, whose indices are given, and those that occur (`seen`). `saved` is kept until the next call, which reads it and keeps another in its place. `*changed` is
 * the box outside of which nothing has changed, all zeros if nothing has; if `compare` is 0, it may as well have. */
void gif_put(gif_screen *screen, const gif_image *image, const uint8_t *indices, const uint8_t seen[GIF_COLOURS],
             void *saved, int compare, gif_box *changed);

/* Whether any pixel is transparent. */
int gif_is_hiding(const gif_screen *screen);

#endif
