/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Machines that show what they do on a screen alone, without a serial line, and waiting for words on it. */
#include "tests/harness/screen.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "tests/harness/home.h"
#include "tests/harness/machine.h"
#include "tests/harness/task.h"

#include <check.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>

#define INSTALLER "/usr/lib/debian-installer/images/*/amd64/text/debian-installer/amd64"

#define DOCUMENT                                                                                                       \
	"<domain type='qemu'>\n"                                                                                       \
	"  <name>%s</name>\n"                                                                                          \
	"  <memory unit='MiB'>%u</memory>\n"                                                                           \
	"  <vcpu>1</vcpu>\n"                                                                                           \
	"  <os%s><type arch='x86_64' machine='q35'>hvm</type>%s</os>\n"                                                \
	"  <features><acpi/></features>\n"                                                                             \
	"  <devices>\n"                                                                                                \
	"    %s\n"                                                                                                     \
	"    <graphics type='vnc'/>\n"                                                                                 \
	"    <video><model type='vga'/></video>\n"                                                                     \
	"    <memballoon model='none'/>\n"                                                                             \
	"  </devices>\n"                                                                                               \
	"</domain>\n"

/* The document of a machine with the demonstration's ISO. Owned; NULL: no ISO. */
static char *demo_document(const char *name, bool efi)
{
	_cleanup_free_ char *iso = guest_file("menu.iso");
	_cleanup_free_ char *disk = NULL;

	if (iso == NULL)
		return NULL;
	disk = strf("<disk type='file' device='cdrom'><driver name='qemu' type='raw'/><source file='%s'/>"
		    "<target dev='sda' bus='sata'/><readonly/></disk>",
		    iso);
	/* a menu of the firmware's: without it SeaBIOS's line is gone before QEMU's VNC server looks again */
	return strf(DOCUMENT, name, 256u, efi ? " firmware='efi'" : "",
		    "<boot dev='cdrom'/><bootmenu enable='yes' timeout='5000'/>", disk);
}

char *installer_directory(void)
{
	glob_t found = { 0 };
	char *directory = NULL;

	if (glob(INSTALLER, 0, NULL, &found) == 0)
		directory = xstrdup(found.gl_pathv[found.gl_pathc - 1]);
	else
		skip_test("no package such as debian-installer-12-netboot-amd64 is installed");
	globfree(&found);
	return directory;
}

/* nomodeset: the kernel stays in the text mode that the firmware left. */
static char *installer_document(const char *name)
{
	_cleanup_free_ char *directory = installer_directory();
	_cleanup_free_ char *boot = NULL;

	if (directory == NULL)
		return NULL;
	boot = strf(
		"<kernel>%s/linux</kernel><initrd>%s/initrd.gz</initrd><cmdline>vga=normal nomodeset quiet</cmdline>",
		directory, directory);
	return strf(DOCUMENT, name, 1024u, "", boot, "");
}

char *screen_machine(const char *home, const char *name, enum screen_guest guest)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *text = NULL;
	char *path;

	if (guest == SCREEN_EFI && !path_exists("/usr/share/OVMF/OVMF_CODE_4M.fd")) {
		skip_test("the package ovmf is not installed");
		return NULL;
	}
	if (guest == SCREEN_INSTALLER)
		text = installer_document(name);
	else
		text = demo_document(name, guest == SCREEN_EFI);
	if (text == NULL)
		return NULL;
	path = strf("%s/%s.xml", home, name);
	ck_assert_msg(file_write(path, text, strlen(text), 0600, &err), "%s", error_text(&err));
	return path;
}

char *wait_screen(const char *name, const char *pattern, int timeout_s)
{
	_cleanup_free_ char *timeout = strf("%d", timeout_s);
	_cleanup_task_ struct task task = task_virtty("screen", name, "--wait", pattern, "--timeout", timeout, NULL);
	_cleanup_outcome_ struct outcome seen = task_wait(&task, (timeout_s + 30) * 1000);

	ck_assert_msg(seen.status == 0, "'%s' did not show '%s':\n%s", name, pattern, seen.err);
	return TAKE_POINTER(seen.out);
}
