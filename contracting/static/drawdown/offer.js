// An offer as it is sealed where it is written: no part of it leaves in the clear.
//
// The content is the length of its head (4 bytes), the head as canonical JSON, the files
// one after another, and zeros up to a round length.

import {
  base64Of,
  encrypt,
  encryptTo,
  fingerprint,
  hexOf,
  joined,
  newKey,
  padded,
  sha256,
} from "./sealing.js";

const TECHNICAL = "Technical proposal";
const PRICES = "Price schedule";
const PRICE = /^(\d{1,6})(?:\.(\d{0,6}))?$/;

const bytesOf = (text) => new TextEncoder().encode(text);

// The figure of a line, always as long: 000002.500000; empty if it is none.
export function fixedWidth(price) {
  const found = PRICE.exec(price.trim());
  if (!found) return "";
  return `${found[1].padStart(6, "0")}.${(found[2] ?? "").padEnd(6, "0")}`;
}

const millionths = (figure) => BigInt(fixedWidth(figure).replace(".", ""));
const sum = (counts) => counts.reduce((all, count) => all + count, 0n);

// What a line of the workload costs, in units of 10^-12 dollars. `months` are the tokens
// that stand on it by period, `units` millionths of what is bought by the unit; a class of
// a pool burns units of it, rounded half-up for each period, at the price `perAcu`.
export function amountOf({ quote, price, months, units }, perAcu) {
  if (quote === "USD_PER_UNIT") return millionths(price) * BigInt(units);
  const counts = months.split(" ").map(BigInt);
  if (quote !== "ACU_PER_MTOK") return millionths(price) * sum(counts);
  const burns = counts.map((n) => (2n * n * millionths(price) + 1_000_000n) / 2_000_000n);
  return millionths(perAcu) * sum(burns);
}

// Whether a class of a pool burns more than a later check believes: its price is left out.
export function tooDear({ quote, price }, perAcu) {
  if (quote !== "ACU_PER_MTOK") return false;
  return millionths(price) * millionths(perAcu ?? "") > 999_999n * 10n ** 12n;
}

export function dollars(amount) {
  const cents = (amount + 5_000_000_000n) / 10_000_000_000n;
  const whole = (cents / 100n).toString().replace(/\B(?=(\d{3})+$)/g, ",");
  return `$${whole}.${(cents % 100n).toString().padStart(2, "0")}`;
}

// { technical, prices: [{ line, model, price }], files: [{ name, bytes }] } for a place
// ({ solicitation, submission, version }), the public key of its box, and that of the
// vendor's own offer key if there is one: what is sent.
export async function seal(offer, place, publicKey, offerKey) {
  const { raw, head, parts } = await content(offer);
  const address = `${place.solicitation}/${place.submission}/${place.version}`;
  const key = newKey();
  const sealed = await encrypt(raw, key, `drawdown/v1/offer/${address}`);
  const wrapped = await encryptTo(publicKey, key, `drawdown/v1/content-key/${address}`);
  const envelope = {
    submission: place.submission,
    version: place.version,
    fingerprint: await fingerprint(publicKey),
    wrapped_key: base64Of(wrapped),
    content_sha256: await sha256(head),
    sealed_sha256: await sha256(sealed),
    parts,
  };
  if (offerKey) {
    const own = await encryptTo(offerKey, key, `drawdown/v1/offer-key/${address}`);
    envelope.offer_key = await fingerprint(offerKey);
    envelope.wrapped_for_vendor = base64Of(own);
  }
  return { envelope, sealed };
}

// What a later check would find wrong with files, by the limits that a page tells.
export function wrongFiles(chosen, limits) {
  const most = Number(limits.files);
  const bytes = Number(limits.bytes);
  const kinds = limits.kinds.split(" ");
  const kindOf = (name) => name.toLowerCase().split(".").pop();
  const names = chosen.map(({ name }) => name);
  const wrong = [];
  if (chosen.length > most) wrong.push(`Hand in at most ${most} files.`);
  if (chosen.reduce((sum, { size }) => sum + size, 0) > bytes) {
    wrong.push(`Hand in at most ${bytes / 1024 / 1024} MB in all.`);
  }
  for (const { name, size } of chosen) {
    if (!size) wrong.push(`${name}: it is empty.`);
    if (!kinds.includes(kindOf(name))) wrong.push(`${name}: files of this kind are not taken.`);
    if (names.indexOf(name) !== names.lastIndexOf(name)) {
      wrong.push(`${name}: two files have this name.`);
    }
  }
  return wrong;
}

async function content(offer) {
  const salt = hexOf(newKey());
  const files = [];
  for (const { name, bytes } of offer.files) {
    files.push({ name, sha256: await sha256(bytes), size_bytes: bytes.length });
  }
  const prices = offer.prices.map(({ line, model, price }) => ({
    line,
    model,
    usd_per_million_tokens: fixedWidth(price),
  }));
  const technical = offer.technical.toWellFormed?.() ?? offer.technical;
  const head = bytesOf(JSON.stringify({ files, prices, salt, technical }));
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, head.length);
  const raw = padded(joined(length, head, ...offer.files.map((file) => file.bytes)));
  const parts = [
    await part(TECHNICAL, bytesOf(technical)),
    await part(PRICES, bytesOf(JSON.stringify([salt, prices]))),
    ...files.map((file, index) => ({
      name: `File ${index + 1}`,
      size_bytes: file.size_bytes,
      sha256: file.sha256,
    })),
  ];
  return { raw, head, parts };
}

async function part(name, bytes) {
  return { name, size_bytes: bytes.length, sha256: await sha256(bytes) };
}
