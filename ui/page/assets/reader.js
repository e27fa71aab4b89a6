// The reader view: where one stopped reading is kept by this browser, document by document.
(() => {
  'use strict';
  const PLACE = 'refdesk-places';
  const MOST = 200; // documents

  // pages of a PDF are turned by keys too
  const TURNS = { j: 'next', n: 'next', ArrowRight: 'next', k: 'prev', p: 'prev', ArrowLeft: 'prev' };
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const which = Object.hasOwn(TURNS, event.key) && TURNS[event.key];
    if (which) document.querySelector(`.turns a[rel="${which}"]`)?.click();
  });

  // cards are made on the page, where they are kept: it finds there what to make (deck.js)
  document.addEventListener('click', (event) => {
    const act = event.target.closest('.hand-on .deck-act');
    if (!act) return;
    const told = { act: act.dataset.act, tab: act.parentElement.dataset.tab };
    try { localStorage.setItem('refdesk-make', JSON.stringify(told)); } catch (error) { return; }
    location.href = document.querySelector('header a').href;
  });

  const article = document.querySelector('article');
  const name = document.querySelector('main').dataset.document;
  if (!article || !name) return;
  const blocks = () => [...article.children];

  function places() {
    try { return JSON.parse(localStorage.getItem(PLACE) || '{}') || {}; } catch (error) { return {}; }
  }

  // a link to a passage says itself where to begin
  const place = places()[name];
  if (Number.isInteger(place?.block) && !location.hash && !document.getElementById('passage')) {
    blocks()[place.block]?.scrollIntoView({ block: 'start', behavior: 'instant' });
  }

  let timer = 0;
  function keep() {
    const all = blocks();
    const block = all.findIndex((item) => item.getBoundingClientRect().bottom > 8);
    const known = places();
    delete known[name];
    if (block > 0) known[name] = { block };
    const rows = Object.entries(known).slice(-MOST);
    try { localStorage.setItem(PLACE, JSON.stringify(Object.fromEntries(rows))); } catch (error) { /* switched off */ }
  }
  window.addEventListener('scroll', () => { clearTimeout(timer); timer = setTimeout(keep, 250); }, { passive: true });
})();
