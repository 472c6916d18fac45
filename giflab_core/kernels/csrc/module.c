/* The module: the functions of all families under one name. */
#include "arrays.h"
#include "families.h"

static int fill(PyObject *module)
{
    PyMethodDef *const families[] = {
        pixels_methods,    uniform_methods,   pyramid_methods,   gradient_methods,  phase_methods,
        mdsi_methods,      haarpsi_methods,   colour_methods,    banding_methods,   canny_methods,
        laplacian_methods, cells_methods,     same_methods,      change_methods,    distance_methods,
    };
    for (size_t index = 0; index < sizeof families / sizeof *families; index++)
        if (PyModule_AddFunctions(module, families[index]))
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
