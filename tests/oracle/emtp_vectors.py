#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes tests/vectors/emtp/*.json with the oracle beside it. Same seed, same files.

Usage: tests/oracle/emtp_vectors.py [--check]     --check: exit 1 when the files in the tree differ.
"""
import hashlib
import json
import random
import struct
import sys
from pathlib import Path

import emtp_oracle as oracle

FOLDER = Path(__file__).resolve().parent.parent / "vectors/emtp"
KEY, KID, SEED = bytes(range(32)), "test-2026-01", "keyward 1"

TITLES = ["", "", "", "Mr. ", "Mrs ", "Dr. ", "Rev. ", "Prof Dr ", "SIR ", "Miss Ms "]
GIVEN = ["Ana", "John", "JRR", "J.", "Mary-Jane", "\u00c9lodie", "T S", "Zo\u00eb", "\u0141ukasz",
         "Ng", "I", "\u5c0f\u9f99", "De'Shawn", "\ufb01ona", "X \u00c6", "Sr", "O\u2019", "KW"]
MIDDLE = ["", "", "", " Q.", " Ronald Reuel", " van der", " de la", " V", " 2nd", " \u00df"]
FAMILY = [" Tolkien", " Lee", " O'Neil", " Garc\u00eda-L\u00f3pez", " M\u00fcller", "", " V",
          " Nu\u0303n\u0303ez", " \u0418\u0432\u0430\u043d", " Smith\u00adson", " 3rd", " Jr Lee"]
TAIL = ["", "", "", ", Jr.", " Junior", " SENIOR", " III", " VI", " VII", " Esq.", " Jr Sr"]
PHONES = ["(212) 555-0100", "+1 212 555 0101", "12125550102", "0044 20 7946 0958", "911", "x12",
          "+44 (0)20 7946 0958", "+49 30 123456", "030 123456", "2125550100 x12", "5550100ext.:9",
          "+0 12345678", "000 5550100", "2125550100#1234567", "212555010", "+999123456789012345",
          "+7 495 123 45 67", "tel:+52-55-1234-5678", "\uff12\uff11\uff12 5550100", "1+2125550100"]
LINES = ["20 Northmoor Rd", "1 Court Place Suite 9", "5 Elm Street Apt 4", "Unit 7", "Place",
         "12 \u00c9glise Lane", "9 Boulevard Drive UNIT 3 APT 4", "\u6771\u4eac 1-2", "", "7-9 A,B"]
CITIES = ["Oxford", "St. Louis", "", "Li\u00e8ge", "NY", "X1"]
STATES = ["OX", "NV", "", "New York", "13"]
POSTALS = ["OX2 6", "94105", "94105-1234", "941051234", "94105 12345", "", "100-0001", "1234 56789"]
COUNTRIES = [None, None, "US", "us", "GB", " U.S. ", "", "\u65e5\u672c"]
IDS = ["SSN 123-45-6789", "12345", "1234-5678", "12-34", "1--2345", "12.34 56-78", "A1B2C3D4",
       "0001234567890123", "1234 - 5678", "12\u00b734", "123", "99 88 77 66 55", "7", "1234/5"]
FREE = ["20 Northmoor Rd, Oxford, OX2 6", "5 Elm St, Reno, NV 89501-0001", "1 A Court, B, NY USA",
        "123 Main St Apt 5, Palo Alto, CA, 94105", "A, B", "A", ",, ,", "1 A St, NV, 2, Reno, 9",
        "12 Place, CA 94105", "x, \u00e9, AB, cd 1", "1 St,2,3,4,5", "9 Lane, Ab, Cd, Ef, 1-2"]
DOBS = ["1980-02-03", "2000-02-29", "1892-01-03", " 1999-12-31\n", "1800-01-01", "2100-12-31"]
BAD_DOBS = ["1999-02-29", "1799-12-31", "1980-2-3", "1980/02/03", "", "1980-02-31", "1980-00-01",
            "01980-02-03", "1980-02-03Z", "\uff11980-02-03", "1980-02", "1980-04-00"]


def some(rng, items, largest):
    return [rng.choice(items) for _ in range(rng.randint(0, largest))]


def address(rng):
    if rng.random() < 0.4:
        return rng.choice(FREE)
    item = {"line1": rng.choice(LINES), "city": rng.choice(CITIES), "state": rng.choice(STATES),
            "postal_code": rng.choice(POSTALS)}
    country = rng.choice(COUNTRIES)
    if country is not None:
        item["country"] = country
    if rng.random() < 0.2:
        item["line2"] = "Apt 5"
    if rng.random() < 0.1:
        item["county"] = rng.choice(["Yolo", 7, None, {"a": [True]}])
    return item


def person(rng):
    name = rng.choice(TITLES) + rng.choice(GIVEN) + rng.choice(MIDDLE) + rng.choice(FAMILY)
    record = {"full_name": name + rng.choice(TAIL), "dob": rng.choice(DOBS)}
    shape = rng.random()
    if shape < 0.35:
        record["phones"] = some(rng, PHONES, 2)
    elif shape < 0.65:
        record["addresses"] = [address(rng) for _ in range(rng.randint(1, 2))]
    elif shape < 0.8:
        record["idnos"] = some(rng, IDS, 2)
    elif shape < 0.85:
        record |= {"phones": some(rng, PHONES, 1), "addresses": [address(rng)],
                   "idnos": some(rng, IDS, 1)}
    return record


def texts(rng):
    """Random code points from all over: the general step."""
    planes = [(0x20, 0x7F), (0x80, 0x250), (0x250, 0x500), (0x1E00, 0x1F00), (0x2000, 0x2C00),
              (0x3000, 0x3400), (0xA640, 0xA7C0), (0xFB00, 0xFB50), (0xFF00, 0xFFF0),
              (0x1D400, 0x1D800), (0x1F100, 0x1F200)]
    points = [rng.randrange(*rng.choice(planes)) for _ in range(rng.randint(1, 14))]
    return "".join(chr(p) for p in points)


def crowded():
    """Records that pass the cap."""
    phones = [f"+1212555{n:04d}" for n in range(16)]
    addresses = [{"line1": f"{n} Court Street Apt {n}", "city": "Davis", "state": "CA",
                  "postal_code": f"95616-{n:04d}"} for n in range(16)]
    name = {"full_name": "Mr. John Ronald Reuel Tolkien Sr", "dob": "1892-01-03"}
    yield name | {"phones": phones, "addresses": addresses, "idnos": ["123456", "1-2345678"]}
    yield name | {"idnos": [f"{n:02d}4567{n:03d}" for n in range(32)], "phones": phones[:9]}


def faults():
    """Two faults in one record: the first in the order of the protocol counts."""
    good = {"full_name": "Ann Lee", "dob": "1980-02-03"}
    yield "{}"
    yield '{"full_name":1,"dob":2}'
    yield '{"dob":"x","full_name":""}'
    yield '{"zip":1,"full_name":""}'
    yield '{"full_name":"Ann Lee","dob":"1980-02-03","idnos":1,"phones":[],"addresses":{}}'
    yield '{"full_name":"Ann Lee","dob":"1980-02-03","idnos":[""],"phones":["",1]}'
    yield json.dumps(good | {"idnos": ["1"] * 33, "phones": [3]})
    yield json.dumps(good | {"idnos": ["1"] * 33})
    yield json.dumps(good | {"addresses": ["a"] * 17 + [1]})
    yield json.dumps(good | {"addresses": [{"city": 1, "line1": "a" * 1025}]})
    yield json.dumps(good | {"addresses": [{"line1": "a", "line2": 1}]})
    yield json.dumps(good | {"addresses": [None]})
    yield json.dumps(good | {"addresses": [[]]})
    yield json.dumps(good | {"full_name": "\u00e9" * 513}, ensure_ascii=False)
    yield json.dumps(good | {"full_name": "\u00e9" * 512}, ensure_ascii=False)
    yield json.dumps({"full_name": "A", "dob": "x" * 1025})
    yield '{"full_name":"A","dob":"1980-02-03"}{}'
    yield '{"full_name":"A","dob":"1980-02-03",}'
    yield '\ufeff{"full_name":"A","dob":"1980-02-03"}'
    yield '{"full_name":"A","dob":"1980-02-03","addresses":[{"a":1,"a":2}]}'
    yield '{"full_name":"A","dob":"1980-02-03","x":"\\u0000"}'
    yield '{"full_name":"A","dob":"1980-02-03","x":"\\udc00"}'
    yield '"text"'
    yield "null"
    yield "{'full_name':'A'}"
    yield '{"full_name":"A","dob":"1980-02-03","phones":[NaN]}'
    yield '{"full_name":"A","dob":null}'
    yield '{"full_name":"A","dob":"1980-02-03","phones":null}'


def entry(name, options, record):
    item = {"id": name} | ({"line": record} if isinstance(record, str) else {"input": record})
    got = oracle.explained(oracle.line_of(item), options, KEY)
    if "error" in got:
        return item | got
    tokens = "".join(got.pop("tokens"))
    return item | {"expected": got | {"tokens_sha256": hashlib.sha256(tokens.encode()).hexdigest()}}


def group(rng, name, options, records):
    return {"options": options,
            "records": [entry(f"{name}-{i}", options, r) for i, r in enumerate(records)]}


def records():
    rng = random.Random(SEED)
    date = {"dob": "1980-02-03"}
    v1 = [person(rng) for _ in range(90)]
    v1 += [{"full_name": texts(rng)} | date for _ in range(60)]
    v1 += [{"full_name": "Ann Lee", "dob": dob} for dob in DOBS + BAD_DOBS]
    v1 += list(crowded())
    weak = [{k: v for k, v in person(rng).items() if k != "dob"} for _ in range(8)]
    weak += [person(rng) | {"dob": dob} for dob in ("1980-02", "1980-13", "1980-2", "1980-02-30")]
    ref = [person(rng) for _ in range(30)] + list(crowded())
    ref += [{"full_name": "Ann Lee", "dob": dob} for dob in BAD_DOBS]
    groups = [
        group(rng, "v1", {}, v1),
        group(rng, "fault", {}, faults()),
        group(rng, "wide", {"wide": True}, [person(rng) for _ in range(12)] + list(crowded())),
        group(rng, "weak", {"weak": True}, weak),
        group(rng, "de", {"country": "DE"}, [{"full_name": "\u00df", "phones": [p]} | date
                                            for p in PHONES]),
        group(rng, "v1-ref", {"profile": "v1-ref"}, ref),
    ]
    return {"kid": KID, "key_hex": KEY.hex(), "groups": groups}


def token_file():
    """A whole .emtk file: its lines, and the bytes as hex."""
    rng = random.Random(SEED + " emtk")
    lines = [person(rng) for _ in range(5)] + [{"full_name": "Bad"}, person(rng)]
    found = []
    for row, record in enumerate(lines, 1):
        got = oracle.explained(oracle.line_of({"input": record}), {}, KEY)
        for text, tier in zip(got.get("tuples", []), got.get("tiers", [])):
            found.append((bytes.fromhex(oracle.token_of(KEY, text)), row, tier))
    file = b"KWEMTK1\n" + bytes([len(KID)]) + KID.encode() + struct.pack("<Q", len(found))
    for token, row, tier in sorted(found):
        file += struct.pack("<IB3x", row, tier) + token
    return {"kid": KID, "key_hex": KEY.hex(), "lines": lines, "count": len(found),
            "sha256": hashlib.sha256(file).hexdigest(), "hex": file.hex()}


def rendered(value):
    """One record a line: differences stay readable."""
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    return text.replace('},{"id"', '},\n{"id"').replace('"records":[', '"records":[\n') + "\n"


def main():
    wrong = 0
    for name, value in (("records.json", records()), ("emtk.json", token_file())):
        path, text = FOLDER / name, rendered(value)
        if "--check" not in sys.argv[1:]:
            path.write_text(text)
        elif path.read_text() != text:
            wrong += 1
            print(f"{path}: differs from its generator", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
