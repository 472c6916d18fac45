/* The functions that each family gives to Python. */
#ifndef GIFLAB_FAMILIES_H
#define GIFLAB_FAMILIES_H

#include "arrays.h"

extern PyMethodDef pixels_methods[];    /* luma */
extern PyMethodDef uniform_methods[];   /* SSIM with a uniform window, sums of squares and products */
extern PyMethodDef pyramid_methods[];   /* MS-SSIM */
extern PyMethodDef gradient_methods[];  /* GMSD */
extern PyMethodDef phase_methods[];     /* FSIM */
extern PyMethodDef mdsi_methods[];      /* MDSI */
extern PyMethodDef haarpsi_methods[];   /* HaarPSI */
extern PyMethodDef colour_methods[];    /* joint histograms, CIELAB, CIEDE2000, counterparts */
extern PyMethodDef banding_methods[];   /* CAMBI */
extern PyMethodDef canny_methods[];     /* edges, and how many two planes have in common */
extern PyMethodDef laplacian_methods[]; /* sharpness */
extern PyMethodDef cells_methods[];     /* small prints of planes */
extern PyMethodDef same_methods[];      /* equality within a box */
extern PyMethodDef change_methods[];    /* what changes from one picture to the next */
extern PyMethodDef distance_methods[];  /* distances of vectors */

#endif
