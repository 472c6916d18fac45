#include <stdlib.h>
#include <string.h>

#include "colour.h"
#include "families.h"
#include "joint.h"

static int is_table(const Py_buffer *view, array_type type, Py_ssize_t columns)
{
    if (!is_array(view, type, 2))
        return 0;
    if (view->shape[1] == columns)
        return 1;
    PyErr_Format(PyExc_ValueError, "an array of %zd columns is needed, not of %zd", columns, view->shape[1]);
    return 0;
}

static int has_rows(const Py_buffer *view, Py_ssize_t rows)
{
    if (view->shape[0] == rows)
        return 1;
    PyErr_Format(PyExc_ValueError, "an array of length %zd is needed, not of %zd", rows, view->shape[0]);
    return 0;
}

static int has_length(const Py_buffer *view, array_type type, Py_ssize_t length)
{
    return is_array(view, type, 1) && has_rows(view, length);
}

/* The bytes of n colours, n colours and n counts, which `joint[0..2]` are then set to; NULL where memory is short. */
static PyObject *new_joint(Py_ssize_t n, char *joint[3])
{
    PyObject *result = PyTuple_New(3);
    for (int part = 0; result && part < 3; part++) {
        PyObject *const bytes = PyBytes_FromStringAndSize(NULL, n * (part < 2 ? 4 : (Py_ssize_t)sizeof(int64_t)));
        if (bytes && !PyTuple_SetItem(result, part, bytes))
            joint[part] = PyBytes_AsString(bytes);
        else
            Py_CLEAR(result);
    }
    return result;
}

/* joint_of_indices(x, y, x_colours, y_colours) -> (original, compressed, counts) as bytes */
static PyObject *joint_of_indices(PyObject *module, PyObject *arguments)
{
    (void)module;
    enum { X, Y, X_COLOURS, Y_COLOURS, ARRAYS };
    Py_buffer arrays[ARRAYS] = {0};
    PyObject *result = NULL;
    uint32_t *table = NULL;
    size_t n;
    char *joint[3];
    int fits = PyArg_ParseTuple(arguments, "O&O&O&O&", to_read, &arrays[X], to_read, &arrays[Y], to_read,
                                &arrays[X_COLOURS], to_read, &arrays[Y_COLOURS]);
    for (int colours = X_COLOURS; fits && colours <= Y_COLOURS; colours++)
        fits = is_table(&arrays[colours], U8, 4) && has_rows(&arrays[colours], 256);
    if (!fits || !are_alike(arrays, 2, U8, 2))
        goto release;
    if ((uint64_t)arrays[X].len > UINT32_MAX) {
        PyErr_SetString(PyExc_ValueError, "the pictures have more than 2**32 - 1 pixels");
        goto release;
    }
    table = calloc(JOINT_CELLS, sizeof *table);
    if (!table) {
        PyErr_NoMemory();
        goto release;
    }
    Py_BEGIN_ALLOW_THREADS
    n = joint_count(arrays[X].buf, arrays[Y].buf, (size_t)arrays[X].len, table);
    Py_END_ALLOW_THREADS
    result = new_joint((Py_ssize_t)n, joint);
    if (result)
        joint_list(table, arrays[X_COLOURS].buf, arrays[Y_COLOURS].buf, (uint8_t *)joint[0], (uint8_t *)joint[1],
                   (int64_t *)joint[2]);
release:
    free(table);
    let_go(arrays, ARRAYS);
    return result;
}

