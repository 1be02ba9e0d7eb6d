/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Names shared by daemon and clients: the bus name, object paths, interfaces and errors. No code,
 * no types: a client needs nothing else of domwright's to talk to the daemon.
 */
#pragma once

#define DOMWRIGHT_BUS_NAME     "org.domwright1"
#define DOMWRIGHT_PATH         "/org/domwright1"
#define DOMWRIGHT_HOST_PREFIX  DOMWRIGHT_PATH "/host/"  /* NAME */
#define DOMWRIGHT_DRAFT_PREFIX DOMWRIGHT_PATH "/draft/" /* ID */

#define DOMWRIGHT_MANAGER_INTERFACE "org.domwright1.Manager"
#define DOMWRIGHT_HOST_INTERFACE    "org.domwright1.Host"
#define DOMWRIGHT_DOMAIN_INTERFACE  "org.domwright1.Domain"
#define DOMWRIGHT_DRAFT_INTERFACE   "org.domwright1.Draft"
#define DOMWRIGHT_CONFIG_INTERFACE  "org.domwright1.Config"

#define DOMWRIGHT_ERROR_PREFIX           "org.domwright1.Error."
#define DOMWRIGHT_ERROR_UNKNOWN_KEY      DOMWRIGHT_ERROR_PREFIX "UnknownKey"
#define DOMWRIGHT_ERROR_INVALID_VALUE    DOMWRIGHT_ERROR_PREFIX "InvalidValue"
#define DOMWRIGHT_ERROR_INVALID_XML      DOMWRIGHT_ERROR_PREFIX "InvalidXML"
#define DOMWRIGHT_ERROR_INVALID          DOMWRIGHT_ERROR_PREFIX "Invalid"
#define DOMWRIGHT_ERROR_NOT_FOUND        DOMWRIGHT_ERROR_PREFIX "NotFound"
#define DOMWRIGHT_ERROR_ALREADY_EXISTS   DOMWRIGHT_ERROR_PREFIX "AlreadyExists"
#define DOMWRIGHT_ERROR_CONFLICT         DOMWRIGHT_ERROR_PREFIX "Conflict"
#define DOMWRIGHT_ERROR_UNSUPPORTED      DOMWRIGHT_ERROR_PREFIX "Unsupported"
#define DOMWRIGHT_ERROR_HOST_UNAVAILABLE DOMWRIGHT_ERROR_PREFIX "HostUnavailable"
#define DOMWRIGHT_ERROR_OUTCOME_UNKNOWN  DOMWRIGHT_ERROR_PREFIX "OutcomeUnknown"
#define DOMWRIGHT_ERROR_BUSY             DOMWRIGHT_ERROR_PREFIX "Busy"
#define DOMWRIGHT_ERROR_LIMIT_EXCEEDED   DOMWRIGHT_ERROR_PREFIX "LimitExceeded"
#define DOMWRIGHT_ERROR_CANCELLED        DOMWRIGHT_ERROR_PREFIX "Cancelled"
#define DOMWRIGHT_ERROR_LIBVIRT          DOMWRIGHT_ERROR_PREFIX "Libvirt"
