// SPDX-License-Identifier: Apache-2.0
//
// A session's namespaces, and what is mounted in them over the zygote's read-only root folder.

#define _GNU_SOURCE
#include "confinement.h"

#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

int session_enter_namespaces(int network) {
    int ipc = leaves_out(LAYER_IPC) ? 0 : CLONE_NEWIPC;
    int host_name = leaves_out(LAYER_HOST_NAME) ? 0 : CLONE_NEWUTS;
    if (unshare(CLONE_NEWNS | ipc | host_name) != 0 ||
        (!leaves_out(LAYER_NETWORKS) && setns(network, CLONE_NEWNET) != 0)) {
        return -1;
    }
    return leaves_out(LAYER_HOST_NAME) ? 0 : sethostname("session", sizeof "session" - 1);
}

int session_mount(const struct confinement *confinement, uid_t uid, gid_t gid) {
    char options[160];
    // Not with the others: only now is it in the group that is to be its root.
    if (!leaves_out(LAYER_GROUP_NAMES) && unshare(CLONE_NEWCGROUP) != 0) {
        return -1;
    }
    // 0 is no limit.
    bool limited = !leaves_out(LAYER_SCRATCH);
    snprintf(options, sizeof options,
             "size=%" PRIu64 ",nr_inodes=%" PRIu32 ",mode=700,uid=%u,gid=%u",
             limited ? confinement->scratch_bytes : 0, limited ? confinement->scratch_inodes : 0,
             uid, gid);
    if (mount("scratch", SESSION_FOLDER, "tmpfs", MS_NOSUID | MS_NODEV, options) != 0) {
        return -1;
    }
    return mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC,
                 "subset=pid,hidepid=invisible");
}

int session_make_folders(void) {
    return mkdir(SESSION_WORK, S_IRWXU) != 0 || mkdir(SESSION_TEMPORARY, S_IRWXU) != 0 ||
                   mkdir(SESSION_SHARED_MEMORY, S_IRWXU) != 0
               ? -1
               : 0;
}
