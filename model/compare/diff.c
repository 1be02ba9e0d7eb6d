/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The unified difference of two texts. It owns lines, which of them changed, and hunks; it knows
 * nothing of XML.
 *
 * Which lines changed is found by Myers' greedy search, in windows: a search that reaches its limit
 * of edits keeps the best it has and starts anew from there. Up to the limit the result is the
 * shortest; beyond it time and memory stay bounded and the result is still right.
 */
#include <string.h>

#include <domwright/model.h>

#define CONTEXT 3

/* Steps one difference may take, roughly; the longer the texts, the fewer edits a window gets. */
#define STEPS      (1u << 26)
#define WINDOW_MIN 64
#define WINDOW_MAX 1024

typedef struct {
    const char *start;
    uint32_t length; /* with the line end */
    uint32_t hash;
} Line;

typedef struct {
    Line *lines;
    bool *changed; /* deleted of the old text, inserted into the new one; ends with false */
    size_t n_lines;
} Side;

/* The lines both sides still have to be searched in. */
typedef struct {
    const Line *old, *new;
    bool *deleted, *inserted;
    int n_old, n_new;
} Window;

static uint32_t line_hash(const char *text, size_t length)
{
    uint32_t hash = 2166136261u;

    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)text[i]) * 16777619u;
    return hash;
}

static void side_init(Side *side, const char *text)
{
    const char *p = text;
    size_t n = 0;

    for (; *p; n++) {
        const char *end = strchr(p, '\n');
        p = end ? end + 1 : p + strlen(p);
    }

    side->lines = g_new(Line, n + 1);
    side->changed = g_new0(bool, n + 1);
    side->n_lines = n;

    p = text;
    for (size_t i = 0; i < n; i++) {
        const char *end = strchr(p, '\n');
        size_t length = end ? (size_t)(end - p) + 1 : strlen(p);
        side->lines[i] = (Line){p, (uint32_t)length, line_hash(p, length)};
        p += length;
    }
}

static void side_clear(Side *side)
{
    g_clear_pointer(&side->lines, g_free);
    g_clear_pointer(&side->changed, g_free);
}

static bool line_equal(const Line *a, const Line *b)
{
    return a->hash == b->hash && a->length == b->length &&
           memcmp(a->start, b->start, a->length) == 0;
}

/* The furthest x on each diagonal -d, -d + 2, …, d, of every round d, one after another. */
static size_t round_offset(int d)
{
    return (size_t)d * ((size_t)d + 1) / 2;
}

static int round_get(const int32_t *trace, int d, int k)
{
    return trace[round_offset(d) + (size_t)(k + d) / 2];
}

/* Where round d enters diagonal k: x after one insertion (from k + 1) or deletion (from k - 1). */
static int round_enter(const int32_t *trace, int d, int k, bool *ret_insertion)
{
    *ret_insertion =
        k == -d || (k != d && round_get(trace, d - 1, k - 1) < round_get(trace, d - 1, k + 1));
    return *ret_insertion ? round_get(trace, d - 1, k + 1) : round_get(trace, d - 1, k - 1) + 1;
}

/* Marks the edits on the way to (x, y), which round d reached. */
static void trace_back(Window *window, const int32_t *trace, int d, int x, int y)
{
    while (d > 0) {
        bool insertion;
        int k = x - y;

        x = round_enter(trace, d, k, &insertion);
        y = x - k;
        if (insertion)
            window->inserted[--y] = true;
        else
            window->deleted[--x] = true;
        d--;
    }
}

/* Searches until both texts' ends or `limit` edits, marks what it found and moves the window. */
static void window_search(Window *window, int limit, GArray *trace)
{
    int best_x = 0, best_y = 0, d = 0;

    for (bool done = false; !done; d++) {
        g_array_set_size(trace, (guint)round_offset(d + 1));
        int32_t *data = (int32_t *)(void *)trace->data;

        best_x = best_y = -1;
        for (int k = -d; k <= d; k += 2) {
            bool insertion;
            int x = d == 0 ? 0 : round_enter(data, d, k, &insertion);
            int y = x - k;

            while (x < window->n_old && y < window->n_new &&
                   line_equal(&window->old[x], &window->new[y])) {
                x++;
                y++;
            }
            data[round_offset(d) + (size_t)(k + d) / 2] = x;
            if (x <= window->n_old && y <= window->n_new &&
                (best_x < 0 || x + y > best_x + best_y)) {
                best_x = x;
                best_y = y;
            }
        }
        done = d == limit || (best_x == window->n_old && best_y == window->n_new);
    }

    trace_back(window, (const int32_t *)(const void *)trace->data, d - 1, best_x, best_y);
    window->old += best_x;
    window->deleted += best_x;
    window->n_old -= best_x;
    window->new += best_y;
    window->inserted += best_y;
    window->n_new -= best_y;
}

