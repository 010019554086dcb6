// SPDX-License-Identifier: Apache-2.0
//
// The process itself: forked out of a zygote, left by quit(), measured and ended.

#define _GNU_SOURCE
#include "calls.h"
#include "channel.h"
#include "front_end.h"
#include "wire.h"

#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/un.h>
#include <unistd.h>

void console_close(void);

// ---- the zygote library ------------------------------------------------------------------------

// `struct lpz_session` of launchpad_zygote.h, which is not there when this package is built by itself.
struct zygote_session {
    uint64_t slot;
    uint64_t generation;
    uint32_t uid;
    uint32_t gid;
    const char *work_folder;
    const char *const *environment;
};

static struct {
    int (*open)(void);
    void (*settle_memory)(void);
    int (*ready)(void);
    int (*serve)(struct zygote_session *);
    const char *(*error)(void);
} zygote;

static void *symbol(void *library, const char *name) {
    void *found = dlsym(library, name);
    if (found == NULL) {
        Rf_error("the zygote library has no %s", name);
    }
    return found;
}

static void zygote_check(int result) {
    if (result < 0) {
        Rf_error("zygote: %s", zygote.error());
    }
}

SEXP call_zygote_open(SEXP path) {
    void *library = dlopen(CHAR(STRING_ELT(path, 0)), RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) {
        Rf_error("%s", dlerror());
    }
    *(void **)&zygote.open = symbol(library, "lpz_open");
    *(void **)&zygote.settle_memory = symbol(library, "lpz_settle_memory");
    *(void **)&zygote.ready = symbol(library, "lpz_ready");
    *(void **)&zygote.serve = symbol(library, "lpz_serve");
    *(void **)&zygote.error = symbol(library, "lpz_error");
    zygote_check(zygote.open());
    return R_NilValue;
}

SEXP call_zygote_settle(void) {
    zygote.settle_memory();
    return R_NilValue;
}

SEXP call_zygote_ready(void) {
    zygote_check(zygote.ready());
    return R_NilValue;
}

// Returns in each satellite, with its environment; NULL in the zygote when it is to exit.
SEXP call_zygote_serve(void) {
    struct zygote_session session;
    int served = zygote.serve(&session);
    zygote_check(served);
    if (served == 0) {
        return R_NilValue;
    }
    R_xlen_t count = 0;
    while (session.environment[count] != NULL) {
        count++;
    }
    SEXP environment = PROTECT(Rf_allocVector(STRSXP, count));
    for (R_xlen_t i = 0; i < count; i++) {
        SET_STRING_ELT(environment, i, Rf_mkChar(session.environment[i]));
    }
    UNPROTECT(1);
    return environment;
}

// The next tempdir(check = TRUE) makes one of this process's own.
SEXP call_own_temporary_folder(void) {
    static char none[] = "";
    *front_end()->temporary_folder = none;
    return R_NilValue;
}

// ---- ends --------------------------------------------------------------------------------------

static void (*clean_up_before)(SA_TYPE, int, int);
static bool catching;

static void put_error(struct bytes *payload, const char *text, int status) {
    struct bytes error = {0};
    wire_uint(&error, 1, 58002);
    wire_bytes(&error, 2, "SCRIPT_EXITED", 13);
    wire_uint(&error, 3, 1);
    wire_bytes(&error, 4, text, strlen(text));
    static const uint8_t EXIT_STATUS[] = {9 << 3};
    bytes_append(&error, EXIT_STATUS, sizeof EXIT_STATUS);
    wire_varint(&error, (uint64_t)(int64_t)status);
    wire_bytes(payload, 1, error.data, error.size);
    bytes_free(&error);
}

// quit() cannot be caught in R: it comes here, and so does an R that gives up.
static void clean_up(SA_TYPE action, int status, int run_last) {
    if (!catching || !channel_is_own()) {
        clean_up_before(action, status, run_last);
        return;
    }
    char text[160];
    if (action == SA_SUICIDE) {
        snprintf(text, sizeof text, "R gave up, for the reason it printed, before the results were sent");
    } else {
        snprintf(text, sizeof text, "the script called quit() with status %d before its results were sent", status);
    }
    struct bytes payload = {0};
    put_error(&payload, text, status);
    console_close();
    if (!channel_send_now(FAILED, payload.data, payload.size)) {
        leave_now(82);
    }
    channel_finish_now();
    leave_now(0);
}

