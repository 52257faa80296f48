"""A small union with a toolkit of templates and a few branches."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.driver import SiteTest
from toolkit_builder.loading import print_problem

LETTER = """---
title: Letter to the director
type: model-letter
template: true
sizes: [a4]
fields:
  demand: {label: What you ask for, default: fifteen cases, required: true}
---

::: guidance
Send it on paper.
:::

Dear Director,

I write for {{ branch.title }}. We ask for {{ fields.demand }}.

::: choose 1-2
- We are tired.
- We are many, says {{ contact.name }}.
:::

{% if meeting %}
Come on {{ meeting.date | date }}.
{% endif %}

1. First point
2. Second point

{{ contact.name }}
{{ contact.phone }}
"""

LEAFLET = """---
title: Leaflet
type: leaflet
template: true
sizes: [a5]
---

::: side front
## Enough hands at {{ branch.employer }}
:::

::: side back
{{ branch.demand }}

{{ contact.name }}, {{ contact.phone }}

{{ branch.imprint }}
:::
"""

POSTER = """---
title: Poster
type: poster
template: true
sizes: [a3, a4]
---

## Come to {{ branch.title }}

{% for fact in branch.facts %}
- {{ fact }}
{% endfor %}
"""

ALDER = """---
title: Alder branch
region: North
employer: Alder & Sons Council
contacts: [{name: Ada Bell, role: Secretary, phone: 01632 960001, email: ada@alder.example}]
phone: 01632 960001
office: |
  1 High Street
  Alder
meeting: {date: 2027-09-14, time: 6pm, place: Town Hall}
demand: a limit of fifteen
facts: [One fact, Another]
imprint: Printed by P, Quay Lane. Promoted by Ada Bell, 1 High Street.
custom: {choice-1: "2"}
---

Text.
"""

BIRCH = """---
title: Birch branch
region: South
employer: Birch Council
---

Text.
"""


@pytest.fixture
def union(tmp_path: Path) -> SiteTest:
    """Three templates, one branch with everything and one with next to nothing."""
    site = SiteTest(tmp_path / "union")
    return site.content(
        **{
            "toolkits/hands/index.md": "---\ntitle: Hands\n---\n\nText.\n",
            "toolkits/hands/letter.md": LETTER,
            "toolkits/hands/leaflet.md": LEAFLET,
            "toolkits/hands/poster.md": POSTER,
            "branches/alder.md": ALDER,
            "branches/birch.md": BIRCH,
            "index.md": "---\ntitle: Home\n---\n\nText.\n",
        }
    )


@pytest.fixture
def press() -> None:
    """Skip by name where no PDF can be made."""
    if problem := print_problem():
        pytest.skip(f"print engine: {problem}")
