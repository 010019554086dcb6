// SPDX-License-Identifier: Apache-2.0
//
// Dates and times as text and as counts, in the proleptic Gregorian calendar, without a loss at any precision. This is the
// form of carriers: values that R's own doubles would round.

#ifndef LAUNCHPAD_CALENDAR_H
#define LAUNCHPAD_CALENDAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// From 0001-01-01 to 1970-01-01.
enum { DAYS_TO_EPOCH = 719162 };
enum { SECONDS_OF_DAY = 86400 };
enum { CALENDAR_TEXT = 64 };

// A moment on a clock: whole seconds since 1970-01-01, and nanoseconds of the second.
struct moment {
    int64_t seconds;
    int32_t nanoseconds;
    int32_t offset_minutes;
    // How many digits of the second were written.
    int digits;
};

// `count` units of 10^-digits seconds since 1970-01-01.
struct moment moment_of(int64_t count, int digits);
// False where that overflows; rounds half away from zero when digits are lost, and says so in `exact`.
bool moment_count(const struct moment *moment, int digits, int64_t *count, bool *exact);

// YYYY-MM-DD HH:MM:SS[.f…] with so many digits, and +HH:MM when there is to be an offset; the local clock is written.
void moment_format(const struct moment *moment, int digits, bool offset, char text[CALENDAR_TEXT]);
bool moment_parse(const char *text, bool offset, struct moment *moment);
// HH:MM:SS[.f…]
void clock_format(const struct moment *moment, int digits, char text[CALENDAR_TEXT]);
bool clock_parse(const char *text, struct moment *moment);

// P[m]M[d]DT[s]S
struct interval {
    int32_t months;
    int32_t days;
    int64_t nanoseconds;
};
void interval_format(const struct interval *interval, char text[CALENDAR_TEXT]);
bool interval_parse(const char *text, struct interval *interval);

// An exact number of seconds with a fraction: [-]s[.f…], 1 to 9 digits.
void seconds_format(int64_t count, int digits, char text[CALENDAR_TEXT]);
bool seconds_parse(const char *text, struct moment *moment);

int64_t power_of_ten(int exponent);

#endif
