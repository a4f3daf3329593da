// SPDX-License-Identifier: Apache-2.0
// EMTP 1.0, profile v1: record -> canonical tuples -> tokens. No dependency; Node and browsers.
// The rules are those of docs/protocol/emtp.md; section numbers below are of that document.
// A key is used for the one call that it was given to and kept nowhere.

import { MAP, DROP_RANGES } from "./codepoints.mjs";

const TUPLES_MAX = 256;
const STRING_BYTES_MAX = 1024;
const PHONES_MAX = 16;
const ADDRESSES_MAX = 16;
const IDNOS_MAX = 32;
const MEMBERS = new Set(["full_name", "dob", "addresses", "phones", "idnos"]);
// Members of an address object in the order in which they are checked, and whether it needs them.
const ADDRESS_MEMBERS = [["line1", true], ["line2", false], ["city", true], ["state", true],
  ["postal_code", true], ["country", false]];
const HONORIFICS = new Set(["MR", "MRS", "MS", "MISS", "DR", "PROF", "REV", "SIR", "MADAM"]);
const SUFFIXES = new Map([
  ["JR", "JR"], ["JUNIOR", "JR"], ["SR", "SR"], ["SENIOR", "SR"],
  ["I", "I"], ["II", "II"], ["III", "III"], ["IV", "IV"], ["V", "V"], ["VI", "VI"],
]);
const SHORT_WORDS = new Map([
  ["STREET", "ST"], ["AVENUE", "AVE"], ["ROAD", "RD"], ["BOULEVARD", "BLVD"], ["DRIVE", "DR"],
  ["LANE", "LN"], ["APARTMENT", "APT"], ["SUITE", "STE"],
]);
const SHORTER_WORDS = new Map([...SHORT_WORDS, ["COURT", "CT"], ["PLACE", "PL"]]);
const UNIT_WORDS = new Set(["APT", "UNIT", "STE"]);
// Country codes of two digits: 1 and 7 have one digit, all others three (4.4).
const TWO_DIGIT_CODES = new Set(
  ("20 27 28 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 " +
    "60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98").split(" "));

/** A record that profile v1 refuses: `code` and `member` as in section 3, never a value. */
export class EmtpError extends Error {
  constructor(code, member) {
    super(member === undefined ? code : `${code}: ${member}`);
    this.code = code;
    this.member = member;
  }
}

function isDropped(codePoint) {
  let low = 0;
  let high = DROP_RANGES.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const [first, last] = DROP_RANGES[middle];
    if (codePoint < first) high = middle - 1;
    else if (codePoint > last) low = middle + 1;
    else return true;
  }
  return false;
}

/** 4.1, the general step: the result uses `[A-Z0-9 ]` only. */
export function normalizeText(text) {
  let out = "";
  for (const character of text) {
    const codePoint = character.codePointAt(0);
    if (codePoint < 0x80) {
      const upper = character.toUpperCase();
      out += /[A-Z0-9]/.test(upper) ? upper : " ";
    } else if (MAP.has(codePoint)) {
      out += MAP.get(codePoint);
    } else if (!isDropped(codePoint)) {
      out += " ";
    }
  }
  return out.split(" ").filter((word) => word !== "").join(" ");
}

const words = (text) => (text === "" ? [] : text.split(" "));
const joined = (parts) => parts.filter((part) => part !== "").join(" ");

function readingOf(tokens, suffix) {
  if (tokens.length === 1) return { given: "", middles: [], family: tokens[0], suffix };
  return { given: tokens[0], middles: tokens.slice(1, -1), family: tokens.at(-1), suffix };
}

function specReading(all) {
  let tokens = all;
  const counted = () => tokens.length - (SUFFIXES.has(tokens.at(-1)) ? 1 : 0);
  while (tokens.length > 1 && HONORIFICS.has(tokens[0]) && counted() - 1 >= 2) {
    tokens = tokens.slice(1);
  }
  let suffix = "";
  if (tokens.length - 1 >= 2 && SUFFIXES.has(tokens.at(-1))) {
    suffix = SUFFIXES.get(tokens.at(-1));
    tokens = tokens.slice(0, -1);
  }
  return readingOf(tokens, suffix);
}

function referenceReading(all) {
  let tokens = all;
  if (tokens.length > 2 && HONORIFICS.has(tokens[0])) tokens = tokens.slice(1);
  let suffix = "";
  if (tokens.length > 1 && SUFFIXES.has(tokens.at(-1))) {
    suffix = SUFFIXES.get(tokens.at(-1));
    tokens = tokens.slice(0, -1);
  }
  const reading = readingOf(tokens, suffix);
  return tokens.length === 1 ? { ...reading, given: tokens[0] } : reading;
}

