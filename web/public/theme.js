// Runs before the first paint and before any other script: sets the colour scheme, and installs the only Trusted Types
// policy of the page. INVARIANT: no string that contains markup is ever turned into HTML.
(() => {
  if (window.trustedTypes) {
    window.trustedTypes.createPolicy('default', {
      createHTML(text) {
        if (/<[a-z!/]/i.test(text)) throw new TypeError('markup blocked');
        return text;
      },
    });
  }
  let chosen = null;
  try {
    chosen = window.localStorage.getItem('tessera-theme');
  } catch {
    // Storage can be closed by the browser's settings; the system's scheme is used then.
  }
  const dark =
    chosen === 'dark' || (chosen !== 'light' && window.matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');
})();
