// [data-focus]: a form came back with mistakes; the reader starts at their list.
import { fresh } from "./marks.js";

export function start(root) {
  const [first] = fresh(root, "[data-focus]");
  first?.focus();
}
