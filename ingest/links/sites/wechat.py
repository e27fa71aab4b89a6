"""WeChat: posts of public accounts."""

import re

from ingest.links.site import Site, always

_HOST = "mp.weixin.qq.com"

SITE = Site(
    hosts=re.compile(re.escape(_HOST)),
    source=always("wechat"),
    kinds={"wechat": "post"},
    noise={_HOST: frozenset({"chksm", "scene", "from", "isappinstalled", "sessionid"})},
)
