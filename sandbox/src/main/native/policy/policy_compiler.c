// SPDX-License-Identifier: Apache-2.0
//
// policy_compiler FILE.policy...: writes the C source of the policies, with their system call filters compiled.
//
// A tool of the build, and the only one that needs libseccomp: for the numbers of system calls by name. The language
// stands at the head of sandbox/policy/python.policy.

#define _GNU_SOURCE
#include "filter_program.h"
#include "policy.h"

#include <errno.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

enum { ZYGOTE_CALLS_MAX = 32 };
enum { WORDS_MAX = 64, LINES_MAX = 512, NAME_BYTES_MAX = 64, LINE_BYTES_MAX = 4096 };

// A call that is the zygote's alone, if need be only when the condition is true.
struct zygote_call {
    uint32_t call;
    bool conditional;
    struct condition condition;
};

struct compiled {
    char name[NAME_BYTES_MAX];
    const char *seen[LINES_MAX];
    size_t seen_count;
    struct policy_access accesses[LINES_MAX];
    size_t access_count;
    struct policy_limit limits[LINES_MAX];
    size_t limit_count;
    struct call_rule rules[RULES_MAX];
    size_t rule_count;
    struct zygote_call zygote_calls[ZYGOTE_CALLS_MAX];
    size_t zygote_call_count;
};

static const char *file_name;
static int line_number;

static _Noreturn void fail(const char *what, const char *word) {
    fprintf(stderr, "%s:%d: %s: %s\n", file_name, line_number, what, word);
    exit(1);
}

static const char *copy_of(const char *text) {
    const char *copy = strdup(text);
    if (copy == NULL) {
        fail("no memory", text);
    }
    return copy;
}

static uint64_t number(const char *word) {
    char *end;
    errno = 0;
    uint64_t value = strtoull(word, &end, 0);
    if (errno != 0 || end == word || *end != '\0') {
        fail("not a number", word);
    }
    return value;
}

static uint32_t word_number(const char *word) {
    uint64_t value = number(word);
    if (value > UINT32_MAX) {
        fail("more than 32 bits", word);
    }
    return (uint32_t)value;
}

struct named {
    const char *name;
    int number;
};

static int named_number(const struct named *names, size_t count, const char *name, const char *what) {
    for (size_t i = 0; i < count; i++) {
        if (strcmp(names[i].name, name) == 0) {
            return names[i].number;
        }
    }
    fail(what, name);
}

#define NAMED(names, name, what) named_number(names, sizeof(names) / sizeof *(names), name, what)

// ---------------------------------------------------------------- system calls

static const struct named ERRNOS[] = {
    {"EPERM", EPERM},   {"ENOSYS", ENOSYS}, {"EAFNOSUPPORT", EAFNOSUPPORT}, {"EOPNOTSUPP", EOPNOTSUPP},
    {"ENOTTY", ENOTTY}, {"EACCES", EACCES}, {"EINVAL", EINVAL},
};

// Calls newer than the library; their numbers are the same on all architectures.
static const struct named NEW_CALLS[] = {
    {"fchmodat2", 452}, {"futex_wake", 454}, {"futex_wait", 455}, {"futex_requeue", 456},
};

// The rule of a call, made if it is not there; null when this architecture does not have the call.
static struct call_rule *rule_of(struct compiled *policy, const char *name) {
    int call = seccomp_syscall_resolve_name(name);
    if (call == __NR_SCMP_ERROR) {
        call = NAMED(NEW_CALLS, name, "no such system call");
    }
    if (call < 0) {
        return NULL;
    }
    for (size_t i = 0; i < policy->rule_count; i++) {
        if (policy->rules[i].call == (uint32_t)call) {
            return &policy->rules[i];
        }
    }
    if (policy->rule_count == RULES_MAX) {
        fail("too many system calls", name);
    }
    struct call_rule *rule = &policy->rules[policy->rule_count++];
    *rule = (struct call_rule){.call = (uint32_t)call, .otherwise = VERDICT_UNSAID};
    return rule;
}

