/* The type `Layers`: a screen whose memory Python has. */
#include "module.h"

#include <string.h>

#include "screen.h"

/* Memory that stays from image to image, unless that is much: to get it anew takes time. */
typedef struct {
    void *memory;
    size_t size;
} room;

typedef struct {
    PyObject_HEAD
    Py_buffer pixels, indices, colours;
    int is_drawing;
    room work, saved, spare; /* to decompress in; what the screen has saved; what it may save to next */
    gif_screen screen;
} layers;

enum { IS_KNOWN = 1, IS_RENEWED = 2 };
enum { MOST_PALETTE = 3 * GIF_COLOURS };
enum { MOST_KEPT = 1 << 23 }; /* bytes of a room */

/* The buffers of new layers; 0 with an error set if they do not fit. */
static int take_buffers(layers *self, PyObject *pixels, Py_ssize_t width, PyObject *indices, PyObject *colours)
{
    if (!writable(pixels, &self->pixels))
        return 0;
    const Py_ssize_t count = self->pixels.len / 4;
    if (width < 1 || count < 1 || self->pixels.len % 4 || count % width || (uintptr_t)self->pixels.buf % 4) {
        PyErr_Format(PyExc_ValueError, "%zd bytes are not aligned rows of %zd pixels", self->pixels.len, width);
        return 0;
    }
    if (indices == Py_None)
        return 1;
    if (!writable(indices, &self->indices) || !writable(colours, &self->colours))
        return 0;
    if (self->indices.len != count || self->colours.len != 4 * GIF_COLOURS) {
        PyErr_SetString(PyExc_ValueError, "the indices must be one byte a pixel, and the colours 256 pixels");
        return 0;
    }
    return 1;
}

/* Show the colours that the indices are of; whether they are others than before. */
static int show_colours(layers *self)
{
    const gif_table *const table = &self->screen.table;
    if (!self->screen.is_known || !self->screen.is_renewed ||
        !memcmp(self->colours.buf, table->colours, sizeof table->colours))
        return 0;
    memcpy(self->colours.buf, table->colours, sizeof table->colours);
    self->screen.is_renewed = 0;
    return 1;
}

static PyObject *layers_new(PyTypeObject *type, PyObject *args, PyObject *keywords)
{
    PyObject *pixels, *indices, *colours;
    Py_ssize_t width;
    if (keywords && PyDict_Size(keywords))
        return PyErr_Format(PyExc_TypeError, "Layers takes no keyword arguments");
    if (!PyArg_ParseTuple(args, "OnOO:Layers", &pixels, &width, &indices, &colours))
        return NULL;
    layers *const self = (layers *)((allocfunc)PyType_GetSlot(type, Py_tp_alloc))(type, 0);
    if (!self)
        return NULL;
    gif_screen *const screen = &self->screen;
    if (!take_buffers(self, pixels, width, indices, colours) ||
        !(screen->row = PyMem_Malloc((size_t)width * sizeof *screen->row))) {
        if (!PyErr_Occurred())
            PyErr_NoMemory();
        Py_DECREF(self);
        return NULL;
    }
    screen->width = (size_t)width;
    screen->height = (size_t)(self->pixels.len / 4 / width);
    screen->pixels = self->pixels.buf;
    screen->indices = self->indices.buf;
    gif_start(screen);
    show_colours(self);
    return (PyObject *)self;
}

static void let_go_of(room *of)
{
    PyMem_Free(of->memory);
    *of = (room){NULL, 0};
}

/* Have room for so many bytes; 0 with an error set if there is none. */
static int make_room(room *of, size_t size)
{
    if (size <= of->size)
        return 1;
    let_go_of(of);
    of->memory = PyMem_Malloc(size);
    if (!of->memory) {
        PyErr_NoMemory();
        return 0;
    }
    of->size = size;
    return 1;
}

/* Keep no more than is meant to be kept, once an image is drawn. */
static void let_go_of_much(layers *self)
{
    if (self->work.size > MOST_KEPT)
        let_go_of(&self->work);
    if (self->spare.size > MOST_KEPT)
        let_go_of(&self->spare);
}

static void layers_dealloc(PyObject *object)
{
    layers *const self = (layers *)object;
    PyTypeObject *const type = Py_TYPE(object);
    let_go_of(&self->work);
    let_go_of(&self->saved);
    let_go_of(&self->spare);
    PyMem_Free(self->screen.row);
    PyBuffer_Release(&self->colours);
    PyBuffer_Release(&self->indices);
    PyBuffer_Release(&self->pixels);
    ((freefunc)PyType_GetSlot(type, Py_tp_free))(object);
    Py_DECREF(type);
}

