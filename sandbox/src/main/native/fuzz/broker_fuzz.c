// SPDX-License-Identifier: Apache-2.0
//
// The broker without processes: an input plays the service, the zygotes, the inits, the clock and the kernel,
// well-behaved or not, in any order. The broker must survive it, answer as BROKER.md says, and have
// nothing left at the end: no session, no zygote, no descriptor, no memory.
//
// An input is a list of events, one byte and its arguments each. Everything that would reach outside this
// process is wrapped by the linker (see the Makefile) or replaced below.

#define _GNU_SOURCE
#include "fuzz.h"

#include "../broker/broker.h"
#include "../broker/session.h"
#include "../broker/zygote_process.h"
#include "../children.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    SEEN_ZYGOTES_MAX = 8,
    SEEN_REPORTS_MAX = 32,
    EVENTS_MAX = 200,
    ACCOUNTS = 4,
    FIRST_ACCOUNT = 100001,
    FDS_MAX = 512,
};

static struct broker broker;
static struct input input;
static struct message outgoing;
static struct message incoming;

// ---------------------------------------------------------------- the world as the broker sees it

static int64_t clock_ms;
static pid_t last_pid;
static int last_peer = -1;
// The other ends of what the broker opened.
static int service_end = -1;
static int zygote_ends[SEEN_ZYGOTES_MAX];
static pid_t zygote_pids[SEEN_ZYGOTES_MAX];
static int zygote_count;
static int report_ends[SEEN_REPORTS_MAX];
static int report_count;
// Of this process, which does not end, and of one that has.
static int pidfd_alive = -1;
static int pidfd_ended = -1;
// Which pidfds were sent SIGKILL: the one signal that surely ends a process.
static bool sent_kill[FDS_MAX];
// Once the input is used up everything goes well, so that the end is reached.
static bool calm;

static bool chance(void) {
    return !calm && input_byte(&input) % 8 == 0;
}

int64_t __wrap_now_ms(void);
int64_t __wrap_now_ms(void) {
    return clock_ms;
}

pid_t __wrap_fork(void);
pid_t __real_fork(void);
pid_t __wrap_fork(void) {
    if (chance()) {
        errno = EAGAIN;
        return -1;
    }
    return ++last_pid;
}

int __wrap_kill(pid_t pid, int signal);
int __wrap_kill(pid_t pid, int signal) {
    (void)signal;
    REQUIRE(pid > 0);
    return 0;
}

long __wrap_syscall(long number, ...);
long __real_syscall(long number, ...);
long __wrap_syscall(long number, ...) {
    va_list arguments;
    va_start(arguments, number);
    int pidfd = va_arg(arguments, int);
    int signal = va_arg(arguments, int);
    va_end(arguments);
    REQUIRE(number == SYS_pidfd_send_signal && pidfd >= 0 && pidfd < FDS_MAX);
    sent_kill[pidfd] = sent_kill[pidfd] || signal == SIGKILL;
    return 0;
}

int __wrap_socketpair(int domain, int type, int protocol, int pair[2]);
int __real_socketpair(int domain, int type, int protocol, int pair[2]);
int __wrap_socketpair(int domain, int type, int protocol, int pair[2]) {
    int result = __real_socketpair(domain, type, protocol, pair);
    if (result == 0 && (type & SOCK_SEQPACKET) == SOCK_SEQPACKET) {
        close_fd(&last_peer);
        last_peer = fcntl(pair[1], F_DUPFD_CLOEXEC, 0);
        fcntl(last_peer, F_SETFL, O_NONBLOCK);
    }
    return result;
}

pid_t namespaces_fork(const struct broker *of) {
    (void)of;
    if (zygote_count == SEEN_ZYGOTES_MAX || chance()) {
        errno = EPERM;
        return -1;
    }
    zygote_ends[zygote_count] = last_peer;
    zygote_pids[zygote_count++] = ++last_pid;
    last_peer = -1;
    return last_pid;
}

void zygote_run(const struct broker *of, const struct zygote_spec *spec, int control, int output,
                pid_t parent) {
    (void)of;
    (void)spec;
    (void)control;
    (void)output;
    (void)parent;
    abort();
}

int kill_children(spare_child spare, const void *context) {
    REQUIRE(spare == NULL || !spare(1, context));
    return chance() ? 1 : 0;
}

int work_folder_make(const struct broker *of, const char *name, uid_t uid, gid_t gid) {
    (void)of;
    REQUIRE(uid >= FIRST_ACCOUNT && uid < FIRST_ACCOUNT + ACCOUNTS && gid == uid);
    REQUIRE(strlen(name) > 0 && strchr(name, '/') == NULL);
    errno = ENOSPC;
    return chance() ? -1 : 0;
}

