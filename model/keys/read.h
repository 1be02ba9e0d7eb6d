/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading a single device. */
#pragma once

#include "document/document.h"

/* With all its settings, secrets included. Its id is looked for among its siblings: of many
 * devices, dw_get_devices() reads them faster. */
DwDevice *device_read(const DwDocument *document, DwNode node);
