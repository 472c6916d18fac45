#include "uniform.h"
#include "families.h"

/* Whether these are two arrays of 8 bits of one shape, (height, width) or (height, width, channels), that a window
 * fits into. */
static int are_pictures(const Py_buffer *x, const Py_buffer *y)
{
    if (!is_array(x, U8, x->ndim == 3 ? 3 : 2) || !is_array(y, U8, x->ndim) || !same_shape(x, y))
        return 0;
    if (x->shape[0] >= SSIM_WINDOW && x->shape[1] >= SSIM_WINDOW && x->len)
        return 1;
    PyErr_Format(PyExc_ValueError, "a window of %d pixels does not fit into %zd x %zd", SSIM_WINDOW, x->shape[1],
                 x->shape[0]);
    return 0;
}

/* ssim(x, y) -> the sum of the scores of all windows, in units of 2**-30 */
static PyObject *ssim(PyObject *module, PyObject *arguments)
{
    (void)module;
    Py_buffer views[2] = {0};
    PyObject *result = NULL;
    if (PyArg_ParseTuple(arguments, "O&O&", to_read, &views[0], to_read, &views[1]) &&
        are_pictures(&views[0], &views[1])) {
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

/* ssim_update(x, y, scores, top, bottom, left, right) -> by how much the sum of `scores`, one for each window, changed
 * when the windows of these rows and columns were scored again */
static PyObject *ssim_update(PyObject *module, PyObject *arguments)
{
    (void)module;
    Py_buffer views[3] = {0};
    Py_ssize_t top, bottom, left, right;
    PyObject *result = NULL;
    if (PyArg_ParseTuple(arguments, "O&O&O&nnnn", to_read, &views[0], to_read, &views[1], to_write, &views[2], &top,
                         &bottom, &left, &right) &&
        is_array(&views[0], U8, 2) && are_pictures(&views[0], &views[1]) && is_array(&views[2], I32, 2)) {
        const Py_ssize_t width = views[0].shape[1], rows = views[2].shape[0], columns = views[2].shape[1];
        if (rows != views[0].shape[0] - SSIM_WINDOW + 1 || columns != width - SSIM_WINDOW + 1)
            PyErr_SetString(PyExc_ValueError, "the scores do not have the shape of the windows");
        else if (!(0 <= top && top < bottom && bottom <= rows && 0 <= left && left < right && right <= columns))
            PyErr_SetString(PyExc_ValueError, "the box is empty or not within the windows");
        else {
            const Py_ssize_t start = top * width + left;
            int64_t change;
            int done;
            Py_BEGIN_ALLOW_THREADS
            done = ssim_windows((uint8_t *)views[0].buf + start, (uint8_t *)views[1].buf + start, (size_t)width, 1,
                                (size_t)(bottom - top), (size_t)(right - left),
                                (int32_t *)views[2].buf + top * columns + left, (size_t)columns, &change);
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
        int fits = 1;
        for (int index = 0; fits && index < 3; index++)
            fits = !views[index].obj ||
                   (is_array(&views[index], U8, views[0].ndim == 1 ? 1 : 2) && same_shape(&views[index], &views[0]));
        if (fits) {
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
