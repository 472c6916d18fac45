/* What the compiler is told about speed. Results must not depend on it: no contraction of floating-point operations. */
#ifndef GIFLAB_SIMD_H
#define GIFLAB_SIMD_H

#include <stdint.h> /* and with it __GLIBC__ */

/* A function that is compiled for several processors; the one that fits is taken when the module is loaded. Its helpers
 * must be INLINED. Older compilers do not know the third name, of processors with AVX-512; Clang, at least up to 14,
 * gives such a function a name that other files do not find. */
#if defined(__x86_64__) && defined(__linux__) && defined(__GLIBC__) && defined(__GNUC__) && \
    !defined(__clang__) && !defined(__SANITIZE_ADDRESS__)
#if __GNUC__ >= 12
#define FOR_EACH_PROCESSOR __attribute__((target_clones("default", "avx2", "arch=x86-64-v4")))
#else
#define FOR_EACH_PROCESSOR __attribute__((target_clones("default", "avx2")))
#endif
#else
#define FOR_EACH_PROCESSOR
#endif

/* C99's restrict, which not every mode of every compiler knows. */
#if defined(_MSC_VER)
#define RESTRICT __restrict
#else
#define RESTRICT restrict
#endif

#if defined(__GNUC__)
#define INLINED static inline __attribute__((always_inline))
#else
#define INLINED static inline
#endif

#endif
