/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Dead keys: what each makes of the letter after it. */
#include "base/memory.h"
#include "base/text.h"
#include "hv/keymap_internal.h"

#include <string.h>

/* pairs: a letter and what it becomes, the letter's blank being the accent alone where systems agree on it. */
static const struct dead_row {
	const char *name;
	uint32_t keysym;
	const char *pairs;
} rows[DEAD_COUNT] = {
	[DEAD_GRAVE] = { "dead_grave", 0xfe50, " `aàeèiìoòuùAÀEÈIÌOÒUÙnǹNǸwẁWẀyỳYỲ" },
	[DEAD_ACUTE] = { "dead_acute", 0xfe51,
			 "aáeéiíoóuúyýAÁEÉIÍOÓUÚYÝcćCĆlĺLĹnńNŃrŕRŔsśSŚzźZŹgǵGǴwẃWẂαάεέηήιίοόυύωώΑΆΕΈΗΉΙΊΟΌΥΎΩΏ" },
	[DEAD_CIRCUMFLEX] = { "dead_circumflex", 0xfe52, " ^aâeêiîoôuûAÂEÊIÎOÔUÛcĉCĈgĝGĜhĥHĤjĵJĴsŝSŜwŵWŴyŷYŶzẑZẐ" },
	[DEAD_TILDE] = { "dead_tilde", 0xfe53, " ~aãnñoõAÃNÑOÕiĩIĨuũUŨeẽEẼyỹYỸ" },
	[DEAD_DIAERESIS] = { "dead_diaeresis", 0xfe57, "aäeëiïoöuüyÿAÄEËIÏOÖUÜYŸ" },
	[DEAD_RING] = { "dead_abovering", 0xfe58, "aåAÅuůUŮ" },
	[DEAD_CEDILLA] = { "dead_cedilla", 0xfe5b, "cçCÇgģGĢkķKĶlļLĻnņNŅrŗRŖsşSŞtţTŢ" },
	[DEAD_CARON] = { "dead_caron", 0xfe5a, "cčCČdďDĎeěEĚlľLĽnňNŇrřRŘsšSŠtťTŤzžZŽgǧGǦaǎAǍoǒOǑuǔUǓ" },
	[DEAD_MACRON] = { "dead_macron", 0xfe54, "aāAĀeēEĒiīIĪoōOŌuūUŪ" },
	[DEAD_BREVE] = { "dead_breve", 0xfe55, "aăAĂgğGĞuŭUŬeĕEĔiĭIĬoŏOŎ" },
	[DEAD_DOT_ABOVE] = { "dead_abovedot", 0xfe56, "zżZŻeėEĖgġGĠcċCĊIİ" },
	[DEAD_DOT_BELOW] = { "dead_belowdot", 0xfe60, "aạAẠeẹEẸiịIỊoọOỌuụUỤyỵYỴ" },
	[DEAD_OGONEK] = { "dead_ogonek", 0xfe5c, "aąAĄeęEĘiįIĮuųUŲ" },
	[DEAD_DOUBLE_ACUTE] = { "dead_doubleacute", 0xfe59, "oőOŐuűUŰ" },
	[DEAD_STROKE] = { "dead_stroke", 0xfe63, "oøOØlłLŁdđDĐhħHĦtŧTŦ" },
	[DEAD_HORN] = { "dead_horn", 0xfe62, "oơOƠuưUƯ" },
	[DEAD_HOOK] = { "dead_hook", 0xfe61, "aảAẢeẻEẺiỉIỈoỏOỎuủUỦyỷYỶ" },
};

bool dead_key_from_name(const char *name, enum dead_key *ret, uint32_t *ret_keysym)
{
	for (size_t i = 0; i < DEAD_COUNT; i++)
		if (text_equal(rows[i].name, name)) {
			*ret = (enum dead_key)i;
			*ret_keysym = rows[i].keysym;
			return true;
		}
	return false;
}

bool dead_key_compose(uint32_t character, size_t n, enum dead_key *ret, uint32_t *ret_base)
{
	for (size_t i = 0; i < DEAD_COUNT; i++)
		for (const char *p = rows[i].pairs; *p;) {
			uint32_t base = utf8_next(&p), composed = utf8_next(&p);

			if (composed != character || n-- > 0)
				continue;
			*ret = (enum dead_key)i;
			*ret_base = base;
			return true;
		}
	return false;
}
