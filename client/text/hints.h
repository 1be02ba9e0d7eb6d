/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the words of virsh, virt-install and virt-xml are called here. */
#pragma once

/* Sentences, or NULL; those that are not const are the caller's. */
const char *hint_for_verb(const char *word);
/* What else one may have meant by more words than the verb takes. */
const char *hint_for_surplus(const char *verb);
char *hint_for_option(const char *word); /* with its dashes, as it was written */
/* What does for a verb that does not take the option of this name. */
const char *hint_for_surplus_option(const char *name);
const char *hint_for_kind(const char *kind);
/* What to write instead of a word that is no KEY=VALUE of a device of this kind, and no kind. */
char *hint_for_property(const char *kind, const char *word);
/* The same for any other word. */
char *hint_for_bare_word(const char *kind, const char *word);
/* What to write for a key; kind "" is the domain. */
const char *hint_for_key(const char *kind, const char *key);
/* The same, also for a device's kind that is taken for a key of the domain. */
const char *hint_for_unknown(const char *kind, const char *key);
/* The message with the hint in place of its guess. Takes message. */
char *message_with_hint(char *message, const char *hint);
