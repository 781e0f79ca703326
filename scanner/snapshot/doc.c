/* SPDX-License-Identifier: Apache-2.0 */
#include "pal_doc.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

const struct pal_file pal_files[PAL_FILES_N] = {
#define X(I, PATH, KIND, LAYOUT, AREA) {PAL_FILE_##I, PATH, &pal_kind_##KIND, LAYOUT, AREA},
    PAL_FILES(X)
#undef X
};

/* --- paths --- */

static const char tenant_mark[] = "{tenant}";
static const char id_mark[] = "{id}";

/* Of nearly every character the first comparison tells. */
static bool is_mark(const char *text, const char *mark) {
  return *text == *mark && strncmp(text, mark, strlen(mark)) == 0;
}

static char *append(char *to, const char *text, size_t len) {
  memcpy(to, text, len);
  return to + len;
}

void pal_doc_path(const struct pal_doc *doc, char out[PAL_PATH_MAX]) {
  char *to = out;
  for (const char *at = doc->file->path; *at;) {
    /* The longest template and three ids stay far below PAL_PATH_MAX. */
    assert(to - out < PAL_PATH_MAX - 2 * PAL_GUID_LEN);
    if (is_mark(at, tenant_mark)) {
      assert(doc->tenant.s[0]);
      to = append(to, doc->tenant.s, 2);
      *to++ = '/';
      to = append(to, doc->tenant.s, PAL_GUID_LEN);
      at += sizeof tenant_mark - 1;
    } else if (is_mark(at, id_mark)) {
      assert(doc->id.s[0]);
      to = append(to, doc->id.s, PAL_GUID_LEN);
      at += sizeof id_mark - 1;
    } else {
      *to++ = *at++;
    }
  }
  *to = '\0';
}

/* A GUID in canonical form at *at; moves behind it. */
static bool take_guid(const char **at, char out[PAL_GUID_LEN + 1]) {
  size_t len = strnlen(*at, PAL_GUID_LEN);
  if (!pal_guid_canonical(*at, len, out) || memcmp(*at, out, PAL_GUID_LEN) != 0)
    return false;
  *at += PAL_GUID_LEN;
  return true;
}

static bool matches(const struct pal_file *file, const char *path, struct pal_doc *ret) {
  struct pal_doc doc = {.file = file};
  const char *at = path;
  for (const char *want = file->path; *want;) {
    if (is_mark(want, tenant_mark)) {
      const char *shard = at;
      if (strnlen(at, 3) < 3 || at[2] != '/')
        return false;
      at += 3;
      if (!take_guid(&at, doc.tenant.s) || memcmp(shard, doc.tenant.s, 2) != 0)
        return false;
      want += sizeof tenant_mark - 1;
    } else if (is_mark(want, id_mark)) {
      if (!take_guid(&at, doc.id.s))
        return false;
      want += sizeof id_mark - 1;
    } else if (*at++ != *want++) {
      return false;
    }
  }
  if (*at)
    return false;
  *ret = doc;
  return true;
}

enum pal_code pal_doc_parse_path(const char *path, struct pal_doc *ret, struct pal_err *err) {
  for (size_t i = 0; i < PAL_FILES_N; i++)
    if (matches(&pal_files[i], path, ret))
      return PAL_OK;
  return pal_err_set(err, PAL_E_VERIFY, "%.200s: no file of a snapshot has such a path", path);
}

/* --- sets of docs --- */

static bool same_doc(const struct pal_doc *doc, const struct pal_file *file, const char *tenant, const char *id) {
  return doc->file == file && strcmp(doc->tenant.s, tenant) == 0 && strcmp(doc->id.s, id) == 0;
}

static size_t hash_key(const struct pal_file *file, const char *tenant, const char *id) {
  size_t hash = 5381 + (size_t)file->id;
  for (; *tenant; tenant++)
    hash = hash * 33 ^ (unsigned char)*tenant;
  for (; *id; id++)
    hash = hash * 33 ^ (unsigned char)*id;
  return hash ^ hash >> 15;
}

static void put_slot(struct pal_docs *docs, struct pal_doc *doc) {
  size_t at = hash_key(doc->file, doc->tenant.s, doc->id.s) & (docs->slots_n - 1);
  while (docs->slots[at])
    at = (at + 1) & (docs->slots_n - 1);
  docs->slots[at] = doc;
}

