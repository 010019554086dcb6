// SPDX-License-Identifier: Apache-2.0
//
// The service: started as a child without privileges, listened to, told, and ended.

#define _GNU_SOURCE
#include "broker.h"

#include "../credentials.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    OUTBOX_MESSAGES_MAX = 16384,
    OUTBOX_BYTES_MAX = 16 << 20,
};

struct outgoing {
    struct outgoing *next;
    int fds[MESSAGE_FDS_MAX];
    int fd_count;
    // As on the wire; as long as its header says.
    struct message_header header;
    unsigned char body[];
};

// ---------------------------------------------------------------- sending

static void outbox_pop(struct broker *broker) {
    struct outbox *outbox = &broker->outbox;
    struct outgoing *sent = outbox->first;
    outbox->first = sent->next;
    if (outbox->first == NULL) {
        outbox->last = NULL;
    }
    outbox->count--;
    outbox->bytes -= sent->header.length;
    for (int i = 0; i < sent->fd_count; i++) {
        close(sent->fds[i]);
    }
    free(sent);
}

static void outbox_clear(struct broker *broker) {
    while (broker->outbox.first != NULL) {
        outbox_pop(broker);
    }
    deadline_set(broker, &broker->outbox.retry, 0);
}

static void outbox_push(struct broker *broker, const struct message *message) {
    struct outbox *outbox = &broker->outbox;
    size_t length = message->header.length;
    struct outgoing *entry = malloc(sizeof *entry + length - sizeof entry->header);
    if (entry == NULL || outbox->count >= OUTBOX_MESSAGES_MAX ||
        outbox->bytes + length > OUTBOX_BYTES_MAX) {
        free(entry);
        for (int i = 0; i < message->fd_count; i++) {
            close(message->fds[i]);
        }
        broker_stop(broker, "the service does not take its messages");
        return;
    }
    entry->next = NULL;
    entry->fd_count = message->fd_count;
    memcpy(entry->fds, message->fds, sizeof entry->fds);
    entry->header = message->header;
    memcpy(entry->body, message->body, length - sizeof entry->header);
    if (outbox->last == NULL) {
        outbox->first = entry;
    } else {
        outbox->last->next = entry;
    }
    outbox->last = entry;
    outbox->count++;
    outbox->bytes += length;
}

// Sends what the service takes now. Too many descriptors in flight clear up as it takes them.
static void outbox_flush(struct broker *broker) {
    static struct message message;
    int error = 0;
    while (broker->outbox.first != NULL && error == 0) {
        struct outgoing *entry = broker->outbox.first;
        message.header = entry->header;
        memcpy(message.body, entry->body, entry->header.length - sizeof entry->header);
        memcpy(message.fds, entry->fds, sizeof message.fds);
        message.fd_count = entry->fd_count;
        error = channel_send(broker->service.fd, &message);
        if (error == 0) {
            outbox_pop(broker);
        }
    }
    if (error != 0 && error != -EAGAIN && error != -ETOOMANYREFS) {
        // A service that is ending has closed its end already.
        broker_stop(broker, error == -EPIPE ? NULL : strerror(-error));
        return;
    }
    // Of those the socket says nothing: it may well be writable meanwhile.
    bool in_flight = error == -ETOOMANYREFS;
    watch_writable(broker, &broker->service, broker->outbox.first != NULL && !in_flight);
    deadline_set(broker, &broker->outbox.retry, in_flight ? now_ms() + TICK_MS : 0);
}

void service_tick(struct broker *broker, int64_t now) {
    if (broker->outbox.retry != 0 && now >= broker->outbox.retry) {
        outbox_flush(broker);
    }
}

void service_send(struct broker *broker, struct message *message) {
    if (broker->service.fd < 0) {
        message_close_fds(message);
        return;
    }
    outbox_push(broker, message);
    message->fd_count = 0;
    if (broker->service.fd >= 0) {
        outbox_flush(broker);
    }
}

static void put_promises(struct message *message, const struct promises *promises) {
    put_u32(message, promises->count);
    for (uint32_t i = 0; i < promises->count; i++) {
        put_string(message, promises->texts[i]);
    }
}

static void send_welcome(struct broker *broker) {
    static struct message message;
    message_begin(&message, WELCOME, 0, 0);
    put_u32(&message, BROKER_VERSION);
    put_u32(&message, (uint32_t)broker->lifetime);
    put_u32(&message, broker->accounts.first);
    put_u32(&message, broker->accounts.count);
    put_u32(&message, broker->accounts.gid_first);
    put_u32(&message, (uint32_t)socket_buffer_bytes());
    put_string(&message, broker->lifetime_reason);
    put_u32(&message, (uint32_t)broker->cgroups.version);
    put_u32(&message, broker->cgroups.controllers);
    put_string(&message, broker->cgroups.reason);
    put_promises(&message, &broker->promises);
    put_promises(&message, &broker->weakened);
    service_send(broker, &message);
}

// ---------------------------------------------------------------- listening

static bool has_no_body(const struct message *message) {
    return message->header.length == sizeof message->header;
}

static bool handle_zygote_message(struct broker *broker, const struct message *message) {
    struct zygote *zygote = zygote_find(broker, message->header.id);
    if (!has_no_body(message)) {
        return false;
    }
    if (zygote != NULL && message->header.type == RETIRE_ZYGOTE) {
        zygote_retire(broker, zygote);
    } else if (zygote != NULL) {
        zygote_kill(broker, zygote, "killed on request");
    }
    return true;
}

