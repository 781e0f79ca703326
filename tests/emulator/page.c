/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of Resource Manager: pages by nextLink, and the faults they can have. */
#include "arm.h"

#include "codec.h"

#include <stdlib.h>
#include <string.h>

enum { ENDLESS_STEP = 1 };

/* The token in the link: a letter for its kind and a number. 'p' a page that
 * starts at the number, 'e' an empty one before it, 'x' one that never ends. */
struct cursor {
  char kind;
  size_t number;
};

static struct cursor cursor_of(const struct emu_call *c) {
  struct cursor cursor = {.kind = 'p'};
  const char *token = emu_arg(c->request, "$skiptoken");
  if (token == NULL)
    token = emu_arg(c->request, "$skipToken");
  struct emu_text plain = {0};
  if (token != NULL && emu_base64url_read(&plain, token, strlen(token)) && plain.len > 1) {
    cursor.kind = plain.data[0];
    cursor.number = (size_t)strtoull(plain.data + 1, NULL, 10);
  }
  emu_text_free(&plain);
  return cursor;
}

uint32_t emu_page_cursor(const struct emu_call *c) {
  return (uint32_t)cursor_of(c).number;
}

size_t emu_page_size(const struct emu_call *c, size_t usual) {
  size_t size = c->world->page_size != 0 ? c->world->page_size : usual;
  const char *top = emu_arg(c->request, "$top");
  if (top != NULL && strtoull(top, NULL, 10) != 0 && strtoull(top, NULL, 10) < size)
    size = (size_t)strtoull(top, NULL, 10);
  return size;
}

struct link {
  struct emu_text *out;
  bool first;
};

static enum MHD_Result add_arg(void *cls, enum MHD_ValueKind kind, const char *name, const char *value) {
  (void)kind;
  struct link *link = cls;
  if (emu_same_nocase(name, "$skiptoken"))
    return MHD_YES;
  emu_text_puts(link->out, link->first ? "?" : "&");
  link->first = false;
  emu_text_url(link->out, name);
  emu_text_puts(link->out, "=");
  emu_text_url(link->out, value != NULL ? value : "");
  return MHD_YES;
}

static void next_link(struct emu_call *c, struct emu_json *json, const char *origin, struct cursor cursor) {
  struct emu_text link = {0}, plain = {0};
  emu_text_puts(&link, origin);
  emu_text_puts(&link, c->request->path);
  struct link l = {.out = &link, .first = true};
  (void)MHD_get_connection_values(c->request->connection, MHD_GET_ARGUMENT_KIND, add_arg, &l);
  emu_text_printf(&plain, "%c%zu", cursor.kind, cursor.number);
  emu_text_puts(&link, "&%24skiptoken=");
  emu_base64url(&link, plain.data, plain.len);
  emu_json_text(json, "nextLink", link.data);
  emu_text_free(&plain);
  emu_text_free(&link);
}

void emu_page_next(struct emu_call *c, struct emu_json *json, char kind, size_t next) {
  if (next == 0)
    return;
  char origin[220];
  emu_own_origin(c->request, origin, sizeof origin);
  next_link(c, json, origin, (struct cursor){.kind = kind, .number = next});
}

enum emu_fault emu_list_fault(const struct emu_call *c) {
  enum emu_fault fault = emu_fault_of_tenant(c->world, c->of.index);
  if (fault == EMU_FAULT_NONE || c->delegated)
    return EMU_FAULT_NONE;
  bool hit = c->kind == EMU_KIND_ROLE_ASSIGNMENTS && c->sub == 0 && c->rest[0] == '\0';
  if (hit)
    emu_manners_fault(c->request->server->manners, fault);
  return hit ? fault : EMU_FAULT_NONE;
}

void emu_page_begin(struct emu_call *c, struct emu_page *p, size_t total, size_t usual) {
  struct cursor cursor = cursor_of(c);
  *p = (struct emu_page){.json = emu_json_to(&c->reply->body), .total = total};
  c->reply->status = 200;
  emu_json_object(&p->json, NULL);
  emu_json_array(&p->json, "value");
  size_t size = emu_page_size(c, usual);
  p->is_empty = cursor.kind == 'e';
  p->first = p->end = cursor.number < total ? cursor.number : total;
  if (p->is_empty || cursor.kind == 'x')
    return;
  p->end = total - p->first < size ? total : p->first + size;
  uint64_t key = c->request->key;
  if (p->first > 0 && emu_fault_of_page(c->world, EMU_FAULT_DUPLICATE, key)) {
    p->first--;
    emu_manners_fault(c->request->server->manners, EMU_FAULT_DUPLICATE);
  }
}

static void faulty_end(struct emu_call *c, struct emu_page *p, enum emu_fault fault) {
  struct emu_json *j = &p->json;
  if (fault == EMU_FAULT_WRONG_TYPE)
    emu_json_raw(j, NULL,
                 "\"text\",7,null,[],{\"id\":5,\"properties\":\"none\"},{\"id\":\"x\",\"properties\":{\"scope\":9,"
                 "\"principalId\":{},\"roleDefinitionId\":[1],\"principalType\":false}}");
  emu_json_end_array(j);
  if (fault == EMU_FAULT_ENDLESS)
    emu_page_next(c, j, 'x', p->end + cursor_of(c).number + ENDLESS_STEP);
  if (fault == EMU_FAULT_FOREIGN_LINK)
    next_link(c, j, emu_origin(c->world, EMU_TRAP).text, (struct cursor){.kind = 'p', .number = 1});
  emu_json_end_object(j);
  if (fault == EMU_FAULT_HUGE)
    c->reply->delivery = EMU_ENORMOUS;
}

void emu_page_end(struct emu_call *c, struct emu_page *p) {
  enum emu_fault fault = emu_list_fault(c);
  if (fault != EMU_FAULT_NONE && fault != EMU_FAULT_HOSTILE) {
    faulty_end(c, p, fault);
    return;
  }
  emu_json_end_array(&p->json);
  if (p->end < p->total) {
    bool empty = !p->is_empty && emu_fault_of_page(c->world, EMU_FAULT_EMPTY_PAGE, c->request->key);
    if (empty)
      emu_manners_fault(c->request->server->manners, EMU_FAULT_EMPTY_PAGE);
    emu_page_next(c, &p->json, empty ? 'e' : 'p', p->end);
  }
  emu_json_end_object(&p->json);
}
