// SPDX-License-Identifier: Apache-2.0

#include "calendar.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int64_t power_of_ten(int exponent) {
    int64_t power = 1;
    while (exponent-- > 0) {
        power *= 10;
    }
    return power;
}

static int64_t floor_divide(int64_t value, int64_t by, int64_t *rest) {
    int64_t quotient = value / by;
    int64_t left = value % by;
    if (left < 0) {
        left += by;
        quotient--;
    }
    *rest = left;
    return quotient;
}

struct moment moment_of(int64_t count, int digits) {
    int64_t rest;
    struct moment moment = {.seconds = floor_divide(count, power_of_ten(digits), &rest), .digits = digits};
    moment.nanoseconds = (int32_t)(rest * power_of_ten(9 - digits));
    return moment;
}

bool moment_count(const struct moment *moment, int digits, int64_t *count, bool *exact) {
    __int128 step = power_of_ten(9 - digits);
    __int128 total = (__int128)moment->seconds * 1000000000 + moment->nanoseconds;
    __int128 units = total / step;
    __int128 rest = total % step;
    *exact = rest == 0;
    __int128 twice = rest < 0 ? -2 * rest : 2 * rest;
    // Half away from zero; what is left over has the sign of the whole.
    if (rest != 0 && twice >= step) {
        units += rest < 0 ? -1 : 1;
    }
    *count = (int64_t)units;
    return units >= INT64_MIN && units <= INT64_MAX;
}

// Days since 1970-01-01 as a date, by Howard Hinnant's algorithm.
static void civil(int64_t days, int64_t *year, int *month, int *day) {
    int64_t rest;
    int64_t era = floor_divide(days + 719468, 146097, &rest);
    int64_t of_era = (rest - rest / 1460 + rest / 36524 - rest / 146096) / 365;
    int64_t of_year = rest - (365 * of_era + of_era / 4 - of_era / 100);
    int64_t shifted = (5 * of_year + 2) / 153;
    *day = (int)(of_year - (153 * shifted + 2) / 5 + 1);
    *month = (int)(shifted < 10 ? shifted + 3 : shifted - 9);
    *year = of_era + era * 400 + (*month <= 2);
}

static int64_t days_of(int64_t year, int month, int day) {
    int64_t of_era;
    int64_t era = floor_divide(year - (month <= 2), 400, &of_era);
    int64_t of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    int64_t rest = of_era * 365 + of_era / 4 - of_era / 100 + of_year;
    return era * 146097 + rest - 719468;
}

static void put_fraction(char *text, int32_t nanoseconds, int digits) {
    if (digits > 0) {
        char all[16];
        snprintf(all, sizeof all, "%09" PRId32, nanoseconds);
        text[0] = '.';
        memcpy(text + 1, all, (size_t)digits);
        text[1 + digits] = '\0';
    }
}

void clock_format(const struct moment *moment, int digits, char text[CALENDAR_TEXT]) {
    int64_t seconds;
    (void)floor_divide(moment->seconds, SECONDS_OF_DAY, &seconds);
    int length = snprintf(text, CALENDAR_TEXT, "%02d:%02d:%02d", (int)(seconds / 3600), (int)(seconds / 60 % 60),
                          (int)(seconds % 60));
    put_fraction(text + length, moment->nanoseconds, digits);
}

void moment_format(const struct moment *moment, int digits, bool offset, char text[CALENDAR_TEXT]) {
    struct moment local = *moment;
    local.seconds += offset ? (int64_t)moment->offset_minutes * 60 : 0;
    int64_t seconds;
    int64_t year;
    int month;
    int day;
    civil(floor_divide(local.seconds, SECONDS_OF_DAY, &seconds), &year, &month, &day);
    int length = snprintf(text, CALENDAR_TEXT, "%s%04" PRId64 "-%02d-%02d ", year < 0 ? "-" : "", year < 0 ? -year : year,
                          month, day);
    clock_format(&local, digits, text + length);
    if (offset) {
        int minutes = abs(moment->offset_minutes);
        length = (int)strlen(text);
        snprintf(text + length, (size_t)(CALENDAR_TEXT - length), " %c%02d:%02d", moment->offset_minutes < 0 ? '-' : '+',
                 minutes / 60, minutes % 60);
    }
}

static bool parse_fraction(const char **text, int32_t *nanoseconds, int *digits) {
    *nanoseconds = 0;
    *digits = 0;
    if (**text != '.') {
        return true;
    }
    (*text)++;
    while (**text >= '0' && **text <= '9') {
        if (*digits == 9) {
            return false;
        }
        *nanoseconds = *nanoseconds * 10 + (**text - '0');
        (*digits)++;
        (*text)++;
    }
    *nanoseconds *= (int32_t)power_of_ten(9 - *digits);
    return *digits > 0;
}

