/* SPDX-License-Identifier: Apache-2.0 */
#include "sink.h"

#include <errno.h>
#include <string.h>

void report_sink_init(struct report_sink *sink, FILE *out) {
  *sink = (struct report_sink){.out = out};
}

void report_sink_write(struct report_sink *sink, const char *bytes, size_t len) {
  if (sink->error || len == 0)
    return;
  errno = 0;
  if (fwrite(bytes, 1, len, sink->out) != len)
    sink->error = errno ? errno : EIO;
}

void report_sink_puts(struct report_sink *sink, const char *text) {
  report_sink_write(sink, text, strlen(text));
}

enum pal_code report_sink_finish(const struct report_sink *sink, const char *what, struct pal_err *err) {
  if (sink->error == 0 || sink->error == EPIPE)
    return PAL_OK;
  return pal_err_set(err, PAL_E_IO, "write %s: %s", what, strerror(sink->error));
}
