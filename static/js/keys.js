// [data-key="KeyN"]: one letter opens, presses or enters its element; "?" shows all letters of the page.
// By the place of the key, so that both layouts do; switched off in the overlay (WCAG 2.1.4).
import { fresh, said } from "./marks.js";

const OFF = "desk-keys-off";
const RUSSIAN = "ФИСВУАПРШОЛДЬТЩЗЙКЫЕГМЦЧНЯ";

export function start(root) {
  for (const button of fresh(root, "[data-keys-help]")) {
    button.hidden = false;
    button.addEventListener("click", show);
  }
  const [body] = fresh(root, "body");
  if (body) document.addEventListener("keydown", press);
}

function press(event) {
  const typing = event.target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
  if (event.key === "Escape" && typing) typing.blur();
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.form) {
    const main = event.target.form.querySelector("button[type=submit].desk-button--main, button[type=submit]");
    event.preventDefault();
    event.target.form.requestSubmit(main);
    return;
  }
  if (typing || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.key === "?" || (event.shiftKey && event.code === "Slash")) {
    event.preventDefault();
    show();
    return;
  }
  if (event.shiftKey || event.repeat || isOff()) return;
  const element = document.querySelector(`[data-key="${CSS.escape(event.code)}"]`);
  if (!element) return;
  event.preventDefault();
  use(element);
}

function use(element) {
  element.scrollIntoView({ block: "nearest" });
  if (element.matches("summary")) {
    const details = element.parentElement;
    details.open = true;
    const field = details.querySelector("input:not([type=hidden]), textarea, select, button, a[href]");
    (field ?? element).focus();
  } else if (element.matches("input:not([type=checkbox]), textarea, select")) {
    element.focus();
    element.select?.();
  } else {
    element.focus();
    element.click();
  }
}

function isOff() {
  try {
    return localStorage.getItem(OFF) === "1";
  } catch {
    return false;
  }
}

function letters(code) {
  const letter = code.replace("Key", "");
  if (letter === "Slash") return "/";
  const place = letter.charCodeAt(0) - 65;
  return letter.length === 1 && RUSSIAN[place] ? `${letter} · ${RUSSIAN[place]}` : letter;
}

function show() {
  const dialog = make("dialog", "desk-keys");
  const head = make("h2", "", said("wordsKeys"));
  head.id = "desk-keys-title";
  dialog.setAttribute("aria-labelledby", head.id);
  const list = make("dl", "desk-keys__list");
  const seen = new Set();
  for (const element of document.querySelectorAll("[data-key]")) {
    if (seen.has(element.dataset.key)) continue;
    seen.add(element.dataset.key);
    const words = element.dataset.keyWords || element.getAttribute("aria-label") || element.textContent;
    line(list, letters(element.dataset.key), words.trim().replace(/\s+/g, " "));
  }
  if (document.querySelector("[data-list-keys]")) line(list, "J · О, K · Л", said("wordsKeysRows"));
  if (document.querySelector('[data-list-keys] input[name="chosen"]')) line(list, "X · Ч", said("wordsKeysChoose"));
  line(list, "Ctrl + Enter", said("wordsKeysSend"));
  line(list, "Esc", said("wordsKeysLeave"));
  line(list, "?", said("wordsKeys"));
  const off = make("input");
  off.type = "checkbox";
  off.checked = isOff();
  off.addEventListener("change", () => {
    try {
      localStorage.setItem(OFF, off.checked ? "1" : "");
    } catch {
      // Private mode keeps nothing: the letters stay on.
    }
  });
  const label = make("label", "desk-keys__off");
  label.append(off, make("span", "", said("wordsKeysOff")));
  const close = make("button", "desk-button desk-button--main", said("wordsKeysClose"));
  close.type = "button";
  close.addEventListener("click", () => dialog.close());
  const before = document.activeElement;
  dialog.addEventListener("close", () => {
    dialog.remove();
    before?.focus?.();
  });
  dialog.append(head, list, label, close);
  document.body.append(dialog);
  dialog.showModal();
  close.focus();
}

function line(list, key, words) {
  const term = make("dt");
  term.append(make("kbd", "", key));
  list.append(term, make("dd", "", words));
}

function make(name, style = "", words = "") {
  const element = document.createElement(name);
  if (style) element.className = style;
  if (words) element.textContent = words;
  return element;
}
