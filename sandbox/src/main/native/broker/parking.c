// SPDX-License-Identifier: Apache-2.0
//
// Parking: a session is made, its zygote is asked to fork, and init and zygote answer.

#define _GNU_SOURCE
#include "../session/confinement.h"
#include "session.h"

#include "../session/confinement.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void send_park_failed(struct broker *broker, const struct message_header *request,
                             const char *reason) {
    static struct message message;
    message_begin(&message, PARK_FAILED, request->id, request->generation);
    put_string(&message, reason);
    service_send(broker, &message);
}

static void parked_if_complete(struct broker *broker, struct session *session) {
    static struct message message;
    if (session->init.fd < 0 || session->satellite < 0 || session->parked) {
        return;
    }
    session->state = LIVE;
    session->parked = true;
    session_group_started(session);
    // When the zygote has died meanwhile, the session is ending, and the deadline sees to it.
    if (!zygote_is_dead(session->zygote)) {
        deadline_set(broker, &session->deadline, 0);
    }
    if (session->kill_wanted) {
        session->kill_wanted = false;
        session_kill(broker, session);
    }
    message_begin(&message, PARKED, session->slot, session->generation);
    memcpy(message.fds, session->service_fds, sizeof session->service_fds);
    message.fd_count = 4;
    memset(session->service_fds, -1, sizeof session->service_fds);
    service_send(broker, &message);
}

static bool take_report(struct session *session, struct message *message) {
    struct reader reader = reader_of(message);
    if (message->header.type != ENDED || message->fd_count != 0 || session->has_report) {
        return false;
    }
    read_bytes(&reader, &session->report, sizeof session->report);
    session->has_report = read_all(&reader) && session->report.how >= HOW_EXITED &&
                          session->report.how <= HOW_UNKNOWN;
    session->report.limit = LIMIT_NONE;
    return session->has_report;
}

enum { NOT_A_PIDFD = -1, SESSION_NAMESPACE_DEPTH = 3 };

// How many pid namespaces, from the broker's on, the process of a pidfd is in; 0 when it has ended.
static int namespace_depth(int pidfd) {
    char path[64];
    char text[1024];
    snprintf(path, sizeof path, "/proc/self/fdinfo/%d", pidfd);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return NOT_A_PIDFD;
    }
    ssize_t length = read(fd, text, sizeof text - 1);
    close(fd);
    text[length > 0 ? length : 0] = '\0';
    char *line = strstr(text, "NSpid:");
    if (line == NULL) {
        return NOT_A_PIDFD;
    }
    line[strcspn(line, "\n")] = '\0';
    int depth = 0;
    for (char *word = strtok(line + 6, "\t "); word != NULL; word = strtok(NULL, "\t ")) {
        depth += strtol(word, NULL, 10) > 0;
    }
    return depth;
}

// A zygote must not make the broker signal what is not its own: sessions live in a namespace of
// their own below the zygote's.
static bool is_of_session(const struct broker *broker, int pidfd) {
    int depth = namespace_depth(pidfd);
    int least = leaves_out(LAYER_PIDS) ? SESSION_NAMESPACE_DEPTH - 1 : SESSION_NAMESPACE_DEPTH;
    return broker->lifetime == LIFETIME_NAMESPACES ? depth == 0 || depth >= least
                                                   : depth >= 0;
}

static bool take_started(struct broker *broker, struct session *session, struct message *message) {
    if (message->header.type != STARTED || message->fd_count != 1 || session->satellite >= 0 ||
        message->header.length != sizeof message->header ||
        !is_of_session(broker, message->fds[0])) {
        return false;
    }
    session->satellite = message->fds[0];
    message->fd_count = 0;
    parked_if_complete(broker, session);
    return true;
}

