/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Checking, reading and spelling of values by form. Knows rows, not documents. */
#include <errno.h>
#include <string.h>

#include "common/words.h"
#include "document/document.h"
#include "table/value-form.h"

static const struct {
    const char *name, *signature;
} forms[] = {
    [DW_FORM_STRING] = {"string", "s"},     [DW_FORM_ENUM] = {"enum", "s"},
    [DW_FORM_PATH] = {"path", "s"},         [DW_FORM_UUID] = {"uuid", "s"},
    [DW_FORM_YESNO] = {"yes-no", "b"},      [DW_FORM_ONOFF] = {"on-off", "b"},
    [DW_FORM_PRESENCE] = {"presence", "b"}, [DW_FORM_INT] = {"int", "i"},
    [DW_FORM_UINT] = {"uint", "u"},         [DW_FORM_UINT64] = {"uint64", "t"},
    [DW_FORM_SIZE] = {"size", "t"},         [DW_FORM_LIST] = {"list", "as"},
    [DW_FORM_PCI] = {"pci-address", "s"},   [DW_FORM_CHAIN_END] = {"presence", "b"},
};

const char *form_name(DwForm form)
{
    return forms[form].name;
}

const char *form_signature(DwForm form)
{
    return forms[form].signature;
}

/* ---- Words ---- */

char **row_values(const DwRow *row)
{
    char **values = g_strsplit(row->values ? row->values : "", " ", -1);

    for (char **v = values; *v; v++)
        if (strchr(*v, '@'))
            *strchr(*v, '@') = 0;
    return values;
}

char **row_values_since(const DwRow *row)
{
    char **values = g_strsplit(row->values ? row->values : "", " ", -1);

    for (char **v = values; *v; v++) {
        const char *at = strchr(*v, '@');
        char *since = g_strdup(at ? at + 1 : "");
        g_free(*v);
        *v = since;
    }
    return values;
}

bool row_accepts(const DwRow *row, const char *word)
{
    size_t length = strlen(word);

    if (!row->values)
        return true;
    for (const char *p = row->values; *p; p += strspn(p, " ")) {
        if (strncmp(p, word, length) == 0 && strchr(" @", p[length]) && !strpbrk(word, " @"))
            return length > 0;
        p += strcspn(p, " ");
    }
    return false;
}

static const struct {
    const char *name;
    uint64_t factor;
} units[] = {
    {"b", 1},          {"byte", 1},         {"bytes", 1},
    {"k", 1024},       {"KiB", 1024},       {"KB", 1000},
    {"M", 1ULL << 20}, {"MiB", 1ULL << 20}, {"MB", 1000000},
    {"G", 1ULL << 30}, {"GiB", 1ULL << 30}, {"GB", 1000000000},
    {"T", 1ULL << 40}, {"TiB", 1ULL << 40}, {"TB", 1000000000000},
    {"P", 1ULL << 50}, {"PiB", 1ULL << 50}, {"PB", 1000000000000000},
    {"E", 1ULL << 60}, {"EiB", 1ULL << 60}, {"EB", 1000000000000000000},
};

uint64_t unit_factor(const char *unit)
{
    if (!unit)
        return 1024;
    for (size_t i = 0; i < G_N_ELEMENTS(units); i++)
        if (g_ascii_strcasecmp(units[i].name, unit) == 0)
            return units[i].factor;
    return 0;
}

uint64_t row_unit_factor(const DwRow *row, const char *unit)
{
    return unit_factor(unit ? unit : row->bare_unit);
}

/* ---- Reading text ---- */

/* What libvirt skips before a number; after it, it wants nothing. */
static const char *skip_before(const char *text)
{
    text += strspn(text, " \t\n\v\f\r");
    return text + (*text == '+' && g_ascii_isdigit(text[1]));
}

static bool parse_digits(const char *text, uint64_t max, uint64_t *ret)
{
    size_t length = strspn(text, "0123456789");

    if (length > 0 && length < 10 && !text[length]) { /* as nearly all are written */
        *ret = strtoul(text, NULL, 10);
        return *ret <= max;
    }
    guint64 number;

    if (!g_ascii_string_to_unsigned(skip_before(text), 10, 0, max, &number, NULL))
        return false;
    *ret = number;
    return true;
}

