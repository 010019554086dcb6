// SPDX-License-Identifier: Apache-2.0
//
// The accounts that zygotes and satellites run under.

#define _GNU_SOURCE
#include "broker.h"

#include <pwd.h>
#include <unistd.h>

static void of_root(struct broker *broker) {
    const struct options *options = &broker->options;
    broker->accounts = (struct accounts){
        .privileged = true,
        .zygote_uid = options->account_first,
        .zygote_gid = options->account_first,
        .first = options->account_first + 1,
        .gid_first = options->account_first + 1,
        .count = options->account_count - 1,
    };
}

static struct id_range own_range(const char *file, const char *name) {
    struct id_range range = {0};
    if (subordinate_range(file, name, geteuid(), &range) == SUBORDINATE_SHARED) {
        die("%s gives numbers from %u to %u to somebody else too: mend that file, worker accounts must be "
            "nobody else's",
            file, range.first, range.first + range.count - 1);
    }
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
    struct id_range uids = own_range("/etc/subuid", name);
    struct id_range gids = own_range("/etc/subgid", name);
    uint32_t count = uids.count < gids.count ? uids.count : gids.count;
    if (count < 2) {
        return;
    }
    broker->accounts.first = uids.first;
    broker->accounts.gid_first = gids.first;
    broker->accounts.count =
        count < broker->options.account_count ? count : broker->options.account_count;
}

void accounts_choose(struct broker *broker) {
    if (geteuid() == 0) {
        of_root(broker);
    } else {
        of_ordinary_user(broker);
    }
}
