// SPDX-License-Identifier: Apache-2.0
//
// The accounts that zygotes and satellites run under: which they are, and that they are this broker's alone.

#define _GNU_SOURCE
#include "broker.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

// What a service has that was told nothing, and where free ones are looked for: beyond the numbers that useradd and
// systemd give away.
static const uid_t STANDARD_FIRST = 200000;
static const struct id_range ANYWHERE = {.first = 1900000000, .count = 100000000};

#define ADVICE "choose others with accounts.uid-first and accounts.count (--accounts); `any` picks free ones"

static struct id_range reserved_range(const char *file, const char *name, uid_t uid) {
    struct id_range range = {0};
    if (subordinate_range(file, name, uid, &range) == SUBORDINATE_SHARED) {
        refuse_start("%s gives numbers from %u to %u to somebody else too: mend that file, worker accounts must be "
               "nobody else's",
               file, range.first, range.first + range.count - 1);
    }
    return range;
}

// What the holder was started with last, which is a service's configuration file.
static void describe_holder(const struct claim_holder *holder, char *text, size_t size) {
    char path[64];
    char arguments[8192];
    snprintf(path, sizeof path, "/proc/%d/cmdline", (int)holder->pid);
    int fd = holder->pid > 0 ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    ssize_t length = fd < 0 ? -1 : read(fd, arguments, sizeof arguments);
    close_fd(&fd);
    if (length < 2 || length == (ssize_t)sizeof arguments || arguments[length - 1] != '\0') {
        snprintf(text, size, holder->pid > 0 ? "process %d" : "a process of another pid namespace",
                 (int)holder->pid);
        return;
    }
    const char *last = memrchr(arguments, '\0', (size_t)length - 1);
    snprintf(text, size, "process %d (%.200s)", (int)holder->pid,
             last == NULL ? arguments : last + 1);
}

static int open_claims(void) {
    char refusal[512];
    int claims = claims_open_own(refusal, sizeof refusal);
    if (claims < 0) {
        refuse_start("worker accounts cannot be claimed: %s", refusal);
    }
    return claims;
}

static void claim(int claims, const struct id_range *range) {
    struct claim_holder holder;
    char text[256];
    switch (claim_take(claims, range, &holder)) {
    case CLAIM_TAKEN:
        return;
    case CLAIM_HELD:
        describe_holder(&holder, text, sizeof text);
        refuse_start("the worker accounts %u to %u are in use: %s has %u to %u. End it, or " ADVICE, range->first,
               range->first + range->count - 1, text, holder.range.first,
               holder.range.first + holder.range.count - 1);
    case CLAIM_FAILED:
        refuse_start("the worker accounts %u to %u cannot be claimed: %s", range->first,
               range->first + range->count - 1, strerror(errno));
    }
}

// ---- as root ----

static bool is_nobodys(const struct id_range *range, const char *service_user, char *refusal,
                       size_t size) {
    static const struct account_files files = {"/etc/passwd", "/etc/subuid"};
    return accounts_are_free(&files, range, service_user, refusal, size);
}

static bool is_nobodys_at_all(const struct id_range *range, const void *context) {
    char refusal[256];
    (void)context;
    return is_nobodys(range, NULL, refusal, sizeof refusal);
}

// The first of what /etc/subuid reserves for the service's user.
static uid_t first_of_service_user(const struct options *options) {
    const struct passwd *user = options->service_user == NULL ? NULL : getpwnam(options->service_user);
    struct id_range range = {0};
    if (user != NULL) {
        range = reserved_range("/etc/subuid", options->service_user, user->pw_uid);
    }
    return range.count >= options->account_count ? range.first : STANDARD_FIRST;
}

static struct id_range range_of_root(const struct options *options, int claims) {
    struct id_range range = {.first = options->account_first, .count = options->account_count};
    char refusal[256];
    switch (options->accounts) {
    case ACCOUNTS_ANY:
        if (!claim_take_any(claims, &ANYWHERE, range.count, is_nobodys_at_all, NULL, &range)) {
            refuse_start("no %u worker accounts are free from %u on", range.count, ANYWHERE.first);
        }
        return range;
    case ACCOUNTS_OWN:
        range.first = first_of_service_user(options);
        break;
    case ACCOUNTS_FROM:
        break;
    }
    if (!is_nobodys(&range, options->service_user, refusal, sizeof refusal)) {
        refuse_start("the worker accounts %u to %u must be nobody else's, but %s: " ADVICE, range.first,
               range.first + range.count - 1, refusal);
    }
    claim(claims, &range);
    return range;
}

static void of_root(struct broker *broker) {
    struct id_range range = range_of_root(&broker->options, open_claims());
    broker->accounts = (struct accounts){
        .privileged = true,
        .zygote_uid = range.first,
        .zygote_gid = range.first,
        .first = range.first + 1,
        .gid_first = range.first + 1,
        .count = range.count - 1,
    };
}

// ---- as an ordinary user ----

static bool any_is_free(const struct id_range *range, const void *context) {
    (void)range;
    (void)context;
    return true;
}

// Within what /etc/subuid gives to the user.
static struct id_range range_of_user(const struct options *options, const struct id_range *reserved) {
    uint32_t count =
        reserved->count < options->account_count ? reserved->count : options->account_count;
    struct id_range range = {.first = reserved->first, .count = count};
    int claims = open_claims();
    switch (options->accounts) {
    case ACCOUNTS_ANY:
        if (!claim_take_any(claims, reserved, count, any_is_free, NULL, &range)) {
            refuse_start("all worker accounts that /etc/subuid gives to uid %u, %u to %u, are in use by other brokers: "
                   "end one, or give that user more",
                   geteuid(), reserved->first, reserved->first + reserved->count - 1);
        }
        return range;
    case ACCOUNTS_FROM:
        range = (struct id_range){.first = options->account_first, .count = options->account_count};
        if (range.first < reserved->first ||
            range.first + range.count > reserved->first + reserved->count) {
            refuse_start("/etc/subuid gives %u to %u to uid %u, not the worker accounts %u to %u: " ADVICE,
                   reserved->first, reserved->first + reserved->count - 1, geteuid(), range.first,
                   range.first + range.count - 1);
        }
        break;
    case ACCOUNTS_OWN:
        break;
    }
    claim(claims, &range);
    return range;
}

// Without a range, satellites would run as the user, which --sandbox full refuses.
static void of_ordinary_user(struct broker *broker) {
    broker->accounts = (struct accounts){
        .zygote_uid = geteuid(),
        .zygote_gid = getegid(),
        .first = geteuid(),
        .gid_first = getegid(),
        .count = 1,
    };
    if (broker->options.confinement == CONFINEMENT_NONE) {
        return;
    }
    const struct passwd *user = getpwuid(geteuid());
    const char *name = user == NULL ? NULL : user->pw_name;
    struct id_range uids = reserved_range("/etc/subuid", name, geteuid());
    struct id_range gids = reserved_range("/etc/subgid", name, geteuid());
    uids.count = uids.count < gids.count ? uids.count : gids.count;
    if (uids.count < 2) {
        return;
    }
    struct id_range range = range_of_user(&broker->options, &uids);
    broker->accounts.first = range.first;
    broker->accounts.gid_first = gids.first + (range.first - uids.first);
    broker->accounts.count = range.count;
}

void accounts_choose(struct broker *broker) {
    if (geteuid() == 0) {
        of_root(broker);
    } else {
        of_ordinary_user(broker);
    }
}
