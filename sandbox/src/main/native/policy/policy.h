// SPDX-License-Identifier: Apache-2.0
//
// A policy as the compiler makes it of sandbox/policy/NAME.policy, linked into the broker.

#ifndef LAUNCHPAD_POLICY_H
#define LAUNCHPAD_POLICY_H

#include <linux/filter.h>
#include <stddef.h>
#include <stdint.h>

// What Landlock grants below a path; `policy_compiler.c` and `session/landlock.c` know the letters.
enum access_right { ACCESS_READ = 1, ACCESS_EXECUTE = 2, ACCESS_WRITE = 4, ACCESS_EVERYTHING = 8 };

struct policy_access {
    const char *path;
    uint32_t rights;
};

struct policy_limit {
    uint32_t resource;
    uint64_t value;
};

struct policy {
    const char *name;
    const char *const *seen;
    size_t seen_count;
    const struct policy_access *accesses;
    size_t access_count;
    const struct policy_limit *limits;
    size_t limit_count;
    const struct sock_filter *filter;
    size_t filter_length;
    // Of the zygote: what its satellites may call, and what it needs to make and confine them.
    const struct sock_filter *zygote_filter;
    size_t zygote_filter_length;
};

// Null when there is none of that name.
const struct policy *policy_find(const char *name);

#endif