/* What `draw` and `put` are asked to draw. */
typedef struct {
    Py_ssize_t left, top, width, height;
    Py_buffer palette;
    int transparent, disposal;
} request;

/* The image that is meant; 0 with an error set if that makes no sense. */
static int image_of(const layers *self, const request *asked, gif_image *image)
{
    if (self->is_drawing) {
        PyErr_SetString(PyExc_RuntimeError, "another thread is drawing");
        return 0;
    }
    if (asked->left < 0 || asked->top < 0 || asked->width < 0 || asked->height < 0 ||
        (asked->width && asked->height > (Py_ssize_t)UINT32_MAX / asked->width)) {
        PyErr_Format(PyExc_ValueError, "no image has %zd x %zd pixels", asked->width, asked->height);
        return 0;
    }
    if (asked->palette.len > MOST_PALETTE || asked->transparent < -1 || asked->transparent >= GIF_COLOURS) {
        PyErr_SetString(PyExc_ValueError, "a palette has at most 256 colours");
        return 0;
    }
    *image = (gif_image){(size_t)asked->left, (size_t)asked->top, (size_t)asked->width, (size_t)asked->height,
                         asked->palette.buf, (size_t)asked->palette.len, asked->transparent, asked->disposal};
    return 1;
}

/* Put an image on the screen, for which there is room to spare; the box that has changed. */
static gif_box put_image(layers *self, const gif_image *image, const uint8_t *indices, const uint8_t *seen, int compare)
{
    const room saved = self->spare;
    gif_box changed;
    gif_put(&self->screen, image, indices, seen, saved.memory, compare, &changed);
    self->spare = self->saved;
    self->saved = saved;
    return changed;
}

static PyObject *found(layers *self, gif_box changed)
{
    const int flags = (self->screen.is_known ? IS_KNOWN : 0) | (show_colours(self) ? IS_RENEWED : 0);
    return Py_BuildValue("i(nnnn)", flags, (Py_ssize_t)changed.top, (Py_ssize_t)changed.bottom,
                         (Py_ssize_t)changed.left, (Py_ssize_t)changed.right);
}

/* The last index that occurs and that the palette does not have, but for the transparent one; -1 if there is none. */
static int stray_index(const gif_image *image, const uint8_t seen[GIF_COLOURS])
{
    for (int index = GIF_COLOURS - 1; index >= (int)(image->n_palette / 3); index--)
        if (seen[index] && index != image->transparent)
            return index;
    return -1;
}

PyDoc_STRVAR(draw_doc,
             "draw(blocks, code_size, interlaced, left, top, width, height, palette, transparent, disposal, compare, /)\n"
             "--\n\n"
             "Dispose of the image before, then decompress this one and draw it. Returns flags (1: the indices tell what\n"
             "is on screen; 2: the colours have changed) and the box outside of which nothing has changed, which is all\n"
             "zeros where `compare` finds nothing. Flags are negative for a damaged image, and then nothing has changed:\n"
             "-1 where it does not decode, else -2 less the index that its palette does not have.");

static PyObject *draw(PyObject *object, PyObject *args)
{
    layers *const self = (layers *)object;
    Py_buffer blocks;
    int code_size, interlaced, compare;
    request asked;
    gif_image image;
    if (!PyArg_ParseTuple(args, "y*ipnnnny*iip:draw", &blocks, &code_size, &interlaced, &asked.left, &asked.top,
                          &asked.width, &asked.height, &asked.palette, &asked.transparent, &asked.disposal, &compare))
        return NULL;
    PyObject *answer = NULL;
    if (code_size < 1 || code_size > GIF_LARGEST_CODE_SIZE) {
        PyErr_Format(PyExc_ValueError, "code size %d is not 1 to %d", code_size, GIF_LARGEST_CODE_SIZE);
        goto release;
    }
    if (!image_of(self, &asked, &image))
        goto release;
    const size_t count = image.width * image.height;
    const size_t work_size = gif_work_size((size_t)blocks.len, count, interlaced);
    if (!make_room(&self->work, work_size + count) || !make_room(&self->spare, gif_saved_size(&self->screen, &image)))
        goto release;
    uint8_t *const indices = (uint8_t *)self->work.memory + work_size;
    uint8_t seen[GIF_COLOURS] = {0};
    size_t written = 0;
    int status = 0;
    gif_box changed = {0, 0, 0, 0};
    self->is_drawing = 1;
    PyThreadState *const state = let_go((size_t)blocks.len + count);
    if (count)
        gif_decode(self->work.memory, blocks.buf, (size_t)blocks.len, (unsigned)code_size, image.width, image.height,
                   interlaced, indices, &written, seen);
    if (written < count)
        status = -1;
    else if (stray_index(&image, seen) >= 0)
        status = -2 - stray_index(&image, seen);
    else
        changed = put_image(self, &image, indices, seen, compare);
    take_back(state);
    self->is_drawing = 0;
    let_go_of_much(self);
    answer = status < 0 ? Py_BuildValue("i(iiii)", status, 0, 0, 0, 0) : found(self, changed);
release:
    PyBuffer_Release(&asked.palette);
    PyBuffer_Release(&blocks);
    return answer;
}

