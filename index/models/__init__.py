"""Model files and the embedding models that run from them."""

import os

# onnxruntime keeps a database of what it was used for and sends it home. It looks when imported.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
