// SPDX-License-Identifier: Apache-2.0
//
// Ending the children of this process that it did not make: what a child subreaper inherits.

#ifndef LAUNCHPAD_CHILDREN_H
#define LAUNCHPAD_CHILDREN_H

#include <stdbool.h>
#include <sys/types.h>

typedef bool (*spare_child)(pid_t child, const void *context);

// Sends SIGKILL to every child but those that `spare` (which may be null) says to spare, and returns
// how many there were, or -1 when /proc cannot be read.
int kill_children(spare_child spare, const void *context);

#endif
