#pragma once

#include <stddef.h>
#include <stdlib.h>
#include <sys/mman.h>

/// Asks the processor to bring the line of memory at `address` near, without waiting for it. Reads and changes nothing, wherever `address` points.
static inline void cmemory_prefetch(const void *address) { __builtin_prefetch(address); }

/// A huge page of x86-64 and of most ARM systems, in bytes.
enum { cmemory_huge_page = 2 << 20 };

/// Allocates at least `size` bytes at a multiple of a line of cache (64 bytes); if it is to be `huge`, in whole huge pages, which the kernel is asked to
/// use: a table of a hundred megabytes costs a miss in the page table for nearly each look-up otherwise. Aborts without memory.
static inline void *cmemory_allocate(size_t size, int huge) {
  size_t unit = huge ? cmemory_huge_page : 64;
  size_t whole = (size + unit - 1) / unit * unit;
  void *block = aligned_alloc(unit, whole);
  if (block == NULL) abort();
  if (huge) madvise(block, whole, MADV_HUGEPAGE);
  return block;
}

/// Gives back what `cmemory_allocate` gave.
static inline void cmemory_free(void *block) { free(block); }
