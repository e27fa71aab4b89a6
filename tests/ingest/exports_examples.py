"""What other programs write, made by us after each one's documented form, with what it holds.

``EXAMPLES``: format, file name, text, entries expected as (section, title, address), and the
reasons for which the rest is not taken.
"""

# ruff: noqa: E501, W291  # the texts stand as other programs write them
import json
from dataclasses import dataclass

A, B, C = "https://a.example/one", "https://b.example/two?x=1", "https://c.example/三"


@dataclass(frozen=True)
class Example:
    form: str
    file: str
    text: str
    entries: tuple[tuple[tuple[str, ...], str, str], ...]
    refused: tuple[str, ...] = ()


_CHROME = f"""<!DOCTYPE NETSCAPE-Bookmark-file-1>
<!-- This is an automatically generated file.
     It will be read and overwritten.
     DO NOT EDIT! -->
<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=UTF-8">
<TITLE>Bookmarks</TITLE>
<H1>Bookmarks</H1>
<DL><p>
    <DT><H3 ADD_DATE="1700000000" LAST_MODIFIED="1" PERSONAL_TOOLBAR_FOLDER="true">Bookmarks bar</H3>
    <DL><p>
        <DT><A HREF="{A}" ADD_DATE="1700000000" ICON="data:image/png;base64,AA==">One &amp; only</A>
        <DT><H3 ADD_DATE="1700000000" LAST_MODIFIED="1">注意力</H3>
        <DL><p>
            <DT><A HREF="{B}" ADD_DATE="1700000000">Two</A>
        </DL><p>
        <DT><A HREF="chrome://settings/" ADD_DATE="1700000000">Settings</A>
        <DT><A HREF="javascript:(()=>{{if(a>b)alert(1)}})()" ADD_DATE="1">Bookmarklet</A>
    </DL><p>
    <DT><A HREF="{C}" ADD_DATE="1700000000">Three</A>
</DL><p>
"""
_FIREFOX = f"""<!DOCTYPE NETSCAPE-Bookmark-file-1>
<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=UTF-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'self'; script-src 'none'"></meta>
<TITLE>Bookmarks</TITLE>
<H1>Bookmarks Menu</H1>

<DL><p>
    <DT><H3 ADD_DATE="1700000000" LAST_MODIFIED="1700000001">Papers</H3>
    <DD>What I mean to read
    <DL><p>
        <DT><A HREF="{A}" ADD_DATE="1700000000" LAST_MODIFIED="1" TAGS="llm,kv cache">One</A>
        <DD>Read it
twice
        <DT><A HREF="place:sort=8&amp;maxResults=10" ADD_DATE="1700000000">Most Visited</A>
        <HR>    <DT><A HREF="http://192.168.1.1/" ADD_DATE="1700000000">Router</A>
    </DL><p>
    <DT><A HREF="{B}" SHORTCUTURL="b">Two</A>
</DL>
"""
_SAFARI = f"""<!DOCTYPE NETSCAPE-Bookmark-file-1>
\t<HTML>
\t<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=UTF-8">
\t<Title>Bookmarks</Title>
\t<H1>Bookmarks</H1>
\t<DT><H3 FOLDED>Favourites</H3>
\t<DL><p>
\t\t<DT><A HREF="{A}">One</A>
\t</DL><p>
\t<DT><H3 FOLDED id="com.apple.ReadingList">Reading List</H3>
\t<DL><p>
\t\t<DT><A HREF="{B}">Two</A>
\t\t<DT><A HREF="file:///Users/me/x.html">Mine</A>
\t</DL><p>
\t</HTML>
"""
_POCKET_HTML = f"""<!DOCTYPE html>
<html>
\t<!--So long and thanks for all the fish-->
\t<head>
\t\t<meta http-equiv="Content-Type" content="text/html; charset=UTF-8" />
\t\t<title>Pocket Export</title>
\t</head>
\t<body>
\t\t<h1>Unread</h1>
\t\t<ul>
\t\t\t<li><a href="{A}" time_added="1700000000" tags="llm,cache">One</a></li>
\t\t</ul>

\t\t<h1>Read Archive</h1>
\t\t<ul>
\t\t\t<li><a href="{B}" time_added="1700000000" tags="">{B}</a></li>
\t\t</ul>
\t</body>
</html>
"""
_INSTAPAPER_HTML = f"""<!DOCTYPE html>
<html>
<head>
<meta http-equiv="Content-Type" content="text/html; charset=UTF-8" />
<title>Instapaper: Export</title>
</head>
<body>

<h1>Unread</h1>
<ol>
<li><a href="{A}">One</a>
<li><a href="instapaper://private-content/5">A mail</a>
</ol>
<h1>LLM</h1>
<ol>
<li><a href="{B}">Two</a>
</ol>
</body>
</html>
"""
_RSS = f"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom">
<channel>
  <title>A blog</title><link>https://a.example/</link><description>x</description>
  <atom:link href="https://a.example/feed.xml" rel="self" type="application/rss+xml"/>
  <item><title>One &amp; only</title><link>{A}</link><guid isPermaLink="false">1</guid>
    <pubDate>Tue, 14 Nov 2023 22:13:20 GMT</pubDate><category>llm</category>
    <description><![CDATA[<p>A <b>summary</b></p>]]></description></item>
  <item><title>Nothing to open</title><guid isPermaLink="false">2</guid></item>
