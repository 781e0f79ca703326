#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""validate_golden.py SCHEMAS TESTS - the golden files against the schemas.

An outside validator (python3-jsonschema) reads the schemas of snapshots/schemas:
every golden file must be valid, and must no longer be when a key is unknown, a
required key is missing, or a value has another type. Exit 77: no validator here.
"""
import copy
import json
import os
import sys

try:
    from jsonschema import Draft202012Validator
except ImportError:
    print("python3-jsonschema is not installed")
    sys.exit(77)

FOLDERS = {"access": "assignment", "groups": "group", "identities": "identity", "roles": "role"}
FILES = {
    "access/inherited-deny.json": "denyAssignment",
    "access/inherited-pim.json": "pim",
    "deny-assignments.json": "denyAssignment",
    "role-assignments.json": "assignment",
}
PLURALS = {"findings": "finding", "events": "event", "delegations": "delegation", "directory": "directoryObject"}
WRITTEN = {
    "mpn.json": "input-registry",
    "estate.json": "input-estate",
    "waivers.json": "input-waivers",
    "palscan.json": "input-config",
}


def schema_of(path):
    folder, name = path.split("/")[-2:] if "/" in path else ("", path)
    for end, schema in FILES.items():
        if path.endswith(end):
            return schema
    stem = name[: -len(".json")]
    return FOLDERS.get(folder) or PLURALS.get(stem) or stem


def definition(schema, node):
    return schema["$defs"][node["$ref"].rsplit("/", 1)[1]] if "$ref" in node else node


def spoiled(schema, node, value):
    """Yields (what, wrong value) for one value of one schema node."""
    node = definition(schema, node)
    if "anyOf" in node:
        kinds = {"null": type(None), "string": str, "array": list, "object": dict}
        for option in node["anyOf"]:
            if isinstance(value, kinds[definition(schema, option).get("type", "object")]):
                yield from spoiled(schema, option, value)
        return
    if isinstance(value, dict) and "properties" in node:
        yield "unknown key", {**value, "surprise": 1}
        for key in node.get("required", []):
            yield "without " + key, {k: v for k, v in value.items() if k != key}
        for key, inner in value.items():
            for what, wrong in spoiled(schema, node["properties"][key], inner):
                yield key + ": " + what, {**value, key: wrong}
    elif isinstance(value, dict) and node.get("type") == "object":
        for key, inner in value.items():
            for what, wrong in spoiled(schema, node["additionalProperties"], inner):
                yield key + ": " + what, {**value, key: wrong}
    elif isinstance(value, list) and "items" in node:
        for i, inner in enumerate(value):
            for what, wrong in spoiled(schema, node["items"], inner):
                changed = copy.deepcopy(value)
                changed[i] = wrong
                yield f"[{i}]: " + what, changed
    elif "enum" in node:
        yield "unknown word", "surprise"
    elif "not" in node:
        yield "null", None
    elif node.get("type"):
        yield "another type", 1 if node["type"] != "integer" else "1"
        if "pattern" in node:
            yield "text of no such form", "\u00e4 no such thing"


def main():
    schemas, tests = sys.argv[1:]
    validators = {}
    for name in sorted(os.listdir(schemas)):
        with open(os.path.join(schemas, name), encoding="utf-8") as file:
            schema = json.load(file)
        Draft202012Validator.check_schema(schema)
        validators[name.removesuffix(".schema.json")] = Draft202012Validator(schema)
    jobs = []
    golden = os.path.join(tests, "golden")
    for folder, _, names in os.walk(golden):
        for name in names:
            path = os.path.join(folder, name)
            jobs.append((path, schema_of(os.path.relpath(path, golden))))
    jobs += [(os.path.join(tests, "written", name), schema) for name, schema in WRITTEN.items()]
    used, wrong, spoils = set(), 0, 0
    for path, name in sorted(jobs):
        validator = validators[name]
        used.add(name)
        with open(path, encoding="utf-8") as file:
            value = json.load(file)
        for error in validator.iter_errors(value):
            print(f"{path}: not valid: {error.json_path}: {error.message}")
            wrong += 1
        for what, spoiled_value in spoiled(validator.schema, validator.schema, value):
            spoils += 1
            if validator.is_valid(spoiled_value):
                print(f"{path}: valid although spoiled: {what}")
                wrong += 1
    for name in sorted(set(validators) - used - {"session"}):
        print(f"{name}: no golden file")
        wrong += 1
    print(f"{len(jobs)} files, {spoils} spoiled, {wrong} wrong")
    return 1 if wrong or not spoils else 0


if __name__ == "__main__":
    sys.exit(main())
