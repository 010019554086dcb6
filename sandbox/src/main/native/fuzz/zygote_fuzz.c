// SPDX-License-Identifier: Apache-2.0
//
// Any message is a FORK with its descriptors or refused, and no descriptor is lost over it.
//
// An input: how many descriptors come, then the datagram.

#include "../zygote.c"

#include "fuzz.h"

#include <sys/socket.h>

static int count_open(void) {
    int count = 0;
    for (int fd = 0; fd < 64; fd++) {
        count += fcntl(fd, F_GETFD) >= 0;
    }
    return count;
}

static int send_datagram(int socket, struct input *input, int fds) {
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(sizeof(int) * 16)];
    } control = {0};
    struct iovec data = {.iov_base = (void *)(uintptr_t)input->at, .iov_len = input_left(input)};
    struct msghdr header = {.msg_iov = &data, .msg_iovlen = 1};
    if (fds > 0) {
        header.msg_control = control.bytes;
        header.msg_controllen = CMSG_SPACE(sizeof(int) * (size_t)fds);
        struct cmsghdr *rights = CMSG_FIRSTHDR(&header);
        rights->cmsg_level = SOL_SOCKET;
        rights->cmsg_type = SCM_RIGHTS;
        rights->cmsg_len = CMSG_LEN(sizeof(int) * (size_t)fds);
        for (int i = 0; i < fds; i++) {
            memcpy(CMSG_DATA(rights) + (size_t)i * sizeof socket, &socket, sizeof socket);
        }
    }
    return sendmsg(socket, &header, MSG_DONTWAIT) < 0 ? -1 : 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct input input = {.at = data, .end = data + size};
    int fds = input_byte(&input) % 12;
    int before = count_open();
    int pair[2];
    REQUIRE(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == 0);
    if (input_left(&input) > 0 && send_datagram(pair[0], &input, fds) == 0) {
        int received = channel_receive(pair[1], &message);
        REQUIRE(received == 1 || received == -EBADMSG);
        struct fork_request request;
        if (received == 1) {
            bool valid = parse_request(&request);
            REQUIRE(!valid ||
                    (fds == FORK_FDS + request.entry_fd_count && request.work_folder != NULL));
            release(&request);
        }
    }
    close(pair[0]);
    close(pair[1]);
    REQUIRE(count_open() == before);
    return 0;
}
