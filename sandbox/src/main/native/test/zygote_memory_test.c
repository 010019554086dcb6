// SPDX-License-Identifier: Apache-2.0
//
// How a zygote's memory lies: arenas side by side, and no holes left in the heap.

#include "launchpad_zygote.h"
#include "test/check.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { ARENA = 1 << 20, HUGE_PAGE = 2 << 20, BLOCKS = 4000, BLOCK = 200 };

static char *arena_of(int content) {
    char *arena = lpz_arena_allocate(NULL, ARENA);
    CHECK(arena != NULL);
    memset(arena, content, ARENA);
    return arena;
}

static int is_mapped(const char *address) {
    unsigned char resident;
    return mincore((void *)(uintptr_t)address, 1, &resident) == 0;
}

static void arenas_lie_side_by_side_until_memory_is_settled(void) {
    char *first = arena_of(1);
    char *second = arena_of(2);
    char *third = arena_of(3);
    CHECK((uintptr_t)first % HUGE_PAGE == 0);
    CHECK(second == first + ARENA && third == second + ARENA);
    lpz_arena_free(NULL, second, ARENA);
    CHECK(second[0] == 0); // given back, and not somebody else's
    lpz_settle_memory();
    CHECK(first[0] == 1 && first[ARENA - 1] == 1 && third[0] == 3 && third[ARENA - 1] == 3);

    char *later = arena_of(4);
    CHECK(later < first || later >= third + ARENA);
    lpz_arena_free(NULL, later, ARENA);
    CHECK(!is_mapped(later));
}

// Under AddressSanitizer blocks come from elsewhere.
#ifndef __SANITIZE_ADDRESS__
static void what_is_allocated_later_stands_behind_all_that_is_there(void) {
    static char *blocks[BLOCKS];
    char *last = NULL;
    for (int i = 0; i < BLOCKS; i++) {
        blocks[i] = malloc(BLOCK);
        CHECK(blocks[i] != NULL);
        last = blocks[i] > last ? blocks[i] : last;
    }
    for (int i = 0; i < BLOCKS; i += 2) {
        free(blocks[i]);
    }
    lpz_settle_memory();
    for (int i = 0; i < BLOCKS; i += 2) {
        blocks[i] = malloc(BLOCK);
        CHECK(blocks[i] > last);
    }
}
#endif

int main(void) {
    arenas_lie_side_by_side_until_memory_is_settled();
#ifndef __SANITIZE_ADDRESS__
    what_is_allocated_later_stands_behind_all_that_is_there();
#endif
    puts("zygote_memory_test: passed");
    return 0;
}