static bool is_condition(char **words, size_t count) {
    return count > 1 && strcmp(words[1], "when") == 0;
}

static struct condition condition_of(char **words, size_t count) {
    bool masked = count == 6;
    if ((count != 5 && !masked) || strcmp(words[count - 2], "==") != 0 ||
        (masked && words[3][0] != '&')) {
        fail("not NAME when ARGUMENT [&MASK] == VALUE", words[0]);
    }
    struct condition condition = {
        .argument = word_number(words[2]),
        .mask = masked ? word_number(words[3] + 1) : UINT32_MAX,
        .value = word_number(words[count - 1]),
    };
    if (condition.argument > 5) {
        fail("no argument from 0 to 5", words[0]);
    }
    return condition;
}

static void add_condition(struct call_rule *rule, struct condition condition, const char *name) {
    if (rule->condition_count == CONDITIONS_MAX) {
        fail("too many conditions", name);
    }
    rule->conditions[rule->condition_count++] = condition;
}

static void parse_condition(struct compiled *policy, char **words, size_t count) {
    struct call_rule *rule = rule_of(policy, words[0]);
    if (rule == NULL) {
        return;
    }
    if (rule->otherwise != VERDICT_UNSAID) {
        fail("a condition behind the verdict", words[0]);
    }
    add_condition(rule, condition_of(words, count), words[0]);
}

static void parse_verdict(struct compiled *policy, char **words, size_t count, int verdict) {
    for (size_t i = 0; i < count; i++) {
        struct call_rule *rule = rule_of(policy, words[i]);
        if (rule == NULL) {
            continue;
        }
        if (rule->otherwise != VERDICT_UNSAID ||
            (verdict == VERDICT_ALLOW && rule->condition_count > 0)) {
            fail("said twice", words[i]);
        }
        rule->otherwise = verdict;
    }
}

static void parse_call(struct compiled *policy, char **words, size_t count) {
    if (is_condition(words, count)) {
        parse_condition(policy, words, count);
    } else {
        parse_verdict(policy, words, count, VERDICT_ALLOW);
    }
}

static void parse_refusal(struct compiled *policy, char **words, size_t count) {
    if (count < 3 || strcmp(words[count - 2], "with") != 0) {
        fail("not NAME... with ERRNO", words[0]);
    }
    parse_verdict(policy, words, count - 2,
                  NAMED(ERRNOS, words[count - 1], "no error number known here"));
}

// Calls that satellites are refused, by a line above this one, and their zygote is not.
static void parse_zygote(struct compiled *policy, char **words, size_t count) {
    bool conditional = is_condition(words, count);
    size_t names = conditional ? 1 : count;
    for (size_t i = 0; i < names; i++) {
        struct call_rule *rule = rule_of(policy, words[i]);
        if (rule == NULL) {
            continue;
        }
        if (rule->otherwise <= VERDICT_ALLOW || policy->zygote_call_count == ZYGOTE_CALLS_MAX) {
            fail("not refused to satellites, or too many", words[i]);
        }
        struct zygote_call *allowed = &policy->zygote_calls[policy->zygote_call_count++];
        *allowed = (struct zygote_call){.call = rule->call, .conditional = conditional};
        if (conditional) {
            allowed->condition = condition_of(words, count);
        }
    }
}

// ---------------------------------------------------------------- folders and limits

static void parse_seen(struct compiled *policy, char **words, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (words[i][0] != '/' || policy->seen_count == LINES_MAX) {
            fail("not an absolute path", words[i]);
        }
        policy->seen[policy->seen_count++] = copy_of(words[i]);
    }
}