static bool parse_signed(const char *text, int64_t *ret)
{
    gint64 number;

    if (!g_ascii_string_to_signed(skip_before(text), 10, INT32_MIN, INT32_MAX, &number, NULL))
        return false;
    *ret = number;
    return true;
}

static bool parse_words(const char *text, const char *yes, const char *no, bool *ret)
{
    *ret = strcmp(text, yes) == 0;
    return *ret || strcmp(text, no) == 0;
}

bool form_parse(const DwRow *row, const char *text, DwValue *ret_value)
{
    DwValue value = {.type = forms[row->form].signature[0]};
    bool fits = true;

    switch (row->form) {
    case DW_FORM_YESNO:
        fits = parse_words(text, "yes", "no", &value.b);
        break;
    case DW_FORM_ONOFF:
        fits = parse_words(text, "on", "off", &value.b);
        break;
    case DW_FORM_INT:
        fits = parse_signed(text, &value.i);
        break;
    case DW_FORM_UINT:
        fits = parse_digits(text, UINT32_MAX, &value.u);
        break;
    case DW_FORM_UINT64:
    case DW_FORM_SIZE:
        fits = parse_digits(text, UINT64_MAX, &value.u);
        break;
    default:
        value = dw_value_string(text);
    }
    *ret_value = fits ? value : dw_value_string(text);
    return fits;
}

/* ---- Taking values ---- */

/* A value as it may stand in a message: cut, and only when it is text. */
static char *shown(const char *text)
{
    return g_utf8_validate(text, -1, NULL) && g_utf8_strlen(text, -1) > 128
               ? g_utf8_substring(text, 0, 128)
               : g_utf8_make_valid(text, 128 * 4 < strlen(text) ? 128 * 4 : -1);
}

/* Names what is taken, and the nearest word. */
static bool refuse_word(const DwRow *row, const char *key, const char *word, GError **error)
{
    g_auto(GStrv) values = row_values(row);
    g_autofree char *all = g_strjoinv(", ", values), *cut = shown(word);
    const char *near = dw_nearest(word, (const char *const *)values);

    g_set_error(error, DW_ERROR, DW_ERROR_INVALID_VALUE,
                "Key \"%s\" cannot be \"%s\"; it takes one of: %s.%s%s%s", key, cut, all,
                near ? " Did you mean \"" : "", near ? near : "", near ? "\"?" : "");
    return false;
}

static bool refuse(const DwRow *row, const char *key, const DwValue *value, const char *wanted,
                   GError **error)
{
    g_autofree char *text = row->flags & DW_ROW_SECRET ? g_strdup("…") : dw_value_to_text(value);
    g_autofree char *cut = shown(text);

    g_set_error(error, DW_ERROR, DW_ERROR_INVALID_VALUE,
                "Key \"%s\" cannot be \"%s\"; it takes %s.", key, cut, wanted);
    return false;
}

static bool coerce_bool(const DwRow *row, const char *key, const DwValue *in, DwValue *out,
                        GError **error)
{
    int truth = in->type == DW_VALUE_STRING ? truth_of_word(in->s) : -1;

    if (in->type == DW_VALUE_BOOL) {
        *out = *in;
        return true;
    }
    if (truth >= 0) {
        *out = dw_value_bool(truth);
        return true;
    }
    return refuse(row, key, in, "a boolean, or one of: yes, no, on, off, true, false", error);
}

/* "4GiB", "512 MiB", "1024". */
static bool parse_size(const char *text, bool with_unit, uint64_t *ret)
{
    char *end;
    errno = 0;
    uint64_t number = g_ascii_strtoull(text, &end, 10);

    if (errno || end == text || !g_ascii_isdigit(*text))
        return false;
    end += strspn(end, " ");
    uint64_t factor = !*end ? 1 : with_unit ? unit_factor(end) : 0;
    if (!factor || number > UINT64_MAX / factor)
        return false;
    *ret = number * factor;
    return true;
}

/* A size that the row takes, to be written so; NULL: none that is usual. */
static const char *size_example(const DwRow *row, uint64_t max)
{
    static const struct {
        const char *text;
        uint64_t bytes;
    } examples[] = {
        {"4GiB", UINT64_C(4) << 30}, {"4MiB", UINT64_C(4) << 20}, {"4KiB", UINT64_C(4) << 10}};

    for (gsize i = 0; i < G_N_ELEMENTS(examples); i++)
        if (examples[i].bytes >= row->min && examples[i].bytes <= max)
            return examples[i].text;
    return NULL;
}

