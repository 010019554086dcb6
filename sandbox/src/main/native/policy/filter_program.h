// SPDX-License-Identifier: Apache-2.0
//
// From rules about system calls to a seccomp program.

#ifndef LAUNCHPAD_FILTER_PROGRAM_H
#define LAUNCHPAD_FILTER_PROGRAM_H

#include <linux/filter.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RULES_MAX = 512, CONDITIONS_MAX = 24, FILTER_STEPS_MAX = 4096 };

// What becomes of a call: allowed, or refused with an error number above 0.
enum { VERDICT_ALLOW = 0, VERDICT_UNSAID = -1 };

// True when the lower half of the argument, masked, is the value.
struct condition {
    uint32_t argument;
    uint32_t mask;
    uint32_t value;
};

// Allowed when one of the conditions is true, `otherwise` when none is. Unsaid is ENOSYS.
struct call_rule {
    uint32_t call;
    int otherwise;
    size_t condition_count;
    struct condition conditions[CONDITIONS_MAX];
};

struct filter_program {
    struct sock_filter steps[FILTER_STEPS_MAX];
    size_t length;
};

// Calls without a rule fail with ENOSYS; those of another architecture end the process. Sorts the rules. Null, or
// what is wrong.
const char *filter_compile(struct filter_program *program, struct call_rule *rules, size_t count);

#endif