static bool handle_slot_message(struct broker *broker, const struct message *message) {
    struct session *session =
        session_find(broker, message->header.id, message->header.generation);
    struct reader reader = reader_of(message);
    if (message->header.type == KILL) {
        if (session != NULL) {
            session_kill(broker, session);
        }
        return has_no_body(message);
    }
    uint32_t signal = read_u32(&reader);
    if (!read_all(&reader) || (signal != SIGINT && signal != SIGTERM)) {
        return false;
    }
    if (session != NULL) {
        session_signal(session, (int)signal);
    }
    return true;
}

static bool handle(struct broker *broker, const struct message *message) {
    switch (message->header.type) {
    case START_ZYGOTE:
        return zygote_start(broker, message);
    case RETIRE_ZYGOTE:
    case KILL_ZYGOTE:
        return handle_zygote_message(broker, message);
    case PARK:
        return session_park(broker, message);
    case SIGNAL:
    case KILL:
        return handle_slot_message(broker, message);
    case POOL:
        return pool_set(broker, message);
    case LIMIT:
        return session_limit(broker, message);
    case MEASURE:
        return session_measure(broker, message);
    case BEGIN:
        return session_begin(broker, message);
    case MEASURE_ZYGOTE:
        return zygote_measure(broker, message);
    default:
        return false;
    }
}

static void service_ready(struct broker *broker, void *owner, uint32_t events) {
    static struct message message;
    (void)owner;
    if ((events & EPOLLOUT) != 0) {
        outbox_flush(broker);
    }
    if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) == 0 || broker->service.fd < 0) {
        return;
    }
    int received = channel_receive(broker->service.fd, &message);
    if (received == -EAGAIN) {
        return;
    }
    if (received <= 0) {
        // One that ends before it has read what it was sent, as for a mistake in its configuration, resets the channel.
        bool ended = received == 0 || received == -ECONNRESET;
        broker_stop(broker, ended ? NULL : "a message of the service is malformed");
        return;
    }
    bool accepted = message.fd_count == 0;
    message_close_fds(&message);
    if (!accepted || !handle(broker, &message)) {
        broker_stop(broker, "the service broke the rules of BROKER.md");
    }
}

// ---------------------------------------------------------------- starting and ending

static void enter_service_user(const char *user) {
    if (user == NULL || geteuid() != 0) {
        return;
    }
    struct passwd *entry = getpwnam(user);
    if (entry == NULL) {
        die("--service-user %s: no such user", user);
    }
    if (initgroups(user, entry->pw_gid) != 0 ||
        setresgid(entry->pw_gid, entry->pw_gid, entry->pw_gid) != 0 ||
        setresuid(entry->pw_uid, entry->pw_uid, entry->pw_uid) != 0) {
        die("becoming %s: %s", user, strerror(errno));
    }
    setenv("HOME", entry->pw_dir, 1);
    setenv("USER", user, 1);
    setenv("LOGNAME", user, 1);
}

static _Noreturn void run_service(struct broker *broker, int control, pid_t parent) {
    enter_service_user(broker->options.service_user);
    // Uid 0 would get all capabilities back at exec, without the second.
    if (keep_capabilities(0) != 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
        die("dropping privileges: %s", strerror(errno));
    }
    if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0 || getppid() != parent) {
        die("the broker ended");
    }
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = broker->open_files_soft;
        setrlimit(RLIMIT_NOFILE, &files);
    }
    char number[16];
    snprintf(number, sizeof number, "%d", control);
    setenv("LAUNCHPAD_BROKER_FD", number, 1);
    int flags = fcntl(control, F_GETFD);
    fcntl(control, F_SETFD, flags & ~FD_CLOEXEC);
    if (broker->options.end_with_stdin) {
        int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
        dup2(null, STDIN_FILENO);
    }
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    execvp(broker->options.command[0], broker->options.command);
    die("%s: %s", broker->options.command[0], strerror(errno));
}

void service_start(struct broker *broker) {
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0) {
        die("socketpair: %s", strerror(errno));
    }
    int bytes = SOCKET_BUFFER_BYTES;
    for (int i = 0; i < 2; i++) {
        setsockopt(pair[i], SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
    }
    fcntl(pair[0], F_SETFL, O_NONBLOCK);
    pid_t parent = getpid();
    broker->service_pid = fork();
    if (broker->service_pid == 0) {
        run_service(broker, pair[1], parent);
    }
    close(pair[1]);
    if (broker->service_pid < 0 ||
        !watch_add(broker, &broker->service, pair[0], service_ready, NULL)) {
        die("starting the service: %s", strerror(errno));
    }
    broker->service_running = true;
    send_welcome(broker);
}

void service_ended(struct broker *broker, int status) {
    broker->service_running = false;
    broker->service_status = status;
    broker_stop(broker, NULL);
}

void service_drain(struct broker *broker) {
    if (broker->service_running && broker->drain_deadline == 0) {
        kill(broker->service_pid, SIGTERM);
        deadline_set(broker, &broker->drain_deadline, now_ms() + broker->options.drain_ms);
    }
}

void broker_stop(struct broker *broker, const char *reason) {
    if (reason != NULL && !broker->stopping) {
        log_line("ending everything: %s", reason);
    }
    watch_close(broker, &broker->service);
    outbox_clear(broker);
    if (!broker->stopping) {
        broker->stopping = true;
        deadline_set(broker, &broker->shutdown_deadline, now_ms() + SHUTDOWN_MS);
        // One that just closed its socket is ending by itself, and has until the deadline.
        if (broker->service_running && reason != NULL) {
            kill(broker->service_pid, SIGKILL);
        }
        zygotes_kill_all(broker);
    }
}
