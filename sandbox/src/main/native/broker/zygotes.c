// SPDX-License-Identifier: Apache-2.0
//
// Zygotes: started, asked for forks, retired, killed, and reported once nothing of theirs is left.

#define _GNU_SOURCE
#include "zygote_process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { START_TIMEOUT_MS_MAX = 3600000, SCRATCH_BYTES_MIN = 1 << 20, SCRATCH_INODES_MIN = 64 };

struct zygote {
    struct zygote *next;
    uint64_t id;
    // 0 once reaped.
    pid_t pid;
    int status;
    bool ready;
    bool retiring;
    bool killed;
    char reason[256];
    int64_t deadline;
    int sessions;
    struct watch control;
    struct watch output;
    // The last bytes of its output, as a ring.
    char last_output[LAST_OUTPUT_BYTES];
    size_t output_bytes;
};

// ---------------------------------------------------------------- starting

static void zygote_control_ready(struct broker *broker, void *owner, uint32_t events);
static void zygote_output_ready(struct broker *broker, void *owner, uint32_t events);

static void send_exited(struct broker *broker, uint64_t id, enum how how, uint32_t value,
                        const char *reason, const char *output, size_t output_bytes) {
    static struct message message;
    message_begin(&message, ZYGOTE_EXITED, id, 0);
    put_u32(&message, (uint32_t)how);
    put_u32(&message, value);
    put_string(&message, reason);
    put_string_bytes(&message, output, output_bytes);
    service_send(broker, &message);
}

// Reads what follows the environment; `confined` is what the message says.
static bool parse_confinement(struct reader *reader, struct zygote_spec *spec, bool confined) {
    char *policy = read_string(reader);
    spec->scratch_bytes = read_u64(reader);
    spec->scratch_inodes = read_u32(reader);
    bool valid = read_list(reader, &spec->readable) && read_list(reader, &spec->sockets) &&
                 read_all(reader);
    if (valid && confined) {
        spec->policy = policy_find(policy);
        valid = spec->policy != NULL && spec->scratch_bytes >= SCRATCH_BYTES_MIN &&
                spec->scratch_inodes >= SCRATCH_INODES_MIN;
    }
    free(policy);
    return valid;
}

static bool parse_spec(const struct message *message, struct zygote_spec *spec) {
    struct reader reader = reader_of(message);
    *spec = (struct zygote_spec){.start_timeout_ms = read_u32(&reader)};
    uint32_t confinement = read_u32(&reader);
    uint32_t way = read_u32(&reader);
    spec->way = way == WAY_EXECUTED ? WAY_EXECUTED : WAY_FORKED;
    spec->runtime = read_string(&reader);
    return read_list(&reader, &spec->arguments) && read_list(&reader, &spec->environment) &&
           confinement <= CONFINEMENT_FULL && way <= WAY_EXECUTED &&
           parse_confinement(&reader, spec, confinement == CONFINEMENT_FULL) &&
           spec->arguments.count > 0 && spec->start_timeout_ms > 0 &&
           spec->start_timeout_ms <= START_TIMEOUT_MS_MAX;
}

static void free_spec(struct zygote_spec *spec) {
    free(spec->runtime);
    free_list(&spec->arguments);
    free_list(&spec->environment);
    free_list(&spec->readable);
    free_list(&spec->sockets);
}

// The pid, or -1 with errno; all but the two ends of the broker's are closed.
static pid_t fork_zygote(const struct broker *broker, const struct zygote_spec *spec, int *control,
                         int *output) {
    int sockets[2];
    int pipes[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) != 0) {
        return -1;
    }
    if (pipe2(pipes, O_CLOEXEC) != 0) {
        close(sockets[0]);
        close(sockets[1]);
        return -1;
    }
    fcntl(sockets[0], F_SETFL, O_NONBLOCK);
    fcntl(pipes[0], F_SETFL, O_NONBLOCK);
    pid_t parent = getpid();
    pid_t pid = broker->lifetime == LIFETIME_NAMESPACES ? namespaces_fork(broker) : fork();
    if (pid == 0) {
        zygote_run(broker, spec, sockets[1], pipes[1], parent);
    }
    int error = errno;
    close(sockets[1]);
    close(pipes[1]);
    if (pid < 0) {
        close(sockets[0]);
        close(pipes[0]);
    }
    *control = sockets[0];
    *output = pipes[0];
    errno = error;
    return pid;
}

