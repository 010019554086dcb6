// SPDX-License-Identifier: Apache-2.0
//
// TARGET [-max_total_time=SECONDS] [-seed=N] FILE_OR_FOLDER...
//
// Stands in for libFuzzer where there is no clang: tries every input given, and, with a time, mutations of
// them made from the seed. An input that ends the process is left as crash-SEED-NUMBER in the working
// folder. The build runs the committed inputs with it, without a time.

#define _GNU_SOURCE
#include "fuzz.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { INPUT_BYTES_MAX = 4096, INPUTS_MAX = 4096 };

struct bytes {
    uint8_t *data;
    size_t size;
};

static struct bytes inputs[INPUTS_MAX];
static size_t input_count;
static uint64_t state = 1;
static struct bytes current;
static char crash_name[64];

// xorshift64*: the same numbers on every machine.
static uint64_t next_random(void) {
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return state * UINT64_C(2685821657736338717);
}

static size_t below(size_t bound) {
    return (size_t)(next_random() >> 11) % bound;
}

static void keep(const char *path) {
    struct stat stat;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &stat) != 0 || !S_ISREG(stat.st_mode)) {
        fprintf(stderr, "%s cannot be read\n", path);
        exit(2);
    }
    if (input_count < INPUTS_MAX && stat.st_size <= INPUT_BYTES_MAX) {
        uint8_t *data = malloc((size_t)stat.st_size + 1);
        ssize_t size = data == NULL ? -1 : read(fd, data, (size_t)stat.st_size);
        if (size < 0) {
            exit(2);
        }
        inputs[input_count++] = (struct bytes){.data = data, .size = (size_t)size};
    }
    close(fd);
}

static void keep_all(const char *path) {
    DIR *folder = opendir(path);
    if (folder == NULL) {
        keep(path);
        return;
    }
    struct dirent *entry;
    while ((entry = readdir(folder)) != NULL) {
        char inner[4096];
        if (entry->d_name[0] != '.') {
            snprintf(inner, sizeof inner, "%s/%s", path, entry->d_name);
            keep(inner);
        }
    }
    closedir(folder);
}

static void leave_crash(int signal) {
    int fd = open(crash_name, O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0644);
    if (fd >= 0) {
        (void)!write(fd, current.data, current.size);
        (void)!write(STDERR_FILENO, crash_name, strlen(crash_name));
        (void)!write(STDERR_FILENO, "\n", 1);
    }
    _exit(128 + signal);
}

static void try(struct bytes input) {
    // A copy of the exact size, so that the sanitizer sees a read behind the end.
    current.data = malloc(input.size == 0 ? 1 : input.size);
    current.size = input.size;
    if (current.data == NULL) {
        exit(2);
    }
    memcpy(current.data, input.data, input.size);
    LLVMFuzzerTestOneInput(current.data, current.size);
    free(current.data);
}

static size_t mutate(uint8_t *data, size_t size) {
    size_t at = size == 0 ? 0 : below(size);
    switch (below(6)) {
    case 0:
        if (size > 0) {
            data[at] ^= (uint8_t)(1U << below(8));
        }
        return size;
    case 1:
        if (size > 0) {
            static const uint8_t edges[] = {0, 1, 3, 7, 24, 127, 128, 254, 255};
            data[at] = edges[below(sizeof edges)];
        }
        return size;
    case 2:
        memmove(data + at, data + at + (size > 0), size - at - (size > 0));
        return size - (size > 0);
    case 3:
        if (size < INPUT_BYTES_MAX) {
            memmove(data + at + 1, data + at, size - at);
            data[at] = (uint8_t)next_random();
            return size + 1;
        }
        return size;
    case 4:
        return at;
    default: {
        struct bytes other = inputs[below(input_count)];
        size_t from = other.size == 0 ? 0 : below(other.size);
        size_t length = other.size - from;
        length = length > INPUT_BYTES_MAX - at ? INPUT_BYTES_MAX - at : length;
        memcpy(data + at, other.data + from, length);
        return at + length > size ? at + length : size;
    }
    }
}

static void fuzz_for(long seconds, uint64_t seed) {
    static uint8_t data[INPUT_BYTES_MAX];
    struct timespec start;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &start);
    uint64_t tried = 0;
    do {
        struct bytes from = inputs[below(input_count)];
        size_t size = from.size;
        memcpy(data, from.data, size);
        for (size_t i = 0, mutations = 1 + below(8); i < mutations; i++) {
            size = mutate(data, size);
        }
        snprintf(crash_name, sizeof crash_name, "crash-%llu-%llu", (unsigned long long)seed,
                 (unsigned long long)tried++);
        try((struct bytes){.data = data, .size = size});
        clock_gettime(CLOCK_MONOTONIC, &now);
    } while (now.tv_sec - start.tv_sec < seconds);
    printf("%llu mutated inputs\n", (unsigned long long)tried);
}

int main(int argc, char **argv) {
    long seconds = 0;
    uint64_t seed = 1;
    for (int i = 1; i < argc; i++) {
        if (strncmp(argv[i], "-max_total_time=", 16) == 0) {
            seconds = strtol(argv[i] + 16, NULL, 10);
        } else if (strncmp(argv[i], "-seed=", 6) == 0) {
            seed = strtoull(argv[i] + 6, NULL, 10);
        } else if (argv[i][0] != '-') {
            keep_all(argv[i]);
        }
    }
    if (input_count == 0) {
        fprintf(stderr, "no inputs\n");
        return 2;
    }
    snprintf(crash_name, sizeof crash_name, "crash-input");
    signal(SIGABRT, leave_crash);
    for (size_t i = 0; i < input_count; i++) {
        try(inputs[i]);
    }
    printf("%zu inputs\n", input_count);
    if (seconds > 0) {
        state = seed * 2 + 1;
        fuzz_for(seconds, seed);
    }
    for (size_t i = 0; i < input_count; i++) {
        free(inputs[i].data);
    }
    return 0;
}
