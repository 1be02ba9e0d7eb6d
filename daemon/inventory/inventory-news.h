/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Telling the inventory's listeners what there is to tell of a domain. For inventory.c; main
 * thread. */
#pragma once

#include "inventory/domain.h"

/* Of the properties that events and reads change. */
typedef struct {
    char *name, *title;
    int32_t id;
    uint64_t started_at;
    uint8_t state;
    bool persistent, autostart, pending;
} DomainProperties;

void domain_properties_get(const Domain *domain, DomainProperties *ret_properties);
void domain_properties_clear(DomainProperties *properties);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(DomainProperties, domain_properties_clear)

/* Those that are not what they were before; nothing of a hidden domain. */
void news_properties(const GArray *listeners, const Domain *domain, const DomainProperties *before);
void news_added(const GArray *listeners, const Domain *domain);
void news_removed(const GArray *listeners, const Domain *domain);
void news_removal_answered(const GArray *listeners, const Domain *domain);
/* As in InventoryListener. */
void news_document(const GArray *listeners, const Domain *domain, bool first,
                   const DwChanges *changes, const char *revision);
void news_live(const GArray *listeners, const Domain *domain, const DwChanges *changes,
               const char *revision);
