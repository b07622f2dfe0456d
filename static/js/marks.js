// Find marked elements once: a part swapped in twice must not be improved twice.
const seen = new WeakMap();

export function fresh(root, selector) {
  const known = seen.get(document) ?? seen.set(document, new Map()).get(document);
  const done = known.get(selector) ?? known.set(selector, new WeakSet()).get(selector);
  const found = [...root.querySelectorAll(selector)];
  if (root instanceof Element && root.matches(selector)) found.unshift(root);
  return found.filter((element) => !done.has(element) && done.add(element));
}

// A word for a script, from the page: on the site's <body>, at the desk (whose body is admin's) in <meta>.
export function said(name) {
  return document.querySelector("[data-words-left]")?.dataset[name] ?? "";
}

export function csrfToken(form) {
  return form?.querySelector("[name=csrfmiddlewaretoken]")?.value
    ?? document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
}
