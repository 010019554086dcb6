// SPDX-License-Identifier: Apache-2.0

#include "broker.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char USAGE[] =
    "usage: launchpad-broker [OPTION]... -- COMMAND [ARGUMENT]...\n"
    "  --sandbox full|none     confine satellites (default), or nothing at all\n"
    "  --service-user USER     as root: run COMMAND as USER; without it as root, without capabilities\n"
    "  --accounts FIRST:COUNT  as root: zygotes run as uid FIRST, satellites as the COUNT-1 after it; the gids are\n"
    "                          the same numbers. As an ordinary user: satellites run as the COUNT from FIRST on,\n"
    "                          which /etc/subuid must give to that user. FIRST is a uid, `own` for the range that\n"
    "                          /etc/subuid gives to USER (else 200000), or `any` for a free one (default any:1000)\n"
    "  --work-folder PATH      where the satellites' private folders are made (default /tmp)\n"
    "  --expose PATH           a folder zygotes must read although one above it is closed to them;\n"
    "                          repeatable; needs namespaces\n"
    "  --drain-seconds N       how long COMMAND may take to end after SIGTERM (default 30)\n"
    "  --lifetime tree         do without namespaces even where the machine has them\n"
    "  --cgroup auto|v1|v2|none  which control groups sessions are limited by (default auto)\n"
    "  --facts                 print what can be limited here, and end\n"
    "  --end-with-stdin        end as if by SIGTERM when standard input is closed\n";

enum { OPTION_SANDBOX = 256, OPTION_USER, OPTION_ACCOUNTS, OPTION_WORK, OPTION_EXPOSE, OPTION_DRAIN,
       OPTION_LIFETIME, OPTION_CGROUP, OPTION_FACTS, OPTION_STDIN };

static unsigned long number(const char *text, const char **end, unsigned long max) {
    char *after;
    errno = 0;
    unsigned long value = strtoul(text, &after, 10);
    if (errno != 0 || after == text || value > max) {
        die("not a number from 0 to %lu: %s", max, text);
    }
    *end = after;
    return value;
}

static void parse_accounts(struct options *options, const char *text) {
    const char *rest = text + 3;
    options->account_first = 1;
    if (strncmp(text, "own", 3) == 0) {
        options->accounts = ACCOUNTS_OWN;
    } else if (strncmp(text, "any", 3) == 0) {
        options->accounts = ACCOUNTS_ANY;
    } else {
        options->accounts = ACCOUNTS_FROM;
        options->account_first = (uid_t)number(text, &rest, INT32_MAX);
    }
    if (*rest != ':') {
        die("--accounts wants FIRST:COUNT, own:COUNT or any:COUNT, not %s", text);
    }
    options->account_count = (uint32_t)number(rest + 1, &rest, 65536);
    if (*rest != '\0' || options->account_first == 0 || options->account_count < 2 ||
        options->account_first > INT32_MAX - options->account_count) {
        die("--accounts wants a first uid above 0 and a count of at least 2, not %s", text);
    }
}

static enum cgroup_choice parse_cgroup(const char *text) {
    static const char *const words[] = {
        [CHOOSE_AUTO] = "auto", [CHOOSE_V1] = "v1", [CHOOSE_V2] = "v2", [CHOOSE_NONE] = "none"};
    for (enum cgroup_choice choice = CHOOSE_AUTO; choice <= CHOOSE_NONE; choice++) {
        if (strcmp(text, words[choice]) == 0) {
            return choice;
        }
    }
    die("--cgroup wants auto, v1, v2 or none, not %s", text);
}

static void parse_one(struct options *options, int option, const char *value) {
    const char *rest = "";
    switch (option) {
    case OPTION_SANDBOX:
        if (strcmp(value, "none") != 0 && strcmp(value, "full") != 0) {
            die("--sandbox %s is unknown; there are `full` and `none`", value);
        }
        options->confinement = value[0] == 'n' ? CONFINEMENT_NONE : CONFINEMENT_FULL;
        break;
    case OPTION_USER:
        options->service_user = value;
        break;
    case OPTION_ACCOUNTS:
        parse_accounts(options, value);
        break;
    case OPTION_WORK:
        options->work_base = value;
        break;
    case OPTION_EXPOSE:
        if (value[0] != '/' || options->exposed_count == EXPOSED_MAX) {
            die("--expose wants an absolute path, at most %d times", EXPOSED_MAX);
        }
        options->exposed[options->exposed_count++] = value;
        break;
    case OPTION_DRAIN:
        options->drain_ms = (int64_t)number(value, &rest, 86400) * 1000;
        break;
    case OPTION_LIFETIME:
        if (strcmp(value, "tree") != 0) {
            die("--lifetime %s is unknown; there is `tree`", value);
        }
        options->lifetime_tree = true;
        break;
    case OPTION_CGROUP:
        options->cgroup = parse_cgroup(value);
        break;
    case OPTION_FACTS:
        options->facts = true;
        break;
    case OPTION_STDIN:
        options->end_with_stdin = true;
        break;
    default:
        (void)!write(STDERR_FILENO, USAGE, sizeof USAGE - 1);
        _exit(64);
    }
    if (*rest != '\0') {
        die("not a number: %s", value);
    }
}

void options_parse(struct options *options, int argc, char **argv) {
    static const struct option known[] = {
        {"sandbox", required_argument, NULL, OPTION_SANDBOX},
        {"service-user", required_argument, NULL, OPTION_USER},
        {"accounts", required_argument, NULL, OPTION_ACCOUNTS},
        {"work-folder", required_argument, NULL, OPTION_WORK},
        {"expose", required_argument, NULL, OPTION_EXPOSE},
        {"drain-seconds", required_argument, NULL, OPTION_DRAIN},
        {"lifetime", required_argument, NULL, OPTION_LIFETIME},
        {"cgroup", required_argument, NULL, OPTION_CGROUP},
        {"facts", no_argument, NULL, OPTION_FACTS},
        {"end-with-stdin", no_argument, NULL, OPTION_STDIN},
        {NULL, 0, NULL, 0},
    };
    *options = (struct options){
        .work_base = "/tmp",
        .confinement = CONFINEMENT_FULL,
        .accounts = ACCOUNTS_ANY,
        .account_count = 1000,
        .drain_ms = 30000,
    };
    int option;
    while ((option = getopt_long(argc, argv, "+", known, NULL)) != -1) {
        parse_one(options, option, optarg);
    }
    if (options->facts) {
        return;
    }
    if (argv[optind] == NULL) {
        parse_one(options, '?', NULL);
    }
    if (options->confinement == CONFINEMENT_FULL && options->lifetime_tree) {
        die("--lifetime tree goes with --sandbox none only: confinement needs namespaces");
    }
    options->command = argv + optind;
}
