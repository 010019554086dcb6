// SPDX-License-Identifier: Apache-2.0
//
// How a zygote's memory lies, which decides what its forks cost.
//
// A fork copies an entry for every page of the zygote, drops it again at its end, and copies each page that it writes
// to, a reference count or the header of a free block. So:
//   - the interpreter's arenas lie side by side in one region, not strewn between libraries;
//   - region and heap are put into huge pages: a fork then copies one entry where there were 512;
//   - holes between the heap's blocks are filled for good: what a fork allocates stands close together on pages of its
//     own, not in a hole here and there, each on a page that must be copied.
// None of it is needed for correctness; where the kernel does not do it, forks are slower.

#define _GNU_SOURCE
#include "launchpad_zygote.h"

#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25
#endif

static const size_t huge_page = (size_t)2 << 20;
// Address space only. Package sets of today need 30 to 60 MiB; what does not fit is mapped by itself.
static const size_t region_size = (size_t)256 << 20;
// Up to what size holes are filled. Larger ones are few.
static const size_t hole_max = (size_t)64 << 10;

static char *region;
static char *region_next;
static char *region_end;

// The blocks that fill holes, each with the address of the one before.
static void *filling;

static char *aligned(char *address) {
    uintptr_t over = (uintptr_t)address % huge_page;
    return over == 0 ? address : address + (huge_page - over);
}

static void *map(size_t size) {
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

static void open_region(void) {
    char *memory = map(region_size + huge_page);
    if (memory != NULL) {
        region = region_next = aligned(memory);
        region_end = region + region_size;
    }
}

void *lpz_arena_allocate(void *context, size_t size) {
    (void)context;
    if (region == NULL) {
        open_region();
    }
    if (size > (size_t)(region_end - region_next)) {
        return map(size);
    }
    char *arena = region_next;
    region_next += size;
    return arena;
}

// The addresses of the region are not used again: few arenas are given back while packages are imported.
void lpz_arena_free(void *context, void *arena, size_t size) {
    (void)context;
    char *at = arena;
    if (region != NULL && at >= region && at < region_end) {
        madvise(arena, size, MADV_DONTNEED);
    } else {
        munmap(arena, size);
    }
}

static void collapse(char *from, char *to) {
    char *first = aligned(from);
    if (to > first) {
        size_t whole = (size_t)(to - first) / huge_page * huge_page;
        if (whole > 0) {
            madvise(first, whole, MADV_COLLAPSE);
        }
    }
}

static void collapse_heap(void) {
    FILE *maps = fopen("/proc/self/maps", "re");
    char line[512];
    while (maps != NULL && fgets(line, sizeof line, maps) != NULL) {
        void *from;
        void *to;
        if (strstr(line, "[heap]") != NULL && sscanf(line, "%p-%p", &from, &to) == 2) {
            collapse(from, to);
        }
    }
    if (maps != NULL) {
        fclose(maps);
    }
}

// Takes what is free below the heap's last block, the largest pieces first, until the C library offers what is above.
static void fill_holes(void) {
    malloc_trim(0);
    struct mallinfo2 heap = mallinfo2();
    char *last = (char *)sbrk(0) - heap.keepcost;
    for (size_t size = hole_max; size >= sizeof(void *); size -= size > 1024 ? 1024 : 16) {
        void **block;
        while ((block = malloc(size)) != NULL && (char *)block < last) {
            *block = filling;
            filling = block;
        }
        free(block);
    }
}

void lpz_settle_memory(void) {
    fill_holes();
    collapse_heap();
    // A zygote that never allocated an arena here has no region.
    if (region != NULL) {
        collapse(region, aligned(region_next));
        region_end = region_next;
    }
}
