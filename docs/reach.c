/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Prints domwright-reach(7): what a change may do without the right to use the host's resources,
 * and why, from the table of keys. Run by the build. */
#include <domwright/model.h>
#include <stdio.h>
#include <string.h>

#include "roff.h"

static const char head[] =
    ".Dd 2026\n.Dt DOMWRIGHT-REACH 7\n.Os\n"
    ".Sh NAME\n.Nm domwright-reach\n.Nd what a change lets a guest reach on its host\n"
    ".Sh DESCRIPTION\n"
    "Whoever may change a domain could let its guest reach all of the host: a disk may be any "
    "file,\n"
    "the emulator any program.\n"
    ".Xr domwrightd 8\n"
    "therefore compares all of the domain as it is with all of it as it would be.\n"
    "Each element, attribute and text that was added, altered, removed or moved has to belong to "
    "one\n"
    "key that is listed here, with a value for which its reason holds.\n"
    "Otherwise the change is\n.Em reach ,\n"
    "and needs the right\n.Sy org.domwright1.use-host-resources\nin addition to others.\n"
    ".Pp\n"
    "So all that has no key is reach, such as elements of other namespaces and what stands twice\n"
    "where there may be one.\n"
    "Comments, white space and the\n.Sy metadata\nof the domain are not.\n"
    "Of a new domain everything counts as added.\n"
    "The name and the UUID of a domain never change.\n"
    ".Pp\n"
    "Some values are safe only in a device that is safe as a whole.\n"
    "Such are the kinds of device below that have a reason of their own: they may be added, "
    "altered\n"
    "and removed as long as all that is in them is safe.\n"
    "In other devices the same values are reach.\n"
    "No device is safe as a whole in domains of other types than kvm, qemu, hvf and test.\n"
    ".Pp\n"
    "Harmless to the host is not private: a display that listens on this machine only and has no\n"
    "password is safe, and every local user can look at it.\n"
    "Nor is it a quota: how much memory, how many processors and threads a guest gets is safe.\n"
    ".Ss Disks\n"
    "A disk is safe as a whole when it is a cdrom or floppy drive without a medium, or a file "
    "that\n"
    "lies in one of the directories of images that\n.Xr domwrightd 8\nis configured with.\n"
    "The path is judged by its text: it is absolute, without\n.Sy \\&. ,\n.Sy ..\nand\n.Sy // ;\n"
    "no file is looked at, so nobody but administrators should be able to put symbolic links "
    "there.\n"
    "A directory without\n.Sy %n\nin its name is one that all domains share.\n"
    "In a directory marked\n.Sy :ro\nthe disk has to be\n.Sy readonly .\n"
    ".Pp\n"
    "The format has to be given, and be qcow2 when the name of the file ends in\n.Sy .qcow2 ,\n"
    "else raw.\n"
    "A qcow2 image names other files in its header, for its backing and for its data, and its "
    "guest may\n"
    "have written the header while it was a raw one; so no file can be both.\n"
    "Its chain of backing files has to be stated to the end, each with its format and in such a\n"
    "directory.\n"
    "Whoever puts qcow2 images of strangers into the directory lets these name any file that the\n"
    "emulator may open.\n"
    ".Sh REASONS\n";

static const char tail[] = ".Sh SEE ALSO\n.Xr domwright-keys 7 ,\n.Xr domwrightd 8\n";

/* Sentences begin on lines of their own. */
static void print_sentences(const char *text)
{
    g_auto(GStrv) sentences = g_strsplit(text, ". ", -1);

    for (char **sentence = sentences; *sentence; sentence++) {
        roff_text(*sentence);
        puts(sentence[1] ? "." : "");
    }
}

/* A reason, and the keys of one kind that have it in the order of the table. */
static void print_reason(const GPtrArray *keys, guint first)
{
    const char *reason = ((const DwKey *)keys->pdata[first])->safe;
    const char *separator = "";

    print_sentences(reason);
    puts(".Bd -filled -offset indent -compact");
    for (guint i = first; i < keys->len; i++) {
        const DwKey *key = keys->pdata[i];
        if (!key->safe || strcmp(key->safe, reason) != 0)
            continue;
        printf("%s.Sy ", separator);
        roff_text(key->key);
        separator = " ,\n";
    }
    puts("\n.Ed");
}

static bool is_known(const GPtrArray *keys, guint index)
{
    const char *reason = ((const DwKey *)keys->pdata[index])->safe;

    for (guint i = 0; i < index; i++)
        if (g_strcmp0(((const DwKey *)keys->pdata[i])->safe, reason) == 0)
            return true;
    return !reason;
}

static void print_kind(const char *kind)
{
    g_autoptr(GPtrArray) keys = dw_keys_describe(kind, "", NULL);
    const char *whole = dw_kind_safe(kind), *separator = whole ? ".Pp\n" : "";

    printf(".Ss %s\n", *kind ? kind : "The domain");
    if (whole) {
        fputs("As a whole: ", stdout);
        print_sentences(whole);
    }
    for (guint i = 0; i < keys->len; i++)
        if (!is_known(keys, i)) {
            fputs(separator, stdout);
            print_reason(keys, i);
            separator = ".Pp\n";
        }
}

int main(void)
{
    fputs(head, stdout);
    for (const char *const *kind = dw_kinds(); *kind; kind++)
        print_kind(*kind);
    fputs(tail, stdout);
    return 0;
}
