/* The decoder's arithmetic for Python: buffers in, buffers filled. All sizes are checked here and in layers.c, and the GIL
 * is released for long work. */
#include "module.h"

#include <string.h>

#include "gif.h"

int writable(PyObject *object, void *address)
{
    Py_buffer *const view = address;
    if (!object) { /* a later argument did not fit */
        PyBuffer_Release(view);
        return 1;
    }
    if (PyObject_GetBuffer(object, view, PyBUF_WRITABLE | PyBUF_ND | PyBUF_FORMAT))
        return 0;
    if (view->format && strchr(view->format, 'O')) {
        PyBuffer_Release(view);
        PyErr_SetString(PyExc_TypeError, "the output is a buffer of objects");
        return 0;
    }
    return Py_CLEANUP_SUPPORTED;
}

PyDoc_STRVAR(scan_doc,
             "scan(data, start, /)\n--\n\n"
             "Follow sub-blocks through `data` from the length byte at `start`: the position after their terminator and\n"
             "True, or the position of the next length byte, which may lie after the end of the data, and False.");

static PyObject *scan(PyObject *module, PyObject *args)
{
    Py_buffer data;
    Py_ssize_t start;
    int whole;
    (void)module;
    if (!PyArg_ParseTuple(args, "y*n:scan", &data, &start))
        return NULL;
    if (start < 0) {
        PyBuffer_Release(&data);
        return PyErr_Format(PyExc_ValueError, "start %zd is negative", start);
    }
    const size_t position = gif_scan(data.buf, (size_t)data.len, (size_t)start, &whole);
    PyBuffer_Release(&data);
    return Py_BuildValue("nN", (Py_ssize_t)position, PyBool_FromLong(whole));
}

PyDoc_STRVAR(image_doc,
             "image(data, start, has_palette, with_data, /)\n--\n\n"
             "The image that starts there, with the graphic control before it, if all is there and as it should be: where\n"
             "it ends; the 4 bytes of that extension, or None; left, top, width, height, whether it is interlaced; its own\n"
             "palette, or None; the code size; its sub-blocks (none where `with_data` is false) and how many bytes they\n"
             "are. Else whether it may only be that the data end too soon.");

static PyObject *image(PyObject *module, PyObject *args)
{
    Py_buffer data;
    Py_ssize_t start;
    int has_palette, with_data;
    gif_block found;
    (void)module;
    if (!PyArg_ParseTuple(args, "y*npp:image", &data, &start, &has_palette, &with_data))
        return NULL;
    PyObject *answer = NULL;
    const char *const from = data.buf;
    if (start < 0)
        PyErr_Format(PyExc_ValueError, "start %zd is negative", start);
    else {
        const gif_reading reading = gif_read_image(data.buf, (size_t)data.len, (size_t)start, has_palette, &found);
        if (reading != GIF_READ)
            answer = PyBool_FromLong(reading == GIF_MISSING);
        else {
            const Py_ssize_t size = (Py_ssize_t)(found.end - found.data);
            answer = Py_BuildValue("ny#iiiiNy#Iy#n", (Py_ssize_t)found.end, found.control ? from + found.control : NULL,
                                   (Py_ssize_t)4, (int)found.left, (int)found.top, (int)found.width, (int)found.height,
                                   PyBool_FromLong(found.interlaced), found.n_palette ? from + found.palette : NULL,
                                   (Py_ssize_t)found.n_palette, found.code_size, from + found.data,
                                   with_data ? size : (Py_ssize_t)0, size);
        }
    }
    PyBuffer_Release(&data);
    return answer;
}

PyDoc_STRVAR(decompress_doc,
             "decompress(blocks, code_size, width, height, interlaced, out, /)\n--\n\n"
             "Decompress the sub-blocks of an image into `out`, uint8, width * height palette indices in display order.\n\n"
             "Returns how many indices there are, whether a code made no sense, and 256 bytes that are 1 for each index\n"
             "that occurs. `out` is in display order only where all indices are there.");

