/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The facts of a machine as rows. */
#include "core/describe.h"

#include "base/json.h"
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "core/describe_internal.h"
#include "core/manager_internal.h"
#include "hv/domain_schema.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

void description_clear(struct description *description)
{
	for (size_t i = 0; i < description->count; i++) {
		struct describe_row *row = &description->rows[i];

		free(row->label);
		free(row->value);
		free(row->source);
		free(row->address);
		free(row->key);
		strv_free(row->details);
	}
	free(description->rows);
	free(description->notes);
	*description = (struct description){ 0 };
}

void describe_fact(struct description *description, enum describe_group group, const char *label, char *value)
{
	if (value == NULL)
		return;
	*ARRAY_ADD(description->rows, description->count) =
		(struct describe_row){ .group = group, .label = xstrdup(label), .value = value };
}

/* A fact under the schema's own label. */
static void schema_fact(struct description *description, const struct schema *schema, const void *object, const char *path)
{
	const struct schema_row *row = schema_find(schema, object, path);

	if (row != NULL && row->label != NULL)
		describe_fact(description, DESCRIBE_MACHINE, row->label, schema_get(schema, object, path));
}

static char *memory_text(const struct domain *domain)
{
	_cleanup_free_ char *most = size_format(domain->memory_kib * 1024);

	if (!domain->current_memory_kib.set || domain->current_memory_kib.value == domain->memory_kib)
		return TAKE_POINTER(most);
	_cleanup_free_ char *current = size_format(domain->current_memory_kib.value * 1024);

	return strf("%s, the balloon leaves %s", most, current);
}

static char *vcpu_text(const struct domain *domain)
{
	const struct domain_cpu *cpu = &domain->cpu;
	uint64_t count = domain->vcpu.set ? domain->vcpu.value : 1;
	_cleanup_free_ char *boot = domain->vcpu_current.set && domain->vcpu_current.value != count
					    ? strf(", %" PRIu64 " at boot", domain->vcpu_current.value)
					    : xstrdup("");
	_cleanup_free_ char *shape = cpu->sockets.set && cpu->cores.set && cpu->threads.set
					     ? strf(" (%" PRIu64 " sockets, %" PRIu64 " cores, %" PRIu64 " threads)", cpu->sockets.value,
						    cpu->cores.value, cpu->threads.value)
					     : xstrdup("");

	return strf("%" PRIu64 "%s%s", count, boot, shape);
}

/* "host-model", "custom EPYC, -svm, +pcid". NULL: the engine's own choice. */
static char *cpu_text(const struct domain_cpu *cpu)
{
	char **words = NULL;
	const char *mode = enum_word(&cpu_mode_words, (int)cpu->mode);

	if (mode == NULL && cpu->model == NULL)
		return NULL;
	if (mode != NULL && cpu->model != NULL)
		words = strv_addf(words, "%s %s", mode, cpu->model);
	else
		words = strv_add(words, mode != NULL ? mode : cpu->model);
	for (size_t i = 0; i < cpu->feature_count; i++) {
		bool without = cpu->features[i].policy == CPU_DISABLE || cpu->features[i].policy == CPU_FORBID;

		words = strv_addf(words, "%c%s", without ? '-' : '+', cpu->features[i].name != NULL ? cpu->features[i].name : "?");
	}
	char *text = strv_join(words, ", ");

	strv_free(words);
	return text;
}

static char *firmware_text(const struct domain_os *os)
{
	if (os->loader != NULL)
		return strf("%s (%s)", os->loader_type == LOADER_PFLASH || os->firmware == FIRMWARE_EFI ? "UEFI" : "BIOS", os->loader);
	if (os->firmware == FIRMWARE_EFI)
		return xstrdup("UEFI, chosen from QEMU's firmware descriptors");
	return xstrdup(os->kernel != NULL ? "none needed: the kernel is booted directly" : "BIOS");
}

/* Devices with an order of their own, or kinds of device. */
static char *boot_text(const struct domain_os *os)
{
	_cleanup_strv_ char **words = NULL;

	for (size_t i = 0; i < os->boot_count; i++)
		words = strv_add(words, enum_word(&boot_dev_words, (int)os->boot[i]));
	return words != NULL ? strv_join(words, ", ") : NULL;
}

static char *type_text(const struct domain *domain)
{
	if (domain->type == DOMAIN_KVM)
		return xstrdup("kvm: the host's processor runs the guest");
	if (domain->type == DOMAIN_QEMU)
		return xstrdup("qemu: in software (TCG)");
	return NULL;
}

