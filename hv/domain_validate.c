/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Step 3: is the whole sound? What no single row of the tables can tell. */
#include "hv/domain_validate.h"

#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "base/xml.h"
#include "hv/arch.h"
#include "hv/domain_settle.h"

#include <inttypes.h>
#include <string.h>

/* The child of that name, or the element itself: where a message about the child points. */
static const xmlNode *at(const xmlNode *node, const char *name)
{
	const xmlNode *child = xml_child(node, name);

	return child != NULL ? child : node;
}

static bool validate_names(const struct check *check)
{
	const struct domain *domain = check->domain;
	_cleanup_error_ struct error reason = ERROR_INIT;

	if (!name_check("name", domain->name, &reason))
		return check_fail(check, at(domain->node, "name"), "%s", error_text(&reason));
	if (domain->title != NULL && strpbrk(domain->title, "\r\n") != NULL)
		return check_fail(check, at(domain->node, "title"), "a title is one line");
	return true;
}

static bool validate_sizes(const struct check *check)
{
	const struct domain *domain = check->domain;

	if (domain->vcpu.set && domain->vcpu_current.set && domain->vcpu_current.value > domain->vcpu.value)
		return check_fail(check, at(domain->node, "vcpu"),
				  "current='%" PRIu64 "' is more than its %" PRIu64 " processors",
				  domain->vcpu_current.value, domain->vcpu.value);
	return true;
}

static uint64_t or_one(const struct opt_uint *number)
{
	return number->set ? number->value : 1;
}

static bool validate_topology(const struct check *check)
{
	const struct domain_cpu *cpu = &check->domain->cpu;

	if (cpu->node == NULL || !(cpu->sockets.set || cpu->cores.set || cpu->threads.set || cpu->dies.set))
		return true;
	uint64_t total = or_one(&cpu->sockets) * or_one(&cpu->dies) * or_one(&cpu->cores) * or_one(&cpu->threads);
	uint64_t vcpus = or_one(&check->domain->vcpu);

	if (total != vcpus)
		return check_fail(check, at(cpu->node, "topology"),
				  "sockets, dies, cores and threads make %" PRIu64 " processors, <vcpu> says %" PRIu64,
				  total, vcpus);
	return true;
}

/* libvirt's rule: the order is told by <os> or by the devices. */
static bool validate_boot(const struct check *check)
{
	const struct domain *domain = check->domain;
	const struct device *device = NULL;

	for (size_t i = 0; i < domain->disk_count && device == NULL; i++)
		if (domain->disks[i].device.boot_order.set)
			device = &domain->disks[i].device;
	for (size_t i = 0; i < domain->interface_count && device == NULL; i++)
		if (domain->interfaces[i].device.boot_order.set)
			device = &domain->interfaces[i].device;
	if (device == NULL || domain->os.boot_count == 0)
		return true;
	return check_fail(check, at(device->node, "boot"),
			  "<boot order=> of a device and <boot dev=> in <os> cannot be used together");
}

/* libvirt's rule on a PC: its UEFI needs ACPI, which a document without <acpi/> switches off. */
static bool validate_firmware(const struct check *check)
{
	const struct domain *domain = check->domain;
	bool efi = domain->os.firmware == FIRMWARE_EFI || domain->os.loader_type == LOADER_PFLASH;

	if (efi && domain->features.acpi != TRI_YES && domain_chipset(domain) != CHIPSET_OTHER)
		return check_fail(check, domain->os.node, "UEFI needs <acpi/> in <features>");
	return true;
}

/* A word that names no machine at all is a slip of the pen, and would else be found at the start. */
static bool validate_arch(const struct check *check)
{
	_cleanup_strv_ char **words = strv_split(arch_words, " ");
	const struct domain_os *os = &check->domain->os;

	if (os->arch == NULL || strv_contains(words, os->arch))
		return true;
	_cleanup_free_ char *list = strv_join(words, ", ");

	return check_fail(check, at(os->node, "type"), "arch '%s' is unknown; allowed: %s", os->arch, list);
}

bool domain_validate(const struct domain *domain, const char *source, struct error *err)
{
	struct check check = { domain, source, err };

	return validate_names(&check) && validate_arch(&check) && validate_sizes(&check) && validate_topology(&check) && validate_boot(&check) &&
	       validate_firmware(&check) && validate_disks(&check) && validate_devices(&check) &&
	       validate_addresses(&check) && validate_claims(&check);
}
