// Sealed bytes that are on their way, kept in this browser until they have come: a page
// that is loaded again goes on with them. They are encrypted, and their key is encrypted
// to a box or an offer key; nothing that could open them is kept here.
//
// Where the browser has no such store, or refuses it, nothing is kept and all else works.

const STORE = "on-their-way";
const DAY = 24 * 3600 * 1000;

function database() {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open("drawdown", 1);
    asked.addEventListener("upgradeneeded", () => asked.result.createObjectStore(STORE));
    asked.addEventListener("success", () => resolve(asked.result));
    asked.addEventListener("error", () => reject(asked.error));
    asked.addEventListener("blocked", () => reject(new Error("blocked")));
  });
}

async function inStore(mode, act) {
  try {
    const opened = await database();
    try {
      return await new Promise((resolve, reject) => {
        const deed = opened.transaction(STORE, mode);
        const asked = act(deed.objectStore(STORE));
        deed.addEventListener("complete", () => resolve(asked.result));
        deed.addEventListener("abort", () => reject(deed.error));
      });
    } finally {
      opened.close();
    }
  } catch {
    return undefined;
  }
}

// Keep `value` under `name` for a day; what was kept there before is gone.
export function keep(name, value) {
  return inStore("readwrite", (store) => store.put({ ...value, keptAt: Date.now() }, name));
}

// What is kept under `name`, or undefined.
export async function kept(name) {
  const found = await inStore("readonly", (store) => store.get(name));
  if (found && Date.now() - found.keptAt < DAY) return found;
  if (found) await forget(name);
  return undefined;
}

export function forget(name) {
  return inStore("readwrite", (store) => store.delete(name));
}
