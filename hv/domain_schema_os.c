/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables of <os>, <features>, <cpu> and <clock>. */
#include "hv/domain_schema.h"

SCHEMA_CHOICES(os_types, "hvm");
SCHEMA_CHOICES(image_formats, "raw", "qcow2");
SCHEMA_CHOICES(cpu_matches, "exact", "minimum", "strict");
SCHEMA_CHOICES(cpu_checks, "none", "partial", "full");
SCHEMA_CHOICES(cpu_fallbacks, "allow", "forbid");
SCHEMA_CHOICES(switches, "on", "off");
SCHEMA_CHOICES(timers, "rtc", "pit", "hpet", "tsc", "kvmclock", "hypervclock", "platform", "armvtimer");

#define SCHEMA_TYPE struct firmware_feature
static const struct schema_row firmware_feature_rows[] = {
	ROW_WORD("@name", name, firmware_feature_name_words, "Feature", "What the firmware must have", .required = true),
	ROW_WORD("@enabled", enabled, yesno_words, "Enabled", "no: the firmware must not have it", .required = true),
};
static SCHEMA_DEFINE(firmware_feature_schema, "feature", firmware_feature_rows, node);
#undef SCHEMA_TYPE

#define SCHEMA_TYPE struct domain_os
static const struct schema_row os_rows[] = {
	ROW_WORD("@firmware", firmware, firmware_kind_words, "Firmware", "efi: UEFI, chosen from QEMU's firmware descriptors"),
	ROW_CHOICE("type", type, os_types, NULL, "hvm: a whole machine", .default_value = "hvm"),
	ROW_STRING("type/@arch", arch, "Architecture", "The guest's processor architecture"),
	ROW_STRING("type/@machine", machine, "Machine type", "QEMU's machine type or an alias of one: q35, pc"),
	ROW_LIST("firmware/feature", firmware_features, firmware_feature_count, firmware_feature_schema),
	ROW_STRING("loader", loader, "Loader", "Path of the firmware's code"),
	ROW_WORD("loader/@readonly", loader_readonly, yesno_words, NULL, "The firmware's code is not written"),
	ROW_WORD("loader/@secure", loader_secure, yesno_words, "Secure Boot", "The firmware enforces Secure Boot (needs SMM)"),
	ROW_WORD("loader/@type", loader_type, loader_type_words, NULL, "How the firmware is mapped"),
	ROW_CHOICE("loader/@format", loader_format, image_formats, NULL, "Image format of the loader"),
	ROW_STRING("nvram", nvram, "NVRAM", "Path of the machine's own UEFI variables"),
	ROW_STRING("nvram/@template", nvram_template, NULL, "What the variables are made from at first start"),
	ROW_CHOICE("nvram/@format", nvram_format, image_formats, NULL, "Image format of the variables"),
	ROW_STRING("kernel", kernel, "Kernel", "Path of a kernel to boot directly"),
	ROW_STRING("initrd", initrd, "Initial RAM disk", "Path of the initrd for the kernel"),
	ROW_RAW("cmdline", cmdline, "Kernel arguments", "Command line of the kernel"),
	ROW_STRING("dtb", dtb, NULL, "Path of a device tree"),
	{ .path = "boot/@dev", .kind = SCHEMA_WORDS, .offset = offsetof(struct domain_os, boot),
	  .count_offset = offsetof(struct domain_os, boot_count), .words = &boot_dev_words, .max = 4,
	  .label = "Boot devices", .help = "Kinds of device to boot from, in order" },
	ROW_WORD("bootmenu/@enable", bootmenu, yesno_words, "Boot menu", "Ask at boot what to boot from"),
	ROW_UINT("bootmenu/@timeout", bootmenu_timeout_ms, 0, 65535, "Boot menu time", "Milliseconds that the boot menu waits"),
};
SCHEMA_DEFINE(os_schema, "os", os_rows, node);
#undef SCHEMA_TYPE

