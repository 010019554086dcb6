// SPDX-License-Identifier: Apache-2.0
//
// Removing folders a script left: deep, wide, without permissions, full of links to elsewhere.

#define _GNU_SOURCE
#include "broker/broker.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: %s: %s\n", __FILE__, __LINE__, #condition, strerror(errno));   \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

static char base[] = "/tmp/launchpad-folder-test-XXXXXX";
static int root;

static int make_folder(int parent, const char *name) {
    CHECK(mkdirat(parent, name, 0700) == 0);
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    CHECK(fd >= 0);
    return fd;
}

static void make_file(int parent, const char *name) {
    int fd = openat(parent, name, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    CHECK(fd >= 0);
    close(fd);
}

static bool exists(const char *name) {
    struct stat stat;
    return fstatat(root, name, &stat, AT_SYMLINK_NOFOLLOW) == 0;
}

static void an_absent_or_empty_folder_is_done_at_once(void) {
    CHECK(work_folder_remove(root, "absent", 0) == REMOVAL_DONE);
    close(make_folder(root, "empty"));
    CHECK(work_folder_remove(root, "empty", 0) == REMOVAL_DONE);
    CHECK(!exists("empty"));
}

static void a_folder_that_is_empty_and_stays_is_a_failure(void) {
    int fd = make_folder(root, "stays");
    make_file(fd, "f");
    // The kernel refuses to remove a folder by this name, whatever is in it.
    CHECK(work_folder_remove(fd, ".", 1000000) == REMOVAL_FAILED);
    close(fd);
    CHECK(work_folder_remove(root, "stays", 1000000) == REMOVAL_DONE);
}

static void a_very_deep_folder_is_removed(void) {
    int fd = make_folder(root, "deep");
    for (int i = 0; i < 3000; i++) {
        make_file(fd, "f");
        int inner = make_folder(fd, "d");
        close(fd);
        fd = inner;
    }
    close(fd);
    CHECK(work_folder_remove(root, "deep", 1000000) == REMOVAL_DONE);
    CHECK(!exists("deep"));
}

static void a_wide_folder_is_removed_in_bounded_steps(void) {
    int fd = make_folder(root, "wide");
    for (int i = 0; i < 1000; i++) {
        char name[16];
        snprintf(name, sizeof name, "%d", i);
        make_file(fd, name);
    }
    close(fd);
    int steps = 1;
    while (work_folder_remove(root, "wide", 64) == REMOVAL_MORE) {
        steps++;
        CHECK(steps < 100);
    }
    CHECK(steps >= 1000 / 64 && !exists("wide"));
}

static void links_are_removed_and_not_followed(void) {
    int outside = make_folder(root, "outside");
    make_file(outside, "kept");
    int fd = make_folder(root, "links");
    CHECK(symlinkat("../outside", fd, "folder") == 0);
    CHECK(symlinkat("../outside/kept", fd, "file") == 0);
    CHECK(linkat(outside, "kept", fd, "hard", 0) == 0);
    close(fd);
    CHECK(work_folder_remove(root, "links", 1000) == REMOVAL_DONE);
    CHECK(!exists("links") && exists("outside/kept"));
    CHECK(symlinkat("outside", root, "itself") == 0);
    CHECK(work_folder_remove(root, "itself", 1000) == REMOVAL_FAILED);
    CHECK(exists("outside/kept"));
    CHECK(unlinkat(root, "itself", 0) == 0);
    close(outside);
    CHECK(work_folder_remove(root, "outside", 1000) == REMOVAL_DONE);
}

static void folders_without_permissions_are_removed(void) {
    int fd = make_folder(root, "closed");
    int inner = make_folder(fd, "inner");
    close(make_folder(inner, "innermost"));
    make_file(inner, "f");
    CHECK(fchmodat(inner, "innermost", 0, 0) == 0);
    CHECK(fchmod(inner, 0) == 0 && fchmod(fd, 0) == 0);
    close(inner);
    close(fd);
    CHECK(work_folder_remove(root, "closed", 1000) == REMOVAL_DONE);
    CHECK(!exists("closed"));
}

static void names_like_those_of_the_removal_do_no_harm(void) {
    int fd = make_folder(root, "names");
    int inner = make_folder(fd, "inner");
    int taken = make_folder(fd, ".launchpad-removed-0");
    int moved = make_folder(inner, "moved");
    make_file(moved, "f");
    make_file(taken, "f");
    close(moved);
    close(taken);
    close(inner);
    close(fd);
    CHECK(work_folder_remove(root, "names", 1000) == REMOVAL_DONE);
    CHECK(!exists("names"));
}

int main(void) {
    CHECK(mkdtemp(base) != NULL);
    root = open(base, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    CHECK(root >= 0);
    an_absent_or_empty_folder_is_done_at_once();
    a_folder_that_is_empty_and_stays_is_a_failure();
    a_very_deep_folder_is_removed();
    a_wide_folder_is_removed_in_bounded_steps();
    links_are_removed_and_not_followed();
    folders_without_permissions_are_removed();
    names_like_those_of_the_removal_do_no_harm();
    CHECK(rmdir(base) == 0);
    puts("work_folder_test: passed");
    return 0;
}
