// Presses Show when somebody who writes a letter stops for a moment. Without it
// the button is pressed by hand.
"use strict";
for (const form of document.querySelectorAll("form.live")) {
  const show = form.querySelector("button.show");
  const words = form.querySelector("textarea");
  let waiting = 0;
  words.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => form.requestSubmit(show), 900);
  });
  form.addEventListener("submit", () => clearTimeout(waiting));
}
