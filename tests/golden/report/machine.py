# SPDX-License-Identifier: Apache-2.0
"""machine.py GOLDEN SCHEMAS: the CSV says what the JSON says, and the JSON fits its schemas."""
import csv
import io
import json
import sys

golden, schemas = sys.argv[1:]


def load(name):
    with open(f"{golden}/{name}", encoding="utf-8") as file:
        return json.load(file)


def rows(name):
    with open(f"{golden}/{name}", encoding="utf-8", newline="") as file:
        text = file.read()
    assert text.endswith("\r\n") and "\n" not in text.replace("\r\n", ""), f"{name}: rows end with CRLF only"
    table = list(csv.reader(io.StringIO(text), strict=True))
    assert len({len(row) for row in table}) == 1, f"{name}: rows of different lengths"
    for row in table:
        for cell in row:
            assert not (len(cell.lstrip()) > 1 and cell.lstrip()[0] in "=+-@\uff1d\uff0b\uff0d\uff20"), f"{name}: a formula: {cell}"
            assert not any(ord(c) < 32 or 0x7F <= ord(c) < 0xA0 or c in "\u202e\u202c" for c in cell), f"{name}: a control character: {cell!r}"
    return [dict(zip(table[0], row)) for row in table[1:]]


def plain(cell):
    """What stood in the cell before it was defused."""
    return cell[1:] if cell.startswith("'") else cell


def escaped(text):
    """As pal_term_escape, for what the fixture holds."""
    return "".join(
        f"\\u{{{ord(c):x}}}" if ord(c) < 32 or 0x7F <= ord(c) < 0xA0 or c in "\u202e\u202c" else c for c in text or ""
    )


findings = load("findings.json")["findings"]
table = rows("findings.csv")
assert len(findings) == len(table)
for finding, row in zip(findings, table):
    for key in ("policy", "title", "class", "severity", "verdict", "status", "tenantId", "tenantName", "message", "fingerprint", "since", "lastVerified"):
        assert plain(row[key]) == escaped(finding[key]), (key, row[key], finding[key])
    for key in ("type", "id", "name"):
        assert plain(row["subject" + key.title()]) == escaped(finding["subject"][key]), (key, row, finding)
    assert json.loads(row["details"] or "{}") == finding["details"]
    assert plain(row["remediation"]) == (finding["remediation"] or "").replace("\n", " ")

diff = load("changes.json")
table = rows("changes.csv")
changes, rest = table[: len(diff["changes"])], table[len(diff["changes"]) :]
for change, row in zip(diff["changes"], changes):
    assert (row["kind"], row["tenantId"]) == (change["kind"], change["tenantId"])
    assert plain(row["subjectId"]) == escaped(change["subject"]["id"])
    for side in ("before", "after"):
        assert (json.loads(row[side]) if row[side] else None) == change[side]
told = [("finding." + kind, finding["fingerprint"]) for kind in ("opened", "changed", "resolved") for finding in diff["findings"][kind]]
assert [(row["kind"], row["fingerprint"]) for row in rest] == told
rows("table.csv")
rows("empty.csv")

try:
    from prometheus_client.openmetrics.parser import text_string_to_metric_families
except ImportError:
    print("no python3-prometheus-client here: the metrics are not read")
else:
    with open(f"{golden}/metrics.txt", encoding="utf-8", newline="") as file:
        families = list(text_string_to_metric_families(file.read()))
    samples = [sample for family in families for sample in family.samples]
    assert {family.type for family in families} == {"info", "gauge", "counter"}
    assert len({(s.name, tuple(sorted(s.labels.items()))) for s in samples}) == len(samples) > 40
    assert {s.labels["severity"] for s in samples if "severity" in s.labels} == {"critical", "high", "medium", "low", "info"}
    assert next(s.value for s in samples if s.name == "palscan_last_run_duration_seconds") == 61.007

# What Slack and Teams take at most, and that text from outside stands only where nothing is read as markup.
for stem in ("digest-slack", "digest-failed-slack"):
    message = load(f"{stem}.json")
    assert len(message["blocks"]) <= 50 and len(json.dumps(message)) < 28 << 10
    for block in message["blocks"]:
        text = block["text"]
        assert text["type"] == "plain_text" and 0 < len(text["text"]) <= (150 if block["type"] == "header" else 3000)
        assert "<" not in text["text"] and "@" not in text["text"] and text["emoji"] is False
for stem in ("digest-teams", "digest-failed-teams"):
    (attachment,) = load(f"{stem}.json")["attachments"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    card = attachment["content"]
    assert (card["type"], card["version"]) == ("AdaptiveCard", "1.4") and len(json.dumps(card)) < 28 << 10
    title, *blocks = card["body"]
    assert title["type"] == "TextBlock" and title["text"] == card["fallbackText"]
    for block in blocks:
        assert block["type"] == "RichTextBlock" and {run["type"] for run in block["inlines"]} == {"TextRun"}
        assert not any("{{" in run["text"] for run in block["inlines"])

try:
    import jsonschema
except ImportError:
    print("jsonschema is not installed: schemas not applied")
    sys.exit(0)
outputs_of = {
    "check": ["findings.json", "empty.json"],
    "diff": ["changes.json", "quiet.json"],
    "digest": ["digest-json.json", "digest-failed-json.json"],
    "doctor": ["doctor.json"],
}
for schema, outputs in outputs_of.items():
    with open(f"{schemas}/{schema}.schema.json", encoding="utf-8") as file:
        text = json.load(file)
    jsonschema.Draft202012Validator.check_schema(text)
    validator = jsonschema.Draft202012Validator(text)
    for output in outputs:
        errors = [f"{output}: {error.json_path}: {error.message}" for error in validator.iter_errors(load(output))]
        assert not errors, "\n".join(errors)
    broken = load(outputs[0])
    broken["more"] = 1
    assert not validator.is_valid(broken), f"{schema}.schema.json accepts an unknown key"
