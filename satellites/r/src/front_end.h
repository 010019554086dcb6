// SPDX-License-Identifier: Apache-2.0
//
// R's interface for front ends, which is what a satellite is: who takes its console, and who is told when it leaves. The names are
// those of Rinterface.h; they are looked up when the package is used as a satellite, since R promises them to programs and not to packages.

#ifndef LAUNCHPAD_FRONT_END_H
#define LAUNCHPAD_FRONT_END_H

#include <Rinternals.h>
#include <R_ext/RStartup.h>
#include <stdio.h>

struct front_end {
    void (**write_console)(const char *, int);
    void (**write_console_ex)(const char *, int, int);
    void (**flush_console)(void);
    void (**clean_up)(SA_TYPE, int, int);
    FILE **output_file;
    FILE **console_file;
    char **temporary_folder;
};

// Leaves by an R error where this R has none of it.
const struct front_end *front_end(void);

// Ends the process at once: nothing of R is run, and no buffer written.
_Noreturn void leave_now(int status);

#endif
