/* SPDX-License-Identifier: Apache-2.0 */
/* The emulator's command: options, one line when ready, a report when it ends. */
#include "devicecode.h"
#include "links.h"
#include "scenario.h"
#include "server.h"
#include "token.h"
#include "truth.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_FILE = 1 << 20, MAX_TENANTS = 1 << 20, MAX_NOISE = 100000 };

struct options {
  uint64_t port, proxy, seed, tenants, noise, night, identities, page_size, latency, token_seconds, device_polls,
      fault_rate, link_writes;
  const char *tls, *tls_key, *faults, *log, *requests, *truth, *registry, *estate, *manners, *secret, *link_trouble;
  const char *client_certificate, *federation_key, *federation_issuer, *federation_subject, *managed_header;
  bool list_faults;
};

/* clang-format off */
#define OPTIONS(N, T) \
  N("port", port, 65000, "first of the ports, one after the other; 0: any") \
  N("proxy", proxy, 65000, "first of the ports at which a proxy in front of them has the same services; 0: none") \
  N("seed", seed, UINT64_MAX, "which estate") \
  N("tenants", tenants, MAX_TENANTS, "customers in it") \
  N("assignments", noise, MAX_NOISE, "the customer's own assignments in each subscription") \
  N("night", night, 2, "1 or 2") \
  N("identities", identities, EMU_IDENTITIES, "of ours: three applications, then people") \
  N("page-size", page_size, 100000, "rows of a page; 0: each service's own") \
  N("latency", latency, 60000, "milliseconds before each answer") \
  N("token-seconds", token_seconds, 86400, "life of an access token") \
  N("device-polls", device_polls, 100, "polls of a device code before the person has signed in") \
  N("fault-rate", fault_rate, 140, "requests of a thousand that each passing fault meets") \
  N("link-writes", link_writes, 1000, "writes of partner links that are asked for; more are a fault of the client") \
  T("link-trouble", link_trouble, "what goes wrong with them; see links.h") \
  T("tls", tls, "certificate, PEM") \
  T("tls-key", tls_key, "its key, PEM") \
  T("faults", faults, "list with commas, or all; see --list-faults") \
  T("log", log, "a line for each request") \
  T("requests", requests, "writes each request as a line of JSON, tokens and all") \
  T("truth", truth, "writes what is so, as JSON lines") \
  T("registry", registry, "writes the partner's mpn.json") \
  T("estate", estate, "writes the partner's estate.json") \
  T("manners", manners, "writes the report when it ends") \
  T("secret", secret, "of the first application") \
  T("client-certificate", client_certificate, "of the second application, PEM") \
  T("federation-key", federation_key, "public key that signs for the third application, PEM") \
  T("federation-issuer", federation_issuer, "iss of its assertions") \
  T("federation-subject", federation_subject, "sub of its assertions") \
  T("managed-header", managed_header, "IDENTITY_HEADER of the App Service kind")
/* clang-format on */

static const struct setting {
  const char *name, *help;
  size_t offset;
  bool is_number;
  uint64_t max;
} settings[] = {
#define NUMBER(name, member, max, help) {name, help, offsetof(struct options, member), true, max},
#define TEXT(name, member, help) {name, help, offsetof(struct options, member), false, 0},
    OPTIONS(NUMBER, TEXT)
#undef NUMBER
#undef TEXT
};
enum { SETTINGS = sizeof settings / sizeof *settings };

static int usage(FILE *out) {
  fprintf(out, "usage: emulator --tls CERTIFICATE --tls-key KEY [OPTION VALUE]...\n");
  for (size_t i = 0; i < SETTINGS; i++)
    fprintf(out, "  --%-20s %s\n", settings[i].name, settings[i].help);
  fprintf(out, "  --%-20s %s\n", "list-faults", "lists the faults and ends");
  return out == stdout ? 0 : 2;
}

static bool set(struct options *o, const struct setting *s, const char *value) {
  char *member = (char *)o + s->offset;
  if (!s->is_number) {
    memcpy(member, &value, sizeof value);
    return true;
  }
  char *end;
  errno = 0;
  unsigned long long n = strtoull(value, &end, 10);
  if (*value < '0' || *value > '9' || *end != '\0' || errno != 0 || n > s->max) {
    fprintf(stderr, "emulator: --%s: %s is no number up to %" PRIu64 "\n", s->name, value, s->max);
    return false;
  }
  uint64_t number = n;
  memcpy(member, &number, sizeof number);
  return true;
}

