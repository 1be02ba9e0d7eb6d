/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* All rules over a document; dw_validate, which is public, is one of them. */
#pragma once

#include "rules/context.h"

/* As dw_validate, but asks every rule whatever names occur: what name filters must not change. */
GPtrArray *rules_validate_unfiltered(const DwDocument *document, const DwHost *host);
/* As dw_validate. reporters (of DwRule) gets the rules that had something to say; with only no
 * others are asked, which is enough to know whether another document has the same problems. */
GPtrArray *rules_validate(const DwDocument *document, const DwHost *host, GPtrArray *reporters,
                          const GPtrArray *only);
/* The same of a document that was another before (NULL: nothing): of two devices that get in each
 * other's way it is told of the one that is another now. */
GPtrArray *rules_validate_edited(const DwDocument *document, const DwDocument *before,
                                 const DwHost *host, GPtrArray *reporters);
/* As that; may leave out what the other had, too. */
GPtrArray *rules_validate_changed(const DwDocument *document, const DwDocument *before,
                                  const DwHost *host, GPtrArray *reporters);
/* A setting that is text for people: rules that are not about it do not look at it. */
bool rules_is_words(const char *key);
/* What the rules say of all such settings. */
GPtrArray *rules_validate_words(const DwDocument *document, const DwHost *host,
                                GPtrArray *reporters);
