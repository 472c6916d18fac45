/* What the files of the module share. */
#ifndef GIFLAB_MODULE_H
#define GIFLAB_MODULE_H

#define PY_SSIZE_T_CLEAN
#define Py_LIMITED_API 0x030B0000
#include <Python.h>

/* So many pixels or bytes take some 20 us: less is not worth another thread's turn, which may last for 5 ms. */
enum { LONG_WORK = 1 << 13 };

/* For "O&": a contiguous buffer to write to, but none of references to objects, which indices and pixels are not. */
int writable(PyObject *object, void *address);

/* Let other threads run if there is much to do; `take_back` takes what this returns. */
static inline PyThreadState *let_go(size_t work)
{
    return work >= LONG_WORK ? PyEval_SaveThread() : NULL;
}

static inline void take_back(PyThreadState *state)
{
    if (state)
        PyEval_RestoreThread(state);
}

/* The type `Layers`, a new reference. */
PyObject *layers_type(PyObject *module);

#endif
