// SPDX-License-Identifier: Apache-2.0
//
// Sockets in a folder that scripts are to read. A read-only mount keeps nobody from connecting to them, and a filter of
// system calls does not see to which: so no folder is shown that holds one that everybody may connect to.

#define _GNU_SOURCE
#include "zygote_process.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// Folders are opened one in the other. What is beyond is not looked at: host-setup.md says so.
enum { DEPTH_MAX = 48, ENTRIES_MAX = 100000 };

struct walk {
    const struct string_list *wanted;
    // Of the folder that is looked at; then of what was found.
    char *path;
    size_t size;
    long left;
};

static bool is_wanted(const struct walk *walk) {
    for (uint32_t i = 0; i < walk->wanted->count; i++) {
        if (strcmp(walk->wanted->items[i], walk->path) == 0) {
            return true;
        }
    }
    return false;
}

// Whether `name` is one, or holds one; then the path is its. What cannot be looked at, scripts cannot reach either.
// NOLINTNEXTLINE(misc-no-recursion): as deep as DEPTH_MAX
static bool look(struct walk *walk, int folder, const char *name, unsigned char type, int depth) {
    struct stat stat;
    if (type != DT_SOCK && type != DT_DIR && type != DT_UNKNOWN) {
        return false;
    }
    if (type != DT_DIR) {
        if (fstatat(folder, name, &stat, AT_SYMLINK_NOFOLLOW) != 0) {
            return false;
        }
        if (S_ISSOCK(stat.st_mode)) {
            return (stat.st_mode & S_IWOTH) != 0 && !is_wanted(walk);
        }
    }
    int inner = depth == DEPTH_MAX
                    ? -1
                    : openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    DIR *entries = inner < 0 ? NULL : fdopendir(inner);
    if (entries == NULL) {
        close_fd(&inner);
        return false;
    }
    bool found = false;
    size_t length = strlen(walk->path);
    const struct dirent *entry;
    while (!found && walk->left-- > 0 && (entry = readdir(entries)) != NULL) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
            snprintf(walk->path + length, walk->size - length, "/%s", entry->d_name);
            found = look(walk, inner, entry->d_name, entry->d_type, depth + 1);
        }
    }
    if (!found) {
        walk->path[length] = '\0';
    }
    closedir(entries);
    return found;
}

bool open_socket_find(int tree, const struct string_list *wanted, char *path, size_t size) {
    struct walk walk = {.wanted = wanted, .path = path, .size = size, .left = ENTRIES_MAX};
    struct stat stat;
    if (fstat(tree, &stat) == 0 && S_ISSOCK(stat.st_mode)) {
        return (stat.st_mode & S_IWOTH) != 0 && !is_wanted(&walk);
    }
    return look(&walk, tree, ".", DT_DIR, 0);
}
