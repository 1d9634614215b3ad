/* SPDX-License-Identifier: GPL-2.0-or-later */
/* NULL-terminated vectors of owned strings: argument vectors, lists of names. NULL is the empty vector. */
#ifndef BASE_STRV_H
#define BASE_STRV_H

#include <stdbool.h>
#include <stddef.h>

size_t strv_length(char *const *v);
/* Appends a copy; returns the (moved) vector: v = strv_add(v, "x"). */
char **strv_add(char **v, const char *text) __attribute__((returns_nonnull));
/* Appends and takes over an owned string. */
char **strv_take(char **v, char *text) __attribute__((returns_nonnull));
char **strv_addf(char **v, const char *format, ...) __attribute__((format(printf, 2, 3), returns_nonnull));
bool strv_contains(char *const *v, const char *text);
char **strv_copy(char *const *v);
char *strv_join(char *const *v, const char *separator); /* owned, never NULL */
/* Splits at any character of separators; empty pieces are dropped. */
char **strv_split(const char *text, const char *separators);
/* The parts of "a,b=x,,y", as virt-install writes values: split at commas, two in a row being one that belongs to its part. Empty parts stay. */
char **strv_split_parts(const char *text) __attribute__((returns_nonnull));
void strv_free(char **v);

#endif
