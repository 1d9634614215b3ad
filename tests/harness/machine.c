/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Machines for tests: documents of small ones, the guest that boots in two seconds, waiting for states and for words on a console. */
#include "tests/harness/machine.h"
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "core/history.h"
#include "core/manager.h"
#include "tests/harness/home.h"
#include "tests/harness/task.h"
#include "tests/harness/viewer.h"

#include <check.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

static bool make_guest(const char *script_name, const char *directory)
{
	const char *source = getenv("srcdir") != NULL ? getenv("srcdir") : ".";
	_cleanup_free_ char *script = strf("%s/tests/guest/%s", source, script_name);
	_cleanup_outcome_ struct outcome made = run_program((const char *const[]){ script, directory, NULL });

	if (made.status != 0)
		skip_test("the test guest cannot be made: %s", made.err);
	return made.status == 0;
}

char *guest_file(const char *name)
{
	_cleanup_free_ char *directory = path_absolute(getenv("VIRTTY_TEST_GUEST") != NULL ? getenv("VIRTTY_TEST_GUEST") : "tests/guest-files");

	if (!make_guest("make-guest", directory) || (strcmp(name, "agent.img") == 0 && !make_guest("make-agent", directory)))
		return NULL;
	return strf("%s/%s", directory, name);
}

static char *write_document(const char *home, const char *name, const char *text)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	char *path = strf("%s/%s.xml", home, name);

	ck_assert_msg(file_write(path, text, strlen(text), 0600, &err), "%s", error_text(&err));
	return path;
}

#define DOCUMENT \
	"<domain type='qemu'>\n" \
	"  <name>%s</name>\n" \
	"  <memory unit='MiB'>%u</memory>\n" \
	"  <vcpu>1</vcpu>\n" \
	"  <os><type arch='x86_64' machine='q35'>hvm</type>%s</os>\n" \
	"  <features><acpi/></features>\n" \
	"  %s\n" \
	"  <devices>\n" \
	"    <serial type='pty'><target port='0'/></serial>\n" \
	"    <console type='pty'><target type='serial' port='0'/></console>\n" \
	"    <memballoon model='none'/>\n" \
	"    %s\n" \
	"  </devices>\n" \
	"</domain>\n"

char *bare_machine(const char *home, const char *name, const char *outer, const char *inner)
{
	_cleanup_free_ char *text = strf(DOCUMENT, name, 32u, "", outer != NULL ? outer : "", inner != NULL ? inner : "");

	return write_document(home, name, text);
}

char *guest_machine(const char *home, const char *name, const char *cmdline, const char *outer, const char *inner)
{
	_cleanup_free_ char *kernel = guest_file("vmlinux");

	if (kernel == NULL)
		return NULL;
	_cleanup_free_ char *initrd = guest_file("initrd.img");
	_cleanup_free_ char *os = strf("<kernel>%s</kernel><initrd>%s</initrd><cmdline>console=ttyS0 quiet %s</cmdline>", kernel, initrd,
				       cmdline != NULL ? cmdline : "");
	_cleanup_free_ char *text = strf(DOCUMENT, name, 192u, os, outer != NULL ? outer : "", inner != NULL ? inner : "");

	return write_document(home, name, text);
}

void define_start(const char *home, const char *name, const char *document)
{
	_cleanup_free_ char *bare = document == NULL ? bare_machine(home, name, NULL, NULL) : NULL;

	expect_ok(virtty("define", document != NULL ? document : bare, NULL), NULL);
	expect_ok(virtty("start", name, NULL), NULL);
}

/* The first line that the command prints, or its error. Owned. */
static char *first_line(struct outcome outcome)
{
	const char *text = outcome.status == 0 ? outcome.out : outcome.err;
	char *line = xstrndup(text, strcspn(text, "\n"));

	outcome_clear(&outcome);
	return line;
}

char *machine_state(const char *name)
{
	return first_line(virtty("domstate", name, NULL));
}

