/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads documents of doubtful domains in the background and hands them to the inventory: persistent
 * ones, and those of running domains. libvirt's events say that a document changed but not what, so
 * each is compared with the one known before. Owned by its Host; main thread, reading on workers.
 */
#pragma once

#include "host/history-keeper.h"
#include "host/host-queue.h"
#include "inventory/inventory.h"

typedef struct DocumentReader DocumentReader;

/* caught_up: persistent documents have been read as far as they can be now. */
DocumentReader *document_reader_new(Inventory *inventory, HostQueue *queue,
                                    const HistoryKeeper *keeper, void (*caught_up)(void *data),
                                    void *data);
void document_reader_free(DocumentReader *reader);
/* Starts to read persistent documents unless that is going on; false when there are none that can
 * be read now. */
bool document_reader_read(DocumentReader *reader);
/* The same for running documents. */
bool document_reader_read_live(DocumentReader *reader);
/* How long workers have been reading since this was asked last, in µs. */
int64_t document_reader_take_busy(DocumentReader *reader);
