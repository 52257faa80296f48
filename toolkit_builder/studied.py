"""A decided ``Site`` in; the same with what the motions engine finds out about its papers, and what it has to say.

Of a conference in which nothing has changed only the keys of its studies are known; one is read when a page shows it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from msgspec.structs import replace

from toolkit_builder import studies
from toolkit_builder.build.cache import Store
from toolkit_builder.build.digests import digest_of_value
from toolkit_builder.build.recall import Recall
from toolkit_builder.build.stage import Imported, stage
from toolkit_builder.diagnostics import Diagnostic
from toolkit_builder.intake import code_digest
from toolkit_builder.model import Payload
from toolkit_builder.site import Conference, Site

if TYPE_CHECKING:
    from concurrent.futures import Executor

_STAGE = "studied"
_STUDY = Imported("toolkit_builder.study", "study")


class _Studied(NamedTuple):
    """Of one conference: the key of each paper's study, by the paper's id, and what was found wrong."""

    keys: Mapping[str, str]
    problems: Sequence[Diagnostic]

    def to_json(self) -> list[Any]:
        return [self.keys, [d.to_json() for d in self.problems]]

    @classmethod
    def from_json(cls, value: Sequence[Any]) -> _Studied:
        keys, problems = value
        return cls(dict(keys), [Diagnostic.from_json(d) for d in problems])


@dataclass
class _Studies(Mapping[str, Payload]):
    """Studies by a paper's id, from the store unless they were made just now."""

    store: Store
    asked: dict[str, tuple[str, Callable[[], Payload]]] = field(default_factory=dict)
    made: dict[str, Payload] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Payload:
        if name not in self.made:
            with self.store.still_open() as store:
                [self.made[name]] = _found([self.asked[name]], store)
        return self.made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.asked)

    def __len__(self) -> int:
        return len(self.asked)


def studied(
    site: Site, pins: Mapping[str, Any], recall: Recall, *, executor: Executor | None = None, workers: int = 0
) -> tuple[Site, list[Diagnostic]]:
    """The site with ``studies`` of each paper that has amendments or sources. ``pins``: printed lines by path."""
    keys = {
        held.name: digest_of_value([held.volume.key, site.world, site.following.get(held.name), recall.store.week])
        for held in site.conferences
    }
    recall.prepare(_STAGE, keys)
    shelf = _Studies(recall.store)
    problems: list[Diagnostic] = []
    asked: dict[str, list[tuple[str, Any]]] = {}
    for held in site.conferences:
        if known := recall.known(_STAGE, held.name, keys[held.name], _Studied.from_json):
            shelf.asked |= {name: (key, partial(_again, held, site, pins, name)) for name, key in known.keys.items()}
            problems += known.problems
        else:
            asked[held.name] = [(name, make()) for name, make in studies.requests(held, site, pins)]
    every = [request for requests in asked.values() for request in requests]
    new = [(digest_of_value(payload), payload) for _, payload in every]
    shelf.asked |= {
        name: (key, partial(_itself, payload)) for (name, _), (key, payload) in zip(every, new, strict=True)
    }
    found = _found(new, recall.store, executor, workers, [name for name, _ in every])
    shelf.made |= {name: value for (name, _), value in zip(every, found, strict=True)}
    for conference, requests in asked.items():
        wrong = [Diagnostic.from_json(d) for name, _ in requests for d in shelf.made[name]["diagnostics"]]
        value = _Studied({name: shelf.asked[name][0] for name, _ in requests}, wrong)
        recall.keep(_STAGE, conference, keys[conference], value, _Studied.to_json)
        problems += wrong
    return replace(site, studies=shelf, memo={}), problems


def _again(held: Conference, site: Site, pins: Mapping[str, Any], name: str) -> Payload:
    """What a study needs, should it have been lost."""
    return dict(studies.requests(held, site, pins))[name]()


def _itself(payload: Payload) -> Payload:
    return payload


def _found(
    inputs: Sequence[tuple[str, Any]],
    store: Store,
    executor: Executor | None = None,
    workers: int = 0,
    labels: Sequence[str] = (),
) -> list[Payload]:
    return stage("study", code_digest(), inputs, _STUDY, store, executor=executor, workers=workers, labels=labels)