const initials = (reading) =>
  [reading.given, ...reading.middles].filter((part) => part !== "").map((part) => part[0]);

/** The forms of table 4.2. */
function formsOf(reading) {
  const { given, middles, family, suffix } = reading;
  return {
    full: joined([given, ...middles, family]),
    givenFamily: joined([given, family]),
    givenFamilySuffix: suffix === "" ? undefined : joined([given, family, suffix]),
    initialsFamily: joined([...initials(reading), family]),
    collapsed: middles.length === 0 ? undefined : joined([initials(reading).join(""), family]),
    givenInitialFamily: joined([given, ...middles.map((middle) => middle[0]), family]),
  };
}

const sameReading = (a, b) => JSON.stringify(a) === JSON.stringify(b);

/** Names by tier: `first` are those of the spec reading, `third` all others; `withId` of tier 3. */
function namesOf(fullName, isWide) {
  const tokens = words(normalizeText(fullName));
  const names = { first: [], third: [], givenFamily: [], thirdWithId: [] };
  if (tokens.length === 0) return names;
  const spec = specReading(tokens);
  const forms = formsOf(spec);
  names.first.push(forms.full, forms.givenFamily, forms.initialsFamily);
  names.givenFamily.push(forms.givenFamily);
  names.third.push(forms.givenFamilySuffix, forms.collapsed);
  if (isWide) names.third.push(forms.givenInitialFamily);
  const reference = referenceReading(tokens);
  if (!sameReading(spec, reference)) {
    const second = formsOf(reference);
    names.third.push(second.full, second.givenFamily, second.initialsFamily,
      second.givenFamilySuffix, second.collapsed);
    if (isWide) names.third.push(second.givenInitialFamily);
    names.thirdWithId.push(second.givenFamily);
  }
  if (spec.middles.length === 0 && /^[A-Z]{2,4}$/.test(spec.given) && !/[AEIOUY]/.test(spec.given)) {
    const packed = { ...spec, given: spec.given[0], middles: [...spec.given.slice(1)] };
    names.third.push(formsOf(packed).initialsFamily);
  }
  names.third = names.third.filter((name) => name !== undefined);
  return names;
}

