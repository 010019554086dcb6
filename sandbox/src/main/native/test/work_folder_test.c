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

static int racing;
static bool armed;

static void swap(const char *name) {
    if (armed && strcmp(name, "inner") == 0) {
        armed = false;
        CHECK(renameat2(racing, "inner", racing, "link", RENAME_EXCHANGE) == 0);
    }
}

int __real_fstatat(int folder, const char *name, struct stat *stat, int flags);
int __wrap_fstatat(int folder, const char *name, struct stat *stat, int flags);
int __wrap_fstatat(int folder, const char *name, struct stat *stat, int flags) {
    int result = __real_fstatat(folder, name, stat, flags);
    swap(name);
    return result;
}

int __real_openat(int folder, const char *name, int flags, ...);
int __wrap_openat(int folder, const char *name, int flags, ...);
int __wrap_openat(int folder, const char *name, int flags, ...) {
    // Only files are made here, and for them this is their mode.
    int result = __real_openat(folder, name, flags, 0600);
    if ((flags & O_PATH) != 0) {
        swap(name);
    }
    return result;
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

// A process that is left puts a link in the folder's place at the worst moment: when it was just found to be a folder.
static void a_folder_that_turns_into_a_link_is_not_followed(void) {
    struct stat stat;
    int outside = make_folder(root, "outside");
    make_file(outside, "kept");
    CHECK(fchmod(outside, 0500) == 0);
    racing = make_folder(root, "racing");
    int inner = make_folder(racing, "inner");
    make_file(inner, "f");
    CHECK(fchmod(inner, 0) == 0 && symlinkat("../outside", racing, "link") == 0);
    armed = true;
    work_folder_remove(racing, "inner", 1000);
    CHECK(!armed);
    CHECK(fstat(outside, &stat) == 0 && (stat.st_mode & 0777) == 0500);
    CHECK(faccessat(outside, "kept", F_OK, 0) == 0);
    close(inner);
    close(racing);
    CHECK(work_folder_remove(root, "racing", 1000) == REMOVAL_DONE);
    CHECK(work_folder_remove(root, "outside", 1000) == REMOVAL_DONE);
    close(outside);
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
    a_folder_that_turns_into_a_link_is_not_followed();
    names_like_those_of_the_removal_do_no_harm();
    CHECK(rmdir(base) == 0);
    puts("work_folder_test: passed");
    return 0;
}
