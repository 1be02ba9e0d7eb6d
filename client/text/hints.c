/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Owns the words that people bring along from virsh, virt-install and virt-xml, and what to write
 * instead. Asked when a word was refused; none of these words is a verb, an option, a kind or a key
 * here, which a test holds against the tables. Main thread.
 */
#include "text/hints.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"

typedef struct {
    const char *words; /* separated by blanks; "net-*": all that begin so */
    const char *sentence;
} Hint;

#define SETTINGS_SHOWN                                                                             \
    "\"domwright show\" prints settings and devices; \"domwright get\" one value."
#define DEVICE_ADDED   "\"domwright add DOMAIN KIND KEY=VALUE...\" adds a device."
#define DEVICE_CHANGED "\"domwright set DOMAIN KIND/ID/KEY=VALUE\" changes a device."
#define DEVICE_REMOVED "\"domwright remove DOMAIN KIND/ID\" removes a device."
#define VIRSH_DOES     "domwright does not do this; virsh does."

static const Hint verb_hints[] = {
    {"dumpxml domxml dump-xml export", "\"domwright xml\" prints the document."},
    {"stop poweroff halt down off shut power-off",
     "\"domwright shutdown\" asks the guest to shut down."},
    {"kill pull-the-plug force-off forceoff", "\"domwright destroy\" forces a domain off."},
    {"delete del rm",
     "\"domwright undefine\" removes the definition of a domain, \"domwright remove\" "
     "a device."},
    {"define-xml import load", "\"domwright define FILE\" defines what a document describes; "
                               "\"domwright create\" makes a domain "
                               "of settings."},
    {"virt-viewer viewer virt-manager vnc spice", "domwright shows no displays; virt-viewer does."},
    {"discard", "\"domwright draft discard\" discards drafts."},
    {"commit rebase open", "These are verbs of drafts: \"domwright help draft\" lists them."},
    {"search find grep",
     "\"domwright get PATTERN KEY\" prints a value of many domains, \"domwright keys\" "
     "lists the keys."},
    {"pause", "\"domwright suspend\" pauses a domain."},
    {"unpause continue", "\"domwright resume\" resumes a suspended domain."},
    {"up on poweron power-on run boot-up launch", "\"domwright start\" starts a domain."},
    {"hard-reset powercycle power-cycle",
     "\"domwright reset\" resets a domain at once, \"domwright "
     "restart\" shuts it down and starts it again."},
    {"enable disable",
     "\"domwright autostart DOMAIN on\" starts a domain with its host; also off."},
    {"ls ps dominfo domstate domid domuuid",
     "\"domwright list\" prints names, states and UUIDs; \"domwright show\" settings and devices."},
    {"info domblklist domiflist vcpuinfo domstats cat status describe inspect vcpucount "
     "guestvcpus domname domblkinfo domif-getlink iothreadinfo",
     SETTINGS_SHOWN},
    {"modify change update configure virt-xml",
     "\"domwright set DOMAIN KEY=VALUE...\" changes settings "
     "and devices."},
    {"update-device update-memory-device", DEVICE_CHANGED},
    {"attach-disk",
     "\"domwright add DOMAIN disk source.file=FILE target.bus=virtio\" adds a disk."},
    {"attach-interface",
     "\"domwright add DOMAIN interface source.network=NAME\" adds an interface."},
    {"attach attach-device add-device add-disk add-interface add-nic hotplug disk interface cdrom "
     "network nic graphics hostdev",
     DEVICE_ADDED},
    {"detach detach-device detach-device-alias detach-disk detach-interface remove-device "
     "remove-disk remove-interface rm-disk unplug",
     DEVICE_REMOVED},
    {"setmem setmaxmem",
     "\"domwright set DOMAIN memory=SIZE currentMemory=SIZE\" sets the memory."},
    {"setvcpus", "\"domwright set DOMAIN vcpu=NUMBER\" sets the number of virtual processors."},
    {"blkdeviotune",
     "\"domwright set DOMAIN disk/ID/iotune.KEY=VALUE\" limits a disk; \"domwright keys "
     "disk iotune.\" lists the keys."},
    {"domif-setlink", "\"domwright set DOMAIN interface/ID/link.state=down\" takes a link down."},
    {"desc", "\"domwright set DOMAIN title=TEXT description=TEXT\" sets title and description."},
    {"install virt-install new",
     "\"domwright create NAME memory=SIZE vcpu=NUMBER disk source.file=FILE\" "
     "defines a new domain."},
    {"resize blockresize vol-resize", "domwright does not touch images: \"qemu-img resize FILE "
                                      "SIZE\" resizes one while the domain is "
                                      "off, \"virsh blockresize\" while it runs."},
    {"nodeinfo domcapabilities sysinfo", "\"domwright capabilities\" shows what a host can do."},
    {"event events await", "\"domwright watch\" prints domain events."},
    {"passwd password set-password",
     "\"domwright set DOMAIN graphics/vnc/passwd=@-\" asks for the password of a display."},
    {"version", "\"domwright --version\" prints the version."},
    {"connect uri", "\"domwright hosts\" lists the hosts of the daemon; -H names one of them."},
    {"domrename mv move", "\"domwright rename DOMAIN NAME\" gives a domain another name."},
    {"virt-clone copy cp duplicate",
     "\"domwright clone DOMAIN NAME\" defines another domain like one."},
    {"undo log rollback revert", "\"domwright history\" lists changes, \"domwright restore\" "
                                 "brings an earlier definition back."},
    {"undelete", "\"domwright recover\" brings a domain back whose definition is gone."},
    {"change-media eject-media insert-media",
     "\"domwright insert DOMAIN TARGET PATH\" and \"domwright eject DOMAIN TARGET\" "
     "change a medium; --now does it at once as well."},
    {"vcpupin emulatorpin schedinfo iothreadpin setvcpu",
     "\"domwright set DOMAIN cputune.KEY=VALUE\" tunes processors; \"domwright keys cputune.\" "
     "lists the "
     "keys."},
    {"memtune",
     "\"domwright set DOMAIN memtune.KEY=VALUE\" limits memory; \"domwright keys memtune.\" "
     "lists the keys."},
    {"blkiotune", "\"domwright set DOMAIN blkiotune.KEY=VALUE\" weighs disks; \"domwright keys "
                  "blkiotune.\" lists the keys."},
    {"numatune", "\"domwright set DOMAIN numatune.KEY=VALUE\" places memory; \"domwright keys "
                 "numatune.\" lists the keys."},
    {"domiftune", "\"domwright set DOMAIN interface/ID/bandwidth.KEY=VALUE\" limits an interface; "
                  "\"domwright keys interface bandwidth.\" lists the keys."},
    {"domthrottlegroup*",
     "\"domwright keys throttlegroups.\" lists the keys of limits that disks share."},
    {"iothreadadd iothreaddel iothreadset",
     "\"domwright set DOMAIN iothreads=NUMBER\" sets the number of I/O threads."},
    {"set-lifecycle-action",
     "\"domwright set DOMAIN on_reboot=VALUE\" sets what follows a reboot; also "
     "on_poweroff and on_crash."},
    {"maxvcpus nodecpumap freecell hostname cpu-* hypervisor-cpu-*",
     "\"domwright capabilities\" shows what a host can do."},
    {"console ttyconsole vncdisplay domdisplay domdisplay-reload domif* domhostname screenshot "
     "send-key inject-nmi "
     "send-process-signal guestinfo get-user-sshkeys set-user-* qemu-* guest-agent-timeout",
     VIRSH_DOES},
    {"draft-delete draft-remove draft-rm draft-del draft-undefine draft-drop",
     "\"domwright draft discard\" discards drafts, \"domwright remove\" removes a device from "
     "one."},
    {"draft-create draft-make draft-add", "\"domwright draft new\" makes a draft of a new domain, "
                                          "\"domwright add\" adds a device to one."},
    {"draft-define draft-save draft-apply",
     "\"domwright draft commit\" defines what a draft says."},
    {"draft-import draft-load",
     "\"domwright draft open\" makes a draft of a domain or a document."},
    {"list-all", "\"domwright list\" shows all domains."},
    {"edit-xml", "\"domwright edit\" edits the document in an editor."},
    {"reload", "\"systemctl reload domwrightd\" has the service read its configuration again."},
    {"freeze thaw snapshot snapshot-* backup checkpoint-* backup-* migrate migrate-* managedsave "
     "managedsave-* "
     "save "
     "save-image-* dump domjob* block* domblk* domfs* domxml-* dommemstat domdirty* domtime "
     "domcontrol "
     "dompm* domlaunch* domsetlaunch* dom-fd-associate perf metadata cpu-stats lxc-enter-namespace",
     VIRSH_DOES},
    {"net-* pool-* vol-* iface-* nwfilter-* nodedev-* secret-* node* allocpages freepages "
     "find-storage-pool-sources find-storage-pool-sources-as",
     VIRSH_DOES},
};