/** 4.4: the values of one phone, or undefined members. */
function phoneOf(text, country) {
  let number = text;
  const extension = /(?:x|#|ext)[ .:]*\d{1,6} *$/i.exec(number);
  if (extension !== null && number.slice(0, extension.index).replace(/\D/g, "").length >= 7) {
    number = number.slice(0, extension.index);
  }
  const digits = number.replace(/[^0-9]/g, "");
  const last10 = digits.length >= 10 ? digits.slice(-10) : undefined;
  const firstDigit = number.search(/[0-9]/);
  const hasPlus = firstDigit > 0 && number.slice(0, firstDigit).includes("+");
  let e164;
  let national = digits;
  const subscriber = hasPlus ? digits : digits.startsWith("00") ? digits.slice(2) : undefined;
  if (subscriber !== undefined && subscriber !== "" && subscriber[0] !== "0") {
    const isOne = subscriber[0] === "1" || subscriber[0] === "7";
    const codeLength = isOne ? 1 : TWO_DIGIT_CODES.has(subscriber.slice(0, 2)) ? 2 : 3;
    e164 = subscriber;
    national = subscriber.slice(codeLength);
  } else if (subscriber === undefined && country === "US") {
    if (digits.length === 11 && digits[0] === "1") {
      e164 = digits;
      national = digits.slice(-10);
    } else if (digits.length === 10) {
      e164 = "1" + digits;
    }
  }
  if (e164 !== undefined && (e164.length < 8 || e164.length > 15)) e164 = undefined;
  return {
    e164: e164 === undefined ? undefined : "+" + e164,
    national: national.length < 4 ? undefined : national,
    last10,
  };
}

function replaceWords(text, map) {
  return words(text).map((word) => map.get(word) ?? word).join(" ");
}

/** 4.5, free text: split at commas before anything else. */
function splitFreeText(text) {
  const parts = text.split(",").map(normalizeText).filter((part) => part !== "");
  const address = { line1: parts[0] ?? "", city: "", state: "", postal: "" };
  if (parts.length < 2) return address;
  const rest = parts.slice(1);
  const last = rest.pop();
  if (!/[0-9]/.test(last)) {
    if (parts.length === 2) address.city = last;
    else address.state = last;
  } else {
    const [head, ...tail] = words(last);
    if (/^[A-Z]{2}$/.test(head)) {
      address.state = head;
      address.postal = tail.join(" ");
    } else {
      address.postal = last;
    }
  }
  if (parts.length >= 4 && address.postal !== "" && address.state === "") {
    for (let at = rest.length - 1; at >= 0; at--) {
      if (/^[A-Z]{2}$/.test(rest[at])) {
        address.state = rest[at];
        rest.splice(at, 1);
        break;
      }
    }
  }
  if (rest.length > 0) address.city = rest.at(-1);
  return address;
}

function splitAddress(address) {
  if (typeof address === "string") return { ...splitFreeText(address), country: "US" };
  const country = normalizeText(address.country ?? "");
  return {
    line1: normalizeText(address.line1),
    city: normalizeText(address.city),
    state: normalizeText(address.state),
    postal: normalizeText(address.postal_code),
    country: country === "" ? "US" : country,
  };
}

/** Values by variant; the first line1 form with the base postal code is tier 1, the rest tier 3. */
function addressValues(address, isWide) {
  const { line1, city, state, postal, country } = splitAddress(address);
  const lines = [...new Set([replaceWords(line1, SHORT_WORDS), replaceWords(line1, SHORTER_WORDS)])];
  const zip = country === "US" ? /^([0-9]{5}) ?[0-9]{4}$/.exec(postal) : null;
  const postals = zip === null ? [postal] : [zip[1], postal];
  const values = { first: [], third: [] };
  const add = (isFirst, parts) => {
    if (parts.every((part) => part !== "")) {
      (isFirst ? values.first : values.third).push(parts.join("|"));
    }
  };
  lines.forEach((line, lineAt) => {
    const all = words(line);
    const unitAt = all.findIndex((word) => UNIT_WORDS.has(word));
    const noUnit = unitAt > 0 ? all.slice(0, unitAt).join(" ") : "";
    add(lineAt === 0, [line, city, state]);
    add(false, [noUnit, city, state]);
    postals.forEach((code, codeAt) => {
      add(lineAt === 0 && codeAt === 0, [line, code]);
      add(false, [noUnit, code]);
      if (isWide) add(false, [line, city, state, code]);
    });
  });
  return values;
}

/** 4.3, C1: last 4, 5, 6 digits of each run and of each maximal chain of runs. */
function idValues(text) {
  const runs = text.match(/[0-9]+/g) ?? [];
  const chains = (text.match(/[0-9]+(?:[-. ][0-9]+)*/g) ?? [])
    .map((chain) => chain.replace(/[^0-9]/g, ""));
  const values = [];
  for (const run of [...runs, ...chains]) {
    for (const count of [4, 5, 6]) {
      if (run.length >= count) values.push(run.slice(-count));
    }
  }
  return values;
}

const utf8Length = (text) => new TextEncoder().encode(text).length;

function checkString(value, member, { mayBeEmpty = false } = {}) {
  if (typeof value !== "string") throw new EmtpError("type", member);
  if (value === "" && !mayBeEmpty) throw new EmtpError("empty", member);
  if (!value.isWellFormed?.() || value.includes("\0")) throw new EmtpError("json");
  if (utf8Length(value) > STRING_BYTES_MAX) throw new EmtpError("limit", member);
}

function checkAddress(address) {
  if (typeof address === "string") {
    checkString(address, "addresses");
    return;
  }
  if (address === null || typeof address !== "object" || Array.isArray(address)) {
    throw new EmtpError("type", "addresses");
  }
  for (const [name, isRequired] of ADDRESS_MEMBERS) {
    if (address[name] !== undefined) checkString(address[name], "addresses", { mayBeEmpty: true });
    else if (isRequired) throw new EmtpError("missing", "addresses");
  }
}

function checkList(list, member, itemsMax, checkItem) {
  if (list === undefined) return;
  if (!Array.isArray(list)) throw new EmtpError("type", member);
  if (list.length > itemsMax) throw new EmtpError("limit", member);
  list.forEach((item) => checkItem(item, member));
}

/** Section 3, in its order; the first failure counts. (A doubled member is the JSON reader's to see.) */
function checkRecord(record, isWeak) {
  if (record === null || typeof record !== "object" || Array.isArray(record)) {
    throw new EmtpError("json");
  }
  for (const member of Object.keys(record)) {
    if (!MEMBERS.has(member)) throw new EmtpError("unknown");
  }
  if (record.full_name === undefined) throw new EmtpError("missing", "full_name");
  checkString(record.full_name, "full_name");
  const dob = dobOf(record.dob, isWeak);
  checkList(record.addresses, "addresses", ADDRESSES_MAX, checkAddress);
  checkList(record.phones, "phones", PHONES_MAX, checkString);
  checkList(record.idnos, "idnos", IDNOS_MAX, checkString);
  return dob;
}

function isCalendarDay(year, month, day) {
  const days = [31, year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28,
    31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  return month >= 1 && month <= 12 && day >= 1 && day <= days[month - 1];
}

/** 4.3: the canonical day, or what weak mode allows; else refuses. */
function dobOf(dob, isWeak) {
  if (dob === undefined && isWeak) return undefined;
  if (dob === undefined) throw new EmtpError("missing", "dob");
  if (typeof dob !== "string") throw new EmtpError("type", "dob");
  if (utf8Length(dob) > STRING_BYTES_MAX) throw new EmtpError("limit", "dob");
  const text = dob.replace(/^[\t-\r ]+|[\t-\r ]+$/g, "");
  const parts = /^([0-9]{4})-([0-9]{2})(?:-([0-9]{2}))?$/.exec(text);
  if (parts === null || (parts[3] === undefined && !isWeak)) throw new EmtpError("dob", "dob");
  const [year, month, day] = parts.slice(1).map((part) => Number(part ?? "1"));
  if (year < 1800 || year > 2100 || !isCalendarDay(year, month, day)) {
    throw new EmtpError("dob", "dob");
  }
  return text;
}

/** Section 5: collects tuples with the lowest tier that yields each. */
class TupleSet {
  constructor(dob) {
    this.dob = dob;
    this.tiers = new Map();
  }

  add(tier, { name, phone, addr, id }) {
    const fields = [["NAME", name], ["DOB", this.dob], ["PHONE", phone], ["ADDR", addr], ["ID", id]];
    const present = fields.filter(([, value]) => value !== undefined);
    const tuple = present.map(([field, value]) => `${field}=${value}`).join("|");
    if (!this.tiers.has(tuple) || this.tiers.get(tuple) > tier) this.tiers.set(tuple, tier);
  }

  /** At most 256, filled by tier and byte order, sorted by bytes (ASCII, so code units agree). */
  list() {
    const byBytes = (a, b) => (a.tuple < b.tuple ? -1 : a.tuple > b.tuple ? 1 : 0);
    return [...this.tiers]
      .map(([tuple, tier]) => ({ tuple, tier }))
      .sort((a, b) => a.tier - b.tier || byBytes(a, b))
      .slice(0, TUPLES_MAX)
      .sort(byBytes);
  }
}

/**
 * The canonical tuples of one record (an object of section 3), sorted by bytes, with their tiers.
 * Options: `country` (ISO alpha-2, for phones; default US), `wide`, `weak`.
 * Throws EmtpError when the record is refused.
 */
export function tuplesOf(record, { country = "US", wide = false, weak = false } = {}) {
  const set = new TupleSet(checkRecord(record, weak));
  const names = namesOf(record.full_name, wide);
  const phones = (record.phones ?? []).map((phone) => phoneOf(phone, country));
  const addresses = (record.addresses ?? []).map((address) => addressValues(address, wide));
  const ids = [...new Set((record.idnos ?? []).flatMap(idValues))];
  const strictPhones = phones.flatMap(({ e164, national }) => [e164, national]).filter(Boolean);
  const last10s = phones.map(({ last10 }) => last10).filter(Boolean);

  for (const [tier, list] of [[1, names.first], [3, names.third]]) {
    for (const name of list) {
      set.add(tier, { name });
      strictPhones.forEach((phone) => set.add(tier, { name, phone }));
      last10s.forEach((phone) => set.add(3, { name, phone }));
      for (const { first, third } of addresses) {
        first.forEach((addr) => set.add(tier, { name, addr }));
        third.forEach((addr) => set.add(3, { name, addr }));
      }
    }
  }
  for (const { e164, last10 } of phones) {
    for (const phone of [e164, last10]) if (phone !== undefined) set.add(1, { phone });
  }
  for (const { first, third } of addresses) {
    first.forEach((addr) => set.add(1, { addr }));
    third.forEach((addr) => set.add(3, { addr }));
  }
  for (const id of ids) {
    set.add(2, { id });
    names.givenFamily.forEach((name) => set.add(2, { name, id }));
    names.thirdWithId.forEach((name) => set.add(3, { name, id }));
    last10s.forEach((phone) => set.add(2, { phone, id }));
  }
  return set.list();
}

/** Section 6: the token of one tuple under one key of exactly 32 bytes, as 64 hex characters. */
export async function tokenOf(keyBytes, tuple) {
  if (keyBytes.length !== 32) throw new EmtpError("key");
  const key = await crypto.subtle.importKey("raw", keyBytes, { name: "HMAC", hash: "SHA-256" },
    false, ["sign"]);
  const message = new TextEncoder().encode(`EMTP|v1|${tuple}`);
  const tag = new Uint8Array(await crypto.subtle.sign("HMAC", key, message));
  return [...tag].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