enum removal work_folder_remove(int root, const char *name, long entries_max) {
    (void)root;
    (void)entries_max;
    REQUIRE(strlen(name) > 0);
    return calm ? REMOVAL_DONE : (enum removal)(input_byte(&input) % 3);
}

int keep_capabilities(uint64_t kept);
int keep_capabilities(uint64_t kept) {
    (void)kept;
    abort();
}

void log_line(const char *format, ...) {
    (void)format;
}

void die(const char *format, ...) {
    (void)format;
    abort();
}

// ---------------------------------------------------------------- what the service has been told

// Of one slot and generation, which the service may ask for again and again.
struct parks {
    int asked;
    int failed;
    int parked;
    int exited;
};

enum { SLOTS = 6, GENERATIONS = 3 };

static struct parks parks[SLOTS][GENERATIONS];
static int zygotes_asked;
static int zygotes_exited;

static struct parks *parks_of(const struct message_header *header) {
    REQUIRE(header->id < SLOTS && header->generation < GENERATIONS);
    return &parks[header->id][header->generation];
}

static void check_told(const struct message *message) {
    const struct message_header *header = &message->header;
    REQUIRE(message->fd_count == (header->type == PARKED ? 4 : 0));
    switch (header->type) {
    case WELCOME:
    case ZYGOTE_READY:
    case POOL_SET:
    case LIMITED:
    case MEASURED:
    case ZYGOTE_MEASURED:
        return;
    case ZYGOTE_EXITED:
        REQUIRE(++zygotes_exited <= zygotes_asked);
        return;
    case PARKED:
        parks_of(header)->parked++;
        break;
    case PARK_FAILED:
        parks_of(header)->failed++;
        break;
    default:
        REQUIRE(header->type == EXITED);
        parks_of(header)->exited++;
    }
    struct parks *counts = parks_of(header);
    REQUIRE(counts->parked + counts->failed <= counts->asked && counts->exited <= counts->parked);
}

static void service_reads(void) {
    while (service_end >= 0 && channel_receive(service_end, &incoming) == 1) {
        check_told(&incoming);
        message_close_fds(&incoming);
    }
}

// ---------------------------------------------------------------- events

static void pump(void) {
    struct epoll_event event;
    for (int i = 0; i < 1000 && epoll_wait(broker.epoll, &event, 1, 0) > 0; i++) {
        struct watch *watch = event.data.ptr;
        watch->ready(&broker, watch->owner, event.events);
    }
}

// As much of the input as its next two bytes say.
static void put_raw(void) {
    size_t length = input_byte(&input) | (size_t)input_byte(&input) << 8;
    length = length > input_left(&input) ? input_left(&input) : length;
    put_bytes(&outgoing, input.at, length);
    input.at += length;
}

static void put_some_list(uint32_t count) {
    put_u32(&outgoing, count);
    for (uint32_t i = 0; i < count; i++) {
        put_string(&outgoing, "A=1");
    }
}

static void service_sends(void) {
    if (service_end >= 0) {
        channel_send(service_end, &outgoing);
        pump();
    }
}

static void start_zygote(void) {
    message_begin(&outgoing, START_ZYGOTE, input_byte(&input) % SEEN_ZYGOTES_MAX, 0);
    put_u32(&outgoing, 1 + input_byte(&input) * 10U);
    put_u32(&outgoing, CONFINEMENT_NONE);
    put_u32(&outgoing, WAY_FORKED);
    put_string(&outgoing, "python");
    put_some_list(1);
    put_some_list(input_byte(&input) % 3);
    put_string(&outgoing, "");
    put_u64(&outgoing, 0);
    put_u32(&outgoing, 0);
    put_some_list(0);
    put_some_list(0);
    zygotes_asked += service_end >= 0;
    // Only so does the fork of a zygote come by here; what follows does without namespaces, because the pidfds at
    // hand are not of processes in one.
    broker.lifetime = LIFETIME_NAMESPACES;
    service_sends();
    broker.lifetime = LIFETIME_TREE;
}

static void park(void) {
    uint8_t account = input_byte(&input) % (ACCOUNTS + 1);
    message_begin(&outgoing, PARK, input_byte(&input) % SLOTS, input_byte(&input) % GENERATIONS);
    put_u64(&outgoing, input_byte(&input) % SEEN_ZYGOTES_MAX);
    put_u32(&outgoing, FIRST_ACCOUNT + account);
    put_u32(&outgoing, FIRST_ACCOUNT + account);
    // A pool that is there only when the service made it.
    put_u64(&outgoing, account / 3);
    put_some_list(input_byte(&input) % 3);
    parks_of(&outgoing.header)->asked += service_end >= 0;
    service_sends();
}