static const char *start(struct broker *broker, uint64_t id, const struct zygote_spec *spec) {
    if (broker->stopping || broker->zygote_count >= ZYGOTES_MAX) {
        return broker->stopping ? "the broker is ending" : "there are too many zygotes";
    }
    if ((spec->policy != NULL) != (broker->options.confinement == CONFINEMENT_FULL)) {
        return spec->policy != NULL ? "the broker was started with --sandbox none"
                                    : "the broker was started with --sandbox full";
    }
    struct zygote *zygote = calloc(1, sizeof *zygote);
    int control;
    int output;
    pid_t pid = zygote == NULL ? -1 : fork_zygote(broker, spec, &control, &output);
    if (pid < 0) {
        free(zygote);
        return strerror(errno);
    }
    zygote->id = id;
    zygote->pid = pid;
    zygote->next = broker->zygotes;
    broker->zygotes = zygote;
    broker->zygote_count++;
    deadline_set(broker, &zygote->deadline, now_ms() + spec->start_timeout_ms);
    if (!watch_add(broker, &zygote->control, control, zygote_control_ready, zygote)) {
        close(control);
    }
    if (!watch_add(broker, &zygote->output, output, zygote_output_ready, zygote)) {
        close(output);
    }
    if (zygote->control.fd < 0 || zygote->output.fd < 0) {
        zygote_kill(broker, zygote, "the broker has no more descriptors");
    }
    return NULL;
}

bool zygote_start(struct broker *broker, const struct message *message) {
    struct zygote_spec spec;
    bool valid = parse_spec(message, &spec) && zygote_find(broker, message->header.id) == NULL;
    if (valid) {
        const char *refusal = start(broker, message->header.id, &spec);
        if (refusal != NULL) {
            send_exited(broker, message->header.id, HOW_UNKNOWN, 0, refusal, "", 0);
        }
    }
    free_spec(&spec);
    return valid;
}

// ---------------------------------------------------------------- living

struct zygote *zygote_find(struct broker *broker, uint64_t id) {
    struct zygote *zygote = broker->zygotes;
    while (zygote != NULL && zygote->id != id) {
        zygote = zygote->next;
    }
    return zygote;
}

bool zygote_can_fork(const struct zygote *zygote) {
    return zygote->ready && !zygote->retiring && !zygote->killed && zygote->control.fd >= 0;
}

bool zygote_is_dead(const struct zygote *zygote) {
    return zygote->pid == 0;
}

bool zygote_was_killed(const struct zygote *zygote) {
    return zygote->killed;
}

