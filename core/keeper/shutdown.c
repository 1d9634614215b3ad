/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Asking the guest to power off, again and again; and ending QEMU. */
#include "base/clock.h"
#include "core/keeper/keeper.h"
#include "core/keeper/qemu.h"
#include "core/keeper/record.h"

#include <signal.h>

#define ASK_AGAIN_S     5
#define ASK_LIMIT_MS    120000
#define KILL_AFTER_S    5

ENUM_WORDS(shutdown_then, THEN_COUNT, "off", "restart", "stay-off");

enum shutdown_then shutdown_then_of(const char *word)
{
	int value = enum_value(&shutdown_then_words, word);

	return value < 0 ? THEN_POLICY : (enum shutdown_then)value;
}

static void powerdown(struct keeper *keeper, qmp_reply_fn *on_asked, void *userdata)
{
	struct timeval again = { ASK_AGAIN_S, 0 };

	qemu_send(keeper, "system_powerdown", NULL, on_asked, userdata);
	event_add(keeper->shutdown_timer, &again);
}

/* A request sent early in a guest's boot is lost: it is sent again until the guest is off, or for so long that it will not listen. */
static void on_ask_again(evutil_socket_t fd, short what, void *userdata)
{
	struct keeper *keeper = userdata;
	int64_t age = clock_wall_ms() - keeper->shutdown_asked_ms;

	(void)fd;
	(void)what;
	if (keeper->phase != KEEPER_RUNNING)
		return;
	if (age < 0 || age > ASK_LIMIT_MS) {
		shutdown_forget(keeper);
		keeper_note_detail(keeper);
		return;
	}
	powerdown(keeper, NULL, NULL);
}

static void prepare_timer(struct keeper *keeper)
{
	if (keeper->shutdown_timer == NULL)
		keeper->shutdown_timer = evtimer_new(keeper->loop, on_ask_again, keeper);
}

void shutdown_ask(struct keeper *keeper, enum shutdown_then then, qmp_reply_fn *on_asked, void *userdata)
{
	prepare_timer(keeper);
	keeper->shutdown_asked_ms = clock_wall_ms();
	keeper->shutdown_then = then;
	keeper_note_detail(keeper);
	recorder_flush(keeper); /* whoever adopts after us goes on asking */
	powerdown(keeper, on_asked, userdata);
}

void shutdown_resume(struct keeper *keeper, int64_t asked_ms, enum shutdown_then then)
{
	if (asked_ms <= 0)
		return;
	prepare_timer(keeper);
	keeper->shutdown_asked_ms = asked_ms;
	keeper->shutdown_then = then;
	on_ask_again(-1, 0, keeper);
}

void shutdown_forget(struct keeper *keeper)
{
	keeper->shutdown_asked_ms = 0;
	keeper->shutdown_then = THEN_POLICY;
	if (keeper->shutdown_timer != NULL)
		event_del(keeper->shutdown_timer);
}

static void on_kill(evutil_socket_t fd, short what, void *userdata)
{
	struct keeper *keeper = userdata;

	(void)fd;
	(void)what;
	qemu_signal(keeper, SIGKILL);
}

void shutdown_end(struct keeper *keeper, bool graceful)
{
	struct timeval limit = { KILL_AFTER_S, 0 };

	if (!qemu_is_alive(keeper))
		return;
	qemu_signal(keeper, SIGTERM);
	if (graceful)
		return;
	if (keeper->kill_timer == NULL)
		keeper->kill_timer = evtimer_new(keeper->loop, on_kill, keeper);
	if (!event_pending(keeper->kill_timer, EV_TIMEOUT, NULL))
		event_add(keeper->kill_timer, &limit);
}

void shutdown_destroy(struct keeper *keeper, bool graceful)
{
	keeper->destroy_asked = true;
	shutdown_end(keeper, graceful);
}