// Reads one message; false when there is none.
static bool receive_report(struct broker *broker, struct session *session) {
    static struct message message;
    int received = channel_receive(session->report_socket.fd, &message);
    if (received == -EAGAIN) {
        return false;
    }
    if (received == 0) {
        // Init is ending; its pidfd tells when it has. If it never had one, the zygote answers.
        watch_close(broker, &session->report_socket);
        return false;
    }
    bool accepted = received > 0 && (message.header.type == STARTED
                                         ? take_started(broker, session, &message)
                                         : take_report(session, &message));
    message_close_fds(&message);
    if (!accepted) {
        zygote_kill(broker, session->zygote, "a session's init sent a malformed message");
    }
    return accepted;
}

static void report_ready(struct broker *broker, void *owner, uint32_t events) {
    (void)events;
    receive_report(broker, owner);
}

static void init_ready(struct broker *broker, void *owner, uint32_t events) {
    struct session *session = owner;
    (void)events;
    // What it sent before its end may not have been read yet.
    while (session->report_socket.fd >= 0 && receive_report(broker, session)) {
    }
    session_init_gone(broker, session);
}

static struct session *find_forking(struct broker *broker, const struct zygote *zygote,
                                    const struct message *message) {
    struct session *session =
        session_find(broker, message->header.id, message->header.generation);
    bool expected = session != NULL && session->zygote == zygote && session->state == FORKING &&
                    session->init.fd < 0;
    return expected ? session : NULL;
}

bool session_forked(struct broker *broker, struct zygote *zygote, struct message *message) {
    struct session *session = find_forking(broker, zygote, message);
    if (session == NULL || message->fd_count != 1 ||
        message->header.length != sizeof message->header ||
        !is_of_session(broker, message->fds[0]) ||
        !watch_add(broker, &session->init, message->fds[0], init_ready, session)) {
        return false;
    }
    message->fd_count = 0;
    parked_if_complete(broker, session);
    return true;
}

// A satellite that could not be set up has said why, though it ended before the zygote knew it.
static void append_last_words(struct session *session) {
    size_t used = strlen(session->failure);
    char text[sizeof session->failure];
    ssize_t length = read(session->service_fds[3], text, sizeof text - 1);
    if (length > 0) {
        text[length] = '\0';
        text[strcspn(text, "\n")] = '\0';
        snprintf(session->failure + used, sizeof session->failure - used, ": %s", text);
    }
}

bool session_fork_failed(struct broker *broker, struct zygote *zygote,
                         const struct message *message) {
    struct session *session = find_forking(broker, zygote, message);
    struct reader reader = reader_of(message);
    char *reason = read_string(&reader);
    bool valid = session != NULL && read_all(&reader);
    if (valid) {
        snprintf(session->failure, sizeof session->failure, "%s", reason);
        append_last_words(session);
        session_send_signal(session->satellite, SIGKILL);
        session_init_gone(broker, session);
    }
    free(reason);
    return valid;
}

struct park_request {
    struct zygote *zygote;
    // Null without one.
    struct pool *pool;
    bool pool_known;
    uid_t uid;
    gid_t gid;
    struct string_list environment;
};

// Null, or why it is refused.
static const char *refuse(const struct broker *broker, const struct message_header *header,
                          const struct park_request *request) {
    const struct accounts *accounts = &broker->accounts;
    if (broker->stopping) {
        return "the broker is ending";
    }
    if (broker->session_count >= SESSIONS_MAX) {
        return "there are too many sessions";
    }
    if (request->zygote == NULL || !zygote_can_fork(request->zygote)) {
        return "the zygote cannot be forked: it is unknown, not ready yet, or ending";
    }
    if (!request->pool_known) {
        return "the resource pool is unknown";
    }
    uint32_t index = request->uid - accounts->first;
    if (index >= accounts->count || request->gid != accounts->gid_first + index) {
        return "the account is not one of those the broker was started with";
    }
    for (const struct session *other = broker->sessions; other != NULL; other = other->next) {
        if (other->slot == header->id) {
            return "the slot is in use";
        }
        if (accounts->count > 1 && other->uid == request->uid) {
            return "the account is in use";
        }
    }
    return NULL;
}

