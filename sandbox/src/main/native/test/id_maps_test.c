// SPDX-License-Identifier: Apache-2.0
//
// What is asked of newuidmap and newgidmap, and one that does not end. The process whose maps are wanted has them
// already, so that the kernel lets nobody write them, not even root.

#define _GNU_SOURCE
#include "broker/broker.h"
#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char base[] = "/tmp/launchpad-id-maps-test-XXXXXX";
static const struct accounts ACCOUNTS = {
    .zygote_uid = 1000, .zygote_gid = 100, .first = 200000, .gid_first = 300000, .count = 50};
// Whether time passes at once.
static bool impatient;

int __real_poll(struct pollfd *fds, nfds_t count, int timeout);
int __wrap_poll(struct pollfd *fds, nfds_t count, int timeout);
int __wrap_poll(struct pollfd *fds, nfds_t count, int timeout) {
    CHECK(timeout > 0);
    return impatient ? 0 : __real_poll(fds, count, timeout);
}

static void put_helper(const char *name, const char *script) {
    char path[128];
    snprintf(path, sizeof path, "%s/%s", base, name);
    int fd = open(path, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0700);
    CHECK(fd >= 0 && write(fd, script, strlen(script)) == (ssize_t)strlen(script));
    close(fd);
}

static void both_helpers_are_told_the_ranges(void) {
    char path[128];
    char found[256] = "";
    char expected[256];
    put_helper("newuidmap", "#!/bin/sh\necho u \"$@\" >> \"${0%/*}/told\"\n");
    put_helper("newgidmap", "#!/bin/sh\necho g \"$@\" >> \"${0%/*}/told\"\n");
    CHECK(ids_map(&ACCOUNTS, getpid()) == 0);
    snprintf(path, sizeof path, "%s/told", base);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    CHECK(fd >= 0 && read(fd, found, sizeof found - 1) > 0);
    close(fd);
    snprintf(expected, sizeof expected,
             "u %d 1000 1000 1 200000 200000 50\ng %d 100 100 1 300000 300000 50\n", (int)getpid(),
             (int)getpid());
    CHECK(strcmp(found, expected) == 0);
}

static void a_helper_that_refuses_is_said(void) {
    put_helper("newgidmap", "#!/bin/sh\nexit 1\n");
    CHECK(ids_map(&ACCOUNTS, getpid()) == -1 && errno == EPERM);
}

static void a_helper_that_does_not_end_is_killed(void) {
    put_helper("newuidmap", "#!/bin/sh\nexec sleep 100000\n");
    impatient = true;
    CHECK(ids_map(&ACCOUNTS, getpid()) == -1 && errno == ETIMEDOUT);
    CHECK(waitpid(-1, NULL, 0) == -1 && errno == ECHILD);
}

int main(void) {
    char path[256];
    CHECK(mkdtemp(base) != NULL);
    snprintf(path, sizeof path, "%s:/usr/bin:/bin", base);
    CHECK(setenv("PATH", path, 1) == 0);
    both_helpers_are_told_the_ranges();
    a_helper_that_refuses_is_said();
    a_helper_that_does_not_end_is_killed();
    char command[sizeof base + 16];
    snprintf(command, sizeof command, "rm -rf %s", base);
    CHECK(system(command) == 0);
    puts("id_maps_test: passed");
    return 0;
}