static char *range_text(const DwRow *row, uint64_t max)
{
    const char *example =
        row->unit && g_str_has_prefix(row->unit, "bytes") ? size_example(row, max) : NULL;
    g_autofree char *unit = row->unit ? g_strdup_printf(" (%s)", row->unit) : g_strdup("");

    if (row->form == DW_FORM_SIZE) {
        g_autofree char *most =
            max < UINT64_MAX
                ? g_strdup_printf(", at most %" G_GUINT64_FORMAT " bytes", (guint64)max)
                : g_strdup("");
        return g_strdup_printf("a whole number from %" G_GUINT64_FORMAT " with a unit, such as "
                               "\"4GiB\": B, KiB, MiB, GiB, TiB, or KB, MB, GB, TB for powers of "
                               "1000%s",
                               (guint64)row->min, most);
    }
    return g_strdup_printf(
        "a whole number from %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT "%s%s%s%s",
        (guint64)row->min, (guint64)max, unit, example ? ", or text such as \"" : "",
        example ? example : "", example ? "\"" : "");
}

/* "4Gb": libvirt reads 4 GB, which nobody means who writes it. */
static bool is_in_bits(const char *text)
{
    const char *unit = text + strspn(text, "0123456789 ");

    return unit != text && *unit && strchr("kKmMgGtTpPeE", *unit) && strcmp(unit + 1, "b") == 0;
}

static bool refuse_bits(const DwRow *row, const char *key, const DwValue *in, GError **error)
{
    const char *unit = in->s + strspn(in->s, "0123456789 ");
    g_autofree char *number = g_strstrip(g_strndup(in->s, (gsize)(unit - in->s)));
    char prefix = g_ascii_toupper(*unit);
    g_autofree char *wanted =
        g_strdup_printf("%s%ciB, or %s%cB for powers of 1000: \"%s\" could be bits", number, prefix,
                        number, prefix, unit);

    return refuse(row, key, in, wanted, error);
}

static bool coerce_unsigned(const DwRow *row, const char *key, const DwValue *in, DwValue *out,
                            GError **error)
{
    uint64_t number = 0;
    uint64_t max = row->max ? row->max : row->form == DW_FORM_UINT ? UINT32_MAX : UINT64_MAX;
    bool sized = row->unit && g_str_has_prefix(row->unit, "bytes");
    bool fits = false;

    if (in->type == DW_VALUE_UINT || in->type == DW_VALUE_UINT64) {
        number = in->u;
        fits = true;
    } else if (in->type == DW_VALUE_INT || in->type == DW_VALUE_INT64) {
        number = in->i;
        fits = in->i >= 0;
    } else if (in->type == DW_VALUE_STRING) {
        if (sized && is_in_bits(in->s))
            return refuse_bits(row, key, in, error);
        fits = parse_size(in->s, sized, &number);
    }
    if (fits && number >= row->min && number <= max) {
        *out = row->form == DW_FORM_UINT ? dw_value_uint(number) : dw_value_uint64(number);
        return true;
    }
    g_autofree char *wanted = range_text(row, max);
    return refuse(row, key, in, wanted, error);
}

static bool coerce_signed(const DwRow *row, const char *key, const DwValue *in, DwValue *out,
                          GError **error)
{
    int64_t number = 0, max = row->max ? (int64_t)row->max : INT32_MAX;
    bool fits = false;

    if (in->type == DW_VALUE_INT || in->type == DW_VALUE_INT64) {
        number = in->i;
        fits = true;
    } else if (in->type == DW_VALUE_UINT || in->type == DW_VALUE_UINT64) {
        number = in->u;
        fits = in->u <= INT32_MAX;
    } else if (in->type == DW_VALUE_STRING) {
        fits = parse_signed(in->s, &number);
    }
    if (fits && number >= (int64_t)row->min && number <= max) {
        *out = (DwValue){.type = DW_VALUE_INT, .i = number};
        return true;
    }
    g_autofree char *wanted =
        g_strdup_printf("a whole number from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT,
                        (gint64)row->min, (gint64)max);
    return refuse(row, key, in, wanted, error);
}

