"""WeChat: posts of public accounts."""

import re

from ingest.links.site import Site, always

_HOST = "mp.weixin.qq.com"

SITE = Site(
    hosts=re.compile(re.escape(_HOST)),
    source=always("wechat"),
    kinds={"wechat": "post"},
    noise={_HOST: frozenset({"chksm", "scene", "from", "isappinstalled", "sessionid"})},
    called={"wechat": _HOST, "微信": _HOST, "公众号": _HOST},
    shared=frozenset({_HOST}),
)