static const Hint option_hints[] = {
    {"--all", "\"domwright list\" shows all domains; --state=running those that run."},
    {"--inactive", "\"domwright list --state=shutoff\" shows the domains that are off."},
    {"--config --persistent --current --define --print-diff --print-xml",
     "Changes are to the configuration; --now makes them in the running domain as well, --live "
     "there "
     "alone, and -n shows them without making them."},
    {"--edit", "\"domwright set DOMAIN KEY=VALUE...\" changes settings and devices."},
    {"--add-device", DEVICE_ADDED},
    {"--remove-device", DEVICE_REMOVED},
    {"--name",
     "The name of a new domain is the first word: \"domwright create NAME ...\"; \"domwright "
     "list -o name\" prints names."},
    {"--state-running --state-paused --state-shutoff --state-other",
     "\"domwright list --state=running\" lists domains by their state."},
    {"--location -l --pxe --import --install --noautoconsole --autoconsole --wait",
     "domwright defines domains and installs nothing in them; disk device=cdrom source.file=FILE "
     "is an installation image."},
    {"--osinfo --os-variant",
     "\"--preset=linux\" and \"--preset=windows\" set what suits a guest."},
    {"--connect -c", "Hosts are named in the daemon's configuration; -H names one of them."},
    {"--security-info", "\"--secrets\" includes passwords."},
    {"--remove-all-storage --storage",
     "domwright never removes storage; \"rm\" and \"virsh vol-delete\" do."},
    {"--unattended --cloud-init --extra-args --initrd-inject",
     "domwright installs nothing in domains; os.kernel=FILE os.initrd=FILE os.cmdline=TEXT start a "
     "kernel of the host."},
    {"--original --original-xml --auto-clone --file --reflink --nonsparse --preserve-data "
     "--skip-copy --replace",
     "\"domwright clone DOMAIN NAME TARGET=PATH\" defines another domain like one; it copies no "
     "disks."},
    {"--nodisks --nonetworks --nographics --nonetwork --nodisk",
     "A new domain has the devices that are named, and those that libvirt adds."},
    {"--domain --guest", "The domain is the word behind the verb: \"domwright show DOMAIN\"."},
    {"--transient --destroy-on-exit --noreboot",
     "domwright defines domains that stay; on_poweroff, on_reboot and on_crash say what follows."},
    {"--quiet -q --debug", "--verbose shows more; notes go to standard error."},
    {"--memdev",
     "A memory module is a device: memory model=dimm target.size=1GiB; it needs maxMemory, "
     "maxMemory.slots and cpu.numa.cell.0."},
    {"--xml", "\"domwright edit DOMAIN\" edits the document in an editor."},
    {"--launchSecurity --launchsecurity", "\"domwright keys launchSecurity.\" lists the settings."},
    {"--crypto", "\"domwright keys crypto\" lists the keys of the device."},
    {"--prompt --yes -y", "domwright asks no questions but for passwords."},
};

