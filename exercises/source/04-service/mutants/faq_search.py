# ruff: noqa: D100, D103, E402, F811, F821

# %% right: with_counters
import re
from collections import Counter


def faq_search(query, questions):
    def pairs(text):
        text = "".join(re.findall(r"[一-鿿]", text))
        return Counter(text[i : i + 2] for i in range(len(text) - 1))

    bags = [pairs(q) for q in questions]
    mean = sum(b.total() for b in bags) / len(bags)
    found = []
    for place, bag in enumerate(bags):
        score = 0.0
        for token, times in pairs(query).items():
            n = sum(token in b for b in bags)
            idf = math.log(1 + (len(bags) - n + 0.5) / (n + 0.5))
            brake = bag[token] + 1.2 * (0.25 + 0.75 * bag.total() / mean)
            score += times * idf * 2.2 * bag[token] / brake
        if score > 0:
            found.append((-round(score, 9), place))
    return [place for _, place in sorted(found)[:3]]


# %% right: with_coursekit
import re


def faq_search(query, questions):
    clean = ["".join(re.findall("[一-鿿]", text)) for text in [query, *questions]]
    first, *rest = [[t for t in service.tokens(text) if len(t) == 2] for text in clean]
    scores = pd.Series(service.bm25(first, rest)).round(9)
    return scores[scores > 0].sort_values(ascending=False, kind="stable").index[:3].tolist()


# %% wrong: whitespace_split
# fails: faq_search_pairs, faq_search_worked_case, faq_search_hidden_rare_words, faq_search_hidden_unseen
# says: Cut Chinese into pairs
import re


def faq_search(query, questions):
    def cut(text):
        return text.split()

    documents = [cut(question) for question in questions]
    lengths = np.array([len(document) for document in documents])
    mean = max(lengths.mean(), 1e-9)
    scores = np.zeros(len(documents))
    for token in cut(query):
        f = np.array([document.count(token) for document in documents])
        n = (f > 0).sum()
        idf = np.log(1 + (len(documents) - n + 0.5) / (n + 0.5))
        scores += idf * 2.2 * f / (f + 1.2 * (0.25 + 0.75 * lengths / mean))
    best = np.argsort(-scores.round(9), kind="stable")
    return [int(i) for i in best if scores[i] > 0][:3]


# %% wrong: raw_counts
# fails: faq_search_worked_case, faq_search_hidden_rare_words, faq_search_hidden_unseen
# says: a rare pair to weigh more
import re


def faq_search(query, questions):
    def cut(text):
        characters = re.findall(r"[一-鿿]", text)
        return [characters[i] + characters[i + 1] for i in range(len(characters) - 1)]

    documents = [cut(question) for question in questions]
    scores = np.zeros(len(documents))
    for token in cut(query):
        f = np.array([document.count(token) for document in documents])
        scores += f
    best = np.argsort(-scores.round(9), kind="stable")
    return [int(i) for i in best if scores[i] > 0][:3]


# %% wrong: single_characters
# fails: faq_search_worked_case, faq_search_hidden_unseen
# says: than BM25 over pairs does
import re


def faq_search(query, questions):
    def cut(text):
        return re.findall(r"[一-鿿]", text)

    documents = [cut(question) for question in questions]
    lengths = np.array([len(document) for document in documents])
    mean = max(lengths.mean(), 1e-9)
    scores = np.zeros(len(documents))
    for token in cut(query):
        f = np.array([document.count(token) for document in documents])
        n = (f > 0).sum()
        idf = np.log(1 + (len(documents) - n + 0.5) / (n + 0.5))
        scores += idf * 2.2 * f / (f + 1.2 * (0.25 + 0.75 * lengths / mean))
    best = np.argsort(-scores.round(9), kind="stable")
    return [int(i) for i in best if scores[i] > 0][:3]


# %% wrong: long_questions_not_marked_down
# fails: faq_search_worked_case, faq_search_hidden_unseen
# says: weighed against the length
import re


def faq_search(query, questions):
    def cut(text):
        characters = re.findall(r"[一-鿿]", text)
        return [characters[i] + characters[i + 1] for i in range(len(characters) - 1)]

    documents = [cut(question) for question in questions]
    scores = np.zeros(len(documents))
    for token in cut(query):
        f = np.array([document.count(token) for document in documents])
        n = (f > 0).sum()
        idf = np.log(1 + (len(documents) - n + 0.5) / (n + 0.5))
        scores += idf * 2.2 * f / (f + 1.2)
    best = np.argsort(-scores.round(9), kind="stable")
    return [int(i) for i in best if scores[i] > 0][:3]


# %% wrong: idf_that_turns_negative
# fails: faq_search_worked_case, faq_search_hidden_rare_words
# says: a rare pair to weigh more
import re


