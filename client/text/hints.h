/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the words of virsh, virt-install and virt-xml are called here. */
#pragma once

/* Sentences, or NULL. */
const char *hint_for_verb(const char *word);
/* What else one may have meant by more words than the verb takes, or NULL. */
const char *hint_for_surplus(const char *verb);
const char *hint_for_option(const char *word); /* with its dashes, as it was written */
const char *hint_for_kind(const char *kind);
/* What to write instead of a word that is no KEY=VALUE of a device of this kind. The caller's. */
char *hint_for_property(const char *kind, const char *word);
/* What to write for a key; kind "" is the domain. */
const char *hint_for_key(const char *kind, const char *key);
