#include "pyramid.h"
#include "families.h"

/* ms_ssim(x, y) -> the sums of the scores of all windows at each scale, in units of 2**-30 */
static PyObject *ms_ssim(PyObject *module, PyObject *arguments)
{
    (void)module;
    Py_buffer views[2] = {0};
    PyObject *result = NULL;
    if (PyArg_ParseTuple(arguments, "O&O&", to_read, &views[0], to_read, &views[1]) && are_alike(views, 2, U8, 2)) {
        const Py_ssize_t height = views[0].shape[0], width = views[0].shape[1];
        if (height < MS_SSIM_SIDE || width < MS_SSIM_SIDE)
            PyErr_Format(PyExc_ValueError, "MS-SSIM needs %d x %d pixels, not %zd x %zd", MS_SSIM_SIDE, MS_SSIM_SIDE,
                         width, height);
        else {
            int64_t sums[MS_SSIM_SCALES];
            int done;
            Py_BEGIN_ALLOW_THREADS
            done = ms_ssim_sums(views[0].buf, views[1].buf, (size_t)height, (size_t)width, sums);
            Py_END_ALLOW_THREADS
            result = done ? Py_BuildValue("LLLLL", (long long)sums[0], (long long)sums[1], (long long)sums[2],
                                          (long long)sums[3], (long long)sums[4])
                          : PyErr_NoMemory();
        }
    }
    let_go(views, 2);
    return result;
}

PyMethodDef pyramid_methods[] = {
    {"ms_ssim", ms_ssim, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
