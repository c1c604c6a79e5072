// Small things kept in the browser. A browser that refuses storage only forgets them.

function access(storage) {
  return {
    get(name, otherwise) {
      try {
        return JSON.parse(storage().getItem(`praisebot.${name}`)) ?? otherwise;
      } catch {
        return otherwise;
      }
    },
    set(name, value) {
      try {
        storage().setItem(`praisebot.${name}`, JSON.stringify(value));
      } catch {
        // Full or forbidden: nothing depends on it.
      }
    },
  };
}

/** Kept for this window alone, so that two windows can be two people. */
export const perWindow = access(() => sessionStorage);

/** Kept for all windows of this browser. */
export const perBrowser = access(() => localStorage);
