#include "uniform.h"
#include "families.h"

/* Whether these are two arrays of 8 bits of one shape, (height, width) or (height, width, channels), that a window
 * fits into. */
static int fit_windows(const Py_buffer views[2])
{
    if (!are_alike(views, 2, U8, views[0].ndim == 3 ? 3 : 2))
        return 0;
    const Py_ssize_t height = views[0].shape[0], width = views[0].shape[1];
    if (height >= SSIM_WINDOW && width >= SSIM_WINDOW && views[0].len)
        return 1;
    PyErr_Format(PyExc_ValueError, "a window of %d pixels does not fit into %zd x %zd", SSIM_WINDOW, width, height);
    return 0;
}

/* ssim(x, y) -> the sum of the scores of all windows, in units of 2**-30 */
static PyObject *ssim(PyObject *module, PyObject *arguments)
{
    (void)module;
    Py_buffer views[2] = {0};
    PyObject *result = NULL;
    if (PyArg_ParseTuple(arguments, "O&O&", to_read, &views[0], to_read, &views[1]) && fit_windows(views)) {
        const size_t height = (size_t)views[0].shape[0], width = (size_t)views[0].shape[1];
        const size_t step = (size_t)views[0].len / (height * width);
        int64_t sum;
        int done;
        Py_BEGIN_ALLOW_THREADS
        done = ssim_windows(views[0].buf, views[1].buf, width * step, step, height - SSIM_WINDOW + 1,
                            (width - SSIM_WINDOW + 1) * step, NULL, 0, &sum);
        Py_END_ALLOW_THREADS
        result = done ? PyLong_FromLongLong(sum) : PyErr_NoMemory();
    }
    let_go(views, 2);
    return result;
}

/* ssim_update(x, y, scores, box) -> by how much the sum of `scores`, one for each window, changed when the windows of
 * these rows and columns were scored again */
static PyObject *ssim_update(PyObject *module, PyObject *arguments)
{
    (void)module;
    Py_buffer views[3] = {0};
    box part;
    PyObject *result = NULL;
    if (PyArg_ParseTuple(arguments, "O&O&O&O&", to_read, &views[0], to_read, &views[1], to_write, &views[2], to_box,
                         &part) &&
        is_array(&views[0], U8, 2) && fit_windows(views) && is_array(&views[2], I32, 2) &&
        is_within(part, &views[2])) {
        const size_t width = (size_t)views[0].shape[1], columns = (size_t)views[2].shape[1];
        if (views[2].shape[0] != views[0].shape[0] - SSIM_WINDOW + 1 || columns != width - SSIM_WINDOW + 1)
            PyErr_SetString(PyExc_ValueError, "the scores do not have the shape of the windows");
        else if (part.top == part.bottom || part.left == part.right)
            PyErr_SetString(PyExc_ValueError, "the box is empty");
        else {
            const size_t start = part.top * width + part.left;
            int64_t change;
            int done;
            Py_BEGIN_ALLOW_THREADS
            done = ssim_windows((uint8_t *)views[0].buf + start, (uint8_t *)views[1].buf + start, width, 1,
                                part.bottom - part.top, part.right - part.left,
                                (int32_t *)views[2].buf + part.top * columns + part.left, columns, &change);
            Py_END_ALLOW_THREADS
            result = done ? PyLong_FromLongLong(change) : PyErr_NoMemory();
        }
    }
    let_go(views, 3);
    return result;
}

/* moments(x, y[, mask]) -> (n, sum of x, of y, of their squares, of their product) */
static PyObject *moments(PyObject *module, PyObject *arguments)
{
    (void)module;
    Py_buffer views[3] = {0};
    PyObject *result = NULL;
    if (PyArg_ParseTuple(arguments, "O&O&|O&", to_read, &views[0], to_read, &views[1], to_read, &views[2])) {
        if (are_alike(views, views[2].obj ? 3 : 2, U8, views[0].ndim == 1 ? 1 : 2)) {
            moment_sums sums;
            Py_BEGIN_ALLOW_THREADS
            sums = sum_moments(views[0].buf, views[1].buf, views[2].buf, (size_t)views[0].len);
            Py_END_ALLOW_THREADS
            result = Py_BuildValue("KKKKKK", (unsigned long long)sums.n, (unsigned long long)sums.x,
                                   (unsigned long long)sums.y, (unsigned long long)sums.xx,
                                   (unsigned long long)sums.yy, (unsigned long long)sums.xy);
        }
    }
    let_go(views, 3);
    return result;
}

PyMethodDef uniform_methods[] = {
    {"ssim", ssim, METH_VARARGS, NULL},
    {"ssim_update", ssim_update, METH_VARARGS, NULL},
    {"moments", moments, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
