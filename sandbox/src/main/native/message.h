// SPDX-License-Identifier: Apache-2.0
//
// The messages of BROKER.md: their numbers and limits, and reading and writing their bodies.

#ifndef LAUNCHPAD_MESSAGE_H
#define LAUNCHPAD_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    MESSAGE_BYTES_MAX = 65536,
    MESSAGE_FDS_MAX = 16,
    STRING_BYTES_MAX = 4096,
    ENVIRONMENT_BYTES_MAX = 32768,
    LIST_ITEMS_MAX = 256,
    BROKER_VERSION = 4,
};

enum message_type {
    START_ZYGOTE = 1,
    RETIRE_ZYGOTE = 2,
    KILL_ZYGOTE = 3,
    PARK = 4,
    SIGNAL = 5,
    KILL = 6,
    POOL = 7,
    LIMIT = 8,
    MEASURE = 9,
    MEASURE_ZYGOTE = 10,
    BEGIN = 11,
    WELCOME = 101,
    ZYGOTE_READY = 102,
    ZYGOTE_EXITED = 103,
    PARKED = 104,
    PARK_FAILED = 105,
    EXITED = 106,
    POOL_SET = 107,
    LIMITED = 108,
    MEASURED = 109,
    ZYGOTE_MEASURED = 110,
    FORK = 201,
    READY = 301,
    FORKED = 302,
    FORK_FAILED = 303,
    STARTED = 401,
    ENDED = 402,
};

enum how { HOW_EXITED = 1, HOW_SIGNALLED = 2, HOW_UNKNOWN = 3 };
enum cause {
    CAUSE_ITSELF = 0,
    CAUSE_KILLED = 1,
    CAUSE_ZYGOTE_DIED = 2,
    CAUSE_INIT_DIED = 3,
    CAUSE_LIMIT = 4,
};
enum limit {
    LIMIT_NONE = 0,
    LIMIT_MEMORY = 1,
    LIMIT_POOL_MEMORY = 2,
    LIMIT_HOST_MEMORY = 3,
    LIMIT_CPU_TIME = 4,
};
enum confinement_level { CONFINEMENT_NONE = 0, CONFINEMENT_FULL = 1 };
// How satellites come from their zygote.
enum way { WAY_FORKED = 0, WAY_EXECUTED = 1 };
enum lifetime { LIFETIME_NAMESPACES = 1, LIFETIME_TREE = 2 };

struct message_header {
    uint32_t type;
    uint32_t length;
    uint64_t id;
    uint64_t generation;
};
_Static_assert(sizeof(struct message_header) == 24, "the header is 24 bytes on the wire");
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the wire's byte order is the host's");

// The body of ENDED, and the first part of EXITED's.
struct exit_report {
    uint32_t how;
    uint32_t value;
    uint32_t cause;
    uint32_t limit;
    uint64_t user_us;
    uint64_t system_us;
    uint64_t peak_rss_kib;
    uint64_t minor_faults;
    uint64_t major_faults;
};
_Static_assert(sizeof(struct exit_report) == 56, "the report is 56 bytes on the wire");

// The second part of EXITED's body: the session's group.
struct group_report {
    uint64_t cpu_us;
    uint64_t memory_peak_bytes;
    uint64_t memory_limit_bytes;
    uint64_t cpu_time_limit_us;
    uint64_t processes_limit;
    uint64_t processes_refused;
};
_Static_assert(sizeof(struct group_report) == 48, "the report is 48 bytes on the wire");

// One message with what came beside it. Large: keep it static or on the heap.
struct message {
    struct message_header header;
    unsigned char body[MESSAGE_BYTES_MAX - sizeof(struct message_header)];
    int fds[MESSAGE_FDS_MAX];
    int fd_count;
};

// Reads a body front to back. After the first violation everything reads as empty, and `failed` stays.
struct reader {
    const unsigned char *at;
    const unsigned char *end;
    bool failed;
};

// C strings in one allocation; `items` ends with a null pointer.
struct string_list {
    char **items;
    uint32_t count;
};

struct reader reader_of(const struct message *message);
uint32_t read_u32(struct reader *reader);
uint64_t read_u64(struct reader *reader);
void read_bytes(struct reader *reader, void *into, size_t length);
// A copy the caller frees; null after a violation.
char *read_string(struct reader *reader);
// False after a violation or without memory; the list is then empty.
bool read_list(struct reader *reader, struct string_list *list);
void free_list(struct string_list *list);
// Whether all of the body was read, and nothing was wrong with it.
bool read_all(const struct reader *reader);

void message_begin(struct message *message, enum message_type type, uint64_t id,
                   uint64_t generation);
// Each returns false, and changes nothing, when it does not fit.
bool put_u32(struct message *message, uint32_t value);
bool put_u64(struct message *message, uint64_t value);
bool put_bytes(struct message *message, const void *bytes, size_t length);
// Cut to STRING_BYTES_MAX.
bool put_string(struct message *message, const char *string);
bool put_string_bytes(struct message *message, const void *bytes, size_t length);
bool put_list(struct message *message, const struct string_list *list);

#endif
