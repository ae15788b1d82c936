// The cryptography of the sealed box where the plaintext is: in the browser.
//
// The same formats as contracting/submissions/sealing, byte for byte: P-256,
// HKDF-SHA-256, AES-256-GCM, PBKDF2-HMAC-SHA-256, and Shamir's scheme over GF(2^128).
// A public half is an uncompressed point (65 bytes), a private half its scalar (32).

const KEY_BYTES = 32;
const PUBLIC_BYTES = 65;
const NONCE_BYTES = 12;
const SALT_BYTES = 16;
const HALF = 16;
const CURVE = { name: "ECDH", namedCurve: "P-256" };
const HYBRID = "drawdown/v1/to-public-key";
const LOCKED = "drawdown/v1/opener-key";
const COMMITMENT = "drawdown/v1/commitment";

const bytesOf = (text) => new TextEncoder().encode(text);
const randomBytes = (count) => crypto.getRandomValues(new Uint8Array(count));

// What is wrong is told by this alone: a wrong key, another place, altered bytes.
export class SealBroken extends Error {}

export function joined(...parts) {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

export const hexOf = (bytes) =>
  [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");

export function base64Of(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at += 32768) {
    text += String.fromCharCode(...bytes.subarray(at, at + 32768));
  }
  return btoa(text);
}

export const fromBase64 = (text) =>
  Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

const forUrl = (bytes) =>
  base64Of(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

const fromUrl = (text) =>
  fromBase64(text.replaceAll("-", "+").replaceAll("_", "/"));

export async function sha256(bytes) {
  return hexOf(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
}

export const newKey = () => randomBytes(KEY_BYTES);

export async function newPair() {
  const pair = await crypto.subtle.generateKey(CURVE, true, ["deriveBits"]);
  const { x, y, d } = await crypto.subtle.exportKey("jwk", pair.privateKey);
  return {
    publicKey: joined(Uint8Array.of(4), fromUrl(x), fromUrl(y)),
    privateKey: fromUrl(d),
  };
}

export const fingerprint = (publicKey) => sha256(publicKey);

// The length tells less: up to a multiple of 4096, or of about an eighth of it.
export function padded(raw, filler = 0, step = roundTo(raw.length)) {
  const all = new Uint8Array(Math.ceil(raw.length / step) * step).fill(filler);
  all.set(raw);
  return all;
}

const roundTo = (length) => Math.max(4096, 2 ** Math.max(28 - Math.clz32(length), 0));

export async function encrypt(raw, key, binding) {
  const nonce = randomBytes(NONCE_BYTES);
  const sealed = await crypto.subtle.encrypt(
    { name: "AES-GCM", iv: nonce, additionalData: bytesOf(binding) },
    await aesKey(key, "encrypt"),
    raw,
  );
  return joined(nonce, new Uint8Array(sealed));
}

export async function decrypt(sealed, key, binding) {
  try {
    const raw = await crypto.subtle.decrypt(
      {
        name: "AES-GCM",
        iv: sealed.subarray(0, NONCE_BYTES),
        additionalData: bytesOf(binding),
      },
      await aesKey(key, "decrypt"),
      sealed.subarray(NONCE_BYTES),
    );
    return new Uint8Array(raw);
  } catch {
    throw new SealBroken("These bytes do not fit their seal.");
  }
}

// Ephemeral point, nonce, ciphertext and tag; it opens under no other binding.
export async function encryptTo(publicKey, secret, binding) {
  const own = await newPair();
  const key = await shared(own, publicKey, own.publicKey, publicKey);
  return joined(own.publicKey, await encrypt(secret, key, binding));
}

export async function decryptFrom(wrapped, pair, binding) {
  const point = wrapped.subarray(0, PUBLIC_BYTES);
  const key = await shared(pair, point, point, pair.publicKey);
  return decrypt(wrapped.subarray(PUBLIC_BYTES), key, binding);
}

// A private half under a passphrase, which is kept nowhere.
export async function lock(pair, passphrase, iterations) {
  const salt = randomBytes(SALT_BYTES);
  const key = await stretched(passphrase, salt, iterations);
  const binding = `${LOCKED}/${await fingerprint(pair.publicKey)}`;
  const wrapped = await encrypt(pair.privateKey, key, binding);
  return { publicKey: pair.publicKey, wrapped, salt, iterations };
}

export async function unlock(locked, passphrase) {
  const key = await stretched(passphrase, locked.salt, locked.iterations);
  const binding = `${LOCKED}/${await fingerprint(locked.publicKey)}`;
  const privateKey = await decrypt(locked.wrapped, key, binding);
  return { publicKey: locked.publicKey, privateKey };
}

// Shares, of which any `needed` give the 32 bytes back and one less tells nothing.
export function split(secret, needed, people) {
  const halves = [secret.subarray(0, HALF), secret.subarray(HALF)].map((half) => {
    const terms = Array.from({ length: needed - 1 }, () => elementOf(randomBytes(HALF)));
    return [...terms, elementOf(half)];
  });
  return Array.from({ length: people }, (_, index) => ({
    position: index + 1,
    value: joined(...halves.map((terms) => bytesOfElement(valueAt(terms, index + 1)))),
  }));
}

export function combine(shares) {
  const halves = [0, HALF].map((from) =>
    shares.map(({ position, value }) => [
      BigInt(position),
      elementOf(value.subarray(from, from + HALF)),
    ]),
  );
  return joined(...halves.map((points) => bytesOfElement(atZero(points))));
}

export async function commitment(share, box) {
  const label = bytesOf(`${COMMITMENT}/${box}/${share.position}/`);
  return sha256(joined(label, share.value));
}

const aesKey = (key, use) =>
  crypto.subtle.importKey("raw", key, "AES-GCM", false, [use]);

async function shared(own, other, ephemeral, recipient) {
  let secret;
  try {
    const point = await crypto.subtle.importKey("raw", other, CURVE, false, []);
    const mine = await crypto.subtle.importKey(
      "jwk",
      {
        kty: "EC",
        crv: "P-256",
        x: forUrl(own.publicKey.subarray(1, 1 + KEY_BYTES)),
        y: forUrl(own.publicKey.subarray(1 + KEY_BYTES)),
        d: forUrl(own.privateKey),
      },
      CURVE,
      false,
      ["deriveBits"],
    );
    const agreed = { name: "ECDH", public: point };
    secret = await crypto.subtle.deriveBits(agreed, mine, KEY_BYTES * 8);
  } catch {
    throw new SealBroken("This is no key of P-256.");
  }
  const from = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveBits"]);
  const info = joined(bytesOf(HYBRID), ephemeral, recipient);
  const derived = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(0), info };
  return new Uint8Array(await crypto.subtle.deriveBits(derived, from, KEY_BYTES * 8));
}

async function stretched(passphrase, salt, iterations) {
  const typed = bytesOf(passphrase.normalize("NFKC"));
  const from = await crypto.subtle.importKey("raw", typed, "PBKDF2", false, ["deriveBits"]);
  const derived = { name: "PBKDF2", hash: "SHA-256", salt, iterations };
  return new Uint8Array(await crypto.subtle.deriveBits(derived, from, KEY_BYTES * 8));
}

// GF(2^128) modulo x^128 + x^7 + x^2 + x + 1, in integers.

const MODULUS = (1n << 128n) | 0x87n;

const elementOf = (bytes) => BigInt(`0x${hexOf(bytes)}`);

const bytesOfElement = (element) =>
  Uint8Array.from(element.toString(16).padStart(2 * HALF, "0").match(/../g), (pair) =>
    Number.parseInt(pair, 16),
  );

function times(one, other) {
  let product = 0n;
  for (; other; other >>= 1n) {
    if (other & 1n) product ^= one;
    one <<= 1n;
    if (one >> 128n) one ^= MODULUS;
  }
  return product;
}

// a^(2^128 - 2): every element but zero has the order 2^128 - 1.
function inverse(element) {
  let result = 1n;
  for (let step = 0; step < 127; step += 1) {
    element = times(element, element);
    result = times(result, element);
  }
  return result;
}

const valueAt = (terms, position) =>
  terms.reduce((value, term) => times(BigInt(position), value) ^ term, 0n);

function atZero(points) {
  return points.reduce((sum, [x, y]) => {
    const others = points.map(([other]) => other).filter((other) => other !== x);
    const over = others.reduce((product, other) => times(product, other), 1n);
    const under = others.reduce((product, other) => times(product, x ^ other), 1n);
    return sum ^ times(y, times(over, inverse(under)));
  }, 0n);
}
