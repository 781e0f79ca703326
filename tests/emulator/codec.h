/* SPDX-License-Identifier: Apache-2.0 */
/* codec.h - base64, digests and message authentication, by OpenSSL. */
#ifndef EMU_CODEC_H
#define EMU_CODEC_H

#include "text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { EMU_SHA256_LEN = 32 };

void emu_sha256(const void *data, size_t len, uint8_t out[EMU_SHA256_LEN]);
void emu_hmac(const uint8_t key[EMU_SHA256_LEN], const void *data, size_t len, uint8_t out[EMU_SHA256_LEN]);

/* base64url without padding, as in a JWT. */
void emu_base64url(struct emu_text *out, const void *data, size_t len);
/* With padding, as in headers. */
void emu_base64(struct emu_text *out, const void *data, size_t len);
/* Reads base64url up to len characters; false if it is none. */
bool emu_base64url_read(struct emu_text *out, const char *text, size_t len);

#endif
