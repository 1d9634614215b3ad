/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A stage for the screen of one machine. */
#include "tests/terminal/screen_stage.h"

#include "base/clock.h"
#include "base/memory.h"
#include "base/strbuf.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

struct stage *stage;
int64_t machine;
char *path;
struct rfb_server *server;

static const char document[] =
	"<domain type='qemu'><name>guest</name><memory unit='MiB'>64</memory><vcpu>1</vcpu>"
	"<os><type arch='x86_64'>hvm</type></os><devices><serial type='pty'/><graphics type='vnc'/>"
	"</devices></domain>";

void screen_setup(void)
{
	stage = stage_new();
	machine = stage_define(stage, document);
	path = strf("%s/vnc", getenv("VIRTTY_HOME"));
}

void screen_teardown(void)
{
	rfb_server_free(server);
	server = NULL;
	free(path);
	stage_free(stage);
}

void expect_said(struct pty *pty, const char *wanted)
{
	_cleanup_strbuf_ struct strbuf said = STRBUF_INIT;
	int64_t limit = clock_monotonic_ms() + SCREEN_LIMIT_MS;

	for (;;) {
		_cleanup_free_ char *more = rfb_server_said(server);

		strbuf_puts(&said, more);
		if (said.length > 0 && strstr(said.data, wanted) != NULL)
			return;
		ck_assert_msg(pty_read(pty, 20) && clock_monotonic_ms() < limit, "'%s' did not come, but '%s'", wanted,
			      said.data != NULL ? said.data : "");
	}
}