#define SCHEMA_TYPE struct domain_features
static const struct schema_row features_rows[] = {
	ROW_SWITCH("acpi", acpi, "ACPI", "Power management and hardware description; guests shut down by it"),
	ROW_SWITCH("apic", apic, "APIC", "Advanced interrupt controller"),
	ROW_SWITCH("pae", pae, "PAE", "Physical address extension of 32 bit guests"),
	ROW_SWITCH("hyperv/relaxed", hv_relaxed, "Hyper-V relaxed timing", "No watchdog panic of a Windows guest on a loaded host"),
	ROW_SWITCH("hyperv/vapic", hv_vapic, "Hyper-V virtual APIC", "Faster interrupts for Windows guests"),
	ROW_SWITCH("hyperv/spinlocks", hv_spinlocks, "Hyper-V spinlocks", "Windows guests yield instead of spinning"),
	ROW_UINT("hyperv/spinlocks/@retries", hv_spinlock_retries, 4095, UINT32_MAX, NULL, "Spins before the guest yields"),
	ROW_SWITCH("hyperv/vpindex", hv_vpindex, NULL, "Virtual processor index"),
	ROW_SWITCH("hyperv/runtime", hv_runtime, NULL, "Processor run time figures"),
	ROW_SWITCH("hyperv/synic", hv_synic, NULL, "Synthetic interrupt controller"),
	ROW_SWITCH("hyperv/stimer", hv_stimer, NULL, "Synthetic timers"),
	ROW_SWITCH("hyperv/reset", hv_reset, NULL, "Reset by the hypervisor"),
	ROW_SWITCH("hyperv/frequencies", hv_frequencies, NULL, "Frequency registers"),
	ROW_SWITCH("kvm/hidden", kvm_hidden, "Hide KVM", "The guest does not see that it runs under KVM"),
	ROW_SWITCH("pmu", pmu, NULL, "Performance counters"),
	ROW_SWITCH("vmport", vmport, NULL, "VMware's I/O port"),
	ROW_SWITCH("smm", smm, "SMM", "System management mode; Secure Boot needs it"),
};
SCHEMA_DEFINE(features_schema, "features", features_rows, node);
#undef SCHEMA_TYPE

#define SCHEMA_TYPE struct cpu_feature
static const struct schema_row cpu_feature_rows[] = {
	ROW_WORD("@policy", policy, cpu_feature_policy_words, "Policy", "Must the processor have it?"),
	ROW_STRING("@name", name, "Feature", "A processor flag", .required = true),
};
static SCHEMA_DEFINE(cpu_feature_schema, "feature", cpu_feature_rows, node);
#undef SCHEMA_TYPE

#define SCHEMA_TYPE struct domain_cpu
static const struct schema_row cpu_rows[] = {
	ROW_WORD("@mode", mode, cpu_mode_words, "CPU mode", "host-passthrough: the host's own processor"),
	ROW_CHOICE("@match", match, cpu_matches, NULL, "How strictly the model is taken"),
	ROW_CHOICE("@check", check, cpu_checks, NULL, "What is checked before a start"),
	ROW_CHOICE("@migratable", migratable, switches, NULL, "Leave out what cannot migrate"),
	ROW_STRING("model", model, "CPU model", "Name of a processor model in mode custom"),
	ROW_CHOICE("model/@fallback", model_fallback, cpu_fallbacks, NULL, "May a lesser model be taken?"),
	ROW_UINT("topology/@sockets", sockets, 1, UINT16_MAX, "Sockets", "Processors that the guest sees"),
	ROW_UINT("topology/@dies", dies, 1, UINT16_MAX, NULL, "Dies in a socket"),
	ROW_UINT("topology/@cores", cores, 1, UINT16_MAX, "Cores", "Cores in a socket (or die)"),
	ROW_UINT("topology/@threads", threads, 1, UINT16_MAX, "Threads", "Threads in a core"),
	ROW_LIST("feature", features, feature_count, cpu_feature_schema),
};
SCHEMA_DEFINE(cpu_schema, "cpu", cpu_rows, node);
#undef SCHEMA_TYPE

#define SCHEMA_TYPE struct clock_timer
static const struct schema_row timer_rows[] = {
	ROW_CHOICE("@name", name, timers, "Timer", "A clock of the guest's", .required = true),
	ROW_WORD("@present", present, yesno_words, "Present", "Does the guest have this timer?"),
	ROW_WORD("@tickpolicy", tickpolicy, timer_tickpolicy_words, "Lost ticks", "What becomes of ticks the guest missed"),
};
static SCHEMA_DEFINE(timer_schema, "timer", timer_rows, node);
#undef SCHEMA_TYPE

#define SCHEMA_TYPE struct domain_clock
static const struct schema_row clock_rows[] = {
	ROW_WORD("@offset", offset, clock_offset_words, "Clock", "utc, or localtime as Windows wants it", .key = true,
		 .default_value = "utc"),
	ROW_STRING("@timezone", timezone, NULL, "Name of the time zone", SCHEMA_WHEN(offset, BIT(CLOCK_TIMEZONE)), .required = true),
	ROW_STRING("@adjustment", adjustment, NULL, "Seconds from the host's clock",
		   SCHEMA_WHEN(offset, BIT(CLOCK_ABSENT) | BIT(CLOCK_UTC) | BIT(CLOCK_LOCALTIME) | BIT(CLOCK_VARIABLE))),
	ROW_STRING("@start", start, NULL, "Seconds since 1970 at start", SCHEMA_WHEN(offset, BIT(CLOCK_ABSOLUTE)), .required = true),
	ROW_LIST("timer", timers, timer_count, timer_schema),
};
SCHEMA_DEFINE(clock_schema, "clock", clock_rows, node);
#undef SCHEMA_TYPE
