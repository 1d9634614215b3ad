/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Networks as libvirt writes them, both ways: NAME.xml settles as NAME.out, from which the same comes again, or is refused with NAME.err;
 * NAME.nft is its part of the firewall, NAME.conf what its dnsmasq is told. What comes out is held against libvirt's schema, virsh, nft
 * and dnsmasq, where they are installed. */
#include "base/process.h"
#include "base/strv.h"
#include "base/text.h"
#include "net/dnsmasq.h"
#include "net/ruleset.h"
#include "tests/unit/fixture.h"
#include "tests/unit/relaxng.h"
#include "tests/unit/unit.h"

#include <sched.h>
#include <stdio.h>
#include <sys/wait.h>

#define FOLDER	   "network"
#define LEASES	   "/run/net #1 \"work\"/leases"
#define TIMEOUT_MS 20000

/* What a document without them gets, in place of what is made at random. */
#define KNOWN_UUID "11111111-2222-4333-8444-555555555555"
#define KNOWN_MAC  "52:54:00:00:00:99"

static bool none_taken(const char *name, void *userdata)
{
	(void)userdata;
	return text_equal(name, "virbr0");
}

struct results {
	char *out, *nft, *conf; /* owned; nft and conf NULL: the network has none */
};

static void results_clear(struct results *results)
{
	free(results->out);
	free(results->nft);
	free(results->conf);
}

/* The text with each of one word replaced. Owned; text is freed. */
static char *replaced(char *text, const char *word, const char *by)
{
	size_t length = strlen(word);

	ck_assert_uint_eq(length, strlen(by));
	for (char *at = text; (at = strstr(at, word)) != NULL; at += length)
		memcpy(at, by, length);
	return text;
}

static bool settle(const char *source, const char *text, size_t length, struct results *ret, struct error *err)
{
	static const struct network_surroundings surroundings = { .bridge_taken = none_taken };
	_cleanup_network_ struct network *network = network_parse(source, text, length, err);
	bool has_uuid = network != NULL && network->uuid != NULL, has_mac = network != NULL && network->mac != NULL;

	*ret = (struct results){ 0 };
	if (network == NULL || !network_settle(network, &surroundings, err) || !network_validate(network, err))
		return false;
	ret->out = network_format(network);
	if (!has_uuid)
		ret->out = replaced(ret->out, network->uuid, KNOWN_UUID);
	if (!has_mac && network->mac != NULL)
		ret->out = replaced(ret->out, network->mac, KNOWN_MAC);
	if (network_has_own_bridge(network))
		ret->nft = ruleset_put(network);
	if (network_needs_dnsmasq(network))
		ret->conf = dnsmasq_config(network, LEASES);
	return true;
}

START_TEST(networks)
{
	_cleanup_strv_ char **names = fixture_names(FOLDER, ".xml");

	ck_assert_uint_gt(strv_length(names), 180);
	for (char **name = names; *name != NULL; name++) {
		_cleanup_error_ struct error err = ERROR_INIT;
		_cleanup_free_ char *source = strf("%s.xml", *name), *refusal = NULL;
		__attribute__((cleanup(results_clear))) struct results once, twice;
		size_t length = 0;
		_cleanup_free_ char *text = fixture_read(FOLDER, *name, ".xml", &length);

		twice = (struct results){ 0 };
		if (!settle(source, text, length, &once, &err))
			refusal = strf("%s\n", error_text(&err));
		ck_assert_msg(text_starts(*name, "err-") == (refusal != NULL), "%s: %s", *name, refusal != NULL ? refusal : "taken");
		fixture_expect(FOLDER, *name, ".out", once.out);
		fixture_expect(FOLDER, *name, ".nft", once.nft);
		fixture_expect(FOLDER, *name, ".conf", once.conf);
		fixture_expect(FOLDER, *name, ".err", refusal);
		if (once.out == NULL)
			continue;
		ck_assert_msg(settle(source, once.out, strlen(once.out), &twice, &err), "%s: what was settled is refused: %s", *name,
			      error_text(&err));
		ck_assert_str_eq(twice.out, once.out);
		ck_assert(text_equal(twice.nft, once.nft) && text_equal(twice.conf, once.conf));
	}
}
END_TEST

/* ---- what others say ---- */

static bool is_there(const char *program)
{
	_cleanup_free_ char *path = process_find(program);

	if (path == NULL)
		printf("SKIP: network fixtures: %s is not installed\n", program);
	return path != NULL;
}

/* libvirt's schema knows nothing of what only we keep. */
START_TEST(libvirts_schema_takes_them)
{
	_cleanup_strv_ char **names = fixture_names(FOLDER, ".out");
	xmlRelaxNG *schema = relaxng_open("network");

	for (char **name = names; *name != NULL; name++) {
		_cleanup_free_ char *text = fixture_read(FOLDER, *name, ".out", NULL);

		if (!text_starts(*name, "kept-"))
			relaxng_expect(schema, *name, text);
	}
	xmlRelaxNGFree(schema);
}
END_TEST

