/* Words of 64 bits, one a pixel. */
#ifndef GIFLAB_BITS_H
#define GIFLAB_BITS_H

#include <stdint.h>
#include <string.h>

#include "simd.h"

static const uint64_t ONES = 0x0101010101010101;

/* Eight bytes with the first lowest, whatever the machine's order, and back. */
INLINED uint64_t in_order(uint64_t bytes)
{
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    return __builtin_bswap64(bytes);
#else
    return bytes;
#endif
}

/* One bit of each of 64 bytes. */
INLINED uint64_t pack(const uint8_t *bytes, int bit)
{
    uint64_t word = 0;
    for (int part = 0; part < 8; part++) {
        uint64_t bits;
        memcpy(&bits, bytes + 8 * part, sizeof bits);
        bits = in_order(bits) >> bit & ONES;
        /* The product has the lowest bit of byte i at 56 + i, and no two terms at one place. */
        word |= bits * 0x0102040810204080 >> 56 << 8 * part;
    }
    return word;
}

/* The lowest eight bits as bytes of 0 or 1. */
INLINED uint64_t unpack(uint64_t word)
{
    /* Bit i stays in byte i only, and carries to the top of that byte. */
    uint64_t bits = (word & 255) * ONES & 0x8040201008040201;
    return in_order((bits + 0x7f7f7f7f7f7f7f7f) >> 7 & ONES);
}

INLINED uint64_t count_bits(uint64_t word)
{
    word -= word >> 1 & 0x5555555555555555;
    word = (word & 0x3333333333333333) + (word >> 2 & 0x3333333333333333);
    word = (word + (word >> 4)) & 0x0f0f0f0f0f0f0f0f;
    return word * ONES >> 56;
}

#endif
