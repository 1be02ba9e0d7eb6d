/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Words of commands that a person is told to type. */
#pragma once

/* The word as a shell takes it: with quotes where it needs them. The caller's. */
char *shell_word(const char *word);
