// Without this script the page is whole; it only sifts the questions and names what the pointer is on.
const questions = [...document.querySelectorAll("details.question")].map((question) => ({
  question,
  // Not what an answer took: numbers in it would be found for numbers in questions.
  words: [...question.querySelectorAll("summary, dl, .text")].map((part) => part.textContent.toLowerCase()).join(" "),
}));
const text = document.getElementById("sift-text");
const grade = document.getElementById("sift-grade");
const book = document.getElementById("sift-book");
const told = document.getElementById("sift-count");

function sift() {
  const words = text.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const { question, words: held } of questions) {
    question.hidden = !(
      words.every((word) => held.includes(word)) &&
      (!grade.value || question.dataset.grades.split(" ").includes(grade.value)) &&
      (!book?.value || question.dataset.book === book.value)
    );
    shown += !question.hidden;
  }
  told.textContent = shown === questions.length ? `${shown} questions` : `${shown} of ${questions.length} questions`;
}

for (const control of [text, grade, book]) control?.addEventListener("input", sift);
sift();

for (const mark of document.querySelectorAll("svg [role=graphics-symbol][aria-label]")) {
  const title = document.createElementNS("http://www.w3.org/2000/svg", "title");
  title.textContent = mark.getAttribute("aria-label");
  mark.append(title);
}

function openTarget() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target instanceof HTMLDetailsElement) target.open = true;
}

addEventListener("hashchange", openTarget);
openTarget();
