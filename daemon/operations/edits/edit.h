/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Changing the document of a domain, or of a draft. */
#pragma once

#include "operations/edits/edit-operation.h"

EditOperation *edit_operation_new(EditWay way);
