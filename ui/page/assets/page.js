// What happens in the browser alone: cards behind marks, copying, the address, what was read.
(() => {
  'use strict';
  const LANG = 'refdesk-lang';
  const READ = 'refdesk-read';
  const here = document.documentElement.dataset.desk || 'en';
  document.documentElement.lang = here;

  // the language of the browser at the first visit, then the one chosen
  let chosen = null;
  try { chosen = localStorage.getItem(LANG); } catch (error) { /* storage is switched off */ }
  // the server leads there; here it is done for what was chosen before the server was told
  function keep(lang) {
    try { localStorage.setItem(LANG, lang); } catch (error) { /* as above */ }
    document.cookie = LANG + '=' + lang + '; path=' + root + '; max-age=31536000; SameSite=Lax';
  }
  const wanted = chosen || (navigator.language || 'en').slice(0, 2);
  // a proxy may show it all below a path
  const root = location.pathname.replace(here === 'zh' ? /\/zh\/?$/ : /\/$/, '') + '/';
  if (chosen) keep(chosen);
  if (wanted === 'zh' && here === 'en') {
    location.replace(root + 'zh/' + location.search);
    return;
  }

  // --- cards

  let open = null; // {card, mark}
  let timer = 0;

  function place(card, mark) {
    if (window.innerWidth < 640) { card.style.left = card.style.top = ''; return; }
    const at = mark.getBoundingClientRect();
    const size = card.getBoundingClientRect();
    const left = Math.min(Math.max(16, at.left - 24), window.innerWidth - size.width - 16);
    const below = at.bottom + 8;
    const top = below + size.height > window.innerHeight - 8
      ? Math.max(8, at.top - size.height - 8) : below;
    card.style.left = left + 'px';
    card.style.top = top + 'px';
  }

  function uncover(card, mark) { // on a phone the card is a sheet at the bottom: its mark stays above it
    const hidden = mark.getBoundingClientRect().bottom + 12 - card.getBoundingClientRect().top;
    if (window.innerWidth < 640 && hidden > 0 && mark.matches('.mark')) {
      window.scrollBy({ top: hidden, behavior: 'instant' });
    }
  }

  function show(mark, focus) {
    const card = document.getElementById(mark.dataset.card);
    if (!card) return;
    if (open && open.card === card && card.matches(':popover-open')) {
      open.mark = mark;
    } else {
      hide();
      card.showPopover();
      open = { card, mark };
    }
    mark.setAttribute('aria-expanded', 'true');
    place(card, mark);
    uncover(card, mark);
    const first = card.querySelector('mark');
    const quote = card.querySelector('blockquote');
    if (first && quote) quote.scrollTop = first.offsetTop - quote.offsetTop - 24;
    if (focus) card.focus({ preventScroll: true });
  }

  function hide() {
    if (!open) return;
    const { card, mark } = open;
    open = null;
    const inside = card.contains(document.activeElement);
    if (card.isConnected && card.matches(':popover-open')) card.hidePopover();
    mark.setAttribute('aria-expanded', 'false');
    if (inside && mark.isConnected) mark.focus({ preventScroll: true });
  }

  const marks = '.mark[data-card], .source[data-card]';

  document.addEventListener('mouseover', (event) => {
    const mark = event.target.closest('.mark[data-card]');
    const card = event.target.closest('.card');
    if (mark || card) clearTimeout(timer);
    if (mark) timer = setTimeout(() => { if (mark.isConnected) show(mark, false); }, 140);
  });
  document.addEventListener('mouseout', (event) => {
    const from = event.target.closest('.mark[data-card], .card');
    if (!from) return;
    clearTimeout(timer);
    if (open && !open.card.contains(document.activeElement)) timer = setTimeout(hide, 260);
  });
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') { clearTimeout(timer); hide(); }
  });
  document.addEventListener('toggle', (event) => {
    if (event.newState === 'closed' && open && event.target === open.card) hide();
  }, true);
  window.addEventListener('scroll', () => { if (open && open.card.isConnected) place(open.card, open.mark); },
    { passive: true });

  // --- clicks

  async function copy(text, button) {
    const before = button.textContent;
    try {
      await navigator.clipboard.writeText(text);
    } catch (error) {
      const area = document.createElement('textarea');
      area.value = text;
      document.body.append(area);
      area.select();
      document.execCommand('copy');
      area.remove();
    }
    button.textContent = button.dataset.copied;
    setTimeout(() => { button.textContent = before; }, 1600);
  }

  function fill(selector, text) {
    const box = document.querySelector(selector);
    const proto = box instanceof HTMLTextAreaElement ? HTMLTextAreaElement : HTMLInputElement;
    Object.getOwnPropertyDescriptor(proto.prototype, 'value').set.call(box, text);
    box.dispatchEvent(new Event('input', { bubbles: true }));
    box.focus();
  }

  document.addEventListener('click', (event) => {
    const on = (selector) => event.target.closest(selector);
    const mark = on(marks);
    if (mark) { clearTimeout(timer); event.preventDefault(); show(mark, true); return; }
    if (on('.card .close')) { hide(); return; }
    const example = on('button.example');
    if (example) {
      fill('#question textarea', example.textContent);
      setTimeout(() => document.querySelector('#ask').click(), 60);
      return;
    }
    if (on('button.copy')) { copy(on('button.copy').dataset.text, on('button.copy')); return; }
    if (on('button.share')) {
      const turn = on('button.share').closest('.turn');
      const link = location.origin + location.pathname + '?q=' + encodeURIComponent(turn.dataset.asked);
      copy(link, on('button.share'));
      return;
    }
    if (on('button.again')) { location.assign(location.pathname); return; }
    if (on('a.other')) {
      keep(here === 'en' ? 'zh' : 'en');
      event.preventDefault();
      location.assign(root + (here === 'en' ? 'zh/' : '') + location.search);
      return;
    }
    if (on('a.skip')) {
      event.preventDefault();
      document.querySelector('#question textarea')?.focus();
      return;
    }
    const unfold = on('button.unfold');
    if (unfold) {
      const all = unfold.closest('.refdesk').querySelectorAll('.tree details');
      const shut = [...all].some((branch) => !branch.open);
      all.forEach((branch) => { branch.open = shut; });
    }
  });

  // --- reading paths: what was read is kept here

  function read() {
    try { return new Set(JSON.parse(localStorage.getItem(READ) || '[]')); } catch (error) { return new Set(); }
  }

  function time(minutes, path) {
    const form = minutes >= 60 ? path.dataset.hours : path.dataset.minutes;
    return form.replace('{hours}', Math.floor(minutes / 60)).replace('{minutes}', minutes >= 60 ? minutes % 60 : minutes);
  }

  function tally(path) {
    const boxes = [...path.querySelectorAll('.steps input')];
    const done = boxes.filter((box) => box.checked);
    const left = boxes.filter((box) => !box.checked).reduce((sum, box) => sum + Number(box.dataset.minutes), 0);
    path.querySelector('.tally').textContent = path.dataset.done
      .replace('{done}', done.length).replace('{count}', boxes.length).replace('{time}', time(left, path));
    path.querySelector('.progress span').style.width = 100 * done.length / Math.max(1, boxes.length) + '%';
  }

  function recall(path) {
    const known = read();
    path.querySelectorAll('.steps input').forEach((box) => { box.checked = known.has(box.dataset.url); });
    tally(path);
  }

  document.addEventListener('change', (event) => {
    const box = event.target.closest('.steps input');
    if (!box) return;
    const known = read();
    if (box.checked) known.add(box.dataset.url); else known.delete(box.dataset.url);
    try { localStorage.setItem(READ, JSON.stringify([...known])); } catch (error) { /* as above */ }
    tally(box.closest('.path'));
  });

  // --- finding a link in a list

  document.addEventListener('input', (event) => {
    const box = event.target.closest('.find input');
    if (!box) return;
    const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
    const tree = box.closest('.refdesk').querySelector('.tree');
    tree.querySelectorAll('li').forEach((row) => {
      const text = row.textContent.toLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
    });
    tree.querySelectorAll('details').forEach((branch) => {
      const matches = !words.length || branch.querySelector('li:not([hidden])');
      branch.hidden = !matches;
      if (words.length && matches) branch.open = true;
    });
  });

  // --- what the server sends

  let shown = '';
  let told = '';
  function look() {
    const answer = document.getElementById('answer');
    const turn = answer && answer.querySelector('.turn[data-asked]');
    if (turn) {
      const key = turn.dataset.turn + ' ' + turn.dataset.asked;
      if (key !== shown) {
        shown = key;
        if (!new URLSearchParams(location.search).has('thread')) { // which names the whole thread
          history.replaceState(null, '', '?q=' + encodeURIComponent(turn.dataset.asked));
        }
        if (turn.dataset.turn !== '0') turn.querySelector('.question')?.scrollIntoView({ block: 'start' });
      }
    }
    const job = document.getElementById('job'); // what came of a button stands below it, maybe out of sight
    if (job && job.offsetParent && job.textContent !== told) {
      told = job.textContent;
      if (told) job.scrollIntoView({ block: 'nearest' });
    }
    document.querySelectorAll('.path:not([data-known])').forEach((path) => {
      path.dataset.known = '1';
      recall(path);
    });
    if (open && !open.card.isConnected) { // the answer was drawn again below an open card
      const again = document.querySelector('.mark[data-card="' + open.card.id + '"]');
      open = null;
      if (again) show(again, false);
    }
  }

  // Gradio puts this script in when the document stands already
  new MutationObserver(look).observe(document.documentElement, { childList: true, subtree: true });
})();
