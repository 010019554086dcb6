// SPDX-License-Identifier: Apache-2.0
//
// The root folder of a confined zygote and its satellites: a small read-only file system that holds copies of the
// mounts that the policy and the runtime name, and nothing else of the host.
//
// In two steps, because the process is two users: as the one it comes from it may take folders that others cannot
// reach; what it makes must belong to the zygote's account.

#define _GNU_SOURCE
#include "zygote_process.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

// Where it is built before it becomes the root.
static const char BUILDING_SITE[] = "/tmp";

static const char *const DEVICES[] = {"/dev/null", "/dev/zero", "/dev/full", "/dev/random",
                                      "/dev/urandom"};
static const uint64_t READ_ONLY = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV;
// Writing to a device is no change of the file system; touching its times would be.
static const uint64_t DEVICE = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC;

// What a build that leaves the names out shows too.
static const char *const NOT_NAMED[] = {"/etc", "/home", "/root", "/run", "/var"};

// Paths that are not the host's inside.
static const char *const OWN_PLACES[] = {"/dev", "/proc", "/sys", "/tmp", SESSION_FOLDER};

static const char OWN_PLACE[] = "this path is the sandbox's own inside";

static bool is_beneath(const char *path, const char *folder) {
    size_t length = strlen(folder);
    return strncmp(path, folder, length) == 0 && (path[length] == '/' || path[length] == '\0');
}

// Absolute, and each of its names one that leads down.
static bool is_plain(const char *path) {
    if (path[0] != '/' || strlen(path) >= ROOT_PATH_BYTES) {
        return false;
    }
    for (const char *name = path + 1;; name += strcspn(name, "/") + 1) {
        size_t length = strcspn(name, "/");
        if (length == 0 || (length <= 2 && strspn(name, ".") >= length)) {
            return false;
        }
        if (name[length] == '\0') {
            return true;
        }
    }
}

static bool is_own_place(const char *path) {
    for (size_t i = 0; i < sizeof OWN_PLACES / sizeof *OWN_PLACES; i++) {
        if (is_beneath(path, OWN_PLACES[i])) {
            return true;
        }
    }
    return path[1] == '\0';
}

static int fail(struct root_folder *root, const char *path, int error) {
    snprintf(root->failed, sizeof root->failed, "%s", path);
    errno = error;
    return -1;
}

static int refuse(struct root_folder *root, const char *path, const char *why) {
    root->why = why;
    return fail(root, path, EPERM);
}

static struct root_entry *add(struct root_folder *root, const char *path) {
    if (root->count == ROOT_ENTRIES_MAX) {
        return NULL;
    }
    struct root_entry *entry = &root->entries[root->count++];
    *entry = (struct root_entry){.tree = -1};
    snprintf(entry->path, sizeof entry->path, "%s", path);
    return entry;
}

// `path` below the open `folder`, or that itself where it is empty.
static int clone_tree(struct root_folder *root, int folder, const char *path,
                      uint64_t attributes) {
    struct root_entry *entry = &root->entries[root->count - 1];
    struct mount_attr attr = {
        .attr_set = leaves_out(LAYER_READ_ONLY) ? 0 : attributes,
        .propagation = MS_PRIVATE,
    };
    entry->tree = (int)syscall(SYS_open_tree, folder, path,
                               OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE | AT_EMPTY_PATH);
    if (entry->tree < 0 || syscall(SYS_mount_setattr, entry->tree, "", AT_EMPTY_PATH | AT_RECURSIVE,
                                   &attr, sizeof attr) != 0) {
        return fail(root, entry->path, errno);
    }
    return 0;
}

static int take_tree(struct root_folder *root, const char *path, uint64_t attributes) {
    return add(root, path) == NULL ? fail(root, path, E2BIG)
                                   : clone_tree(root, AT_FDCWD, path, attributes);
}

static int take_as(struct root_folder *root, const char *path, const char *inside) {
    if (take_tree(root, path, READ_ONLY) != 0) {
        return -1;
    }
    snprintf(root->entries[root->count - 1].path, sizeof root->entries->path, "%s", inside);
    return 0;
}

