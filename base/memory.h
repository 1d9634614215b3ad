/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Allocation that cannot fail (it ends the process with a message), and cleanup by attribute. */
#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

#include <stdarg.h>
#include <stddef.h>

/* Says "virtty: out of memory" and aborts: what every function here does, for libraries that report it by NULL. */
void memory_exhausted(void) __attribute__((noreturn));

void *xmalloc(size_t size) __attribute__((malloc, returns_nonnull));
void *xcalloc(size_t count, size_t size) __attribute__((malloc, returns_nonnull));
/* Grows an array to count items of size bytes each; overflow ends the process. */
void *xreallocarray(void *old, size_t count, size_t size) __attribute__((returns_nonnull));
char *xstrdup(const char *text) __attribute__((malloc, returns_nonnull));
/* As xstrdup(), but NULL stays NULL. */
char *xstrdup_null(const char *text) __attribute__((malloc));
char *xstrndup(const char *text, size_t length) __attribute__((malloc, returns_nonnull));
/* printf into a new string, owned by the caller. */
char *strf(const char *format, ...) __attribute__((format(printf, 1, 2), malloc, returns_nonnull));
char *vstrf(const char *format, va_list ap) __attribute__((format(printf, 1, 0), malloc, returns_nonnull));

/* Appends one zeroed item to an array kept as (pointer, count) and returns a pointer to it:
 *   struct disk *d = ARRAY_ADD(domain->disks, domain->disk_count); */
#define ARRAY_ADD(array, count) \
	((array) = array_grow((array), (count), sizeof *(array)), &(array)[(count)++])
void *array_grow(void *array, size_t count, size_t size) __attribute__((returns_nonnull));

#define ARRAY_LENGTH(a) (sizeof(a) / sizeof *(a))

/* _cleanup_(f) calls f(&variable) when the variable goes out of scope. */
#define _cleanup_(f) __attribute__((cleanup(f)))
#define _cleanup_free_ _cleanup_(cleanup_free)
#define _cleanup_close_ _cleanup_(cleanup_close)
#define _cleanup_strv_ _cleanup_(cleanup_strv)
#define _cleanup_error_ _cleanup_(error_clear)
void cleanup_free(void *pointer_to_pointer);
void cleanup_close(const int *fd); /* closes fd >= 0; keeps errno */
void cleanup_strv(char ***strv);

/* Takes an owned pointer or descriptor out of a variable, so that its cleanup does nothing. */
#define TAKE_POINTER(p) ({ __typeof__(p) taken_ = (p); (p) = NULL; taken_; })
#define TAKE_FD(fd) ({ int taken_ = (fd); (fd) = -1; taken_; })

#endif
