// [data-push]: this browser takes notifications, or not any more. Hidden where it cannot.
import { fresh } from "./marks.js";

export async function start(root) {
  for (const place of fresh(root, "[data-push]")) {
    if (!("PushManager" in window) || !navigator.serviceWorker) continue;
    const registration = await navigator.serviceWorker.getRegistration();
    if (!registration) continue;
    place.hidden = false;
    show(place, await registration.pushManager.getSubscription());
    place.querySelector("[data-on]").addEventListener("click", () => attempt(place, () => on(place, registration)));
    place.querySelector("[data-off]").addEventListener("click", () => attempt(place, () => off(place, registration)));
  }
}

function show(place, subscription) {
  place.querySelector("[data-on]").hidden = Boolean(subscription);
  place.querySelector("[data-off]").hidden = !subscription;
}

async function attempt(place, deed) {
  const said = place.querySelector("[data-said]");
  said.textContent = "";
  try {
    await deed();
    window.location.reload();
  } catch {
    said.textContent = Notification.permission === "denied" ? place.dataset.denied : place.dataset.failed;
  }
}

async function on(place, registration) {
  const { key } = await (await fetch(place.dataset.key)).json();
  const subscription = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  if (!(await tell(place.dataset.subscribe, subscription.toJSON()))) {
    await subscription.unsubscribe();
    throw new Error("refused");
  }
}

async function off(place, registration) {
  const subscription = await registration.pushManager.getSubscription();
  if (!subscription) return;
  await tell(place.dataset.unsubscribe, { endpoint: subscription.endpoint });
  await subscription.unsubscribe();
}

async function tell(address, said) {
  const token = document.querySelector("input[name=csrfmiddlewaretoken]")?.value ?? "";
  const answer = await fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": token },
    body: JSON.stringify(said),
  });
  return answer.ok;
}
