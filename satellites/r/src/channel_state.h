// SPDX-License-Identifier: Apache-2.0
//
// What the files of the channel share: channel.c (connection, messages, waiting), streams.c (streams and their credit) and
// watch.c (the reader of the single profile).

#ifndef LAUNCHPAD_CHANNEL_STATE_H
#define LAUNCHPAD_CHANNEL_STATE_H

#include "channel.h"

#include <pthread.h>
#include <sys/types.h>

enum { WINDOW_BYTES = 4 << 20 };

struct identity {
    dev_t device;
    ino_t inode;
};

struct channel {
    bool open;
    bool single;
    pid_t owner;
    pthread_t main;
    struct frame_reader readers[2];
    struct frame_writer writers[2];
    struct identity identities[2];
    int descriptors[2];
    int bell;
    struct incoming *incoming;
    struct outgoing *outgoing;
    uint64_t peer_credit;
    bool over;
    bool armed;
    bool has_message[256];
    struct bytes messages[256];
    enum failure failure;
    // The single profile: nobody else watches the time.
    int64_t deadline;
    int64_t grace_ms;
    int64_t forced_at;
    bool deadline_passed;
};

extern struct channel channel;
// Guards the channel's state; never held while R is called. `send_lock` may be taken inside it, never the other way round.
extern pthread_mutex_t channel_lock;
extern pthread_mutex_t send_lock;

typedef bool (*predicate)(const void *subject);

// Returns when `ready` has become true by what arrived. Leaves by an R condition at the end of the channel and at an interrupt.
void channel_wait(predicate ready, const void *subject);
// Leaves by an R condition where there is a failure.
void channel_check(enum failure failure);
enum failure channel_send(enum frame_type type, bool more, uint16_t stream, const void *data, size_t size);
enum failure channel_grant(uint16_t stream, uint64_t count, bool discard);
struct frame_writer *channel_writer(enum frame_type type);
// Takes what has arrived on one of the descriptors.
void channel_received(int which);
// Goes on with what came behind a message at which reading stopped.
void channel_resume(void);
void channel_cancel(void);
int64_t now_ms(void);

// Where fragments go; a frame_handler's.
void *stream_begin(void *context, int type, uint16_t stream, uint32_t length, bool more);
uint8_t *stream_space(void *sink, size_t *size);
bool stream_advance(void *sink, size_t count);
bool stream_finish(void *sink);

void watch_start(void);
void watch_wake(void);

#endif
