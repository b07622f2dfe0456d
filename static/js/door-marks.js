// What the door of a seminar keeps in this browser until it is sent: see check-in.js.
const MARKS = "check-in:";
const WALKS = "walk-in:";

export const marksOf = (user, meeting) => `${MARKS}${user}:${meeting}:`;
export const walksOf = (user, meeting) => `${WALKS}${user}:${meeting}:`;

export function kept(prefix) {
  return Object.keys(localStorage)
    .filter((key) => key.startsWith(prefix))
    .map((key) => [key, localStorage.getItem(key)]);
}

// All that waits, of whichever meeting.
export const unsent = () => [...kept(MARKS), ...kept(WALKS)];

export function clear() {
  for (const [key] of unsent()) localStorage.removeItem(key);
}
