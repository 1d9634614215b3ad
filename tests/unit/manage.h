/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A manager over a scratch directory, and the documents that tests of core/ define. */
#ifndef TESTS_UNIT_MANAGE_H
#define TESTS_UNIT_MANAGE_H

#include "core/manager.h"

/* Opened by manage_setup(), closed by manage_teardown(): a Check fixture. */
extern struct manager *manager;
void manage_setup(void);
void manage_teardown(void);
/* Closes and opens it again: another front end's view. */
void manage_reopen(void);

/* A small qemu machine; uuid may be NULL, devices (XML) too. Owned. */
char *manage_document(const char *name, const char *uuid, const char *devices);
/* Defines one document and expects it to be taken; the warnings joined by newlines, owned. */
char *manage_define(const char *text);
/* Expects it to be refused with these words in the message. */
void manage_define_fails(const char *text, const char *words);
/* By name; fails the test when there is none. */
struct machine manage_find(const char *name);
/* One whole number out of a query. */
int64_t manage_count(const char *sql);

#endif
