#pragma once
/// Thin wrappers for system calls that Swift's Glibc module does not show. Plain integers only.
/// Each returns what the call returns, or -errno on failure.
