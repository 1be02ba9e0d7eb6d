/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From finished work to what a method answers: the arguments of its reply. */
#pragma once

#include <systemd/sd-bus.h>

#include "work.h"

/* Fills the answer from finished work; a negative errno on failure. */
typedef int (*CallFill)(sd_bus_message *reply, const Work *work);

int fill_nothing(sd_bus_message *reply, const Work *work);
int fill_xml(sd_bus_message *reply, const Work *work);
int fill_result(sd_bus_message *reply, const Work *work);            /* a{sv} */
int fill_id_and_result(sd_bus_message *reply, const Work *work);     /* s a{sv} */
int fill_domain_and_result(sd_bus_message *reply, const Work *work); /* o a{sv} */
