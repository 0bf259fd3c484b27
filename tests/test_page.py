"""The pages of a measurement and of a study in a real browser: alone, in light and dark, at a phone's width."""

import json
import os
import shutil
from dataclasses import replace

import pytest
from playwright.sync_api import sync_playwright

import byheart
from byheart import measure
from byheart.measure import Order
from conftest import make_library, write_proposal

pytestmark = pytest.mark.real

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PHONE = 390

# The luminance of a colour as CSS computes it: "rgb(28, 31, 37)".
LUMINANCE = """(colour) => {
  const channels = colour.match(/[\\d.]+/g).slice(0, 3).map((value) => value / 255);
  const linear = channels.map((one) => (one <= 0.03928 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4));
  return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
}"""


@pytest.fixture(scope="module")
def page_file(tmp_path_factory):
    """The page of a measurement that has every part: two books, old grades to compare with, a change of a document."""
    place = tmp_path_factory.mktemp("page")
    home = make_library(place)
    for number in range(2):
        (place / f"book-{number}").mkdir()
        write_proposal(place / f"book-{number}", number)
    asked = [
        {"id": "unknown", "question": "How long do <b>lentils</b> boil?", "answer": None, "set": "unanswerable"},
        {"id": "first", "question": "PROP 100 Python-Version", "answer": "3.1", "source": "book-0/prop-0100.rst"},
        {"id": "second", "question": "PROP 101 Status", "answer": "Draft", "kind": "field", "book": "book-1"},
        {"id": "third", "question": "What is the lantern limit?", "answer": "41", "quote": "lantern limit is 41"},
    ]
    (place / "questions.jsonl").write_text("\n".join(map(json.dumps, asked)), encoding="utf-8")
    with byheart.open(home) as library:
        library.add([place / "book-0", place / "book-1"])
        library.study([place / "book-0"])
        order = Order(cold=1, with_upkeep=True)
        _, folder = measure.measure(library, [place / "questions.jsonl"], order)
        earlier = json.loads((folder / measure.REPORT).read_text(encoding="utf-8"))
        for row in earlier["rows"]:
            row["grade"] = "wrong"
        (place / "before.json").write_text(json.dumps(earlier), encoding="utf-8")
        compared = replace(order, against=place / "before.json")
        return measure.draw(*measure.measure(library, [place / "questions.jsonl"], compared))


@pytest.fixture(scope="module")
def study_file(page_file):
    """The page of the study that was measured."""
    return page_file.parents[2] / "studies" / "1" / "page.html"


@pytest.fixture(scope="module")
def browser():
    """Debian's Chromium, or the one that BYHEART_CHROMIUM names."""
    names = (os.environ.get("BYHEART_CHROMIUM"), "chromium", "chromium-browser", "google-chrome")
    found = next((path for name in names if name and (path := shutil.which(name))), None)
    if found is None:
        pytest.fail("the page is tested in a real browser: apt-get install chromium, or BYHEART_CHROMIUM=/path/to/it")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def shown(browser, page_file):
    """Opens the page; what it asks of the network or complains about is kept in `troubles`."""
    contexts = []

    def show(*, width=1280, colours="light", anchor="", file=page_file):
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=colours)
        contexts.append(context)
        page = context.new_page()
        page.troubles = []
        page.on("request", lambda asked: asked.url.startswith(file.as_uri()) or page.troubles.append(asked.url))
        page.on("console", lambda message: page.troubles.append(message.text))
        page.on("pageerror", lambda error: page.troubles.append(str(error)))
        page.goto(f"{file.as_uri()}{anchor}")
        return page

    yield show
    for context in contexts:
        context.close()


def test_the_page_asks_nothing_of_the_network_and_complains_of_nothing(shown):
    page = shown()
    page.wait_for_load_state("networkidle")
    assert not page.troubles


