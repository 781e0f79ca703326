/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_REPLAY_H
#define NET_REPLAY_H
/* replay.h - answers out of a recording. Files are read when first needed, and
 * the least recently used are forgotten. */
#include "exchange.h"
#include "request.h"

struct net_replay; /* opaque */

enum pal_code net_replay_new(const char *dir, struct net_replay **ret, struct pal_err *err) PAL_MUST_CHECK;
void net_replay_free(struct net_replay *replay); /* takes NULL */

/* How many exchanges of its key go before this request: counted when it is
 * submitted, so that the order of answers cannot matter. */
enum pal_code net_replay_turn(struct net_replay *replay, const struct net_request *request, uint32_t *ret,
                              struct pal_err *err) PAL_MUST_CHECK;

struct net_replayed {
  const struct net_exchange *exchange;
  const struct net_exchange *const *file; /* all of its file: by key, those of one key as recorded */
  size_t file_n;
};
/* Borrowed until the next call. PAL_E_RECORDING when there is none. */
enum pal_code net_replay_answer(struct net_replay *replay, const struct net_request *request, uint32_t turn,
                                struct net_replayed *ret, struct pal_err *err) PAL_MUST_CHECK;

#endif
