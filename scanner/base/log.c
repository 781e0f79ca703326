/* SPDX-License-Identifier: Apache-2.0 */
#include "pal_log.h"

#include <assert.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pal_json.h"
#include "pal_text.h"

enum {
  LOG_LINE_MAX = 64 << 10,
  SECRET_MIN = 6,
  SECRET_MAX = 64 << 10,
  FORM_MAX = SECRET_MAX * 12,
  WINDOW_FIRST = 4, /* bytes; each class doubles it */
  WINDOWS_N = 18,   /* the last holds every form up to FORM_MAX */
  BUCKETS_FIRST = 64,
  SIEVE_N = 256
};

static enum pal_log_level log_level = PAL_LOG_WARN;

/*
 * One way a secret can be spelled. A form is found by the hash of its last
 * bytes: of a window of at least half of its length, because tokens begin and
 * often also end alike. A text is then searched in one pass, however many
 * secrets there are.
 */
struct form {
  struct form *next;
  uint64_t hash; /* of its window */
  int window;    /* index of it */
  size_t len;
  size_t refs;       /* secrets spelled so */
  size_t partial;    /* those of them of which it is base64 whose last character depends on what follows */
  size_t registered; /* how often it was registered as a secret itself */
  char bytes[];
};

static struct {
  struct form **buckets;
  size_t cap, n; /* cap: 0 or a power of two */
  size_t of_window[WINDOWS_N];
  /* How many forms of a window have a hash of this sort: almost no place of a text has one, and none is looked up for it. */
  uint32_t sieve[WINDOWS_N][SIEVE_N];
} forms;

/* --- windows --- */

static const uint64_t hash_base = UINT64_C(0x9E3779B97F4A7C55);

static size_t window_bytes(int window) {
  return (size_t)WINDOW_FIRST << window;
}

/* The largest one that len bytes hold. */
static int window_of(size_t len) {
  int window = 0;
  while (window + 1 < WINDOWS_N && window_bytes(window + 1) <= len)
    window++;
  return window;
}

static uint64_t hash_push(uint64_t hash, char c) {
  return hash * hash_base + (unsigned char)c + 1;
}

/* As if its bytes were pushed one after another; four at a time, because a token has thousands and each would wait for
 * the product before it. */
static uint64_t hash_window(const char *bytes, size_t len, int window) {
  const uint64_t base2 = hash_base * hash_base, base3 = base2 * hash_base, base4 = base2 * base2;
  const unsigned char *at = (const unsigned char *)bytes + len - window_bytes(window), *end = at + window_bytes(window);
  uint64_t hash = 0;
  static_assert(WINDOW_FIRST % 4 == 0, "four at a time");
  for (; at < end; at += 4)
    hash = hash * base4 + ((at[0] + 1) * base3 + (at[1] + 1) * base2 + (at[2] + 1) * hash_base + (at[3] + 1));
  return hash;
}

static uint32_t *sieve_of(uint64_t hash, int window) {
  return &forms.sieve[window][hash >> 56];
}

/* --- secrets --- */

static struct form **bucket(uint64_t hash, int window) {
  uint64_t mixed = (hash ^ hash >> 29 ^ (uint64_t)window) * UINT64_C(0xBF58476D1CE4E5B9);
  return &forms.buckets[(mixed ^ mixed >> 32) & (forms.cap - 1)];
}

/* Where the form stands, or where it would be put; needs buckets. */
static struct form **find_form(const char *bytes, size_t len, uint64_t hash, int window) {
  struct form **at = bucket(hash, window);
  while (*at && ((*at)->hash != hash || (*at)->len != len || memcmp((*at)->bytes, bytes, len) != 0))
    at = &(*at)->next;
  return at;
}

static struct form *known_form(const char *bytes, size_t len) {
  int window = window_of(len);
  return forms.cap ? *find_form(bytes, len, hash_window(bytes, len, window), window) : NULL;
}

static enum pal_code grow_forms(struct pal_err *err) {
  size_t old_cap = forms.cap, cap = old_cap ? old_cap * 2 : BUCKETS_FIRST;
  struct form **old = forms.buckets, **grown = calloc(cap, sizeof(struct form *));
  if (!grown)
    return pal_err_nomem(err);
  forms.buckets = grown;
  forms.cap = cap;
  for (size_t i = 0; i < old_cap; i++)
    while (old[i]) {
      struct form *form = old[i], **head = bucket(form->hash, form->window);
      old[i] = form->next;
      form->next = *head;
      *head = form;
    }
  free(old);
  return PAL_OK;
}

