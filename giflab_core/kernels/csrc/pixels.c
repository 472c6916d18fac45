#include "pixels.h"

#include "simd.h"

#include <string.h>

/* The weights of R, G and B in units of 2^-16. */
enum { RED = 19595, GREEN = 38470, BLUE = 7471, HALF = 1 << 15 };

FOR_EACH_PROCESSOR
void pixels_luma(const uint8_t *pixels, size_t count, int background, uint8_t *luma)
{
    for (size_t place = 0; place < count; place++) {
        const uint8_t *const pixel = pixels + 4 * place;
        const uint32_t value = (RED * (uint32_t)pixel[0] + GREEN * (uint32_t)pixel[1] + BLUE * (uint32_t)pixel[2] + HALF) >> 16;
        luma[place] = (uint8_t)(background < 0 || pixel[3] ? value : (uint32_t)background);
    }
}
