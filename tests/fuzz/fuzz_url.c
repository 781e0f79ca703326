/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_url.c - the URL rules. What is accepted is https, printable ASCII, and
 * comes out the same when judged again; whatever the allow-list admits belongs
 * to a service of the cloud and has neither user information nor fragment.
 */
#include <string.h>

#include "fuzz.h"
#include "pal_arena.h"
#include "pal_url.h"

enum { INPUT_MAX = 64 << 10, URL_MAX = 1 << 20 };

static void judge(const char *text) {
  struct pal_err err = {0};
  struct pal_buf url, again;
  pal_buf_init(&url, URL_MAX);
  pal_buf_init(&again, URL_MAX);
  enum pal_code code = pal_url_normalise(text, &url, &err);
  FUZZ_CLAIM(code == PAL_OK || err.text[0] != '\0');
  if (code == PAL_OK) {
    FUZZ_CLAIM(strncmp(url.data, "https://", 8) == 0);
    for (size_t i = 0; i < url.len; i++)
      FUZZ_CLAIM(url.data[i] > ' ' && url.data[i] < 0x7f && url.data[i] != '\\');
    FUZZ_CLAIM(strchr(url.data, '#') == NULL);
    size_t origin = 8 + strcspn(url.data + 8, "/?");
    FUZZ_CLAIM(memchr(url.data, '@', origin) == NULL);
    FUZZ_CLAIM(pal_url_normalise(url.data, &again, &err) == PAL_OK);
    FUZZ_CLAIM(url.len == again.len && memcmp(url.data, again.data, url.len) == 0);
    /* A next page is at least what its first page was: of the same origin. */
    if (pal_url_next(url.data, url.data, &again, &err) == PAL_OK)
      FUZZ_CLAIM(strcmp(url.data, again.data) == 0);

    const struct pal_cloud *cloud = pal_cloud_builtin("AzurePublicCloud");
    FUZZ_CLAIM(cloud != NULL);
    static const char *const methods[] = {"GET", "POST", "PUT", "DELETE"};
    for (size_t m = 0; m < sizeof methods / sizeof methods[0]; m++) {
      for (int body = PAL_BODY_NONE; body <= PAL_BODY_FORM; body++) {
        struct pal_err denied = {0};
        enum pal_service service = PAL_SERVICES_N;
        if (pal_url_allowed(cloud, methods[m], url.data, (enum pal_body_kind)body, &denied) != PAL_OK) {
          FUZZ_CLAIM(denied.text[0] != '\0');
          continue;
        }
        FUZZ_CLAIM(m < 2); /* read-only by construction */
        FUZZ_CLAIM(pal_url_service(cloud, url.data, &service, &denied) == PAL_OK && service < PAL_SERVICES_N);
        const char *batch = strstr(url.data, "batch"), *query = strchr(url.data, '?');
        FUZZ_CLAIM(batch == NULL || (query != NULL && query < batch));
      }
    }
  }
  pal_buf_deinit(&url);
  pal_buf_deinit(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size > INPUT_MAX)
    return 0;
  struct pal_arena *arena = pal_arena_new(0);
  const char *text = arena != NULL ? pal_arena_strndup(arena, size > 0 ? (const char *)data : "", size) : NULL;
  if (text != NULL && strlen(text) == size)
    judge(text);
  pal_arena_free(arena);
  return 0;
}
