/* The functions that each family gives to Python. */
#ifndef GIFLAB_FAMILIES_H
#define GIFLAB_FAMILIES_H

#include "arrays.h"

extern PyMethodDef pixels_methods[];   /* luma */
extern PyMethodDef uniform_methods[];  /* SSIM with a uniform window, sums of squares and products */
extern PyMethodDef pyramid_methods[];  /* MS-SSIM */
extern PyMethodDef gradient_methods[]; /* GMSD */
extern PyMethodDef phase_methods[];    /* FSIM */
extern PyMethodDef opponent_methods[]; /* MDSI, HaarPSI */
extern PyMethodDef colour_methods[];   /* joint histograms, CIELAB, CIEDE2000, counterparts */
extern PyMethodDef banding_methods[];  /* CAMBI */
extern PyMethodDef edge_methods[];     /* Canny, Laplacian, cells, equality */
extern PyMethodDef distance_methods[]; /* distances of vectors */
extern PyMethodDef change_methods[];   /* what changes from one picture to the next */

#endif
