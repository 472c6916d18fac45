/* The module: the functions of all kernels under one name. */
#include "arrays.h"

/* setup.py defines KERNELS as KERNEL(canny) KERNEL(cells) and so on. */
#define KERNEL(name) extern PyMethodDef name##_methods[];
KERNELS
#undef KERNEL

static int fill(PyObject *module)
{
#define KERNEL(name) name##_methods,
    PyMethodDef *const kernels[] = {KERNELS};
#undef KERNEL
    for (size_t index = 0; index < sizeof kernels / sizeof *kernels; index++)
        if (PyModule_AddFunctions(module, kernels[index]))
            return -1;
    return 0;
}

static PyModuleDef_Slot slots[] = {{Py_mod_exec, fill}, {0, NULL}};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "_kernels", "The arithmetic of the metrics, in C.", 0, NULL, slots, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit__kernels(void)
{
    return PyModuleDef_Init(&definition);
}
