#pragma once
#include <stddef.h>
#include <stdint.h>

/// CRC-32C (Castagnoli) of `length` bytes, continuing from `crc` (0 to begin).
uint32_t holdfast_crc32c(uint32_t crc, const void *bytes, size_t length);

/// How many of `count` records of 64 bytes carry a right checksum, counted up to the first that does not.
/// A record's first four bytes are the CRC-32C of its other sixty.
size_t holdfast_check_records(const void *records, size_t count);

/// Asks for the cache line at an address, which need not be valid, before it is needed.
static inline void holdfast_prefetch(const void *address) { __builtin_prefetch(address, 1); }

/// As `holdfast_prefetch`, of what is only read.
static inline void holdfast_prefetch_to_read(const void *address) { __builtin_prefetch(address, 0); }
