/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* By what a secret is known in a document. */
#pragma once

#include "document/document.h"

/* An attribute by its name as written, and an element whose text is a secret. */
bool secret_is_attribute(const char *name, size_t length);
bool secret_is_text(const DwDocument *document, DwNode node);
