/* SPDX-License-Identifier: Apache-2.0 */
/* test_sshsig.c - keys made by ssh-keygen and openssl; signatures that ssh-keygen judges, and its own that are judged here. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/ssh_wire.h"
#include "pal_digest.h"
#include "pal_file.h"
#include "pal_log.h"
#include "pal_sshsig.h"
#include "unit.h"

#define SPACE PAL_SIGNS_ACCEPTANCES
#define WHO "anna@contoso.example"

static struct pal_err err;
static struct pal_instant now;
static const char message[] = "{\"id\":\"W-1\",\"reason\":\"accepted \xe2\x82\xac\"}\n";

static void shell(const char *script) {
  int status = system(script);
  ck_assert_msg(status == 0, "%d: %s", status, script);
}

static bool agrees(const char *script) {
  return system(script) == 0;
}

/* Once for all tests: making RSA keys takes its time. */
static void make_files(void) {
  unit_enter_folder();
  shell("set -e; exec 2>log >&2; umask 077; make() { ssh-keygen -q -N '' -C 'a comment' \"$@\"; }\n"
        "make -t ed25519 -f ed25519; make -t ecdsa -b 256 -f p256; make -t ecdsa -b 384 -f p384\n"
        "make -t ecdsa -b 521 -f p521; make -t rsa -b 2048 -f rsa; make -t ed25519 -f other\n"
        "for n in p256 p384 p521 rsa; do cp $n $n.pem; ssh-keygen -q -p -N '' -m PKCS8 -f $n.pem; "
        "cp $n.pub $n.pem.pub; done\n"
        "openssl genpkey -algorithm ed25519 -out ed25519.pem; ssh-keygen -yf ed25519.pem >/dev/null || true\n"
        "openssl ecparam -name prime256v1 -genkey -noout -conv_form compressed -out sec1.pem\n"
        "ssh-keygen -yf sec1.pem >sec1.pem.pub\n"
        "cp ed25519 locked; ssh-keygen -q -p -N canary-word -f locked\n"
        "openssl pkcs8 -topk8 -in p256.pem -out locked.pem -passout pass:canary-word\n"
        "make -t rsa -b 1024 -f small; openssl genpkey -algorithm rsa -pkeyopt rsa_keygen_bits:1024 -out small.pem\n"
        "openssl ecparam -name secp256k1 -genkey -noout -out k1.pem; openssl genpkey -algorithm x25519 -out x.pem\n"
        "make -t dsa -f dsa || openssl genpkey -genparam -algorithm dsa -out /dev/null\n"
        "sed '/END/d' ed25519 >torn; sed '3s/./!/' ed25519 >garbled; sed '3s/./A/g' p256.pem >tornpem\n"
        "echo hello >text; chmod 600 text; : >empty; cp other loose; chmod 640 loose\n"
        "ln -s ed25519 link\n"
        "for n in ed25519 p256 p384 p521 rsa other; do "
        "printf '%s namespaces=\"" SPACE "\" ' '" WHO "'; cut -d' ' -f1,2 $n.pub; done >allowed\n");
  unit_write("message", message, 0600);
}

static void set_up(void) {
  err = (struct pal_err){0};
  now = pal_clock_now();
}

static void read_text(const char *path, struct pal_buf *out) {
  pal_buf_init(out, 1 << 20);
  unit_ok(pal_file_read(path, "file", 0, 1 << 20, out, &err), &err);
}

static struct pal_signers *allowed(const char *path) {
  struct pal_signers *signers = NULL;
  unit_ok(pal_signers_open(path, "signers", &signers, &err), &err);
  return signers;
}

static struct pal_sshsig_verdict judge(const char *armored) {
  struct pal_signers *signers = allowed("allowed");
  struct pal_sshsig_verdict verdict;
  unit_ok(pal_sshsig_verify(signers, WHO, SPACE, now, message, strlen(message), armored, &verdict, &err), &err);
  verdict.signer = NULL;
  pal_signers_free(signers);
  return verdict;
}

/* --- private keys --- */

static const struct {
  const char *file, *type;
} key_rows[] = {{"ed25519", "ssh-ed25519"},
                {"p256", "ecdsa-sha2-nistp256"},
                {"p384", "ecdsa-sha2-nistp384"},
                {"p521", "ecdsa-sha2-nistp521"},
                {"rsa", "ssh-rsa"},
                {"p256.pem", "ecdsa-sha2-nistp256"},
                {"p384.pem", "ecdsa-sha2-nistp384"},
                {"p521.pem", "ecdsa-sha2-nistp521"},
                {"rsa.pem", "ssh-rsa"},
                {"sec1.pem", "ecdsa-sha2-nistp256"}};

