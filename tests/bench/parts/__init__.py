# SPDX-License-Identifier: LGPL-2.1-or-later
"""The parts of the bench, a file each: measure(bench, place, names) yields rows of samples for the
figures `names` at one place; place is "" for what needs no host.

A row is {"name", "unit", "ours": [...], "other": [...]} with a "note" or without, or {"name", "absent"}
where this machine lacks something; when it lacks it for all of them, places.Absent is raised.
"""
