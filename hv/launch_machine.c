/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The board: name, firmware, machine type, accelerator, memory, processors' number, monitor, clock, lifecycle, boot. */
#include <string.h>
#include <time.h>

#include "base/memory.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "hv/launch_build.h"

#define KIB_PER_MIB 1024

/* A flash chip: the file below, its format above, as every image. */
static void build_flash(struct builder *b, int unit, const char *path, const char *format, bool readonly)
{
	_cleanup_free_ char *storage_name = strf("libvirt-pflash%d-storage", unit);
	_cleanup_free_ char *format_name = strf("libvirt-pflash%d-format", unit);
	struct json_object *storage = device_new("file");
	struct json_object *top = json_object_new_object();

	json_set_string(storage, "filename", path);
	json_set_string(storage, "node-name", storage_name);
	json_set_bool(storage, "auto-read-only", true);
	json_set_string(storage, "discard", "unmap");
	build_json(b, "-blockdev", storage);
	json_set_string(top, "node-name", format_name);
	json_set_bool(top, "read-only", readonly);
	json_set_string(top, "driver", format ? format : "raw");
	json_set_string(top, "file", storage_name);
	build_json(b, "-blockdev", top);
	build_file(b, path, readonly, false);
}

static bool has_firmware_feature(const struct domain_os *os, enum firmware_feature_name name)
{
	for (size_t i = 0; i < os->firmware_feature_count; i++)
		if (os->firmware_features[i].name == name && os->firmware_features[i].enabled == TRI_YES)
			return true;
	return false;
}

/* Are the variables reachable from system management mode only? */
static bool is_secure(const struct builder *b)
{
	return b->resources->firmware_code &&
	       (b->resources->firmware_requires_smm || b->domain->os.loader_secure == TRI_YES ||
		has_firmware_feature(&b->domain->os, FIRMWARE_SECURE_BOOT));
}

static bool build_firmware(struct builder *b)
{
	const struct launch_resources *r = b->resources;
	const struct domain_os *os = &b->domain->os;

	if (r->firmware_code) {
		build_flash(b, 0, r->firmware_code, r->firmware_code_format, true);
		if (r->nvram)
			build_flash(b, 1, r->nvram, r->nvram_format, false);
		return true;
	}
	if (os->firmware == FIRMWARE_EFI || os->loader_type == LOADER_PFLASH)
		return build_invalid(b, NULL, "UEFI is asked for, and no firmware was chosen for this start");
	if (os->loader) {
		build_arg(b, "-bios", os->loader);
		build_file(b, os->loader, true, false);
	}
	return true;
}

static const char *on_off(enum tristate value)
{
	return value == TRI_YES ? "on" : "off";
}

static void build_machine_option(struct builder *b)
{
	const struct domain_features *features = &b->domain->features;
	_cleanup_strbuf_ struct strbuf text = STRBUF_INIT;

	strbuf_printf(&text, "%s,usb=off", b->machine->name);
	if (features->vmport != TRI_ABSENT)
		strbuf_printf(&text, ",vmport=%s", on_off(features->vmport));
	if (is_secure(b))
		strbuf_puts(&text, ",smm=on");
	else if (features->smm != TRI_ABSENT)
		strbuf_printf(&text, ",smm=%s", on_off(features->smm));
	strbuf_puts(&text, ",dump-guest-core=off");
	if (b->machine->ram_id)
		strbuf_printf(&text, ",memory-backend=%s", b->machine->ram_id);
	if (b->resources->firmware_code)
		strbuf_puts(&text, ",pflash0=libvirt-pflash0-format");
	if (b->resources->firmware_code && b->resources->nvram)
		strbuf_puts(&text, ",pflash1=libvirt-pflash1-format");
	/* A machine has ACPI when its XML says <acpi/>, and a HPET unless it says no. */
	if (features->acpi != TRI_YES)
		strbuf_puts(&text, ",acpi=off");
	for (size_t i = 0; i < b->domain->clock.timer_count; i++) {
		const struct clock_timer *timer = &b->domain->clock.timers[i];

		if (text_equal(timer->name, "hpet") && timer->present == TRI_NO)
			strbuf_puts(&text, ",hpet=off");
	}
	build_arg(b, "-machine", text.data);
}