bool zygote_hung_up(const struct zygote *zygote) {
    char byte;
    return zygote->control.fd < 0 ||
           recv(zygote->control.fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

int zygote_send(struct zygote *zygote, const struct message *message) {
    return channel_send(zygote->control.fd, message);
}

// False when the message breaks the rules.
static bool handle(struct broker *broker, struct zygote *zygote, struct message *message) {
    static struct message ready;
    switch (message->header.type) {
    case READY:
        if (zygote->ready || message->header.length != sizeof message->header ||
            message->fd_count != 0) {
            return false;
        }
        zygote->ready = true;
        deadline_set(broker, &zygote->deadline, 0);
        message_begin(&ready, ZYGOTE_READY, zygote->id, 0);
        service_send(broker, &ready);
        return true;
    case FORKED:
        return session_forked(broker, zygote, message);
    case FORK_FAILED:
        return message->fd_count == 0 && session_fork_failed(broker, zygote, message);
    default:
        return false;
    }
}

static void zygote_control_ready(struct broker *broker, void *owner, uint32_t events) {
    static struct message message;
    struct zygote *zygote = owner;
    (void)events;
    int received = channel_receive(zygote->control.fd, &message);
    if (received == -EAGAIN) {
        return;
    }
    if (received <= 0) {
        // Nothing more can come of it. Usually it is just ending; if not, the deadline ends it.
        watch_close(broker, &zygote->control);
        if (received < 0) {
            zygote_kill(broker, zygote, "it sent a malformed message");
        } else {
            deadline_set(broker, &zygote->deadline, now_ms() + ZYGOTE_EXIT_MS);
        }
        return;
    }
    bool accepted = handle(broker, zygote, &message);
    message_close_fds(&message);
    if (!accepted) {
        zygote_kill(broker, zygote, "it broke the rules of BROKER.md");
    }
}

static void keep_output(struct zygote *zygote, const char *bytes, size_t length) {
    for (size_t i = 0; i < length; i++) {
        zygote->last_output[zygote->output_bytes++ % LAST_OUTPUT_BYTES] = bytes[i];
    }
}

static void zygote_output_ready(struct broker *broker, void *owner, uint32_t events) {
    struct zygote *zygote = owner;
    char bytes[4096];
    (void)events;
    ssize_t length = read(zygote->output.fd, bytes, sizeof bytes);
    if (length > 0) {
        keep_output(zygote, bytes, (size_t)length);
    } else if (length == 0 || (errno != EAGAIN && errno != EINTR)) {
        watch_close(broker, &zygote->output);
    }
}

// What the zygote alone keeps in memory or swap, in bytes; 0 when it is not to be seen.
static uint64_t memory_of(pid_t pid) {
    char path[32];
    char line[128];
    unsigned long long kib;
    uint64_t bytes = 0;
    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    FILE *status = fopen(path, "re");
    while (status != NULL && fgets(line, sizeof line, status) != NULL) {
        if (sscanf(line, "RssAnon: %llu", &kib) == 1 || sscanf(line, "VmSwap: %llu", &kib) == 1) {
            bytes += (uint64_t)kib * 1024;
        }
    }
    if (status != NULL) {
        fclose(status);
    }
    return bytes;
}

bool zygote_measure(struct broker *broker, const struct message *message) {
    static struct message measured;
    const struct zygote *zygote = zygote_find(broker, message->header.id);
    if (zygote != NULL) {
        message_begin(&measured, ZYGOTE_MEASURED, zygote->id, 0);
        put_u64(&measured, zygote->pid == 0 ? 0 : memory_of(zygote->pid));
        service_send(broker, &measured);
    }
    return message->header.length == sizeof message->header;
}

// ---------------------------------------------------------------- ending

void zygote_kill(struct broker *broker, struct zygote *zygote, const char *reason) {
    if (!zygote->killed && zygote->pid != 0) {
        zygote->killed = true;
        snprintf(zygote->reason, sizeof zygote->reason, "%s", reason);
        deadline_set(broker, &zygote->deadline, 0);
        kill(zygote->pid, SIGKILL);
    }
}

void zygotes_kill_all(struct broker *broker) {
    for (struct zygote *zygote = broker->zygotes; zygote != NULL; zygote = zygote->next) {
        zygote_kill(broker, zygote, "the broker is ending");
    }
}

// What it wrote last may still stand in the pipe: no more than a pipe holds, because a process it started may write on.
static void drain_output(struct broker *broker, struct zygote *zygote) {
    enum { PIPE_BYTES = 65536 };
    size_t first = zygote->output_bytes;
    while (zygote->output.fd >= 0 && zygote->output_bytes - first < PIPE_BYTES) {
        size_t before = zygote->output_bytes;
        zygote_output_ready(broker, zygote, 0);
        if (zygote->output_bytes == before) {
            break;
        }
    }
    watch_close(broker, &zygote->output);
}

static void report_if_gone(struct broker *broker, struct zygote *zygote) {
    if (zygote->pid != 0 || zygote->sessions > 0) {
        return;
    }
    // In a tree of processes what it started falls to the broker, and what that started once it is ended itself.
    if (broker->lifetime == LIFETIME_TREE && sessions_end_unknown(broker) > 0) {
        deadline_set(broker, &zygote->deadline, now_ms() + TICK_MS);
        return;
    }
    drain_output(broker, zygote);
    char output[LAST_OUTPUT_BYTES];
    size_t kept = zygote->output_bytes < LAST_OUTPUT_BYTES ? zygote->output_bytes
                                                           : (size_t)LAST_OUTPUT_BYTES;
    for (size_t i = 0; i < kept; i++) {
        // A zero byte would make the string malformed.
        char byte = zygote->last_output[(zygote->output_bytes - kept + i) % LAST_OUTPUT_BYTES];
        output[i] = byte == '\0' ? ' ' : byte;
    }
    bool exited = WIFEXITED(zygote->status);
    send_exited(broker, zygote->id, exited ? HOW_EXITED : HOW_SIGNALLED,
                (uint32_t)(exited ? WEXITSTATUS(zygote->status) : WTERMSIG(zygote->status)),
                zygote->reason, output, kept);
    struct zygote **link = &broker->zygotes;
    while (*link != zygote) {
        link = &(*link)->next;
    }
    *link = zygote->next;
    broker->zygote_count--;
    watch_close(broker, &zygote->control);
    deadline_set(broker, &zygote->deadline, 0);
    free(zygote);
}

// The closed socket tells a retired zygote to exit.
static void end_if_retired(struct broker *broker, struct zygote *zygote) {
    if (zygote->retiring && zygote->sessions == 0 && zygote->control.fd >= 0) {
        watch_close(broker, &zygote->control);
        deadline_set(broker, &zygote->deadline, now_ms() + ZYGOTE_EXIT_MS);
    }
}

void zygote_retire(struct broker *broker, struct zygote *zygote) {
    zygote->retiring = true;
    end_if_retired(broker, zygote);
}

void zygote_session_added(struct zygote *zygote) {
    zygote->sessions++;
}

void zygote_session_gone(struct broker *broker, struct zygote *zygote) {
    zygote->sessions--;
    end_if_retired(broker, zygote);
    report_if_gone(broker, zygote);
}

bool zygote_owns_pid(const struct broker *broker, pid_t pid) {
    const struct zygote *zygote = broker->zygotes;
    while (zygote != NULL && zygote->pid != pid) {
        zygote = zygote->next;
    }
    return zygote != NULL;
}

bool zygote_reaped(struct broker *broker, pid_t pid, int status) {
    for (struct zygote *zygote = broker->zygotes; zygote != NULL; zygote = zygote->next) {
        if (zygote->pid == pid) {
            zygote->pid = 0;
            zygote->status = status;
            deadline_set(broker, &zygote->deadline, 0);
            watch_close(broker, &zygote->control);
            // Keeps the zygote alive while the list of sessions is walked.
            zygote->sessions++;
            sessions_zygote_died(broker, zygote);
            zygote_session_gone(broker, zygote);
            return true;
        }
    }
    return false;
}

void zygotes_tick(struct broker *broker, int64_t now) {
    struct zygote *next;
    for (struct zygote *zygote = broker->zygotes; zygote != NULL; zygote = next) {
        next = zygote->next;
        if (zygote->deadline == 0 || now < zygote->deadline) {
            continue;
        }
        if (zygote->pid == 0) {
            report_if_gone(broker, zygote);
        } else {
            zygote_kill(broker, zygote,
                        zygote->ready ? "it did not end in time" : "it was not ready in time");
        }
    }
}
