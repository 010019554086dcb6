// SPDX-License-Identifier: Apache-2.0

#include "broker.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void write_line(const char *format, va_list arguments) {
    char text[1024];
    // NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): both callers have started it.
    vsnprintf(text, sizeof text, format, arguments);
    dprintf(STDERR_FILENO, "launchpad-broker: %s\n", text);
}

void log_line(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    write_line(format, arguments);
    va_end(arguments);
}

void die(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    write_line(format, arguments);
    va_end(arguments);
    _exit(1);
}

static bool facts;

void refusals_are_facts(void) {
    facts = true;
}

void refuse_start(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    if (facts) {
        printf("refused ");
        // NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): started two lines above
        vprintf(format, arguments);
        printf("\n");
        fflush(stdout);
    } else {
        write_line(format, arguments);
    }
    va_end(arguments);
    _exit(facts ? 0 : EXIT_CONFIGURATION);
}