static enum pal_code add_form(const char *bytes, size_t len, bool partial, struct pal_err *err) {
  enum pal_code code = forms.n == forms.cap ? grow_forms(err) : PAL_OK;
  if (code != PAL_OK)
    return code;
  int window = window_of(len);
  uint64_t hash = hash_window(bytes, len, window);
  struct form **at = find_form(bytes, len, hash, window);
  if (!*at) {
    struct form *form = malloc(sizeof *form + len);
    if (!form)
      return pal_err_nomem(err);
    *form = (struct form){.hash = hash, .window = window, .len = len};
    memcpy(form->bytes, bytes, len);
    *at = form;
    forms.n++;
    forms.of_window[window]++;
    ++*sieve_of(hash, window);
  }
  (*at)->refs++;
  (*at)->partial += partial;
  return PAL_OK;
}

static void wipe_form(struct form *form) {
  explicit_bzero(form, sizeof *form + form->len);
  free(form);
}

static void drop_form(const char *bytes, size_t len, bool partial) {
  int window = window_of(len);
  uint64_t hash = hash_window(bytes, len, window);
  struct form **at = find_form(bytes, len, hash, window), *form = *at;
  if (!form)
    return;
  form->partial -= partial;
  if (--form->refs > 0)
    return;
  *at = form->next;
  forms.n--;
  forms.of_window[window]--;
  --*sieve_of(hash, window);
  wipe_form(form);
}

static bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

static void percent_encode(struct pal_buf *out, const char *secret, size_t len, const char *digits, bool plus) {
  for (size_t i = 0; i < len; i++) {
    unsigned char c = (unsigned char)secret[i];
    if (is_unreserved(secret[i])) {
      pal_buf_putc(out, secret[i]);
    } else if (plus && c == ' ') {
      pal_buf_putc(out, '+');
    } else {
      pal_buf_putc(out, '%');
      pal_buf_putc(out, digits[c >> 4]);
      pal_buf_putc(out, digits[c & 15]);
    }
  }
}

#define BASE64_COMMON "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

/* Only the characters that do not depend on what follows the secret. */
static void base64_encode(struct pal_buf *out, const char *secret, size_t len, const char *digits) {
  const unsigned char *from = (const unsigned char *)secret;
  char four[4 * 64];
  pal_buf_reserve(out, len / 3 * 4 + 2);
  while (len >= 3) {
    size_t n = 0;
    for (; len >= 3 && n < sizeof four; from += 3, len -= 3) {
      unsigned three = (unsigned)from[0] << 16 | (unsigned)from[1] << 8 | from[2];
      four[n++] = digits[three >> 18];
      four[n++] = digits[three >> 12 & 63];
      four[n++] = digits[three >> 6 & 63];
      four[n++] = digits[three & 63];
    }
    pal_buf_add(out, four, n);
    explicit_bzero(four, n);
  }
  if (len > 0)
    pal_buf_putc(out, digits[from[0] >> 2]);
  if (len > 1)
    pal_buf_putc(out, digits[((unsigned)from[0] << 8 | from[1]) >> 4 & 63]);
}

/* The inside of the JSON string. */
static void json_encode(struct pal_buf *out, const char *secret, size_t len) {
  struct pal_buf text, quoted;
  pal_buf_init(&text, SECRET_MAX * 3);
  pal_buf_init(&quoted, FORM_MAX);
  (void)pal_utf8_clean(&text, secret, len);
  pal_json_escape(&quoted, text.data);
  if (quoted.bad == PAL_OK && quoted.len > 2)
    pal_buf_add(out, quoted.data + 1, quoted.len - 2);
  pal_buf_wipe(&quoted);
  pal_buf_wipe(&text);
}

