// SPDX-License-Identifier: Apache-2.0
//
// Which hierarchies of control groups are mounted, and which group of each this program is in.

#define _GNU_SOURCE
#include "cgroup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool has_word(const char *list, const char *word) {
    size_t length = strlen(word);
    for (const char *at = list; at != NULL && *at != '\0'; at = strpbrk(at, " ,\n")) {
        at += strspn(at, " ,\n");
        if (strncmp(at, word, length) == 0 && strchr(" ,\n", at[length]) != NULL) {
            return true;
        }
    }
    return false;
}

// The names in a v1 mount's options that are controllers.
static void keep_controllers(const char *options, char *controllers, size_t size) {
    static const char *const known[] = {"memory", "pids", "cpu", "cpuacct", "cpuset"};
    controllers[0] = '\0';
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (has_word(options, known[i])) {
            size_t used = strlen(controllers);
            snprintf(controllers + used, size - used, "%s%s", used > 0 ? "," : "", known[i]);
        }
    }
}

// One line of /proc/self/cgroup: NUMBER:CONTROLLERS:PATH. Null when it is another hierarchy's.
static const char *own_path(char *line, const struct found_hierarchy *of) {
    char *controllers = strchr(line, ':');
    char *path = controllers == NULL ? NULL : strchr(controllers + 1, ':');
    if (path == NULL) {
        return NULL;
    }
    *controllers++ = '\0';
    *path++ = '\0';
    path[strcspn(path, "\n")] = '\0';
    if (of->v2) {
        return controllers[0] == '\0' ? path : NULL;
    }
    char first[32];
    snprintf(first, sizeof first, "%.*s", (int)strcspn(of->controllers, ","), of->controllers);
    return first[0] != '\0' && has_word(controllers, first) ? path : NULL;
}

// `root` is what of the hierarchy is mounted: paths in /proc/self/cgroup have it in front, the folder has not.
static bool find_own(const char *cgroup_path, const char *root, struct found_hierarchy *of) {
    FILE *file = fopen(cgroup_path, "re");
    char line[1024];
    bool found = false;
    while (file != NULL && !found && fgets(line, sizeof line, file) != NULL) {
        const char *path = own_path(line, of);
        if (path == NULL) {
            continue;
        }
        size_t length = strcmp(root, "/") == 0 ? 0 : strlen(root);
        found = strncmp(path, root, length) == 0 && strncmp(path, "/..", 3) != 0;
        path += found ? length : 0;
        int size = snprintf(of->own, sizeof of->own, "%s%s", of->mount,
                            strcmp(path, "/") == 0 ? "" : path);
        found = found && size < (int)sizeof of->own;
    }
    if (file != NULL) {
        fclose(file);
    }
    return found;
}

int hierarchies_find(const char *mountinfo_path, const char *cgroup_path,
                     struct found_hierarchy found[FOUND_MAX]) {
    FILE *file = fopen(mountinfo_path, "re");
    char line[2048];
    int count = 0;
    while (file != NULL && count < FOUND_MAX && fgets(line, sizeof line, file) != NULL) {
        struct found_hierarchy *one = &found[count];
        char root[512];
        char type[32];
        char options[512] = "";
        *one = (struct found_hierarchy){0};
        const char *behind = strstr(line, " - ");
        if (behind == NULL || sscanf(line, "%*d %*d %*s %511s %511s", root, one->mount) != 2 ||
            sscanf(behind, " - %31s %*s %511s", type, options) < 1) {
            continue;
        }
        one->v2 = strcmp(type, "cgroup2") == 0;
        if (strcmp(type, "cgroup") == 0) {
            keep_controllers(options, one->controllers, sizeof one->controllers);
        }
        if ((one->v2 || one->controllers[0] != '\0') && find_own(cgroup_path, root, one)) {
            count++;
        }
    }
    if (file != NULL) {
        fclose(file);
    }
    return count;
}

bool swap_in_use(void) {
    FILE *file = fopen("/proc/swaps", "re");
    char line[256];
    int lines = 0;
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        lines++;
    }
    if (file != NULL) {
        fclose(file);
    }
    // The first is a heading. Where it cannot be read there may be some.
    return file == NULL || lines > 1;
}
