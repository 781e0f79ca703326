/* SPDX-License-Identifier: Apache-2.0 */
#include "reach.h"

#include <string.h>

bool net_reach_may(const struct net_reach *reach, long long now_ms) {
  return !reach->gone && (!reach->down || (reach->flying == 0 && reach->next_ms <= now_ms));
}

void net_reach_sent(struct net_reach *reach) {
  reach->flying++;
}

static void add_silent(struct net_reach *reach, const struct pal_tenant_id *tenant) {
  for (size_t i = 0; i < reach->silent_n; i++)
    if (strcmp(reach->silent[i].s, tenant->s) == 0)
      return;
  if (reach->silent_n < NET_REACH_TENANTS)
    reach->silent[reach->silent_n++] = *tenant;
}

static enum net_news answered(struct net_reach *reach) {
  bool was_down = reach->down;
  reach->answered = true;
  reach->down = reach->gone = false;
  reach->failed = 0;
  reach->silent_n = 0;
  return was_down ? NET_BACK : NET_NO_NEWS;
}

enum net_news net_reach_ended(struct net_reach *reach, enum net_ending ending, const struct pal_tenant_id *tenant,
                              long long sent_ms, long long now_ms) {
  reach->flying--;
  if (ending == NET_ANSWERED)
    return answered(reach);
  if (ending == NET_BROKEN || reach->gone)
    return NET_NO_NEWS;
  bool was_down = reach->down;
  if (reach->failed == 0 && reach->silent_n == 0)
    reach->since_ms = sent_ms;
  if (ending == NET_SILENT)
    add_silent(reach, tenant);
  else if (reach->failed < NET_REACH_FAILED)
    reach->failed++;
  long long lasted = now_ms - reach->since_ms;
  reach->down = reach->failed >= NET_REACH_FAILED || (reach->failed > 0 && lasted >= NET_REACH_DOUBT_MS);
  reach->next_ms = now_ms + NET_REACH_AGAIN_MS;
  if ((reach->failed >= NET_REACH_LEAST || reach->silent_n >= NET_REACH_TENANTS) &&
      lasted >= (reach->answered ? NET_REACH_LATER_MS : NET_REACH_FIRST_MS)) {
    reach->down = reach->gone = true;
    return NET_GONE;
  }
  return reach->down && !was_down ? NET_DOWN : NET_NO_NEWS;
}
