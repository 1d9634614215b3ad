# SPDX-License-Identifier: GPL-2.0-or-later
"""What a row is meant to reach, in words and as a test of the medians."""


class Target:
    """The words of the table's column, and met(ours, limit): True, False, or None where there is nothing to compare with."""

    def __init__(self, words, met):
        self.words = words
        self.met = met


def under(value, unit="ms", note=""):
    return Target(f"under {value} {unit}{note}", lambda ours, limit: ours < value)


def at_least(value, unit):
    return Target(f"{value} {unit}", lambda ours, limit: ours >= value)


def at_least_of_limit(factor, words):
    return Target(words, lambda ours, limit: ours >= limit * factor if limit else None)


def nothing():
    return Target("0", lambda ours, limit: ours == 0)


def limit_plus(more, unit="ms"):
    return Target(f"limit + {more} {unit}", lambda ours, limit: ours <= limit + more if limit else None)


def limit_times(factor, words):
    return Target(words, lambda ours, limit: ours <= limit * factor if limit else None)
