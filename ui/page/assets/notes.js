// Notes: words selected in an archived page or an answer are highlighted or noted; notes are listed.
// What notes and pages say becomes text, never markup.
(() => {
  'use strict';
  const FORMS = { markdown: 'Markdown', jsonld: 'JSON-LD' };
  const CONTEXT = 64;
  const MOST = 4000;
  let box = null; // where notes are listed
  let words = {};
  let api = '';
  let typed = 0;
  let selected = 0;
  let asked = 0;
  let picked = null; // what is selected: {url, quote, prefix, suffix, start}
  const painted = new Map(); // thread: its notes, on their way
  let painting = 0;

  function make(name, text, attributes) {
    const element = document.createElement(name);
    if (text) element.textContent = text;
    Object.entries(attributes || {}).forEach(([key, value]) => element.setAttribute(key, value));
    return element;
  }

  function button(text, work) {
    const made = make('button', text, { type: 'button' });
    made.addEventListener('click', work);
    return made;
  }

  async function send(path, method, body) {
    const reply = await fetch(api + path, {
      method, headers: body ? { 'Content-Type': 'application/json' } : {}, body: body && JSON.stringify(body),
    });
    const data = await reply.json();
    if (!reply.ok) throw new Error(data.detail || words.failed);
    return data;
  }

  function say(text) { if (box) box.querySelector('.said').textContent = text; }

  // --- the list

  async function fill() {
    const query = (box.querySelector('input')?.value || '').trim();
    const turn = asked += 1;
    const narrowed = box.dataset.url ? '&url=' + encodeURIComponent(box.dataset.url) : query ? '&q=' + encodeURIComponent(query) : '';
    try {
      const data = await send('?limit=200' + narrowed, 'GET');
      if (turn !== asked) return; // something else was looked for meanwhile
      const rows = data.notes.map(row);
      if (rows.length && !box.dataset.url) rows.push(taking());
      box.querySelector('ul').replaceChildren(...rows);
      say(data.notes.length ? '' : query ? words.nothing : data.keeping ? words.none : words.off);
    } catch (error) { say(words.failed); }
  }

  function address(note) {
    if (box.dataset.url) return '#note-' + note.id;
    if (note.url.startsWith('refdesk:thread/')) return '?thread=' + encodeURIComponent(note.url.slice(15));
    return box.dataset.root + 'read?url=' + encodeURIComponent(note.url) + '&lang=' + box.dataset.lang + '#note-' + note.id;
  }

  function row(note) {
    const item = make('li', '', { 'data-id': note.id });
    const link = make('a', note.quote, { href: address(note), class: 'words' });
    if (!link.getAttribute('href').startsWith('?') && !box.dataset.url) link.target = '_blank';
    item.append(link);
    if (note.note) item.append(make('p', note.note, { class: 'text' }));
    const about = [box.dataset.url ? '' : note.title, note.tags.map((tag) => '#' + tag).join(' ')].filter(Boolean);
    if (box.dataset.url && !document.getElementById('note-' + note.id)) about.push(words.gone);
    if (about.length) item.append(make('p', about.join(' · '), { class: 'hint' }));
    const doing = make('p', '', { class: 'doing' });
    doing.append(
      button(words.edit, () => form(note.note, note.tags, (body) => send('/' + note.id, 'PATCH', body))),
      button(words.delete, async (event) => {
        if (!event.target.dataset.sure) {
          event.target.dataset.sure = '1';
          event.target.textContent = words.really;
          return;
        }
        try { await send('/' + note.id, 'DELETE'); done(''); } catch (error) { say(error.message); }
      }),
    );
    item.append(doing);
    return item;
  }

  function taking() {
    const item = make('li', '', { class: 'taking' });
    Object.entries(FORMS).forEach(([name, called]) => {
      item.append(make('a', words.export.replace('{form}', called), { href: api + '/export?as=' + name, download: '' }));
    });
    return item;
  }

  /* what was kept is shown: in an archived page where it stands, else in the list */
  function done(note) {
    painted.clear();
    hide();
    if (box.dataset.url) {
      history.replaceState(null, '', note ? '#note-' + note : location.pathname + location.search);
      location.reload();
    } else {
      paint();
      if (box.open) fill();
    }
  }

  // --- writing

  function form(text, tags, keep) {
    const dialog = make('dialog', '', { class: 'note-form', 'aria-label': words.text_label });
    const field = make('textarea', '', { 'aria-label': words.text_label, placeholder: words.text_label, rows: '5', maxlength: '20000' });
    const marks = make('input', '', { 'aria-label': words.tags_label, placeholder: words.tags_label, maxlength: '1000' });
    const fault = make('p', '', { class: 'said', role: 'alert' });
    field.value = text;
    marks.value = tags.join(', ');
    const doing = make('p', '', { class: 'doing' });
    const save = button(words.save, async () => {
      const body = { note: field.value, tags: marks.value.split(/[,，]/).map((tag) => tag.trim()).filter(Boolean) };
      try { const note = await keep(body); dialog.close(); done(note.id); } catch (error) { fault.textContent = error.message; }
    });
    save.className = 'save';
    doing.append(save, button(words.cancel, () => dialog.close()));
    dialog.append(field, marks, fault, doing);
    dialog.addEventListener('close', () => dialog.remove());
    dialog.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' && (event.ctrlKey || event.metaKey || event.target === marks)) save.click();
      event.stopPropagation(); // the page's own keys rest meanwhile
    });
    document.body.append(dialog);
    dialog.showModal();
    field.focus();
  }

  async function highlight() {
    const about = picked;
    try { done((await send('', 'POST', about)).id); } catch (error) { say(error.message); box.open = true; hide(); }
  }

  function note() {
    const about = picked;
    form('', [], (body) => send('', 'POST', { ...about, ...body }));
  }

  // --- selecting

  const bar = make('div', '', { class: 'noting', role: 'toolbar', hidden: '' });

  function hide() { bar.hidden = true; }

  function place(node) {
    const element = node.nodeType === 1 ? node : node.parentElement;
    const article = element && element.closest('main > article');
    if (article && box.dataset.url) return { root: article, url: box.dataset.url };
    const said = element && element.closest('.turn[data-thread] .said');
    return said ? { root: said, url: 'refdesk:thread/' + said.closest('.turn').dataset.thread } : null;
  }

  function look() {
    picked = null;
    const selection = document.getSelection();
    if (!box || !selection.rangeCount || selection.isCollapsed) { hide(); return; }
    const range = selection.getRangeAt(0);
    const at = place(range.startContainer);
    const quote = range.toString();
    if (!at || !at.root.contains(range.endContainer) || !quote.trim() || quote.length > MOST) { hide(); return; }
    const before = document.createRange();
    before.setStart(at.root, 0);
    before.setEnd(range.startContainer, range.startOffset);
    const after = document.createRange();
    after.setStart(range.endContainer, range.endOffset);
    after.setEnd(at.root, at.root.childNodes.length);
    const ahead = before.toString();
    picked = {
      url: at.url, quote, prefix: ahead.slice(-CONTEXT), suffix: after.toString().slice(0, CONTEXT), start: ahead.length,
    };
    show(range.getBoundingClientRect());
  }

  function show(where) {
    if (!bar.isConnected) {
      const doing = [button(words.highlight, highlight), button(words.add, note)];
      doing.forEach((tool) => tool.addEventListener('mousedown', (event) => event.preventDefault())); // the selection stays
      bar.replaceChildren(...doing);
      document.body.append(bar);
    }
    bar.hidden = false;
    if (window.innerWidth < 640) { bar.style.left = bar.style.top = ''; return; }
    const left = Math.min(Math.max(8, where.left), window.innerWidth - bar.offsetWidth - 8);
    const top = where.bottom + 8 + bar.offsetHeight > window.innerHeight ? where.top - bar.offsetHeight - 8 : where.bottom + 8;
    bar.style.left = left + 'px';
    bar.style.top = Math.max(8, top) + 'px';
  }

  document.addEventListener('selectionchange', () => { clearTimeout(selected); selected = setTimeout(look, 150); });
  window.addEventListener('scroll', () => { if (!bar.hidden && window.innerWidth >= 640) look(); }, { passive: true });
  document.addEventListener('keydown', (event) => {
    if (bar.hidden || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest('input, textarea, [contenteditable]')) return;
    if (event.key === 'h' || event.key === 'n') {
      event.preventDefault();
      event.stopImmediatePropagation();
      if (event.key === 'h') highlight(); else note();
    } else if (event.key === 'Escape') { document.getSelection().removeAllRanges(); }
  }, true);
  document.addEventListener('click', (event) => {
    const noted = event.target.closest('.noted[data-note]');
    if (!noted || !box || !document.getSelection().isCollapsed) return;
    box.open = true;
    const item = () => box.querySelector('li[data-id="' + noted.dataset.note + '"] a');
    setTimeout(() => item()?.focus(), item() ? 0 : 400);
  });

  // --- highlights in answers: laid over the text, which Gradio draws again as it likes

  async function paint() {
    if (!window.Highlight || !CSS.highlights || box.dataset.url) return;
    const said = [...document.querySelectorAll('.turn[data-thread] .said')];
    const ranges = [];
    const turn = painting += 1;
    for (const answer of said) {
      const thread = answer.closest('.turn').dataset.thread;
      if (!painted.has(thread)) {
        const path = '?limit=500&url=' + encodeURIComponent('refdesk:thread/' + thread);
        painted.set(thread, send(path, 'GET').then((data) => data.notes));
      }
      let notes;
      try { notes = await painted.get(thread); } catch (error) { painted.delete(thread); return; }
      if (turn !== painting) return; // a note was made or the answer drawn anew meanwhile
      notes.forEach((note) => { const range = rangeOf(answer, note); if (range) ranges.push(range); });
    }
    CSS.highlights.set('noted', new Highlight(...ranges));
  }

  function rangeOf(root, note) {
    const places = [];
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    let text = '';
    while (walker.nextNode()) {
      const node = walker.currentNode;
      node.data.split('').forEach((sign, at) => { if (/\S/.test(sign)) { text += sign; places.push([node, at]); } });
    }
    const squeeze = (given) => given.replace(/\s+/g, '');
    const quote = squeeze(note.quote);
    const ahead = squeeze(note.prefix);
    const at = text.indexOf(ahead + quote);
    const start = at >= 0 ? at + ahead.length : text.indexOf(quote);
    if (!quote || start < 0) return null;
    const range = document.createRange();
    range.setStart(...places[start]);
    const [node, end] = places[start + quote.length - 1];
    range.setEnd(node, end + 1);
    return range;
  }

  // --- what the server sends

  let drawn = '';
  function watch() {
    const there = document.querySelector('details.notes');
    if (there && there !== box) {
      box = there;
      words = JSON.parse(box.dataset.words);
      api = new URL(box.dataset.root + 'api/v1/notes', location.href).pathname;
      box.addEventListener('toggle', () => { if (box.open) fill(); });
      box.querySelector('input')?.addEventListener('input', () => { clearTimeout(typed); typed = setTimeout(fill, 180); });
      drawn = '';
    }
    if (!box) return;
    const now = [...document.querySelectorAll('.turn[data-thread]')].map((turn) => turn.dataset.thread + turn.dataset.turn).join(' ');
    if (now !== drawn) { drawn = now; paint(); }
  }

  new MutationObserver(watch).observe(document.documentElement, { childList: true, subtree: true });
  watch();
})();
