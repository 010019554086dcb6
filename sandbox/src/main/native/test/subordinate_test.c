// SPDX-License-Identifier: Apache-2.0
//
// Files as /etc/subuid, and what they give to whom.

#define _GNU_SOURCE
#include "broker/broker.h"
#include "check.h"

#include <string.h>
#include <unistd.h>

static enum subordinate find(const char *text, const char *name, struct id_range *range) {
    char path[] = "/tmp/launchpad-subordinate-XXXXXX";
    int file = mkstemp(path);
    CHECK(file >= 0);
    CHECK(write(file, text, strlen(text)) == (ssize_t)strlen(text));
    close(file);
    *range = (struct id_range){0};
    enum subordinate found = subordinate_range(path, name, 1000, range);
    CHECK(unlink(path) == 0);
    return found;
}

int main(void) {
    struct id_range range;
    CHECK(find("other:1:5\nme:100000:65536\nme:300000:10\n", "me", &range) == SUBORDINATE_FOUND);
    CHECK(range.first == 100000 && range.count == 65536);
    CHECK(find("1000:200:5\n", "me", &range) == SUBORDINATE_FOUND && range.first == 200);
    CHECK(find("1000:200:5\n", NULL, &range) == SUBORDINATE_FOUND);

    CHECK(find("", "me", &range) == SUBORDINATE_NONE && range.count == 0);
    CHECK(find("mee:1:5\nm:1:5\n", "me", &range) == SUBORDINATE_NONE);
    CHECK(find("me:x:5\nme:1\nme:1:0\nme:4000000000:5\n", "me", &range) == SUBORDINATE_NONE);
    CHECK(subordinate_range("/nowhere", "me", 1000, &range) == SUBORDINATE_NONE);

    CHECK(find("me:100:10\nother:109:1\n", "me", &range) == SUBORDINATE_SHARED);
    CHECK(find("other:50:51\nme:100:10\n", "me", &range) == SUBORDINATE_SHARED);
    CHECK(find("other:110:10\nme:100:10\nother:90:10\n", "me", &range) == SUBORDINATE_FOUND);
    puts("subordinate_test: passed");
    return 0;
}
