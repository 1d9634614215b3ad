/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The manual page, written from the command table. */
#include "config.h"

#include "base/memory.h"
#include "base/strv.h"
#include "cli/help.h"

#include <string.h>

/* Text as roff takes it: no line begins a request, dashes and backslashes are themselves. */
static void roff(FILE *stream, const char *text)
{
	if (*text == '.' || *text == '\'')
		fputs("\\&", stream);
	for (const char *c = text; *c; c++) {
		if (*c == '\\')
			fputs("\\e", stream);
		else if (*c == '-')
			fputs("\\-", stream);
		else if (*c == '\'')
			fputs("\\(aq", stream);
		else if (*c == '^')
			fputs("\\(ha", stream);
		else
			fputc(*c, stream);
		if (*c == '\n' && (c[1] == '.' || c[1] == '\''))
			fputs("\\&", stream);
	}
}

static void roff_line(FILE *stream, const char *text)
{
	roff(stream, text);
	fputc('\n', stream);
}

/* Without gettext: the page is English, whatever the locale of the build. */
static void man_option(FILE *stream, const struct option *option)
{
	_cleanup_strv_ char **aliases = strv_split(option->aliases ? option->aliases : "", " ");

	fputs(".TP\n", stream);
	if (option->letter)
		fprintf(stream, "\\fB\\-%c\\fR, ", option->letter);
	fputs("\\fB\\-\\-", stream);
	roff(stream, option->name);
	fputs("\\fR", stream);
	for (size_t i = 0; aliases && aliases[i]; i++) {
		fputs(", \\fB\\-\\-", stream);
		roff(stream, aliases[i]);
		fputs("\\fR", stream);
	}
	if (option->kind != OPTION_FLAG)
		fprintf(stream, option_stands_alone(option) ? " [\\fI%s\\fR]" : " \\fI%s\\fR", option->value);
	fputc('\n', stream);
	roff_line(stream, option->help);
}

static void man_synopsis(FILE *stream, const struct command *command)
{
	fputs(".SS \"", stream);
	roff(stream, command->name);
	for (const struct option *o = command->options; o && o->name; o++) {
		if (!(o->traits & TRAIT_POSITIONAL))
			continue;
		fprintf(stream, (o->traits & TRAIT_REQUIRED) ? " %s%s" : " [%s%s]", o->value,
			o->kind == OPTION_LIST ? "..." : "");
	}
	fputs("\"\n", stream);
}

static void man_command(FILE *stream, const struct command *command)
{
	man_synopsis(stream, command);
	fputs("(", stream);
	roff(stream, command->summary);
	fputs(".)\n", stream);
	roff_line(stream, command->description);
	for (const struct option *o = command->options; o && o->name; o++)
		man_option(stream, o);
}

