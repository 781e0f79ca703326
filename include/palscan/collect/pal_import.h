/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_IMPORT_H
#define PAL_IMPORT_H
/*
 * pal_import.h - what a person says of their own link and role assignments, in
 * place of a reading: the file of palscan's collector script, or plain output
 * of the Azure CLI and of Azure PowerShell. Imported facts are self-declared.
 * They speak for one identity in one tenant, and neither replace nor clear
 * anything that was read. No network.
 */
#include "pal_doc.h"
#include "pal_time.h"

enum {
  PAL_IMPORT_BYTES_MAX = 16 << 20,      /* of one file */
  PAL_NONCE_LEN = 32,                   /* hexadecimal digits of a collector's nonce */
  PAL_PROVIDER_MAX = 256,               /* bytes of the name of who declared */
  PAL_DECLARED_ASSIGNMENTS_MAX = 20000, /* role assignments of one identity in one tenant */
  PAL_DECLARED_REASON_MAX = 1024        /* bytes of why a collector could not list them */
};
#define PAL_DECLARATION_FORMAT "palscan-declaration"
enum { PAL_DECLARATION_FILE_VERSION = 1 };

/* What the person who imports says of files that do not say it themselves; each may be NULL. */
struct pal_import_hints {
  const char *identity; /* a valid name */
  const char *tenant;   /* canonical GUID */
  const char *object;   /* canonical GUID: of whom a list of role assignments is read; NULL: of its only principal */
  const char *date;     /* canonical instant */
  const char *provider; /* NULL: the identity's name */
};

struct pal_declaration {
  const char *path;     /* the file it came from, for messages */
  const char *identity; /* name of its unit */
  struct pal_tenant_id tenant;
  struct pal_object_id object;
  const char *type;        /* of identity.type; NULL: not told */
  struct pal_record *link; /* LINK; NULL: declared to have none, or not told */
  bool link_untold;        /* the file says nothing of the link */
  bool tells_assignments;
  struct pal_records assignments; /* DECLARED_ASSIGNMENT, sorted */
  size_t others;                  /* rows of other principals, left out */
  const char *unlisted;          /* why the collector could not list role assignments; NULL: it could, or did not ask */
  const char *provider, *date;   /* date: a canonical instant */
  char sha256[65];               /* of the file as it came */
  char nonce[PAL_NONCE_LEN + 1]; /* "": the file is not the collector's */
};
struct pal_declarations {
  struct pal_declaration *v;
  size_t n, cap;
};

/* Reads one file and adds what it declares; everything lives in arena. PAL_E_INPUT names the file,
 * line, column and key path of what is wrong; PAL_E_USAGE names the option that is missing. */
enum pal_code pal_import_read(struct pal_arena *arena, const char *path, const struct pal_import_hints *hints,
                              struct pal_declarations *ret, struct pal_err *err) PAL_MUST_CHECK;
/* The same of bytes at hand; source names them in errors. */
enum pal_code pal_import_parse(struct pal_arena *arena, const char *bytes, size_t len, const char *source,
                               const struct pal_import_hints *hints, struct pal_declarations *ret, struct pal_err *err)
    PAL_MUST_CHECK;
/* Bytes as UTF-8: UTF-16 of either order, with or without a byte order mark, is converted. PAL_E_INPUT for
 * half a character, with its place. */
enum pal_code pal_import_text(const char *bytes, size_t len, const char *source, struct pal_buf *out,
                              struct pal_err *err) PAL_MUST_CHECK;

/* The facts and coverage of one tenant with what was declared of it, in ret. `parent`: its files as they
 * stand, every date written out (pal_scope_date); NULL: none, so that all that the settings collect is told as
 * unread. Records are borrowed or copied, never changed.
 * PAL_E_INPUT when a declaration cannot be true of this tenant: its object is another identity's, its
 * identity was read as another object, or what is on record was declared later. */
enum pal_code pal_import_unite(const struct pal_docs *parent, const struct pal_tenant_id *tenant,
                               const struct pal_record *settings, const struct pal_declarations *declared,
                               struct pal_docs *ret, struct pal_err *err) PAL_MUST_CHECK;

/* Whether a declaration that tells of the link says the same as the link of an identity that was answered. */
bool pal_declaration_agrees(const struct pal_record *declaration, const struct pal_record *identity);

#endif