/* Guests see whole MiB, as libvirt gives them. */
static bool build_memory(struct builder *b)
{
	uint64_t mib = b->domain->memory_kib / KIB_PER_MIB + (b->domain->memory_kib % KIB_PER_MIB != 0);
	struct json_object *ram;

	if (mib == 0 || mib > INT64_MAX / (KIB_PER_MIB * KIB_PER_MIB))
		return build_invalid(b, NULL, "a memory size of %llu KiB cannot be used",
				     (unsigned long long)b->domain->memory_kib);
	build_argf(b, "-m", "size=%lluk", (unsigned long long)(mib * KIB_PER_MIB));
	if (b->machine->ram_id) {
		ram = json_object_new_object();
		json_set_string(ram, "qom-type", "memory-backend-ram");
		json_set_string(ram, "id", b->machine->ram_id);
		json_set_int(ram, "size", (int64_t)(mib * KIB_PER_MIB * 1024));
		build_json(b, "-object", ram);
	}
	build_arg(b, "-overcommit", "mem-lock=off");
	return true;
}

static bool build_smp(struct builder *b)
{
	const struct domain *domain = b->domain;
	const struct domain_cpu *cpu = &domain->cpu;
	unsigned long long max = domain->vcpu.set ? domain->vcpu.value : 1;
	unsigned long long now = domain->vcpu_current.set ? domain->vcpu_current.value : max;
	_cleanup_strbuf_ struct strbuf text = STRBUF_INIT;

	if (max > b->machine->cpu_max)
		return build_unsupported(b, "choose fewer vCPUs or another machine type",
					 "machine type '%s' has at most %u vCPUs, not %llu", b->machine->name,
					 b->machine->cpu_max, max);
	strbuf_printf(&text, "%llu", now);
	if (now != max)
		strbuf_printf(&text, ",maxcpus=%llu", max);
	if (cpu->sockets.set || cpu->cores.set || cpu->threads.set) {
		strbuf_printf(&text, ",sockets=%llu", (unsigned long long)(cpu->sockets.set ? cpu->sockets.value : 1));
		if (cpu->dies.set)
			strbuf_printf(&text, ",dies=%llu", (unsigned long long)cpu->dies.value);
		strbuf_printf(&text, ",cores=%llu,threads=%llu",
			      (unsigned long long)(cpu->cores.set ? cpu->cores.value : 1),
			      (unsigned long long)(cpu->threads.set ? cpu->threads.value : 1));
	} else {
		strbuf_printf(&text, ",sockets=%llu,cores=1,threads=1", max);
	}
	build_arg(b, "-smp", text.data);
	return true;
}

bool build_machine(struct builder *b)
{
	_cleanup_free_ char *name = b->domain->name ? build_escape(b->domain->name) : NULL;

	if (!name || !b->domain->uuid)
		return build_invalid(b, NULL, "the machine has no name or UUID yet");
	build_argf(b, "-name", "guest=%s,debug-threads=on", name);
	build_arg(b, "-S", NULL);
	if (!build_firmware(b))
		return false;
	build_machine_option(b);
	build_arg(b, "-accel", b->resources->kvm ? "kvm" : "tcg");
	if (!build_cpu(b))
		return false;
	if (is_secure(b))
		build_arg(b, "-global", "driver=cfi.pflash01,property=secure,value=on");
	if (!build_memory(b) || !build_smp(b))
		return false;
	build_arg(b, "-uuid", b->domain->uuid);
	return true;
}

bool build_monitor(struct builder *b)
{
	/* Without this QEMU picks a window or a TCP port of its own. */
	build_arg(b, "-display", "none");
	build_arg(b, "-no-user-config", NULL);
	build_arg(b, "-nodefaults", NULL);
	if (b->resources->qmp_fd >= 0) {
		build_argf(b, "-chardev", "socket,id=charmonitor,fd=%d,server=on,wait=off", b->resources->qmp_fd);
	} else {
		_cleanup_free_ char *directory = build_escape(b->resources->run_directory);

		build_argf(b, "-chardev", "socket,id=charmonitor,path=%s/qmp,server=on,wait=off", directory);
	}
	build_arg(b, "-mon", "chardev=charmonitor,id=monitor,mode=control");
	return true;
}

/* "2026-03-01T14:05:09", as -rtc base= takes it. */
static char *rtc_date(int64_t seconds)
{
	time_t when = (time_t)seconds;
	struct tm parts;
	char text[32] = "";

	if (gmtime_r(&when, &parts))
		strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
	return xstrdup(text);
}

