/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What daemon and client share: nearest words, booleans, host names, files replaced as a whole. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/nearest.h"
#include "common/words.h"
#include "common/write-file.h"

static void test_distance(void **state)
{
    char longer[100] = {0};

    assert_int_equal(word_distance("", ""), 0);
    assert_int_equal(word_distance("abc", ""), 3);
    assert_int_equal(word_distance("kitten", "sitting"), 3);
    assert_int_equal(word_distance("strat", "start"), 1);
    assert_int_equal(word_distance("ab", "ba"), 1);
    assert_int_equal(word_distance("ca", "abc"), 3);
    memset(longer, 'x', 99);
    assert_int_equal(word_distance(longer, "x"), 99);
}

static void test_nearest(void **state)
{
    static const char *const words[] = {"list", "start", "undefine", NULL};
    static const char *const none[] = {NULL};
    char longer[100] = {0};

    assert_string_equal(nearest_word("strat", words), "start");
    assert_string_equal(nearest_word("undefnie", words), "undefine");
    assert_null(nearest_word("stop", words));
    assert_null(nearest_word("zzzz", words));
    /* Other words, however short. */
    const char *const verbs[] = {"xml",  "list",   "get",    "add", "show",
                                 "diff", "insert", "rename", NULL};
    const char *const others[] = {"kil", "dest", "rem", "und", "shut", "off", "import", "enable"};
    for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
        assert_null(nearest_word(others[i], verbs));
    assert_string_equal(nearest_word("lst", verbs), "list");
    assert_string_equal(nearest_word("gte", verbs), "get");
    /* The beginning of one alone. */
    const char *const devices[] = {"fd", "hd", "cdrom", "network", "netboot", NULL};
    assert_string_equal(nearest_word("cd", devices), "cdrom");
    assert_string_equal(nearest_word("netw", devices), "network");
    assert_null(nearest_word("net", devices));
    assert_string_equal(nearest_word("dif", verbs), "diff");
    /* What counts is the part that is misspelt, not how long the way to it is. */
    const char *const keys[] = {"hyperv.ipi", "driver.cache", "driver.queues", "os.machine", NULL};
    assert_null(nearest_word("hyperv.zz", keys));
    assert_string_equal(nearest_word("driver.cahce", keys), "driver.cache");
    assert_string_equal(nearest_word("hypervv.ipi", keys), "hyperv.ipi");
    assert_null(nearest_word("", words));
    assert_null(nearest_word("list", none));
    memset(longer, 'x', 99);
    assert_null(nearest_word(longer, words));
}

static void assert_likely(const char *word, const char *guess)
{
    static const char *const keys[] = {
        "vcpu",          "memory",        "on_crash",           "bus",
        "target.bus",    "driver.cache",  "driver.queues",      "source.host.N.port",
        "a.source.port", "features.acpi", "features.smm",       "features.kvm.hidden",
        "vcpu.current",  "cpu.mode",      "cpu.topology.cores", "cpu.topology.threads",
        "cpu.model",     "cpu.check",     "iothreads",          NULL};
    const char *found[MOST_LIKELY];
    char text[256];
    bool more;
    size_t count = likely_keys(word, keys, found, &more);

    write_guess(text, sizeof(text), found, count, more);
    assert_string_equal(text, guess);
}

static void test_likely_keys(void **state)
{
    /* Its end, however the parts are divided. */
    assert_likely("cache", "did you mean \"driver.cache\"?");
    assert_likely("kvm_hidden", "did you mean \"features.kvm.hidden\"?");
    assert_likely("host.N.port", "did you mean \"source.host.N.port\"?");
    assert_likely("threads", "did you mean \"cpu.topology.threads\"?");
    assert_likely("BUS", "did you mean \"bus\"?");
    /* The shortest of several. */
    assert_likely("port", "did you mean \"a.source.port\"?");
    /* A part on the way. */
    assert_likely("topology", "did you mean \"cpu.topology.cores\" or \"cpu.topology.threads\"?");
    assert_likely("cpu", "did you mean \"cpu.mode\", \"cpu.model\" or \"cpu.check\"?");
    assert_likely("features", "did you mean \"features.acpi\" or \"features.smm\"?");
    /* Misspelt. */
    assert_likely("driver.cahce", "did you mean \"driver.cache\"?");
    assert_likely("vcpu.curent", "did you mean \"vcpu.current\"?");
    /* More than the key. */
    assert_likely("events.on_crash", "did you mean \"on_crash\"?");
    assert_likely("features.smm.state", "did you mean \"features.smm\"?");
    assert_likely("memory.unit", "did you mean \"memory\"?");
    for (const char *const *word =
             (const char *const[]){"", ".", "x", "_", "zzzz", "acpi.x.y.z", NULL};
         *word; word++)
        assert_likely(*word, "");
}

static void test_guess_is_cut(void **state)
{
    const char *const keys[] = {"first", "second", "third"};
    char text[24];

    write_guess(text, sizeof(text), keys, 3, true);
    assert_string_equal(text, "did you mean \"first\", \"");
    assert_int_equal(strlen(text), sizeof(text) - 1);
}

static void test_truth(void **state)
{
    assert_int_equal(truth_of_word("yes"), 1);
    assert_int_equal(truth_of_word("on"), 1);
    assert_int_equal(truth_of_word("true"), 1);
    assert_int_equal(truth_of_word("no"), 0);
    assert_int_equal(truth_of_word("off"), 0);
    assert_int_equal(truth_of_word("false"), 0);
    assert_int_equal(truth_of_word("Yes"), -1);
    assert_int_equal(truth_of_word(""), -1);
}

static void test_host_names(void **state)
{
    assert_true(host_name_is_valid("local"));
    assert_true(host_name_is_valid("Lab_2"));
    assert_false(host_name_is_valid(""));
    assert_false(host_name_is_valid("a/b"));
    assert_false(host_name_is_valid("a-b"));
    assert_false(host_name_is_valid("\xc3\xa9"));
}

static void test_replacement(void **state)
{
    char directory[] = "/tmp/test-common-XXXXXX", text[16] = {0};
    int fd;

    assert_non_null(mkdtemp(directory));
    assert_int_equal(chdir(directory), 0);
    fd = open("new", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    assert_true(write_all(fd, "first", 5));
    close(fd);
    assert_true(finish_replacement("new", "file", true));
    assert_int_equal(access("new", F_OK), -1);

    /* What is not complete is removed, and the file stays. */
    fd = open("new", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    close(fd);
    errno = ENOSPC;
    assert_false(finish_replacement("new", "file", false));
    assert_int_equal(errno, ENOSPC);
    assert_int_equal(access("new", F_OK), -1);
    fd = open("file", O_RDONLY | O_CLOEXEC);
    assert_int_equal(read(fd, text, sizeof(text)), 5);
    assert_string_equal(text, "first");
    assert_false(write_all(fd, "x", 1));
    assert_int_equal(errno, EBADF);
    close(fd);

    /* What cannot be renamed is removed, too. */
    fd = open("new", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    close(fd);
    assert_false(finish_replacement("new", "nowhere/file", true));
    assert_int_equal(errno, ENOENT);
    assert_int_equal(access("new", F_OK), -1);
    unlink("file");
    assert_int_equal(chdir("/"), 0);
    assert_int_equal(rmdir(directory), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_distance),    cmocka_unit_test(test_nearest),
        cmocka_unit_test(test_likely_keys), cmocka_unit_test(test_guess_is_cut),
        cmocka_unit_test(test_truth),       cmocka_unit_test(test_host_names),
        cmocka_unit_test(test_replacement),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