START_TEST(test_ssh_key__tells_what_ssh_keygen_tells) {
  struct pal_ssh_key *key = NULL;
  struct pal_buf want;
  char script[256];
  unit_ok(pal_ssh_key_open(key_rows[_i].file, "sign.key", &key, &err), &err);
  ck_assert_str_eq(pal_ssh_key_type(key), key_rows[_i].type);
  (void)snprintf(script, sizeof script, "cut -d' ' -f1,2 %s.pub | tr -d '\\n' >want", key_rows[_i].file);
  shell(script);
  read_text("want", &want);
  ck_assert_str_eq(pal_ssh_key_public(key), want.data);
  pal_buf_deinit(&want);
  (void)snprintf(script, sizeof script, "ssh-keygen -lf %s.pub | cut -d' ' -f2 | tr -d '\\n' >want", key_rows[_i].file);
  shell(script);
  read_text("want", &want);
  ck_assert_str_eq(pal_ssh_key_fingerprint(key), want.data);
  pal_buf_deinit(&want);
  pal_ssh_key_free(key);
}
END_TEST

static const struct {
  const char *file, *part;
} bad_key_rows[] = {
    {"locked", "has a passphrase"},
    {"locked", "ssh-keygen -p -N ''"},
    {"locked.pem", "has a passphrase"},
    {"small", "has 1024 bits"},
    {"small.pem", "has 1024 bits"},
    {"k1.pem", "of a kind that is not taken"},
    {"x.pem", "of a kind that is not taken"},
    {"dsa", "of a kind that is not taken"},
    {"torn", "cut short"},
    {"garbled", "malformed"},
    {"tornpem", "cannot be read"},
    {"ed25519.pub", "it is a public key"},
    {"loose", "lets others in"},
    {"link", "symbolic link"},
    {"text", "holds no private key"},
    {"empty", "holds no private key"},
    {"absent", "no such file"},
};

START_TEST(test_ssh_key__what_is_wrong_is_told_without_the_secret) {
  struct pal_ssh_key *key = NULL;
  unit_fails(pal_ssh_key_open(bad_key_rows[_i].file, "sign.key", &key, &err), PAL_E_INPUT, bad_key_rows[_i].part, &err);
  ck_assert_ptr_nonnull(strstr(err.text, "sign.key "));
  ck_assert_ptr_nonnull(strstr(err.text, bad_key_rows[_i].file));
  ck_assert_ptr_null(strstr(err.text, "canary"));
  ck_assert_ptr_null(key);
}
END_TEST

/* Whoever swaps the public half would make people compare the wrong fingerprint. */
START_TEST(test_ssh_key__halves_of_different_keys_are_refused) {
  struct pal_ssh_key *key = NULL;
  struct pal_buf text, out, other;
  uint8_t mine[4096], theirs[4096];
  size_t n = 0, m = 0;
  static const char begin[] = "-----BEGIN OPENSSH PRIVATE KEY-----\n", end[] = "-----END OPENSSH PRIVATE KEY-----\n";
  read_text("ed25519", &text);
  read_text("other", &other);
  ck_assert(ssh_base64_decode(text.data + strlen(begin), text.len - strlen(begin) - strlen(end), mine, &n));
  ck_assert(ssh_base64_decode(other.data + strlen(begin), other.len - strlen(begin) - strlen(end), theirs, &m));
  /* magic 15, none 8, none 8, "" 4, one key 4, the blob's length 4, its type 4 + 11, the key's length 4 */
  size_t at = 15 + 8 + 8 + 4 + 4 + 4 + 15 + 4;
  ck_assert_int_ne(memcmp(mine + at, theirs + at, 32), 0);
  memcpy(mine + at, theirs + at, 32);
  pal_buf_init(&out, 1 << 16);
  pal_buf_puts(&out, begin);
  ssh_base64_encode(&out, mine, n);
  pal_buf_printf(&out, "\n%s", end);
  unit_write("swapped", out.data, 0600);
  unit_fails(pal_ssh_key_open("swapped", "sign.key", &key, &err), PAL_E_INPUT, "do not belong together", &err);
  pal_buf_wipe(&text);
  pal_buf_wipe(&other);
  pal_buf_wipe(&out);
}
END_TEST