static bool parse(struct options *o, int argc, char **argv) {
  struct option longs[SETTINGS + 2] = {{0}};
  for (size_t i = 0; i < SETTINGS; i++)
    longs[i] = (struct option){settings[i].name, required_argument, NULL, (int)i};
  longs[SETTINGS] = (struct option){"list-faults", no_argument, NULL, SETTINGS};
  int found;
  while ((found = getopt_long(argc, argv, "", longs, NULL)) != -1) {
    if (found == SETTINGS)
      o->list_faults = true;
    else if (found < 0 || found > SETTINGS || !set(o, &settings[found], optarg))
      return false;
  }
  return optind == argc && o->night >= 1 && o->identities >= 1 && o->tenants >= 1 && o->token_seconds >= 2 &&
         (o->list_faults || (o->tls != NULL && o->tls_key != NULL));
}

static char *read_file(const char *path) {
  FILE *f = fopen(path, "re");
  char *text = calloc(1, MAX_FILE + 1);
  size_t n = f != NULL && text != NULL ? fread(text, 1, MAX_FILE, f) : 0;
  if (f != NULL)
    (void)fclose(f);
  if (n == 0) {
    fprintf(stderr, "emulator: cannot read %s\n", path);
    free(text);
    return NULL;
  }
  return text;
}

static bool load_certificate(const char *path, struct emu_world *w) {
  FILE *f = fopen(path, "re");
  X509 *x = f != NULL ? PEM_read_X509(f, NULL, NULL, NULL) : NULL;
  if (f != NULL)
    (void)fclose(f);
  unsigned len = 0, old = 0;
  if (x != NULL && X509_digest(x, EVP_sha256(), w->certificate_sha256, &len) == 1 &&
      X509_digest(x, EVP_sha1(), w->certificate_sha1, &old) == 1)
    w->certificate_key = X509_get_pubkey(x);
  X509_free(x);
  if (w->certificate_key == NULL)
    fprintf(stderr, "emulator: %s holds no certificate\n", path);
  return w->certificate_key != NULL;
}

static bool load_key(const char *path, struct emu_world *w) {
  FILE *f = fopen(path, "re");
  w->federation.key = f != NULL ? PEM_read_PUBKEY(f, NULL, NULL, NULL) : NULL;
  if (f != NULL)
    (void)fclose(f);
  if (w->federation.key == NULL)
    fprintf(stderr, "emulator: %s holds no public key\n", path);
  return w->federation.key != NULL;
}

static bool make_world(const struct options *o, struct emu_world *w) {
  *w = (struct emu_world){.seed = o->seed,
                          .tenants = (uint32_t)o->tenants,
                          .noise = (uint32_t)o->noise,
                          .night = (unsigned)o->night,
                          .identities = (unsigned)o->identities,
                          .page_size = (uint32_t)o->page_size,
                          .latency_ms = (unsigned)o->latency,
                          .token_seconds = (unsigned)o->token_seconds,
                          .device_polls = (unsigned)o->device_polls,
                          .fault_rate = (unsigned)o->fault_rate,
                          .link_writes = o->link_writes,
                          .secret = o->secret,
                          .federation = {.issuer = o->federation_issuer, .subject = o->federation_subject},
                          .managed_header = o->managed_header};
  emu_sha256(&o->seed, sizeof o->seed, w->token_key);
  if (o->faults != NULL && !emu_faults_parse(o->faults, &w->faults)) {
    fprintf(stderr, "emulator: --faults: there is none of that name in %s\n", o->faults);
    return false;
  }
  if (o->link_trouble != NULL && !emu_link_trouble_parse(o->link_trouble, &w->link_trouble)) {
    fprintf(stderr, "emulator: --link-trouble: there is none of the name %s\n", o->link_trouble);
    return false;
  }
  return (o->client_certificate == NULL || load_certificate(o->client_certificate, w)) &&
         (o->federation_key == NULL || load_key(o->federation_key, w));
}

typedef bool writer(const struct emu_world *w, FILE *out);

static bool write_to(const char *path, writer *write, const struct emu_world *w) {
  if (path == NULL)
    return true;
  FILE *f = fopen(path, "we");
  bool ok = f != NULL && write(w, f);
  if (f != NULL && fclose(f) != 0)
    ok = false;
  if (!ok)
    fprintf(stderr, "emulator: cannot write %s\n", path);
  return ok;
}