typedef struct {
    const char *words;   /* options of virt-install and virt-xml */
    const char *written; /* an example that create takes */
} Written;

static const Written written_options[] = {
    {"--disk", "disk source.file=/srv/vm/web.qcow2 target.bus=virtio"},
    {"--cdrom --livecd", "disk device=cdrom source.file=/srv/iso/debian.iso"},
    {"--network --bridge -w", "interface source.network=default model.type=virtio"},
    {"--graphics --vnc --spice", "graphics type=vnc listen=127.0.0.1"},
    {"--hostdev --host-device", "hostdev source.address=0000:01:00.0"},
    {"--controller", "controller type=scsi model=virtio-scsi"},
    {"--video", "video model.type=virtio"},
    {"--filesystem", "filesystem source.dir=/srv/share target.dir=share"},
    {"--tpm", "tpm backend.type=emulator backend.version=2.0"},
    {"--rng", "rng backend.model=random backend=/dev/urandom"},
    {"--channel", "channel type=unix target.name=org.qemu.guest_agent.0"},
    {"--console", "console type=pty"},
    {"--serial", "serial type=pty"},
    {"--parallel", "parallel type=pty"},
    {"--sound --soundhw", "sound model=ich9"},
    {"--audio", "audio id=1 type=none"},
    {"--watchdog", "watchdog model=i6300esb action=reset"},
    {"--input", "input type=tablet bus=usb"},
    {"--redirdev", "graphics type=spice autoport=yes redirdev bus=usb type=spicevmc"},
    {"--smartcard", "smartcard mode=host"},
    {"--vsock", "vsock cid.auto=yes"},
    {"--iommu", "iommu model=virtio"},
    {"--panic", "panic model=isa"},
    {"--memballoon", "memballoon model=virtio"},
    {"--shmem", "shmem name=shared size=4MiB"},
    {"--memory --ram -r", "memory=4GiB"},
    {"--memorybacking", "memoryBacking.hugepages=yes"},
    {"--vcpus --vcpu", "vcpu=2"},
    {"--cpu", "cpu.mode=host-passthrough"},
    {"--cputune", "cputune.shares=2048"},
    {"--numatune", "numatune.memory.nodeset=0"},
    {"--blkiotune", "blkiotune.weight=500"},
    {"--memtune", "memtune.hard_limit=8GiB"},
    {"--iothreads", "iothreads=2"},
    {"--machine", "os.machine=q35"},
    {"--arch", "os.arch=x86_64"},
    {"--virt-type", "type=kvm"},
    {"--hvm", "os.type=hvm"},
    {"--features", "features.acpi=yes"},
    {"--clock", "clock.offset=localtime"},
    {"--events", "on_crash=restart"},
    {"--pm", "pm.suspend-to-disk=no"},
    {"--sysinfo", "os.smbios.mode=host"},
    {"--title --description --metadata", "title=Database"},
    {"--uuid", "uuid=6695eb01-f6a4-8304-79aa-97f2502e193f"},
    {"--os", "--preset=linux"},
    {"--resource", "resource.partition=/machine/production"},
    {"--seclabel --security", "seclabel.1.type=none"},
};