/* Every private key cut after each byte is refused, and read within its bounds. */
START_TEST(test_ssh_key__cut_anywhere_is_refused) {
  struct pal_buf text, out;
  uint8_t bytes[4096];
  size_t n = 0;
  static const char begin[] = "-----BEGIN OPENSSH PRIVATE KEY-----\n", end[] = "-----END OPENSSH PRIVATE KEY-----\n";
  read_text(key_rows[_i].file, &text);
  ck_assert(ssh_base64_decode(text.data + strlen(begin), text.len - strlen(begin) - strlen(end), bytes, &n));
  for (size_t cut = 0; cut < n; cut += 1 + n / 200) {
    struct pal_ssh_key *key = NULL;
    pal_buf_init(&out, 1 << 16);
    pal_buf_puts(&out, begin);
    ssh_base64_encode(&out, bytes, cut);
    pal_buf_printf(&out, "\n%s", end);
    unit_write("cut", out.data, 0600);
    ck_assert_int_eq(pal_ssh_key_open("cut", "sign.key", &key, &err), PAL_E_INPUT);
    pal_buf_wipe(&out);
  }
  pal_buf_wipe(&text);
}
END_TEST

START_TEST(test_ssh_key__is_a_secret_while_it_lives) {
  struct pal_ssh_key *key = NULL;
  struct pal_buf text, line;
  read_text("ed25519", &text);
  unit_ok(pal_ssh_key_open("ed25519", "sign.key", &key, &err), &err);
  pal_buf_init(&line, 1 << 16);
  pal_redact(&line, text.data, text.len);
  ck_assert_str_eq(line.data, "[redacted]");
  pal_ssh_key_free(key);
  pal_buf_clear(&line);
  pal_redact(&line, text.data, text.len);
  ck_assert_str_eq(line.data, text.data);
  pal_buf_deinit(&line);
  pal_buf_deinit(&text);
  pal_ssh_key_free(NULL);
}
END_TEST

/* --- signatures made here --- */

START_TEST(test_sshsig__ssh_keygen_accepts_what_is_made) {
  struct pal_ssh_key *key = NULL;
  struct pal_buf signature;
  char script[512];
  unit_ok(pal_ssh_key_open(key_rows[_i].file, "sign.key", &key, &err), &err);
  pal_buf_init(&signature, PAL_SSHSIG_MAX);
  unit_ok(pal_sshsig_make(key, SPACE, message, strlen(message), &signature, &err), &err);
  unit_write("made.sig", signature.data, 0600);
  (void)snprintf(script, sizeof script, "echo \"" WHO " $(cat %s.pub)\" >mine", key_rows[_i].file);
  shell(script);
  shell("ssh-keygen -Y verify -f mine -I " WHO " -n " SPACE " -s made.sig <message >log 2>&1");
  ck_assert(!agrees("ssh-keygen -Y verify -f mine -I " WHO " -n git -s made.sig <message >log 2>&1"));
  ck_assert(
      !agrees("(cat message; echo) | ssh-keygen -Y verify -f mine -I " WHO " -n " SPACE " -s made.sig >log 2>&1"));
  struct pal_signers *signers = allowed("mine");
  struct pal_sshsig_verdict verdict;
  unit_ok(pal_sshsig_verify(signers, WHO, SPACE, now, message, strlen(message), signature.data, &verdict, &err), &err);
  ck_assert_int_eq(verdict.state, PAL_SSHSIG_GOOD);
  ck_assert_str_eq(verdict.fingerprint, pal_ssh_key_fingerprint(key));
  ck_assert_str_eq(verdict.type, key_rows[_i].type);
  ck_assert_str_eq(verdict.signer->principals, WHO);
  ck_assert_str_eq(verdict.why, "");
  pal_signers_free(signers);
  pal_buf_deinit(&signature);
  pal_ssh_key_free(key);
}
END_TEST

START_TEST(test_sshsig__commit_signed_here_convinces_git) {
  struct pal_ssh_key *key = NULL;
  struct pal_buf signature, commit;
  shell("rm -rf r; git init -q r; cd r; git -c user.name=a -c user.email=" WHO " commit -q --allow-empty -m one\n"
        "git cat-file commit HEAD >../commit; echo \"" WHO " $(cat ../ed25519.pub)\" >../git-signers");
  read_text("commit", &commit);
  unit_ok(pal_ssh_key_open("ed25519", "sign.key", &key, &err), &err);
  pal_buf_init(&signature, PAL_SSHSIG_MAX);
  unit_ok(pal_sshsig_make(key, PAL_SIGNS_COMMITS, commit.data, commit.len, &signature, &err), &err);
  unit_write("commit.sig", signature.data, 0600);
  shell("cd r; { sed '/^$/q' ../commit | sed '$d'; sed '1s/^/gpgsig /;1!s/^/ /' ../commit.sig; sed -n '/^$/,$p' "
        "../commit; } "
        ">../signed; c=$(git hash-object -t commit -w ../signed)\n"
        "git -c gpg.ssh.allowedSignersFile=../git-signers verify-commit $c >../log 2>&1");
  pal_ssh_key_free(key);
  pal_buf_deinit(&signature);
  pal_buf_deinit(&commit);
}
END_TEST