static void tell_about_slot(void) {
    bool kills = input_byte(&input) % 2 == 0;
    message_begin(&outgoing, kills ? KILL : SIGNAL, input_byte(&input) % SLOTS,
                  input_byte(&input) % GENERATIONS);
    if (!kills) {
        put_u32(&outgoing, input_byte(&input) % 16);
    }
    service_sends();
}

static void tell_about_zygote(void) {
    static const enum message_type TYPES[] = {RETIRE_ZYGOTE, KILL_ZYGOTE, RETIRE_ZYGOTE, MEASURE_ZYGOTE};
    message_begin(&outgoing, TYPES[input_byte(&input) % 4],
                  input_byte(&input) % SEEN_ZYGOTES_MAX, 0);
    service_sends();
}

// Of the service nothing but START_ZYGOTE and PARK, which the model counts, is excluded.
static void service_babbles(void) {
    uint8_t type = input_byte(&input);
    if (type == START_ZYGOTE || type == PARK) {
        return;
    }
    message_begin(&outgoing, (enum message_type)type, input_byte(&input), input_byte(&input));
    put_raw();
    service_sends();
}

static int *some_zygote(void) {
    static int none = -1;
    return zygote_count == 0 ? &none : &zygote_ends[input_byte(&input) % zygote_count];
}

static int *some_report(void) {
    static int none = -1;
    return report_count == 0 ? &none : &report_ends[input_byte(&input) % report_count];
}

static void send_to_broker(int socket) {
    if (socket >= 0) {
        channel_send(socket, &outgoing);
    }
    outgoing.fd_count = 0;
    pump();
}

static void put_fd(int fd) {
    outgoing.fds[outgoing.fd_count++] = fd;
}

static void zygote_is_ready(void) {
    int socket = *some_zygote();
    message_begin(&outgoing, READY, 0, 0);
    send_to_broker(socket);
}

// Reads a FORK and answers it as the next byte says.
static void zygote_forks(void) {
    int socket = *some_zygote();
    uint8_t answer = input_byte(&input);
    if (socket < 0 || channel_receive(socket, &incoming) != 1) {
        return;
    }
    REQUIRE(incoming.header.type == FORK && incoming.fd_count == 5);
    if (report_count < SEEN_REPORTS_MAX) {
        report_ends[report_count] = fcntl(incoming.fds[4], F_DUPFD_CLOEXEC, 0);
        report_count++;
    }
    message_close_fds(&incoming);
    bool fails = answer % 4 == 3;
    message_begin(&outgoing, fails ? FORK_FAILED : FORKED, incoming.header.id,
                  incoming.header.generation);
    if (fails) {
        put_string(&outgoing, "no");
    } else {
        put_fd(answer % 4 == 0 ? pidfd_ended : answer % 4 == 1 ? pidfd_alive : service_end);
    }
    send_to_broker(socket);
}

static void zygote_babbles(void) {
    static const enum message_type types[] = {READY, FORKED, FORK_FAILED, STARTED, PARK};
    int socket = *some_zygote();
    message_begin(&outgoing, types[input_byte(&input) % 5], input_byte(&input) % SLOTS,
                  input_byte(&input) % GENERATIONS);
    for (uint8_t fds = input_byte(&input) % 3; fds > 0; fds--) {
        put_fd(pidfd_alive);
    }
    put_raw();
    send_to_broker(socket);
}

static void init_started(void) {
    int socket = *some_report();
    message_begin(&outgoing, STARTED, 0, 0);
    put_fd(input_byte(&input) % 8 == 0 ? service_end : pidfd_alive);
    if (outgoing.fds[0] >= 0) {
        send_to_broker(socket);
    }
}

static void init_ended(void) {
    int socket = *some_report();
    struct exit_report report = {.how = input_byte(&input) % 5, .value = 1};
    message_begin(&outgoing, ENDED, 0, 0);
    put_bytes(&outgoing, &report, sizeof report - (input_byte(&input) % 8 == 0));
    send_to_broker(socket);
}

static void init_babbles(void) {
    int socket = *some_report();
    message_begin(&outgoing, (enum message_type)(400 + input_byte(&input) % 4), 0, 0);
    put_raw();
    send_to_broker(socket);
}

static void reap_zygote(void) {
    if (zygote_count > 0) {
        int index = input_byte(&input) % zygote_count;
        zygote_reaped(&broker, zygote_pids[index], input_byte(&input) << 8);
        pump();
    }
}

// A remover's end, or that of a process the broker does not know.
static void reap_other(pid_t pid) {
    if (!zygote_reaped(&broker, pid, 0)) {
        session_reaped(&broker, pid, calm ? 0 : input_byte(&input) << 8);
    }
    pump();
}

static void pass_time(int64_t milliseconds) {
    clock_ms += milliseconds;
    sessions_tick(&broker, clock_ms);
    zygotes_tick(&broker, clock_ms);
    service_tick(&broker, clock_ms);
    pump();
}

