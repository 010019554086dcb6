// SPDX-License-Identifier: Apache-2.0
//
// Worker accounts that are somebody else's are found, in files like the system's.

#define _GNU_SOURCE
#include "broker/broker.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: %s: %s\n", __FILE__, __LINE__, #condition, strerror(errno));   \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

static char passwd[] = "/tmp/launchpad-passwd-XXXXXX";
static char subuid[] = "/tmp/launchpad-subuid-XXXXXX";
static char refusal[256];

static void put(const char *path, const char *text) {
    FILE *file = fopen(path, "we");
    CHECK(file != NULL && fputs(text, file) >= 0 && fclose(file) == 0);
}

static bool is_free(uid_t first, uint32_t count) {
    struct account_files files = {passwd, subuid};
    struct id_range range = {first, count};
    return accounts_are_free(&files, &range, "launchpad", refusal, sizeof refusal);
}

static void a_user_in_the_range_is_named(void) {
    put(passwd, "root:x:0:0::/root:/bin/sh\nalice:x:1005:1005::/nonexistent:/bin/sh\n");
    put(subuid, "");
    CHECK(!is_free(1000, 10) && strstr(refusal, "alice") != NULL);
    CHECK(!is_free(1005, 1) && is_free(1006, 10) && is_free(1000, 5));
}

static void a_range_of_another_user_is_named(void) {
    put(passwd, "");
    put(subuid, "nonsense\nbob:200000:65536\nlaunchpad:300000:65536\nroot:400000:65536\n");
    CHECK(!is_free(200000, 64) && strstr(refusal, "bob") != NULL);
    CHECK(!is_free(199999, 2) && !is_free(265535, 1) && is_free(265536, 1) && is_free(199990, 10));
    CHECK(is_free(300000, 64) && is_free(400000, 64));
}

static void files_that_are_not_there_name_nobody(void) {
    CHECK(unlink(passwd) == 0 && unlink(subuid) == 0);
    CHECK(is_free(200000, 64));
}

// As root the account is one nobody has; as an ordinary user there is none to try it with.
static void a_process_of_an_account_is_ended(void) {
    enum { UID = 1999999999 };
    if (geteuid() != 0) {
        return;
    }
    int ready[2];
    CHECK(pipe(ready) == 0);
    pid_t child = fork();
    if (child == 0) {
        if (setresuid(UID, UID, UID) != 0 || write(ready[1], "", 1) != 1) {
            _exit(1);
        }
        for (;;) {
            pause();
        }
    }
    char byte;
    int status;
    CHECK(child > 0 && read(ready[0], &byte, 1) == 1);
    CHECK(account_kill(UID) == 1);
    CHECK(waitpid(child, &status, 0) == child && WIFSIGNALED(status) &&
          WTERMSIG(status) == SIGKILL);
    CHECK(account_kill(UID) == 0);
}

int main(void) {
    CHECK(mkstemp(passwd) >= 0 && mkstemp(subuid) >= 0);
    a_user_in_the_range_is_named();
    a_range_of_another_user_is_named();
    files_that_are_not_there_name_nobody();
    a_process_of_an_account_is_ended();
    puts("account_use_test: passed");
    return 0;
}