START_TEST(test_sshsig__needs_room_and_a_namespace) {
  struct pal_ssh_key *key = NULL;
  struct pal_buf small;
  unit_ok(pal_ssh_key_open("ed25519", "sign.key", &key, &err), &err);
  pal_buf_init(&small, 100);
  unit_fails(pal_sshsig_make(key, SPACE, message, strlen(message), &small, &err), PAL_E_LIMIT, "a signature", &err);
  err = (struct pal_err){0};
  unit_fails(pal_sshsig_make(key, "", message, strlen(message), &small, &err), PAL_E_INTERNAL, "namespace", &err);
  pal_buf_deinit(&small);
  pal_ssh_key_free(key);
}
END_TEST

/* --- signatures of ssh-keygen --- */

/* Signed by ssh-keygen with a key, for a namespace, with a hash. */
static void sign(const char *key, const char *space, const char *hash, struct pal_buf *out) {
  char script[256];
  (void)snprintf(script, sizeof script,
                 "rm -f message.sig; ssh-keygen -q -Y sign -f %s -n %s -O hashalg=%s message 2>log", key, space, hash);
  shell(script);
  read_text("message.sig", out);
}

START_TEST(test_sshsig__what_ssh_keygen_signs_is_good) {
  for (int i = 0; i < 2; i++) {
    struct pal_buf signature;
    sign(key_rows[_i].file, SPACE, i ? "sha256" : "sha512", &signature);
    struct pal_sshsig_verdict verdict = judge(signature.data);
    ck_assert_msg(verdict.state == PAL_SSHSIG_GOOD, "%s: %s", key_rows[_i].file, verdict.why);
    ck_assert_str_eq(verdict.type, key_rows[_i].type);
    pal_buf_deinit(&signature);
  }
}
END_TEST

static const struct {
  const char *line, *space, *who; /* of allowed_signers, with KEY; what it is judged for; NULL: whoever */
  enum pal_sshsig_state state;
} verdict_rows[] = {
    {"anna KEY", SPACE, "anna", PAL_SSHSIG_GOOD},
    {"anna KEY", SPACE, NULL, PAL_SSHSIG_GOOD},
    {"anna KEY", SPACE, "Anna", PAL_SSHSIG_OTHER_PERSON},
    {"bert KEY", SPACE, "anna", PAL_SSHSIG_OTHER_PERSON},
    {"bert KEY\nanna KEY", SPACE, "anna", PAL_SSHSIG_GOOD},
    {"bert,anna KEY", SPACE, "anna", PAL_SSHSIG_GOOD},
    {"*@a.example KEY", SPACE, "anna@a.example", PAL_SSHSIG_GOOD},
    {"*@a.example KEY", SPACE, "anna@b.example", PAL_SSHSIG_OTHER_PERSON},
    {"*@a.example,!anna@* KEY", SPACE, "anna@a.example", PAL_SSHSIG_OTHER_PERSON},
    {"!anna@*,*@a.example KEY", SPACE, "bert@a.example", PAL_SSHSIG_GOOD},
    {"a??a KEY", SPACE, "anna", PAL_SSHSIG_GOOD},
    {"a?a KEY", SPACE, "anna", PAL_SSHSIG_OTHER_PERSON},
    {"\"Anna Schmidt,Bert B\" KEY", SPACE, "Anna Schmidt", PAL_SSHSIG_GOOD},
    {"anna namespaces=\"" SPACE "\" KEY", SPACE, "anna", PAL_SSHSIG_GOOD},
    {"anna namespaces=\"git,palscan-*\" KEY", SPACE, "anna", PAL_SSHSIG_GOOD},
    {"anna namespaces=\"git\" KEY", SPACE, "anna", PAL_SSHSIG_NOT_ALLOWED},
    {"anna namespaces=\"palscan-*,!palscan-waiver\" KEY", SPACE, "anna", PAL_SSHSIG_NOT_ALLOWED},
    {"anna KEY", "git", "anna", PAL_SSHSIG_OTHER_NAMESPACE},
    {"anna OTHER", SPACE, "anna", PAL_SSHSIG_UNKNOWN_KEY},
    {"# nobody", SPACE, "anna", PAL_SSHSIG_UNKNOWN_KEY},
    {"anna valid-after=\"20260101Z\",valid-before=\"20270101Z\" KEY", SPACE, "anna", PAL_SSHSIG_GOOD},
    {"anna valid-after=\"20260615120000Z\" KEY", SPACE, "anna", PAL_SSHSIG_GOOD},
    {"anna valid-after=\"20260615120001Z\" KEY", SPACE, "anna", PAL_SSHSIG_NOT_THEN},
    {"anna valid-before=\"202606151200Z\" KEY", SPACE, "anna", PAL_SSHSIG_GOOD},
    {"anna valid-before=\"20260615115959Z\" KEY", SPACE, "anna", PAL_SSHSIG_NOT_THEN},
    {"anna namespaces=\"palscan-waiver\",valid-before=\"20260615Z\" KEY", SPACE, "anna", PAL_SSHSIG_NOT_THEN},
    {"bert KEY\nanna namespaces=\"git\" KEY", SPACE, "anna", PAL_SSHSIG_NOT_ALLOWED},
};

