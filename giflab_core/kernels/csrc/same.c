#include "same.h"

#include <string.h>

int same_in_box(const uint8_t *x, const uint8_t *y, size_t width, size_t pixel, box where)
{
    size_t stride = width * pixel, length = (where.right - where.left) * pixel;
    for (size_t row = where.top; row < where.bottom; row++) {
        size_t start = row * stride + where.left * pixel;
        if (memcmp(x + start, y + start, length))
            return 0;
    }
    return 1;
}
