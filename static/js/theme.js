// [data-theme-form]: change the colours without leaving the page; the form alone works too.
import { fresh } from "./marks.js";

export function start(root) {
  for (const form of fresh(root, "[data-theme-form]")) {
    form.addEventListener("submit", (event) => {
      const choice = event.submitter?.value;
      if (!choice) return;
      event.preventDefault();
      delete form.dataset.sent;
      event.submitter.removeAttribute("aria-busy");
      const body = new URLSearchParams(new FormData(form, event.submitter));
      fetch(form.action, { method: "POST", body, redirect: "manual", credentials: "same-origin" });
      document.documentElement.dataset.theme = choice;
      for (const button of form.querySelectorAll("button")) {
        button.setAttribute("aria-pressed", String(button.value === choice));
      }
    });
  }
}
