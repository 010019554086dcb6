// SPDX-License-Identifier: Apache-2.0
//
// What a zygote's interpreter calls to be forked into satellites. Plain C, so that Python loads it
// through ctypes and R through .Call. BROKER.md says in which order, and what a satellite then finds.
//
// Not thread-safe, and not meant to be: a zygote has one thread.

#ifndef LAUNCHPAD_ZYGOTE_H
#define LAUNCHPAD_ZYGOTE_H

#include <stddef.h>
#include <stdint.h>

#define LPZ_API __attribute__((visibility("default")))

// The session a satellite was forked for. The memory belongs to the library and lasts for ever.
struct lpz_session {
    uint64_t slot;
    uint64_t generation;
    uint32_t uid;
    uint32_t gid;
    const char *work_folder;
    // NAME=VALUE, ended by a null pointer: what differs from the zygote's environment.
    const char *const *environment;
};

typedef void (*lpz_hook)(void);

// Takes over descriptors 3 and 4. 0, or -1 when this process was not started by a broker.
LPZ_API int lpz_open(void);

// What the interpreter wants called around a fork; each may be null. It is all that is called for sure: where satellites
// are forked into groups of version 2, the C library does not see the fork, and handlers of pthread_atfork do not run.
LPZ_API void lpz_set_fork_hooks(lpz_hook before, lpz_hook after_in_parent,
                                lpz_hook after_in_child);

// Memory for an interpreter's small objects, to be given to it before it allocates many: Python's
// PyObjectArenaAllocator consists of these two. Null when there is none left.
LPZ_API void *lpz_arena_allocate(void *context, size_t size);
LPZ_API void lpz_arena_free(void *context, void *arena, size_t size);

// To be called once everything is imported and warm: lays the memory so that forks copy little of it.
LPZ_API void lpz_settle_memory(void);

// Tells the broker that satellites may be forked. 0, or -1 while there is a second thread.
LPZ_API int lpz_ready(void);

// Forks one satellite after the other. Returns 1 in each satellite with `session` filled in, 0 in
// the zygote when it is to exit, -1 in the zygote when it cannot go on.
LPZ_API int lpz_serve(struct lpz_session *session);

// Why the last call failed; never null.
LPZ_API const char *lpz_error(void);

#endif
