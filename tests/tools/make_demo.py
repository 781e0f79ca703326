#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the demo estate: two nights of an invented partner, as recordings in
the shape of the real services (see scanner/collect/plan.h for every request).

    tests/tools/make_demo.py snapshots/demo

The output is committed; a test runs this again and compares. All names, ids
and numbers are invented. Shapes: Microsoft.Resources 2022-12-01,
Microsoft.ManagementPartner 2018-02-01, Microsoft.Authorization 2022-04-01 and
2020-10-01, Microsoft.ResourceGraph 2022-10-01, Microsoft.CostManagement
2023-11-01, Microsoft.ManagedServices 2022-10-01, Microsoft Graph v1.0.
"""
import base64
import json
import os
import shutil
import sys
import uuid
from urllib.parse import quote

ARM = "https://management.azure.com"
LOGIN = "https://login.microsoftonline.com"
GRAPH = "https://graph.microsoft.com"
NIGHTS = {1: ("2026-11-19T02:00:00Z", "2026-11-19T02:03:41Z"), 2: ("2026-11-20T02:00:00Z", "2026-11-20T02:04:02Z")}
CONTRIBUTOR = "b24988ac-6180-42a0-ab88-20f7382dd24c"
OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
SUPPORT = "cfd33db0-3dd1-45e3-aa9d-cdbdf3b6f24e"
AUTH = "/providers/Microsoft.Authorization"
COUNT_QUERY = ("authorizationresources | where type =~ 'microsoft.authorization/roleassignments' | extend s = "
               "tolower(tostring(split(properties.scope,'/')[2])) | where isnotempty(s) | summarize n = count() by s | "
               "project id = s, s, n | order by s asc")


def guid(name):
    return str(uuid.uuid5(uuid.UUID("6f1f3b0a-52c4-4d0c-9c52-0c0ffee0cafe"), name))


def compact(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


HOME = guid("tenant northwind")


class Tenant:
    """One tenant as the services would answer for it on one night."""

    def __init__(self, key, name, country, domain):
        self.id = guid("tenant " + key)
        self.key, self.name, self.country, self.domain = key, name, country, domain
        self.subscriptions = []
        self.inherited = []      # assignments at management group or root
        self.groups = {}         # id -> [(member, type)] or an error (status, code)
        self.links = {}          # object id -> link properties
        self.refused = {}        # identity name -> (AADSTS code, error, text)
        self.forbidden = set()   # identity names that ARM answers 403 to

    def subscription(self, key, name, **more):
        s = dict(id=guid("subscription " + key), key=key, name=name, assignments=[], eligible=[], active=[], deny=[],
                 roles=[], delegations=[], usage=None, quota="EnterpriseAgreement_2014-09-01", managed_by=[])
        s.update(more)
        self.subscriptions.append(s)
        return s


def assignment(s, key, principal, role, kind="ServicePrincipal", scope=None):
    scope = scope or "/subscriptions/" + s["id"]
    name = guid("assignment " + key)
    holder = "/subscriptions/" + s["id"]
    a = {"properties": {"roleDefinitionId": holder + AUTH + "/roleDefinitions/" + role, "principalId": principal,
                        "principalType": kind, "scope": scope, "condition": None, "conditionVersion": None,
                        "createdOn": "2025-03-04T09:12:44.1230000Z", "updatedOn": "2025-03-04T09:12:44.1230000Z",
                        "createdBy": guid("admin " + key), "updatedBy": guid("admin " + key),
                        "delegatedManagedIdentityResourceId": None, "description": None},
         "id": (scope if scope != "/" else "") + AUTH + "/roleAssignments/" + name,
         "type": "Microsoft.Authorization/roleAssignments", "name": name}
    s["assignments"].append(a)
    return a


def eligible(s, key, principal, role, kind="ServicePrincipal"):
    name = guid("eligible " + key)
    scope = "/subscriptions/" + s["id"]
    s["eligible"].append({"properties": {
        "roleEligibilityScheduleId": scope + AUTH + "/RoleEligibilitySchedules/" + guid("schedule " + key), "scope": scope,
        "roleDefinitionId": scope + AUTH + "/roleDefinitions/" + role, "principalId": principal, "principalType": kind,
        "status": "Provisioned", "startDateTime": "2026-02-01T08:00:00Z", "endDateTime": "2027-02-01T08:00:00Z",
        "memberType": "Direct", "createdOn": "2026-02-01T08:00:00Z", "condition": None, "conditionVersion": None,
        "expandedProperties": {"scope": {"id": scope, "displayName": s["name"], "type": "subscription"}}},
        "name": name, "id": scope + AUTH + "/RoleEligibilityScheduleInstances/" + name,
        "type": "Microsoft.Authorization/RoleEligibilityScheduleInstances"})


def delegation(s, key, customer, managing, managing_name, authorizations, plan=None):
    name, definition = guid("registration " + key), guid("definition " + key)
    scope = "/subscriptions/" + s["id"]
    prefix = scope + "/providers/Microsoft.ManagedServices/"
    d = {"id": prefix + "registrationDefinitions/" + definition, "name": definition,
         "type": "Microsoft.ManagedServices/registrationDefinitions",
         "properties": {"description": "Managed Azure", "registrationDefinitionName": "Northwind managed services",
                        "managedByTenantId": managing, "managedByTenantName": managing_name,
                        "manageeTenantId": customer.id, "manageeTenantName": customer.name,
                        "provisioningState": "Succeeded", "authorizations": [
                            {"principalId": p, "principalIdDisplayName": n, "roleDefinitionId": r} for p, n, r in authorizations]}}
    if plan:
        d["plan"] = plan
    s["managed_by"] = [{"tenantId": managing}]
    s["delegations"].append({"id": prefix + "registrationAssignments/" + name, "name": name,
                             "type": "Microsoft.ManagedServices/registrationAssignments",
                             "properties": {"registrationDefinitionId": d["id"], "provisioningState": "Succeeded",
                                            "registrationDefinition": d}})


def link(partner, name, version, created, updated, state="Active"):
    return dict(partnerId=partner, partnerName=name, version=version, createdTime=created, updatedTime=updated, state=state)


# ---- the identities palscan signs in as ----
class Identity:
    def __init__(self, name, kind, home, everywhere=True):
        self.name, self.kind, self.home = name, kind, home
        self.client = guid("application " + name) if kind == "client-secret" else "04b07795-8ddb-461a-bbee-02f9e1bf7b46"
        self.everywhere = everywhere

    def object(self, tenant):
        return guid("object %s in %s" % (self.name, tenant.id))


# ---- the estate ----
def build(night):
    auto = Identity("provider-automation", "client-secret", HOME)
    anna = Identity("anna", "device-code", HOME)
    ben = Identity("ben", "device-code", HOME)
    carla = Identity("carla", "device-code", guid("tenant treyresearch"))
    maker = Identity("pp-maker", "device-code", guid("tenant margiestravel"))
    T = {}

    def tenant(key, name, country):
        T[key] = Tenant(key, name, country, key + ".example")
        return T[key]

    def good(partner, name, version=3):
        return link(partner, name, version, "2024-05-06T07:08:09.1234567Z", "2025-06-07T08:09:10.123456Z")

    GMBH, BV, INC = ("2000001", "Northwind GmbH"), ("2000002", "Northwind B.V."), ("2000003", "Northwind Inc.")

    home = tenant("northwind", "Northwind Managed Services", "DE")
    home.links[auto.object(home)] = good(*GMBH)
    own = home.subscription("northwind platform", "Northwind platform", usage={"rg-platform": (412.5, 900.0)})
    assignment(own, "northwind auto", auto.object(home), CONTRIBUTOR)

    t = tenant("fabrikam", "Fabrikam", "DE")       # all is right; on night two the link turns to the v-org ID
    s = t.subscription("fabrikam prod", "Fabrikam production", usage={"rg-shop": (1290.11, 4000.0), "rg-data": (77.0, 10.0)})
    assignment(s, "fabrikam auto", auto.object(t), CONTRIBUTOR)
    assignment(s, "fabrikam ben", ben.object(t), READER, "User")
    assignment(s, "fabrikam admin", guid("customer admin fabrikam"), OWNER, "User")
    t.links[auto.object(t)] = good(*GMBH) if night == 1 else link("1000001", "Northwind (v-org)", 4, "2024-05-06T07:08:09.1234567Z", "2026-11-19T14:30:00.5Z")
    t.links[ben.object(t)] = good(*GMBH)

    t = tenant("adatum", "Adatum", "DE")           # v-org from the start
    s = t.subscription("adatum", "Adatum landing zone", usage={"rg-core": (300.0, 12.0)})
    assignment(s, "adatum auto", auto.object(t), CONTRIBUTOR)
    t.links[auto.object(t)] = good("1000001", "Northwind (v-org)", 1)

    t = tenant("contosonl", "Contoso Nederland", "NL")  # right organisation, wrong country
    s = t.subscription("contosonl", "Contoso NL", usage={"rg-web": (55.0, 31.0)})
    assignment(s, "contosonl auto", auto.object(t), CONTRIBUTOR)
    t.links[auto.object(t)] = good(*GMBH)

    t = tenant("woodgrove", "Woodgrove Bank", "US")     # somebody else's ID, accepted for that ID only
    s = t.subscription("woodgrove", "Woodgrove core", usage={"rg-bank": (8000.0, 3.5)})
    assignment(s, "woodgrove auto", auto.object(t), CONTRIBUTOR)
    t.links[auto.object(t)] = (link("9990001", "Adventure Works Consulting", 2, "2025-01-02T03:04:05Z", "2025-01-02T03:04:05Z") if night == 1
                               else link("9990002", "Adventure Works Cloud", 3, "2025-01-02T03:04:05Z", "2026-11-19T18:00:00Z"))

    t = tenant("tailspin", "Tailspin Toys", "DE")       # a role, but nobody is linked
    s = t.subscription("tailspin", "Tailspin", usage={"rg-toys": (41.0, 7.0)})
    assignment(s, "tailspin auto", auto.object(t), CONTRIBUTOR)

    t = tenant("wingtip", "Wingtip Toys", "DE")         # linked, but no role anywhere; anna works there
    s = t.subscription("wingtip", "Wingtip", usage={"rg-wing": (12.0, 7.0)})
    assignment(s, "wingtip anna", anna.object(t), CONTRIBUTOR, "User")
    assignment(s, "wingtip reader group", guid("group wingtip readers"), READER, "Group")
    t.groups[guid("group wingtip readers")] = [(anna.object(t), "user")]
    t.links[auto.object(t)] = good(*GMBH)
    t.links[anna.object(t)] = good(*GMBH)

    t = tenant("litware", "Litware", "DE")              # Lighthouse with a linked principal
    s = t.subscription("litware", "Litware workloads", usage={"rg-lit": (210.0, 7.0)})
    assignment(s, "litware auto reader", auto.object(t), READER)
    delegation(s, "litware", t, HOME, home.name, [(auto.object(home), "provider-automation", CONTRIBUTOR)])

    t = tenant("proseware", "Proseware", "NL")          # Lighthouse, but none of its principals is linked
    s = t.subscription("proseware", "Proseware", usage={"rg-prose": (18.0, 2.0)})
    assignment(s, "proseware auto reader", auto.object(t), READER)
    delegation(s, "proseware", t, HOME, home.name, [(guid("group northwind operators"), "Northwind operators", CONTRIBUTOR)])
    home.groups[guid("group northwind operators")] = [(anna.object(home), "user"), (ben.object(home), "user")]

    t = tenant("relecloud", "Relecloud", "DE")          # the role comes through a group
    s = t.subscription("relecloud", "Relecloud", usage={"rg-rele": (64.0, 5.0)})
    assignment(s, "relecloud group", guid("group relecloud operators"), CONTRIBUTOR, "Group")
    t.groups[guid("group relecloud operators")] = [(auto.object(t), "servicePrincipal"), (guid("customer user relecloud"), "user")]
    t.links[auto.object(t)] = good(*GMBH)
    t.links[ben.object(t)] = good(*GMBH)
    assignment(s, "relecloud ben", ben.object(t), READER, "User")

    t = tenant("treyresearch", "Trey Research", "NL")   # account in the customer's directory; a role where nothing is used
    s = t.subscription("treyresearch", "Trey sandbox", usage={})
    assignment(s, "trey carla", carla.object(t), CONTRIBUTOR, "User")
    t.links[carla.object(t)] = good(*BV)

    t = tenant("vanarsdel", "VanArsdel", "US")          # only PIM-eligible on a CSP subscription
    s = t.subscription("vanarsdel", "VanArsdel", usage={"rg-van": (99.0, 5.0)}, quota="CSP_2015-05-01")
    eligible(s, "vanarsdel auto", auto.object(t), CONTRIBUTOR)
    assignment(s, "vanarsdel auto reader", auto.object(t), READER)
    t.links[auto.object(t)] = good(*INC)

    t = tenant("alpineski", "Alpine Ski House", "DE")   # own CSP customer: our AdminAgents group is there
    s = t.subscription("alpineski", "Alpine", usage={"rg-alp": (500.0, 5.0)}, quota="CSP_2015-05-01")
    assignment(s, "alpine agents", guid("group northwind adminagents"), OWNER, "ForeignGroup")

    t = tenant("margiestravel", "Margie's Travel", "DE")  # Power Platform only: no Azure at all
    t.links[maker.object(t)] = good(*GMBH)

    t = tenant("cohowinery", "Coho Winery", "US")       # everything is answered 403
    t.forbidden.add(auto.name)

    t = tenant("humongous", "Humongous Insurance", "DE")  # the credential does not work there
    t.refused[auto.name] = (700016, "unauthorized_client", "AADSTS700016: Application with identifier '%s' was not found in the directory 'Humongous Insurance'." % auto.client)

    t = tenant("lucerne", "Lucerne Publishing", "DE")   # Reader only, on a CSP subscription; a custom role elsewhere
    s = t.subscription("lucerne", "Lucerne", usage={"rg-luc": (31.0, 5.0)}, quota="CSP_2015-05-01")
    assignment(s, "lucerne auto", auto.object(t), READER)
    custom = guid("custom role lucerne")
    s["roles"].append({"properties": {"roleName": "Lucerne print operator", "type": "CustomRole", "description": "Starts print jobs",
                                      "assignableScopes": ["/subscriptions/" + s["id"]],
                                      "permissions": [{"actions": ["Microsoft.Compute/virtualMachines/start/action"], "notActions": [], "dataActions": [], "notDataActions": []}],
                                      "createdOn": "2024-01-01T00:00:00Z", "updatedOn": "2024-01-01T00:00:00Z", "createdBy": guid("customer admin lucerne"), "updatedBy": guid("customer admin lucerne")},
                       "id": "/subscriptions/" + s["id"] + AUTH + "/roleDefinitions/" + custom, "type": "Microsoft.Authorization/roleDefinitions", "name": custom})
    assignment(s, "lucerne customer", guid("customer user lucerne"), custom, "User")
    t.links[auto.object(t)] = good(*GMBH)

    t = tenant("graphicdesign", "Graphic Design Institute", "NL")  # anna is linked, the app is not; night two: anna's link is gone
    s = t.subscription("graphicdesign", "Graphic Design", usage={"rg-design": (44.0, 5.0)})
    assignment(s, "graphic anna", anna.object(t), CONTRIBUTOR, "User")
    assignment(s, "graphic auto", auto.object(t), CONTRIBUTOR)
    if night == 1:
        t.links[anna.object(t)] = good(*BV)

    t = tenant("blueyonder", "Blue Yonder Airlines", "DE")  # night two: the tenant is lost
    s = t.subscription("blueyonder", "Blue Yonder", usage={"rg-blue": (71.0, 5.0)})
    assignment(s, "blue auto", auto.object(t), CONTRIBUTOR)
    t.links[auto.object(t)] = good(*GMBH)
    if night == 2:
        t.refused[auto.name] = (53003, "interaction_required", "AADSTS53003: Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.")

    t = tenant("citypower", "City Power & Light", "DE")  # night two: the role is revoked
    s = t.subscription("citypower", "City grid", usage={"rg-grid": (902.0, 5.0)})
    if night == 1:
        assignment(s, "city auto", auto.object(t), CONTRIBUTOR)
    assignment(s, "city auto reader", auto.object(t), READER, scope="/subscriptions/%s/resourceGroups/rg-audit" % s["id"])
    t.links[auto.object(t)] = good(*GMBH)

    t = tenant("fourthcoffee", "Fourth Coffee", "FR")   # an ID that was closed
    s = t.subscription("fourthcoffee", "Fourth Coffee", usage={"rg-cafe": (23.0, 5.0)})
    a = assignment(s, "coffee auto", auto.object(t), CONTRIBUTOR, scope="/providers/Microsoft.Management/managementGroups/fourthcoffee-mg")
    t.inherited.append(a)
    s["assignments"].remove(a)
    t.links[auto.object(t)] = good("2000009", "Northwind SARL")

    t = tenant("wideworld", "Wide World Importers", "DE")  # nothing to see: two identities, all right
    s = t.subscription("wideworld", "Wide World", usage={"rg-wwi": (650.0, 5.0)})
    assignment(s, "wide auto", auto.object(t), SUPPORT)
    assignment(s, "wide anna", anna.object(t), CONTRIBUTOR, "User")
    t.links[auto.object(t)] = good(*GMBH)
    t.links[anna.object(t)] = good(*GMBH)

    if night == 2:  # ben has left: his account is disabled
        for key in ("northwind", "fabrikam", "relecloud"):
            T[key].refused[ben.name] = (50057, "invalid_grant", "AADSTS50057: The user account is disabled.")
    guests = {anna.name: ["northwind", "wingtip", "graphicdesign", "wideworld"], ben.name: ["northwind", "fabrikam", "relecloud"],
              carla.name: ["treyresearch"], maker.name: ["margiestravel"]}
    return T, [auto, anna, ben, carla, maker], guests


# ---- recordings ----
class Recording:
    def __init__(self, started):
        self.started, self.files = started, {}

    def add(self, identity, tenant_id, method, url, status, body, request=None, mime=None, content="application/json; charset=utf-8"):
        text = body if isinstance(body, str) else compact(body)
        query = [{"name": p.split("=", 1)[0], "value": p.split("=", 1)[1] if "=" in p else ""} for p in url.split("?", 1)[1].split("&")] if "?" in url else []
        entry = {"startedDateTime": self.started, "time": 0,
                 "request": {"method": method, "url": url, "httpVersion": "", "cookies": [], "headers": [], "queryString": query},
                 "response": {"status": status, "statusText": "", "httpVersion": "", "cookies": [], "headers": [{"name": "Content-Type", "value": content}] if content else [],
                              "content": {"size": len(text.encode()), "mimeType": content, "text": text}, "redirectURL": "", "headersSize": -1, "bodySize": -1},
                 "cache": {}, "timings": {"send": 0, "wait": 0, "receive": 0}}
        if request is not None:
            entry["request"]["postData"] = {"mimeType": mime, "text": request}
        entry["request"]["headersSize"] = -1
        entry["request"]["bodySize"] = len((request or "").encode())
        self.files.setdefault((identity, tenant_id), []).append(entry)

    def write(self, folder):
        for (identity, tenant_id), entries in self.files.items():
            path = os.path.join(folder, identity)
            os.makedirs(path, exist_ok=True)
            with open(os.path.join(path, tenant_id + ".har"), "w", encoding="utf-8") as out:
                out.write('{"log":{"version":"1.2","creator":{"name":"palscan","version":"0.1.0"},"entries":[\n')
                out.write(",\n".join(compact(e) for e in entries))
                out.write("\n]}}\n")


def b64(value):
    return base64.urlsafe_b64encode(compact(value).encode()).rstrip(b"=").decode()


def token(rec, identity, tenant, origin):
    scope = quote(origin, safe="") + "%2F.default"
    form = ("client_id=%s&scope=%s&client_secret=REDACTED&grant_type=client_credentials" % (identity.client, scope)
            if identity.kind == "client-secret" else
            "client_id=%s&scope=%s%%20offline_access&refresh_token=REDACTED&grant_type=refresh_token" % (identity.client, scope))
    url = "%s/%s/oauth2/v2.0/token" % (LOGIN, tenant.id)
    refused = tenant.refused.get(identity.name)
    if refused:
        code, error, text = refused
        rec.add(identity.name, tenant.id, "POST", url, 400 if error != "unauthorized_client" else 400,
                {"error": error, "error_description": text, "error_codes": [code]}, form, "application/x-www-form-urlencoded")
        return False
    claims = {"tid": tenant.id, "oid": identity.object(tenant), "appid": identity.client, "idtyp": "app" if identity.kind == "client-secret" else "user"}
    body = {"token_type": "Bearer", "expires_in": 3599, "ext_expires_in": 3599, "access_token": "%s.%s." % (b64({"alg": "none", "typ": "JWT"}), b64(claims))}
    if identity.kind == "device-code":
        body["refresh_token"] = "REDACTED"
    rec.add(identity.name, tenant.id, "POST", url, 200, body, form, "application/x-www-form-urlencoded")
    return True


def arm_error(code, message):
    return {"error": {"code": code, "message": message}}


def tenant_item(t, category="Home"):
    return {"id": "/tenants/" + t.id, "tenantId": t.id, "countryCode": t.country, "displayName": t.name, "domains": [t.domain],
            "tenantCategory": category, "defaultDomain": t.domain, "tenantType": "AAD"}


def subscription_item(s, owner):
    return {"id": "/subscriptions/" + s["id"], "authorizationSource": "RoleBased", "managedByTenants": s["managed_by"], "subscriptionId": s["id"],
            "tenantId": owner.id, "displayName": s["name"], "state": "Enabled",
            "subscriptionPolicies": {"locationPlacementId": "Public_2014-09-01", "quotaId": s["quota"], "spendingLimit": "Off"}}


def months(started):
    year, month = int(started[:4]), int(started[5:7])
    days = [31, 29 if year % 4 == 0 else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    for back in (2, 1, 0):
        m, y = month - back, year
        if m < 1:
            m, y = m + 12, y - 1
        last = started[:10] if back == 0 else "%04d-%02d-%02d" % (y, m, days[m - 1])
        yield "%04d-%02d-01T00:00:00Z" % (y, m), last + "T23:59:59Z"


def sees(identity, s, tenant):
    """A user sees the subscriptions it has a role in; the app of this demo sees all of a tenant."""
    if identity.kind == "client-secret":
        return True
    me = identity.object(tenant)
    return any(a["properties"]["principalId"] == me for a in s["assignments"])


def scan(rec, identity, tenant, T, started, visible):
    put = lambda method, url, status, body, **more: rec.add(identity.name, tenant.id, method, url, status, body, **more)
    if not token(rec, identity, tenant, ARM):
        return
    listed = [tenant_item(tenant, "Home")] + [tenant_item(T[k], "Home") for k in visible if T[k] is not tenant]
    put("GET", ARM + "/tenants?api-version=2022-12-01", 200, {"value": listed})
    partners = ARM + "/providers/Microsoft.ManagementPartner/partners?api-version=2018-02-01"
    if identity.name in tenant.forbidden:
        denied = "The client '%s' with object id '%s' does not have authorization to perform this action." % (identity.client, identity.object(tenant))
        put("GET", partners, 403, arm_error("AuthorizationFailed", denied))
        put("GET", ARM + "/subscriptions?api-version=2022-12-01", 403, arm_error("AuthorizationFailed", denied))
        return
    mine = tenant.links.get(identity.object(tenant))
    if mine:
        put("GET", partners, 200, {"id": "/providers/microsoft.managementpartner/partners/" + mine["partnerId"], "type": "Microsoft.ManagementPartner/partners",
                                   "name": mine["partnerId"], "etag": mine["version"],
                                   "properties": {"partnerId": mine["partnerId"], "partnerName": mine["partnerName"], "tenantId": tenant.id, "objectId": identity.object(tenant),
                                                  "version": mine["version"], "updatedTime": mine["updatedTime"], "createdTime": mine["createdTime"], "state": mine["state"]}})
    elif tenant.key == "tailspin":  # the status decides, the body may be anything
        put("GET", partners, 404, "", content="")
    else:
        put("GET", partners, 404, {"error": {"code": "NotFound", "message": None}})
    own = [s for s in tenant.subscriptions if sees(identity, s, tenant)]
    delegated = [(s, t) for t in T.values() for s in t.subscriptions
                 if identity.kind == "client-secret" and t is not tenant and any(m["tenantId"] == tenant.id for m in s["managed_by"])]
    put("GET", ARM + "/subscriptions?api-version=2022-12-01", 200,
        {"value": [subscription_item(s, tenant) for s in own] + [subscription_item(s, t) for s, t in delegated], "count": {"type": "Total", "value": len(own) + len(delegated)}})
    groups = set()
    for s, owner in [(s, tenant) for s in own] + delegated:
        base = ARM + "/subscriptions/" + s["id"]
        # Through Lighthouse the customer's own assignments do not show.
        shown = tenant.inherited + s["assignments"] if owner is tenant else []
        # two pages where there are three assignments or more
        url = base + AUTH + "/roleAssignments?api-version=2022-04-01"
        if len(shown) >= 3:
            nxt = url + "&$skiptoken=cGFnZTI%3D"
            put("GET", url, 200, {"value": shown[:2], "nextLink": nxt})
            put("GET", nxt, 200, {"value": shown[2:]})
        else:
            put("GET", url, 200, {"value": shown, "nextLink": None})
        put("GET", base + AUTH + "/denyAssignments?api-version=2022-04-01", 200, {"value": s["deny"] if owner is tenant else []})
        for kind, items in (("roleEligibilityScheduleInstances", s["eligible"]), ("roleAssignmentScheduleInstances", s["active"])):
            if tenant.key in ("tailspin", "adatum"):
                put("GET", base + AUTH + "/" + kind + "?api-version=2020-10-01", 400, arm_error("AadPremiumLicenseRequired", "The tenant needs to have Microsoft Entra ID P2 or Microsoft Entra ID Governance license."))
            else:
                put("GET", base + AUTH + "/" + kind + "?api-version=2020-10-01", 200, {"value": items if owner is tenant else []})
        if owner is tenant:
            put("GET", base + AUTH + "/roleDefinitions?api-version=2022-04-01&$filter=type%20eq%20%27CustomRole%27", 200, {"value": s["roles"]})
            groups.update(a["properties"]["principalId"] for a in shown if a["properties"]["principalType"] == "Group")
        put("GET", base + "/providers/Microsoft.ManagedServices/registrationAssignments?api-version=2022-10-01&$expandRegistrationDefinition=true", 200, {"value": s["delegations"], "nextLink": None})
        for d in s["delegations"]:
            p = d["properties"]["registrationDefinition"]["properties"]
            if p["managedByTenantId"] == tenant.id:
                groups.update(a["principalId"] for a in p["authorizations"] if a["principalId"] != identity.object(tenant))
        for first, last in months(started):
            body = {"dataset": {"aggregation": {"c": {"function": "Sum", "name": "PreTaxCost"}, "q": {"function": "Sum", "name": "UsageQuantity"}}, "granularity": "None",
                                "grouping": [{"name": "ResourceGroupName", "type": "Dimension"}]}, "timePeriod": {"from": first, "to": last}, "timeframe": "Custom", "type": "ActualCost"}
            rows = [[cost, quantity, group, "EUR"] for group, (cost, quantity) in (s["usage"] or {}).items()]
            put("POST", base + "/providers/Microsoft.CostManagement/query?api-version=2023-11-01", 200,
                {"id": "subscriptions/%s/providers/Microsoft.CostManagement/query/%s" % (s["id"], guid("query " + s["id"] + first)), "name": guid("query " + s["id"] + first),
                 "type": "Microsoft.CostManagement/query", "location": None, "sku": None, "eTag": None,
                 "properties": {"nextLink": None, "columns": [{"name": "c", "type": "Number"}, {"name": "q", "type": "Number"}, {"name": "ResourceGroupName", "type": "String"}, {"name": "Currency", "type": "String"}], "rows": rows}},
                request=compact(body), mime="application/json")
    if own:
        ids = sorted(s["id"] for s in own)
        body = {"options": {"$top": 1000, "authorizationScopeFilter": "AtScopeAndBelow", "resultFormat": "objectArray"}, "query": COUNT_QUERY, "subscriptions": ids}
        rows = [{"id": s["id"], "s": s["id"], "n": len(s["assignments"])} for s in sorted(own, key=lambda s: s["id"]) if s["assignments"]]
        put("POST", ARM + "/providers/Microsoft.ResourceGraph/resources?api-version=2022-10-01", 200,
            {"totalRecords": len(rows), "count": len(rows), "data": rows, "facets": [], "resultTruncated": "false"}, request=compact(body), mime="application/json")
    if groups:
        token(rec, identity, tenant, GRAPH)
        for g in sorted(groups):
            members = tenant.groups.get(g)
            url = GRAPH + "/v1.0/groups/" + g + "/transitiveMembers?$select=id&$top=999"
            if members is None:
                put("GET", url, 404, {"error": {"code": "Request_ResourceNotFound", "message": "Resource '%s' does not exist or one of its queried reference-property objects are not present." % g,
                                                "innerError": {"date": started[:19], "request-id": guid("request " + g), "client-request-id": guid("request " + g)}}})
            else:
                put("GET", url, 200, {"@odata.context": "https://graph.microsoft.com/v1.0/$metadata#directoryObjects",
                                      "value": [{"@odata.type": "#microsoft.graph." + kind, "id": member} for member, kind in members]})


def settings(identities):
    return {"cloud": "AzurePublicCloud", "collect": ["delegations", "links", "role-assignments", "usage"], "names": "ours", "usageWindowMonths": 2,
            "identities": [{"name": i.name, "type": i.kind, "tenantId": i.home, "clientId": i.client, "all": True} for i in identities]}


def write_night(folder, night):
    started, finished = NIGHTS[night]
    T, identities, guests = build(night)
    rec = Recording(started)
    for identity in identities:
        for key, tenant in T.items():
            if identity.kind == "client-secret" or key in guests[identity.name]:
                first = identity.kind == "device-code" and tenant.id == identity.home
                scan(rec, identity, tenant, T, started, guests[identity.name] if first else [])
    rec.write(folder)
    session = {"format": "palscan-recording", "version": 1, "started": started, "finished": finished, "program": "palscan 0.1.0",
               "origin": "Invented estate in the shape of the real services, written by tests/tools/make_demo.py", "settings": settings(identities)}
    with open(os.path.join(folder, "session.json"), "w", encoding="utf-8") as out:
        out.write(json.dumps(session, indent=2, sort_keys=True) + "\n")
    return T, identities, guests


# ---- the partner's own files ----
OWNERS = {"fabrikam": "Maria Lopez", "adatum": "Maria Lopez", "contosonl": "Jan de Vries", "woodgrove": "Sam Brown"}


def write_files(folder, T, identities, guests):
    def put(name, text):
        with open(os.path.join(folder, name), "w", encoding="utf-8") as out:
            out.write(text)

    ids = ",\n    ".join(
        '{ "name": "%s", "credential": { "type": "%s", "tenantId": "%s", "clientId": "%s"%s }, "tenants": "all" }'
        % (i.name, i.kind, i.home, i.client, ', "secretFile": "app.secret"' if i.kind == "client-secret" else ', "tokenFile": "%s.token"' % i.name) for i in identities)
    put("palscan.json", "// palscan demo: the configuration of an invented partner. The two nights are replayed; nothing is read from here but settings.\n"
        "{\n  \"repository\": \"snapshots.git\",\n  \"cloud\": \"AzurePublicCloud\",\n  \"identities\": [\n    " + ids + "\n  ],\n"
        "  \"collect\": [\"links\", \"role-assignments\", \"usage\", \"delegations\"],\n  \"registry\": \"mpn.json\",\n  \"estate\": \"estate.json\",\n  \"waivers\": \"waivers.json\",\n"
        "  \"usageWindowMonths\": 2,\n  \"names\": \"ours\"\n}\n")
    put("mpn.json", """// mpn.json: the partner IDs of an invented partner
{
  "organization": "Northwind Managed Services",
  "ids": [
    { "id": "1000001", "type": "global", "name": "Northwind (v-org)" },
    { "id": "2000001", "type": "location", "country": "DE", "name": "Northwind GmbH", "organization": "1000001" },
    { "id": "2000002", "type": "location", "country": "NL", "name": "Northwind B.V.", "organization": "1000001" },
    { "id": "2000003", "type": "location", "country": "US", "name": "Northwind Inc.", "organization": "1000001" },
    { "id": "2000009", "type": "location", "country": "FR", "name": "Northwind SARL", "organization": "1000001", "status": "closed", "supersededBy": "2000001" }
  ],
  "expect": [
    { "country": "DE", "id": "2000001" },
    { "country": "NL", "id": "2000002" },
    { "country": "US", "id": "2000003" },
    { "default": true, "id": "2000001" }
  ],
  "relatedPartners": [],
  "agentGroups": [ { "objectId": "%s", "cspTenant": "%s", "name": "AdminAgents" } ]
}
""" % (guid("group northwind adminagents"), HOME))
    customers = []
    for key, t in T.items():
        if key == "northwind":
            continue
        extra = ""
        if key == "proseware":
            extra = ', "acceptedGaps": [ { "area": "usage", "reason": "cost is not shown to us", "until": "2027-03-31" } ]'
        customers.append('    { "tenant": "%s", "name": %s, "country": "%s", "owner": "%s", "status": "active", "from": "2024-01-01"%s }'
                         % (t.id, json.dumps(t.name), t.country, OWNERS.get(key, "Kim Larsen"), extra))
    people = []
    for i, name, purpose, more in ((identities[0], "Provider Automation Account", "azure", ""), (identities[1], "Anna", "azure", ""),
                                   (identities[2], "Ben", "azure", ', "left": "2026-11-19"'), (identities[3], "Carla", "azure", ""), (identities[4], "Power Platform maker", "power-platform", "")):
        home = next(t for t in T.values() if t.id == i.home)
        others = [t for k, t in T.items() if t is not home and (k in guests[i.name] if i.kind == "device-code" else True)]
        objects = ", ".join('{ "tenant": "%s", "objectId": "%s" }' % (t.id, i.object(t)) for t in others)
        people.append('    { "name": "%s", "owner": "us", "purpose": "%s"%s,\n      "home": { "tenant": "%s", "objectId": "%s" },\n      "objects": [ %s ] }'
                      % (name, purpose, more, home.id, i.object(home), objects))
    put("estate.json", "// estate.json: for whom the invented partner works, and who works\n{\n  \"customers\": [\n" + ",\n".join(customers) + "\n  ],\n  \"principals\": [\n" + ",\n".join(people) + "\n  ]\n}\n")
    woodgrove = T["woodgrove"]
    put("waivers.json", """// waivers.json: one accepted risk, bound to the partner ID it was given for
{
  "waivers": [
    { "id": "W-2026-07", "policy": "PAL002", "tenant": "%s", "subject": "%s",
      "pins": { "partnerId": "9990001" },
      "reason": "Joint delivery with Adventure Works until the contract moves to us", "owner": "Sam Brown", "requester": "Sam Brown", "approver": "Priya Nair",
      "ticket": "RISK-114", "from": "2026-07-01", "until": "2026-12-10" }
  ]
}
""" % (woodgrove.id, identities[0].object(woodgrove)))


def main():
    folder = sys.argv[1]
    for night in NIGHTS:
        path = os.path.join(folder, "night-%d" % night)
        shutil.rmtree(path, ignore_errors=True)
        os.makedirs(path)
        result = write_night(path, night)
    write_files(folder, *result)


if __name__ == "__main__":
    main()
