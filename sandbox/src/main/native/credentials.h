// SPDX-License-Identifier: Apache-2.0
//
// Becoming somebody else, and keeping only named capabilities.

#ifndef LAUNCHPAD_CREDENTIALS_H
#define LAUNCHPAD_CREDENTIALS_H

#include <stdint.h>
#include <sys/types.h>

// A bit for a capability number.
#define CAPABILITY(number) (UINT64_C(1) << (number))

// Permitted, effective, inheritable and ambient sets become exactly `kept`, so that they pass
// through exec without a privileged file. 0 or -1 with errno.
int keep_capabilities(uint64_t kept);

// Permitted and effective sets become what they have of `held`, the others empty: what this process executes gets
// nothing of it. 0 or -1 with errno.
int hold_capabilities(uint64_t held);

// The permitted set. 0 or -1 with errno.
int permitted_capabilities(uint64_t *permitted);

// No other capability than those of `kept` can come back, not even by executing a file that carries one. Does nothing
// without CAP_SETPCAP, and then there are none to lose. 0 or -1 with errno.
int limit_bounding_capabilities(uint64_t kept);

// Takes the uid and gid and no supplementary group, keeping capabilities. A process that has both already and may not
// change its groups, an ordinary user's, keeps those. 0 or -1 with errno.
int become(uid_t uid, gid_t gid);

#endif
