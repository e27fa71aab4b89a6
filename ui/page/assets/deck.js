// Study cards: what is to be done goes to the server as JSON; keys of the review; the quiz.
(() => {
  'use strict';

  function send(word) {
    const box = document.querySelector('#deck-word textarea, #deck-word input');
    if (!box) return;
    const proto = box instanceof HTMLTextAreaElement ? HTMLTextAreaElement : HTMLInputElement;
    Object.getOwnPropertyDescriptor(proto.prototype, 'value').set.call(box, word);
    box.dispatchEvent(new Event('input', { bubbles: true }));
    setTimeout(() => document.querySelector('#deck-send')?.click(), 60);
  }

  function to(name) {
    [...document.querySelectorAll('[role="tab"]')]
      .find((each) => each.textContent.trim() === name)?.click();
  }

  // what the reader view was told to make; nobody else can write into this browser's own store
  function taken() {
    try {
      const told = JSON.parse(localStorage.getItem('refdesk-make'));
      localStorage.removeItem('refdesk-make');
      return told;
    } catch (error) { return null; }
  }
  const told = taken();
  if (typeof told?.act === 'string') {
    let left = 200;
    const wait = setInterval(() => {
      // by then the server has told this browser whose cards are its own
      const ready = document.querySelector('#deck-send') && localStorage.getItem('refdesk-deck');
      if (!ready && (left -= 1)) return;
      clearInterval(wait);
      send(told.act);
      const said = new MutationObserver(() => {
        const message = document.querySelector('#deck-said .message');
        if (!message) return;
        said.disconnect();
        if (!message.matches('.error, .refused')) to(told.tab);
      });
      said.observe(document.documentElement, { childList: true, subtree: true });
    }, 100);
  }

  function check(quiz) {
    const questions = [...quiz.querySelectorAll('fieldset')];
    let right = 0;
    questions.forEach((question) => {
      const chosen = question.querySelector('input:checked');
      const good = chosen?.value === '1';
      right += good ? 1 : 0;
      question.querySelectorAll('label').forEach((label) => {
        const box = label.querySelector('input');
        label.className = box.value === '1' ? 'right' : box === chosen ? 'wrong' : '';
      });
      question.querySelector('.passage').hidden = good;
    });
    quiz.querySelector('output').value = quiz.dataset.score
      .replace('{right}', right).replace('{count}', questions.length);
  }

  document.addEventListener('click', (event) => {
    const act = event.target.closest('.deck-act');
    if (act) { send(act.dataset.act); return; }
    const tab = event.target.closest('.to-tab');
    if (tab) { to(tab.dataset.tab); return; }
    const quiz = event.target.closest('.quiz .check')?.closest('.quiz');
    if (quiz) check(quiz);
  });

  // a card is turned by the space bar and rated by its number
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest?.('input, textarea, select, button, summary, a')) return;
    const card = [...document.querySelectorAll('.study')].find((card) => card.getClientRects().length);
    if (!card) return;
    const back = card.querySelector('.back');
    if (event.key === ' ' && !back.open) { back.open = true; event.preventDefault(); return; }
    const rate = back.open && card.querySelector(`.rate[data-key="${CSS.escape(event.key)}"]`);
    if (rate) { event.preventDefault(); rate.click(); }
  });

  // what was said of cards goes away by itself
  let timer = 0;
  new MutationObserver(() => {
    const said = document.querySelector('#deck-said .message');
    if (!said || said.dataset.seen) return;
    said.dataset.seen = '1';
    clearTimeout(timer);
    timer = setTimeout(() => said.closest('.refdesk').classList.add('gone'), 6000);
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
