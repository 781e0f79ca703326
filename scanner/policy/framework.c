/* SPDX-License-Identifier: Apache-2.0 */
#include "pal_framework.h"

#include <string.h>

/* AICPA Trust Services Criteria 2017 (revised 2022), CC6 and CC7 */
static const struct pal_control soc2[] = {
    {"CC6.1", "Logical access is restricted to who is authorised"},
    {"CC6.2", "Access is registered, and removed when no longer needed"},
    {"CC6.3", "Access follows roles, least privilege and separation of duties"},
    {"CC7.2", "Unexpected changes are detected"},
    {"CC8.1", "Changes are approved"},
    {"IPE", "Information produced by the entity is complete and accurate"},
};

/* ISO/IEC 27001:2022, annex A */
static const struct pal_control iso27001[] = {
    {"A.5.15", "Rules of access control are set"},
    {"A.5.16", "Identities are managed through their life"},
    {"A.5.18", "Access rights are provisioned, reviewed and removed"},
    {"A.8.2", "Privileged access rights are restricted"},
    {"IPE", "Records of the above are complete and accurate"},
};

/* CMMC 2.0 level 2, AC.L2 */
static const struct pal_control cmmc[] = {
    {"3.1.1", "Access is limited to authorised users"},
    {"3.1.2", "Access is limited to permitted functions"},
    {"3.1.5", "Least privilege, also for privileged accounts"},
    {"IPE", "Records of the above are complete and accurate"},
};

#define ROWS(list) list, sizeof(list) / sizeof(list)[0]
const struct pal_framework pal_frameworks[] = {
    {"soc2", "SOC 2, Trust Services Criteria", ROWS(soc2)},
    {"iso27001", "ISO/IEC 27001:2022, annex A", ROWS(iso27001)},
    {"cmmc", "CMMC level 2", ROWS(cmmc)},
};
const size_t pal_frameworks_n = sizeof pal_frameworks / sizeof pal_frameworks[0];
const char *const pal_framework_words[] = {"soc2", "iso27001", "cmmc", NULL};

const struct pal_framework *pal_framework_find(const char *name) {
  for (size_t i = 0; i < pal_frameworks_n; i++)
    if (strcmp(pal_frameworks[i].name, name) == 0)
      return &pal_frameworks[i];
  return NULL;
}

const struct pal_framework *pal_framework_of(const char *control, const struct pal_control **ret_control) {
  for (size_t f = 0; f < pal_frameworks_n && strcmp(control, "IPE") != 0; f++)
    for (size_t i = 0; i < pal_frameworks[f].n; i++)
      if (strcmp(pal_frameworks[f].controls[i].id, control) == 0) {
        if (ret_control)
          *ret_control = &pal_frameworks[f].controls[i];
        return &pal_frameworks[f];
      }
  return NULL;
}
