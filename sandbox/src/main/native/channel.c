// SPDX-License-Identifier: Apache-2.0

#define _GNU_SOURCE
#include "channel.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

union control_buffer {
    struct cmsghdr align;
    char bytes[CMSG_SPACE(sizeof(int) * MESSAGE_FDS_MAX)];
};

int channel_send(int socket, const struct message *message) {
    struct iovec data = {.iov_base = (void *)(uintptr_t)message, .iov_len = message->header.length};
    struct msghdr header = {.msg_iov = &data, .msg_iovlen = 1};
    union control_buffer control;
    if (message->fd_count > 0) {
        size_t length = sizeof(int) * (size_t)message->fd_count;
        memset(&control, 0, sizeof control);
        header.msg_control = control.bytes;
        header.msg_controllen = CMSG_SPACE(length);
        struct cmsghdr *rights = CMSG_FIRSTHDR(&header);
        rights->cmsg_level = SOL_SOCKET;
        rights->cmsg_type = SCM_RIGHTS;
        rights->cmsg_len = CMSG_LEN(length);
        memcpy(CMSG_DATA(rights), message->fds, length);
    }
    ssize_t sent;
    do {
        sent = sendmsg(socket, &header, MSG_NOSIGNAL);
    } while (sent < 0 && errno == EINTR);
    return sent < 0 ? -errno : 0;
}

static void collect_fds(struct msghdr *header, struct message *message) {
    message->fd_count = 0;
    for (struct cmsghdr *part = CMSG_FIRSTHDR(header); part != NULL;
         part = CMSG_NXTHDR(header, part)) {
        if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS) {
            continue;
        }
        size_t count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < count; i++) {
            int fd;
            memcpy(&fd, CMSG_DATA(part) + i * sizeof(int), sizeof fd);
            if (message->fd_count < MESSAGE_FDS_MAX) {
                message->fds[message->fd_count++] = fd;
            } else {
                close(fd);
            }
        }
    }
}

int channel_receive(int socket, struct message *message) {
    struct iovec data = {.iov_base = message, .iov_len = MESSAGE_BYTES_MAX};
    union control_buffer control;
    struct msghdr header = {
        .msg_iov = &data,
        .msg_iovlen = 1,
        .msg_control = control.bytes,
        .msg_controllen = sizeof control.bytes,
    };
    message->fd_count = 0;
    ssize_t received;
    do {
        received = recvmsg(socket, &header, MSG_CMSG_CLOEXEC);
    } while (received < 0 && errno == EINTR);
    if (received < 0) {
        return -errno;
    }
    collect_fds(&header, message);
    if (received == 0) {
        message_close_fds(message);
        return 0;
    }
    if ((header.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0 ||
        (size_t)received < sizeof(struct message_header) ||
        message->header.length != (size_t)received) {
        message_close_fds(message);
        return -EBADMSG;
    }
    return 1;
}

bool channel_is_closed(int socket) {
    struct pollfd other = {.fd = socket};
    return poll(&other, 1, 0) != 0;
}

void message_close_fds(struct message *message) {
    for (int i = 0; i < message->fd_count; i++) {
        close(message->fds[i]);
    }
    message->fd_count = 0;
}

void close_fd(int *fd) {
    if (*fd >= 0) {
        close(*fd);
        *fd = -1;
    }
}