// A link of the host stays one, so that what it leads to decides.
static int take_seen(struct root_folder *root, const char *path) {
    struct stat stat;
    if (lstat(path, &stat) != 0) {
        return 0;
    }
    if (!S_ISLNK(stat.st_mode)) {
        return take_tree(root, path, READ_ONLY);
    }
    struct root_entry *entry = add(root, path);
    ssize_t length = entry == NULL ? -1 : readlink(path, entry->link, sizeof entry->link - 1);
    if (length <= 0) {
        return fail(root, path, errno);
    }
    entry->link[length] = '\0';
    return 0;
}

static bool is_taken(const struct root_folder *root, const char *path) {
    for (int i = 0; i < root->count; i++) {
        if (root->entries[i].tree >= 0 && is_beneath(path, root->entries[i].path)) {
            return true;
        }
    }
    return false;
}

static bool is_exposed(const struct options *options, const char *path) {
    for (int i = 0; i < options->exposed_count; i++) {
        if (is_beneath(path, options->exposed[i])) {
            return true;
        }
    }
    return false;
}

// Where an open file stands on the host. 0 or -1 with errno.
static int place_of(int file, char place[ROOT_PATH_BYTES]) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, place, ROOT_PATH_BYTES - 1);
    place[length > 0 ? length : 0] = '\0';
    return length < 0 ? -1 : 0;
}

// Null, or why what is opened is not to be shown.
static const char *refusal_of(const char *place, const struct stat *stat, mode_t type) {
    if (place[0] != '/' || is_own_place(place)) {
        return OWN_PLACE;
    }
    if (type == 0 && (strcmp(place, "/run") == 0 || strcmp(place, "/var/run") == 0)) {
        return "services have their sockets here: name folders below it, and sockets as such";
    }
    return type != 0 && (stat->st_mode & S_IFMT) != type ? strerror(ENOTSOCK) : NULL;
}

// Over links if need be: it is what the path leads to that must not be a place of the sandbox's own.
static int take_opened(struct root_folder *root, int file, const char *path, mode_t type) {
    char place[ROOT_PATH_BYTES];
    struct stat stat;
    if (file < 0 || fstat(file, &stat) != 0 || place_of(file, place) != 0) {
        return fail(root, path, errno);
    }
    const char *refusal = refusal_of(place, &stat, type);
    if (refusal != NULL) {
        return refuse(root, path, refusal);
    }
    return add(root, path) == NULL ? fail(root, path, E2BIG) : clone_tree(root, file, "", READ_ONLY);
}

// What the service names must be what the zygote's account could reach, or what the broker was told to expose.
static int take_named(struct root_folder *root, const struct zygote_spec *spec, const char *path,
                      mode_t type) {
    if (!is_plain(path)) {
        return fail(root, path, EINVAL);
    }
    if (is_own_place(path)) {
        return refuse(root, path, OWN_PLACE);
    }
    if (is_taken(root, path)) {
        return 0;
    }
    struct open_how how = {.flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_NO_MAGICLINKS};
    int file = (int)syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof how);
    int result = take_opened(root, file, path, type);
    close_fd(&file);
    if (result == 0 && type == 0) {
        snprintf(root->failed, sizeof root->failed, "%s", path);
        if (open_socket_find(root->entries[root->count - 1].tree, &spec->sockets, root->failed,
                             sizeof root->failed)) {
            root->why = "every script could connect to this socket: name it among the sockets if it is to, else "
                        "show a folder without it";
            return -1;
        }
    }
    return result;
}

static int take_list(const struct broker *broker, const struct zygote_spec *spec,
                     struct root_folder *root, mode_t type, bool exposed) {
    const struct string_list *paths = type == S_IFSOCK ? &spec->sockets : &spec->readable;
    for (uint32_t i = 0; i < paths->count; i++) {
        if (is_exposed(&broker->options, paths->items[i]) == exposed &&
            take_named(root, spec, paths->items[i], type) != 0) {
            return -1;
        }
    }
    return 0;
}

static int take_lists(const struct broker *broker, const struct zygote_spec *spec,
                      struct root_folder *root, bool exposed) {
    return take_list(broker, spec, root, 0, exposed) != 0 ||
                   take_list(broker, spec, root, S_IFSOCK, exposed) != 0
               ? -1
               : 0;
}

