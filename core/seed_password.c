/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Passwords of a seed: made, and hashed before they go anywhere. */
#include "core/seed_internal.h"

#include "base/memory.h"

#include <crypt.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define GENERATED_CHARACTERS 16
/* SHA-512: what every system of the last fifteen years knows. */
#define METHOD "$6$"
#define ROUNDS 100000

bool seed_is_hash(const char *password)
{
	size_t length = strlen(password);

	/* "$6$salt$digest": an identifier, a salt, and letters of crypt() alone */
	return length > 20 && password[0] == '$' && strchr(password + 1, '$') != NULL &&
	       strspn(password, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789./$=,") == length &&
	       strchr(strchr(password + 1, '$') + 1, '$') != NULL;
}

char *seed_hash(const char *password, struct error *err)
{
	_cleanup_free_ char *salt = NULL;
	struct crypt_data *data;
	char *hash = NULL;

	if (seed_is_hash(password))
		return xstrdup(password);
	salt = crypt_gensalt_ra(METHOD, ROUNDS, NULL, 0);
	data = xcalloc(1, sizeof *data);
	if (salt != NULL)
		hash = crypt_r(password, salt, data);
	if (hash == NULL || hash[0] == '*')
		error_set_errno(err, errno, "cannot hash a password");
	else
		hash = xstrdup(hash);
	explicit_bzero(data, sizeof *data);
	free(data);
	return hash != NULL && hash[0] == '$' ? hash : NULL;
}

char *seed_make_password(void)
{
	/* without those that are mistaken for each other; 32 of them, so that none is more likely */
	static const char letters[] = "abcdefghjkmnpqrstuvwxyz23456789Z";
	unsigned char bytes[GENERATED_CHARACTERS];
	char *password = xcalloc(1, GENERATED_CHARACTERS + 1);

	while (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
		if (errno != EINTR)
			abort();
	for (size_t i = 0; i < sizeof bytes; i++)
		password[i] = letters[bytes[i] % 32];
	return password;
}
