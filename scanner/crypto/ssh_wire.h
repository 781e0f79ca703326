/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SSH_WIRE_H
#define SSH_WIRE_H
/* ssh_wire.h - the data types of the SSH protocol (RFC 4251, section 5) and the base64 its files wear. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pal_buf.h"

struct ssh_bytes { /* borrowed from what is read */
  const uint8_t *at;
  size_t len;
};

/* Reads from the front; after what is not there everything reads as empty and `bad` stays. */
struct ssh_reader {
  struct ssh_bytes left;
  bool bad;
};

uint32_t ssh_get_u32(struct ssh_reader *reader);
struct ssh_bytes ssh_get_string(struct ssh_reader *reader);
/* A number above zero, without the leading zero of its sign; bad when it is negative, zero or padded. */
struct ssh_bytes ssh_get_mpint(struct ssh_reader *reader);
/* Whether these bytes are next, which are passed then. */
bool ssh_get_magic(struct ssh_reader *reader, const void *magic, size_t len);
/* Everything was read, and all of it was there. */
bool ssh_at_end(const struct ssh_reader *reader);
bool ssh_is(struct ssh_bytes bytes, const char *text);
bool ssh_same(struct ssh_bytes a, struct ssh_bytes b);

void ssh_put_u32(struct pal_buf *out, uint32_t value);
void ssh_put_string(struct pal_buf *out, const void *bytes, size_t len);
void ssh_put_text(struct pal_buf *out, const char *text);
void ssh_put_mpint(struct pal_buf *out, const uint8_t *bytes, size_t len); /* of a number, its most significant first */

/* Standard alphabet, padded. */
void ssh_base64_encode(struct pal_buf *out, const void *bytes, size_t len);
/* Strict but for line ends, which are skipped. out holds len / 4 * 3 bytes. */
bool ssh_base64_decode(const char *text, size_t len, uint8_t *out, size_t *ret_len);

#endif
