#pragma once
#include <stdint.h>

/// What a server that has this library loaded and whoever strikes it share: a small file, mapped by the server, read
/// and written in place by the other. Every field is one aligned word of 8 bytes.
struct preload_control {
    /// Nanoseconds that each fsync is held up before it is done; 0: none is. Written by whoever slows it down.
    int64_t delay;
    /// The process that has the file mapped.
    int64_t pid;
    /// How many have been done, and how long the last of them took, being held up included.
    int64_t done;
    int64_t last;
    /// How many were held up for as long as was asked, and the longest time that one of those took.
    int64_t slowed;
    int64_t longest;
    /// Nanoseconds by which its wall clock is ahead of the machine's, or behind it if negative. Written by whoever steps it.
    int64_t step;
    /// How often it has been told a time with the step in it.
    int64_t told;
};
