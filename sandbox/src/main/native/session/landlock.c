// SPDX-License-Identifier: Apache-2.0
//
// Landlock: what the mounts grant is granted a second time, by a mechanism that no mount can undo.

#define _GNU_SOURCE
#include "confinement.h"

#include "../policy/policy.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

// The kernel's headers may be older than the kernel. Bits and fields stand in the order of its versions.
enum { ABI_REFER = 2, ABI_TRUNCATE = 3, ABI_NETWORK = 4, ABI_DEVICE_IOCTL = 5, ABI_SCOPES = 6 };

#define BIT(number) (UINT64_C(1) << (number))
#define EXECUTE BIT(0)
#define WRITE_FILE BIT(1)
#define READ_FILE BIT(2)
#define READ_FOLDER BIT(3)
#define MAKE_CHARACTER_DEVICE BIT(6)
#define MAKE_BLOCK_DEVICE BIT(11)
#define FIRST_VERSION (BIT(13) - 1)
#define REFER BIT(13)
#define TRUNCATE BIT(14)
#define DEVICE_IOCTL BIT(15)
#define NETWORK_ALL UINT64_C(3)
#define SCOPES_ALL UINT64_C(3)

// Those a file that is no folder can have.
#define OF_FILES (EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | DEVICE_IOCTL)

struct ruleset {
    uint64_t files;
    uint64_t network;
    uint64_t scopes;
};

int landlock_abi(void) {
    long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    return abi < 0 ? 0 : (int)abi;
}

// Everything the kernel can handle: what no rule grants is refused.
static struct ruleset everything(int abi) {
    struct ruleset handled = {.files = FIRST_VERSION};
    handled.files |= abi >= ABI_REFER ? REFER : 0;
    handled.files |= abi >= ABI_TRUNCATE ? TRUNCATE : 0;
    handled.files |= abi >= ABI_DEVICE_IOCTL ? DEVICE_IOCTL : 0;
    handled.network = abi >= ABI_NETWORK ? NETWORK_ALL : 0;
    handled.scopes = abi >= ABI_SCOPES ? SCOPES_ALL : 0;
    return handled;
}

static size_t ruleset_size(int abi) {
    if (abi >= ABI_SCOPES) {
        return sizeof(struct ruleset);
    }
    return abi >= ABI_NETWORK ? offsetof(struct ruleset, scopes) : offsetof(struct ruleset, network);
}

static uint64_t files_of(uint32_t rights, uint64_t handled) {
    if ((rights & ACCESS_EVERYTHING) != 0) {
        return handled & ~(MAKE_CHARACTER_DEVICE | MAKE_BLOCK_DEVICE | DEVICE_IOCTL);
    }
    uint64_t files = 0;
    files |= (rights & ACCESS_READ) != 0 ? READ_FILE | READ_FOLDER : 0;
    files |= (rights & ACCESS_EXECUTE) != 0 ? EXECUTE : 0;
    files |= (rights & ACCESS_WRITE) != 0 ? WRITE_FILE | TRUNCATE : 0;
    return files & handled;
}

static int grant(int ruleset, const struct confined_access *access, uint64_t handled) {
    struct stat stat;
    int folder = open(access->path, O_PATH | O_CLOEXEC);
    if (folder < 0) {
        return errno == ENOENT ? 0 : -1;
    }
    struct landlock_path_beneath_attr rule = {
        .allowed_access = files_of(access->rights, handled),
        .parent_fd = folder,
    };
    if (fstat(folder, &stat) == 0 && !S_ISDIR(stat.st_mode)) {
        rule.allowed_access &= OF_FILES;
    }
    long result =
        syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    close(folder);
    return (int)result;
}

int landlock_apply(const struct confinement *confinement) {
    int abi = landlock_abi();
    if (abi == 0 || leaves_out(LAYER_LANDLOCK)) {
        return 0;
    }
    struct ruleset handled = everything(abi);
    int ruleset = (int)syscall(SYS_landlock_create_ruleset, &handled, ruleset_size(abi), 0);
    if (ruleset < 0) {
        return -1;
    }
    int result = 0;
    for (uint32_t i = 0; result == 0 && i < confinement->access_count; i++) {
        result = grant(ruleset, &confinement->accesses[i], handled.files);
    }
    if (result == 0) {
        result = (int)syscall(SYS_landlock_restrict_self, ruleset, 0);
    }
    close(ruleset);
    return result;
}
