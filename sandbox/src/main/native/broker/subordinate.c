// SPDX-License-Identifier: Apache-2.0
//
// Ranges of numbers that /etc/subuid and /etc/subgid give to a user: lines of `user:first:count`.

#define _GNU_SOURCE
#include "broker.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_BYTES = 256 };

// A line, with its user cut off in place.
struct line {
    char user[LINE_BYTES];
    unsigned long first;
    unsigned long count;
};

// The number that ends at `stop`; false when there is none.
static bool parse_number(const char *text, char stop, unsigned long *value, const char **rest) {
    char *end;
    errno = 0;
    *value = strtoul(text, &end, 10);
    *rest = end + 1;
    return errno == 0 && end != text && *end == stop;
}

static bool parse(const char *text, struct line *line) {
    const char *rest = strchr(text, ':');
    if (rest == NULL || (size_t)(rest - text) >= sizeof line->user) {
        return false;
    }
    snprintf(line->user, sizeof line->user, "%.*s", (int)(rest - text), text);
    return parse_number(rest + 1, ':', &line->first, &rest) &&
           parse_number(rest, '\n', &line->count, &rest) && line->count > 0 &&
           line->first <= INT32_MAX && line->count <= INT32_MAX - line->first;
}

static bool is_of(const struct line *line, const char *name, uid_t uid) {
    char number[16];
    snprintf(number, sizeof number, "%u", uid);
    return (name != NULL && strcmp(line->user, name) == 0) || strcmp(line->user, number) == 0;
}

static bool overlap(const struct line *a, const struct line *b) {
    return a->first < b->first + b->count && b->first < a->first + a->count;
}

// Whether a line of somebody else names numbers of `own` too.
static bool is_shared(FILE *file, const struct line *own, const char *name, uid_t uid) {
    char text[LINE_BYTES];
    struct line other;
    rewind(file);
    while (fgets(text, sizeof text, file) != NULL) {
        if (parse(text, &other) && !is_of(&other, name, uid) && overlap(own, &other)) {
            return true;
        }
    }
    return false;
}

enum subordinate subordinate_range(const char *path, const char *name, uid_t uid,
                                   struct id_range *range) {
    char text[LINE_BYTES];
    struct line line;
    bool found = false;
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        return SUBORDINATE_NONE;
    }
    while (!found && fgets(text, sizeof text, file) != NULL) {
        found = parse(text, &line) && is_of(&line, name, uid);
    }
    enum subordinate result = SUBORDINATE_NONE;
    if (found) {
        result = is_shared(file, &line, name, uid) ? SUBORDINATE_SHARED : SUBORDINATE_FOUND;
        *range = (struct id_range){.first = (uid_t)line.first, .count = (uint32_t)line.count};
    }
    fclose(file);
    return result;
}
