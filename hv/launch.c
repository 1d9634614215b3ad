/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Builds a launch out of its sections, which print their parts of it in turn. */
#include "hv/launch.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "hv/launch_build.h"

static bool check_host(struct builder *b)
{
	const struct domain *domain = b->domain;

	if (domain->type == DOMAIN_KVM && !b->resources->kvm)
		return build_unsupported(b,
					 "<domain type='qemu'> runs it without KVM, slower; 'virtty edit' changes it",
					 "the machine wants KVM, which cannot be used here");
	if (b->resources->kvm && !caps_has(b->caps, CAP_KVM))
		return build_unsupported(b, "use <domain type='qemu'>, or an emulator with KVM",
					 "'%s' was built without KVM", b->caps->binary);
	if (domain->os.arch && strcmp(domain->os.arch, b->caps->arch) != 0)
		return build_unsupported(b, "name the right emulator in <emulator>",
					 "'%s' runs %s guests, and the machine is %s", b->caps->binary, b->caps->arch,
					 domain->os.arch);
	if (domain->os.type && strcmp(domain->os.type, "hvm") != 0)
		return build_unsupported(b, "use <type>hvm</type>", "os type '%s' is not supported", domain->os.type);
	return true;
}

/* "pc-i440fx-7.2 (pc), pc-q35-7.2 (q35)": the machine types that have an alias are the newest ones. */
static char *known_machines(const struct qemu_caps *caps)
{
	_cleanup_strv_ char **names = NULL;

	for (size_t i = 0; i < caps->machine_count; i++)
		if (caps->machines[i].alias)
			names = strv_addf(names, "%s (%s)", caps->machines[i].name, caps->machines[i].alias);
	return strv_join(names, ", ");
}

static bool find_machine(struct builder *b)
{
	const char *name = b->domain->os.machine;
	_cleanup_free_ char *known = NULL, *hint = NULL;

	if (!name)
		return build_invalid(b, NULL, "the machine type is not settled");
	b->machine = caps_machine(b->caps, name);
	if (b->machine)
		return true;
	known = known_machines(b->caps);
	hint = strf("'virtty edit' changes it; known are %s and more ('%s -machine help')", known, b->caps->binary);
	return build_unsupported(b, hint, "machine type '%s' is not known to '%s'", name, b->caps->binary);
}

struct launch *launch_build(const struct domain *domain, const struct qemu_caps *caps,
			    const struct launch_resources *resources, struct error *err)
{
	/* The unmodelled last: a device of a wrong type has more to say than its attributes. */
	static bool (*const sections[])(struct builder *) = {
		check_host,	 find_machine,	   build_machine,     build_monitor, build_clock,
		build_lifecycle, build_boot,	   build_controllers, build_disks,   build_interfaces,
		build_chardevs,	 build_channels,   build_inputs,	   build_graphics,    build_videos,  build_memballoon,
		build_rngs,	 build_check_unmodelled,
	};
	struct launch *launch = xcalloc(1, sizeof *launch);
	struct builder b = { .domain = domain, .caps = caps, .resources = resources, .launch = launch, .err = err };

	launch->setup = json_object_new_array();
	launch->argv = strv_add(NULL, domain->emulator ? domain->emulator : caps->binary);
	for (size_t i = 0; i < ARRAY_LENGTH(sections); i++) {
		if (!sections[i](&b)) {
			launch_free(launch);
			return NULL;
		}
	}
	if (caps_has(caps, CAP_SANDBOX))
		build_arg(&b, "-sandbox", "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny");
	build_arg(&b, "-msg", "timestamp=on");
	return launch;
}

void launch_free(struct launch *launch)
{
	if (!launch)
		return;
	strv_free(launch->argv);
	json_object_put(launch->setup);
	for (size_t i = 0; i < launch->file_count; i++)
		free(launch->files[i].path);
	free(launch->files);
	free(launch->vnc);
	free(launch);
}

char *launch_command_line(const struct launch *launch)
{
	struct strbuf line = STRBUF_INIT;

	for (size_t i = 0; launch->argv[i]; i++) {
		if (i > 0)
			strbuf_putc(&line, ' ');
		strbuf_puts_quoted(&line, launch->argv[i]);
	}
	return strbuf_take(&line);
}