def faq_search(query, questions):
    def cut(text):
        characters = re.findall(r"[一-鿿]", text)
        return [characters[i] + characters[i + 1] for i in range(len(characters) - 1)]

    documents = [cut(question) for question in questions]
    lengths = np.array([len(document) for document in documents])
    mean = max(lengths.mean(), 1e-9)
    scores = np.zeros(len(documents))
    for token in cut(query):
        f = np.array([document.count(token) for document in documents])
        n = (f > 0).sum()
        idf = np.log((len(documents) - n + 0.5) / (n + 0.5))
        scores += idf * 2.2 * f / (f + 1.2 * (0.25 + 0.75 * lengths / mean))
    best = np.argsort(-scores.round(9), kind="stable")
    return [int(i) for i in best if scores[i] > 0][:3]


# %% wrong: always_three
# fails: faq_search_pairs, faq_search_worked_case, faq_search_hidden_rare_words, faq_search_hidden_unseen
# says: the others share no pair
import re


def faq_search(query, questions):
    def cut(text):
        characters = re.findall(r"[一-鿿]", text)
        return [characters[i] + characters[i + 1] for i in range(len(characters) - 1)]

    documents = [cut(question) for question in questions]
    lengths = np.array([len(document) for document in documents])
    mean = max(lengths.mean(), 1e-9)
    scores = np.zeros(len(documents))
    for token in cut(query):
        f = np.array([document.count(token) for document in documents])
        n = (f > 0).sum()
        idf = np.log(1 + (len(documents) - n + 0.5) / (n + 0.5))
        scores += idf * 2.2 * f / (f + 1.2 * (0.25 + 0.75 * lengths / mean))
    best = np.argsort(-scores.round(9), kind="stable")
    return [int(i) for i in best[:3]]


# %% wrong: all_that_fit
# fails: faq_search_hidden_rare_words, faq_search_hidden_unseen
# says: at most three
import re


def faq_search(query, questions):
    def cut(text):
        characters = re.findall(r"[一-鿿]", text)
        return [characters[i] + characters[i + 1] for i in range(len(characters) - 1)]

    documents = [cut(question) for question in questions]
    lengths = np.array([len(document) for document in documents])
    mean = max(lengths.mean(), 1e-9)
    scores = np.zeros(len(documents))
    for token in cut(query):
        f = np.array([document.count(token) for document in documents])
        n = (f > 0).sum()
        idf = np.log(1 + (len(documents) - n + 0.5) / (n + 0.5))
        scores += idf * 2.2 * f / (f + 1.2 * (0.25 + 0.75 * lengths / mean))
    best = np.argsort(-scores.round(9), kind="stable")
    return [int(i) for i in best if scores[i] > 0]


# %% wrong: worst_first
# fails: faq_search_worked_case, faq_search_hidden_rare_words, faq_search_hidden_unseen
# says: the scores of the text
import re


def faq_search(query, questions):
    def cut(text):
        characters = re.findall(r"[一-鿿]", text)
        return [characters[i] + characters[i + 1] for i in range(len(characters) - 1)]

    documents = [cut(question) for question in questions]
    lengths = np.array([len(document) for document in documents])
    mean = max(lengths.mean(), 1e-9)
    scores = np.zeros(len(documents))
    for token in cut(query):
        f = np.array([document.count(token) for document in documents])
        n = (f > 0).sum()
        idf = np.log(1 + (len(documents) - n + 0.5) / (n + 0.5))
        scores += idf * 2.2 * f / (f + 1.2 * (0.25 + 0.75 * lengths / mean))
    best = np.argsort(scores.round(9), kind="stable")
    return [int(i) for i in best if scores[i] > 0][:3]


# %% wrong: positions_from_one
# fails: faq_search_pairs, faq_search_worked_case, faq_search_hidden_rare_words, faq_search_hidden_unseen
# says: One of them has the
import re


def faq_search(query, questions):
    def cut(text):
        characters = re.findall(r"[一-鿿]", text)
        return [characters[i] + characters[i + 1] for i in range(len(characters) - 1)]

    documents = [cut(question) for question in questions]
    lengths = np.array([len(document) for document in documents])
    mean = max(lengths.mean(), 1e-9)
    scores = np.zeros(len(documents))
    for token in cut(query):
        f = np.array([document.count(token) for document in documents])
        n = (f > 0).sum()
        idf = np.log(1 + (len(documents) - n + 0.5) / (n + 0.5))
        scores += idf * 2.2 * f / (f + 1.2 * (0.25 + 0.75 * lengths / mean))
    best = np.argsort(-scores.round(9), kind="stable")
    return [int(i) + 1 for i in best if scores[i] > 0][:3]
