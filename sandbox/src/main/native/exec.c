// SPDX-License-Identifier: Apache-2.0
//
// launchpad-exec PROGRAM [ARGUMENT…]: the zygote of a runtime that cannot be forked.
//
// It holds the runtime's namespaces and root folder as every zygote does, and each of its satellites executes
// PROGRAM, which warms itself and says HELLO. No interpreter runs in this process, so nothing that
// users have installed ever has the zygote's rights.
//
// ${NAME} in an argument becomes what the satellite's environment says, such as its share of memory; an argument that
// names a variable which is not there is left out.

#define _GNU_SOURCE
#include "launchpad_zygote.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CONTROL = 3, DATA = 4, EXIT_USAGE = 64, EXIT_NOT_EXECUTED = 70, NAME_BYTES = 64 };

static int fail(const char *what, const char *why) {
    dprintf(STDERR_FILENO, "launchpad-exec: %s: %s\n", what, why);
    return 1;
}

// What the zygote was told is nothing to the program.
static int forget_zygote(void) {
    static const char *const NAMES[] = {"LAUNCHPAD_ZYGOTE_LIBRARY", "LAUNCHPAD_LIFETIME",
                                        "LAUNCHPAD_CONFINED"};
    int result = 0;
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        result |= unsetenv(NAMES[i]);
    }
    return result;
}

// The argument with what its variable says; the argument itself when it has none, NULL when that is not there.
static char *expanded(char *argument) {
    char name[NAME_BYTES];
    char *start = strstr(argument, "${");
    char *end = start == NULL ? NULL : strchr(start, '}');
    if (end == NULL || (size_t)(end - start) - 2 >= sizeof name) {
        return argument;
    }
    size_t length = (size_t)(end - start) - 2;
    memcpy(name, start + 2, length);
    name[length] = '\0';
    const char *value = getenv(name);
    char *made = NULL;
    if (value == NULL || *value == '\0' ||
        asprintf(&made, "%.*s%s%s", (int)(start - argument), argument, value, end + 1) < 0) {
        return NULL;
    }
    return made; // until the program takes the place of this one
}

static void expand_all(char **arguments) {
    char **to = arguments;
    for (char **from = arguments; *from != NULL; from++) {
        char *argument = expanded(*from);
        if (argument != NULL) {
            *to++ = argument;
        }
    }
    *to = NULL;
}

// For programs that cannot say so themselves, as Java cannot of descriptors that it finds.
static int use_nonblocking(void) {
    if (getenv("LAUNCHPAD_NONBLOCKING") == NULL) {
        return 0;
    }
    int control = fcntl(CONTROL, F_GETFL);
    int data = fcntl(DATA, F_GETFL);
    return control < 0 || data < 0 || fcntl(CONTROL, F_SETFL, control | O_NONBLOCK) != 0 ||
                   fcntl(DATA, F_SETFL, data | O_NONBLOCK) != 0
               ? -1
               : 0;
}

static int execute(char **command) {
    // Only these two are kept besides 0 to 2; the library marked them, for programs that the script starts.
    if (fcntl(CONTROL, F_SETFD, 0) != 0 || fcntl(DATA, F_SETFD, 0) != 0 || use_nonblocking() != 0 ||
        forget_zygote() != 0) {
        return fail("the channels", strerror(errno));
    }
    expand_all(command + 1);
    execv(command[0], command);
    fail(command[0], strerror(errno));
    return EXIT_NOT_EXECUTED;
}

int main(int argc, char **argv) {
    struct lpz_session session;
    if (argc < 2) {
        return EXIT_USAGE;
    }
    // Better said once, now, than at each park.
    if (access(argv[1], X_OK) != 0) {
        return fail(argv[1], strerror(errno));
    }
    if (lpz_open() != 0 || lpz_ready() != 0) {
        return fail("starting", lpz_error());
    }
    int served = lpz_serve(&session);
    if (served < 0) {
        return fail("forking", lpz_error());
    }
    return served == 0 ? 0 : execute(argv + 1);
}
