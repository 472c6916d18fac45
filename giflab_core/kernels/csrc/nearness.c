/* Whether a picture is one of two others, cell by cell. */
#include "arrays.h"

#include "simd.h"

/* Values are multiples of one of so many parts of a grey level, so that the sums of squares are exact in any order. */
enum { PARTS = 256 };

/* Squares of what a picture differs by from one other and from another: in the cells in which these differ, and in all. */
typedef struct {
    int64_t to_one, to_other, all_to_one, all_to_other;
} square_sums;

/* Of a difference of grey levels; what is none, or no number, counts as the most there can be. */
INLINED int64_t square_of(float difference)
{
    const float bounded = difference > 256 ? 256 : difference > -256 ? difference : -256;
    const int32_t parts = (int32_t)(bounded * PARTS);
    return (int64_t)parts * parts;
}

/* Returns by how many tolerances the two differ where they do most. */
FOR_EACH_PROCESSOR
static float compare(const float *RESTRICT one, const float *RESTRICT other, const float *RESTRICT shown,
                     const float *RESTRICT tolerance, size_t cells, square_sums *found)
{
    float most = 0;
    square_sums sums = {0, 0, 0, 0};
    for (size_t cell = 0; cell < cells; cell++) {
        const float difference = one[cell] - other[cell];
        const float times = (difference < 0 ? -difference : difference) / tolerance[cell];
        const int64_t to_one = square_of(shown[cell] - one[cell]), to_other = square_of(shown[cell] - other[cell]);
        most = times > most ? times : most;
        sums.all_to_one += to_one;
        sums.all_to_other += to_other;
        sums.to_one += times >= 1 ? to_one : 0;
        sums.to_other += times >= 1 ? to_other : 0;
    }
    *found = sums;
    return most;
}

static double levels_of(int64_t squares)
{
    return (double)squares / (PARTS * PARTS);
}

/* nearness(one, other, shown, tolerance) -> most, to_one, to_other, all_to_one, all_to_other; all float32 */
static PyObject *nearness_of(PyObject *module, PyObject *arguments)
{
    Py_buffer views[4] = {{0}, {0}, {0}, {0}};
    PyObject *result = NULL;
    (void)module;
    if (PyArg_ParseTuple(arguments, "O&O&O&O&", to_read, &views[0], to_read, &views[1], to_read, &views[2], to_read,
                         &views[3]) &&
        are_alike(views, 4, F32, 1)) {
        square_sums sums;
        const float most = compare(views[0].buf, views[1].buf, views[2].buf, views[3].buf, (size_t)views[0].shape[0],
                                   &sums);
        result = Py_BuildValue("ddddd", (double)most, levels_of(sums.to_one), levels_of(sums.to_other),
                               levels_of(sums.all_to_one), levels_of(sums.all_to_other));
    }
    let_go(views, 4);
    return result;
}

PyMethodDef nearness_methods[] = {
    {"nearness", nearness_of, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