static void parse_access(struct compiled *policy, char **words, size_t count) {
    static const struct named RIGHTS[] = {
        {"rx", ACCESS_READ | ACCESS_EXECUTE},
        {"r", ACCESS_READ},
        {"rw", ACCESS_READ | ACCESS_WRITE},
        {"*", ACCESS_EVERYTHING},
    };
    if (count != 2 || words[0][0] != '/' || policy->access_count == LINES_MAX) {
        fail("not PATH RIGHTS", count > 0 ? words[0] : "");
    }
    policy->accesses[policy->access_count++] = (struct policy_access){
        .path = copy_of(words[0]),
        .rights = (uint32_t)NAMED(RIGHTS, words[1], "not r, rx, rw or *"),
    };
}

static void parse_limit(struct compiled *policy, char **words, size_t count) {
    static const struct named RESOURCES[] = {
        {"core", RLIMIT_CORE},     {"memlock", RLIMIT_MEMLOCK},
        {"msgqueue", RLIMIT_MSGQUEUE}, {"sigpending", RLIMIT_SIGPENDING},
        {"rtprio", RLIMIT_RTPRIO}, {"nice", RLIMIT_NICE},
        {"nofile", RLIMIT_NOFILE}, {"nproc", RLIMIT_NPROC},
        {"stack", RLIMIT_STACK},
    };
    if (count != 2 || policy->limit_count == LINES_MAX) {
        fail("not NAME VALUE", count > 0 ? words[0] : "");
    }
    policy->limits[policy->limit_count++] = (struct policy_limit){
        .resource = (uint32_t)NAMED(RESOURCES, words[0], "no such limit"),
        .value = number(words[1]),
    };
}

// ---------------------------------------------------------------- lines

static void parse_words(struct compiled *policy, char **words, size_t count) {
    static const struct {
        const char *keyword;
        void (*parse)(struct compiled *policy, char **words, size_t count);
    } PARSERS[] = {
        {"see", parse_seen},   {"access", parse_access},   {"limit", parse_limit},
        {"call", parse_call}, {"refuse", parse_refusal},   {"zygote", parse_zygote},
    };
    for (size_t i = 0; i < sizeof PARSERS / sizeof *PARSERS; i++) {
        if (strcmp(PARSERS[i].keyword, words[0]) == 0) {
            if (count < 2) {
                fail("nothing behind the keyword", words[0]);
            }
            PARSERS[i].parse(policy, words + 1, count - 1);
            return;
        }
    }
    fail("no such keyword", words[0]);
}

static void parse_line(struct compiled *policy, char *line) {
    line[strcspn(line, "\n")] = '\0';
    if (line[0] == '#' || line[0] == '\0') {
        return;
    }
    char *reason = strstr(line, " -- ");
    if (reason == NULL || reason[4] == '\0') {
        fail("no reason", line);
    }
    *reason = '\0';
    char *words[WORDS_MAX];
    size_t count = 0;
    char *rest = line;
    for (char *word; (word = strsep(&rest, " ")) != NULL;) {
        if (count == WORDS_MAX) {
            fail("too many words", line);
        }
        if (*word != '\0') {
            words[count++] = word;
        }
    }
    if (count > 0) {
        parse_words(policy, words, count);
    }
}

static void name_after_file(struct compiled *policy) {
    const char *slash = strrchr(file_name, '/');
    const char *base = slash == NULL ? file_name : slash + 1;
    size_t length = strspn(base, "abcdefghijklmnopqrstuvwxyz");
    if (length == 0 || length >= sizeof policy->name || strcmp(base + length, ".policy") != 0) {
        fail("not named LETTERS.policy", base);
    }
    memcpy(policy->name, base, length);
}

static void parse_file(struct compiled *policy) {
    char line[LINE_BYTES_MAX];
    FILE *file = fopen(file_name, "re");
    if (file == NULL) {
        fail("cannot be read", strerror(errno));
    }
    for (line_number = 1; fgets(line, sizeof line, file) != NULL; line_number++) {
        parse_line(policy, line);
    }
    fclose(file);
    name_after_file(policy);
}

// ---------------------------------------------------------------- writing C

