/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Documents of users, which lie beside the source tree. */
#ifndef TESTS_HARNESS_EXAMPLE_H
#define TESTS_HARNESS_EXAMPLE_H

/* An example document of $VIRTTY_TEST_EXAMPLES, or ../shared/examples beside the sources; words: pairs, ended by NULL, of which the first
 * occurrence of one is replaced by the other. Owned; NULL: there is no such file. */
char *example_text(const char *name, const char *const *words);

#endif
