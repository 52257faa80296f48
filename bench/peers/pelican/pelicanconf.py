"""Pelican as the benchmark uses it: articles are motions, categories are conferences."""

import os

from pelican import signals

SITENAME = "Motions archive"
SITEURL = ""
FEED_DOMAIN = "https://example.org"
PATH = "content"
OUTPUT_PATH = "output"
THEME = "theme"
TIMEZONE = "UTC"
DEFAULT_LANG = "en"
DEFAULT_DATE_FORMAT = "%-d %B %Y"

ARTICLE_PATHS = ["motions"]
PAGE_PATHS = []
STATIC_PATHS = []
ARTICLE_URL = "motions/{slug}/"
ARTICLE_SAVE_AS = "motions/{slug}/index.html"
CATEGORY_URL = "conference/{slug}/"
CATEGORY_SAVE_AS = "conference/{slug}/index.html"
TAG_URL = "tags/{slug}/"
TAG_SAVE_AS = "tags/{slug}/index.html"
DIRECT_TEMPLATES = ["index"]
AUTHORS_SAVE_AS = AUTHOR_SAVE_AS = ARCHIVES_SAVE_AS = TAGS_SAVE_AS = CATEGORIES_SAVE_AS = ""
DEFAULT_PAGINATION = False
SUMMARY_MAX_LENGTH = 0

FEED_ALL_ATOM = "feed.xml"
FEED_MAX_ITEMS = 20
CATEGORY_FEED_ATOM = TRANSLATION_FEED_ATOM = AUTHOR_FEED_ATOM = AUTHOR_FEED_RSS = None

MARKDOWN = {
    "extension_configs": {
        "markdown.extensions.meta": {},
        "markdown.extensions.extra": {},
        "markdown.extensions.toc": {},
        "markdown.extensions.sane_lists": {},
        "markdown.extensions.smarty": {},
    },
    "output_format": "html5",
}

# The cache is the run's choice: BENCH_CACHE=1 keeps parsed and rendered content on disk.
CACHE_CONTENT = LOAD_CONTENT_CACHE = os.environ.get("BENCH_CACHE") == "1"
CONTENT_CACHING_LAYER = "reader"
CHECK_MODIFIED_METHOD = "mtime"
DELETE_OUTPUT_DIRECTORY = False


def _add_related(generator):
    """Five other motions on the first tag of each."""
    by_tag = dict(generator.tags)
    for article in generator.articles:
        first = by_tag[article.tags[0]][:5]
        article.related = [other for other in first if other is not article]


class RelatedPlugin:
    @staticmethod
    def register():
        signals.article_generator_finalized.connect(_add_related)


PLUGINS = [RelatedPlugin]
