// SPDX-License-Identifier: Apache-2.0
//
// Which sockets keep a folder from being shown.

#define _GNU_SOURCE
#include "broker/zygote_process.h"
#include "check.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char base[] = "/tmp/launchpad-open-sockets-test-XXXXXX";
static char found[ROOT_PATH_BYTES];

static void make_socket(const char *name, mode_t mode) {
    char path[128];
    snprintf(path, sizeof path, "%s/%s", base, name);
    CHECK(mknod(path, S_IFSOCK | 0600, 0) == 0 && chmod(path, mode) == 0);
}

// With `wanted` allowed, if any; the path below the folder, "" for none.
static const char *find(const char *below, const char *wanted) {
    char path[128];
    char *items[] = {path, NULL};
    struct string_list list = {.items = items, .count = wanted == NULL ? 0 : 1};
    snprintf(path, sizeof path, "%s/%s", base, wanted == NULL ? "" : wanted);
    snprintf(found, sizeof found, "%s%s", base, below);
    int tree = open(found, O_PATH | O_CLOEXEC);
    CHECK(tree >= 0);
    bool is_there = open_socket_find(tree, &list, found, sizeof found);
    close(tree);
    return is_there ? found + strlen(base) : "";
}

static void a_socket_for_everybody_is_found_wherever_it_stands(void) {
    char path[128];
    snprintf(path, sizeof path, "%s/a", base);
    CHECK(mkdir(path, 0700) == 0);
    CHECK(strcmp(find("", NULL), "") == 0);
    make_socket("a/closed", 0755);
    CHECK(strcmp(find("", NULL), "") == 0);
    make_socket("a/open", 0666);
    CHECK(strcmp(find("", NULL), "/a/open") == 0);
    CHECK(strcmp(find("/a", NULL), "/a/open") == 0);
    CHECK(strcmp(find("/a/open", NULL), "/a/open") == 0);
    CHECK(strcmp(find("/a/closed", NULL), "") == 0);
}

static void one_that_is_wanted_is_not(void) {
    CHECK(strcmp(find("", "a/open"), "") == 0);
    CHECK(strcmp(find("/a/open", "a/open"), "") == 0);
    make_socket("other", 0777);
    CHECK(strcmp(find("", "a/open"), "/other") == 0);
}

static void links_are_not_followed(void) {
    char path[128];
    snprintf(path, sizeof path, "%s/b", base);
    CHECK(mkdir(path, 0700) == 0);
    snprintf(path, sizeof path, "%s/b/up", base);
    CHECK(symlink("..", path) == 0);
    CHECK(strcmp(find("/b", NULL), "") == 0);
}

int main(void) {
    CHECK(mkdtemp(base) != NULL);
    a_socket_for_everybody_is_found_wherever_it_stands();
    one_that_is_wanted_is_not();
    links_are_not_followed();
    char command[sizeof base + 16];
    snprintf(command, sizeof command, "rm -rf %s", base);
    CHECK(system(command) == 0);
    puts("open_sockets_test: passed");
    return 0;
}