</channel></rss>
"""
_ATOM = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://b.example/">
  <title>B</title><id>urn:b</id><updated>2023-11-14T22:13:20Z</updated>
  <entry><title type="html">Two &lt;i&gt;ways&lt;/i&gt;</title><id>urn:2</id>
    <link rel="alternate" type="text/html" href="two?x=1"/><updated>2023-11-14T22:13:20Z</updated>
    <summary>Said of it</summary></entry>
</feed>
"""
_RDF = f"""<?xml version="1.0"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
  <channel rdf:about="https://a.example/"><title>Old</title><link>https://a.example/</link>
  <description>x</description></channel>
  <item rdf:about="{A}"><title>One</title><link>{A}</link></item>
</rdf:RDF>
"""
_JSON_FEED = f"""{{"version": "https://jsonfeed.org/version/1.1", "title": "J", "items": [
 {{"id": "1", "url": "{A}", "title": "One", "content_html": "<p>x</p>", "tags": ["llm"],
   "date_published": "2023-11-14T22:13:20Z"}},
 {{"id": "2", "external_url": "{B}", "content_text": "untitled"}}]}}"""
_OPML = f"""<?xml version="1.0" encoding="UTF-8"?>
<opml version="1.0"><head><title>My feeds</title></head><body>
 <outline text="ML" title="ML">
  <outline type="rss" text="A" title="A" xmlUrl="https://a.example/feed" htmlUrl="{A}"/>
  <outline type="rss" text="B" xmlUrl="https://b.example/feed"/>
 </outline>
 <outline type="rss" text="local" xmlUrl="feed://x"/></body></opml>
"""
_LINKWARDEN = f"""{{"id": 1, "name": "me", "username": "me", "collections": [
 {{"id": 3, "name": "Papers", "parentId": null, "links": [
  {{"id": 1, "name": "One", "type": "url", "description": "mine", "url": "{A}",
    "tags": [{{"id": 1, "name": "llm"}}], "createdAt": "2023-11-14T22:13:20.000Z"}},
  {{"id": 2, "name": "slides.pdf", "type": "pdf", "url": null, "tags": []}}]}},
 {{"id": 4, "name": "Cache", "parentId": 3, "links": [
  {{"id": 5, "name": "", "description": "Two", "url": "{B}", "tags": []}}]}}]}}"""
_KARAKEEP = f"""{{"bookmarks": [
 {{"createdAt": 1700000000, "title": "One", "tags": ["llm"], "archived": false, "note": "mine",
   "content": {{"type": "link", "url": "{A}"}}}},
 {{"createdAt": 1700000000, "title": null, "tags": [], "note": null,
   "content": {{"type": "text", "text": "only words"}}}},
 {{"createdAt": 1700000000, "title": null, "tags": [], "content": null}}]}}"""
_KARAKEEP_LISTS = f"""{{"bookmarks": [
 {{"createdAt": 1700000000, "title": "One", "tags": [], "lists": ["k2"],
   "content": {{"type": "link", "url": "{A}"}}}}],
 "lists": [{{"id": "k1", "name": "Papers", "parentId": null}},
           {{"id": "k2", "name": "Cache", "parentId": "k1"}}]}}"""
_OMNIVORE = f"""[{{"id": "1", "slug": "one", "title": "One", "description": "d", "author": "N",
 "url": "{A}", "state": "Archived", "readingProgress": 12, "thumbnail": "https://a.example/t.png",
 "labels": ["llm"], "savedAt": "2023-11-14T22:13:20.000Z", "publishedAt": null}},
 {{"id": "2", "slug": "f", "title": "A file", "url": "https://omnivore.app/attachments/u/x.pdf",
 "state": "Active", "labels": [], "savedAt": "2023-11-14T22:13:20.000Z"}}]"""
_PINBOARD = f"""[{{"href": "{A}", "description": "One", "extended": "mine", "meta": "x",
 "hash": "y", "time": "2023-11-14T22:13:20Z", "shared": "no", "toread": "yes", "tags": "llm cache"}},
 {{"href": "not an address", "description": "Broken", "extended": "", "tags": ""}}]"""
