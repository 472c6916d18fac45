/* Distances of vectors. */
#include "arrays.h"

#include "simd.h"

/* So many sums at once: their order is that of no processor. */
enum { LANES = 16 };

/* In space. */
enum { SPACE = 3 };

INLINED double squared_distance_in_space(const double *x, const double *y)
{
    const double a = x[0] - y[0], b = x[1] - y[1], c = x[2] - y[2];
    return a * a + b * b + c * c;
}

INLINED double squared_distance(const double *x, const double *y, size_t length)
{
    double sums[LANES] = {0}, total = 0;
    size_t place = 0;
    for (; place + LANES <= length; place += LANES)
        for (size_t lane = 0; lane < LANES; lane++) {
            const double difference = x[place + lane] - y[place + lane];
            sums[lane] += difference * difference;
        }
    for (; place < length; place++)
        total += (x[place] - y[place]) * (x[place] - y[place]);
    for (size_t lane = 0; lane < LANES; lane++)
        total += sums[lane];
    return total;
}

/* out[i * columns + j] = the squared Euclidean distance of rows x[i] and y[j], of `length` numbers each. */
FOR_EACH_PROCESSOR
static void squared_distances(const double *x, size_t rows, const double *y, size_t columns, size_t length, double *out)
{
    for (size_t row = 0; row < rows; row++)
        for (size_t column = 0; column < columns; column++)
            out[row * columns + column] =
                length == SPACE ? squared_distance_in_space(x + row * SPACE, y + column * SPACE)
                                : squared_distance(x + row * length, y + column * length, length);
}

/* squared_distances(x, y, out): (rows, length), (columns, length), (rows, columns), all of float64 */
static PyObject *squared_distances_of(PyObject *module, PyObject *arguments)
{
    Py_buffer views[3] = {{0}, {0}, {0}};
    PyObject *result = NULL;
    (void)module;
    if (PyArg_ParseTuple(arguments, "O&O&O&", to_read, &views[0], to_read, &views[1], to_write, &views[2]) &&
        is_array(&views[0], F64, 2) && is_array(&views[1], F64, 2) && is_array(&views[2], F64, 2)) {
        const size_t rows = (size_t)views[0].shape[0], columns = (size_t)views[1].shape[0];
        if (views[0].shape[1] == views[1].shape[1] && views[2].shape[0] == views[0].shape[0] &&
            views[2].shape[1] == views[1].shape[0]) {
            BEGIN_WORK(rows * columns * (size_t)views[0].shape[1] / 2)
            squared_distances(views[0].buf, rows, views[1].buf, columns, (size_t)views[0].shape[1], views[2].buf);
            END_WORK
            result = Py_NewRef(Py_None);
        } else {
            PyErr_SetString(PyExc_ValueError, "the arrays do not fit each other");
        }
    }
    let_go(views, 3);
    return result;
}

PyMethodDef distances_methods[] = {
    {"squared_distances", squared_distances_of, METH_VARARGS,
     "squared_distances(x, y, out, /)\n--\n\nOf each row with each; see kernels/distances.py."},
    {NULL, NULL, 0, NULL},
};
