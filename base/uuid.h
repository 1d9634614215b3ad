/* SPDX-License-Identifier: GPL-2.0-or-later */
/* UUIDs and MAC addresses: made at random, parsed leniently, printed one way. */
#ifndef BASE_UUID_H
#define BASE_UUID_H

#include <stdbool.h>

#define UUID_TEXT_SIZE 37 /* 36 characters and NUL */
#define MAC_TEXT_SIZE 18

void uuid_make(char ret[UUID_TEXT_SIZE]);
/* 32 hexadecimal digits, dashes and blanks anywhere between them as libvirt allows; lower-case canonical form out. */
bool uuid_parse(const char *text, char ret[UUID_TEXT_SIZE]);
/* A random address under 52:54:00. */
void mac_make(char ret[MAC_TEXT_SIZE]);
/* Six hexadecimal pairs with ':'; canonical lower case out. Multicast addresses are refused. */
bool mac_parse(const char *text, char ret[MAC_TEXT_SIZE]);

#endif
