/* The decoder's arithmetic for Python: buffers in, buffers filled. All sizes are checked here, the GIL is released. */
#define PY_SSIZE_T_CLEAN
#define Py_LIMITED_API 0x030B0000
#include <Python.h>

#include <string.h>

#include "gif.h"

/* For "O&": a contiguous buffer to write to, but none of references to objects, which indices and pixels are not. */
static int writable(PyObject *object, void *address)
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
    uint8_t *joined = NULL, *rows = NULL;
    gif_tables *tables = NULL;
    uint8_t seen[256] = {0};
    size_t written = 0;
    gif_status status;
    if (code_size < 1 || code_size > GIF_LARGEST_CODE_SIZE) {
        PyErr_Format(PyExc_ValueError, "code size %d is not 1 to %d", code_size, GIF_LARGEST_CODE_SIZE);
        goto release;
    }
    if (width < 1 || height < 1 || out.len / width != height || out.len % width || (uint64_t)out.len > UINT32_MAX) {
        PyErr_Format(PyExc_ValueError, "%zd bytes do not hold %zd x %zd pixels", out.len, width, height);
        goto release;
    }
    joined = PyMem_Malloc((size_t)blocks.len + 1);
    tables = PyMem_Malloc(sizeof *tables);
    rows = interlaced ? PyMem_Malloc((size_t)out.len) : NULL;
    if (!joined || !tables || (interlaced && !rows)) {
        PyErr_NoMemory();
        goto release;
    }
    Py_BEGIN_ALLOW_THREADS
    const size_t n_joined = gif_join(blocks.buf, (size_t)blocks.len, joined);
    uint8_t *const target = interlaced ? rows : out.buf;
    status = gif_decompress(tables, joined, n_joined, (unsigned)code_size, target, (size_t)out.len, &written, seen);
    if (interlaced && status == GIF_WHOLE)
        gif_deinterlace(rows, out.buf, (size_t)width, (size_t)height);
    Py_END_ALLOW_THREADS
    answer = Py_BuildValue("nNy#", (Py_ssize_t)written, PyBool_FromLong(status == GIF_BAD_CODE), (char *)seen,
                           (Py_ssize_t)sizeof seen);
release:
    PyMem_Free(rows);
    PyMem_Free(tables);
    PyMem_Free(joined);
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

PyDoc_STRVAR(paint_doc,
             "paint(indices, in_stride, rows, columns, table, transparent, out, start, out_stride, /)\n--\n\n"
             "Draw rows of palette indices through `table` (256 pixels of 4 bytes) onto the pixels of `out` from pixel\n"
             "`start` on. Strides are in items. Index `transparent` (-1: none) leaves what is there.");

static PyObject *paint(PyObject *module, PyObject *args)
{
    Py_buffer indices, table, out;
    Py_ssize_t in_stride, rows, columns, start, out_stride;
    int transparent;
    (void)module;
    if (!PyArg_ParseTuple(args, "y*nnny*iO&nn:paint", &indices, &in_stride, &rows, &columns, &table, &transparent,
                          writable, &out, &start, &out_stride))
        return NULL;
    PyObject *answer = NULL;
    if (table.len != 256 * 4 || (uintptr_t)table.buf % 4 || (uintptr_t)out.buf % 4) {
        PyErr_SetString(PyExc_ValueError, "the table must have 256 aligned pixels of 4 bytes, and so must the canvas");
    } else if (!fits(indices.len, 0, in_stride, rows, columns) ||
               !fits(out.len / 4, start, out_stride, rows, columns)) {
        PyErr_Format(PyExc_ValueError, "%zd x %zd pixels do not lie within the buffers", columns, rows);
    } else {
        Py_BEGIN_ALLOW_THREADS
        gif_paint(indices.buf, (size_t)in_stride, (size_t)rows, (size_t)columns, table.buf, transparent,
                  (uint32_t *)out.buf + start, (size_t)out_stride);
        Py_END_ALLOW_THREADS
        answer = Py_NewRef(Py_None);
    }
    PyBuffer_Release(&out);
    PyBuffer_Release(&table);
    PyBuffer_Release(&indices);
    return answer;
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
        Py_BEGIN_ALLOW_THREADS
        gif_translate((const uint8_t *)indices.buf + in_start, (size_t)in_stride, (size_t)rows, (size_t)columns,
                      table.buf, transparent, (uint8_t *)out.buf + start, (size_t)out_stride);
        Py_END_ALLOW_THREADS
        answer = Py_NewRef(Py_None);
    }
    PyBuffer_Release(&out);
    PyBuffer_Release(&table);
    PyBuffer_Release(&indices);
    return answer;
}

static PyMethodDef methods[] = {
    {"scan", scan, METH_VARARGS, scan_doc},
    {"decompress", decompress, METH_VARARGS, decompress_doc},
    {"paint", paint, METH_VARARGS, paint_doc},
    {"translate", translate, METH_VARARGS, translate_doc},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef_Slot slots[] = {{0, NULL}};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "_gif", "The arithmetic of decoding a GIF, in C.", 0, methods, slots, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit__gif(void)
{
    return PyModuleDef_Init(&definition);
}
