#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""validate_snapshot.py SCHEMAS TREE - the files of a snapshot, taken out of git
into TREE, against the JSON Schemas. Exit 1 names each file that is not valid."""
import json
import os
import re
import sys

from jsonschema import Draft202012Validator

# Path below TREE -> schema; the rest of a path is ids.
RULES = [
    (r"(tenants/.*/)?findings\.json", "finding"),
    (r"(tenants/.*/)?roles/[^/]*\.json", "role"),
    (r"inputs/([a-z]+)\.json", None),
    (r"(format)\.json", None),
    (r"tenants/.*/(tenant|coverage)\.json", None),
    (r"tenants/.*/identities/[^/]*\.json", "identity"),
    (r"tenants/.*/groups/[^/]*\.json", "group"),
    (r"tenants/.*/(access/inherited|role-assignments)\.json", "assignment"),
    (r"tenants/.*/(access/inherited-pim|pim)\.json", "pim"),
    (r"tenants/.*/(access/inherited-deny|deny-assignments)\.json", "denyAssignment"),
    (r"tenants/.*/(subscription|usage)\.json", None),
    (r"tenants/.*/delegations\.json", "delegation"),
    (r"tenants/.*/directory\.json", "directoryObject"),
    (r"tenants/.*/events\.json", "event"),
]


def schema_of(path):
    for pattern, name in RULES:
        match = re.fullmatch(pattern, path)
        if match:
            return name or match.group(1)
    return None


def main():
    schemas, tree = sys.argv[1:]
    validators, valid, wrong = {}, 0, 0
    for folder, _, names in os.walk(tree):
        for name in names:
            path = os.path.relpath(os.path.join(folder, name), tree)
            if path.startswith("inputs/policies/"):
                continue
            schema = schema_of(path)
            if schema is None:
                print(f"{path}: no schema is known for it")
                wrong += 1
                continue
            if schema not in validators:
                with open(os.path.join(schemas, schema + ".schema.json"), encoding="utf-8") as file:
                    validators[schema] = Draft202012Validator(json.load(file))
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                errors = list(validators[schema].iter_errors(json.load(file)))
            for error in errors[:3]:
                print(f"{path}: {error.json_path}: {error.message}")
            valid, wrong = valid + (not errors), wrong + bool(errors)
    print(f"{valid} files valid, {wrong} not, {len(validators)} schemas used")
    return 1 if wrong or not valid else 0


if __name__ == "__main__":
    sys.exit(main())
