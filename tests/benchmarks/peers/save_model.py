"""Save the MiniLM weights refdesk uses as a model of sentence-transformers.

python save_model.py WEIGHTS_FOLDER OUT_FOLDER
"""

import sys

from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer

encoder = Transformer(sys.argv[1])
encoder.max_seq_length = encoder.tokenizer.model_max_length = 256
pooling = Pooling(encoder.get_embedding_dimension(), "mean")
SentenceTransformer(modules=[encoder, pooling, Normalize()], device="cpu").save(sys.argv[2])