static PyObject *decompress(PyObject *module, PyObject *args)
{
    Py_buffer blocks, out;
    int code_size, interlaced;
    Py_ssize_t width, height;
    (void)module;
    if (!PyArg_ParseTuple(args, "y*innpO&:decompress", &blocks, &code_size, &width, &height, &interlaced,
                          writable, &out))
        return NULL;
    PyObject *answer = NULL;
    void *work = NULL;
    uint8_t seen[256];
    size_t written = 0;
    if (code_size < 1 || code_size > GIF_LARGEST_CODE_SIZE) {
        PyErr_Format(PyExc_ValueError, "code size %d is not 1 to %d", code_size, GIF_LARGEST_CODE_SIZE);
        goto release;
    }
    if (width < 1 || height < 1 || out.len / width != height || out.len % width || (uint64_t)out.len > UINT32_MAX) {
        PyErr_Format(PyExc_ValueError, "%zd bytes do not hold %zd x %zd pixels", out.len, width, height);
        goto release;
    }
    work = PyMem_Malloc(gif_work_size((size_t)blocks.len, (size_t)out.len, interlaced));
    if (!work) {
        PyErr_NoMemory();
        goto release;
    }
    PyThreadState *const state = let_go((size_t)(blocks.len + out.len));
    const gif_status status = gif_decode(work, blocks.buf, (size_t)blocks.len, (unsigned)code_size, (size_t)width,
                                         (size_t)height, interlaced, out.buf, &written, seen);
    take_back(state);
    answer = Py_BuildValue("nNy#", (Py_ssize_t)written, PyBool_FromLong(status == GIF_BAD_CODE), (char *)seen,
                           (Py_ssize_t)sizeof seen);
release:
    PyMem_Free(work);
    PyBuffer_Release(&out);
    PyBuffer_Release(&blocks);
    return answer;
}

/* Whether `rows` rows of `columns` items, `stride` apart, from item `start`, lie within `count` items. */
static int fits(Py_ssize_t count, Py_ssize_t start, Py_ssize_t stride, Py_ssize_t rows, Py_ssize_t columns)
{
    if (start < 0 || stride < columns || columns < 0 || rows < 0 || start > count)
        return 0;
    if (!rows || !columns)
        return 1;
    return columns <= count - start && rows - 1 <= (count - start - columns) / stride;
}

PyDoc_STRVAR(translate_doc,
             "translate(indices, in_start, in_stride, rows, columns, table, transparent, out, start, out_stride, /)\n--\n\n"
             "Write rows of bytes, from `in_start` on, through `table` (256 bytes) to `out` from `start` on. Value\n"
             "`transparent` (-1: none) leaves what is there.");

static PyObject *translate(PyObject *module, PyObject *args)
{
    Py_buffer indices, table, out;
    Py_ssize_t in_start, in_stride, rows, columns, start, out_stride;
    int transparent;
    (void)module;
    if (!PyArg_ParseTuple(args, "y*nnnny*iO&nn:translate", &indices, &in_start, &in_stride, &rows, &columns, &table,
                          &transparent, writable, &out, &start, &out_stride))
        return NULL;
    PyObject *answer = NULL;
    if (table.len != 256) {
        PyErr_SetString(PyExc_ValueError, "the table must have 256 bytes");
    } else if (!fits(indices.len, in_start, in_stride, rows, columns) ||
               !fits(out.len, start, out_stride, rows, columns)) {
        PyErr_Format(PyExc_ValueError, "%zd x %zd bytes do not lie within the buffers", columns, rows);
    } else {
        PyThreadState *const state = let_go((size_t)rows * (size_t)columns / 4);
        gif_translate((const uint8_t *)indices.buf + in_start, (size_t)in_stride, (size_t)rows, (size_t)columns,
                      table.buf, transparent, (uint8_t *)out.buf + start, (size_t)out_stride);
        take_back(state);
        answer = Py_NewRef(Py_None);
    }
    PyBuffer_Release(&out);
    PyBuffer_Release(&table);
    PyBuffer_Release(&indices);
    return answer;
}

static PyMethodDef methods[] = {
    {"scan", scan, METH_VARARGS, scan_doc},
    {"image", image, METH_VARARGS, image_doc},
    {"decompress", decompress, METH_VARARGS, decompress_doc},
    {"translate", translate, METH_VARARGS, translate_doc},
    {NULL, NULL, 0, NULL},
};

static int add_types(PyObject *module)
{
    PyObject *const type = layers_type(module);
    const int status = type ? PyModule_AddObjectRef(module, "Layers", type) : -1;
    Py_XDECREF(type);
    return status;
}

static PyModuleDef_Slot slots[] = {{Py_mod_exec, (void *)add_types}, {0, NULL}};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "_gif", "The arithmetic of decoding a GIF, in C.", 0, methods, slots, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit__gif(void)
{
    return PyModuleDef_Init(&definition);
}
