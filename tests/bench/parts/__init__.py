# SPDX-License-Identifier: LGPL-2.1-or-later
"""The parts of the bench, a file each: measure(bench, place) yields rows of samples (see figures.py)
for one place; place is "" for what needs no host. `names` is what is wanted of it."""