static char *machine_text(const struct domain_os *os)
{
	if (os->machine == NULL)
		return xstrdup_null(os->arch);
	return os->arch != NULL ? strf("%s (%s)", os->machine, os->arch) : xstrdup(os->machine);
}

static const char *action_word(enum lifecycle_action action, enum lifecycle_action otherwise)
{
	return enum_word(&lifecycle_action_words, (int)(action != LIFECYCLE_ABSENT ? action : otherwise));
}

/* ACPI, SMM, ...: those that the document switches on. */
static char *features_text(const struct domain_features *features)
{
	_cleanup_strv_ char **words = NULL;

	for (size_t i = 0; i < features_schema.count; i++) {
		const struct schema_row *row = &features_schema.rows[i];
		_cleanup_free_ char *value = row->kind == SCHEMA_SWITCH && row->label != NULL
						     ? schema_get(&features_schema, features, row->path)
						     : NULL;

		if (value != NULL && strcmp(value, "off") != 0)
			words = strv_add(words, row->label);
	}
	return words != NULL ? strv_join(words, ", ") : NULL;
}

void describe_document(const struct domain *domain, struct description *ret)
{
	const struct domain_os *os = &domain->os;

	ret->notes = xstrdup_null(domain->description);
	describe_fact(ret, DESCRIBE_MACHINE, "Processors", vcpu_text(domain));
	describe_fact(ret, DESCRIBE_MACHINE, "CPU", cpu_text(&domain->cpu));
	describe_fact(ret, DESCRIBE_MACHINE, "Memory", memory_text(domain));
	describe_fact(ret, DESCRIBE_MACHINE, "Machine type", machine_text(os));
	describe_fact(ret, DESCRIBE_MACHINE, "Type", type_text(domain));
	describe_fact(ret, DESCRIBE_MACHINE, "Firmware", firmware_text(os));
	schema_fact(ret, &os_schema, os, "nvram");
	describe_fact(ret, DESCRIBE_MACHINE, "Boots from", boot_text(os));
	schema_fact(ret, &os_schema, os, "kernel");
	schema_fact(ret, &os_schema, os, "initrd");
	schema_fact(ret, &os_schema, os, "cmdline");
	describe_fact(ret, DESCRIBE_MACHINE, "Features", features_text(&domain->features));
	schema_fact(ret, &clock_schema, &domain->clock, "@offset");
	describe_fact(ret, DESCRIBE_MACHINE, "When it ends",
		      strf("power off: %s, reboot: %s, crash: %s", action_word(domain->on_poweroff, LIFECYCLE_DESTROY),
			   action_word(domain->on_reboot, LIFECYCLE_RESTART), action_word(domain->on_crash, LIFECYCLE_DESTROY)));
	schema_fact(ret, &domain_schema, domain, "devices/emulator");
	describe_devices(domain, ret);
}

/* What only this run knows: the accelerator, where its screen is. */
static void describe_run(const struct run *run, struct description *ret)
{
	_cleanup_json_ struct json_object *detail = run->detail ? json_parse("run", run->detail, strlen(run->detail), NULL) : NULL;
	const char *accel = json_get_string(detail, "accel", NULL);
	const char *vnc = json_get_string(detail, "vnc", NULL);

	if (accel != NULL)
		describe_fact(ret, DESCRIBE_RUN, "Accelerator",
			      xstrdup(strcmp(accel, "kvm") == 0 ? "KVM" : strcmp(accel, "tcg") == 0 ? "TCG (in software)" : accel));
	if (vnc != NULL)
		describe_fact(ret, DESCRIBE_RUN, "VNC", xstrdup(vnc));
	if (run->qemu.pid > 0)
		describe_fact(ret, DESCRIBE_RUN, "QEMU", strf("process %d", (int)run->qemu.pid));
	if (run->holder.pid > 0)
		describe_fact(ret, DESCRIBE_RUN, "Keeper",
			      strf("process %d%s", (int)run->holder.pid, process_alive(&run->holder) ? "" : " (gone: the next command starts another)"));
}

bool domain_describe(struct manager *manager, const struct machine *machine, bool live, struct description *ret, struct error *err)
{
	_cleanup_free_ char *text = NULL;
	_cleanup_domain_ struct domain *domain = NULL;

	*ret = (struct description){ 0 };
	live = live && machine_is_active(machine);
	/* by way of the text: it has what only the run knows, as pseudo-terminals and ports */
	if (domain_xml(manager, machine, live ? 0 : XML_INACTIVE, &text, err))
		domain = domain_parse(machine->name, text, strlen(text), err);
	if (domain == NULL)
		return false;
	describe_document(domain, ret);
	if (live)
		describe_run(&machine->run, ret);
	return true;
}
