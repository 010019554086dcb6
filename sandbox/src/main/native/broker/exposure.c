// SPDX-License-Identifier: Apache-2.0
//
// --expose: folders that a zygote must be able to read although one above them is closed to its uid, as
// those below root's home are. Each is taken while the process is still root on the host; then the
// closed folder is covered by an empty one, in the zygote's own mount namespace, with the exposed
// folders at their places in it.

#define _GNU_SOURCE
#include "zygote_process.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { PATH_BYTES = 4096 };

// Cuts `path` to its first folder that not everybody may pass through. False when there is none.
static bool cut_to_closed(char *path) {
    for (char *end = strchr(path + 1, '/'); end != NULL; end = strchr(end + 1, '/')) {
        struct stat stat;
        *end = '\0';
        if (lstat(path, &stat) == 0 && S_ISDIR(stat.st_mode) && (stat.st_mode & S_IXOTH) == 0) {
            return true;
        }
        *end = '/';
    }
    return false;
}

int exposures_take(const struct options *options, struct exposures *exposures) {
    exposures->count = 0;
    for (int i = 0; i < options->exposed_count; i++) {
        char closed[PATH_BYTES];
        snprintf(closed, sizeof closed, "%s", options->exposed[i]);
        if (!cut_to_closed(closed)) {
            continue;
        }
        int tree = (int)syscall(SYS_open_tree, AT_FDCWD, options->exposed[i],
                                OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);
        if (tree < 0) {
            return -1;
        }
        exposures->trees[exposures->count] = tree;
        exposures->paths[exposures->count++] = options->exposed[i];
    }
    return 0;
}

static int make_folders(const char *path) {
    char part[PATH_BYTES];
    snprintf(part, sizeof part, "%s", path);
    for (char *end = strchr(part + 1, '/'); end != NULL; end = strchr(end + 1, '/')) {
        *end = '\0';
        if (mkdir(part, 0755) != 0 && access(part, F_OK) != 0) {
            return -1;
        }
        *end = '/';
    }
    return mkdir(part, 0755) != 0 && access(part, F_OK) != 0 ? -1 : 0;
}

int exposures_place(const struct exposures *exposures) {
    for (int i = 0; i < exposures->count; i++) {
        char closed[PATH_BYTES];
        snprintf(closed, sizeof closed, "%s", exposures->paths[i]);
        // The cover of an earlier one may be this one's too.
        if (cut_to_closed(closed) &&
            mount("covered", closed, "tmpfs", MS_NOSUID | MS_NODEV, "size=1m,mode=755") != 0) {
            return -1;
        }
        if (make_folders(exposures->paths[i]) != 0 ||
            syscall(SYS_move_mount, exposures->trees[i], "", AT_FDCWD, exposures->paths[i],
                    MOVE_MOUNT_F_EMPTY_PATH) != 0) {
            return -1;
        }
        close(exposures->trees[i]);
    }
    return 0;
}
