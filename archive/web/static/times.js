// Moments of a recording: as a reader meets them, and as addresses name them.

export const timecode = (seconds) => {
  const whole = Math.max(0, Math.floor(seconds || 0));
  const two = (number) => String(number).padStart(2, "0");
  const minutes = Math.floor(whole / 60) % 60;
  const hours = Math.floor(whole / 3600);
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
};

// "12.3" or "1:02:03" → seconds; anything else → null
const second = (text) =>
  /^(?:\d{1,6}:){0,2}\d{1,7}(?:\.\d+)?$/.test(text) ? text.split(":").reduce((sum, part) => sum * 60 + Number(part), 0) : null;

// "#t=12.3" → { start }, "#t=12.3,20" → { start, end }; what begins so but names no stretch of time → "wrong";
// anything else → null
export const stretchIn = (hash) => {
  const found = /^#t=(.*)$/.exec(decoded(hash));
  if (!found) return null;
  const [start, end, ...more] = found[1].split(",").map(second);
  if (start === null || end === null || more.length || (end !== undefined && end <= start)) return "wrong";
  return end === undefined ? { start } : { start, end };
};

const decoded = (hash) => {
  try {
    return decodeURIComponent(hash);
  } catch {
    return "";
  }
};

// to the hundredth of a second, as the server writes them
export const written = (seconds) => String(Math.round(seconds * 100) / 100);
