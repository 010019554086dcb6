// SPDX-License-Identifier: Apache-2.0
//
// Bodies written, read back, and broken in every way the reader must notice.

#define _GNU_SOURCE
#include "channel.h"
#include "message.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                        \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

static struct message message;
static struct message copy;

static void write_sample(void) {
    static char first[] = "A=1";
    static char second[] = "";
    char *items[] = {first, second, NULL};
    struct string_list list = {.items = items, .count = 2};
    message_begin(&message, PARK, 7, 9);
    CHECK(put_u32(&message, 42));
    CHECK(put_u64(&message, UINT64_MAX));
    CHECK(put_string(&message, "text"));
    CHECK(put_list(&message, &list));
}

// Reads what write_sample wrote; true when nothing was wrong.
static bool read_sample(const struct message *from) {
    struct reader reader = reader_of(from);
    uint32_t small = read_u32(&reader);
    uint64_t large = read_u64(&reader);
    char *text = read_string(&reader);
    struct string_list list;
    bool valid = read_list(&reader, &list) && read_all(&reader);
    if (valid) {
        CHECK(small == 42 && large == UINT64_MAX && strcmp(text, "text") == 0);
        CHECK(list.count == 2 && strcmp(list.items[0], "A=1") == 0);
        CHECK(list.items[1][0] == '\0' && list.items[2] == NULL);
    }
    free(text);
    free_list(&list);
    return valid;
}

static void bodies_are_read_back(void) {
    write_sample();
    CHECK(read_sample(&message));
}

static void a_body_cut_anywhere_is_refused(void) {
    write_sample();
    uint32_t whole = message.header.length;
    for (uint32_t length = sizeof message.header; length < whole; length++) {
        message.header.length = length;
        CHECK(!read_sample(&message));
    }
    message.header.length = whole + 1;
    CHECK(!read_sample(&message));
}

static void lengths_and_counts_beyond_the_limits_are_refused(void) {
    struct string_list list;
    message_begin(&message, PARK, 0, 0);
    CHECK(put_u32(&message, UINT32_MAX));
    struct reader reader = reader_of(&message);
    CHECK(!read_list(&reader, &list) && list.items == NULL);
    reader = reader_of(&message);
    CHECK(read_string(&reader) == NULL && reader.failed);

    message_begin(&message, PARK, 0, 0);
    CHECK(put_u32(&message, LIST_ITEMS_MAX + 1));
    for (int i = 0; i <= LIST_ITEMS_MAX; i++) {
        CHECK(put_string(&message, ""));
    }
    reader = reader_of(&message);
    CHECK(!read_list(&reader, &list));

    static char long_text[STRING_BYTES_MAX + 1];
    memset(long_text, 'x', sizeof long_text);
    message_begin(&message, PARK, 0, 0);
    CHECK(put_string_bytes(&message, long_text, sizeof long_text));
    reader = reader_of(&message);
    CHECK(read_string(&reader) == NULL);
}

static void a_zero_byte_in_a_string_is_refused(void) {
    message_begin(&message, PARK, 0, 0);
    CHECK(put_string_bytes(&message, "a\0b", 3));
    struct reader reader = reader_of(&message);
    CHECK(read_string(&reader) == NULL && !read_all(&reader));
}

static void what_does_not_fit_is_not_written(void) {
    message_begin(&message, PARK, 0, 0);
    while (put_u64(&message, 0)) {
    }
    uint32_t full = message.header.length;
    CHECK(full <= MESSAGE_BYTES_MAX && full > MESSAGE_BYTES_MAX - 8);
    CHECK(!put_string(&message, "more") && message.header.length == full);
}

// Each body of random bytes is refused or read without a fault; the sanitizers watch.
static void random_bodies_are_survived(void) {
    unsigned seed = 1;
    for (int round = 0; round < 20000; round++) {
        write_sample();
        for (int i = 0; i < 4; i++) {
            size_t at = (size_t)rand_r(&seed) % (message.header.length - sizeof message.header);
            message.body[at] = (unsigned char)(rand_r(&seed) % 4 == 0 ? 255 : rand_r(&seed) % 8);
        }
        struct reader reader = reader_of(&message);
        read_bytes(&reader, &(uint32_t){0}, 4);
        read_u64(&reader);
        free(read_string(&reader));
        struct string_list list;
        read_list(&reader, &list);
        free_list(&list);
    }
}

static int open_fds(void) {
    int count = 0;
    for (int fd = 0; fd < 256; fd++) {
        count += fcntl(fd, F_GETFD) >= 0;
    }
    return count;
}

static void descriptors_travel_and_none_is_left_open(void) {
    int pair[2];
    CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == 0);
    int before = open_fds();
    message_begin(&message, FORKED, 1, 2);
    message.fds[0] = pair[0];
    message.fds[1] = pair[1];
    message.fd_count = 2;
    CHECK(channel_send(pair[0], &message) == 0);
    CHECK(channel_receive(pair[1], &copy) == 1);
    CHECK(copy.fd_count == 2 && open_fds() == before + 2);
    CHECK((fcntl(copy.fds[0], F_GETFD) & FD_CLOEXEC) != 0);
    message_close_fds(&copy);
    CHECK(open_fds() == before);

    // A header that lies about the length is refused, and its descriptors are closed.
    message.header.length += 8;
    struct message_header lie = message.header;
    message.header.length = sizeof lie;
    struct iovec data = {.iov_base = &lie, .iov_len = sizeof lie};
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(sizeof(int))];
    } control = {0};
    struct msghdr header = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = control.bytes,
                            .msg_controllen = sizeof control.bytes};
    struct cmsghdr *rights = CMSG_FIRSTHDR(&header);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(rights), &pair[0], sizeof(int));
    CHECK(sendmsg(pair[0], &header, 0) == (ssize_t)sizeof lie);
    CHECK(channel_receive(pair[1], &copy) == -EBADMSG);
    CHECK(open_fds() == before);
    CHECK(!channel_is_closed(pair[1]));
    message_begin(&message, KILL, 1, 1);
    CHECK(channel_send(pair[0], &message) == 0 && !channel_is_closed(pair[1]));
    close(pair[0]);
    CHECK(channel_is_closed(pair[1]));
    CHECK(channel_receive(pair[1], &copy) == 1);
    CHECK(channel_receive(pair[1], &copy) == 0);
    close(pair[1]);
}

int main(void) {
    bodies_are_read_back();
    a_body_cut_anywhere_is_refused();
    lengths_and_counts_beyond_the_limits_are_refused();
    a_zero_byte_in_a_string_is_refused();
    what_does_not_fit_is_not_written();
    random_bodies_are_survived();
    descriptors_travel_and_none_is_left_open();
    puts("message_test: passed");
    return 0;
}