static void close_some(int *fd) {
    close_fd(fd);
    pump();
}

static void event(void) {
    switch (input_byte(&input) % 18) {
    case 0: start_zygote(); break;
    case 1: zygote_is_ready(); break;
    case 2: park(); break;
    case 3: zygote_forks(); break;
    case 4: init_started(); break;
    case 5: init_ended(); break;
    case 6: tell_about_slot(); break;
    case 7: tell_about_zygote(); break;
    case 8: service_reads(); break;
    case 9: pass_time(input_byte(&input) * 20); break;
    case 10: reap_zygote(); break;
    case 11: reap_other(1000 + input_byte(&input)); break;
    case 12: close_some(some_report()); break;
    case 13: close_some(some_zygote()); break;
    case 14: zygote_babbles(); break;
    case 15: init_babbles(); break;
    case 16: service_babbles(); break;
    default:
        if (input_byte(&input) % 16 == 0) {
            broker_stop(&broker, "the input says so");
        }
    }
}

// ---------------------------------------------------------------- one run

static int count_open(void) {
    int count = 0;
    for (int fd = 0; fd < FDS_MAX; fd++) {
        count += fcntl(fd, F_GETFD) >= 0;
    }
    return count;
}

static void open_pidfds(void) {
    if (pidfd_alive >= 0) {
        return;
    }
    pidfd_alive = (int)__real_syscall(SYS_pidfd_open, getpid(), 0);
    pid_t child = __real_fork();
    if (child == 0) {
        _exit(0);
    }
    pidfd_ended = (int)__real_syscall(SYS_pidfd_open, child, 0);
    REQUIRE(pidfd_alive >= 0 && pidfd_ended >= 0 && waitpid(child, NULL, 0) == child);
}

static void begin(void) {
    clock_ms = 1;
    last_pid = 1000;
    zygote_count = 0;
    report_count = 0;
    memset(parks, 0, sizeof parks);
    zygotes_asked = 0;
    zygotes_exited = 0;
    calm = true;
    broker = (struct broker){
        .accounts = {.zygote_uid = FIRST_ACCOUNT - 1, .zygote_gid = FIRST_ACCOUNT - 1,
                     .first = FIRST_ACCOUNT, .gid_first = FIRST_ACCOUNT, .count = ACCOUNTS},
        .lifetime = LIFETIME_TREE,
        .epoll = epoll_create1(EPOLL_CLOEXEC),
        .work_root = -1,
        .init_program = -1,
        .work_path = "/w",
    };
    REQUIRE(broker.epoll >= 0);
    memset(sent_kill, 0, sizeof sent_kill);
    service_start(&broker);
    service_end = last_peer;
    last_peer = -1;
    calm = false;
}

// Everything ends, as when the service has gone; then nothing may be left.
static void end(void) {
    bool orderly = !broker.stopping;
    calm = true;
    // Whatever a zygote or an init does now, its own deadline or this ends it.
    zygotes_kill_all(&broker);
    for (int round = 0; round < 4; round++) {
        for (int i = 0; i < zygote_count; i++) {
            close_fd(&zygote_ends[i]);
            zygote_reaped(&broker, zygote_pids[i], SIGKILL);
        }
        for (int i = 0; i < report_count; i++) {
            close_fd(&report_ends[i]);
        }
        pump();
        pass_time(FORK_ANSWER_MS + 1);
        for (struct session *session = broker.sessions, *next; session != NULL; session = next) {
            next = session->next;
            if (session->init.fd >= 0 && sent_kill[session->init.fd]) {
                sent_kill[session->init.fd] = false;
                session_init_gone(&broker, session);
            }
        }
        for (pid_t pid = 1000; pid <= last_pid; pid++) {
            reap_other(pid);
        }
        service_reads();
    }
    REQUIRE(broker.zygotes == NULL && broker.zygote_count == 0);
    REQUIRE(broker.sessions == NULL && broker.session_count == 0);
    if (orderly && !broker.stopping) {
        REQUIRE(zygotes_exited == zygotes_asked);
        for (int i = 0; i < SLOTS * GENERATIONS; i++) {
            const struct parks *counts = &parks[i / GENERATIONS][i % GENERATIONS];
            REQUIRE(counts->asked == counts->failed + counts->exited);
            REQUIRE(counts->parked == counts->exited);
        }
        REQUIRE(broker.deadlines == 0);
    }
    broker_stop(&broker, NULL);
    close(broker.epoll);
    close_fd(&service_end);
    close_fd(&last_peer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    open_pidfds();
    int before = count_open();
    input = (struct input){.at = data, .end = data + size};
    begin();
    for (int i = 0; i < EVENTS_MAX && input_left(&input) > 0; i++) {
        event();
    }
    end();
    REQUIRE(count_open() == before);
    return 0;
}
