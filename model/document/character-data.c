/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Character data: what raw XML text means, and how a value is spelt in it. Used by the files of
 * this folder and by whoever checks a text from outside. Any thread.
 */
#include <string.h>

#include "document/document-private.h"

static const struct {
    const char *name;
    char value;
} entities[] = {{"lt", '<'}, {"gt", '>'}, {"amp", '&'}, {"quot", '"'}, {"apos", '\''}};

/* Appends what the reference between '&' and ';' stands for. */
static void decode_reference(GString *out, const char *name, size_t length)
{
    if (name[0] == '#') {
        bool hex = name[1] == 'x';
        g_string_append_unichar(out, strtoul(name + (hex ? 2 : 1), NULL, hex ? 16 : 10));
        return;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(entities); i++)
        if (strlen(entities[i].name) == length && memcmp(entities[i].name, name, length) == 0)
            g_string_append_c(out, entities[i].value);
}

static void decode_into(GString *out, const char *raw, size_t length, bool is_attribute)
{
    for (size_t i = 0; i < length; i++) {
        char c = raw[i];
        if (c == '&') {
            const char *end = memchr(raw + i, ';', length - i);
            if (!end)
                return;
            decode_reference(out, raw + i + 1, end - raw - i - 1);
            i = end - raw;
            continue;
        }
        if (c == '\r') {
            if (i + 1 < length && raw[i + 1] == '\n')
                i++;
            c = '\n';
        }
        if (is_attribute && (c == '\n' || c == '\t'))
            c = ' ';
        g_string_append_c(out, c);
    }
}

/* Where a character may mean another one, or nothing. */
enum { IN_ATTRIBUTE = 1, IN_CONTENT = 2 };
static const unsigned char has_meaning[256] = {['&'] = IN_ATTRIBUTE | IN_CONTENT,
                                               ['\r'] = IN_ATTRIBUTE | IN_CONTENT,
                                               ['\n'] = IN_ATTRIBUTE,
                                               ['\t'] = IN_ATTRIBUTE,
                                               ['<'] = IN_CONTENT};

/* True when raw text means itself. */
static bool is_literal(const char *raw, size_t length, unsigned char where)
{
    for (size_t i = 0; i < length; i++)
        if (has_meaning[(unsigned char)raw[i]] & where)
            return false;
    return true;
}

char *text_decode(const char *raw, size_t length, bool is_attribute)
{
    if (is_literal(raw, length, is_attribute ? IN_ATTRIBUTE : IN_CONTENT))
        return g_strndup(raw, length);
    GString *out = g_string_sized_new(length);

    decode_into(out, raw, length, is_attribute);
    return g_string_free(out, FALSE);
}

size_t text_skip_to(const char *text, size_t end, size_t from, const char *mark)
{
    const char *found = memmem(text + from, end - from, mark, strlen(mark));

    return found ? (size_t)(found - text) + strlen(mark) : end;
}

bool text_is_at(const char *text, size_t end, size_t position, const char *mark)
{
    size_t n = strlen(mark);

    return position + n <= end && memcmp(text + position, mark, n) == 0;
}

bool text_next_run(const char *text, size_t content_end, size_t *position, size_t *ret_length)
{
    size_t p = *position;

    while (p < content_end && text[p] == '<' && !text_is_at(text, content_end, p, "<![CDATA["))
        if (text_is_at(text, content_end, p, "<!--"))
            p = text_skip_to(text, content_end, p + 4, "-->");
        else if (text_is_at(text, content_end, p, "<?"))
            p = text_skip_to(text, content_end, p + 2, "?>");
        else
            return false; /* an element: the caller steps over it */
    if (p >= content_end)
        return false;
    *position = p;
    while (p < content_end && (text[p] != '<' || text_is_at(text, content_end, p, "<![CDATA[")))
        p = text[p] == '<' ? text_skip_to(text, content_end, p, "]]>") : p + 1;
    *ret_length = p - *position;
    return true;
}

/* A run with its CDATA sections. */
static void decode_run(GString *out, const char *raw, size_t length)
{
    size_t p = 0;

    while (p < length) {
        const char *section = memmem(raw + p, length - p, "<![CDATA[", 9);
        size_t plain = section ? (size_t)(section - raw) - p : length - p;
        decode_into(out, raw + p, plain, false);
        p += plain;
        if (!section)
            return;
        size_t end = text_skip_to(raw, length, p, "]]>");
        for (size_t i = p + 9; i < end - 3; i++)
            if (raw[i] != '\r')
                g_string_append_c(out, raw[i]);
            else if (raw[i + 1] != '\n')
                g_string_append_c(out, '\n');
        p = end;
    }
}

char *text_decode_content(const char *raw, size_t length)
{
    if (is_literal(raw, length, IN_CONTENT))
        return g_strndup(raw, length);
    GString *out = g_string_sized_new(length);
    size_t position = 0, run;

    while (text_next_run(raw, length, &position, &run)) {
        decode_run(out, raw + position, run);
        position += run;
    }
    return g_string_free(out, FALSE);
}

static void encode_one(GString *out, char c, char quote)
{
    if (c == '&')
        g_string_append(out, "&amp;");
    else if (c == '<')
        g_string_append(out, "&lt;");
    else if (c == '>')
        g_string_append(out, "&gt;");
    else if (c == quote)
        g_string_append(out, quote == '"' ? "&quot;" : "&apos;");
    else if (c == '\r' || quote)
        g_string_append_printf(out, "&#%d;", c);
    else
        g_string_append_c(out, c);
}

static bool needs_escape(char c, char quote)
{
    return c == '&' || c == '<' || c == '>' || c == '\r' ||
           (quote && (c == quote || c == '\n' || c == '\t'));
}

void text_encode(GString *out, const char *value, char quote)
{
    for (;;) {
        size_t plain = 0;
        while (value[plain] && !needs_escape(value[plain], quote))
            plain++;
        g_string_append_len(out, value, plain);
        value += plain;
        if (!*value)
            return;
        encode_one(out, *value++, quote);
    }
}

bool text_is_valid(const char *text)
{
    if (!g_utf8_validate(text, -1, NULL))
        return false;
    for (const char *p = text; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0xFFFE || c == 0xFFFF)
            return false;
    }
    return true;
}