char *machine_state_reason(const char *name)
{
	return first_line(virtty("domstate", "--reason", name, NULL));
}

struct state_wait {
	const char *name, *wanted;
	char *seen; /* owned */
};

static bool state_is(void *data)
{
	struct state_wait *wait = data;

	free(wait->seen);
	wait->seen = strchr(wait->wanted, '(') != NULL ? machine_state_reason(wait->name) : machine_state(wait->name);
	return strcmp(wait->seen, wait->wanted) == 0;
}

void wait_state(const char *name, const char *wanted, int timeout_ms)
{
	struct state_wait wait = { .name = name, .wanted = wanted };
	bool came = wait_for(state_is, &wait, timeout_ms);
	_cleanup_free_ char *seen = wait.seen;

	ck_assert_msg(came, "'%s' is '%s', not '%s'", name, seen, wanted);
}

long long machine_number(const char *name, const char *field)
{
	_cleanup_free_ char *text = NULL;
	struct json_object *value = NULL;

	expect_ok(virtty("dominfo", "--json", name, NULL), &text);
	struct json_object *object = json_tokener_parse(text);

	ck_assert_msg(json_object_is_type(object, json_type_object), "dominfo --json printed no object: %s", text);
	ck_assert_msg(json_object_object_get_ex(object, field, &value), "dominfo --json has no %s: %s", field, text);
	long long number = json_object_get_int64(value);

	json_object_put(object);
	return number;
}

/* ---- consoles ---- */

void wait_console(const char *name, const char *text, int timeout_ms)
{
	struct viewer viewer;

	viewer_open(&viewer, name, false, false);
	viewer_expect(&viewer, text, timeout_ms);
	viewer_close(&viewer);
}

void wait_console_after(const char *name, const char *before, const char *text, int timeout_ms)
{
	struct viewer viewer;

	viewer_open(&viewer, name, false, false);
	viewer_expect(&viewer, before, timeout_ms);
	viewer_expect(&viewer, text, timeout_ms);
	viewer_close(&viewer);
}

void console_command(const char *name, const char *line, const char *text, int timeout_ms)
{
	struct viewer viewer;

	viewer_open(&viewer, name, true, false);
	viewer_expect_writer(&viewer, true, timeout_ms);
	viewer.from = viewer.text.length;
	viewer_type(&viewer, line);
	viewer_type(&viewer, "\r");
	viewer_expect(&viewer, text, timeout_ms);
	viewer_close(&viewer);
}

/* ---- history ---- */

struct event_wait {
	struct manager *manager;
	const char *name, *text;
	struct strbuf seen;
};

static bool event_came(void *data)
{
	struct event_wait *wait = data;
	struct history_event *events = NULL;
	size_t count = 0;
	bool came = false;

	if (!history_list(manager_db(wait->manager), 0, 0, 0, &events, &count, NULL))
		return false;
	strbuf_clear(&wait->seen);
	for (size_t i = 0; i < count; i++) {
		_cleanup_free_ char *line = strf("%s %s %s", events[i].kind, events[i].what != NULL ? events[i].what : "",
						 events[i].detail != NULL ? events[i].detail : "");

		if (events[i].name == NULL || strcmp(events[i].name, wait->name) != 0)
			continue;
		came = came || strstr(line, wait->text) != NULL;
		strbuf_printf(&wait->seen, "%s\n", line);
	}
	history_free(events, count);
	return came;
}

void wait_event(const char *name, const char *text, int timeout_ms)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct event_wait wait = { .name = name, .text = text };

	ck_assert_msg(manager_open(&wait.manager, &err), "%s", error_text(&err));
	bool came = wait_for(event_came, &wait, timeout_ms);

	manager_close(wait.manager);
	ck_assert_msg(came, "the history of '%s' has no '%s': %s", name, text, wait.seen.data);
	strbuf_clear(&wait.seen);
}