/* The secret in this encoding, nothing when it is the plain one; *ret_partial: its last character depends on what follows. */
enum encoding { PLAIN, PERCENT_UPPER, PERCENT_LOWER, FORM_UPPER, BASE64, BASE64_URL, JSON, ENCODINGS };
static void encode(struct pal_buf *out, enum encoding encoding, const char *secret, size_t len, bool *ret_partial) {
  size_t plain = 0;
  while (plain < len && is_unreserved(secret[plain]))
    plain++;
  *ret_partial = (encoding == BASE64 || encoding == BASE64_URL) && len % 3 != 0;
  if (plain == len && encoding != PLAIN && encoding != BASE64 && encoding != BASE64_URL)
    return; /* spelled as it is: tokens are, and there are many */
  switch (encoding) {
  case PLAIN: pal_buf_add(out, secret, len); break;
  case PERCENT_UPPER: percent_encode(out, secret, len, "0123456789ABCDEF", false); break;
  case PERCENT_LOWER: percent_encode(out, secret, len, "0123456789abcdef", false); break;
  case FORM_UPPER: percent_encode(out, secret, len, "0123456789ABCDEF", true); break;
  case BASE64: base64_encode(out, secret, len, BASE64_COMMON "+/"); break;
  case BASE64_URL: base64_encode(out, secret, len, BASE64_COMMON "-_"); break;
  case JSON: json_encode(out, secret, len); break;
  case ENCODINGS: break;
  }
}

enum pal_code pal_secret_register(const char *secret, size_t len, struct pal_err *err) {
  if (len < SECRET_MIN)
    return pal_err_set(err, PAL_E_CONFIG, "a secret is shorter than %d bytes and could not be kept out of texts",
                       SECRET_MIN);
  if (len > SECRET_MAX)
    return pal_err_set(err, PAL_E_CONFIG, "a secret is longer than the maximum of %d bytes", SECRET_MAX);
  struct form *known = known_form(secret, len);
  enum pal_code code = PAL_OK;
  if (known && known->registered > 0) {
    known->registered++;
    return PAL_OK;
  }
  for (int i = 0; i < ENCODINGS && code == PAL_OK; i++) {
    struct pal_buf form;
    bool partial;
    pal_buf_init(&form, FORM_MAX);
    encode(&form, (enum encoding)i, secret, len, &partial);
    code = pal_buf_check(&form, "a secret", err);
    if (code == PAL_OK && form.len >= SECRET_MIN)
      code = add_form(form.data, form.len, partial, err);
    pal_buf_wipe(&form);
  }
  if (code == PAL_OK)
    known_form(secret, len)->registered++;
  return code;
}

void pal_secret_forget(const char *secret, size_t len) {
  struct form *known = len >= SECRET_MIN && len <= SECRET_MAX ? known_form(secret, len) : NULL;
  if (!known || known->registered == 0 || --known->registered > 0)
    return;
  for (int i = 0; i < ENCODINGS; i++) {
    struct pal_buf form;
    bool partial;
    pal_buf_init(&form, FORM_MAX);
    encode(&form, (enum encoding)i, secret, len, &partial);
    if (form.bad == PAL_OK && form.len >= SECRET_MIN) /* no memory: it stays known */
      drop_form(form.data, form.len, partial);
    pal_buf_wipe(&form);
  }
}

void pal_secret_forget_all(void) {
  for (size_t i = 0; i < forms.cap; i++)
    while (forms.buckets[i]) {
      struct form *form = forms.buckets[i];
      forms.buckets[i] = form->next;
      wipe_form(form);
    }
  free(forms.buckets);
  memset(&forms, 0, sizeof forms);
}

/* --- redaction --- */

static size_t base64_rest(const char *text, size_t len) {
  size_t n = 0;
  if (n < len && text[n] && strchr(BASE64_COMMON "+/-_", text[n]))
    n++;
  while (n < len && n < 3 && text[n] == '=')
    n++;
  return n;
}

/* What goes, in order; none overlap. */
struct span {
  size_t start, end;
};
struct spans {
  struct span *v;
  size_t n, cap;
};

/* Secrets may overlap: what overlaps goes as one. No span ends behind the end of the one added last by more than
 * the rest of its base64, so whatever the new one touches stands at the end. */
static bool add_span(struct spans *spans, struct span span) {
  while (spans->n && spans->v[spans->n - 1].end > span.start) {
    const struct span *last = &spans->v[--spans->n];
    span.start = last->start < span.start ? last->start : span.start;
    span.end = last->end > span.end ? last->end : span.end;
  }
  if (spans->n == spans->cap) {
    size_t cap = spans->cap ? spans->cap * 2 : 16;
    struct span *v = realloc(spans->v, cap * sizeof *v);
    if (!v)
      return false;
    spans->v = v;
    spans->cap = cap;
  }
  spans->v[spans->n++] = span;
  return true;
}