static const char *send_fork(struct broker *broker, struct session *session,
                             const struct park_request *request, const int satellite[4],
                             int report) {
    static struct message message;
    char path[sizeof broker->work_path + sizeof session->folder + 1];
    if (broker->options.confinement == CONFINEMENT_FULL) {
        snprintf(path, sizeof path, "%s", SESSION_WORK);
    } else {
        snprintf(path, sizeof path, "%s/%s", broker->work_path, session->folder);
    }
    message_begin(&message, FORK, session->slot, session->generation);
    put_u32(&message, request->uid);
    put_u32(&message, request->gid);
    memcpy(message.fds, satellite, sizeof(int) * 4);
    message.fds[4] = report;
    message.fd_count = 5;
    session_group_put(broker, session->group, &message);
    if (!put_string(&message, path) || !put_list(&message, &request->environment)) {
        return "the environment is too large";
    }
    int error = zygote_send(session->zygote, &message);
    return error == 0 ? NULL : strerror(-error);
}

// Null, or why it failed; `session` then holds nothing but what `release` frees, and its folder.
static const char *connect_and_fork(struct broker *broker, struct session *session,
                                    const struct park_request *request) {
    struct channels channels;
    int report[2];
    if (channels_open(&channels, request->uid, request->gid) != 0) {
        return strerror(errno);
    }
    memcpy(session->service_fds, channels.service, sizeof session->service_fds);
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, report) != 0) {
        channels_close(channels.satellite);
        return strerror(errno);
    }
    fcntl(report[0], F_SETFL, O_NONBLOCK);
    const char *failure = NULL;
    if (!watch_add(broker, &session->report_socket, report[0], report_ready, session)) {
        failure = strerror(errno);
        close(report[0]);
    } else {
        failure = send_fork(broker, session, request, channels.satellite, report[1]);
    }
    channels_close(channels.satellite);
    close(report[1]);
    return failure;
}

static void park(struct broker *broker, const struct message_header *header,
                 const struct park_request *request) {
    const char *failure = refuse(broker, header, request);
    struct session *session = failure == NULL ? calloc(1, sizeof *session) : NULL;
    if (session == NULL) {
        send_park_failed(broker, header, failure == NULL ? "no memory" : failure);
        return;
    }
    session->zygote = request->zygote;
    session->slot = header->id;
    session->generation = header->generation;
    session->uid = request->uid;
    session->state = FORKING;
    session->satellite = -1;
    session->init.fd = -1;
    session->report_socket.fd = -1;
    memset(session->service_fds, -1, sizeof session->service_fds);
    snprintf(session->folder, sizeof session->folder, "%" PRIu64 "-%" PRIu64, header->id,
             header->generation);
    session->next = broker->sessions;
    broker->sessions = session;
    broker->session_count++;
    zygote_session_added(session->zygote);
    deadline_set(broker, &session->deadline, now_ms() + FORK_ANSWER_MS);
    if (request->pool != NULL) {
        session->group = session_group_open(broker, request->pool, &failure);
    }
    // A confined session mounts its folder itself, and it goes with its last process.
    if (failure == NULL && broker->options.confinement == CONFINEMENT_NONE &&
        work_folder_make(broker, session->folder, request->uid, request->gid) != 0) {
        failure = strerror(errno);
    }
    if (failure == NULL) {
        failure = connect_and_fork(broker, session, request);
    }
    if (failure != NULL) {
        snprintf(session->failure, sizeof session->failure, "%s", failure);
        session_discard(broker, session);
    }
}

bool session_park(struct broker *broker, const struct message *message) {
    struct reader reader = reader_of(message);
    struct park_request request = {.zygote = zygote_find(broker, read_u64(&reader))};
    request.uid = read_u32(&reader);
    request.gid = read_u32(&reader);
    uint64_t pool = read_u64(&reader);
    request.pool = pool == 0 ? NULL : pool_find(broker, pool);
    request.pool_known = pool == 0 || request.pool != NULL;
    bool valid = read_list(&reader, &request.environment) && read_all(&reader);
    if (valid) {
        park(broker, &message->header, &request);
    }
    free_list(&request.environment);
    return valid;
}