_BIB_ZOTERO = r"""
@inproceedings{vaswani_attention_2017,
	title = {{Attention} {Is} {All} {You} {Need}},
	author = {Vaswani, Ashish and Shazeer, Noam and Parmar, Niki and Uszkoreit, Jakob},
	url = {https://a.example/one},
	urldate = {2023-11-14},
	year = {2017},
	keywords = {transformers, attention},
	file = {Full Text PDF:files/2/Vaswani.pdf:application/pdf},
}

@book{nowhere_2001, title = {No {Address}}, author = {Nobody}, year = {2001}}
"""
_BIB_SCHOLAR = r"""@article{shazeer2019fast,
  title={Fast transformer decoding: One write-head is all you need},
  author={Shazeer, Noam},
  journal={arXiv preprint arXiv:1911.02150},
  year={2019}
}
@misc{gqa, title="{GQA}", eprint={2305.13245}, archivePrefix={arXiv}, primaryClass={cs.CL}}
@article{broken, title={x
@article{after, title={After}, doi={10.1000/xyz_1}}
"""
_BIB_LATEX = r"""% Encoding: UTF-8
@String{acl = {Proc. of ACL}}
@Article{Mueller2020, author = "M{\"u}ller, J{\"o}rg and \'{E}tienne {\O}rsted", title = "{\"U}ber A \& B",
  journal = acl # { 2020}, date = {2020-05-01}, url = {https://b.example/two?x=1}, keywords = {a;b}}
@online{c, title = {Three}, howpublished = "\url{https://c.example/3}", note = {x}}
@Comment{jabref-meta: databaseType:biblatex;}
"""
_RIS = """TY  - JOUR
TI  - One; and only
AU  - Shazeer, Noam
PY  - 2019/11/06/
DO  - 10.1000/xyz
UR  - https://a.example/one;v=2
KW  - decoding
KW  - attention
N1  - mine
ER  - 

TY  - BOOK
TI  - Without address
ER  - 
"""
_CSL = f"""[
 {{"id": "http://zotero.org/users/1/items/A", "type": "article-journal", "title": "One",
  "container-title": "J", "DOI": "10.1000/xyz", "URL": "{A}", "language": "en",
  "author": [{{"family": "Shazeer", "given": "Noam"}}], "issued": {{"date-parts": [["2019", 11]]}}}},
 {{"id": "b", "type": "paper-conference", "title": "Two", "DOI": "10.1000/two",
  "author": [{{"literal": "A team"}}]}},
 {{"id": "c", "type": "book", "title": "Nowhere", "author": []}}]"""

_SPACES = """xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns:z="http://www.zotero.org/namespaces/export#" xmlns:dcterms="http://purl.org/dc/terms/"
 xmlns:link="http://purl.org/rss/1.0/modules/link/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:bib="http://purl.org/net/biblio#" xmlns:foaf="http://xmlns.com/foaf/0.1/"
 xmlns:prism="http://prismstandard.org/namespaces/1.2/basic/" """