/* joint_of_pixels(x, y, multiplier) -> (original, compressed, counts) as bytes */
static PyObject *joint_of_pixels(PyObject *module, PyObject *arguments)
{
    (void)module;
    enum { X, Y, ARRAYS };
    Py_buffer arrays[ARRAYS] = {0};
    joint_pairs found = {0};
    unsigned long long multiplier;
    PyObject *result = NULL;
    char *joint[3];
    int whole;
    if (!PyArg_ParseTuple(arguments, "O&O&K", to_read, &arrays[X], to_read, &arrays[Y], &multiplier) ||
        !are_alike(arrays, 2, U8, 3))
        goto release;
    if (arrays[X].shape[2] != 4 || (uint64_t)arrays[X].len / 4 >= UINT32_MAX) {
        PyErr_SetString(PyExc_ValueError, "pixels have 4 bytes, and are fewer than 2**32 - 1");
        goto release;
    }
    Py_BEGIN_ALLOW_THREADS
    whole = joint_find(arrays[X].buf, arrays[Y].buf, (size_t)arrays[X].len / 4, multiplier | 1, &found);
    Py_END_ALLOW_THREADS
    if (!whole) {
        PyErr_NoMemory();
        goto release;
    }
    result = new_joint((Py_ssize_t)found.size, joint);
    if (result)
        joint_take(&found, (uint8_t *)joint[0], (uint8_t *)joint[1], (int64_t *)joint[2]);
release:
    free(found.pairs);
    let_go(arrays, ARRAYS);
    return result;
}

/* lab(colours, linear, out) */
static PyObject *lab(PyObject *module, PyObject *arguments)
{
    (void)module;
    enum { COLOURS, LINEAR, OUT, ARRAYS };
    Py_buffer arrays[ARRAYS] = {0};
    PyObject *result = NULL;
    if (PyArg_ParseTuple(arguments, "O&O&O&", to_read, &arrays[COLOURS], to_read, &arrays[LINEAR], to_write,
                         &arrays[OUT]) &&
        is_table(&arrays[COLOURS], U8, 4) && has_length(&arrays[LINEAR], F64, 256) && is_table(&arrays[OUT], F64, 3) &&
        has_rows(&arrays[OUT], arrays[COLOURS].shape[0])) {
        Py_BEGIN_ALLOW_THREADS
        colour_lab(arrays[COLOURS].buf, (size_t)arrays[COLOURS].shape[0], arrays[LINEAR].buf, arrays[OUT].buf);
        Py_END_ALLOW_THREADS
        result = Py_NewRef(Py_None);
    }
    let_go(arrays, ARRAYS);
    return result;
}

/* ciede2000(lab1, lab2, out) */
static PyObject *ciede2000(PyObject *module, PyObject *arguments)
{
    (void)module;
    enum { ONE, TWO, OUT, ARRAYS };
    Py_buffer arrays[ARRAYS] = {0};
    PyObject *result = NULL;
    if (PyArg_ParseTuple(arguments, "O&O&O&", to_read, &arrays[ONE], to_read, &arrays[TWO], to_write, &arrays[OUT]) &&
        is_table(&arrays[ONE], F64, 3) && is_table(&arrays[TWO], F64, 3) &&
        has_rows(&arrays[TWO], arrays[ONE].shape[0]) && has_length(&arrays[OUT], F64, arrays[ONE].shape[0])) {
        Py_BEGIN_ALLOW_THREADS
        colour_ciede2000(arrays[ONE].buf, arrays[TWO].buf, (size_t)arrays[ONE].shape[0], arrays[OUT].buf);
        Py_END_ALLOW_THREADS
        result = Py_NewRef(Py_None);
    }
    let_go(arrays, ARRAYS);
    return result;
}

/* colour_differences(original, compressed, linear, keys, values, out) */
static PyObject *differences(PyObject *module, PyObject *arguments)
{
    (void)module;
    enum { ORIGINAL, COMPRESSED, LINEAR, KEYS, VALUES, OUT, ARRAYS };
    Py_buffer arrays[ARRAYS] = {0};
    PyObject *result = NULL;
    const Py_ssize_t places = (Py_ssize_t)1 << KNOWN_BITS;
    if (PyArg_ParseTuple(arguments, "O&O&O&O&O&O&", to_read, &arrays[ORIGINAL], to_read, &arrays[COMPRESSED], to_read,
                         &arrays[LINEAR], to_write, &arrays[KEYS], to_write, &arrays[VALUES], to_write, &arrays[OUT]) &&
        is_table(&arrays[ORIGINAL], U8, 4) && is_table(&arrays[COMPRESSED], U8, 4) &&
        has_rows(&arrays[COMPRESSED], arrays[ORIGINAL].shape[0]) && has_length(&arrays[LINEAR], F64, 256) &&
        has_length(&arrays[KEYS], I64, places) && has_length(&arrays[VALUES], F64, places) &&
        has_length(&arrays[OUT], F64, arrays[ORIGINAL].shape[0])) {
        Py_BEGIN_ALLOW_THREADS
        colour_differences(arrays[ORIGINAL].buf, arrays[COMPRESSED].buf, (size_t)arrays[ORIGINAL].shape[0],
                           arrays[LINEAR].buf, arrays[KEYS].buf, arrays[VALUES].buf, arrays[OUT].buf);
        Py_END_ALLOW_THREADS
        result = Py_NewRef(Py_None);
    }
    let_go(arrays, ARRAYS);
    return result;
}