// From now on files are opened as the account opens them. There is no way back: who this was on the host has no
// number in this namespace. These two calls have no error, and tell who it was; -1 is nobody, and changes nothing.
static int look_as_account(const struct accounts *accounts) {
    setfsgid(accounts->zygote_gid);
    setfsuid(accounts->zygote_uid);
    if ((gid_t)setfsgid((gid_t)-1) != accounts->zygote_gid ||
        (uid_t)setfsuid((uid_t)-1) != accounts->zygote_uid) {
        errno = EPERM;
        return -1;
    }
    return 0;
}

// A folder before what is below it, which else it would hide.
static int by_path(const void *one, const void *other) {
    return strcmp(((const struct root_entry *)one)->path, ((const struct root_entry *)other)->path);
}

int root_folder_take(const struct broker *broker, const struct zygote_spec *spec,
                     struct root_folder *root) {
    *root = (struct root_folder){0};
    for (size_t i = 0; i < spec->policy->seen_count; i++) {
        if (take_seen(root, spec->policy->seen[i]) != 0) {
            return -1;
        }
    }
    for (size_t i = 0; leaves_out(LAYER_NAMES) && i < sizeof NOT_NAMED / sizeof *NOT_NAMED; i++) {
        if (take_seen(root, NOT_NAMED[i]) != 0) {
            return -1;
        }
    }
    for (size_t i = 0; i < sizeof DEVICES / sizeof *DEVICES; i++) {
        if (take_tree(root, DEVICES[i], DEVICE) != 0) {
            return -1;
        }
    }
    if (take_as(root, broker->zygote_library, CONFINED_LIBRARY) != 0 ||
        take_as(root, broker->machine_library, CONFINED_MACHINE) != 0 ||
        (spec->way == WAY_EXECUTED && take_as(root, broker->exec_program, CONFINED_EXEC) != 0)) {
        return -1;
    }
    root->cpuinfo = fopen("/proc/cpuinfo", "re");
    if (root->cpuinfo == NULL) {
        return fail(root, "/proc/cpuinfo", errno);
    }
    if (take_lists(broker, spec, root, true) != 0) {
        return -1;
    }
    if (look_as_account(&broker->accounts) != 0) {
        return fail(root, "looking as the account", errno);
    }
    if (take_lists(broker, spec, root, false) != 0) {
        return -1;
    }
    qsort(root->entries, (size_t)root->count, sizeof *root->entries, by_path);
    return 0;
}

// ---------------------------------------------------------------- building, inside the new file system

// Every folder on the way to `path`, which is relative to the current folder.
static int make_parents(char *path) {
    for (char *end = strchr(path, '/'); end != NULL; end = strchr(end + 1, '/')) {
        *end = '\0';
        int result = mkdir(path, 0755);
        *end = '/';
        if (result != 0 && errno != EEXIST) {
            return -1;
        }
    }
    return 0;
}

static int make_file(const char *path, const char *text) {
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (file < 0) {
        return -1;
    }
    size_t length = strlen(text);
    ssize_t written = write(file, text, length);
    close(file);
    return written == (ssize_t)length ? 0 : -1;
}

static int place(struct root_entry *entry) {
    char *relative = entry->path + 1;
    struct stat stat;
    if (make_parents(relative) != 0) {
        return -1;
    }
    if (entry->tree < 0) {
        // A folder placed before may have it already.
        return symlink(entry->link, relative) != 0 && errno != EEXIST ? -1 : 0;
    }
    if (fstat(entry->tree, &stat) != 0) {
        return -1;
    }
    int made = 0;
    // A folder placed before may have it, and is read-only.
    if (access(relative, F_OK) != 0) {
        made = S_ISDIR(stat.st_mode) ? mkdir(relative, 0755) : make_file(relative, "");
    }
    if (made != 0 ||
        syscall(SYS_move_mount, entry->tree, "", AT_FDCWD, relative, MOVE_MOUNT_F_EMPTY_PATH) !=
            0) {
        return -1;
    }
    return close(entry->tree);
}

