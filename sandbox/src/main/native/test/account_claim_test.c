// SPDX-License-Identifier: Apache-2.0
//
// Two brokers never have one account, however the first one ends and whatever others put in the way.

#define _GNU_SOURCE
#include "check.h"

#include "broker/broker.h"

#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char base[] = "/tmp/launchpad-claims-XXXXXX";
static char refusal[512];

static int open_claims(void) {
    int claims = claims_open(base, "accounts", refusal, sizeof refusal);
    CHECK(claims >= 0);
    return claims;
}

// A process that has a range until it is killed.
static pid_t start_holder(struct id_range range) {
    int ready[2];
    CHECK(pipe(ready) == 0);
    pid_t pid = fork();
    if (pid == 0) {
        struct claim_holder holder;
        CHECK(claim_take(open_claims(), &range, &holder) == CLAIM_TAKEN);
        CHECK(write(ready[1], "", 1) == 1);
        for (;;) {
            pause();
        }
    }
    char byte;
    CHECK(pid > 0 && close(ready[1]) == 0 && read(ready[0], &byte, 1) == 1);
    close(ready[0]);
    return pid;
}

static void end_holder(pid_t pid) {
    CHECK(kill(pid, SIGKILL) == 0 && waitpid(pid, NULL, 0) == pid);
}

static void a_claim_keeps_others_off_and_ends_with_its_process(void) {
    struct claim_holder holder = {0};
    pid_t other = start_holder((struct id_range){200000, 64});
    int claims = open_claims();
    CHECK(claim_take(claims, &(struct id_range){200063, 1}, &holder) == CLAIM_HELD);
    CHECK(holder.pid == other && holder.range.first == 200000 && holder.range.count == 64);
    CHECK(claim_take(claims, &(struct id_range){199000, 1001}, &holder) == CLAIM_HELD);
    CHECK(claim_take(claims, &(struct id_range){200064, 64}, &holder) == CLAIM_TAKEN);
    end_holder(other);
    CHECK(claim_take(claims, &(struct id_range){200000, 64}, &holder) == CLAIM_TAKEN);
    close(claims);
}

// What a broker forks does not keep its claims.
static void a_claim_is_not_inherited(void) {
    struct claim_holder holder;
    int stop[2];
    CHECK(pipe(stop) == 0);
    pid_t other = fork();
    if (other == 0) {
        CHECK(claim_take(open_claims(), &(struct id_range){300000, 2}, &holder) == CLAIM_TAKEN);
        if (fork() == 0) {
            char byte;
            close(stop[1]);
            _exit(read(stop[0], &byte, 1) == 0 ? 0 : 1);
        }
        _exit(0);
    }
    CHECK(other > 0 && waitpid(other, NULL, 0) == other);
    int claims = open_claims();
    CHECK(claim_take(claims, &(struct id_range){300000, 2}, &holder) == CLAIM_TAKEN);
    close(claims);
    close(stop[0]);
    close(stop[1]);
}

static bool not_above_1200(const struct id_range *range, const void *context) {
    (void)context;
    return range->first + range->count <= 1200;
}

static void any_free_range_is_the_highest(void) {
    struct id_range bounds = {1000, 500};
    struct id_range taken;
    pid_t other = start_holder((struct id_range){1110, 10});
    int claims = open_claims();
    CHECK(claim_take_any(claims, &bounds, 60, not_above_1200, NULL, &taken));
    CHECK(taken.first == 1140 && taken.count == 60);
    close(claims);
    pid_t first = start_holder(taken);
    claims = open_claims();
    CHECK(claim_take_any(claims, &bounds, 60, not_above_1200, NULL, &taken));
    CHECK(taken.first == 1050 && taken.count == 60);
    close(claims);
    pid_t second = start_holder(taken);
    claims = open_claims();
    CHECK(!claim_take_any(claims, &bounds, 60, not_above_1200, NULL, &taken));
    close(claims);
    end_holder(other);
    end_holder(first);
    end_holder(second);
}

static void a_folder_that_others_could_have_made_is_refused(void) {
    char path[128];
    snprintf(path, sizeof path, "%s/open", base);
    CHECK(mkdir(path, 0700) == 0 && chmod(path, 0777) == 0);
    CHECK(claims_open(base, "open", refusal, sizeof refusal) < 0);
    CHECK(strstr(refusal, "/open must be a folder that uid") != NULL);
    snprintf(path, sizeof path, "%s/link", base);
    CHECK(symlink("accounts", path) == 0);
    CHECK(claims_open(base, "link", refusal, sizeof refusal) < 0);
    if (geteuid() == 0) {
        snprintf(path, sizeof path, "%s/foreign", base);
        CHECK(mkdir(path, 0700) == 0 && chown(path, 65534, 65534) == 0);
        CHECK(claims_open(base, "foreign", refusal, sizeof refusal) < 0);
    }
    CHECK(claims_open("/nonexistent", "accounts", refusal, sizeof refusal) < 0);
}

static void remove_files(void) {
    static const char *const folders[] = {"open", "foreign", "accounts"};
    char path[128];
    snprintf(path, sizeof path, "%s/accounts/claims", base);
    CHECK(unlink(path) == 0);
    snprintf(path, sizeof path, "%s/link", base);
    CHECK(unlink(path) == 0);
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        snprintf(path, sizeof path, "%s/%s", base, folders[i]);
        rmdir(path);
    }
    CHECK(rmdir(base) == 0);
}

int main(void) {
    CHECK(mkdtemp(base) != NULL);
    a_claim_keeps_others_off_and_ends_with_its_process();
    a_claim_is_not_inherited();
    any_free_range_is_the_highest();
    a_folder_that_others_could_have_made_is_refused();
    remove_files();
    puts("account_claim_test: passed");
    return 0;
}