/* margins(colours, counts, out) */
static PyObject *margins(PyObject *module, PyObject *arguments)
{
    (void)module;
    enum { COLOURS, COUNTS, OUT, ARRAYS };
    Py_buffer arrays[ARRAYS] = {0};
    PyObject *result = NULL;
    if (PyArg_ParseTuple(arguments, "O&O&O&", to_read, &arrays[COLOURS], to_read, &arrays[COUNTS], to_write,
                         &arrays[OUT]) &&
        is_table(&arrays[COLOURS], U8, 4) && has_length(&arrays[COUNTS], I64, arrays[COLOURS].shape[0]) &&
        is_table(&arrays[OUT], I64, 256) && has_rows(&arrays[OUT], 3)) {
        Py_BEGIN_ALLOW_THREADS
        colour_margins(arrays[COLOURS].buf, arrays[COUNTS].buf, (size_t)arrays[COLOURS].shape[0], arrays[OUT].buf);
        Py_END_ALLOW_THREADS
        result = Py_NewRef(Py_None);
    }
    let_go(arrays, ARRAYS);
    return result;
}

/* counterparts(colours, others, linear, tolerance, multiplier, out) */
static PyObject *counterparts(PyObject *module, PyObject *arguments)
{
    (void)module;
    enum { COLOURS, OTHERS, LINEAR, OUT, ARRAYS };
    Py_buffer arrays[ARRAYS] = {0};
    PyObject *result = NULL;
    unsigned long long multiplier;
    double tolerance;
    int whole;
    if (!PyArg_ParseTuple(arguments, "O&O&O&dKO&", to_read, &arrays[COLOURS], to_read, &arrays[OTHERS], to_read,
                          &arrays[LINEAR], &tolerance, &multiplier, to_write, &arrays[OUT]) ||
        !is_table(&arrays[COLOURS], U8, 4) || !is_table(&arrays[OTHERS], U8, 4) ||
        !has_length(&arrays[LINEAR], F64, 256) || !has_length(&arrays[OUT], U8, arrays[COLOURS].shape[0]))
        goto release;
    if (!(tolerance >= 0.01 && tolerance <= 100) || (uint64_t)arrays[OTHERS].shape[0] >= UINT32_MAX) {
        PyErr_SetString(PyExc_ValueError, "the tolerance is 0.01 to 100, the colours fewer than 2**32 - 1");
        goto release;
    }
    Py_BEGIN_ALLOW_THREADS
    whole = colour_counterparts(arrays[COLOURS].buf, (size_t)arrays[COLOURS].shape[0], arrays[OTHERS].buf,
                                (size_t)arrays[OTHERS].shape[0], arrays[LINEAR].buf, tolerance, multiplier | 1,
                                arrays[OUT].buf);
    Py_END_ALLOW_THREADS
    result = whole ? Py_NewRef(Py_None) : PyErr_NoMemory();
release:
    let_go(arrays, ARRAYS);
    return result;
}

PyMethodDef colour_methods[] = {
    {"joint_of_indices", joint_of_indices, METH_VARARGS, NULL},
    {"joint_of_pixels", joint_of_pixels, METH_VARARGS, NULL},
    {"lab", lab, METH_VARARGS, NULL},
    {"ciede2000", ciede2000, METH_VARARGS, NULL},
    {"colour_differences", differences, METH_VARARGS, NULL},
    {"margins", margins, METH_VARARGS, NULL},
    {"counterparts", counterparts, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
