/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* For tests of effects: a host, a user, and what one text turning into another does there. Included
 * after cmocka.h. */
#pragma once

#include <string.h>

#include <domwright/model.h>

#define HOST_CAPABILITIES                                                                          \
    "<capabilities><host><cpu><arch>x86_64</arch></cpu></host><guest><os_type>hvm</os_type>"       \
    "<arch name='x86_64'><wordsize>64</wordsize><emulator>/usr/bin/qemu-system-x86_64</emulator>"  \
    "<machine maxCpus='288'>pc-q35-7.2</machine>"                                                  \
    "<machine canonical='pc-q35-7.2' maxCpus='288'>q35</machine>"                                  \
    "<domain type='qemu'/><domain type='kvm'/></arch></guest><guest><os_type>hvm</os_type>"        \
    "<arch name='aarch64'><wordsize>64</wordsize>"                                                 \
    "<emulator>/usr/bin/qemu-system-aarch64</emulator><machine>virt-7.2</machine>"                 \
    "<domain type='qemu'/></arch></guest><guest><os_type>exe</os_type><arch name='x86_64'>"        \
    "<wordsize>64</wordsize><emulator>/usr/lib/libvirt/libvirt_lxc</emulator>"                     \
    "<domain type='lxc'/></arch></guest></capabilities>"

#define DIRECTORIES "/srv/vm/%n;/srv/iso:ro;/home/%u/images"

typedef struct {
    DwCapabilities *capabilities;
    GPtrArray *directories;
    DwReachContext context;
} Place;

static inline void place_clear(Place *place)
{
    dw_capabilities_free(place->capabilities);
    g_ptr_array_unref(place->directories);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Place, place_clear)

static inline Place place_new(const char *directories)
{
    Place place = {dw_capabilities_parse(HOST_CAPABILITIES, NULL),
                   dw_image_directories_parse(directories, NULL),
                   {0}};

    assert_non_null(place.capabilities);
    assert_non_null(place.directories);
    place.context = (DwReachContext){place.directories, "ann", place.capabilities};
    return place;
}

static inline DwDocument *parse_text(const char *text)
{
    g_autoptr(GError) error = NULL;
    DwDocument *document = dw_document_parse(text, strlen(text), &error);

    if (!document)
        fail_msg("%s\n%s", error->message, text);
    return document;
}

/* before NULL: a new domain. */
static inline DwEffects effects_at(const Place *place, const char *before, const char *after)
{
    g_autoptr(DwDocument) old = before ? parse_text(before) : NULL;
    g_autoptr(DwDocument) new = parse_text(after);
    DwEffects effects;

    dw_effects_between(old, new, &place->context, &effects);
    return effects;
}

static inline DwEffects effects_of(const char *before, const char *after)
{
    g_auto(Place) place = place_new(DIRECTORIES);

    return effects_at(&place, before, after);
}

/* text with `find`, which is there once, replaced. */
static inline char *replaced(const char *text, const char *find, const char *with)
{
    g_auto(GStrv) parts = g_strsplit(text, find, -1);

    if (g_strv_length(parts) != 2)
        fail_msg("\"%s\" is there %u times", find, g_strv_length(parts) - 1);
    return g_strjoinv(with, parts);
}

/* "a, b" */
static inline void assert_words(char *const *words, const char *expected, const char *what)
{
    g_autofree char *all = g_strjoinv(", ", (char **)words);

    if (strcmp(all, expected) != 0)
        fail_msg("%s: \"%s\" is not \"%s\"", what, all, expected);
}
