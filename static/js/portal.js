// Behaviours of the page: each module finds its own marks (data-…) and improves what already works.
import * as autosave from "./autosave.js";
import * as confirm from "./confirm.js";
import * as copy from "./copy.js";
import * as due from "./due.js";
import * as errors from "./errors.js";
import * as install from "./install.js";
import * as listKeys from "./list-keys.js";
import * as menu from "./menu.js";
import * as near from "./near.js";
import * as once from "./once.js";
import * as photos from "./photos.js";
import * as pocket from "./pocket.js";
import * as presence from "./presence.js";
import * as print from "./print.js";
import * as push from "./push.js";
import * as share from "./share.js";
import * as suggest from "./suggest.js";
import * as theme from "./theme.js";

const behaviours = [confirm, once, copy, share, due, photos, autosave, presence, print, listKeys, menu, theme, errors, suggest, install, near, pocket, push];

function improve(root) {
  for (const behaviour of behaviours) behaviour.start(root);
}

improve(document);
// What htmx brings in gets the same behaviours.
document.addEventListener("htmx:load", (event) => {
  if (event.detail.elt !== document.body) improve(event.detail.elt);
});
