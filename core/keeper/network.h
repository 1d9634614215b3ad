/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The keeper of a network: keeps one dnsmasq running, and has rules put back that somebody cleared. Between two deaths of the one and changes of the
 * host's packet filter nothing wakes it up. */
#ifndef CORE_KEEPER_NETWORK_H
#define CORE_KEEPER_NETWORK_H

#define NETWORK_OPTION "--network" /* virtty-keeper --network NAME DIRECTORY DATABASE */

/* In the network's directory. Each of the two writes its own file before it does anything else. */
#define NETWORK_CONFIG_FILE "dnsmasq.conf"
#define NETWORK_KEEPER_FILE "keeper.pid"  /* "PID START", as struct process_id */
#define NETWORK_CHILD_FILE  "dnsmasq.pid"

/* Starts dnsmasq and answers {"running": true} or {"error": {"message": ...}} on start_fd (closed), then minds it until SIGTERM. A dnsmasq that
 * runs already, of a keeper that was killed, is taken over. stdin is the network's lock,
 * which is let go once it has answered. Returns main()'s exit status. */
int network_mind(const char *name, const char *directory, const char *database, int start_fd);

#endif