/* One line: who it is that listens, and what a client needs to sign in. */
static void announce(const struct emu_world *w) {
  static const char *const names[EMU_SERVICES] = {"login", "resourceManager", "graph", "trap", "managedIdentity"};
  struct emu_text text = {0};
  struct emu_json j = emu_json_to(&text);
  emu_json_object(&j, NULL);
  emu_json_object(&j, "ports");
  for (unsigned i = 0; i < EMU_SERVICES; i++)
    emu_json_int(&j, names[i], w->ports[i]);
  emu_json_end_object(&j);
  emu_json_object(&j, "origins");
  for (unsigned i = 0; i < EMU_SERVICES; i++)
    emu_json_text(&j, names[i], emu_origin(w, (enum emu_service)i).text);
  emu_json_end_object(&j);
  emu_json_text(&j, "homeTenantId", emu_tenant_id(w, 0).text);
  emu_json_array(&j, "identities");
  for (unsigned i = 0; i < w->identities; i++) {
    emu_json_object(&j, NULL);
    emu_json_text(&j, "name", emu_identity_name(i));
    emu_json_text(&j, "clientId", emu_client_id(w, i).text);
    if (i >= EMU_APPS) {
      struct emu_text token = {0};
      emu_refresh_issue(w, i, &token);
      emu_json_text(&j, "refreshToken", token.data);
      emu_text_free(&token);
    }
    emu_json_end_object(&j);
  }
  emu_json_end_array(&j);
  emu_json_end_object(&j);
  printf("%s\n", text.data);
  (void)fflush(stdout);
  emu_text_free(&text);
}

static bool report(const char *path, struct emu_manners *m) {
  if (path == NULL)
    return true;
  struct emu_text text = {0};
  emu_manners_write(m, &text);
  FILE *f = fopen(path, "we");
  bool ok = f != NULL && fwrite(text.data, 1, text.len, f) == text.len;
  if (f != NULL && fclose(f) != 0)
    ok = false;
  emu_text_free(&text);
  return ok;
}

static bool run(const struct options *o, struct emu_world *w) {
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  /* Before any thread is made, so that none of them takes the signal. */
  pthread_sigmask(SIG_BLOCK, &ends, NULL);
  (void)signal(SIGPIPE, SIG_IGN);
  char *certificate = read_file(o->tls), *key = read_file(o->tls_key);
  struct emu_server s = {.world = w,
                         .manners = emu_manners_new(),
                         .faulted = emu_faulted_new(),
                         .revoked = emu_revoked_new(),
                         .codes = emu_pending_codes_new(),
                         .links = emu_links_new(),
                         .certificate = certificate,
                         .key = key,
                         .log = o->log != NULL ? fopen(o->log, "we") : NULL,
                         .requests = o->requests != NULL ? fopen(o->requests, "we") : NULL};
  bool ok = certificate != NULL && key != NULL && emu_server_start(&s, w, (uint16_t)o->port, (uint16_t)o->proxy);
  if (ok) {
    announce(w);
    int signal_number;
    (void)sigwait(&ends, &signal_number);
  }
  emu_server_stop(&s);
  if (s.log != NULL)
    (void)fclose(s.log);
  if (s.requests != NULL)
    (void)fclose(s.requests);
  ok = ok && report(o->manners, s.manners);
  emu_pending_codes_free(s.codes);
  emu_links_free(s.links);
  emu_revoked_free(s.revoked);
  emu_faulted_free(s.faulted);
  emu_manners_free(s.manners);
  free(certificate);
  free(key);
  return ok;
}

int main(int argc, char **argv) {
  struct options o = {.seed = 1,
                      .tenants = 30,
                      .noise = 12,
                      .night = 1,
                      .identities = EMU_IDENTITIES,
                      .token_seconds = 3600,
                      .device_polls = 2,
                      .fault_rate = 12,
                      .secret = "emulated-secret",
                      .federation_issuer = "https://issuer.example",
                      .federation_subject = "system:serviceaccount:palscan:palscan"};
  if (argc == 2 && strcmp(argv[1], "--help") == 0)
    return usage(stdout);
  if (!parse(&o, argc, argv))
    return usage(stderr);
  if (o.list_faults) {
    for (unsigned i = 0; i < EMU_FAULT_KINDS; i++)
      printf("%-14s %s\n", emu_fault_name((enum emu_fault)i), emu_fault_text((enum emu_fault)i));
    return 0;
  }
  struct emu_world w;
  bool ok = make_world(&o, &w) && write_to(o.truth, emu_truth_write, &w) &&
            write_to(o.registry, emu_registry_write, &w) && write_to(o.estate, emu_estate_write, &w) && run(&o, &w);
  EVP_PKEY_free(w.certificate_key);
  EVP_PKEY_free(w.federation.key);
  return ok ? 0 : 1;
}
