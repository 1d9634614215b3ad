/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The processor: which model, and its features as the XML, the timers and the hypervisor's disguises ask. */
#include <string.h>

#include "base/memory.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "base/text.h"
#include "hv/launch_build.h"

/* Words that go into key=value text: models and features have no need for more than this. */
static bool is_plain_word(const char *text)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";

	return *text && text[strspn(text, plain)] == '\0';
}

static const char *default_model(const struct builder *b)
{
	return b->machine->default_cpu ? b->machine->default_cpu : "max";
}

/* Which model QEMU gets. Under TCG there is no host to pass through: host-passthrough, host-model and maximum are all
 * "max", the most that TCG emulates. Under KVM host-model is "host" too: the guest gets what this host has, and
 * migrates to hosts that have the same. */
static const char *choose_model(struct builder *b)
{
	const struct domain_cpu *cpu = &b->domain->cpu;

	switch (cpu->mode) {
	case CPU_HOST_PASSTHROUGH:
	case CPU_HOST_MODEL:
		return b->resources->kvm ? "host" : "max";
	case CPU_MAXIMUM:
		return "max";
	case CPU_MODE_ABSENT:
	case CPU_CUSTOM:
		return cpu->model ? cpu->model : default_model(b);
	case CPU_MODE_COUNT:
		break;
	}
	return default_model(b);
}

static bool check_model(struct builder *b, const char *model)
{
	_cleanup_free_ char *hint = NULL;

	if (is_plain_word(model) && (!b->caps->cpu_models || strv_contains(b->caps->cpu_models, model)))
		return true;
	hint = strf("'%s -cpu help' lists them; <cpu mode='maximum'/> takes all that is there", b->caps->binary);
	return build_unsupported(b, hint, "CPU model '%s' is not known to '%s'", model, b->caps->binary);
}

static bool add_features(struct builder *b, struct strbuf *text)
{
	const struct domain_cpu *cpu = &b->domain->cpu;

	for (size_t i = 0; i < cpu->feature_count; i++) {
		const struct cpu_feature *feature = &cpu->features[i];
		bool off = feature->policy == CPU_DISABLE || feature->policy == CPU_FORBID;

		if (!feature->name || !is_plain_word(feature->name))
			return build_invalid(b, NULL, "CPU feature '%s' is not a feature's name",
					     feature->name ? feature->name : "");
		strbuf_printf(text, ",%s=%s", feature->name, off ? "off" : "on");
	}
	return true;
}

static void add_switch(struct strbuf *text, const char *name, enum tristate value)
{
	if (value != TRI_ABSENT)
		strbuf_printf(text, ",%s=%s", name, value == TRI_YES ? "on" : "off");
}

static void add_timers(const struct domain *domain, struct strbuf *text)
{
	for (size_t i = 0; i < domain->clock.timer_count; i++) {
		const struct clock_timer *timer = &domain->clock.timers[i];

		if (text_equal(timer->name, "kvmclock"))
			add_switch(text, "kvmclock", timer->present);
		else if (text_equal(timer->name, "hypervclock") && timer->present == TRI_YES)
			strbuf_puts(text, ",hv-time=on");
	}
}

static void add_hyperv(const struct domain_features *features, struct strbuf *text)
{
	const struct {
		const char *name;
		enum tristate value;
	} switches[] = {
		{ "hv-relaxed", features->hv_relaxed }, { "hv-vapic", features->hv_vapic },
		{ "hv-vpindex", features->hv_vpindex }, { "hv-runtime", features->hv_runtime },
		{ "hv-synic", features->hv_synic },	{ "hv-stimer", features->hv_stimer },
		{ "hv-reset", features->hv_reset },	{ "hv-frequencies", features->hv_frequencies },
	};

	for (size_t i = 0; i < ARRAY_LENGTH(switches); i++)
		if (switches[i].value == TRI_YES)
			strbuf_printf(text, ",%s=on", switches[i].name);
	if (features->hv_spinlocks == TRI_YES)
		strbuf_printf(text, ",hv-spinlocks=0x%llx",
			      (unsigned long long)(features->hv_spinlock_retries.set
							   ? features->hv_spinlock_retries.value
							   : 8191));
}

bool build_cpu(struct builder *b)
{
	const struct domain_features *features = &b->domain->features;
	const char *model = choose_model(b);
	_cleanup_strbuf_ struct strbuf text = STRBUF_INIT;

	if (!check_model(b, model))
		return false;
	strbuf_puts(&text, model);
	if (b->resources->kvm && (strcmp(model, "host") == 0 || strcmp(model, "max") == 0))
		strbuf_printf(&text, ",migratable=%s", text_equal(b->domain->cpu.migratable, "off") ? "off" : "on");
	if (!add_features(b, &text))
		return false;
	add_timers(b->domain, &text);
	add_hyperv(features, &text);
	if (features->kvm_hidden == TRI_YES)
		strbuf_puts(&text, ",kvm=off");
	add_switch(&text, "pmu", features->pmu);
	build_arg(b, "-cpu", text.data);
	return true;
}