def test_every_plot_is_drawn_in_colours_of_the_page(shown):
    page = shown()
    titles = page.locator("figure h3").all_text_contents()
    assert titles == [
        "Accuracy against latency",
        "Where the time goes",
        "Is it as sure as it is right?",
        "Risk against coverage",
        "When the study has paid for itself",
        "What each book gains",
    ]
    assert page.locator("figure svg").count() == len(titles)
    drawn = page.locator("#plot-accuracy [aria-label*='arm: memory']").last
    # A variable that the page does not define would come out black.
    assert drawn.evaluate("mark => getComputedStyle(mark).fill") == "rgb(118, 80, 224)"


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_text_can_be_read_in_light_and_dark(shown, colours):
    page = shown(colours=colours)
    for part, ground in (
        ("body", "body"),
        (".card td", ".card"),
        ("figcaption p", ".card"),
        (".grade.wrong", ".question"),
    ):
        ink = page.locator(part).first.evaluate(f"part => ({LUMINANCE})(getComputedStyle(part).color)")
        paper = page.locator(ground).first.evaluate(f"part => ({LUMINANCE})(getComputedStyle(part).backgroundColor)")
        lighter, darker = max(ink, paper), min(ink, paper)
        assert (lighter + 0.05) / (darker + 0.05) >= 4.5, part
    body = page.evaluate(f"({LUMINANCE})(getComputedStyle(document.body).backgroundColor)")
    assert body > 0.8 if colours == "light" else body < 0.1


def test_at_a_phones_width_nothing_is_wider_than_the_screen(shown):
    page = shown(width=PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE
    for drawing in page.locator("figure svg").all():
        box = drawing.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= PHONE


def test_a_question_opens_to_the_answers_of_all_arms(shown):
    page = shown()
    question = page.locator("details.question", has_text="PROP 101 Status")
    assert not question.locator(".answer").first.is_visible()
    question.locator("summary").click()
    assert question.locator(".answer .what .arm").all_text_contents() == [
        *("memory", "documents", "both", "untaught", "usual")
    ]
    assert question.locator(".answer").last.is_visible()


def test_text_of_a_question_is_shown_as_it_is_and_never_as_markup(shown):
    page = shown()
    assert page.locator("summary", has_text="How long do <b>lentils</b> boil?").is_visible()


def test_questions_are_sifted_by_words_grade_and_book(shown):
    page = shown()
    visible = page.locator("details.question:visible")
    assert visible.count() == 4
    page.fill("#sift-text", "lantern limit")
    assert visible.count() == 1
    assert page.locator("#sift-count").text_content() == "1 of 4 questions"
    page.fill("#sift-text", "")
    page.select_option("#sift-book", "book-0")
    assert visible.evaluate_all("found => found.map(one => one.id)") == ["first"]
    page.select_option("#sift-book", "")
    page.select_option("#sift-grade", "both-right")
    assert "unknown" in visible.evaluate_all("found => found.map(one => one.id)")


def test_what_changed_leads_to_the_question(shown):
    page = shown()
    page.locator("#changes ~ .card summary").first.click()
    page.locator("a[href='#unknown']").first.click()
    assert page.locator("#unknown").evaluate("question => question.open")
    assert shown(anchor="#unknown").locator("#unknown").evaluate("question => question.open")


@pytest.mark.parametrize(("width", "colours"), [(1280, "light"), (PHONE, "dark")])
def test_the_page_of_a_study_stands_alone_and_nothing_is_wider_than_the_screen(shown, study_file, width, colours):
    page = shown(file=study_file, width=width, colours=colours)
    page.wait_for_load_state("networkidle")
    assert not page.troubles
    assert page.locator("figure svg").count() == page.locator("figure h3").count() >= 4
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for drawing in page.locator("figure svg").all():
        box = drawing.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
    dot = page.locator("#plot-mastery-minutes svg [aria-roledescription='circle']").last
    assert (
        dot.evaluate("mark => getComputedStyle(mark).fill")
        == {
            "light": "rgb(118, 80, 224)",
            "dark": "rgb(165, 139, 255)",
        }[colours]
    )


def test_what_a_study_dropped_is_behind_a_fold(shown, study_file):
    page = shown(file=study_file)
    fold = page.locator("details", has_text="candidates dropped, by reason").first
    assert not fold.locator("table").is_visible()
    fold.locator("summary").click()
    assert fold.locator("table").is_visible()
