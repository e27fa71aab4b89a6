// The list of kept threads beside the chat: found, opened, renamed, deleted, taken away as a file.
// Titles are whatever was asked: they become text, never markup.
(() => {
  'use strict';
  const lang = document.documentElement.dataset.desk || 'en';
  const root = location.pathname.replace(lang === 'zh' ? /\/zh\/?$/ : /\/$/, '') + '/';
  const api = root + 'api/v1/threads';
  const FORMS = { markdown: 'Markdown', html: 'HTML', json: 'JSON' };
  const wide = window.matchMedia('(min-width: 88rem)');
  let box = null;
  let words = {};
  let known = '';
  let asked = 0;
  let timer = 0;

  function make(name, text, attributes) {
    const element = document.createElement(name);
    if (text) element.textContent = text;
    Object.entries(attributes || {}).forEach(([key, value]) => element.setAttribute(key, value));
    return element;
  }

  async function send(path, method, body) {
    const reply = await fetch(api + path, {
      method, headers: body ? { 'Content-Type': 'application/json' } : {}, body: body && JSON.stringify(body),
    });
    if (!reply.ok) throw new Error(String(reply.status));
    return reply.json();
  }

  function say(text) { box.querySelector('.said').textContent = text; }

  async function fill() {
    const query = box.querySelector('input').value.trim();
    const turn = asked += 1;
    try {
      const data = await send('?limit=200' + (query ? '&q=' + encodeURIComponent(query) : ''), 'GET');
      if (turn !== asked) return; // something else was looked for meanwhile
      box.querySelector('ul').replaceChildren(...data.threads.map(row));
      say(data.threads.length ? '' : query ? words.nothing : data.keeping ? words.none : words.off);
    } catch (error) { say(words.failed); }
  }

  function row(thread) {
    const item = make('li', '', { 'data-id': thread.id });
    const link = make('a', '', { href: '?thread=' + encodeURIComponent(thread.id) });
    if (thread.id === current()) link.setAttribute('aria-current', 'page');
    const count = thread.questions === 1 ? words.count_one : words.count.replace('{count}', thread.questions);
    link.append(make('span', thread.title, { class: 'name' }),
      make('span', thread.snippet || when(thread.updated) + ' · ' + count, { class: 'hint' }));
    const more = make('details', '', { class: 'more' });
    more.append(make('summary', '⋯', { 'aria-label': words.more.replace('{title}', thread.title) }), menu(thread, item));
    item.append(link, more);
    return item;
  }

  function when(moment) { // the day, and of today the time
    const at = new Date(moment);
    const today = at.toDateString() === new Date().toDateString();
    return today ? at.toLocaleTimeString(lang, { hour: '2-digit', minute: '2-digit' })
      : at.toLocaleDateString('sv'); // as YYYY-MM-DD
  }

  function menu(thread, item) {
    const list = make('div', '', { class: 'menu' });
    const rename = make('button', words.rename, { type: 'button' });
    rename.addEventListener('click', () => retitle(thread, item));
    const remove = make('button', words.delete, { type: 'button' });
    remove.addEventListener('click', async () => {
      if (remove.dataset.sure) {
        try { await send('/' + thread.id, 'DELETE'); } catch (error) { say(words.failed); return; }
        if (thread.id === current()) location.assign(location.pathname);
        else fill();
      } else {
        remove.dataset.sure = '1';
        remove.textContent = words.really;
      }
    });
    list.append(rename, remove);
    Object.entries(FORMS).forEach(([form, name]) => {
      const address = api + '/' + thread.id + '/export?as=' + form + '&lang=' + lang;
      const link = make('a', words.export.replace('{form}', name), { href: address, download: '' });
      link.addEventListener('click', () => { item.querySelector('.more').open = false; });
      list.append(link);
    });
    return list;
  }

  function retitle(thread, item) {
    const form = make('form');
    const field = make('input', '', { 'aria-label': words.title_label, maxlength: '200', required: '' });
    field.value = thread.title;
    form.append(field, make('button', words.save, { type: 'submit' }));
    form.addEventListener('submit', async (event) => {
      event.preventDefault();
      try { await send('/' + thread.id, 'PATCH', { title: field.value }); } catch (error) { say(words.failed); }
      await fill();
      box.querySelector('li[data-id="' + thread.id + '"] a')?.focus();
    });
    form.addEventListener('keydown', (event) => { if (event.key === 'Escape') fill(); });
    item.replaceChildren(form);
    field.select();
  }

  function current() {
    return document.querySelector('#answer .turn[data-thread]')?.dataset.thread || '';
  }

  function look() {
    const there = document.querySelector('details.threads');
    if (there && there !== box) {
      box = there;
      words = JSON.parse(box.dataset.words);
      box.open = wide.matches;
      box.addEventListener('toggle', (event) => { if (event.target === box && box.open) fill(); });
      box.querySelector('input').addEventListener('input', () => { clearTimeout(timer); timer = setTimeout(fill, 180); });
      wide.addEventListener('change', () => { box.open = wide.matches; });
      known = '';
    }
    if (!box) return;
    const turn = document.querySelector('#answer .turn[data-thread]');
    const now = turn ? turn.dataset.thread + ' ' + turn.dataset.turn : '';
    if (now !== known) {
      known = now;
      if (box.open) fill();
    }
  }

  document.addEventListener('click', (event) => { // one menu at a time
    if (!box) return;
    box.querySelectorAll('.more[open]').forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
  });
  document.addEventListener('keydown', (event) => {
    const open = event.key === 'Escape' && box && box.querySelector('.more[open]');
    if (open) { open.open = false; open.querySelector('summary').focus(); }
  });
  new MutationObserver(look).observe(document.documentElement, { childList: true, subtree: true });
})();