/* Of a verb that does not take the option. */
static const Hint surplus_hints[] = {
    {"autostart", "\"domwright autostart DOMAIN on\" starts a domain with its host."},
    {"boot",
     "os.boot=hd,cdrom is written without dashes; \"domwright boot DOMAIN KIND/ID...\" sets the "
     "order of devices, \"domwright start DOMAIN --boot=KIND/ID\" that of one start."},
    {"columns", "\"domwright list\" prints columns, \"domwright get\" values."},
    {"paused", "\"domwright start DOMAIN --paused\" starts a domain suspended."},
    {"preset", "\"domwright preset DOMAIN NAME\" applies a preset to a domain."},
    {"state", "\"domwright list --state=STATE\" lists domains by their state."},
};

static const Hint kind_hints[] = {
    {"cdrom iso", "A CD-ROM drive is a disk: disk device=cdrom source.file=FILE."},
    {"floppy", "A floppy drive is a disk: disk device=floppy source.file=FILE."},
    {"drive image volume", "A drive is a disk: disk source.file=FILE target.bus=virtio."},
    {"network nic net bridge",
     "A network card is an interface: interface source.network=default, or "
     "source.bridge=NAME."},
    {"vnc display", "A display is of kind graphics: graphics type=vnc."},
    {"spice", "A display is of kind graphics: graphics type=spice autoport=yes."},
    {"usb pci gpu",
     "A device of the host is a hostdev: hostdev type=pci source.address=0000:01:00.0, or "
     "hostdev type=usb source.vendor=0x046d source.product=0xc52b."},
    {"scsi", "A SCSI controller is a controller: controller type=scsi model=virtio-scsi."},
    {"share virtiofs 9p", "A shared directory is a filesystem: filesystem driver.type=virtiofs "
                          "source.dir=DIRECTORY target.dir=TAG."},
    {"agent guest-agent", "The guest agent's channel is: channel type=unix "
                          "target.name=org.qemu.guest_agent.0."},
    {"tablet mouse keyboard", "An input device is: input type=tablet bus=usb."},
};

