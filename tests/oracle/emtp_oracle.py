#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A second implementation of EMTP records, tuples and tokens, written from the text of the
protocol and from nothing else: it answers what src/emtp/engine must answer. Sets and regular
expressions instead of cursors and arenas, so that the two do not share mistakes. Python 3.11
(Unicode 14.0), standard library only.

Usage: tests/oracle/emtp_oracle.py --check FILE     compare with vectors; exit 1 on a difference
       tests/oracle/emtp_vectors.py                 writes tests/vectors/emtp (uses this module)
"""
import datetime
import hashlib
import hmac
import json
import re
import sys
import unicodedata

LINE_MAX, STRING_MAX, CAP = 64 * 1024, 1024, 256
HONORIFICS = {"MR", "MRS", "MS", "MISS", "DR", "PROF", "REV", "SIR", "MADAM"}
SUFFIXES = {"JR": "JR", "JUNIOR": "JR", "SR": "SR", "SENIOR": "SR"}
SUFFIXES |= {numeral: numeral for numeral in "I II III IV V VI".split()}
TWO_DIGIT_CODES = set(
    "20 27 28 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 "
    "64 65 66 81 82 84 86 90 91 92 93 94 95 98".split()
)
SHORT = {
    "STREET": "ST", "AVENUE": "AVE", "ROAD": "RD", "BOULEVARD": "BLVD", "DRIVE": "DR",
    "LANE": "LN", "APARTMENT": "APT", "SUITE": "STE",
}
SHORT_MORE = SHORT | {"COURT": "CT", "PLACE": "PL"}
UNITS = {"APT", "UNIT", "STE"}
MEMBERS = ("full_name", "dob", "addresses", "phones", "idnos")


class Refused(Exception):
    def __init__(self, error, member=None):
        super().__init__(error)
        self.error, self.member = error, member


def general(text):
    bases = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return re.sub("[^A-Z0-9]+", " ", bases.upper()).strip()


# ---- names ----

def spec_reading(words):
    words = list(words)

    def suffix_words():
        return 1 if words[-1] in SUFFIXES else 0

    while words[0] in HONORIFICS and len(words) - 1 - suffix_words() >= 2:
        words.pop(0)
    suffix = SUFFIXES[words.pop()] if words[-1] in SUFFIXES and len(words) - 1 >= 2 else ""
    if len(words) == 1:
        return ("", (), words[0], suffix)
    return (words[0], tuple(words[1:-1]), words[-1], suffix)


def reference_reading(words):
    words = list(words)
    if len(words) > 2 and words[0] in HONORIFICS:
        words.pop(0)
    suffix = SUFFIXES[words.pop()] if len(words) > 1 and words[-1] in SUFFIXES else ""
    return (words[0], tuple(words[1:-1]), words[-1], suffix)


def readings_of(full_name, profile):
    words = general(full_name).split()
    if not words:
        return []
    if profile == "v1-ref":
        return [("reference", reference_reading(words))]
    spec, reference = spec_reading(words), reference_reading(words)
    found = [("spec", spec)]
    if reference != spec:
        found.append(("reference", reference))
    given, middles, family, suffix = spec
    if not middles and re.fullmatch("[B-DF-HJ-NP-TV-XZ]{2,4}", given):
        found.append(("packed", (given[0], tuple(given[1:]), family, suffix)))
    return found


def name_forms(reading):
    given, middles, family, suffix = reading
    initials = [w[0] for w in (given, *middles) if w]

    def line(*words):
        return " ".join(w for w in words if w)

    return {
        "full": line(given, *middles, family),
        "given_family": line(given, family),
        "suffix": line(given, family, suffix) if suffix else "",
        "initials_family": line(*initials, family),
        "collapsed": line("".join(initials), family) if middles else "",
        "given_initial_family": line(given, *[m[0] for m in middles], family),
    }


# ---- dates, phones, ids ----

def dob_of(text, profile, weak):
    text = text.strip("\t\n\v\f\r ")
    if weak and (month := re.fullmatch(r"([0-9]{4})-([0-9]{2})", text)):
        if 1800 <= int(month[1]) <= 2100 and 1 <= int(month[2]) <= 12:
            return text
        raise Refused("dob", "dob")
    match = re.fullmatch(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", text)
    if not match:
        raise Refused("dob", "dob")
    year, month, day = (int(g) for g in match.groups())
    good = 1800 <= year <= 2100 and 1 <= month <= 12 and 1 <= day <= 31
    if good and profile == "v1":
        try:
            datetime.date(year, month, day)
        except ValueError:
            good = False
    if not good:
        raise Refused("dob", "dob")
    return text


def phone_of(text, profile, country):
    if profile == "v1-ref":
        digits = re.sub("[^0-9]", "", text)
        if not digits:
            return {}
        if len(digits) == 10:
            e164 = "+1" + digits
        elif len(digits) > 10:
            e164 = "+" + digits
        else:
            e164 = digits
        us = re.fullmatch(r"\+1([0-9]{10})", e164)
        found = {"e164": e164, "national": us[1] if us else digits}
        return found | ({"last10": digits[-10:]} if len(digits) >= 10 else {})
    extension = re.search(r"(?:x|#|ext)[ .:]*[0-9]{1,6} *\Z", text, re.IGNORECASE | re.ASCII)
    if extension and len(re.findall("[0-9]", text[: extension.start()])) >= 7:
        text = text[: extension.start()]
    digits = re.sub("[^0-9]", "", text)
    plus = re.match(r"[^0-9]*\+", text) is not None
    rest = digits if plus else digits[2:] if digits.startswith("00") else None
    found = {"last10": digits[-10:] if len(digits) >= 10 else ""}
    if rest is not None:
        if rest and rest[0] != "0":
            code = 1 if rest[0] in "17" else 2 if rest[:2] in TWO_DIGIT_CODES else 3
            found |= {"e164": "+" + rest, "national": rest[code:]}
        else:
            found |= {"national": digits}
    elif country == "US" and len(digits) == 10:
        found |= {"e164": "+1" + digits, "national": digits}
    elif country == "US" and len(digits) == 11 and digits[0] == "1":
        found |= {"e164": "+" + digits, "national": digits[1:]}
    else:
        found |= {"national": digits}
    if not 8 <= len(found.get("e164", "+")) - 1 <= 15:
        found.pop("e164", None)
    return {k: found[k] for k in ("e164", "national", "last10") if len(found.get(k, "")) >= 4}


def ids_of(texts, profile):
    found = set()
    for text in texts:
        runs = re.findall("[0-9]+", text)
        if profile == "v1":
            runs += [re.sub("[^0-9]", "", c) for c in re.findall(r"[0-9]+(?:[- .][0-9]+)+", text)]
        for run in runs:
            found |= {run[-n:] for n in (4, 5, 6) if len(run) >= n}
    return sorted(found)


# ---- addresses ----

def from_free_text(text):
    parts = [p for p in (general(p) for p in text.split(",")) if p]
    found = {"line1": "", "city": "", "state": "", "postal": "", "us": True}
    if not parts:
        return found
    found["line1"], rest = parts[0], parts[1:]
    if not rest:
        return found
    last = rest.pop()
    if not re.search("[0-9]", last):
        found["state" if rest else "city"] = last
    elif match := re.fullmatch("([A-Z]{2}) (.+)", last):
        found["state"], found["postal"] = match[1], match[2]
    else:
        found["postal"] = last
    if len(parts) >= 4 and found["postal"] and not found["state"]:
        for at in reversed(range(len(rest))):
            if re.fullmatch("[A-Z]{2}", rest[at]):
                found["state"] = rest.pop(at)
                break
    if rest:
        found["city"] = rest[-1]
    return found


def address_of(item, profile):
    if isinstance(item, str):
        if profile == "v1-ref":
            return {}
        parts = from_free_text(item)
    else:
        parts = {
            "line1": general(item["line1"]), "city": general(item["city"]),
            "state": general(item["state"]), "postal": general(item["postal_code"]),
            "us": general(item.get("country", "")) in ("", "US"),
        }
    words = parts["line1"].split()
    lines = [" ".join(SHORT_MORE.get(w, w) for w in words)]
    postals = [parts["postal"]]
    if profile == "v1":
        first = " ".join(SHORT.get(w, w) for w in words)
        lines = [first] + [x for x in lines if x != first]
        if parts["us"] and (zip4 := re.fullmatch("([0-9]{5}) ?[0-9]{4}", parts["postal"])):
            postals = [zip4[1], parts["postal"]]
    nounits = []
    for text in lines:
        line = text.split()
        cut = next((i for i, w in enumerate(line) if w in UNITS), 0)
        if profile == "v1" and cut > 0:
            nounits.append(" ".join(line[:cut]))
    place = [parts["city"], parts["state"]]
    found = {
        "line1_postal": [[a, p] for a in lines for p in postals],
        "line1_city_state": [[a, *place] for a in lines],
        "nounit_postal": [[a, p] for a in nounits for p in postals],
        "nounit_city_state": [[a, *place] for a in nounits],
        "line1_city_state_postal": [[a, *place, p] for a in lines for p in postals],
    }
    if profile == "v1-ref":
        del found["line1_city_state_postal"]
    joined = {k: list(dict.fromkeys("|".join(v) for v in vs if all(v))) for k, vs in found.items()}
    return {k: vs for k, vs in joined.items() if vs}


# ---- records ----

def no_duplicates(pairs):
    keys = [k for k, _ in pairs]
    if len(keys) != len(set(keys)):
        raise ValueError("a member twice")
    return dict(pairs)


def deep_texts(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from deep_texts(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from deep_texts(item)


def refuse_constant(name):
    raise ValueError(name)


def parsed(line: bytes):
    if len(line) > LINE_MAX:
        raise Refused("limit")
    try:
        text = line.decode("utf-8", "strict")
        record = json.loads(text, object_pairs_hook=no_duplicates, parse_constant=refuse_constant)
        for part in deep_texts(record):
            part.encode("utf-8", "strict")
            if "\0" in part:
                raise ValueError("U+0000")
    except (ValueError, RecursionError):
        raise Refused("json") from None
    if not isinstance(record, dict):
        raise Refused("json")
    return record


def check_string(value, member, may_be_empty=False):
    if not isinstance(value, str):
        raise Refused("type", member)
    if not value and not may_be_empty:
        raise Refused("empty", member)
    if len(value.encode()) > STRING_MAX:
        raise Refused("limit", member)


def check_list(record, member, largest):
    items = record.get(member, [])
    if not isinstance(items, list):
        raise Refused("type", member)
    if len(items) > largest:
        raise Refused("limit", member)
    return items


ADDRESS_MEMBERS = {"line1": True, "line2": False, "city": True, "state": True, "postal_code": True,
                   "country": False}


def check_address(item, warnings):
    if not isinstance(item, dict):
        check_string(item, "addresses")
        return
    for name, required in ADDRESS_MEMBERS.items():
        if name in item:
            check_string(item[name], "addresses", may_be_empty=True)
        elif required:
            raise Refused("missing", "addresses")
    if set(item) - set(ADDRESS_MEMBERS):
        warnings.add("address_member")


def person_of(line: bytes, options):
    profile, weak = options.get("profile", "v1"), options.get("weak", False)
    record, warnings = parsed(line), set()
    if set(record) - set(MEMBERS):
        raise Refused("unknown")
    if "full_name" not in record:
        raise Refused("missing", "full_name")
    check_string(record["full_name"], "full_name")
    dob = None
    if "dob" in record:
        check_string(record["dob"], "dob", may_be_empty=True)
        dob = dob_of(record["dob"], profile, weak)
    elif not weak:
        raise Refused("missing", "dob")
    if dob is None or len(dob) == 7:
        warnings.add("weak")
    addresses = check_list(record, "addresses", 16)
    for item in addresses:
        check_address(item, warnings)
    phones, idnos = check_list(record, "phones", 16), None
    for item in phones:
        check_string(item, "phones")
    idnos = check_list(record, "idnos", 32)
    for item in idnos:
        check_string(item, "idnos")
    readings = readings_of(record["full_name"], profile)
    if not readings:
        warnings.add("empty_name")
    return {
        "readings": readings, "dob": dob, "warnings": sorted(warnings),
        "phones": [phone_of(p, profile, options.get("country", "US")) for p in phones],
        "addresses": [address_of(a, profile) for a in addresses],
        "ids": ids_of(idnos, profile),
    }


def tuples_of(person, options):
    """{tuple: tier}, before the cap."""
    reference, wide = options.get("profile") == "v1-ref", options.get("wide", False)
    found = {}

    def say(tier, **fields):
        given = {"NAME": fields.get("name"), "DOB": person["dob"],
                 "PHONE": fields.get("phone"), "ADDR": fields.get("addr"), "ID": fields.get("id")}
        text = "|".join(f"{k}={v}" for k, v in given.items() if v)
        found[text] = 0 if reference else min(tier, found.get(text, 9))

    names, id_names = {}, {}
    for kind, reading in person["readings"]:
        forms = name_forms(reading)
        for form, text in forms.items():
            if not text or (form == "given_initial_family" and not wide):
                continue
            if kind == "packed" and form != "initials_family":
                continue
            is_first = kind == "spec" and form in ("full", "given_family", "initials_family")
            tier = 1 if is_first else 3
            names[text] = min(tier, names.get(text, 9))
        if kind != "packed":
            tier, text = (2 if kind == "spec" else 3), forms["given_family"]
            id_names[text] = min(tier, id_names.get(text, 9))
    addrs = {}
    for address in person["addresses"]:
        for variant, values in address.items():
            if variant == "line1_city_state_postal" and not wide:
                continue
            for at, value in enumerate(values):
                tier = 1 if at == 0 and variant in ("line1_postal", "line1_city_state") else 3
                addrs[value] = min(tier, addrs.get(value, 9))
    for name, tier in names.items():
        say(tier, name=name)
        for phone in person["phones"]:
            for use in ("e164", "national"):
                if use in phone:
                    say(tier, name=name, phone=phone[use])
            if "last10" in phone and not reference:
                say(3, name=name, phone=phone["last10"])
        for addr, addr_tier in addrs.items():
            say(max(tier, addr_tier), name=name, addr=addr)
    for addr, tier in addrs.items():
        say(tier, addr=addr)
    for phone in person["phones"]:
        for use in ("e164", "last10"):
            if use in phone:
                say(1, phone=phone[use])
    for number in person["ids"]:
        say(2, id=number)
        for name, tier in id_names.items():
            say(tier, name=name, id=number)
        for phone in person["phones"]:
            if "last10" in phone:
                say(2, phone=phone["last10"], id=number)
    return found


def token_of(key: bytes, text: str) -> str:
    return hmac.new(key, b"EMTP|v1|" + text.encode("ascii"), hashlib.sha256).hexdigest()


def explained(line: bytes, options, key: bytes):
    """What compliance mode shows of a line, and the tiers; or {"error", "member"}."""
    try:
        person = person_of(line, options)
    except Refused as refused:
        return {"error": refused.error, "member": refused.member}
    found = tuples_of(person, options)
    kept = sorted(sorted(found, key=lambda t: (found[t], t))[:CAP])
    first = person["readings"][0][1] if person["readings"] else ("", (), "", "")
    forms = name_forms(first) if person["readings"] else {}
    shown = {"given": first[0], "middles": list(first[1]), "family": first[2], "suffix": first[3]}
    shown |= {k: forms.get(k, "") for k in ("full", "given_family", "initials_family")}
    return {
        "normalized_name": shown,
        "normalized_dob": person["dob"],
        "weak": "weak" in person["warnings"],
        "dropped": len(found) - len(kept),
        "warnings": person["warnings"],
        "readings": [
            {"kind": kind, "given": r[0], "middles": list(r[1]), "family": r[2], "suffix": r[3],
             "given_initial_family": name_forms(r)["given_initial_family"]}
            for kind, r in person["readings"]
        ],
        "phones": person["phones"],
        "addresses": [{k: sorted(vs) for k, vs in a.items()} for a in person["addresses"]],
        "ids": person["ids"],
        "tuple_count": len(kept),
        "tuples": kept,
        "tiers": [found[t] for t in kept],
        "tokens": sorted(token_of(key, t) for t in kept),
    }


def line_of(record) -> bytes:
    """The input line of a vector: `input`, or raw text in `line` (with `pad`) or `line_hex`."""
    if "line_hex" in record:
        return bytes.fromhex(record["line_hex"])
    if "line" not in record:
        return json.dumps(record["input"], ensure_ascii=False, separators=(",", ":")).encode()
    line = record["line"].encode()
    if "pad" in record:
        line += b" " * (record["pad"] - len(line) - 1) + b"}"
    return line


def check(path) -> int:
    with open(path, encoding="utf-8") as file:
        vectors = json.load(file)
    key, wrong, count = bytes.fromhex(vectors["key_hex"]), 0, 0
    for group in vectors["groups"]:
        for record in group["records"]:
            count += 1
            got = explained(line_of(record), group["options"], key)
            refused = {name: record.get(name) for name in ("error", "member")}
            wanted = record.get("expected", refused)
            for name in wanted:
                if got.get(name) != wanted[name]:
                    wrong += 1
                    text = f"{record['id']}: {name}: got {got.get(name)!r}, wanted {wanted[name]!r}"
                    print(text[:600])
    print(f"{path}: {count} records, {wrong} differences")
    return 1 if wrong else 0


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] != "--check":
        sys.exit(__doc__)
    sys.exit(check(sys.argv[2]))
