// form[data-autosave="address"]: keep the draft on the server a moment after typing stops.
import { csrfToken, fresh } from "./marks.js";

const PAUSE = 1200;

export function start(root) {
  for (const form of fresh(root, "form[data-autosave]")) {
    let timer;
    const status = form.querySelector("[data-autosave-status]");
    const save = async () => {
      const values = new FormData(form);
      // Files go with the form itself; a draft keeps those that are already uploaded.
      for (const [name, value] of [...values]) if (value instanceof File) values.delete(name);
      try {
        const answer = await fetch(form.dataset.autosave, {
          method: "POST",
          body: values,
          headers: { "X-CSRFToken": csrfToken(form), "X-Autosave": "1" },
          credentials: "same-origin",
        });
        if (status && answer.ok) status.textContent = status.dataset.saved ?? "";
        if (status && answer.status === 409) status.textContent = status.dataset.conflict ?? "";
      } catch {
        if (status) status.textContent = status.dataset.offline ?? "";
      }
    };
    form.addEventListener("input", (event) => {
      if (event.target.type === "file") return;
      clearTimeout(timer);
      timer = setTimeout(save, PAUSE);
    });
    form.addEventListener("submit", () => clearTimeout(timer));
  }
}
