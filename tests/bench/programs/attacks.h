/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What somebody may send who means harm: documents whose answers or whose work is as large as can
 * be, in calls that need no right. Used by greedy.c.
 */
#pragma once

#include "caller.h"

typedef struct {
    const char *name;
    unsigned connections, calls; /* on each, under way */
    char *(*document)(void);     /* NULL: calls are made that need none */
    unsigned titles;             /* domains with the longest titles that are there meanwhile */
} Attack;

/* Ends the program where there is none of the name. */
const Attack *attack_find(const char *name);

/* Defines the domains that the attack needs, by a user who may, and removes them; brief: some of
 * them. */
char **attack_domains_new(const Attack *attack, sd_bus *bus, bool brief);
void attack_domains_free(char **paths, sd_bus *bus);

/* What the calls of one attacker share. */
typedef struct {
    const Attack *attack;
    char *document, *draft;
    unsigned turn;
} Attacker;

void attacker_begin(Attacker *attacker, const Attack *attack, sd_bus *bus);
int attacker_send(Attacker *attacker, sd_bus *bus, sd_bus_message_handler_t on_answer,
                  void *userdata);
