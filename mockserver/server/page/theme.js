// The theme that the page at / has chosen, before anything is drawn: "light" or "dark" on the root element. The button changes it for both pages.
(() => {
  const name = 'awalmock-theme';
  const signs = { system: '◐', light: '☀', dark: '☾' };
  const themes = Object.keys(signs);
  const dark = matchMedia('(prefers-color-scheme: dark)');
  let chosen = 'system';
  const read = () => {
    try {
      chosen = localStorage.getItem(name) ?? 'system';
    } catch {
      // A browser that keeps nothing: the theme of the system.
    }
    if (!(chosen in signs)) chosen = 'system';
  };
  const show = () => {
    document.documentElement.dataset.theme = chosen !== 'system' ? chosen : dark.matches ? 'dark' : 'light';
    const button = document.getElementById('theme');
    if (!button) return;
    button.textContent = signs[chosen];
    button.title = `Theme: ${chosen}`;
    button.ariaLabel = button.title;
  };
  const next = () => {
    chosen = themes[(themes.indexOf(chosen) + 1) % themes.length];
    try {
      localStorage.setItem(name, chosen);
    } catch {
      // It is forgotten with the tab.
    }
    show();
  };
  read();
  show();
  dark.addEventListener('change', show);
  addEventListener('storage', () => { read(); show(); }); // another tab has changed it
  addEventListener('DOMContentLoaded', () => {
    show();
    document.getElementById('theme').addEventListener('click', next);
  });
})();
