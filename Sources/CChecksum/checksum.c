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
    for (size_t i = 0; i < count; i++, p += 64) {
        uint32_t stored;
        memcpy(&stored, p, 4);
        if (holdfast_crc32c(0, p + 4, 60) != stored) return i;
    }
    return count;
}
