/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines for ssh: by the address that a guest has, else by a port of this host that leads to its own. */
#include "tui/ssh_line.h"

#include "base/gettext.h"
#include "base/memory.h"
#include "core/forward.h"
#include "hv/domain.h"
#include "tui/model.h"
#include "tui/terminal.h"

#include <stdlib.h>
#include <string.h>

/* Why nobody gets there yet: by what its cards stand on. Owned. */
static char *lack(struct ui *ui, const struct machine *machine)
{
	_cleanup_domain_ struct domain *domain = domain_load(ui->manager, machine, true, NULL);
	size_t user = 0, direct = 0;

	if (!machine_is_active(machine))
		return strf(_("%s is off: it has no address"), machine->name);
	if (domain == NULL || domain->interface_count == 0)
		return strf(_("%s has no network card"), machine->name);
	for (size_t i = 0; i < domain->interface_count; i++) {
		user += domain->interfaces[i].type == INTERFACE_USER;
		direct += domain->interfaces[i].type == INTERFACE_DIRECT;
	}
	if (user == domain->interface_count)
		return strf(_("nobody reaches it yet: 'virtty forward %s add tcp 2222:22' lets them"), machine->name);
	if (direct > 0)
		return strf(_("%s: this host does not see its address (macvtap): its own network knows"), machine->name);
	return strf(_("%s: no address is known yet; a guest asks for one while it boots"), machine->name);
}

#define SSH_PORT 22

/* Does it lead to the guest's ssh? By which port of the host then. */
static bool leads_to_ssh(const struct forward *forward, unsigned *ret_port)
{
	if (strcmp(forward->proto, "tcp") != 0 || SSH_PORT < forward->guest_port || SSH_PORT - forward->guest_port >= forward->count)
		return false;
	*ret_port = forward->host_port + (SSH_PORT - forward->guest_port);
	return true;
}

/* By which name the address of the host is reached on it. */
static const char *reachable(const char *address)
{
	return address == NULL || strcmp(address, "0.0.0.0") == 0 || strcmp(address, "::") == 0 ? "localhost" : address;
}

/* By a port of this host. Owned; NULL: none leads there. */
static char *forwarded_line(struct ui *ui, const struct machine *machine)
{
	struct forward_row *rows = NULL;
	size_t count = 0;
	char *line = NULL;
	unsigned port;

	if (!machine_is_active(machine) || !domain_forwards(ui->manager, machine, true, &rows, &count, NULL))
		return NULL;
	for (size_t i = 0; i < count && line == NULL; i++)
		if (leads_to_ssh(&rows[i].forward, &port))
			line = strf("ssh -p %u %s", port, reachable(rows[i].forward.address));
	forward_rows_free(rows, count);
	return line;
}

/* Owned; NULL: there is no way in. */
static char *ssh_line(struct ui *ui, const struct machine *machine)
{
	size_t at = model_find(ui->model, machine->id);
	char address[ADDRESS_TEXT_SIZE];

	if (at == ui->model->count || ui->model->figures[at].address.family == 0)
		return forwarded_line(ui, machine);
	address_format(&ui->model->figures[at].address, address);
	return strf("ssh %s", address);
}

void ssh_line_copy(struct ui *ui, const struct machine *machine)
{
	_cleanup_free_ char *line = ssh_line(ui, machine);

	if (line == NULL) {
		_cleanup_free_ char *why = lack(ui, machine);

		ui_status(ui, STYLE_ERROR, "%s", why);
	} else if (terminal_copy(ui->term, line, strlen(line))) {
		ui_status(ui, STYLE_STATUS, _("copied: %s"), line);
	} else {
		ui_status(ui, STYLE_STATUS, _("this terminal has no clipboard: %s"), line);
	}
}
