/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fuzzes domain XML: whatever is accepted is settled for good; its text is accepted again and comes out the same. */
#include "base/memory.h"
#include "base/strv.h"
#include "hv/domain.h"
#include "tests/fuzz/must.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_domain_ struct domain *domain = domain_parse("fuzz", (const char *)data, size, &err);

	if (domain == NULL || !domain_settle(domain, NULL, &err))
		return 0;
	_cleanup_free_ char *text = domain_format(domain, true);
	_cleanup_free_ char *without_secrets = domain_format(domain, false);
	_cleanup_strv_ char **warnings = domain_warnings(domain, "fuzz");

	must_do(strlen(without_secrets) <= strlen(text), "taking passwords out adds text", NULL, text);
	/* details of a device that cannot run yet go with it: fewer warnings than places, never none */
	must_do(domain->unmodelled_count == 0 || strv_length(warnings) > 0, "nothing unmodelled is named", NULL, text);
	if (!domain_validate(domain, "fuzz", &err))
		return 0;
	_cleanup_domain_ struct domain *again = domain_parse("settled", text, strlen(text), &err);

	must_do(again != NULL, "the settled text is refused", &err, text);
	must_do(domain_settle(again, NULL, &err), "the settled text does not settle", &err, text);
	must_do(domain_validate(again, "settled", &err), "the settled text is invalid", &err, text);
	_cleanup_free_ char *text_again = domain_format(again, true);

	must_do(strcmp(text, text_again) == 0, "the settled text changes", &err, text_again);
	return 0;
}