typedef struct {
    const char *kind; /* "": the domain */
    const char *words;
    const char *sentence;
} KeyHint;

static const KeyHint key_hints[] = {
    {"disk", "size source.size capacity source.capacity",
     "No key has a size: \"qemu-img create -f qcow2 FILE SIZE\" or \"virsh vol-create-as\" "
     "makes an image, source.file=FILE names it."},
    {"disk", "cache", "\"cache\" is written driver.cache."},
    {"disk", "io", "\"io\" is written driver.io."},
    {"disk", "discard", "\"discard\" is written driver.discard."},
    {"disk", "bus", "\"bus\" is written target.bus."},
    {"disk", "target dev", "The name in the guest is written target.dev."},
    {"disk", "format driver.format driver_type", "The format is written driver.type."},
    {"disk", "path file source", "The image is written source.file=FILE."},
    {"disk", "pool vol", "A volume is written source.pool=POOL source.volume=VOLUME."},
    {"disk", "bootorder boot_order boot", "The order is written boot.order."},
    {"interface", "network", "\"network\" is written source.network."},
    {"interface", "bridge", "\"bridge\" is written source.bridge."},
    {"interface", "mac", "\"mac\" is written mac.address."},
    {"interface", "model", "\"model\" is written model.type."},
    {"interface", "link", "\"link\" is written link.state."},
    {"interface", "target", "The name on the host is written target.dev."},
    {"graphics", "password", "\"password\" is written passwd; passwd=@- asks for it."},
    {"video", "model", "\"model\" is written model.type."},
    {"video", "vram", "\"vram\" is written model.vram."},
    {"tpm", "version", "\"version\" is written backend.version."},
    {"tpm", "type", "\"type\" is written backend.type."},
    {"filesystem", "target", "The tag is written target.dir."},
    {"filesystem", "source", "The directory is written source.dir."},
    {"channel", "name", "\"name\" is written target.name."},
    {"hostdev", "vendor source.vendor.id", "The vendor is written source.vendor=0x046d."},
    {"hostdev", "product source.product.id", "The product is written source.product=0xc52b."},
    {"hostdev", "address source.address.domain source.address.slot source.address.function",
     "The address of a PCI device is written whole: source.address=0000:01:00.0."},
    {"hostdev", "name node_device",
     "The device is named by its address: source.address=0000:01:00.0 of PCI, or "
     "source.vendor=0x046d source.product=0xc52b of USB."},
    {"", "cpu", "The processor is written cpu.mode=host-passthrough, or cpu.model=NAME."},
    {"", "cpu.feature.* cpu.features cpu.vmx cpu.svm",
     "A feature of the processor is written cpu.feature.NAME.policy=require."},
    {"", "vcpus cpus", "The number of processors is written vcpu."},
    {"", "ram mem", "The memory is written memory."},
    {"", "network bridge nic", "A network card is a device: interface source.network=NAME."},
    {"", "disk", "A disk is a device: disk source.file=FILE target.bus=virtio."},
    {"", "machine", "\"machine\" is written os.machine."},
    {"", "arch", "\"arch\" is written os.arch."},
    {"", "loader", "\"loader\" is written os.loader."},
    {"", "uefi efi", "UEFI is written os.firmware=efi."},
    {"", "secureboot secure-boot",
     "Firmware with Secure Boot is written os.firmware=efi os.firmware.feature.secure-boot=yes "
     "os.firmware.feature.enrolled-keys=yes."},
    {"", "osinfo os-variant",
     "\"--preset=linux\" and \"--preset=windows\" set what suits a guest."},
    {"", "maxmem max_memory",
     "What the guest has at most is written memory; currentMemory is what it "
     "begins with."},
    {"", "maxvcpus max_vcpus vcpu.max",
     "The most processors are written vcpu, those at the start vcpu.current."},
    {"", "boot boot.order",
     "\"boot\" is written os.boot, or with \"domwright boot DOMAIN KIND/ID...\"."},
    {"", "autostart", "\"domwright autostart DOMAIN on\" starts a domain with its host."},
};

