// form[data-confirm="question"]: ask in a dialog before sending. Without it the server asks.
import { fresh, said } from "./marks.js";

export function start(root) {
  for (const form of fresh(root, "form[data-confirm]")) {
    form.addEventListener("submit", (event) => {
      if (form.dataset.confirmed) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      ask(form, event.submitter);
    });
  }
}

export function ask(form, submitter, question = form.dataset.confirm) {
  const dialog = document.createElement("dialog");
  dialog.className = "ask";
  const words = document.createElement("h2");
  words.id = "ask-words";
  words.textContent = question;
  dialog.setAttribute("aria-labelledby", words.id);
  const actions = document.createElement("div");
  actions.className = "actions";
  const yes = answer(submitter?.textContent.trim() || "OK", "button");
  const no = answer(said("wordsNo") || "×", "button button--quiet");
  actions.append(yes, no);
  dialog.append(words, actions);
  yes.addEventListener("click", () => {
    form.dataset.confirmed = "yes";
    dialog.close();
    form.requestSubmit(submitter ?? undefined);
    delete form.dataset.confirmed;
  });
  no.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  no.focus();
}

function answer(words, style) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = style;
  button.textContent = words;
  return button;
}
