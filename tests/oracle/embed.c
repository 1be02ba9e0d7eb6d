/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The connection to qemu:///embed, and the thread that runs libvirt's event loop. */
#include "embed.h"

#include <pthread.h>
#include <stdio.h>

#include <libvirt/virterror.h>

#include <glib.h>

static void *run_loop(void *data)
{
    for (;;)
        virEventRunDefaultImpl();
    return NULL;
}

/* The programs print what they have to say themselves. */
static void ignore_error(void *data, virErrorPtr error)
{
}

virConnectPtr embed_open(const char *root, uint64_t *ret_version)
{
    g_autofree char *uri = g_strdup_printf("qemu:///embed?root=%s", root);
    unsigned long version = 0;
    pthread_t thread;

    virSetErrorFunc(NULL, ignore_error);
    virConnectPtr connection = NULL;
    if (virEventRegisterDefaultImpl() == 0 && pthread_create(&thread, NULL, run_loop, NULL) == 0)
        connection = virConnectOpen(uri);
    if (connection)
        virConnectGetLibVersion(connection, &version);
    else
        fprintf(stderr, "no qemu:///embed here: %s\n", virGetLastErrorMessage());
    *ret_version = version;
    return connection;
}