static char *rtc_base(struct builder *b)
{
	const struct domain_clock *clock = &b->domain->clock;
	int64_t number = 0;

	switch (clock->offset) {
	case CLOCK_ABSENT:
	case CLOCK_UTC:
		return xstrdup("utc");
	case CLOCK_LOCALTIME:
		return xstrdup("localtime");
	case CLOCK_VARIABLE:
		if (clock->adjustment && !text_to_int(clock->adjustment, &number) &&
		    strcmp(clock->adjustment, "reset") != 0) {
			build_invalid(b, NULL, "clock adjustment '%s' is not a number of seconds", clock->adjustment);
			return NULL;
		}
		return number == 0 ? xstrdup("utc") : rtc_date(b->resources->wall_s + number);
	case CLOCK_ABSOLUTE:
		if (!clock->start || !text_to_int(clock->start, &number)) {
			build_invalid(b, NULL, "clock start '%s' is not a number of seconds",
				      clock->start ? clock->start : "");
			return NULL;
		}
		return rtc_date(number);
	case CLOCK_TIMEZONE:
	case CLOCK_COUNT:
		break;
	}
	build_unsupported(b, "use <clock offset='utc'/> or 'localtime'", "clock offset '%s' is not supported yet",
			  enum_word(&clock_offset_words, (int)clock->offset));
	return NULL;
}

bool build_clock(struct builder *b)
{
	const struct domain_clock *clock = &b->domain->clock;
	_cleanup_free_ char *base = rtc_base(b);
	bool slew = false;

	if (!base)
		return false;
	for (size_t i = 0; i < clock->timer_count; i++)
		slew |= text_equal(clock->timers[i].name, "rtc") && clock->timers[i].tickpolicy == TICK_CATCHUP;
	build_argf(b, "-rtc", "base=%s%s", base, slew ? ",driftfix=slew" : "");
	/* The interval timer that loses ticks is KVM's own; TCG's has no such setting. */
	for (size_t i = 0; i < clock->timer_count && b->resources->kvm; i++) {
		const struct clock_timer *timer = &clock->timers[i];

		if (text_equal(timer->name, "pit") &&
		    (timer->tickpolicy == TICK_DELAY || timer->tickpolicy == TICK_DISCARD))
			build_argf(b, "-global", "kvm-pit.lost_tick_policy=%s",
				   timer->tickpolicy == TICK_DELAY ? "delay" : "discard");
	}
	return true;
}

/* What QEMU does by itself, so that a guest's poweroff ends it even while no keeper lives. The keeper does the rest. */
bool build_lifecycle(struct builder *b)
{
	const struct domain *domain = b->domain;
	bool keep_crashed = domain->on_crash == LIFECYCLE_PRESERVE || domain->on_crash == LIFECYCLE_COREDUMP_DESTROY ||
			    domain->on_crash == LIFECYCLE_COREDUMP_RESTART;

	if (domain->on_reboot == LIFECYCLE_PRESERVE)
		return build_unsupported(b, "use restart or destroy", "on_reboot 'preserve' is not supported");
	build_argf(b, "-action", "reboot=%s,shutdown=%s,panic=%s",
		   domain->on_reboot == LIFECYCLE_DESTROY ? "shutdown" : "reset",
		   domain->on_poweroff == LIFECYCLE_PRESERVE ? "pause" : "poweroff",
		   keep_crashed ? "pause" : "shutdown");
	return true;
}

bool build_boot(struct builder *b)
{
	const struct domain_os *os = &b->domain->os;
	_cleanup_strbuf_ struct strbuf text = STRBUF_INIT;

	if (os->bootmenu != TRI_ABSENT)
		strbuf_printf(&text, "menu=%s,", on_off(os->bootmenu));
	if (os->bootmenu == TRI_YES && os->bootmenu_timeout_ms.set)
		strbuf_printf(&text, "splash-time=%llu,", (unsigned long long)os->bootmenu_timeout_ms.value);
	strbuf_puts(&text, "strict=on");
	build_arg(b, "-boot", text.data);
	if (os->kernel) {
		build_arg(b, "-kernel", os->kernel);
		build_file(b, os->kernel, true, false);
	}
	if (os->initrd) {
		build_arg(b, "-initrd", os->initrd);
		build_file(b, os->initrd, true, false);
	}
	if (os->cmdline)
		build_arg(b, "-append", os->cmdline);
	if (os->dtb) {
		build_arg(b, "-dtb", os->dtb);
		build_file(b, os->dtb, true, false);
	}
	return true;
}