ZOTERO_RDF = f"""<rdf:RDF
 {_SPACES}>
    <bib:Article rdf:about="{A}">
        <z:itemType>journalArticle</z:itemType>
        <dcterms:isPartOf>
            <bib:Journal>
                <prism:volume>4</prism:volume>
                <dc:title>Journal of Caches</dc:title>
                <prism:number>2</prism:number>
                <dc:identifier>DOI 10.1000/xyz</dc:identifier>
            </bib:Journal>
        </dcterms:isPartOf>
        <bib:authors>
            <rdf:Seq>
                <rdf:li><foaf:Person><foaf:surname>Berg</foaf:surname><foaf:givenName>Anna</foaf:givenName></foaf:Person></rdf:li>
                <rdf:li><foaf:Person><foaf:surname>Key Lab</foaf:surname></foaf:Person></rdf:li>
            </rdf:Seq>
        </bib:authors>
        <dcterms:isReferencedBy rdf:resource="#item_4"/>
        <link:link rdf:resource="#item_3"/>
        <link:link rdf:resource="#item_5"/>
        <dc:subject>llm</dc:subject>
        <dc:subject>
            <z:AutomaticTag><rdf:value>Computer Science</rdf:value></z:AutomaticTag>
        </dc:subject>
        <dc:title>On keys &amp; caches</dc:title>
        <dc:date>2019-11-06</dc:date>
        <bib:pages>10-19</bib:pages>
        <dc:identifier>
            <dcterms:URI><rdf:value>{A}</rdf:value></dcterms:URI>
        </dc:identifier>
    </bib:Article>
    <bib:Memo rdf:about="#item_4"><rdf:value>&lt;p&gt;mine&lt;/p&gt;</rdf:value></bib:Memo>
    <z:Attachment rdf:about="#item_3">
        <z:itemType>attachment</z:itemType>
        <rdf:resource rdf:resource="files/3/Berg - 2019.pdf"/>
        <dc:title>Full Text PDF</dc:title>
        <z:linkMode>1</z:linkMode>
        <link:type>application/pdf</link:type>
    </z:Attachment>
    <z:Attachment rdf:about="#item_5">
        <z:itemType>attachment</z:itemType>
        <rdf:resource rdf:resource="files/5/one.html"/>
        <dc:title>Snapshot</dc:title>
        <link:type>text/html</link:type>
    </z:Attachment>
    <bib:Book rdf:about="#item_6">
        <z:itemType>book</z:itemType>
        <link:link rdf:resource="#item_7"/>
        <dc:title>A book without an address</dc:title>
    </bib:Book>
    <z:Attachment rdf:about="#item_7">
        <z:itemType>attachment</z:itemType>
        <rdf:resource rdf:resource="../outside.txt"/>
    </z:Attachment>
    <bib:Memo rdf:about="#item_8"><rdf:value>&lt;p&gt;alone&lt;/p&gt;</rdf:value></bib:Memo>
    <z:Collection rdf:about="#collection_1">
        <dc:title>Papers</dc:title>
        <dcterms:hasPart rdf:resource="#collection_2"/>
    </z:Collection>
    <z:Collection rdf:about="#collection_2">
        <dc:title>Cache</dc:title>
        <dcterms:hasPart rdf:resource="{A}"/>
    </z:Collection>
</rdf:RDF>
"""
_ZOTERO_PREPRINT = f"""<rdf:RDF {_SPACES}>
    <rdf:Description rdf:about="http://arxiv.org/abs/1911.02150">
        <z:itemType>preprint</z:itemType>
        <dc:title>Fast decoding</dc:title><prism:number>arXiv:1911.02150</prism:number>
        <dc:identifier>DOI 10.48550/arXiv.1911.02150</dc:identifier>
    </rdf:Description>
    <z:Attachment rdf:about="#item_2"><z:itemType>attachment</z:itemType>
        <dc:title>A link alone</dc:title>
        <dc:identifier><dcterms:URI><rdf:value>{B}</rdf:value></dcterms:URI></dc:identifier>
    </z:Attachment>
</rdf:RDF>
"""
_ZOTERO_CIRCLE = f"""<?xml version="1.0" encoding="UTF-8"?>
<rdf:RDF {_SPACES}>
    <bib:Document rdf:about="{A}"><z:itemType>webpage</z:itemType><dc:title>One</dc:title>
        <dc:identifier><dcterms:URI><rdf:value>{A}</rdf:value></dcterms:URI></dc:identifier>
    </bib:Document>
    <bib:Document rdf:about="#i"><z:itemType>webpage</z:itemType><dc:title>Router</dc:title>
        <dc:identifier><dcterms:URI><rdf:value>http://192.168.1.1/</rdf:value></dcterms:URI></dc:identifier>
    </bib:Document>
    <z:Collection rdf:about="#a"><dc:title>X</dc:title><dcterms:hasPart rdf:resource="{A}"/></z:Collection>
    <z:Collection rdf:about="#b"><dc:title>Y</dc:title><dcterms:hasPart rdf:resource="{A}"/></z:Collection>
</rdf:RDF>
"""


def _row(key: str, **data: object) -> dict[str, object]:
    """Return an object as Zotero's web API gives it."""
    return {"key": key, "version": 5, "library": {"type": "user", "id": 0}, "links": {},
            "meta": {}, "data": {"key": key, "version": 5, **data}}  # fmt: skip


_AUTHORS = [
    {"creatorType": "author", "firstName": "Anna", "lastName": "Berg"},
    {"creatorType": "author", "name": "Key Lab"},
    {"creatorType": "editor", "firstName": "E", "lastName": "D"},
]
ZOTERO_ITEMS = [
    _row("AAAA1111", itemType="journalArticle", title="On keys", creators=_AUTHORS, url=A,
         date="2019-11-06", DOI="10.1000/xyz", volume="4", pages="10-19", tags=[{"tag": "llm"}],
         publicationTitle="Journal of Caches", collections=["CCCC2222"], relations={}),
    _row("BBBB1111", parentItem="AAAA1111", itemType="attachment", linkMode="imported_url",
         title="Full Text PDF", contentType="application/pdf", filename="Berg a.pdf", tags=[]),
    _row("NNNN1111", parentItem="AAAA1111", itemType="note", note="<p>mine</p>", tags=[]),
    _row("DDDD1111", itemType="book", title="No address", creators=[], date="", url="", tags=[],
         collections=[]),
]  # fmt: skip
ZOTERO_COLLECTIONS = [
    _row("CCCC1111", name="Papers", parentCollection=False),
    _row("CCCC2222", name="Cache", parentCollection="CCCC1111"),
]

_CHROMIUM = json.dumps({"checksum": "0", "version": 1, "roots": {
    "bookmark_bar": {"type": "folder", "name": "Bookmarks bar", "children": [
        {"type": "url", "name": "One", "url": A, "date_added": "13344473600000000"},
        {"type": "folder", "name": "注意力", "children": [
            {"type": "url", "name": "Two", "url": B, "date_added": "13344473600000000"}]},
        {"type": "url", "name": "Settings", "url": "chrome://settings/"}]},
    "other": {"type": "folder", "name": "Other bookmarks", "children": []}}})  # fmt: skip