SEXP call_catch_quit(SEXP active) {
    if (clean_up_before == NULL) {
        clean_up_before = *front_end()->clean_up;
        *front_end()->clean_up = clean_up;
    }
    catching = Rf_asLogical(active);
    return R_NilValue;
}

SEXP call_leave(SEXP status) {
    leave_now(Rf_asInteger(status));
}

// What C code printed through stdio must be in the pipe before the terminal message.
SEXP call_flush_c(void) {
    fflush(NULL);
    return R_NilValue;
}

SEXP call_usage(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    SEXP values = Rf_allocVector(REALSXP, 5);
    REAL(values)[0] = (double)usage.ru_utime.tv_sec * 1e6 + (double)usage.ru_utime.tv_usec;
    REAL(values)[1] = (double)usage.ru_stime.tv_sec * 1e6 + (double)usage.ru_stime.tv_usec;
    REAL(values)[2] = (double)usage.ru_maxrss * 1024;
    REAL(values)[3] = (double)usage.ru_minflt;
    REAL(values)[4] = (double)usage.ru_majflt;
    return values;
}

// How many files may be open, and of the file system of a folder: bytes in all, used and left, files in all, used and left. The
// latter are NA where the folder does not lie in a file system made for the session.
SEXP call_limits(SEXP folder) {
    const char *path = CHAR(STRING_ELT(folder, 0));
    SEXP values = PROTECT(Rf_allocVector(REALSXP, 7));
    for (int i = 0; i < 7; i++) {
        REAL(values)[i] = NA_REAL;
    }
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        REAL(values)[0] = (double)files.rlim_cur;
    }
    char above[PATH_MAX + 8];
    struct stat mounted;
    struct stat host;
    struct statvfs use;
    snprintf(above, sizeof above, "%.*s/../..", PATH_MAX, path);
    if (stat(path, &mounted) == 0 && stat(above, &host) == 0 && mounted.st_dev != host.st_dev && statvfs(path, &use) == 0) {
        double block = (double)use.f_frsize;
        REAL(values)[1] = (double)use.f_blocks * block;
        REAL(values)[2] = (double)(use.f_blocks - use.f_bfree) * block;
        REAL(values)[3] = (double)use.f_bavail * block;
        REAL(values)[4] = (double)use.f_files;
        REAL(values)[5] = (double)(use.f_files - use.f_ffree);
        REAL(values)[6] = (double)use.f_favail;
    }
    UNPROTECT(1);
    return values;
}

// ---- sockets -----------------------------------------------------------------------------------

SEXP call_socket_pair(void) {
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) {
        Rf_error("socketpair: %s", strerror(errno));
    }
    SEXP both = Rf_allocVector(INTSXP, 2);
    INTEGER(both)[0] = pair[0];
    INTEGER(both)[1] = pair[1];
    return both;
}

// Writes the bytes, or closes the descriptor when they are NULL.
SEXP call_write_all(SEXP descriptor, SEXP bytes) {
    int fd = Rf_asInteger(descriptor);
    if (bytes == R_NilValue) {
        close(fd);
        return R_NilValue;
    }
    const uint8_t *data = RAW(bytes);
    size_t left = (size_t)XLENGTH(bytes);
    while (left > 0) {
        ssize_t written = write(fd, data, left);
        if (written < 0) {
            Rf_error("write: %s", strerror(errno));
        }
        data += written;
        left -= (size_t)written;
    }
    return R_NilValue;
}

// Listens for one client and returns the connection.
SEXP call_listen(SEXP path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const char *name = CHAR(STRING_ELT(path, 0));
    if (strlen(name) >= sizeof address.sun_path) {
        Rf_error("the path of the socket is too long");
    }
    strcpy(address.sun_path, name);
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    mode_t before = umask(0177);
    int bound = bind(listener, (struct sockaddr *)&address, sizeof address);
    umask(before);
    if (listener < 0 || bound != 0 || listen(listener, 1) != 0) {
        Rf_error("cannot listen on %s: %s", name, strerror(errno));
    }
    int connection = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    if (connection < 0) {
        Rf_error("accept: %s", strerror(errno));
    }
    close(listener);
    unlink(name);
    return Rf_ScalarInteger(connection);
}