/* Adds every secret whose spelling ends at text[end] and has this window. */
static bool add_ending(struct spans *spans, const char *text, size_t len, size_t end, uint64_t hash, int window) {
  for (const struct form *form = *bucket(hash, window); form; form = form->next) {
    if (form->hash != hash || form->window != window || form->len > end ||
        memcmp(form->bytes, text + end - form->len, form->len) != 0)
      continue;
    size_t rest = form->partial ? base64_rest(text + end, len - end) : 0;
    if (!add_span(spans, (struct span){end - form->len, end + rest}))
      return false;
  }
  return true;
}

/* False: no memory. */
static bool find_secrets(struct spans *spans, const char *text, size_t len) {
  struct {
    int window;
    size_t bytes;
    uint64_t hash, out; /* out: what the byte that leaves weighs */
  } rolling[WINDOWS_N];
  size_t n = 0;
  for (int window = 0; window < WINDOWS_N; window++) {
    if (forms.of_window[window] == 0 || window_bytes(window) > len)
      continue;
    uint64_t out = 1;
    for (size_t i = 0; i < window_bytes(window); i++)
      out *= hash_base;
    rolling[n].window = window;
    rolling[n].bytes = window_bytes(window);
    rolling[n].hash = 0;
    rolling[n++].out = out;
  }
  for (size_t end = 1; n > 0 && end <= len; end++)
    for (size_t i = 0; i < n; i++) {
      rolling[i].hash = hash_push(rolling[i].hash, text[end - 1]);
      if (end > rolling[i].bytes)
        rolling[i].hash -= rolling[i].out * ((uint64_t)(unsigned char)text[end - 1 - rolling[i].bytes] + 1);
      if (end >= rolling[i].bytes && *sieve_of(rolling[i].hash, rolling[i].window) > 0 &&
          !add_ending(spans, text, len, end, rolling[i].hash, rolling[i].window))
        return false;
    }
  return true;
}

void pal_redact(struct pal_buf *out, const char *text, size_t len) {
  struct spans spans = {0};
  size_t start = 0; /* of what is not yet copied */
  if (!find_secrets(&spans, text, len)) {
    out->bad = PAL_E_NOMEM; /* rather no text than one with a secret */
    len = spans.n = 0;
  }
  for (size_t i = 0; i < spans.n; i++) {
    pal_buf_add(out, text + start, spans.v[i].start - start);
    pal_buf_puts(out, "[redacted]");
    start = spans.v[i].end;
  }
  pal_buf_add(out, text + start, len - start);
  free(spans.v);
}

/* --- the log --- */

void pal_log_set_level(enum pal_log_level level) {
  log_level = level;
}

static void write_line(const struct pal_buf *line) {
  for (size_t done = 0; done < line->len;) {
    ssize_t n = write(STDERR_FILENO, line->data + done, line->len - done);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return; /* there is nowhere left to complain to */
    done += (size_t)n;
  }
}

static void (*before_line)(void *payload);
static void *before_payload;

void pal_log_before_line(void (*wipe)(void *payload), void *payload) {
  before_line = wipe;
  before_payload = payload;
}

void pal_log(enum pal_log_level level, const char *fmt, ...) {
  static const char *const prefixes[] = {
      [PAL_LOG_ERROR] = "palscan: error: ",
      [PAL_LOG_WARN] = "palscan: warning: ",
      [PAL_LOG_INFO] = "palscan: ",
      [PAL_LOG_DEBUG] = "palscan: debug: ",
  };
  if (level > log_level)
    return;
  struct pal_buf text, redacted, line;
  pal_buf_init(&text, LOG_LINE_MAX);
  pal_buf_init(&redacted, LOG_LINE_MAX * 2);
  pal_buf_init(&line, LOG_LINE_MAX * 16);
  va_list args;
  va_start(args, fmt);
  pal_buf_vprintf(&text, fmt, args);
  va_end(args);
  if (text.bad == PAL_E_LIMIT) {
    /* Its beginning could end within a secret, which is then not recognised. */
    pal_buf_clear(&text);
    pal_buf_puts(&text, "(a message too long for the log was left out)");
  }
  pal_redact(&redacted, text.data, text.len);
  pal_buf_puts(&line, prefixes[level]);
  pal_term_escape(&line, redacted.data);
  pal_buf_putc(&line, '\n');
  if (before_line)
    before_line(before_payload);
  write_line(&line);
  pal_buf_wipe(&text);
  pal_buf_deinit(&redacted);
  pal_buf_deinit(&line);
}