/* What is not in the table, a part a row: heading and roff text. */
static const char *const sections[][2] = {
	{ "EXIT STATUS", "0: done. 1: failed; the reason is on standard error, after \\(lqerror:\\(rq, with a way out "
			 "after \\(lqhint:\\(rq. 2: wrong usage.\n" },
	{ "ENVIRONMENT",
	  ".TP\n\\fBVIRTTY_HOME\\fR\nA directory to keep everything in, instead of the places below.\n"
	  ".TP\n\\fBVIRTTY_KVM\\fR\nno: KVM is not used, though it is there. yes: it is tried, though the CPU shows neither vmx nor svm.\n"
	  ".TP\n\\fBVIRTTY_LIBEXEC\\fR\nWhere virtty\\(aqs other programs are, when not where they were installed.\n"
	  ".TP\n\\fBVISUAL\\fR, \\fBEDITOR\\fR\nThe editor of edit, desc and metadata.\n"
	  ".TP\n\\fBNO_COLOR\\fR\nSet: the full\\-screen program uses no colour.\n" },
	{ "FILES", ".TP\n\\fI/var/lib/virtty/state.db\\fR\nThe machines of root: definitions, states, history. Images "
		   "are beside it.\n"
		   ".TP\n\\fI$XDG_STATE_HOME/virtty/state.db\\fR\nThose of another user; images are in "
		   "\\fI$XDG_DATA_HOME/virtty/images\\fR.\n"
		   ".TP\n\\fI/run/virtty\\fR, \\fI/var/log/virtty\\fR\nSockets of what runs; logs of consoles and of QEMU. A user\\(aqs are "
		   "\\fIrun\\fR and \\fIlog\\fR beside the state.\n"
		   ".TP\n\\fI/etc/virtty/virtty.conf\\fR, \\fI~/.config/virtty/virtty.conf\\fR\nColours and keys of the full\\-screen "
		   "program, and where ISOs are looked for.\n" },
	{ "EXAMPLES", "A machine from an ISO, on its serial console:\n.PP\n.nf\n    virtty install \\-\\-name web1 "
		      "\\-\\-cdrom debian.iso \\-\\-disk size=20\n.fi\n"
		      ".PP\nMachines that libvirt knows, brought along:\n.PP\n.nf\n"
		      "    for m in $(virsh list \\-\\-all \\-\\-name); do virsh dumpxml \\-\\-inactive $m > $m.xml; "
		      "done\n    virtty define *.xml\n.fi\n"
		      ".PP\nWhat happened to a machine, and why:\n.PP\n.nf\n    virtty event web1\n.fi\n" },
	{ "SEE ALSO", "\\fBvirsh\\fR(1), \\fBvirt\\-install\\fR(1), \\fBqemu\\fR(1)\n" },
};

void manual_page(FILE *stream)
{
	fprintf(stream, ".\\\" Written by 'virtty internal man' from the command table.\n");
	fprintf(stream, ".TH VIRTTY 1 \"\" \"virtty %s\" \"User Commands\"\n", PACKAGE_VERSION);
	fputs(".SH NAME\nvirtty \\- virtual machines in the terminal\n", stream);
	fputs(".SH SYNOPSIS\n\\fBvirtty\\fR [\\fB\\-q\\fR] \\fICOMMAND\\fR [\\fIOPTIONS\\fR...]\n.br\n\\fBvirtty\\fR\n",
	      stream);
	fputs(".SH DESCRIPTION\nLists, creates, runs and consoles into QEMU/KVM virtual machines. It needs no daemon: "
	      "a running machine is its QEMU and one small\n"
	      "keeper process, an active network its dnsmasq and one, and closing the terminal harms none of them. Without a command, on a terminal, virtty "
	      "becomes a full\\-screen program.\n"
	      "Commands, options and output follow \\fBvirsh\\fR(1); machines are described by libvirt\\(aqs domain "
	      "XML.\n.PP\n"
	      "A machine is named by its id while it runs, by its UUID, or by its name, looked for in that order.\n"
	      "Options may stand before or after other words; \\(lq\\-\\-\\(rq ends them. Words without a name can be "
	      "given one as well: \\fB\\-\\-domain web1\\fR.\n"
	      ".TP\n\\fB\\-q\\fR, \\fB\\-\\-quiet\\fR\nPrint results only: no words about what was done, no headings, "
	      "no empty line at the end.\n"
	      ".TP\n\\fB\\-c\\fR URI, \\fB\\-\\-connect\\fR URI\nFor scripts written for virsh: qemu:///system is taken from root, "
	      "qemu:///session from a user, as the machines they have here anyway; any other is refused.\n"
	      ".TP\n\\fB\\-v\\fR, \\fB\\-\\-version\\fR\nPrint the version.\n"
	      ".TP\n\\fB\\-h\\fR, \\fB\\-\\-help\\fR\nPrint the list of commands, or after a command what it takes.\n",
	      stream);
	fputs(".SH COMMANDS\n", stream);
	for (size_t i = 0; i < command_count; i++)
		man_command(stream, commands[i]);
	for (size_t i = 0; i < ARRAY_LENGTH(sections); i++)
		fprintf(stream, ".SH %s\n%s", sections[i][0], sections[i][1]);
}