/* ssh-keygen judges the same line at the same instant. */
START_TEST(test_sshsig__verdict_is_that_of_ssh_keygen) {
  struct pal_buf signature;
  char script[512];
  struct pal_sshsig_verdict verdict;
  const char *who = verdict_rows[_i].who;
  sign("ed25519", SPACE, "sha512", &signature);
  unit_write("line", verdict_rows[_i].line, 0600);
  shell(
      "sed \"s|KEY|$(cut -d' ' -f1,2 ed25519.pub)|; s|OTHER|$(cut -d' ' -f1,2 other.pub)|\" line >lines; echo >>lines");
  struct pal_signers *signers = allowed("lines");
  ck_assert(pal_instant_parse("2026-06-15T12:00:00Z", &now));
  unit_ok(pal_sshsig_verify(signers, who, verdict_rows[_i].space, now, message, strlen(message), signature.data,
                            &verdict, &err),
          &err);
  ck_assert_msg(verdict.state == verdict_rows[_i].state, "%d: %s", verdict.state, verdict.why);
  ck_assert((verdict.state == PAL_SSHSIG_GOOD) == (verdict.why[0] == '\0'));
  ck_assert((verdict.state == PAL_SSHSIG_GOOD) == (verdict.signer != NULL));
  ck_assert_ptr_eq(strstr(verdict.fingerprint, "SHA256:"), verdict.fingerprint);
  if (who) {
    (void)snprintf(script, sizeof script,
                   "TZ=UTC ssh-keygen -Y verify -f lines -I '%s' -n %s -s message.sig -Overify-time=20260615120000 "
                   "<message >log 2>&1",
                   who, verdict_rows[_i].space);
    ck_assert_msg(agrees(script) == (verdict.state == PAL_SSHSIG_GOOD), "ssh-keygen thinks otherwise: %s",
                  verdict_rows[_i].line);
  }
  pal_signers_free(signers);
  pal_buf_deinit(&signature);
}
END_TEST

START_TEST(test_sshsig__other_bytes_are_false) {
  struct pal_buf signature;
  struct pal_signers *signers = allowed("allowed");
  struct pal_sshsig_verdict verdict;
  sign("p256", SPACE, "sha512", &signature);
  unit_ok(pal_sshsig_verify(signers, WHO, SPACE, now, message, strlen(message) - 1, signature.data, &verdict, &err),
          &err);
  ck_assert_int_eq(verdict.state, PAL_SSHSIG_FALSE);
  ck_assert_ptr_null(verdict.signer);
  ck_assert_str_ne(verdict.why, "");
  pal_signers_free(signers);
  pal_buf_deinit(&signature);
}
END_TEST

/* --- malformed ones --- */

static void armor(const uint8_t *blob, size_t len, struct pal_buf *out) {
  pal_buf_init(out, 1 << 17);
  pal_buf_puts(out, "-----BEGIN SSH SIGNATURE-----\n");
  ssh_base64_encode(out, blob, len);
  pal_buf_puts(out, "\n-----END SSH SIGNATURE-----\n");
}

