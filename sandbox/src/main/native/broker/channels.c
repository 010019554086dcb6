// SPDX-License-Identifier: Apache-2.0

#define _GNU_SOURCE
#include "broker.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static void set_buffer(int socket, int option_force, int option) {
    int bytes = SOCKET_BUFFER_BYTES;
    if (setsockopt(socket, SOL_SOCKET, option_force, &bytes, sizeof bytes) != 0) {
        // Clamped by net.core.wmem_max and rmem_max; WELCOME tells what came of it.
        setsockopt(socket, SOL_SOCKET, option, &bytes, sizeof bytes);
    }
}

static int open_sockets(int *service, int *satellite) {
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) {
        return -1;
    }
    for (int i = 0; i < 2; i++) {
        set_buffer(pair[i], SO_SNDBUFFORCE, SO_SNDBUF);
        set_buffer(pair[i], SO_RCVBUFFORCE, SO_RCVBUF);
    }
    *service = pair[0];
    *satellite = pair[1];
    return fcntl(*service, F_SETFL, O_NONBLOCK);
}

// Owned by the account, so that it may open /dev/stdout and /dev/stderr again.
static int open_pipe(int *service, int *satellite, uid_t uid, gid_t gid) {
    int pair[2];
    if (pipe2(pair, O_CLOEXEC) != 0) {
        return -1;
    }
    *service = pair[0];
    *satellite = pair[1];
    int given = 0;
    if (geteuid() == 0) {
        given = fchown(*satellite, uid, gid);
    } else if (uid != geteuid()) {
        // Who cannot give it away lets others open it; only who holds it can name it.
        given = fchmod(*satellite, 0622);
    }
    if (given != 0) {
        return -1;
    }
    return fcntl(*service, F_SETFL, O_NONBLOCK);
}

void channels_close(int fds[4]) {
    for (int i = 0; i < 4; i++) {
        close_fd(&fds[i]);
    }
}

int channels_open(struct channels *channels, uid_t uid, gid_t gid) {
    memset(channels, -1, sizeof *channels);
    for (int i = 0; i < 4; i++) {
        int *service = &channels->service[i];
        int *satellite = &channels->satellite[i];
        if ((i < 2 ? open_sockets(service, satellite)
                   : open_pipe(service, satellite, uid, gid)) != 0) {
            int error = errno;
            channels_close(channels->service);
            channels_close(channels->satellite);
            errno = error;
            return -1;
        }
    }
    return 0;
}

int socket_buffer_bytes(void) {
    int service;
    int satellite;
    int bytes = 0;
    if (open_sockets(&service, &satellite) == 0) {
        socklen_t length = sizeof bytes;
        getsockopt(service, SOL_SOCKET, SO_SNDBUF, &bytes, &length);
        close(service);
        close(satellite);
    }
    return bytes;
}