/* Makes the hash table anew, for twice as many docs as there are. */
static bool rehash(struct pal_docs *docs) {
  enum { FEWEST_SLOTS = 32 };
  size_t n = FEWEST_SLOTS;
  while (n / 4 < docs->n)
    n *= 2;
  struct pal_doc **slots = docs->slots;
  if (n > docs->slots_n) {
    slots = pal_arena_calloc(docs->arena, n, sizeof(struct pal_doc *));
    if (!slots)
      return false;
    docs->slots = slots;
    docs->slots_n = n;
  } else {
    memset(slots, 0, docs->slots_n * sizeof(struct pal_doc *));
  }
  for (size_t i = 0; i < docs->n; i++)
    put_slot(docs, docs->v[i]);
  docs->hashed = docs->n;
  return true;
}

void pal_docs_init(struct pal_docs *docs, struct pal_arena *arena) {
  *docs = (struct pal_docs){.arena = arena};
}

static struct pal_doc *find(const struct pal_docs *docs, const struct pal_file *file, const char *tenant,
                            const char *id) {
  if (docs->slots_n == 0 || docs->hashed != docs->n) { /* someone changed v alone */
    for (size_t i = 0; i < docs->n; i++)
      if (same_doc(docs->v[i], file, tenant, id))
        return docs->v[i];
    return NULL;
  }
  size_t at = hash_key(file, tenant, id) & (docs->slots_n - 1);
  for (; docs->slots[at]; at = (at + 1) & (docs->slots_n - 1))
    if (same_doc(docs->slots[at], file, tenant, id))
      return docs->slots[at];
  return NULL;
}

struct pal_doc *pal_docs_find(const struct pal_docs *docs, enum pal_file_id file, const struct pal_tenant_id *tenant,
                              const char *id) {
  return find(docs, &pal_files[file], tenant ? tenant->s : "", id ? id : "");
}

struct pal_doc *pal_docs_get(struct pal_docs *docs, enum pal_file_id file, const struct pal_tenant_id *tenant,
                             const char *id) {
  const struct pal_file *row = &pal_files[file];
  assert(!id || strlen(id) <= PAL_GUID_LEN);
  assert(!strstr(row->path, tenant_mark) == !(tenant && tenant->s[0]));
  assert(!strstr(row->path, id_mark) == !(id && id[0]));
  struct pal_doc *doc = pal_docs_find(docs, file, tenant, id);
  if (doc)
    return doc;
  doc = pal_arena_alloc(docs->arena, sizeof *doc);
  struct pal_doc **v = pal_arena_grow(docs->arena, docs->v, docs->n, &docs->cap, sizeof(struct pal_doc *));
  if (!doc || !v)
    return NULL;
  doc->file = row;
  if (tenant)
    doc->tenant = *tenant;
  if (id)
    memcpy(doc->id.s, id, strlen(id) + 1);
  bool fits = docs->hashed == docs->n && docs->n < docs->slots_n / 2;
  docs->v = v;
  docs->v[docs->n++] = doc;
  if (fits) {
    put_slot(docs, doc);
    docs->hashed = docs->n;
  } else if (!rehash(docs)) {
    docs->n--;
    return NULL;
  }
  return doc;
}

void pal_docs_remove(struct pal_docs *docs, const struct pal_doc *doc) {
  for (size_t i = 0; i < docs->n; i++)
    if (docs->v[i] == doc) {
      memmove(docs->v + i, docs->v + i + 1, (docs->n - i - 1) * sizeof(struct pal_doc *));
      docs->n--;
      (void)rehash(docs); /* the table is large enough already */
      return;
    }
}

static int compare_paths(const void *a, const void *b) {
  char x[PAL_PATH_MAX], y[PAL_PATH_MAX];
  pal_doc_path(*(struct pal_doc *const *)a, x);
  pal_doc_path(*(struct pal_doc *const *)b, y);
  return strcmp(x, y);
}

void pal_docs_sort(struct pal_docs *docs) {
  if (docs->n > 1)
    qsort(docs->v, docs->n, sizeof(struct pal_doc *), compare_paths);
}