PyDoc_STRVAR(put_doc,
             "put(indices, left, top, width, height, palette, transparent, disposal, compare, /)\n--\n\n"
             "As `draw()`, an image whose indices are known, and in its palette.");

static PyObject *put(PyObject *object, PyObject *args)
{
    layers *const self = (layers *)object;
    Py_buffer indices;
    request asked;
    gif_image image;
    int compare;
    if (!PyArg_ParseTuple(args, "y*nnnny*iip:put", &indices, &asked.left, &asked.top, &asked.width, &asked.height,
                          &asked.palette, &asked.transparent, &asked.disposal, &compare))
        return NULL;
    PyObject *answer = NULL;
    if (!image_of(self, &asked, &image))
        goto release;
    const size_t count = image.width * image.height;
    if ((size_t)indices.len != count) {
        PyErr_Format(PyExc_ValueError, "%zd bytes are not %zd x %zd indices", indices.len, asked.width, asked.height);
        goto release;
    }
    if (!make_room(&self->spare, gif_saved_size(&self->screen, &image)))
        goto release;
    uint8_t seen[GIF_COLOURS];
    memset(seen, !self->screen.indices, sizeof seen); /* without indices any may occur: nobody translates them */
    self->is_drawing = 1;
    PyThreadState *const state = let_go(count);
    for (size_t place = 0; self->screen.indices && place < count; place++)
        seen[((const uint8_t *)indices.buf)[place]] = 1;
    const gif_box changed = put_image(self, &image, indices.buf, seen, compare);
    take_back(state);
    self->is_drawing = 0;
    let_go_of_much(self);
    answer = found(self, changed);
release:
    PyBuffer_Release(&asked.palette);
    PyBuffer_Release(&indices);
    return answer;
}

PyDoc_STRVAR(is_hiding_doc, "is_hiding(/)\n--\n\nWhether any pixel is transparent.");

static PyObject *is_hiding(PyObject *object, PyObject *unused)
{
    layers *const self = (layers *)object;
    (void)unused;
    if (self->is_drawing)
        return PyErr_Format(PyExc_RuntimeError, "another thread is drawing");
    return PyBool_FromLong(gif_is_hiding(&self->screen));
}

static PyMethodDef methods[] = {
    {"draw", draw, METH_VARARGS, draw_doc},
    {"put", put, METH_VARARGS, put_doc},
    {"is_hiding", is_hiding, METH_NOARGS, is_hiding_doc},
    {NULL, NULL, 0, NULL},
};

PyDoc_STRVAR(layers_doc,
             "Layers(pixels, width, indices, colours, /)\n--\n\n"
             "What is on screen: `pixels`, rows of `width` RGBA pixels, all zeros; `indices`, a byte a pixel, of a table of\n"
             "`colours`, 256 RGBA pixels. The last two may be None.");

static PyType_Slot slots[] = {
    {Py_tp_new, (void *)layers_new},
    {Py_tp_dealloc, (void *)layers_dealloc},
    {Py_tp_methods, methods},
    {Py_tp_doc, (void *)layers_doc},
    {0, NULL},
};

static PyType_Spec spec = {"giflab_core.decoding._gif.Layers", sizeof(layers), 0, Py_TPFLAGS_DEFAULT, slots};

PyObject *layers_type(PyObject *module)
{
    return PyType_FromModuleAndSpec(module, &spec, NULL);
}
