#pragma once

/// Asks the processor to bring the line of memory at `address` near, without waiting for it. Reads and changes nothing, wherever `address` points.
static inline void cmemory_prefetch(const void *address) { __builtin_prefetch(address); }