static bool has_word(const char *words, const char *word)
{
    size_t length = strlen(word);

    while (*words) {
        size_t next = strcspn(words, " ");

        if (next == length && strncmp(words, word, next) == 0)
            return true;
        if (next && words[next - 1] == '*' && strncmp(words, word, next - 1) == 0)
            return true;
        words += next;
        words += strspn(words, " ");
    }
    return false;
}

static const char *find_hint(const Hint *hints, size_t count, const char *word)
{
    for (size_t i = 0; i < count; i++)
        if (has_word(hints[i].words, word))
            return hints[i].sentence;
    return NULL;
}

const char *hint_for_verb(const char *word)
{
    return find_hint(verb_hints, sizeof(verb_hints) / sizeof(*verb_hints), word);
}

const char *hint_for_surplus(const char *verb)
{
    return strcmp(verb, "list") == 0 ? "-o name,memory,vcpu prints columns." : NULL;
}

char *hint_for_option(const char *word)
{
    _cleanup_free_ char *name = copy_bytes(word, strcspn(word, "="));
    const char *hint = find_hint(option_hints, sizeof(option_hints) / sizeof(*option_hints), name);

    for (size_t i = 0; !hint && i < sizeof(written_options) / sizeof(*written_options); i++)
        if (has_word(written_options[i].words, name))
            return format_string("Settings and devices are written without dashes: %s.",
                                 written_options[i].written);
    return hint ? copy_string(hint) : NULL;
}

const char *hint_for_surplus_option(const char *name)
{
    return find_hint(surplus_hints, sizeof(surplus_hints) / sizeof(*surplus_hints), name);
}

const char *hint_for_kind(const char *kind)
{
    return find_hint(kind_hints, sizeof(kind_hints) / sizeof(*kind_hints), kind);
}

const char *hint_for_key(const char *kind, const char *key)
{
    for (size_t i = 0; i < sizeof(key_hints) / sizeof(*key_hints); i++)
        if (strcmp(key_hints[i].kind, kind) == 0 && has_word(key_hints[i].words, key))
            return key_hints[i].sentence;
    return NULL;
}

/* ---- Words that are no KEY=VALUE ---- */

/* The devices of a host as lspci, lsusb, lsscsi and libvirt name them. */
static char *hint_for_host_device(const char *word)
{
    unsigned a, b, c, d;
    int end = 0;
    size_t length = strlen(word);
    bool is_number = isxdigit((unsigned char)*word);

#define IS_WHOLE(count, ...) (sscanf(word, __VA_ARGS__, &end) == (count) && (size_t)end == length)
    if ((is_number && IS_WHOLE(4, "%4x:%2x:%2x.%1x%n", &a, &b, &c, &d)) ||
        IS_WHOLE(4, "pci_%4x_%2x_%2x_%1x%n", &a, &b, &c, &d))
        return format_string("\"%s\" is a PCI device; write type=pci "
                             "source.address=%04x:%02x:%02x.%x.",
                             word, a, b, c, d);
    if (is_number && IS_WHOLE(3, "%2x:%2x.%1x%n", &b, &c, &d))
        return format_string("\"%s\" is a PCI device; write type=pci "
                             "source.address=0000:%02x:%02x.%x.",
                             word, b, c, d);
    if (is_number && IS_WHOLE(4, "%4u:%4u:%4u:%4u%n", &a, &b, &c, &d))
        return format_string("\"%s\" is a SCSI device; write type=scsi "
                             "source.adapter.name=scsi_host%u source.address.bus=%u "
                             "source.address.target=%u source.address.unit=%u.",
                             word, a, b, c, d);
    if (is_number && IS_WHOLE(2, "%6x:%6x%n", &a, &b))
        return format_string("\"%s\" is a USB device; write type=usb source.vendor=0x%04x "
                             "source.product=0x%04x.",
                             word, a, b);
    if (is_number && IS_WHOLE(2, "%3u.%3u%n", &a, &b))
        return format_string("\"%s\" is a USB device; write type=usb source.address.bus=%u "
                             "source.address.device=%u.",
                             word, a, b);
#undef IS_WHOLE
    return NULL;
}