static size_t unarmor(const struct pal_buf *text, uint8_t *out) {
  size_t n = 0, head = strlen("-----BEGIN SSH SIGNATURE-----\n"), tail = strlen("-----END SSH SIGNATURE-----\n");
  ck_assert(ssh_base64_decode(text->data + head, text->len - head - tail, out, &n));
  return n;
}

/* No bit is without meaning, none can be missing and none added. */
START_TEST(test_sshsig__any_other_byte_is_no_good) {
  struct pal_buf signature, changed;
  uint8_t blob[4096];
  sign(key_rows[_i].file, SPACE, "sha512", &signature);
  size_t n = unarmor(&signature, blob);
  for (size_t i = 0; i < n; i++) {
    blob[i] ^= (uint8_t)(1u << i % 8);
    armor(blob, n, &changed);
    ck_assert_msg(judge(changed.data).state != PAL_SSHSIG_GOOD, "%s: byte %zu", key_rows[_i].file, i);
    pal_buf_deinit(&changed);
    blob[i] ^= (uint8_t)(1u << i % 8);
    armor(blob, i, &changed);
    ck_assert_int_eq(judge(changed.data).state, PAL_SSHSIG_MALFORMED);
    pal_buf_deinit(&changed);
  }
  blob[n] = 0;
  armor(blob, n + 1, &changed);
  ck_assert_int_eq(judge(changed.data).state, PAL_SSHSIG_MALFORMED);
  pal_buf_deinit(&changed);
  pal_buf_deinit(&signature);
}
END_TEST

static const char *const no_signatures[] = {
    "",
    "hello",
    "-----BEGIN SSH SIGNATURE-----",
    "-----BEGIN SSH SIGNATURE----------END SSH SIGNATURE-----",
    "-----BEGIN SSH SIGNATURE-----\nU1NIU0lH\n-----END SSH SIGNATURE-----\n",
    "-----BEGIN SSH SIGNATURE-----\nU1NIU0lH=\n-----END SSH SIGNATURE-----\n",
    "-----BEGIN SSH SIGNATURE-----\n\xff\xff\n-----END SSH SIGNATURE-----\n",
    "-----BEGIN PGP SIGNATURE-----\nU1NIU0lH\n-----END PGP SIGNATURE-----\n",
};

START_TEST(test_sshsig__what_is_no_signature_is_told_so) {
  struct pal_sshsig_verdict verdict = judge(no_signatures[_i]);
  ck_assert_int_eq(verdict.state, PAL_SSHSIG_MALFORMED);
  ck_assert_ptr_nonnull(strstr(verdict.why, "no signature in the SSHSIG format"));
  ck_assert_str_eq(verdict.fingerprint, "");
}
END_TEST

START_TEST(test_sshsig__one_that_is_too_long_is_not_read) {
  struct pal_buf text;
  pal_buf_init(&text, 1 << 20);
  pal_buf_puts(&text, "-----BEGIN SSH SIGNATURE-----\n");
  for (int i = 0; i < PAL_SSHSIG_MAX; i++)
    pal_buf_puts(&text, "AAAA");
  pal_buf_puts(&text, "\n-----END SSH SIGNATURE-----\n");
  ck_assert_int_eq(judge(text.data).state, PAL_SSHSIG_MALFORMED);
  pal_buf_deinit(&text);
}
END_TEST

/* The parts of a signature of ssh-keygen, put together otherwise. */
struct parts {
  struct ssh_bytes public, space, reserved, hash, raw;
  uint32_t version;
};

static struct parts take_apart(const uint8_t *blob, size_t n) {
  struct ssh_reader reader = {.left = {blob, n}};
  struct parts parts;
  ck_assert(ssh_get_magic(&reader, "SSHSIG", 6));
  parts.version = ssh_get_u32(&reader);
  parts.public = ssh_get_string(&reader);
  parts.space = ssh_get_string(&reader);
  parts.reserved = ssh_get_string(&reader);
  parts.hash = ssh_get_string(&reader);
  parts.raw = ssh_get_string(&reader);
  ck_assert(ssh_at_end(&reader));
  return parts;
}

static struct pal_sshsig_verdict judge_parts(const struct parts *parts) {
  struct pal_buf blob, text;
  pal_buf_init(&blob, 1 << 16);
  pal_buf_puts(&blob, "SSHSIG");
  ssh_put_u32(&blob, parts->version);
  const struct ssh_bytes all[] = {parts->public, parts->space, parts->reserved, parts->hash, parts->raw};
  for (size_t i = 0; i < 5; i++)
    ssh_put_string(&blob, all[i].at, all[i].len);
  armor((const uint8_t *)blob.data, blob.len, &text);
  struct pal_sshsig_verdict verdict = judge(text.data);
  pal_buf_deinit(&blob);
  pal_buf_deinit(&text);
  return verdict;
}

