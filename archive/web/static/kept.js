// What this browser remembers for its reader. Where it may not remember anything, everything works all the same.

export const kept = (name) => {
  try {
    return localStorage.getItem(`conricerca:${name}`);
  } catch {
    return null;
  }
};

export const keep = (name, value) => {
  try {
    if (value === null) localStorage.removeItem(`conricerca:${name}`);
    else localStorage.setItem(`conricerca:${name}`, value);
  } catch {} // a private window, or no room
};