static bool is_uuid(const char *text)
{
    size_t digits = 0, zeros = 0, length = strlen(text);

    for (const char *p = text; *p; p++) {
        if (*p == '-' && length == 36 &&
            (p - text == 8 || p - text == 13 || p - text == 18 || p - text == 23))
            continue;
        if (!g_ascii_isxdigit(*p))
            return false;
        digits++;
        zeros += *p == '0';
    }
    return digits == 32 && (length == 32 || length == 36) && zeros < 32;
}

/* Of Hyper-V it is "C:\\a.vhdx", of VMware "[store] a/a.vmdk"; a rule says who has these. */
static bool is_path(const char *text)
{
    return *text == '/' || (g_ascii_isalpha(*text) && strncmp(text + 1, ":\\", 2) == 0) ||
           (*text == '[' && strstr(text, "] "));
}

static bool is_pci(const char *text)
{
    return g_regex_match_simple("^[0-9a-fA-F]{4}:[0-9a-fA-F]{2}:[01][0-9a-fA-F]\\.[0-7]$", text,
                                G_REGEX_DOLLAR_ENDONLY, 0);
}

static bool coerce_string(const DwRow *row, const char *key, const DwValue *in, DwValue *out,
                          GError **error)
{
    if (in->type != DW_VALUE_STRING)
        return refuse(row, key, in, "a string", error);
    if (!text_is_valid(in->s))
        return refuse(row, key, in, "text without control characters", error);
    if (row->form == DW_FORM_ENUM && !row_accepts(row, in->s))
        return refuse_word(row, key, in->s, error);
    if (row->form == DW_FORM_PATH && !is_path(in->s) &&
        !(row->flags & DW_ROW_DEVICE && *in->s && !strchr(in->s, '/')))
        return refuse(row, key, in, "an absolute path", error);
    if (row->form == DW_FORM_UUID && !is_uuid(in->s) && g_strcmp0(row->bare, in->s) != 0)
        return refuse(row, key, in, "a UUID of 32 hexadecimal digits that are not all zero", error);
    if (row->form == DW_FORM_PCI && !is_pci(in->s))
        return refuse(row, key, in, "a PCI address such as \"0000:01:00.0\"", error);
    *out = dw_value_copy(in);
    return true;
}

static bool coerce_list(const DwRow *row, const char *key, const DwValue *in, DwValue *out,
                        GError **error)
{
    g_auto(GStrv) words = NULL;

    if (in->type == DW_VALUE_STRINGS)
        words = g_strdupv(in->v);
    else if (in->type == DW_VALUE_STRING)
        words = g_strsplit(in->s, ",", -1);
    else
        return refuse(row, key, in, "a list of strings, or a string with commas", error);
    for (char **word = words; *word; word++) {
        if (in->type == DW_VALUE_STRING)
            g_strstrip(*word);
        if (!text_is_valid(*word))
            return refuse(row, key, in, "text without control characters", error);
        if (!row_accepts(row, *word))
            return refuse_word(row, key, *word, error);
    }
    *out = (DwValue){.type = DW_VALUE_STRINGS, .v = g_steal_pointer(&words)};
    return true;
}

bool form_coerce(const DwRow *row, const char *key, const DwValue *value, DwValue *ret_value,
                 GError **error)
{
    switch (row->form) {
    case DW_FORM_YESNO:
    case DW_FORM_ONOFF:
    case DW_FORM_PRESENCE:
    case DW_FORM_CHAIN_END:
        return coerce_bool(row, key, value, ret_value, error);
    case DW_FORM_INT:
        return coerce_signed(row, key, value, ret_value, error);
    case DW_FORM_UINT:
    case DW_FORM_UINT64:
    case DW_FORM_SIZE:
        return coerce_unsigned(row, key, value, ret_value, error);
    case DW_FORM_LIST:
        return coerce_list(row, key, value, ret_value, error);
    default:
        return coerce_string(row, key, value, ret_value, error);
    }
}

char *form_print(const DwRow *row, const DwValue *value)
{
    if (row->form == DW_FORM_ONOFF)
        return g_strdup(value->b ? "on" : "off");
    return dw_value_to_text(value);
}

uint64_t version_number(const char *text)
{
    uint64_t number = 0;

    for (int part = 0; part < 3; part++) {
        char *end;

        number = number * 1000 + g_ascii_strtoull(text, &end, 10);
        text = *end == '.' ? end + 1 : end;
    }
    return number;
}
