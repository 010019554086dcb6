// SPDX-License-Identifier: Apache-2.0
//
// The program: is this the architecture; then a binary search over the numbers for the run of calls that the number
// is in, all with the same verdict; then that verdict, or the tests of the arguments.

#define _GNU_SOURCE
#include "filter_program.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <stdlib.h>

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#else
#error "the filter knows x86-64 and arm64 only"
#endif

// Numbers from here on are those of x86-64's 32-bit pointer variant.
#define X32_BIT 0x40000000U

// Calls from `first` up to the next run's: all of one verdict, or one with conditions.
struct run {
    uint32_t first;
    int verdict;
    const struct call_rule *conditioned;
};

enum { RUNS_MAX = 2 * RULES_MAX + 1 };

static int by_call(const void *left, const void *right) {
    const struct call_rule *a = left;
    const struct call_rule *b = right;
    return (a->call > b->call) - (a->call < b->call);
}

static void add_run(struct run *runs, size_t *count, struct run run) {
    bool same = *count > 0 && run.conditioned == NULL && runs[*count - 1].conditioned == NULL &&
                runs[*count - 1].verdict == run.verdict;
    if (!same) {
        runs[(*count)++] = run;
    }
}

static size_t make_runs(struct run *runs, const struct call_rule *rules, size_t rule_count) {
    size_t count = 0;
    uint32_t next = 0;
    for (size_t i = 0; i < rule_count; i++) {
        const struct call_rule *rule = &rules[i];
        if (rule->call > next) {
            add_run(runs, &count, (struct run){.first = next, .verdict = ENOSYS});
        }
        add_run(runs, &count,
                (struct run){
                    .first = rule->call,
                    .verdict = rule->otherwise == VERDICT_UNSAID ? ENOSYS : rule->otherwise,
                    .conditioned = rule->condition_count > 0 ? rule : NULL,
                });
        next = rule->call + 1;
    }
    add_run(runs, &count, (struct run){.first = next, .verdict = ENOSYS});
    return count;
}

static void emit(struct filter_program *program, struct sock_filter step) {
    if (program->length < FILTER_STEPS_MAX) {
        program->steps[program->length] = step;
    }
    program->length++;
}

static void emit_load(struct filter_program *program, size_t offset) {
    emit(program, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset));
}

static void emit_verdict(struct filter_program *program, int verdict) {
    uint32_t action = verdict == VERDICT_ALLOW ? SECCOMP_RET_ALLOW
                                               : SECCOMP_RET_ERRNO | (uint32_t)verdict;
    emit(program, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, action));
}

static void emit_run(struct filter_program *program, const struct run *run) {
    for (size_t i = 0; run->conditioned != NULL && i < run->conditioned->condition_count; i++) {
        const struct condition *condition = &run->conditioned->conditions[i];
        // Little-endian: the lower half stands first.
        emit_load(program, offsetof(struct seccomp_data, args) + 8 * (size_t)condition->argument);
        if (condition->mask != UINT32_MAX) {
            emit(program,
                 (struct sock_filter)BPF_STMT(BPF_ALU | BPF_AND | BPF_K, condition->mask));
        }
        emit(program,
             (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, condition->value, 0, 1));
        emit_verdict(program, VERDICT_ALLOW);
    }
    emit_verdict(program, run->verdict);
}

// NOLINTNEXTLINE(misc-no-recursion): as deep as the logarithm of RUNS_MAX
static void emit_search(struct filter_program *program, const struct run *runs, size_t count) {
    if (count == 1) {
        emit_run(program, runs);
        return;
    }
    size_t left = count / 2;
    // A conditional jump reaches 255 steps only: the far half is behind an unconditional one.
    emit(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, runs[left].first, 0, 1));
    size_t jump = program->length;
    emit(program, (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA, 0));
    emit_search(program, runs, left);
    if (jump < FILTER_STEPS_MAX) {
        program->steps[jump].k = (uint32_t)(program->length - jump - 1);
    }
    emit_search(program, runs + left, count - left);
}

const char *filter_compile(struct filter_program *program, struct call_rule *rules, size_t count) {
    static struct run runs[RUNS_MAX];
    qsort(rules, count, sizeof *rules, by_call);
    for (size_t i = 0; i < count; i++) {
        if (rules[i].call >= X32_BIT || (i > 0 && rules[i].call == rules[i - 1].call)) {
            return "a call has two rules, or a number that is none";
        }
    }
    size_t run_count = make_runs(runs, rules, count);
    program->length = 0;
    emit_load(program, offsetof(struct seccomp_data, arch));
    emit(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0));
    emit(program, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS));
    emit_load(program, offsetof(struct seccomp_data, nr));
    emit(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, X32_BIT, 0, 1));
    emit(program, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS));
    emit_search(program, runs, run_count);
    return program->length > FILTER_STEPS_MAX ? "it is too long" : NULL;
}