/* Ours, as virsh prints it again: byte for byte, but where a document keeps the form that somebody gave it. */
START_TEST(virsh_prints_the_same)
{
	_cleanup_strv_ char **names = fixture_names(FOLDER, ".out");

	if (!is_there("virsh"))
		return;
	for (char **name = names; *name != NULL; name++) {
		_cleanup_free_ char *text = fixture_read(FOLDER, *name, ".out", NULL);
		_cleanup_free_ char *script = strf("net-define %s/tests/fixtures/" FOLDER "/%s.out; net-dumpxml lab", TEST_SOURCE_DIR, *name);
		char *argv[] = { (char *)"virsh", (char *)"-q", (char *)"-c", (char *)"test:///default", script, NULL };
		_cleanup_error_ struct error err = ERROR_INIT;
		_cleanup_free_ char *output = NULL;

		if (text_starts(*name, "own-") || text_starts(*name, "kept-"))
			continue;
		ck_assert_msg(process_run_ok(argv, TIMEOUT_MS, &output, &err), "%s: %s", *name, error_text(&err));
		ck_assert_msg(strcmp(output, text) == 0, "%s: virsh prints\n%s", *name, output);
	}
}
END_TEST

START_TEST(nft_takes_the_rules)
{
	_cleanup_strv_ char **names = fixture_names(FOLDER, ".nft");

	if (!is_there("nft"))
		return;
	if (unshare(CLONE_NEWNET) != 0) {
		printf("SKIP: network fixtures: nft checks rules for root alone\n");
		return;
	}
	for (char **name = names; *name != NULL; name++) {
		_cleanup_free_ char *text = fixture_read(FOLDER, *name, ".nft", NULL), *errors = NULL;
		char *argv[] = { (char *)"nft", (char *)"-c", (char *)"-f", (char *)"-", NULL };
		_cleanup_error_ struct error err = ERROR_INIT;
		int status = -1;

		ck_assert_ok(process_run_input(argv, text, TIMEOUT_MS, NULL, &errors, &status, &err), &err);
		ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "%s: %s", *name, errors);
	}
}
END_TEST

START_TEST(dnsmasq_takes_the_configurations)
{
	_cleanup_strv_ char **names = fixture_names(FOLDER, ".conf");

	if (!is_there("dnsmasq"))
		return;
	for (char **name = names; *name != NULL; name++) {
		_cleanup_free_ char *path = strf("%s/tests/fixtures/" FOLDER "/%s.conf", TEST_SOURCE_DIR, *name);
		_cleanup_strv_ char **argv = strv_add(dnsmasq_argv("dnsmasq", path), "--test");
		_cleanup_error_ struct error err = ERROR_INIT;

		ck_assert_msg(process_run_ok(argv, TIMEOUT_MS, NULL, &err), "%s: %s", *name, error_text(&err));
	}
}
END_TEST

/* Each mode that libvirt knows has one that is taken, or is refused. */
START_TEST(every_mode)
{
	for (int mode = FORWARD_NONE + 1; mode < FORWARD_MODE_COUNT; mode++) {
		const char *word = enum_word(&forward_mode_words, mode);
		_cleanup_free_ char *macvtap = strf("macvtap-%s", word), *refused = strf("err-%s", word);
		_cleanup_free_ char *own = fixture_read(FOLDER, word, ".out", NULL), *of_device = fixture_read(FOLDER, macvtap, ".out", NULL),
				    *no = fixture_read(FOLDER, refused, ".err", NULL);

		ck_assert_msg(own != NULL || of_device != NULL || no != NULL, "no document of mode '%s'", word);
	}
}
END_TEST

START_TEST(files_belong_together)
{
	fixture_errors_have_a_place(FOLDER);
	fixture_no_orphans(FOLDER, (const char *const[]){ ".out", ".nft", ".conf", ".err", NULL });
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("network: fixtures");
	TCase *tcase = tcase_create("networks"), *others = tcase_create("others");

	tcase_set_timeout(others, 120);
	tcase_add_test(tcase, networks);
	tcase_add_test(tcase, every_mode);
	tcase_add_test(tcase, files_belong_together);
	suite_add_tcase(suite, tcase);
	tcase_add_test(others, libvirts_schema_takes_them);
	tcase_add_test(others, virsh_prints_the_same);
	tcase_add_test(others, dnsmasq_takes_the_configurations);
	/* last: it leaves this network namespace */
	tcase_add_test(others, nft_takes_the_rules);
	suite_add_tcase(suite, others);
	return unit_run(suite);
}