#define BYTES(text) ((struct ssh_bytes){(const uint8_t *)(text), sizeof(text) - 1})

static void expect(const struct parts *parts, enum pal_sshsig_state state, const char *part) {
  struct pal_sshsig_verdict verdict = judge_parts(parts);
  ck_assert_msg(verdict.state == state, "%d: %s", verdict.state, verdict.why);
  ck_assert_msg(strstr(verdict.why, part) != NULL, "no \"%s\" in: %s", part, verdict.why);
}

START_TEST(test_sshsig__parts_that_do_not_go_together_are_refused) {
  struct pal_buf signature, other, raw;
  uint8_t blob[4096], other_blob[4096];
  sign("rsa", SPACE, "sha512", &signature);
  sign("ed25519", SPACE, "sha512", &other);
  const struct parts rsa = take_apart(blob, unarmor(&signature, blob));
  const struct parts ed25519 = take_apart(other_blob, unarmor(&other, other_blob));
  struct ssh_reader reader = {.left = rsa.raw};
  ck_assert(ssh_is(ssh_get_string(&reader), "rsa-sha2-512"));
  struct ssh_bytes number = ssh_get_string(&reader);
  struct parts p = rsa;
  expect(&p, PAL_SSHSIG_GOOD, "");
  p.version = 2;
  expect(&p, PAL_SSHSIG_MALFORMED, "SSHSIG format");
  p = rsa;
  p.space = BYTES("");
  expect(&p, PAL_SSHSIG_MALFORMED, "SSHSIG format");
  p.space = BYTES("git");
  expect(&p, PAL_SSHSIG_OTHER_NAMESPACE, "another use");
  p.space = BYTES("palscan-waiver\0");
  expect(&p, PAL_SSHSIG_OTHER_NAMESPACE, "another use");
  p = rsa;
  p.hash = BYTES("sha1");
  expect(&p, PAL_SSHSIG_MALFORMED, "neither SHA-512 nor SHA-256");
  p.hash = BYTES("sha256");
  expect(&p, PAL_SSHSIG_FALSE, "not what stands here");
  p = rsa;
  p.raw = ed25519.raw;
  expect(&p, PAL_SSHSIG_MALFORMED, "does not go with its key");
  p = ed25519;
  p.raw = rsa.raw;
  expect(&p, PAL_SSHSIG_MALFORMED, "does not go with its key");
  p = rsa;
  p.public = BYTES("\0\0\0\7ssh-dss\0\0\0\1\1");
  expect(&p, PAL_SSHSIG_MALFORMED, "of a kind that is not taken");
  p.public = BYTES("\0\0\0\7ssh-rsa\0\0\0\1\3\0\0\0\2\0\x91");
  expect(&p, PAL_SSHSIG_MALFORMED, "has 8 bits");
  p.public = BYTES("\0\0\0\7ssh-rsa\0\0\0\1\3\0\0\0\2\x91\x91");
  expect(&p, PAL_SSHSIG_MALFORMED, "malformed");
  p.public = BYTES("\0\0\0\13ssh-ed25519\0\0\0\3abc");
  expect(&p, PAL_SSHSIG_MALFORMED, "malformed");
  p.public = BYTES("\0\0\0\23ecdsa-sha2-nistp256\0\0\0\10nistp384\0\0\0\1\4");
  expect(&p, PAL_SSHSIG_MALFORMED, "malformed");
  p.public = BYTES("\0\0\0\23ecdsa-sha2-nistp256\0\0\0\10nistp256\0\0\0\101\4"
                   "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb");
  expect(&p, PAL_SSHSIG_MALFORMED, "no key");
  p.public = BYTES("\xff\xff\xff\xffssh-rsa");
  expect(&p, PAL_SSHSIG_MALFORMED, "cut short");
  p = rsa;
  pal_buf_init(&raw, 1 << 16);
  ssh_put_text(&raw, "ssh-rsa");
  ssh_put_string(&raw, number.at, number.len);
  p.raw = (struct ssh_bytes){(const uint8_t *)raw.data, raw.len};
  expect(&p, PAL_SSHSIG_MALFORMED, "SHA-1");
  pal_buf_clear(&raw);
  ssh_put_text(&raw, "rsa-sha2-512");
  ssh_put_string(&raw, "", 0);
  p.raw = (struct ssh_bytes){(const uint8_t *)raw.data, raw.len};
  expect(&p, PAL_SSHSIG_MALFORMED, "malformed");
  pal_buf_deinit(&raw);
  pal_buf_deinit(&signature);
  pal_buf_deinit(&other);
}
END_TEST

