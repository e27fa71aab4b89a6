// Keys, and an answer that keeps its place while it grows.
(() => {
  'use strict';
  const SINGLE = 'refdesk-keys';

  // --- keys

  const ITEMS = '.said .sentence, .sources li, .hit, .tree summary, .tree li, .steps > li, '
    + '.deck-row, .map-table tbody tr';
  let at = null; // the item one stands at: {element, place}

  function panel() {
    return [...document.querySelectorAll('[role="tabpanel"], .tabitem')].find((tab) => tab.offsetParent);
  }

  function shown(element) { return element.getClientRects().length > 0; }

  function items() {
    const here = panel() || document;
    const all = [...here.querySelectorAll(ITEMS)].filter(shown);
    return all.filter((item) => !all.some((other) => other !== item && other.contains(item)
      && !other.matches('.tree li')));
  }

  function go(step) {
    const all = items();
    if (!all.length) return;
    let place = at && at.element.isConnected ? all.indexOf(at.element) : -1;
    if (place < 0 && at && !at.element.isConnected) place = Math.min(at.place, all.length) - (step > 0 ? 1 : 0);
    if (place < 0 && !at) {
      place = all.findIndex((item) => item.getBoundingClientRect().bottom > 0) - (step > 0 ? 1 : 0);
    }
    place = Math.max(0, Math.min(all.length - 1, place + step));
    const element = all[place];
    at = { element, place };
    if (!element.hasAttribute('tabindex') && !element.matches('summary, button, a')) {
      element.setAttribute('tabindex', '-1');
    }
    element.focus({ preventScroll: true });
    element.scrollIntoView({ block: 'nearest' });
  }

  function open() {
    const card = document.querySelector('.card:popover-open');
    if (card) {
      (card.querySelector('a[href*="read?"]') || card.querySelector('.links a'))?.click();
      return;
    }
    const here = document.activeElement?.closest(ITEMS) || (at?.element.isConnected ? at.element : null);
    if (!here) return;
    const target = here.matches('summary, a, button') ? here
      : here.querySelector('.mark, .source, a[href*="read?"], button, a[href]');
    target?.click();
  }

  function ask() {
    const box = panel()?.querySelector('#question textarea, #query textarea, #query input, '
      + '#topic textarea, #topic input, .find input');
    if (box) { box.focus(); box.select(); return; }
    document.querySelector('[role="tab"][data-tab-id="ask"]')?.click(); // where one can always be asked
    requestAnimationFrame(() => document.querySelector('#question textarea')?.focus());
  }

  function copy() {
    const buttons = [...document.querySelectorAll('button.copy')].filter(shown);
    buttons[buttons.length - 1]?.click();
  }

  function help() { document.getElementById('ease')?.togglePopover(); }

  function single() {
    try { return localStorage.getItem(SINGLE) !== 'off'; } catch (error) { return true; }
  }

  const KEYS = { '/': ask, j: () => go(1), k: () => go(-1), o: open, c: copy, '?': help };

  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const on = event.target;
    if (on.closest?.('input:not([type="checkbox"]):not([type="radio"]), textarea, select, [contenteditable]')) return;
    const act = Object.hasOwn(KEYS, event.key) && KEYS[event.key];
    if (!act || !single()) return;
    event.preventDefault();
    act();
  });

  document.addEventListener('toggle', (event) => {
    const box = document.getElementById('single-keys');
    if (event.target.id === 'ease' && box) box.checked = single();
  }, true);
  document.addEventListener('change', (event) => {
    if (event.target.id !== 'single-keys') return;
    try { localStorage.setItem(SINGLE, event.target.checked ? 'on' : 'off'); } catch (error) { /* switched off */ }
  });

  // --- an answer keeps its place while it grows: what one reads stays where it stands

  const PLACES = '#answer .question, #answer .sentence, #answer h3, #answer .sources li, #answer .hit';
  let kept = null; // {name, nth, top}

  function name(element) { return element.tagName + element.textContent.slice(0, 80); }

  function remember() {
    kept = null;
    if (window.scrollY < 1) return;
    const seen = new Map();
    for (const element of document.querySelectorAll(PLACES)) {
      const called = name(element);
      const nth = seen.get(called) || 0;
      seen.set(called, nth + 1);
      const box = element.getBoundingClientRect();
      if (box.bottom > 0 && box.height) {
        kept = { called, nth, top: box.top, element };
        return;
      }
    }
  }

  function restore() {
    if (!kept || kept.element.isConnected) { remember(); return; }
    const same = [...document.querySelectorAll(PLACES)].filter((item) => name(item) === kept.called);
    const again = same[kept.nth];
    const moved = again ? again.getBoundingClientRect().top - kept.top : 0;
    if (Math.abs(moved) > 1) window.scrollBy({ top: moved, behavior: 'instant' });
    if (again) kept.element = again;
  }

  window.addEventListener('scroll', remember, { passive: true });
  let answer = null;
  const growing = new MutationObserver(restore);
  new MutationObserver(() => {
    const now = document.getElementById('answer');
    if (now === answer || !now) return;
    answer = now;
    growing.disconnect();
    growing.observe(answer, { childList: true, subtree: true });
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
