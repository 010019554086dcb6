// SPDX-License-Identifier: Apache-2.0
//
// Whether accounts can reach their folders. Where they cannot, every satellite would end before its
// first word, each for the same reason; so the way is tried once, by an account, and refused at the start.

#define _GNU_SOURCE
#include "broker.h"

#include "../credentials.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static bool is_exposed(const struct options *options) {
    for (int i = 0; i < options->exposed_count; i++) {
        size_t length = strlen(options->exposed[i]);
        if (strncmp(options->work_base, options->exposed[i], length) == 0 &&
            (options->work_base[length] == '/' || options->work_base[length] == '\0')) {
            return true;
        }
    }
    return false;
}

// As an account: 0, or says which folder on the way does not let it pass.
static int try_way(const struct broker *broker) {
    const struct accounts *accounts = &broker->accounts;
    char path[sizeof broker->work_path];
    snprintf(path, sizeof path, "%s", broker->work_path);
    if (become(accounts->first, accounts->gid_first) != 0 || keep_capabilities(0) != 0) {
        log_line("account %u cannot be taken: %s", accounts->first, strerror(errno));
        return EXIT_CONFIGURATION;
    }
    for (char *end = strchr(path + 1, '/'); end != NULL; end = strchr(end + 1, '/')) {
        *end = '\0';
        if (access(path, X_OK) != 0) {
            log_line("work folder %s: worker accounts may not pass %s: %s; chmod o+x %s, or "
                     "choose another sandbox.work-folder",
                     broker->options.work_base, path, strerror(errno), path);
            return EXIT_CONFIGURATION;
        }
        *end = '/';
    }
    return 0;
}

void work_root_require_way(const struct broker *broker) {
    if (!broker->accounts.privileged || is_exposed(&broker->options)) {
        return;
    }
    pid_t pid = fork();
    if (pid == 0) {
        _exit(try_way(broker));
    }
    int status = 0;
    if (pid < 0 || waitpid(pid, &status, 0) != pid) {
        die("trying the work folder: %s", strerror(errno));
    }
    if (status != 0) {
        rmdir(broker->work_path);
        _exit(EXIT_CONFIGURATION);
    }
}
