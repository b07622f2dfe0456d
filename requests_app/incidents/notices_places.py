"""Reads the streets and houses of a notice whose days and hours are masked out."""

from __future__ import annotations

import re

from disclosure import addresses
from requests_app.incidents.notices_streets import Names
from requests_app.incidents.notices_values import EVEN, ODD, Place, Range
from requests_app.incidents.notices_words import (
    AMONG,
    BUT,
    DISTRICTS,
    INSIDE_NAME,
    LONGEST_NAME,
    NOT_HOUSES,
    SETTLEMENTS,
    SIDE,
    STREETS,
    WHOLE,
    YEARS,
    Token,
    tokens,
)


class Reader:
    """One pass over the words: streets open, houses join them, strange words close them."""

    def __init__(self, masked: str, text: str, names: Names) -> None:
        self.text, self.names = text, names
        self.tokens = list(tokens(masked))
        self.at = 0
        self.places: list[Place] = []
        self.troubles: list[tuple[str, str, int]] = []
        self.place: Place | None = None
        self.settlement = ""
        self.is_but = False
        self.side = ""
        self.in_brackets = False
        self.was_house = False
        # Houses named before their street: «дома 3, 5 и 7 по улице Садовой».
        self.ahead: Place | None = None

    def read(self) -> list[Place]:
        """Return the places in order; `troubles` then hold what was not understood."""
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            if not (
                self._settlement(token)
                or self._between(token)
                or self._street(token)
                or self._before_street(token)
                or self._houses(token)
            ):
                self._other(token)
        return [place for place in self.places if not place.trouble and self._is_known(place)]

    # Streets

    def _settlement(self, token: Token) -> bool:
        """Read «пос. Октябрь,»: the streets that follow lie there."""
        if token.low not in SETTLEMENTS or token.kind != "word":
            return False
        at = self.at + 1
        if self._sign(at) == ".":
            at += 1
        elif len(token.text) < 4:
            return False
        words = []
        while self._is_name(at):
            words.append(self.tokens[at].text)
            at += 1
        if not words:
            return False
        self.at = at
        place = self.place
        if self.in_brackets and place is not None and not (place.houses or place.ranges):
            place.settlement = " ".join(words)  # «ул. Совхозная (пос. Октябрь), 8»
            return True
        self.settlement = " ".join(words)
        self._close()
        return True

    def _between(self, token: Token) -> bool:
        """Refuse «от ул. Мира до пер. Садового»: which houses lie between, no notice says."""
        if self.place is None or token.low not in {"от", "между", "до"}:
            return False
        at = self.at + 1
        if not (at < len(self.tokens) and self._type_at(at) is not None):
            return False
        place, start = self.place, self.place.start
        while self.at < len(self.tokens) and self._sign(self.at) not in {";", ")"}:
            if self.tokens[self.at].text == "," and not self._goes_on(self.at + 1):
                break
            if "\n" in self.text[self.tokens[self.at - 1].end : self.tokens[self.at].start]:
                break
            self.at += 1
        end = self.tokens[min(self.at, len(self.tokens)) - 1].end
        place.trouble = "between"
        self.troubles.append(("between", self.text[start:end].strip(), start))
        self._close()
        return True

    def _goes_on(self, at: int) -> bool:
        return at < len(self.tokens) and self.tokens[at].low in {"от", "до", "и"}

    def _type_at(self, at: int) -> str | None:
        """Return the street type that stands at `at`, None where none does."""
        token = self.tokens[at] if at < len(self.tokens) else None
        if token is None or token.kind != "word" or token.low not in STREETS:
            return None
        # One letter or two are a type only with their full stop: «ш.», «пр.».
        if len(token.text) < 3 and self._sign(at + 1) != "." and token.low != "ул":
            return None
        return STREETS[token.low]

    def _street(self, token: Token) -> bool:
        kind = self._type_at(self.at)
        if kind is not None:
            return self._typed(token, kind)
        if token.is_name or token.kind in {"ordinal", "house"}:
            return self._bare(token)
        return False

    def _typed(self, token: Token, kind: str) -> bool:
        after = self.at + 1
        if self._sign(after) == ".":
            after += 1
        if self._sign(after) == ":":
            after += 1
        name, end = self._name(after)
        if not name:
            place = self.place
            if place is not None and not place.houses and not place.ranges:
                # «Гончарова ул., 5»: the type stands behind.
                place.kind = place.kind or kind
            self.at = after
            return place is not None
        is_whole = self._word(self.at - 1) in WHOLE
        self._open(kind, name, token.start, end)
        if self.place is not None:
            self.place.is_whole = is_whole  # «вся улица Садовая»
        return True

    def _bare(self, token: Token) -> bool:
        """Read a name without a type: one that the register knows, or that a list goes on with."""
        known = self._known_name(self.at)
        if known:
            name, end = known
            following = self._type_at(end)
            kind = following if following is not None and not self._name(end + 1)[0] else ""
            if token.kind == "house" and self.place is not None and " " not in name:
                return False  # a house of the list, not a street that begins with a number
            self._open(kind or (self.place.kind if self.place else ""), name, token.start, end)
            return True
        if not token.is_name or len(token.text) < 4:
            return False
        name, end = self._name(self.at)
        following = self._type_at(end)
        if following is not None and name and not self._name(end + 1)[0]:
            self._open(following, name, token.start, end)
            return True
        if self.place is None or self._sign(self.at - 1) not in {",", ";", ":"}:
            return False
        number = end + 1 if self._sign(end) == "," else end
        if number < len(self.tokens) and self.tokens[number].kind == "house":
            self._open(self.place.kind, name, token.start, end)
            return True
        return False

    def _name(self, at: int) -> tuple[str, int]:
        """Return the words of a name that begin at `at`, and where they end."""
        known = self._known_name(at)
        if known:
            return known
        words: list[str] = []
        start = at
        while at < len(self.tokens) and at - start < 2 * LONGEST_NAME:
            token = self.tokens[at]
            if words and "\n" in self.text[self.tokens[at - 1].end : token.start]:
                break
            if token.is_name or token.kind == "ordinal":
                if self._type_at(at) is not None and words:
                    break
                words.append(token.text)
            elif (
                token.kind == "word"
                and (token.low in INSIDE_NAME - {"и"} or (words and token.low in YEARS))
            ) or (token.kind == "house" and not words and self._starts_name(at)):
                words.append(token.text)
            elif not (
                token.text in '«»"'
                or (token.text == "." and words and len(words[-1]) < 5 and self._is_name(at + 1))
            ):
                break
            at += 1
        has_name = any(word[0].isalpha() for word in words)
        return (" ".join(words), at) if has_name else ("", start)

    def _starts_name(self, at: int) -> bool:
        """Whether the number at `at` begins a name: «9 Мая», «40 лет Победы»."""
        following = self.tokens[at + 1] if at + 1 < len(self.tokens) else None
        return following is not None and (
            following.low in {"лет", "летия"} or following.low in YEARS or following.is_name
        )

    def _known_name(self, at: int) -> tuple[str, int] | None:
        """Return the longest run of words at `at` that names a street of the register."""
        best: tuple[str, int] | None = None
        words: list[str] = []
        end = at
        while end < len(self.tokens) and len(words) < LONGEST_NAME:
            token = self.tokens[end]
            if words and "\n" in self.text[self.tokens[end - 1].end : token.start]:
                break
            if token.kind in {"word", "ordinal", "house"}:
                if token.kind == "house" and words:
                    break
                if not words and token.kind == "word" and not token.is_name:
                    break
                words.append(token.text)
                name = " ".join(words)
                is_telling = any(len(word) > 2 and word[0].isalpha() for word in words)
                if is_telling and self.names.find(name):
                    best = (name, end + 1)
            elif not (token.text == "." and words and len(words[-1]) < 5):
                break
            end += 1
        return best

    def _before_street(self, token: Token) -> bool:
        """Begin a list of houses whose street comes after them."""
        if token.low not in {"дом", "дома", "домов", "домах", "№"}:
            return False
        place = self.place
        if place is not None and not (place.houses or place.ranges or place.is_whole):
            return False  # «в переулке Садовом, дома 2, 4 и по улице Лесной»: they are its own
        at = self._skipped(self.at + 1)
        while at < len(self.tokens) and (
            self.tokens[at].kind == "house" or self.tokens[at].text in {",", "-", "№", "и"}
        ):
            at += 1
        if not (
            at > self.at + 1
            and self._word(at) in {"по", "на"}
            and self._type_at(at + 1) is not None
        ):
            return False
        self.ahead = Place(token.start, token.end, "", "", "")
        self.place, self.is_but, self.side = self.ahead, False, ""
        self.at += 1
        return True

    def _word(self, at: int) -> str:
        return self.tokens[at].low if 0 <= at < len(self.tokens) else ""

    def _open(self, kind: str, name: str, start: int, end: int) -> None:
        place = Place(start, self.tokens[end - 1].end, self.settlement, kind, name)
        if self.ahead is not None:
            place.houses, place.ranges = self.ahead.houses, self.ahead.ranges
            place.start = self.ahead.start
            self.ahead = None
        self.places.append(place)
        self.place, self.is_but, self.side = place, False, ""
        self.was_house = False
        self.at = end

    def _is_known(self, place: Place) -> bool:
        """Whether the register has the one street that is meant; tell if not."""
        found = self.names.find(place.name, kind=place.kind, settlement=place.settlement)
        if len(found) == 1:
            return True
        code = "many_streets" if found else "no_street"
        place.trouble = code
        self.troubles.append((code, f"{place.kind} {place.name}".strip(), place.start))
        return False

    # Houses

    def _houses(self, token: Token) -> bool:
        place = self.place
        if place is None:
            return False
        if token.kind == "house":
            self._number(place, token)
            return True
        if token.kind == "block" and place.houses:
            house = re.split("[кс]", place.houses[-1])[0]
            place.houses.append(addresses.house_key(f"{house} {token.text}"))
            self._past(token)
            return True
        if token.kind != "word":
            return False
        return self._word_among(place, token)

    def _word_among(self, place: Place, token: Token) -> bool:
        """Read a word among house numbers; False for one that ends their list."""
        side = SIDE.match(token.text)
        if side:
            self._side(place, token, ODD if side[1] else EVEN)
            return True
        if token.low in WHOLE:
            if not place.houses and not place.ranges:
                place.is_whole = True
            self._past(token)
            return True
        if token.low in BUT:
            self.is_but = True
            if not place.houses and not place.ranges:
                place.is_whole = True
            self._past(token)
            return True
        if token.low in {"с", "со", "от"} and self._range_words(place, token):
            return True
        if token.low == "до" and place.houses and self._range_on(place):
            return True
        if token.low in AMONG or token.low == "за":
            self._past(token)
            return True
        return False

    def _number(self, place: Place, token: Token) -> None:
        last = self._range_end(self.at + 1)
        if last is not None:
            end, at = last
            self._range(place, token.text, end)
            self.at = at
        else:
            (place.but if self.is_but else place.houses).append(addresses.house_key(token.text))
            self.at += 1
        place.end = self.tokens[self.at - 1].end
        self.was_house = True

    def _range_end(self, at: int) -> tuple[str, int] | None:
        token = self.tokens[at] if at < len(self.tokens) else None
        if token is None or not (token.text == "-" or token.kind == "dots"):
            return None
        following = self.tokens[at + 1] if at + 1 < len(self.tokens) else None
        if following is None or following.kind != "house":
            return None
        return following.text, at + 2

    def _range_words(self, place: Place, token: Token) -> bool:
        """Read «с 7 по 15», «от № 7 до № 15»."""
        at = self._skipped(self.at + 1)
        if at >= len(self.tokens) or self.tokens[at].kind != "house":
            return False
        to = self._skipped(at + 1)
        if to >= len(self.tokens) or self.tokens[to].low not in {"по", "до"}:
            return False
        last = self._skipped(to + 1)
        if last >= len(self.tokens) or self.tokens[last].kind != "house":
            return False
        self._range(place, self.tokens[at].text, self.tokens[last].text)
        self.at = last + 1
        place.end = self.tokens[last].end
        self.was_house = True
        return True

    def _range_on(self, place: Place) -> bool:
        """Read «64 и далее чётные до 80»."""
        at = self._skipped(self.at + 1)
        if at >= len(self.tokens) or self.tokens[at].kind != "house":
            return False
        self._range(place, place.houses[-1], self.tokens[at].text)
        self.at = at + 1
        return True

    def _skipped(self, at: int) -> int:
        while at < len(self.tokens) and (
            self.tokens[at].text in {"№", "."}
            or self.tokens[at].low in {"д", "дом", "дома", "номера"}
        ):
            at += 1
        return at

    def _range(self, place: Place, first: str, last: str) -> None:
        low, high = (int(re.match(r"\d+", text)[0]) for text in (first, last))  # type: ignore[index]
        if low > high:
            self.troubles.append(("backwards", f"{first}-{last}", place.start))
            return
        made = Range(low, high, self.side)
        (place.but_ranges if self.is_but else place.ranges).append(made)
        for text in (first, last):
            # «5а-9»: the ends themselves count whatever marks they bear.
            if not text.isdecimal() and not self.is_but:
                place.houses.append(addresses.house_key(text))

    def _side(self, place: Place, token: Token, side: str) -> None:
        self._past(token)
        ahead = self.at
        while ahead < len(self.tokens) and (
            self.tokens[ahead].low in AMONG | {"с", "со", "до"}
            or self.tokens[ahead].text in {".", ":", "№", ")"}
            or (self.tokens[ahead].text == "," and self._word(ahead + 1) in {"с", "со"})
        ):
            ahead += 1
        is_before = (
            ahead < len(self.tokens)
            and self.tokens[ahead].kind == "house"
            and not self._starts_name(ahead)
        )
        if self.was_house and place.ranges and not (is_before and not self.in_brackets):
            last = place.ranges.pop()
            place.ranges.append(Range(last.first, last.last, side))
        elif is_before:
            self.side = side
        elif not place.houses and not place.ranges:
            place.side = side

    # The rest

    def _other(self, token: Token) -> None:
        self.at += 1
        if token.text == "(":
            self.in_brackets = True
        elif token.text == ")":
            self.in_brackets = False
            self.is_but = False
        elif token.kind == "mask":
            return
        elif token.text == ";":
            self.is_but = False
            self.side = ""
        elif token.kind == "word":
            if token.low in NOT_HOUSES:
                self._skip_numbers()
            elif token.low in DISTRICTS:
                return
            else:
                self._close()

    def _skip_numbers(self) -> None:
        """Pass «кв. 5-12», «ТП-123»: these numbers are no houses."""
        while self.at < len(self.tokens) and (
            self.tokens[self.at].text in {".", "-", "№", ":", "(", ")", "+"}
            or self.tokens[self.at].kind in {"house", "ordinal"}
        ):
            self.at += 1

    def _past(self, token: Token) -> None:
        self.at += 1
        if self._sign(self.at) == ".":
            self.at += 1
        if self.place is not None:
            self.place.end = max(self.place.end, token.end)

    def _close(self) -> None:
        self.place = None

    def _sign(self, at: int) -> str:
        return self.tokens[at].text if 0 <= at < len(self.tokens) else ""

    def _is_name(self, at: int) -> bool:
        return at < len(self.tokens) and self.tokens[at].is_name
