"""The portal as an app of a phone: manifest, icons, service worker, who reads."""