static const char *clock_end(const char *text, struct moment *moment) {
    int hour;
    int minute;
    int second;
    int used = 0;
    if (sscanf(text, "%2d:%2d:%2d%n", &hour, &minute, &second, &used) != 3 || hour < 0 || hour > 23 || minute < 0 ||
        minute > 59 || second < 0 || second > 59) {
        return NULL;
    }
    text += used;
    moment->seconds += hour * 3600 + minute * 60 + second;
    return parse_fraction(&text, &moment->nanoseconds, &moment->digits) ? text : NULL;
}

bool clock_parse(const char *text, struct moment *moment) {
    *moment = (struct moment){0};
    const char *end = clock_end(text, moment);
    return end != NULL && *end == '\0';
}

bool moment_parse(const char *text, bool offset, struct moment *moment) {
    *moment = (struct moment){0};
    bool negative = *text == '-';
    int64_t year;
    int month;
    int day;
    int used = 0;
    if (sscanf(text + negative, "%" SCNd64 "-%2d-%2d%n", &year, &month, &day, &used) != 3 || month < 1 || month > 12 ||
        day < 1 || day > 31) {
        return false;
    }
    const char *rest = text + negative + used;
    moment->seconds = days_of(negative ? -year : year, month, day) * SECONDS_OF_DAY;
    int64_t back_year;
    int back_month;
    int back_day;
    civil(moment->seconds / SECONDS_OF_DAY - (moment->seconds % SECONDS_OF_DAY < 0), &back_year, &back_month, &back_day);
    if (back_month != month) {
        return false; // no such day
    }
    if (*rest == ' ' || *rest == 'T') {
        rest = clock_end(rest + 1, moment);
    }
    if (rest == NULL || !offset) {
        return rest != NULL && *rest == '\0';
    }
    char sign;
    int hours;
    int minutes;
    if (sscanf(rest, " %c%2d:%2d%n", &sign, &hours, &minutes, &used) != 3 || (sign != '+' && sign != '-') ||
        rest[used] != '\0' || minutes > 59) {
        return false;
    }
    moment->offset_minutes = (sign == '-' ? -1 : 1) * (hours * 60 + minutes);
    moment->seconds -= (int64_t)moment->offset_minutes * 60;
    return true;
}

void seconds_format(int64_t count, int digits, char text[CALENDAR_TEXT]) {
    uint64_t magnitude = count < 0 ? 0 - (uint64_t)count : (uint64_t)count;
    uint64_t unit = (uint64_t)power_of_ten(digits);
    int length = snprintf(text, CALENDAR_TEXT, "%s%" PRIu64, count < 0 ? "-" : "", magnitude / unit);
    put_fraction(text + length, (int32_t)(magnitude % unit) * (int32_t)power_of_ten(9 - digits), digits);
}

bool seconds_parse(const char *text, struct moment *moment) {
    bool negative = *text == '-';
    char *end;
    *moment = (struct moment){0};
    if (text[negative] < '0' || text[negative] > '9') {
        return false;
    }
    moment->seconds = strtoll(text, &end, 10);
    const char *rest = end;
    if (!parse_fraction(&rest, &moment->nanoseconds, &moment->digits) || *rest != '\0') {
        return false;
    }
    if (negative && moment->nanoseconds > 0) {
        moment->seconds--;
        moment->nanoseconds = 1000000000 - moment->nanoseconds;
    }
    return true;
}

void interval_format(const struct interval *interval, char text[CALENDAR_TEXT]) {
    char seconds[CALENDAR_TEXT];
    seconds_format(interval->nanoseconds, 9, seconds);
    snprintf(text, CALENDAR_TEXT, "P%" PRId32 "M%" PRId32 "DT%.24sS", interval->months, interval->days, seconds);
}

bool interval_parse(const char *text, struct interval *interval) {
    char seconds[CALENDAR_TEXT];
    int used = 0;
    struct moment moment;
    bool exact;
    return sscanf(text, "P%" SCNd32 "M%" SCNd32 "DT%40[-0-9.]S%n", &interval->months, &interval->days, seconds, &used) ==
               3 &&
           text[used] == '\0' && used > 0 && seconds_parse(seconds, &moment) &&
           moment_count(&moment, 9, &interval->nanoseconds, &exact);
}
