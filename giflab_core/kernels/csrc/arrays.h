/* Arrays from Python: contiguous buffers of a known shape and type.
 *
 * A kernel is a file here and one of the same name beside this folder, its door and its twin in NumPy. Its functions
 * are in `<name>_methods`; those that do the arithmetic trust sizes, which those that Python calls have checked. */
#ifndef GIFLAB_ARRAYS_H
#define GIFLAB_ARRAYS_H

#define PY_SSIZE_T_CLEAN
#define Py_LIMITED_API 0x030B0000
#include <Python.h>

#include <stdint.h>

#include "box.h"

/* The types that arrays have here: NumPy's uint8 (and bool), uint16, int32, uint32, int64, float32, float64. */
typedef enum { U8, U16, I32, U32, I64, F32, F64 } array_type;

/* For "O&" with the address of a Py_buffer that is all zero: any C-contiguous array, to read or to write. What was taken
 * is let go by let_go(), also where parsing fails. */
int to_read(PyObject *object, void *address);
int to_write(PyObject *object, void *address);
void let_go(Py_buffer *views, size_t count);

/* Whether an array has this type and number of dimensions; raises TypeError, and returns 0, where it does not. */
int is_array(const Py_buffer *view, array_type type, int dimensions);

/* Whether so many arrays have this type and number of dimensions, and all the same shape; raises where they do not. */
int are_alike(const Py_buffer *arrays, size_t count, array_type type, int dimensions);

/* Whether these are planes of 8 bits, all of the same shape, with at least a pixel; raises where they are not. */
int are_planes(const Py_buffer *arrays, size_t count);

/* Whether these are pictures of 4 bytes a pixel, all of the same shape, with at least a pixel; raises otherwise. */
int are_pictures(const Py_buffer *arrays, size_t count);

/* Whether an array is a table of so many columns, has so many rows, or has one dimension and this length; raises if
 * not. */
int is_table(const Py_buffer *view, array_type type, Py_ssize_t columns);
int has_rows(const Py_buffer *view, Py_ssize_t rows);
int has_length(const Py_buffer *view, array_type type, Py_ssize_t length);

/* Whether these three are pairs of colours with counts: two tables of RGBA, and how often each pair is there. */
int are_pairs(const Py_buffer *arrays);

/* For "O&" with the address of a box: a tuple (top, bottom, left, right) that does not end before it begins. */
int to_box(PyObject *object, void *address);

/* Whether a box is within the first two dimensions of an array; raises ValueError, and returns 0, where it is not. */
int is_within(box part, const Py_buffer *array);

/* Around work of about so many nanoseconds, in which Python's other threads may run. To let them costs more than it
 * gains where that is short: whoever is let in may keep the caller waiting. */
enum { LONG_NS = 20000 };
#define BEGIN_WORK(nanoseconds)                                                                                        \
    {                                                                                                                  \
        PyThreadState *const working_ = (size_t)(nanoseconds) >= LONG_NS ? PyEval_SaveThread() : NULL;
#define END_WORK                                                                                                       \
        if (working_)                                                                                                  \
            PyEval_RestoreThread(working_);                                                                            \
    }

#endif
