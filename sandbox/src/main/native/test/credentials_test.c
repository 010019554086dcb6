// SPDX-License-Identifier: Apache-2.0
//
// Rights given up, each in a process of its own. Only root has some to give up.

#define _GNU_SOURCE
#include "credentials.h"
#include "check.h"

#include <grp.h>
#include <linux/capability.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static void in_a_process(void (*attempt)(void)) {
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        attempt();
        _exit(0);
    }
    CHECK(pid > 0 && waitpid(pid, &status, 0) == pid && status == 0);
}

static bool is_bounded_to(int number) {
    return prctl(PR_CAPBSET_READ, number, 0, 0, 0) == 1;
}

static void what_is_held_is_not_handed_on(void) {
    uint64_t before;
    uint64_t permitted;
    uint64_t held = CAPABILITY(CAP_SETUID) | CAPABILITY(CAP_KILL);
    CHECK(permitted_capabilities(&before) == 0);
    // One it may not have is no failure: a container may have taken it.
    CHECK(hold_capabilities(held | CAPABILITY(CAP_SYS_RESOURCE)) == 0);
    CHECK(permitted_capabilities(&permitted) == 0);
    CHECK(permitted == (before & (held | CAPABILITY(CAP_SYS_RESOURCE))));
    CHECK(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, CAP_KILL, 0, 0) == 0);
    // What is gone does not come back.
    CHECK(hold_capabilities(before) == 0 && permitted_capabilities(&permitted) == 0);
    CHECK((permitted & CAPABILITY(CAP_SETGID)) == 0);
}

static void what_is_kept_is_handed_on(void) {
    uint64_t permitted;
    CHECK(keep_capabilities(CAPABILITY(CAP_KILL)) == 0);
    CHECK(permitted_capabilities(&permitted) == 0 && permitted == CAPABILITY(CAP_KILL));
    CHECK(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, CAP_KILL, 0, 0) == 1);
    CHECK(keep_capabilities(CAPABILITY(CAP_SETUID)) == -1);
}

static void the_bounding_set_keeps_what_is_named(void) {
    bool had = is_bounded_to(CAP_KILL);
    CHECK(limit_bounding_capabilities(CAPABILITY(CAP_KILL)) == 0);
    CHECK(is_bounded_to(CAP_KILL) == had && !is_bounded_to(CAP_SETUID) && !is_bounded_to(CAP_CHOWN));
    CHECK(limit_bounding_capabilities(0) == 0 && !is_bounded_to(CAP_KILL));
}

static void groups_go_also_where_the_ids_are_right_already(void) {
    gid_t group = 4;
    CHECK(setgroups(1, &group) == 0 && getgroups(0, NULL) == 1);
    CHECK(become(getuid(), getgid()) == 0 && getgroups(0, NULL) == 0);
    CHECK(setgroups(1, &group) == 0 && become(1999999999, 1999999998) == 0);
    CHECK(getgroups(0, NULL) == 0 && getuid() == 1999999999 && getegid() == 1999999998);
    // Now an ordinary user, who stays what it is.
    CHECK(hold_capabilities(0) == 0 && become(1999999999, 1999999998) == 0);
    CHECK(become(0, 0) == -1);
}

static void whoever_may_not_change_groups_keeps_them(void) {
    gid_t group = 4;
    CHECK(setgroups(1, &group) == 0 && hold_capabilities(0) == 0);
    CHECK(become(getuid(), getgid()) == 0 && getgroups(0, NULL) == 1);
}

int main(void) {
    if (geteuid() == 0) {
        in_a_process(what_is_held_is_not_handed_on);
        in_a_process(what_is_kept_is_handed_on);
        in_a_process(the_bounding_set_keeps_what_is_named);
        in_a_process(groups_go_also_where_the_ids_are_right_already);
        in_a_process(whoever_may_not_change_groups_keeps_them);
    }
    puts("credentials_test: passed");
    return 0;
}
