"""Reads a feed with podcastparser (gPodder's) or feedparser and prints what they found, as one JSON document."""

import json
import sys
import urllib.request


def by_podcastparser(url):
    import podcastparser

    with urllib.request.urlopen(url) as stream:
        feed = podcastparser.parse(url, stream)
    return {
        "title": feed["title"],
        "language": feed.get("language"),
        "author": feed.get("itunes_author"),
        "cover": feed.get("cover_url"),
        "explicit": feed.get("explicit"),
        "episodes": [
            {
                "title": episode["title"],
                "guid": episode["guid"],
                "published": episode["published"],
                "seconds": episode["total_time"],
                "html": episode["description_html"],
                "enclosures": [
                    [one["url"], one["file_size"], one["mime_type"]] for one in episode["enclosures"]
                ],
                "chapters": [
                    [chapter["start"], chapter["title"], chapter.get("href")]
                    for chapter in episode["chapters"]
                ],
            }
            for episode in feed["episodes"]
        ],
    }


def by_feedparser(url):
    import feedparser

    feed = feedparser.parse(url)
    return {
        "bozo": bool(feed.bozo),
        "version": feed.version,
        "status": feed.status,
        "title": feed.feed.title,
        "block": feed.feed.get("itunes_block"),
        "image": feed.feed.image.href,
        "category": [tag.term for tag in feed.feed.tags],
        "episodes": [
            {
                "title": entry.title,
                "guid": entry.id,
                "html": entry.description,
                "seconds": entry.itunes_duration,
                "enclosures": [[one.href, one.length, one.type] for one in entry.enclosures],
                "transcript": entry.get("podcast_transcript", {}).get("url"),
                "chapters": entry.get("podcast_chapters", {}).get("url"),
            }
            for entry in feed.entries
        ],
        # A second look sends the tag of the first.
        "again": feedparser.parse(url, etag=feed.etag).status,
    }


readers = {"podcastparser": by_podcastparser, "feedparser": by_feedparser}
print(json.dumps(readers[sys.argv[1]](sys.argv[2])))