char *hint_for_property(const char *kind, const char *word)
{
    if (strcmp(kind, "hostdev") == 0)
        return hint_for_host_device(word);
    if (strcmp(kind, "disk") == 0 && *word == '/')
        return strncmp(word, "/dev/", 5) == 0
                   ? format_string("\"%s\" is a device of the host; write source.dev=%s.", word,
                                   word)
                   : format_string("\"%s\" is a file; write source.file=%s.", word, word);
    return NULL;
}

typedef struct {
    const char *kind, *key, *other;
} FirstKey;

/* What virt-install takes a word without a key for. */
static const FirstKey first_keys[] = {
    {"audio", "type", NULL},
    {"channel", "type", NULL},
    {"console", "type", NULL},
    {"controller", "type", NULL},
    {"disk", "source.file", NULL},
    {"filesystem", "source.dir", NULL},
    {"graphics", "type", NULL},
    {"input", "type", NULL},
    {"interface", "source.network", "source.bridge"},
    {"iommu", "model", NULL},
    {"memballoon", "model", NULL},
    {"panic", "model", NULL},
    {"parallel", "type", NULL},
    {"redirdev", "bus", NULL},
    {"rng", "backend", NULL},
    {"serial", "type", NULL},
    {"smartcard", "mode", NULL},
    {"sound", "model", NULL},
    {"tpm", "backend.type", NULL},
    {"video", "model.type", NULL},
    {"vsock", "cid.address", NULL},
    {"watchdog", "model", NULL},
};

char *hint_for_bare_word(const char *kind, const char *word)
{
    if (strcmp(kind, "hostdev") == 0)
        return format_string("\"%s\" is not KEY=VALUE; a PCI device is named by "
                             "source.address=0000:01:00.0, a USB device by source.vendor=0x046d "
                             "source.product=0xc52b. \"domwright choices hostdev source.address\" "
                             "lists the host's.",
                             word);
    for (size_t i = 0; i < sizeof(first_keys) / sizeof(*first_keys); i++) {
        const char *other = first_keys[i].other;

        if (strcmp(kind, first_keys[i].kind) == 0 && strcmp(word, first_keys[i].key) != 0)
            return format_string("\"%s\" is not KEY=VALUE; write %s=%s%s%s%s%s, if that is meant.",
                                 word, first_keys[i].key, word, other ? ", or " : "",
                                 other ? other : "", other ? "=" : "", other ? word : "");
    }
    return NULL;
}

/* ---- Sentences ---- */

const char *hint_for_unknown(const char *kind, const char *key)
{
    const char *hint = hint_for_key(kind, key);

    return hint || *kind ? hint : hint_for_kind(key);
}

char *message_with_hint(char *message, const char *hint)
{
    char *guess = strstr(message, "\"; did you mean "),
         *kind = strstr(message, "is a kind of device."), *longer;

    if (!hint && kind)
        hint =
            "The keys of one are written KIND/ID/KEY=VALUE, those of a new one KIND KEY=VALUE...";
    else if (hint && !guess && kind)
        guess = strstr(message, "\"; ");
    if (!hint)
        return message;
    /* The daemon's is a guess by letters. */
    if (guess)
        strcpy(guess, "\".");
    longer = format_string("%s %s", message, hint);
    free(message);
    return longer;
}
