#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes tests/data/recordings out of published recordings of the real service.

    tests/tools/recordings_to_har.py SOURCES tests/data/recordings

SOURCES holds recordings/ (vcrpy cassettes of azure-cli-extensions, session
records of azure-powershell and azure-sdk-for-net) and spec/ (examples of
azure-rest-api-specs), as tests/data/recordings/README.md names them. The output
is committed; no test needs SOURCES. Needs PyYAML.

NAME/ is a recording as it was made: methods and URLs that palscan never sends.
NAME-scan-N/ can be scanned: the body of the N-th answer about a link, byte for
byte, as the answer of GET …/partners, and around it the answers that a scan
asks for, from published examples. Each entry says in its comment what it is.
"""
import base64
import email.utils
import hashlib
import json
import os
import sys
from urllib.parse import quote, unquote

import yaml

ARM = "https://management.azure.com"
LOGIN = "https://login.microsoftonline.com"
AUTH = "/providers/Microsoft.Authorization/"
PARTNERS = ARM + "/providers/Microsoft.ManagementPartner/partners?api-version=2018-02-01"
IDENTITY = "recorded"
CLI_CLIENT, POWERSHELL_CLIENT = "04b07795-8ddb-461a-bbee-02f9e1bf7b46", "1950a258-227b-4e31-a9cf-717495945fc2"
SUBSCRIPTION = "a925f2f7-5c63-4b7b-8799-25a5f97bc3b2"  # of the example RoleAssignments_ListForSubscription
AREAS = ["delegations", "links", "role-assignments", "usage"]
# See scanner/collect/plan.h
COUNT_QUERY = ("authorizationresources | where type =~ 'microsoft.authorization/roleassignments' | extend s = "
               "tolower(tostring(split(properties.scope,'/')[2])) | where isnotempty(s) | summarize n = count() by s | "
               "project id = s, s, n | order by s asc")
CLI = ("recordings/azure-cli-extensions/test_%s_managementpartner.yaml",
       "Azure/azure-cli-extensions:src/managementpartner/azext_managementpartner/tests/latest/recordings/test_%s_managementpartner.yaml")
POWERSHELL = ("recordings/azure-powershell/%s.json",
              "Azure/azure-powershell:src/ManagementPartner/ManagementPartner.Test/SessionRecords/"
              "Microsoft.Azure.Commands.ManagementPartner.Test.ScenarioTests.ManagementPartnerTests/%s.json")
NET = ("recordings/azure-sdk-for-net/%s.json",
       "Azure/azure-sdk-for-net:sdk/managementpartner/Microsoft.Azure.Management.ManagementPartner/tests/SessionRecords/PartnerTests/%s.json")
SOURCES = [("azure-cli-create", CLI, "create", CLI_CLIENT), ("azure-cli-delete", CLI, "delete", CLI_CLIENT),
           ("azure-cli-show", CLI, "show", CLI_CLIENT), ("azure-cli-update", CLI, "update", CLI_CLIENT),
           ("azure-powershell-remove", POWERSHELL, "TestRemoveParnter", POWERSHELL_CLIENT),
           ("azure-powershell-update", POWERSHELL, "TestUpdateParnter", POWERSHELL_CLIENT),
           ("azure-sdk-for-net-create", NET, "TestCreatePartner", POWERSHELL_CLIENT),
           ("azure-sdk-for-net-update", NET, "TestUpdatePartner", POWERSHELL_CLIENT)]

# ---- JSON as palscan writes it ----
HOSTILE = [(0, 0x1F), (0x7F, 0x9F), (0xAD, 0xAD), (0x61C, 0x61C), (0x200B, 0x200F), (0x2028, 0x202E), (0x2060, 0x206F),
           (0xFEFF, 0xFEFF), (0xFFF9, 0xFFFB), (0xE0000, 0xE0FFF)]


def escape(text):
    out = []
    for c in text:
        if c in '"\\':
            out.append("\\" + c)
        elif any(low <= ord(c) <= high for low, high in HOSTILE):
            units = c.encode("utf-16-be")
            out.extend("\\u%02x%02x" % (units[i], units[i + 1]) for i in range(0, len(units), 2))
        else:
            out.append(c)
    return '"' + "".join(out) + '"'


def write(value, sort=False):
    """Compact JSON; members in their order, or sorted by bytes."""
    if isinstance(value, str):
        return escape(value)
    if isinstance(value, dict):
        items = sorted(value.items(), key=lambda i: i[0].encode()) if sort else value.items()
        return "{" + ",".join(escape(k) + ":" + write(v, sort) for k, v in items) + "}"
    if isinstance(value, list):
        return "[" + ",".join(write(v, sort) for v in value) + "]"
    return json.dumps(value)


# ---- HAR ----
def har_entry(started, method, url, status, body, comment, mime="application/json; charset=utf-8", headers=None, post=None):
    query = url.split("?", 1)[1].split("&") if "?" in url else []
    request = {"method": method, "url": url, "httpVersion": "", "cookies": [], "headers": [],
               "queryString": [{"name": unquote(q.partition("=")[0]), "value": unquote(q.partition("=")[2])} for q in query]}
    if post:
        request["postData"] = {"mimeType": post[0], "text": post[1]}
    request.update(headersSize=-1, bodySize=len(post[1].encode()) if post else 0)
    if headers is None:
        headers = [{"name": "Content-Type", "value": mime}] if mime else []
    return {"startedDateTime": started, "time": 0, "request": request,
            "response": {"status": status, "statusText": "", "httpVersion": "", "cookies": [], "headers": headers,
                         "content": {"size": len(body.encode()), "mimeType": mime, "text": body},
                         "redirectURL": "", "headersSize": -1, "bodySize": -1},
            "cache": {}, "timings": {"send": 0, "wait": 0, "receive": 0}, "comment": comment}


def har_key(entry):
    request = entry["request"]
    text = request.get("postData", {"text": ""})["text"]
    return request["url"].encode(), request["method"].encode(), hashlib.sha256(text.encode()).hexdigest()


def save(folder, name, tenant, entries, started, origin, client, sort):
    path = os.path.join(folder, name, IDENTITY)
    os.makedirs(path, exist_ok=True)
    if sort:
        entries = sorted(entries, key=har_key)
    with open(os.path.join(path, tenant + ".har"), "w", encoding="utf-8", newline="") as out:
        out.write('{"log":{"version":"1.2","creator":{"name":"palscan","version":"0.1.0"},"entries":[\n')
        out.write(",\n".join(write(e) for e in entries))
        out.write("\n]}}\n")
    session = {"format": "palscan-recording", "origin": origin, "program": "tests/tools/recordings_to_har.py", "started": started,
               "finished": started, "version": 1,
               "settings": {"cloud": "AzurePublicCloud", "collect": AREAS, "names": "ours", "usageWindowMonths": 2,
                            "identities": [{"name": IDENTITY, "type": "device-code", "tenantId": tenant, "clientId": client,
                                            "tenants": [tenant]}]}}
    with open(os.path.join(folder, name, "session.json"), "w", encoding="utf-8", newline="") as out:
        out.write(pretty(session, 0) + "\n")


def pretty(value, depth):
    """One object, indented; elements of arrays of records one a line."""
    pad = "  " * (depth + 1)
    if isinstance(value, dict):
        lines = [pad + escape(k) + ": " + pretty(v, depth + 1) for k, v in sorted(value.items())]
        return "{\n" + ",\n".join(lines) + "\n" + "  " * depth + "}"
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return "[\n" + ",\n".join(pad + write(v, True) for v in value) + "\n" + "  " * depth + "]"
    return write(value, True)


# ---- published recordings ----
def read_cassette(path):
    with open(path, encoding="utf-8") as file:
        for i in yaml.safe_load(file)["interactions"]:
            yield (i["request"]["method"], i["request"]["uri"], i["response"]["status"]["code"], i["response"]["body"]["string"],
                   {k: ", ".join(v) for k, v in i["response"]["headers"].items()})


def read_session_record(path):
    with open(path, encoding="utf-8-sig") as file:
        for e in json.load(file)["Entries"]:
            assert base64.b64decode(e["EncodedRequestUri"]).decode() == e["RequestUri"] and e["RequestBody"] == ""
            yield (e["RequestMethod"], ARM + e["RequestUri"], e["StatusCode"], e["ResponseBody"],
                   {k: ", ".join(v) for k, v in e["ResponseHeaders"].items()})


def instant(headers):
    date = next(v for k, v in headers.items() if k.lower() == "date")
    return email.utils.parsedate_to_datetime(date).strftime("%Y-%m-%dT%H:%M:%SZ")


def convert(sources, folder, name, kind, test, client):
    path, origin = kind[0] % test, kind[1] % test
    exchanges = list((read_cassette if path.endswith(".yaml") else read_session_record)(os.path.join(sources, path)))
    links = []
    for number, (method, url, status, body, headers) in enumerate(exchanges, 1):
        if "/partners/" in url and body and body not in [b for b, _, _ in links]:
            links.append((body, instant(headers), "%s %s, exchange %d" % (method, url, number)))
    tenant = json.loads(links[0][0])["properties"]["tenantId"]
    entries = []
    for number, (method, url, status, body, headers) in enumerate(exchanges, 1):
        shown = [{"name": k, "value": v} for k, v in headers.items() if k.lower() != "set-cookie"]
        mime = next((v for k, v in headers.items() if k.lower() == "content-type"), "")
        entries.append(har_entry(instant(headers), method, url, status, body, "as recorded: %s, exchange %d" % (origin, number),
                                 mime, shown))
    started = instant(exchanges[0][4])
    save(folder, name, tenant, entries, started, "Recorded from the real service: %s" % origin, client, False)
    for number, (body, at, what) in enumerate(links, 1):
        comment = "body byte for byte as recorded: %s, there the answer of %s" % (origin, what)
        scan_session(sources, folder, "%s-scan-%d" % (name, number), body, at, comment, client,
                     "The link is an answer of the real service (%s); the rest are published examples, ids fitted" % origin)


# ---- a session around a link ----
def example(sources, path, *replacements):
    with open(os.path.join(sources, "spec", path), encoding="utf-8") as file:
        body = json.load(file)["responses"]["200"]["body"]
    text = json.dumps(body, ensure_ascii=False)
    for old, new in replacements:
        assert old in text, (path, old)
        text = text.replace(old, new)
    return json.loads(text)


def months(started):
    year, month = int(started[:4]), int(started[5:7])
    days = [31, 29 if year % 4 == 0 else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    for back in (2, 1, 0):
        m, y = (month - back, year) if month > back else (month - back + 12, year - 1)
        last = started[:10] if back == 0 else "%04d-%02d-%02d" % (y, m, days[m - 1])
        yield "%04d-%02d-01T00:00:00Z" % (y, m), last + "T23:59:59Z"


def part(value):
    return base64.urlsafe_b64encode(write(value, True).encode()).rstrip(b"=").decode()


def scan_session(sources, folder, name, body, started, comment, client, origin):
    link = json.loads(body)["properties"]
    tenant, me = link["tenantId"], link["objectId"]
    base = ARM + "/subscriptions/" + SUBSCRIPTION
    entries = []

    def put(method, url, text, note, **more):
        entries.append(har_entry(started, method, url, 200, text if isinstance(text, str) else write(text), note, **more))

    def published(path, fitted):
        return "example of azure-rest-api-specs: %s; fitted: %s" % (path, fitted)

    form = "client_id=%s&scope=%s%%2F.default%%20offline_access&refresh_token=REDACTED&grant_type=refresh_token" % (client, quote(ARM, safe=""))
    token = {"access_token": "%s.%s." % (part({"alg": "none", "typ": "JWT"}), part({"appid": client, "idtyp": "user", "oid": me, "tid": tenant})),
             "expires_in": 3599, "ext_expires_in": 3599, "refresh_token": "REDACTED", "token_type": "Bearer"}
    put("POST", "%s/%s/oauth2/v2.0/token" % (LOGIN, tenant), token, "synthetic token exchange of the recorded object id",
        post=("application/x-www-form-urlencoded", form))

    path = "subscriptions-2022-12-01/examples/GetTenants.json"
    tenants = example(sources, path, ("83abe5cd-bcc3-441a-bd86-e6a75360cecc", tenant))
    del tenants["nextLink"]
    put("GET", ARM + "/tenants?api-version=2022-12-01", tenants, published(path, "id of the home tenant, nextLink (\"...\") taken out"))

    put("GET", PARTNERS, body, comment)

    path = "subscriptions-2022-12-01/examples/GetSubscriptions.json"
    subscriptions = example(sources, path, ("291bba3f-e0a5-47bc-a099-3bdcb2a50a05", SUBSCRIPTION), ("31c75423-32d6-4322-88b7-c478bdde4858", tenant))
    del subscriptions["nextLink"], subscriptions["value"][1]
    put("GET", ARM + "/subscriptions?api-version=2022-12-01", subscriptions,
        published(path, "subscription and tenant id, first item only, nextLink (\"...\") taken out"))

    path = "authorization-2022-04-01/examples/RoleAssignments_ListForSubscription.json"
    put("GET", base + AUTH + "roleAssignments?api-version=2022-04-01", example(sources, path, ("ce2ce14e-85d7-4629-bdbc-454d0519d987", me)),
        published(path, "principalId"))

    path = "authorization-2022-04-01/examples/GetDenyAssignmentByScope.json"
    put("GET", base + AUTH + "denyAssignments?api-version=2022-04-01",
        example(sources, path, ("subId", SUBSCRIPTION), ("denyAssignmentId", "0f1e2d3c-4b5a-4978-8695-a4b3c2d1e0f0"),
                ("principalId1", "ce2ce14e-85d7-4629-bdbc-454d0519d987"), ("principalId2", "a3bb8764-cb92-4276-9d2a-ca1e895e55ea")),
        published(path, "its words for ids are ids"))

    for kind in ("RoleEligibilityScheduleInstances", "RoleAssignmentScheduleInstances"):
        path = "authorization-pim-2020-10-01/examples/Get%sByScope.json" % kind
        put("GET", base + AUTH + kind[0].lower() + kind[1:] + "?api-version=2020-10-01",
            example(sources, path, ("dfa2a084-766f-4003-8ae1-c4aeb893a99f", SUBSCRIPTION)), published(path, "subscription id"))

    path = "authorization-2022-04-01/examples/GetRoleDefinitionAtScope.json"
    put("GET", base + AUTH + "roleDefinitions?api-version=2022-04-01&$filter=type%20eq%20%27CustomRole%27",
        example(sources, path, ("subId", SUBSCRIPTION), ("subID", SUBSCRIPTION), ("roleDefinitionId", "9a8b7c6d-5e4f-4a3b-8c2d-1e0f9a8b7c6d"),
                ("roletype", "CustomRole")), published(path, "its words for ids are ids, type"))

    path = "managedservices/examples/GetRegistrationAssignments.json"
    put("GET", base + "/providers/Microsoft.ManagedServices/registrationAssignments?api-version=2022-10-01&$expandRegistrationDefinition=true",
        example(sources, path, ("0afefe50-734e-4610-8c82-a144aff49dea", SUBSCRIPTION), ("01c0bcd5-4f47-4e4b-b492-418b7e2a8854", tenant)),
        published(path, "subscription id, manageeTenantId"))

    counts = {"options": {"$top": 1000, "authorizationScopeFilter": "AtScopeAndBelow", "resultFormat": "objectArray"}, "query": COUNT_QUERY,
              "subscriptions": [SUBSCRIPTION]}
    path = "resourcegraph-2022-10-01/examples/ResourcesSummarizeQuery.json"
    answer = example(sources, path)
    answer.update(totalRecords=1, count=1, data=[{"id": SUBSCRIPTION, "s": SUBSCRIPTION, "n": 1}])
    put("POST", ARM + "/providers/Microsoft.ResourceGraph/resources?api-version=2022-10-01", answer, published(path, "one row: the count of role assignments"),
        post=("application/json", write(counts, True)))

    path = "costmanagement-2023-11-01/examples/SubscriptionQueryGrouping.json"
    for start, end in months(started):
        query = {"dataset": {"aggregation": {"c": {"function": "Sum", "name": "PreTaxCost"}, "q": {"function": "Sum", "name": "UsageQuantity"}},
                             "granularity": "None", "grouping": [{"name": "ResourceGroupName", "type": "Dimension"}]},
                 "timePeriod": {"from": start, "to": end}, "timeframe": "Custom", "type": "ActualCost"}
        put("POST", base + "/providers/Microsoft.CostManagement/query?api-version=2023-11-01",
            example(sources, path, ("00000000-0000-0000-0000-000000000000", SUBSCRIPTION)), published(path, "subscription id"),
            post=("application/json", write(query, True)))
    save(folder, name, tenant, entries, started, origin, client, True)


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sources, folder = sys.argv[1:]
    for name, kind, test, client in SOURCES:
        convert(sources, folder, name, kind, test, client)
    path = "managementpartner/examples/GetPartnerDetailsNoPartnerId.json"
    scan_session(sources, folder, "published-example-scan-1", write(example(sources, path)), "2018-01-20T01:52:58Z",
                 "example of azure-rest-api-specs: %s" % path, CLI_CLIENT, "Published examples only, ids fitted")


if __name__ == "__main__":
    main()
