/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Texts that may hold passwords: documents of domains. They are wiped before they are freed. */
#pragma once

/* NULL-safe. */
void secret_text_free(char *text);