static void sides_compare(Side *old, Side *new)
{
    g_autoptr(GArray) trace = g_array_new(FALSE, FALSE, sizeof(int32_t));
    size_t prefix = 0, n_old = old->n_lines, n_new = new->n_lines;

    while (prefix < n_old && prefix < n_new && line_equal(&old->lines[prefix], &new->lines[prefix]))
        prefix++;
    while (n_old > prefix && n_new > prefix &&
           line_equal(&old->lines[n_old - 1], &new->lines[n_new - 1])) {
        n_old--;
        n_new--;
    }

    Window window = {
        .old = old->lines + prefix,
        .new = new->lines + prefix,
        .deleted = old->changed + prefix,
        .inserted = new->changed + prefix,
        .n_old = (int)(n_old - prefix),
        .n_new = (int)(n_new - prefix),
    };
    unsigned n = (unsigned)(window.n_old + window.n_new);
    int limit = CLAMP((int)(STEPS / MAX(n, 1u)), WINDOW_MIN, WINDOW_MAX);

    while (window.n_old > 0 && window.n_new > 0)
        window_search(&window, limit, trace);
    for (int i = 0; i < window.n_old; i++)
        window.deleted[i] = true;
    for (int i = 0; i < window.n_new; i++)
        window.inserted[i] = true;
}

/* Moves each run of changed lines that has no counterpart down as far as the text allows: an added
 * element then begins with its own start tag rather than with the end tag of the one before. */
static void side_slide(Side *side, const Side *other)
{
    size_t x = 0, y = 0;

    while (x < side->n_lines) {
        size_t start = x;
        bool alone = !other->changed[y];

        while (other->changed[y])
            y++;
        while (side->changed[x])
            x++;
        while (alone && x > start && x < side->n_lines && !other->changed[y] &&
               line_equal(&side->lines[start], &side->lines[x])) {
            side->changed[start++] = false;
            side->changed[x++] = true;
            y++;
            while (side->changed[x])
                x++;
        }
        if (!other->changed[y]) {
            x++;
            y++;
        }
    }
}

static void print_line(GString *out, char mark, const Line *line)
{
    g_string_append_c(out, mark);
    g_string_append_len(out, line->start, line->length);
    if (line->start[line->length - 1] != '\n')
        g_string_append(out, "\n\\ No newline at end of file\n");
}

static void print_range(GString *out, char mark, size_t start, size_t end)
{
    /* An empty range is named by the line before it, counted from 1. */
    g_string_append_printf(out, "%c%zu", mark, end > start ? start + 1 : start);
    if (end - start != 1)
        g_string_append_printf(out, ",%zu", end - start);
}

/* Prints from (x, y) to (x_end, y_end). */
static void print_hunk(GString *out, const Side *old, const Side *new, size_t x, size_t x_end,
                       size_t y, size_t y_end)
{
    g_string_append(out, "@@ ");
    print_range(out, '-', x, x_end);
    g_string_append_c(out, ' ');
    print_range(out, '+', y, y_end);
    g_string_append(out, " @@\n");

    while (x < x_end || y < y_end) {
        if (old->changed[x]) {
            print_line(out, '-', &old->lines[x++]);
        } else if (new->changed[y]) {
            print_line(out, '+', &new->lines[y++]);
        } else {
            print_line(out, ' ', &old->lines[x++]);
            y++;
        }
    }
}

static void print_hunks(GString *out, const Side *old, const Side *new)
{
    size_t x = 0, y = 0;

    for (;;) {
        while (x < old->n_lines && !old->changed[x] && !new->changed[y]) {
            x++;
            y++;
        }
        if (x == old->n_lines && y == new->n_lines)
            return;

        size_t lead = MIN(x, CONTEXT), x_start = x - lead, y_start = y - lead, equal = 0;

        /* A hunk goes on while fewer lines than two contexts lie between two changes. */
        while (equal <= 2 * CONTEXT && (x < old->n_lines || y < new->n_lines)) {
            bool deleted = old->changed[x], inserted = new->changed[y];

            equal = deleted || inserted ? 0 : equal + 1;
            x += deleted || !inserted;
            y += inserted || !deleted;
        }

        size_t surplus = equal > CONTEXT ? equal - CONTEXT : 0;
        print_hunk(out, old, new, x_start, x - surplus, y_start, y - surplus);
    }
}

char *dw_diff(const char *before, const char *after)
{
    g_autoptr(GString) out = g_string_new(NULL);
    Side old, new;

    if (g_str_equal(before, after))
        return g_strdup("");

    side_init(&old, before);
    side_init(&new, after);
    sides_compare(&old, &new);
    side_slide(&old, &new);
    side_slide(&new, &old);
    print_hunks(out, &old, &new);
    side_clear(&old);
    side_clear(&new);

    return g_string_free(g_steal_pointer(&out), FALSE);
}