static void allow_zygote(struct compiled *policy) {
    for (size_t i = 0; i < policy->rule_count; i++) {
        struct call_rule *rule = &policy->rules[i];
        for (size_t c = 0; c < policy->zygote_call_count; c++) {
            const struct zygote_call *allowed = &policy->zygote_calls[c];
            if (rule->call != allowed->call) {
                continue;
            }
            if (allowed->conditional) {
                add_condition(rule, allowed->condition, "of a zygote's call");
            } else {
                rule->otherwise = VERDICT_ALLOW;
                rule->condition_count = 0;
            }
        }
    }
}

static void write_filter(struct compiled *policy, const char *suffix) {
    static struct filter_program program;
    const char *problem = filter_compile(&program, policy->rules, policy->rule_count);
    if (problem != NULL) {
        fail("the filter", problem);
    }
    printf("\nstatic const struct sock_filter %s_%s[] = {\n", policy->name, suffix);
    for (size_t i = 0; i < program.length; i++) {
        struct sock_filter step = program.steps[i];
        printf("    {0x%02x, %u, %u, 0x%08x},\n", step.code, step.jt, step.jf, step.k);
    }
    printf("};\n");
}

static void write_tables(const struct compiled *policy) {
    printf("\nstatic const char *const %s_seen[] = {\n", policy->name);
    for (size_t i = 0; i < policy->seen_count; i++) {
        printf("    \"%s\",\n", policy->seen[i]);
    }
    printf("};\n\nstatic const struct policy_access %s_accesses[] = {\n", policy->name);
    for (size_t i = 0; i < policy->access_count; i++) {
        printf("    {\"%s\", %u},\n", policy->accesses[i].path, policy->accesses[i].rights);
    }
    printf("};\n\nstatic const struct policy_limit %s_limits[] = {\n", policy->name);
    for (size_t i = 0; i < policy->limit_count; i++) {
        printf("    {%u, %llu},\n", policy->limits[i].resource,
               (unsigned long long)policy->limits[i].value);
    }
    printf("};\n");
}

static void write_lookup(char names[][NAME_BYTES_MAX], int count) {
    printf("\nstatic const struct policy policies[] = {\n");
    for (int i = 0; i < count; i++) {
        const char *n = names[i];
        printf("    {\"%s\", %s_seen, sizeof %s_seen / sizeof *%s_seen, %s_accesses,\n"
               "     sizeof %s_accesses / sizeof *%s_accesses, %s_limits,\n"
               "     sizeof %s_limits / sizeof *%s_limits, %s_filter,\n"
               "     sizeof %s_filter / sizeof *%s_filter, %s_zygote_filter,\n"
               "     sizeof %s_zygote_filter / sizeof *%s_zygote_filter},\n",
               n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n);
    }
    printf("};\n\n"
           "const struct policy *policy_find(const char *name) {\n"
           "    for (size_t i = 0; i < sizeof policies / sizeof *policies; i++) {\n"
           "        if (strcmp(policies[i].name, name) == 0) {\n"
           "            return &policies[i];\n"
           "        }\n"
           "    }\n"
           "    return NULL;\n"
           "}\n");
}

enum { FAMILIES_MAX = 8 };

int main(int argc, char **argv) {
    static struct compiled policy;
    static char names[FAMILIES_MAX][NAME_BYTES_MAX];
    if (argc < 2 || argc > FAMILIES_MAX) {
        fprintf(stderr, "usage: policy_compiler FILE.policy...\n");
        return 64;
    }
    printf("// Made by policy_compiler.\n#include \"policy.h\"\n\n#include <string.h>\n");
    for (int i = 1; i < argc; i++) {
        memset(&policy, 0, sizeof policy);
        file_name = argv[i];
        parse_file(&policy);
        write_tables(&policy);
        write_filter(&policy, "filter");
        allow_zygote(&policy);
        write_filter(&policy, "zygote_filter");
        memcpy(names[i - 1], policy.name, sizeof names[i - 1]);
    }
    write_lookup(names, argc - 1);
    return 0;
}