_FIREFOX_BACKUP = json.dumps({"guid": "root________", "root": "placesRoot", "title": "",
    "type": "text/x-moz-place-container", "children": [
        {"root": "bookmarksMenuFolder", "title": "menu", "children": [
            {"title": "ML", "type": "text/x-moz-place-container", "children": [
                {"title": "One", "uri": A, "dateAdded": 1700000000000000, "tags": "llm,cache",
                 "type": "text/x-moz-place", "annos": [
                     {"name": "bookmarkProperties/description", "value": "mine"}]}]},
            {"typeCode": 3, "type": "text/x-moz-place-separator"}]},
        {"root": "toolbarFolder", "title": "toolbar", "children": [
            {"title": "Recent", "uri": "place:sort=14"}]},
        {"root": "tagsFolder", "title": "tags", "children": [
            {"title": "llm", "children": [{"title": "One", "uri": A}]}]},
        {"root": "unfiledBookmarksFolder", "title": "unfiled", "children": [
            {"title": "Two", "uri": B}]}]})  # fmt: skip
_SAFARI_PLIST = f"""<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict><key>WebBookmarkType</key><string>WebBookmarkTypeList</string>
<key>Children</key><array><dict><key>Title</key><string>BookmarksBar</string>
<key>Children</key><array><dict><key>URLString</key><string>{A}</string><key>URIDictionary</key>
<dict><key>title</key><string>One</string></dict></dict></array></dict>
<dict><key>Title</key><string>com.apple.ReadingList</string><key>Children</key><array><dict>
<key>URLString</key><string>{B}</string><key>URIDictionary</key><dict><key>title</key>
<string>Two</string></dict><key>ReadingList</key><dict><key>DateAdded</key>
<date>2023-11-14T22:13:20Z</date><key>PreviewText</key><string>Words</string></dict></dict></array>
</dict></array></dict></plist>"""


def _annotation(uri: str, title: str, text: str, marked: str) -> dict[str, object]:
    return {
        "id": "x", "created": "2023-11-14T22:13:20.000000+00:00", "user": "acct:me@hypothes.is",
        "uri": uri, "text": text, "tags": ["llm"], "document": {"title": [title]},
        "target": [{"source": uri, "selector": [{"type": "TextPositionSelector", "start": 1},
                                                {"type": "TextQuoteSelector", "exact": marked}]}],
    }  # fmt: skip


_ANNOTATIONS = [
    _annotation(A, "One", "mine", "keys are shared"),
    _annotation(A, "One", "", "values too"),
    _annotation("urn:x-pdf:1", "A file", "", "words"),
]

