/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Answers that several methods have in common. */
#include "answers.h"

#include "wire.h"

int fill_nothing(sd_bus_message *reply, const Work *work)
{
    return 0;
}

int fill_xml(sd_bus_message *reply, const Work *work)
{
    return sd_bus_message_append(reply, "s", work->xml);
}

static int append_skipped(sd_bus_message *reply, const GPtrArray *skipped)
{
    int r = sd_bus_message_open_container(reply, 'e', "sv");
    if (r >= 0)
        r = sd_bus_message_append_basic(reply, 's', "skipped");
    if (r >= 0)
        r = sd_bus_message_open_container(reply, 'v', "a{ss}");
    if (r >= 0)
        r = sd_bus_message_open_container(reply, 'a', "{ss}");
    for (guint i = 0; r >= 0 && i + 1 < skipped->len; i += 2)
        r = sd_bus_message_append(reply, "{ss}", skipped->pdata[i], skipped->pdata[i + 1]);
    for (int i = 0; r >= 0 && i < 3; i++)
        r = sd_bus_message_close_container(reply);
    return r;
}

static int append_problems_entry(sd_bus_message *reply, const GPtrArray *problems)
{
    int r = sd_bus_message_open_container(reply, 'e', "sv");
    if (r >= 0)
        r = sd_bus_message_append_basic(reply, 's', "problems");
    if (r >= 0)
        r = sd_bus_message_open_container(reply, 'v', "aa{sv}");
    if (r >= 0)
        r = wire_append_problems(reply, problems);
    for (int i = 0; r >= 0 && i < 2; i++)
        r = sd_bus_message_close_container(reply);
    return r;
}

int fill_result(sd_bus_message *reply, const Work *work)
{
    const char *id = work->result.ids && work->result.ids[0] ? work->result.ids[0] : "";
    int r = sd_bus_message_open_container(reply, 'a', "{sv}");
    if (r >= 0)
        r = sd_bus_message_append(reply, "{sv}{sv}{sv}", "revision", "s", work->revision, "changed",
                                  "b", (int)work->changed, "restart-needed", "b",
                                  (int)work->restart_needed);
    if (r >= 0 && *id && !work->result.ids[1])
        r = sd_bus_message_append(reply, "{sv}", "id", "s", id);
    if (r >= 0 && work->diff)
        r = sd_bus_message_append(reply, "{sv}", "diff", "s", work->diff);
    if (r >= 0)
        r = append_problems_entry(reply, work->problems);
    if (r >= 0 && work->result.skipped && work->result.skipped->len > 0)
        r = append_skipped(reply, work->result.skipped);
    return r < 0 ? r : sd_bus_message_close_container(reply);
}

int fill_id_and_result(sd_bus_message *reply, const Work *work)
{
    const char *id = work->result.ids && work->result.ids[0] ? work->result.ids[0] : "";
    int r = sd_bus_message_append(reply, "s", id);
    return r < 0 ? r : fill_result(reply, work);
}

int fill_domain_and_result(sd_bus_message *reply, const Work *work)
{
    int r = sd_bus_message_append(reply, "o", work->path ? work->path : "/");
    return r < 0 ? r : fill_result(reply, work);
}
