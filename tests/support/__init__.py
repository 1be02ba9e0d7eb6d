# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the Python tests share: TAP output (tap) and private services (services)."""