START_TEST(test_sshsig__any_rsa_signature_of_sha256_is_good_too) {
  /* As other programs write it: the frame signed with rsa-sha2-256. */
  struct pal_buf signature, frame, raw;
  uint8_t blob[4096], digest[PAL_SHA256_LEN];
  sign("rsa", SPACE, "sha256", &signature);
  struct parts parts = take_apart(blob, unarmor(&signature, blob));
  unit_ok(pal_sha256(message, strlen(message), digest, &err), &err);
  pal_buf_init(&frame, 4096);
  pal_buf_puts(&frame, "SSHSIG");
  ssh_put_text(&frame, SPACE);
  ssh_put_text(&frame, "");
  ssh_put_text(&frame, "sha256");
  ssh_put_string(&frame, digest, sizeof digest);
  FILE *file = fopen("frame", "wb");
  ck_assert_ptr_nonnull(file);
  ck_assert_uint_eq(fwrite(frame.data, 1, frame.len, file), frame.len);
  ck_assert_int_eq(fclose(file), 0);
  shell("openssl dgst -sha256 -sign rsa.pem -out raw frame");
  pal_buf_deinit(&frame);
  read_text("raw", &frame);
  pal_buf_init(&raw, 4096);
  ssh_put_text(&raw, "rsa-sha2-256");
  ssh_put_string(&raw, frame.data, frame.len);
  parts.raw = (struct ssh_bytes){(const uint8_t *)raw.data, raw.len};
  expect(&parts, PAL_SSHSIG_GOOD, "");
  pal_buf_deinit(&raw);
  pal_buf_deinit(&frame);
  pal_buf_deinit(&signature);
}
END_TEST

Suite *make_crypto_sshsig_suite(void);
Suite *make_crypto_sshsig_suite(void) {
  Suite *suite = suite_create("crypto sshsig");
  TCase *tests = tcase_create("sshsig");
  enum { OPENSSH_KEYS = 5 }; /* of the first rows */
  tcase_set_timeout(tests, 120);
  tcase_add_unchecked_fixture(tests, make_files, unit_leave_folder);
  tcase_add_checked_fixture(tests, set_up, NULL);
  tcase_add_loop_test(tests, test_ssh_key__tells_what_ssh_keygen_tells, 0, UNIT_N(key_rows));
  tcase_add_loop_test(tests, test_ssh_key__what_is_wrong_is_told_without_the_secret, 0, UNIT_N(bad_key_rows));
  tcase_add_test(tests, test_ssh_key__halves_of_different_keys_are_refused);
  tcase_add_loop_test(tests, test_ssh_key__cut_anywhere_is_refused, 0, OPENSSH_KEYS);
  tcase_add_test(tests, test_ssh_key__is_a_secret_while_it_lives);
  tcase_add_loop_test(tests, test_sshsig__ssh_keygen_accepts_what_is_made, 0, UNIT_N(key_rows));
  tcase_add_test(tests, test_sshsig__commit_signed_here_convinces_git);
  tcase_add_test(tests, test_sshsig__needs_room_and_a_namespace);
  tcase_add_loop_test(tests, test_sshsig__what_ssh_keygen_signs_is_good, 0, OPENSSH_KEYS);
  tcase_add_loop_test(tests, test_sshsig__verdict_is_that_of_ssh_keygen, 0, UNIT_N(verdict_rows));
  tcase_add_test(tests, test_sshsig__other_bytes_are_false);
  tcase_add_loop_test(tests, test_sshsig__any_other_byte_is_no_good, 0, OPENSSH_KEYS);
  tcase_add_loop_test(tests, test_sshsig__what_is_no_signature_is_told_so, 0, UNIT_N(no_signatures));
  tcase_add_test(tests, test_sshsig__one_that_is_too_long_is_not_read);
  tcase_add_test(tests, test_sshsig__parts_that_do_not_go_together_are_refused);
  tcase_add_test(tests, test_sshsig__any_rsa_signature_of_sha256_is_good_too);
  suite_add_tcase(suite, tests);
  return suite;
}