static int make_links(void) {
    static const char *const LINKS[][2] = {
        {SESSION_TEMPORARY, "tmp"},         {SESSION_SHARED_MEMORY, "dev/shm"},
        {"/proc/self/fd", "dev/fd"},        {"/proc/self/fd/0", "dev/stdin"},
        {"/proc/self/fd/1", "dev/stdout"},  {"/proc/self/fd/2", "dev/stderr"},
        {"/proc/self/mounts", "etc/mtab"},
    };
    for (size_t i = 0; i < sizeof LINKS / sizeof *LINKS; i++) {
        if (symlink(LINKS[i][0], LINKS[i][1]) != 0) {
            return -1;
        }
    }
    return 0;
}

static int make_account_files(const struct accounts *accounts) {
    FILE *users = fopen("etc/passwd", "we");
    FILE *groups = fopen("etc/group", "we");
    int result = users == NULL || groups == NULL ? -1 : 0;
    for (uint32_t i = 0; result == 0 && i < accounts->count; i++) {
        result = fprintf(users, "launchpad%02u:x:%u:%u::" SESSION_WORK ":/usr/sbin/nologin\n", i + 1,
                         accounts->first + i, accounts->gid_first + i) < 0 ||
                         fprintf(groups, "launchpad%02u:x:%u:\n", i + 1,
                                 accounts->gid_first + i) < 0
                     ? -1
                     : 0;
    }
    if (users != NULL && fclose(users) != 0) {
        result = -1;
    }
    if (groups != NULL && fclose(groups) != 0) {
        result = -1;
    }
    return result;
}

static int make_own_files(const struct accounts *accounts) {
    static const char *const FOLDERS[] = {"etc", "dev", "proc", "session"};
    for (size_t i = 0; i < sizeof FOLDERS / sizeof *FOLDERS; i++) {
        if (mkdir(FOLDERS[i], 0755) != 0) {
            return -1;
        }
    }
    return make_links() != 0 || make_account_files(accounts) != 0 ||
                   make_file("etc/hosts", "127.0.0.1 localhost session\n") != 0 ||
                   make_file("etc/nsswitch.conf",
                             "passwd: files\ngroup: files\nhosts: files\n") != 0
               ? -1
               : 0;
}

// The zygote's own scratch folder and /proc; its satellites mount theirs over them.
static int mount_own(void) {
    return mount("scratch", "session", "tmpfs", MS_NOSUID | MS_NODEV,
                 "size=64m,nr_inodes=4k,mode=755") != 0 ||
                   mkdir("session/work", 0755) != 0 || mkdir("session/tmp", 0755) != 0 ||
                   mkdir("session/shm", 0755) != 0 ||
                   mount("proc", "proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC,
                         "subset=pid,hidepid=invisible") != 0
               ? -1
               : 0;
}

static int enter(void) {
    struct mount_attr sealed = {.attr_set = READ_ONLY};
    return syscall(SYS_pivot_root, ".", ".") != 0 || umount2(".", MNT_DETACH) != 0 ||
                   chdir("/") != 0 ||
                   (!leaves_out(LAYER_READ_ONLY) &&
                    syscall(SYS_mount_setattr, AT_FDCWD, "/", 0, &sealed, sizeof sealed) != 0)
               ? -1
               : 0;
}

int root_folder_enter(const struct broker *broker, struct root_folder *root) {
    umask(022);
    if (mount("root", BUILDING_SITE, "tmpfs", MS_NOSUID | MS_NODEV, "size=4m,mode=755") != 0 ||
        chdir(BUILDING_SITE) != 0 || make_own_files(&broker->accounts) != 0) {
        return fail(root, "making it", errno);
    }
    if (machine_files_make(root->cpuinfo) != 0) {
        return fail(root, CONFINED_MACHINE, errno);
    }
    fclose(root->cpuinfo);
    for (int i = 0; i < root->count; i++) {
        if (place(&root->entries[i]) != 0) {
            return fail(root, root->entries[i].path, errno);
        }
    }
    if (mount_own() != 0) {
        return fail(root, "its scratch folder and /proc", errno);
    }
    return enter() != 0 ? fail(root, "entering it", errno) : 0;
}
