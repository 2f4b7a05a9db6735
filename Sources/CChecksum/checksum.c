#include "checksum.h"
#include <string.h>

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) static uint32_t hardware(uint32_t crc, const unsigned char *p, size_t n) {
    uint64_t c = crc;
    for (; n >= 8; p += 8, n -= 8) {
        uint64_t word;
        memcpy(&word, p, 8);
        c = __builtin_ia32_crc32di(c, word);
    }
    uint32_t r = (uint32_t)c;
    for (; n; p++, n--) r = __builtin_ia32_crc32qi(r, *p);
    return r;
}

static int has_hardware(void) { return __builtin_cpu_supports("sse4.2"); }

#define HAS_LANES 1
/* An instruction waits for the one before it of the same checksum: four records at a time keep the unit busy. A page
   further on is asked for early, since the processor does not look across pages by itself. */
__attribute__((target("sse4.2"))) static size_t lanes(const unsigned char *p, size_t count) {
    enum { width = 64, lanes = 4, ahead = 32 };
    size_t i = 0;
    for (; i + lanes <= count; i += lanes, p += lanes * width) {
        uint64_t c[lanes];
        uint32_t stored[lanes], word;
        for (int lane = 0; lane < lanes; lane++) {
            __builtin_prefetch(p + (ahead + lane) * width);
            memcpy(&stored[lane], p + lane * width, 4);
            memcpy(&word, p + lane * width + 4, 4);
            c[lane] = __builtin_ia32_crc32si(0xFFFFFFFFu, word);
        }
        for (int place = 8; place < width; place += 8) {
            for (int lane = 0; lane < lanes; lane++) {
                uint64_t wide;
                memcpy(&wide, p + lane * width + place, 8);
                c[lane] = __builtin_ia32_crc32di(c[lane], wide);
            }
        }
        for (int lane = 0; lane < lanes; lane++) if ((uint32_t)~c[lane] != stored[lane]) return i + lane;
    }
    return i;
}
#elif defined(__aarch64__) && defined(__ARM_FEATURE_CRC32)
#include <arm_acle.h>
static uint32_t hardware(uint32_t crc, const unsigned char *p, size_t n) {
    for (; n >= 8; p += 8, n -= 8) {
        uint64_t word;
        memcpy(&word, p, 8);
        crc = __crc32cd(crc, word);
    }
    for (; n; p++, n--) crc = __crc32cb(crc, *p);
    return crc;
}

static int has_hardware(void) { return 1; }
#else
static uint32_t hardware(uint32_t crc, const unsigned char *p, size_t n) { (void)p; (void)n; return crc; }
static int has_hardware(void) { return 0; }
#endif

static uint32_t portable(uint32_t crc, const unsigned char *p, size_t n) {
    for (; n; p++, n--) {
        crc ^= *p;
        for (int i = 0; i < 8; i++) crc = (crc >> 1) ^ (0x82F63B78u & (0u - (crc & 1)));
    }
    return crc;
}

uint32_t holdfast_crc32c(uint32_t crc, const void *bytes, size_t length) {
    crc = ~crc;
    crc = has_hardware() ? hardware(crc, bytes, length) : portable(crc, bytes, length);
    return ~crc;
}

size_t holdfast_check_records(const void *records, size_t count) {
    const unsigned char *p = records;
    size_t i = 0;
#ifdef HAS_LANES
    if (has_hardware()) i = lanes(p, count);
#endif
    /* What does not fill all lanes; of a wrong record, that it is. */
    for (p += 64 * i; i < count; i++, p += 64) {
        uint32_t stored;
        memcpy(&stored, p, 4);
        if (holdfast_crc32c(0, p + 4, 60) != stored) return i;
    }
    return count;
}
