// SPDX-License-Identifier: Apache-2.0
//
// One message per datagram over a SOCK_SEQPACKET socket, with descriptors beside it.

#ifndef LAUNCHPAD_CHANNEL_H
#define LAUNCHPAD_CHANNEL_H

#include "message.h"

// Sends without ever blocking longer than the socket does. 0 or a negative errno. The descriptors
// stay the caller's.
int channel_send(int socket, const struct message *message);

// 1 with a message whose header and length hold, 0 at the end, or a negative errno: -EAGAIN when
// there is nothing yet on a non-blocking socket, -EBADMSG for anything that breaks the rules, and
// then no descriptor is left open.
int channel_receive(int socket, struct message *message);

// Whether nobody has the other end any more. What still stands in it does not matter.
bool channel_is_closed(int socket);

// Closes and forgets the descriptors that came with a message.
void message_close_fds(struct message *message);

// Closes a descriptor, if it is one, and forgets it.
void close_fd(int *fd);

#endif