EXAMPLES = (
    Example("bookmark-tree", "Bookmarks", _CHROMIUM,
            ((("Bookmarks bar",), "One", A), (("Bookmarks bar", "注意力"), "Two", B)),
            ("unsupported address (chrome:)",)),
    Example("bookmark-tree", "bookmarks-2023-11-14.json", _FIREFOX_BACKUP,
            ((("ML",), "One", A), ((), "Two", B)), ("a saved search of the browser",)),
    Example("bookmark-tree", "Bookmarks.plist", _SAFARI_PLIST,
            ((("Favourites",), "One", A), (("Reading List",), "Two", B))),
    Example("hypothesis", "hypothesis.json", json.dumps({"total": 3, "rows": _ANNOTATIONS}),
            (((), "One", A),), ("unsupported address (urn:)",)),
    Example("hypothesis", "2023-11-14-one.json",
            json.dumps({"export_date": "2023-11-14", "annotations": _ANNOTATIONS[:2]}),
            (((), "One", A),)),
    Example("hypothesis", "rows.json", json.dumps([_annotation(B, "Two", "", "")]),
            (((), "Two", B),)),
    Example("are-na", "channel.json", json.dumps({"title": "LLM", "class": "Channel", "contents": [
            {"class": "Link", "title": "One", "description": "mine", "source": {"url": A},
             "created_at": "2023-11-14T22:13:20.000Z"},
            {"class": "Text", "title": "", "content": "A thought", "source": None}]}),
            (((), "One", A),), ("no page (text)",)),
    Example("are-na", "contents.json", json.dumps({"contents": [
            {"class": "Image", "title": "", "source": {"url": B, "title": "Two"}}]}),
            (((), "Two", B),)),
    Example("are-na", "empty.json", json.dumps({"title": "E", "contents": [
            {"class": "Attachment", "title": "a.pdf", "source": {}},
            {"class": "Link", "title": "One", "source": {"url": A}}]}),
            (((), "One", A),), ("no page (attachment)",)),
    Example("starred", "starred.json", json.dumps({"id": "user/-/state/com.google/starred", "title": "Starred", "items": [
            {"title": "One", "published": 1700000000, "starred": 1700000000, "canonical": [{"href": A}],
             "alternate": [{"href": "https://a.example/one?utm_source=rss", "type": "text/html"}],
             "categories": ["user/-/state/com.google/starred", "user/-/label/llm"], "annotations": [{"body": "mine"}],
             "origin": {"title": "A Blog", "htmlUrl": "https://a.example/"}, "summary": {"content": "<p>x</p>"}}]}),
            ((("A Blog",), "One", A),)),
    Example("starred", "2023-11-14_starred.json", json.dumps({"items": [
            {"title": "Two", "alternate": [{"href": B}], "origin": {"title": None}}, {"title": "Nothing", "canonical": []}]}),
            (((), "Two", B),), ("no address",)),
    Example("starred", "shared.json", json.dumps({"items": [{"title": "三", "canonical": [{"href": C}]}]}),
            (((), "三", C),)),
    Example("table", "Watch later.csv", "Video ID,Playlist Video Creation Timestamp\naaaaaaaaaaa,2023-11-14T22:13:20+00:00\n",
            (((), "https://www.youtube.com/watch?v=aaaaaaaaaaa", "https://www.youtube.com/watch?v=aaaaaaaaaaa"),)),
    Example("table", "saved_posts.csv", "id,permalink\nabc,https://www.reddit.com/r/a/comments/abc/t/\n",
            (((), "https://www.reddit.com/r/a/comments/abc/t/", "https://www.reddit.com/r/a/comments/abc/t/"),)),
    Example("opml", "thoughts.opml", f'''<opml version="2.0"><head><title>O</title></head><body><outline text="To read">
            <outline text="See &lt;a href=&quot;{A}&quot;&gt;One&lt;/a&gt; first" _note="mine"/>
            <outline text="then [Two]({B}) and {A}?x=2"/></outline></body></opml>''',
            ((("To read",), "One", A), (("To read",), "Two", B), (("To read",), "then Two and", f"{A}?x=2"))),
    Example("csl-json", "Extra.json", json.dumps([
            {"type": "article", "title": "One", "note": "mine\narXiv:2205.14135 [cs]",
             "author": [{"family": "Gogh", "given": "Vincent", "non-dropping-particle": "van"}], "issued": {"raw": "2022"}}]),
            (((), "One", "https://arxiv.org/abs/2205.14135"),)),
    Example("karakeep", "karakeep-files.json", json.dumps({"bookmarks": [{"title": "One", "tags": [], "createdAt": 1700000000,
            "content": {"type": "asset", "assetType": "pdf", "sourceUrl": A}}]}), (((), "One", A),)),
    Example("addresses", "onetab.txt", f"{A} | One - A Blog\n{B} | Two\n\n{C} | Three | a bar\n",
            (((), "One - A Blog", A), ((), "Two", B), ((), "Three | a bar", C))),
    Example("addresses", "tabs.txt", f"{A}\n{B}\n", (((), A, A), ((), B, B))),
    Example("addresses", "urls", f"{A}\tOne\nhttps://user@\n",
            (((), "One", A),), ("unreadable address",)),
    Example("json", "GoodLinks-Export.json",
            json.dumps([{"url": A, "title": "One", "summary": "s", "tags": ["llm"],
                         "addedAt": 1700000000.5}]), (((), "One", A),)),
    Example("json", "wallabag.json",
            json.dumps([{"url": A, "title": "One", "tags": [{"id": 1, "label": "llm"}],
                         "created_at": "2023-11-14T22:13:20+0000", "annotations": []}]),
            (((), "One", A),)),
    Example("zotero-rdf", "My Library.rdf", ZOTERO_RDF,
            ((("Papers", "Cache"), "On keys & caches", A),),
            ("it names no address, DOI or arXiv number: only its file comes in",
             "a note without a work")),
    Example("zotero-rdf", "preprint.rdf", _ZOTERO_PREPRINT,
            (((), "Fast decoding", "https://arxiv.org/abs/1911.02150"), ((), "A link alone", B))),
    Example("zotero-rdf", "circle.xml", _ZOTERO_CIRCLE,
            ((("X",), "One", A), (("Y",), "One", A)), ("not a public web address",)),
    Example("zotero", "zotero.json",
            json.dumps({"items": ZOTERO_ITEMS, "collections": ZOTERO_COLLECTIONS}),
            ((("Papers", "Cache"), "On keys", A),),
            ("it names no address, DOI or arXiv number",)),
    Example("zotero", "items.json", json.dumps(ZOTERO_ITEMS[:1]), (((), "On keys", A),)),
    Example("zotero", "top.json", json.dumps(
            [*ZOTERO_ITEMS[2:], _row("W", itemType="webpage", title="Two", url=B, creators=[],
                                     collections=["gone"])]),
            (((), "Two", B),),
            ("a note without a work", "it names no address, DOI or arXiv number")),
    Example("table", "Lesezeichen.csv",
            f"Titel;Adresse;Schlagwörter\nOne;{A};llm\nZwei;kein Link;\nTwo;{B};\nTwo;{B};\n",
            (((), "One", A), ((), "Two", B)),
            ("no web address", "the same address stands in this section before")),
    Example("table", "收藏.csv", f"编号,标题,网址\n1,一,{A}\n2,三,{C}\n",
            (((), "一", A), ((), "三", C))),
    Example("table", "addresses.csv", f"{A}\n{B}\nhttps://user@\n",
            (((), A, A), ((), B, B)), ("unreadable address",)),
    Example("csl-json", "better-files.json", json.dumps({"items": [
            {"itemType": "conferencePaper", "title": "Two", "url": B, "creators": [],
             "attachments": [{"itemType": "attachment", "path": "files/9/two.pdf"}]}]}),
            (((), "Two", B),)),
    Example("bookmarks", "bookmarks_14_11_2023.html", _CHROME,
            ((("Bookmarks bar",), "One & only", A), (("Bookmarks bar", "注意力"), "Two", B),
             ((), "Three", C)),
            ("unsupported address (chrome:)", "unsupported address (javascript:)")),
    Example("bookmarks", "bookmarks.html", _FIREFOX,
            ((("Papers",), "One", A), ((), "Two", B)),
            ("a saved search of the browser", "not a public web address")),
    Example("bookmarks", "Safari Bookmarks.html", _SAFARI,
            ((("Favourites",), "One", A), (("Reading List",), "Two", B)),
            ("unsupported address (file:)",)),
    Example("pocket", "ril_export.html", _POCKET_HTML,
            ((("Unread",), "One", A), (("Read Archive",), B, B))),
    Example("pocket", "instapaper-export.html", _INSTAPAPER_HTML,
            ((("Unread",), "One", A), (("LLM",), "Two", B)),
            ("unsupported address (instapaper:)",)),
    Example("pocket", "ril_export-archive.html",
            "<!DOCTYPE html><html><head><title>Pocket Export</title></head><body><h1>Unread</h1><ul>"
            f"</ul><h1>Read Archive</h1><ul><li><a href='{A}' tags='a'>One</a></li><li><a href='{A}'>"
            "Again</a></li></ul></body></html>",
            ((("Read Archive",), "One", A),), ("the same address stands in this section before",)),
    Example("table", "part_000000.csv",
            f"title,url,time_added,tags,status\nOne,{A},1700000000,llm|cache,unread\n"
            f"{B},{B},1700000000,,archive\n",
            ((("Unread",), "One", A), (("Archive",), B, B))),
    Example("table", "instapaper-export.csv",
            f'URL,Title,Selection,Folder,Timestamp,Tags\n{A},One,"a, b",Unread,1700000000,'
            f'"[""llm"",""cache""]"\n{B},Two,,LLM,1700000000,[]\nhttp://,Broken,,Unread,1,[]\n',
            ((("Unread",), "One", A), (("LLM",), "Two", B)), ("unreadable address",)),
    Example("table", "raindrop.csv",
            "id,title,note,excerpt,url,folder,tags,created,cover,highlights,favorite\n"
            f'1,One,mine,"said, of it",{A},Papers / Cache,"llm, cache",'
            '2023-11-14T22:13:20.000Z,,"Highlight:a\nb",false\n',
            ((("Papers", "Cache"), "One", A),)),
    Example("table", "reader-document-history.csv",
            "Title,URL,ID,Document tags,Saved date,Reading progress,Location,Seen\r\n"
            f"One,{A},01,\"['llm', 'cache']\",2023-11-14 22:13:20+00:00,0.5,later,True\r\n"
            "A mail,mailto:reader-forwarded-email/1,02,[],2023-11-14 22:13:20+00:00,0,new,False\r\n",
            ((("Later",), "One", A),), ("mailto",)),
    Example("json", "metadata_0_to_20.json", _OMNIVORE,
            ((("Archive",), "One", A),
             ((), "A file", "https://omnivore.app/attachments/u/x.pdf"))),
    Example("json", "pinboard_export.json", _PINBOARD, (((), "One", A),),
            ("no web address",)),
    Example("json", "raindrop-api.json",
            f'{{"result": true, "items": [{{"_id": 1, "link": "{A}", "title": "One", '
            '"excerpt": "x", "tags": ["llm"], "created": "2023-11-14T22:13:20.000Z"}]}',
            (((), "One", A),)),
    Example("linkwarden", "backup.json", _LINKWARDEN,
            ((("Papers",), "One", A), (("Papers", "Cache"), "Two", B)),
            ("an uploaded pdf, not a page",)),
    Example("linkwarden", "backup-old.json",
            f'{{"collections": [{{"name": "X", "links": [{{"name": "One", "url": "{A}"}}]}}]}}',
            ((("X",), "One", A),)),
    Example("linkwarden", "backup-empty.json",
            f'{{"collections": [{{"name": "E", "links": []}}, {{"name": "X", "links": ["?", '
            f'{{"name": "One", "url": "{A}"}}]}}], "pinnedLinks": []}}',
            ((("X",), "One", A),), ("no object with an address",)),
    Example("karakeep", "karakeep-export.json", _KARAKEEP, (((), "One", A),),
            ("no page (text)", "no page (nothing)")),
    Example("karakeep", "karakeep-lists.json", _KARAKEEP_LISTS,
            ((("Papers", "Cache"), "One", A),)),
    Example("karakeep", "hoarder-export.json",
            f'{{"bookmarks":[{{"createdAt":"2023-11-14T22:13:20.000Z","title":null,"tags":[],'
            f'"content":{{"type":"link","url":"{A}","title":"One"}}}},'
            '{"tags":[],"title":"p","content":{"type":"asset","assetType":"pdf"}}]}',
            (((), "One", A),), ("no page (asset)",)),
    Example("opml", "feeds.opml", _OPML,
            ((("ML",), "A", A),),
            ("a feed: not a public web address",)),
    Example("opml", "outline.opml",
            '<opml version="2.0"><head><title>O</title></head><body><outline text="Reading">'
            f'<outline text="One" type="link" url="{A}"/><outline text="to write"/></outline></body>'
            "</opml>", ((("Reading",), "One", A),)),
    Example("opml", "old.xml",
            f"<?xml version='1.0' encoding='ISO-8859-1'?><opml><body><OUTLINE/><outline "
            f"TITLE='One' HTMLURL='{A}' XMLURL='https://a.example/rss'/></body></opml>",
            (((), "One", A),)),
    Example("feed", "rss.xml", _RSS, (((), "One & only", A),), ("no address",)),
    Example("feed", "atom.xml", _ATOM, (((), "Two ways", "https://b.example/two?x=1"),)),
    Example("feed", "index.rdf", _RDF, (((), "One", A),)),
    Example("json-feed", "feed.json", _JSON_FEED, (((), "One", A), ((), B, B))),
    Example("json-feed", "feed1.json",
            f'{{"version":"https://jsonfeed.org/version/1","title":"J","items":[{{"id":"{A}",'
            f'"url":"{A}","title":"One"}},{{"id":"2","title":"Nowhere"}}]}}',
            (((), "One", A),), ("no address",)),
    Example("json-feed", "feed.json",
            f'{{"items":[{{"id":1,"url":"{A}"}},7],"version":"https://jsonfeed.org/version/1.1"}}',
            (((), A, A),), ("no address",)),
    Example("bibtex", "My Library.bib", _BIB_ZOTERO,
            (((), "Attention Is All You Need", A),),
            ("it names no address, DOI or arXiv number",)),
    Example("bibtex", "scholar.bib", _BIB_SCHOLAR,
            (((), "Fast transformer decoding: One write-head is all you need",
              "https://arxiv.org/abs/1911.02150"),
             ((), "GQA", "https://arxiv.org/abs/2305.13245"),
             ((), "After", "https://doi.org/10.1000/xyz_1")),
            ("an entry that cannot be read (line 8)",)),
    Example("bibtex", "jabref.txt", _BIB_LATEX,
            (((), "Über A & B", B), ((), "Three", "https://c.example/3"))),
    Example("ris", "Exported Items.ris", _RIS,
            (((), "One; and only", "https://a.example/one;v=2"),),
            ("it names no address, DOI or arXiv number",)),
    Example("ris", "cut.ris", "TY  - CONF\r\nT1  - Two\r\nA1  - N\r\nDO  - 10.1000/two\r\n",
            (((), "Two", "https://doi.org/10.1000/two"),)),
    Example("ris", "two.txt",
            f"\ufeffTY  - ELEC\nTI  - One\nUR  - {A}\nER  - \nTY  - ELEC\nTI  - Bad\nUR  - ftp://x\n"
            "ER  - \n", (((), "One", A),), ("unsupported address (ftp:)",)),
    Example("csl-json", "Exported Items.json", _CSL,
            (((), "One", A), ((), "Two", "https://doi.org/10.1000/two")),
            ("it names no address, DOI or arXiv number",)),
    Example("csl-json", "better.json",
            '{"items": [{"itemType": "preprint", "title": "P", "creators": [{"firstName": "N", '
            '"lastName": "S"}], "date": "2019", "DOI": "10.48550/arXiv.1911.02150", "url": ""}]}',
            (((), "P", "https://doi.org/10.48550/arXiv.1911.02150"),)),
    Example("csl-json", "web.json",
            f'[{{"id":"w","type":"webpage","title":"W","URL":"{A}","accessed":'
            '{"date-parts":[[2023,11,14]]}}]', (((), "W", A),)),
)  # fmt: skip
