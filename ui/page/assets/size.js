// The size of the text: one for the page and the reader view, kept by this browser.
(() => {
  'use strict';
  const SIZE = 'refdesk-size';
  const SIZES = [85, 92, 100, 112, 125, 140, 160, 180]; // per cent
  const USUAL = SIZES.indexOf(100);

  function kept() {
    let at = NaN;
    try { at = SIZES.indexOf(Number(localStorage.getItem(SIZE))); } catch (error) { /* switched off */ }
    return at >= 0 ? at : USUAL;
  }

  function set(at) {
    document.documentElement.style.fontSize = at === USUAL ? '' : SIZES[at] + '%';
    document.querySelectorAll('.size output').forEach((out) => { out.value = SIZES[at] + ' %'; });
  }

  set(kept());
  document.addEventListener('click', (event) => {
    const step = event.target.closest('[data-size]');
    if (!step) return;
    const wanted = step.dataset.size === '0' ? USUAL : kept() + Number(step.dataset.size);
    const at = Math.max(0, Math.min(SIZES.length - 1, wanted));
    try { localStorage.setItem(SIZE, SIZES[at]); } catch (error) { /* as above */ }
    set(at);
  });
  // another window of this browser, or the panel drawn only now
  window.addEventListener('storage', (event) => { if (event.key === SIZE) set(kept()); });
  document.addEventListener('toggle', () => set(kept()), true);
})();
